"""The worker of the simulation: the jobs that the verbs queued, done at their moment of the virtual clock."""

import json
from typing import Any

from django.db import connection

from samen.base import jobs, mail, sms
from samen.base.models import OutboxMessage

WAITING = (
    "SELECT bool_or(scheduled_at IS NULL), bool_or(scheduled_at IS NOT NULL)"
    " FROM procrastinate_jobs WHERE status = 'todo'"
)
TAKE = (
    "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR %s)"
    " RETURNING id, task_name, args"
)


def work(*, alarms: bool = False) -> bool:
    """Do every job that waits; with `alarms` also those that wait for a later moment, once.

    Returns whether jobs for a later moment are left.
    """
    while True:
        due, later = _waiting()
        if not due and not (later and alarms):
            return later
        taken = _take(alarms=alarms)
        alarms = False
        for name, arguments in taken:
            jobs.JOBS[name].run(**arguments)


def _waiting() -> tuple[bool, bool]:
    """Whether jobs wait that may be done now, and whether some wait for a later moment."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        due, later = cursor.fetchone()
    return bool(due), bool(later)


def _take(*, alarms: bool) -> list[tuple[str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [alarms])
        rows = sorted(cursor.fetchall())
    return [(name, json.loads(args) if isinstance(args, str) else args) for _id, name, args in rows]


def is_told() -> bool:
    """Whether any message reached somebody since last time."""
    return bool(mail.MEMORY or sms.MEMORY)


def collect() -> list[OutboxMessage]:
    """The messages that reached somebody since last time, in the order in which they were written."""
    keys = [one.key for one in mail.MEMORY] + [one.key for one in sms.MEMORY]
    mail.MEMORY.clear()
    sms.MEMORY.clear()
    return list(OutboxMessage.objects.filter(public_id__in=keys).order_by("pk"))
