"""Fills the store with people whose address is proven: rows as a whole journey leaves them, one password hash for all."""

import os

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

call_command("makemigrations", "accounts", verbosity=0)
call_command("migrate", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute(
        """INSERT INTO accounts_account (password, email, is_active, date_joined)
           SELECT %s, 'rempli' || n || '@example.org', true, now() FROM generate_series(1, %s) AS n""",
        [make_password("quatre chevaux 7 nuages"), int(os.environ["PEER_PEOPLE"])],
    )
    cursor.execute(
        """INSERT INTO account_emailaddress (email, verified, "primary", user_id)
           SELECT email, true, true, id FROM accounts_account"""
    )
    cursor.execute("VACUUM (ANALYZE)")
