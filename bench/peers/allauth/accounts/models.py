"""A user without a username, as Django's documentation advises for a new project."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Upper


class Accounts(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email=email)


class Account(AbstractBaseUser):
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = Accounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        indexes = [models.Index(Upper("email"), name="account_email_any_case")]
