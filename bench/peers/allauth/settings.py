"""django-allauth in its headless form, with mail verification: as its documentation sets it up, and as fast as that goes.

Changed from what ships, each in its favour: no limit on attempts (all load comes from one address), connections that stay open, a
user model without a username (the generated one is searched by a scan of all users), an index for addresses in any case.
"""

import os
from urllib.parse import urlsplit

_postgres = urlsplit(os.environ["PEER_POSTGRES_URL"])
_mail = urlsplit(os.environ["PEER_SMTP_URL"])

SECRET_KEY = "measured on one machine only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "wsgi.application"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Account"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "accounts",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _postgres.hostname,
        "PORT": _postgres.port,
        "USER": _postgres.username,
        "PASSWORD": _postgres.password,
        "NAME": _postgres.path.lstrip("/"),
        "CONN_MAX_AGE": None,
    }
}

EMAIL_HOST = _mail.hostname
EMAIL_PORT = _mail.port
DEFAULT_FROM_EMAIL = "bench@example.org"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_RATE_LIMITS = False
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_FRONTEND_URLS = {"account_confirm_email": "http://127.0.0.1/verify/{key}"}

_HASHERS = {
    # What Django ships as the first choice.
    "shipped": "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    # What its documentation recommends.
    "argon2": "django.contrib.auth.hashers.Argon2PasswordHasher",
    # No protection at all: only to see what is not the hash.
    "none": "django.contrib.auth.hashers.MD5PasswordHasher",
}
PASSWORD_HASHERS = [_HASHERS[os.environ.get("PEER_HASH", "shipped")], *_HASHERS.values()]
