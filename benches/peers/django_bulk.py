"""The bulk create as a Django 5 program does it the usual way: models, querysets, bulk_create and bulk_update.

    python django_bulk.py HOST PORT DATABASE USERS BATCHES PATIENCE

The database has a network in Staffroom's own tables; its schools, groups, staff and users are copied into tables of these
models first, which is not timed. Prints how many users it created and the seconds that took. Those who share an email are left
out, as everybody else who is no candidate; nothing is reported.

USERS is what a user is (`peer/models.py`). `accounts` are those of `django.contrib.auth`, as its documentation has them for people who sign in with
their email: `AbstractUser` without its user name, groups of `django.contrib.auth`, names copied from the staff record, and no
usable password. `rows` are a model with nothing but what Staffroom writes: less than Django can sign anybody in with.

BATCHES is how many rows go into a statement: `default` leaves `batch_size` out everywhere, as Django's documentation does in its
first examples, which puts all rows into one; a number is handed over everywhere; `tuned` are the sizes that measured best.
A statement that takes longer than PATIENCE, in seconds, is stopped: then it prints `stopped` and the seconds until then.
"""

import sys
import time

import django
import psycopg
from django.conf import settings

HOST, PORT, DATABASE, USERS, BATCHES, PATIENCE = sys.argv[1:7]
# Of what is inserted, and of what is updated.
INSERT, UPDATE = {"default": (None, None), "tuned": (5000, 500)}.get(BATCHES) or (int(BATCHES), int(BATCHES))
MODEL = {"accounts": "Account", "rows": "Row"}[USERS]
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
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "peer",
    ],
    AUTH_USER_MODEL=f"peer.{MODEL}",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import OperationalError, connection, transaction  # noqa: E402
from django.db.models import Count, Exists, OuterRef  # noqa: E402
from peer.models import School, StaffMember  # noqa: E402

User = get_user_model()

COPY_USERS = {
    "Account": """
        INSERT INTO peer_account (id, email, password, is_superuser, first_name, last_name, is_staff, is_active, date_joined)
        SELECT user_id, email_key, '!', false, '', '', false, enabled, created_at FROM staffroom.users;
    """,
    "Row": "INSERT INTO peer_row SELECT user_id, email_key, enabled, created_at FROM staffroom.users;",
}
COPY = f"""
    INSERT INTO peer_school SELECT school_id, name FROM staffroom.schools;
    INSERT INTO auth_group (name) SELECT name FROM staffroom.groups;
    {COPY_USERS[MODEL]}
    INSERT INTO peer_staffmember (id, sis_id, given_name, family_name, active, email, user_id)
        SELECT s.staff_id, s.sis_id, s.given_name, s.family_name, s.active, s.email_key, l.user_id
        FROM staffroom.staff_members s JOIN staffroom.staff_links l USING (network_id, staff_id);
"""


def prepare():
    with connection.schema_editor() as editor:
        for model in (ContentType, Permission, Group, School, User, StaffMember):
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
    users = [User.of(member) for member in candidates]
    User.objects.bulk_create(users, batch_size=INSERT)
    key = f"{User._meta.model_name}_id"
    access = User.schools.through
    access.objects.bulk_create(
        [access(**{key: user.id}, school_id=school.id) for user in users], batch_size=INSERT
    )
    membership = User.groups.through
    membership.objects.bulk_create(
        [membership(**{key: user.id}, group_id=group.id) for user in users], batch_size=INSERT
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
