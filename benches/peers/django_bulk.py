"""The bulk create as a Django 5 program does it the usual way: models, querysets, bulk_create and bulk_update.

    python django_bulk.py HOST PORT DATABASE BATCHES PATIENCE

The database has a network in Staffroom's own tables; its schools, groups, staff and users are copied into tables of these
models first, which is not timed. Prints how many users it created and the seconds that took. Those who share an email are left
out, as everybody else who is no candidate; nothing is reported.

BATCHES is how many rows go into a statement: `default` leaves `batch_size` out everywhere, as Django's documentation does in its
first examples, which puts all rows into one; a number is handed over everywhere; `tuned` are the sizes that measured best.
A statement that takes longer than PATIENCE, in seconds, is stopped: then it prints `stopped` and the seconds until then.
"""

import sys
import time
import uuid

import django
import psycopg
from django.conf import settings

HOST, PORT, DATABASE, BATCHES, PATIENCE = sys.argv[1:6]
# Of what is inserted, and of what is updated.
INSERT, UPDATE = {"default": (None, None), "tuned": (5000, 500)}.get(BATCHES) or (int(BATCHES), int(BATCHES))
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": HOST,
            "PORT": PORT,
            "NAME": DATABASE,
            "USER": "postgres",
            "OPTIONS": {"options": f"-c statement_timeout={PATIENCE}s"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db import OperationalError, connection, models, transaction  # noqa: E402
from django.db.models import Count, Exists, OuterRef  # noqa: E402


class School(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.TextField()

    class Meta:
        app_label = "peer"


class Group(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.TextField()

    class Meta:
        app_label = "peer"


class User(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.TextField(unique=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    schools = models.ManyToManyField(School)
    groups = models.ManyToManyField(Group)

    class Meta:
        app_label = "peer"


class StaffMember(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sis_id = models.TextField(unique=True)
    given_name = models.TextField()
    family_name = models.TextField()
    active = models.BooleanField()
    email = models.TextField(null=True, db_index=True)
    user = models.OneToOneField(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        app_label = "peer"


COPY = """
    INSERT INTO peer_school SELECT school_id, name FROM staffroom.schools;
    INSERT INTO peer_group SELECT group_id, name FROM staffroom.groups;
    INSERT INTO peer_user SELECT user_id, email_key, enabled, created_at FROM staffroom.users;
    INSERT INTO peer_staffmember (id, sis_id, given_name, family_name, active, email, user_id)
        SELECT s.staff_id, s.sis_id, s.given_name, s.family_name, s.active, s.email_key, l.user_id
        FROM staffroom.staff_members s JOIN staffroom.staff_links l USING (network_id, staff_id);
"""


def prepare():
    with connection.schema_editor() as editor:
        for model in (School, Group, User, StaffMember):
            editor.create_model(model)
    with connection.cursor() as cursor:
        cursor.execute(COPY)
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")


@transaction.atomic
def bulk_create(school, group):
    shared = (
        StaffMember.objects.filter(email__isnull=False)
        .values("email")
        .annotate(times=Count("id"))
        .filter(times__gt=1)
        .values("email")
    )
    holders = User.objects.filter(email=OuterRef("email"))
    candidates = list(
        StaffMember.objects.filter(active=True, user=None, email__isnull=False)
        .exclude(email__in=shared)
        .filter(~Exists(holders))
    )
    users = [User(email=member.email) for member in candidates]
    User.objects.bulk_create(users, batch_size=INSERT)
    access = User.schools.through
    access.objects.bulk_create(
        [access(user_id=user.id, school_id=school.id) for user in users], batch_size=INSERT
    )
    membership = User.groups.through
    membership.objects.bulk_create(
        [membership(user_id=user.id, group_id=group.id) for user in users], batch_size=INSERT
    )
    for member, user in zip(candidates, users):
        member.user = user
    StaffMember.objects.bulk_update(candidates, ["user"], batch_size=UPDATE)
    return len(users)


prepare()
school, group = School.objects.first(), Group.objects.first()
began = time.monotonic()
try:
    created = bulk_create(school, group)
except OperationalError as error:
    if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
        raise
    created = "stopped"
print(created, time.monotonic() - began)
