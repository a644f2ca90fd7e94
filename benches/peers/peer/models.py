"""The tables of the Django program."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.db import models


class School(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.TextField()


class Account(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    username = None
    email = models.EmailField(unique=True)
    schools = models.ManyToManyField(School)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    @classmethod
    def of(cls, member):
        account = cls(email=member.email, first_name=member.given_name, last_name=member.family_name)
        account.set_unusable_password()
        return account


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.TextField(unique=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    schools = models.ManyToManyField(School)
    groups = models.ManyToManyField(Group)

    @classmethod
    def of(cls, member):
        return cls(email=member.email)


class StaffMember(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sis_id = models.TextField(unique=True)
    given_name = models.TextField()
    family_name = models.TextField()
    active = models.BooleanField()
    email = models.TextField(null=True, db_index=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
