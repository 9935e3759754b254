"""The worker of the simulation: the jobs that the verbs queued, done at their moment of the virtual clock."""

import json
from typing import Any

from django.db import connection

from samen.base import jobs, mail, sms
from samen.base.journal import Subject
from samen.base.models import OutboxMessage

TAKE = """
WITH taken AS (
  DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR %s) RETURNING id, task_name, args
)
SELECT id, task_name, args FROM taken
 UNION ALL
(SELECT NULL, NULL, NULL FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NOT NULL AND NOT %s LIMIT 1)
"""


def work(*, alarms: bool = False) -> bool:
    """Do every job that waits; with `alarms` also those that wait for a later moment, once.

    Returns whether jobs for a later moment are left.
    """
    while True:
        taken, later = _take(alarms=alarms)
        if not taken:
            return later
        alarms = False
        for name, arguments in taken:
            jobs.JOBS[name].run(**arguments)


def _take(*, alarms: bool) -> tuple[list[tuple[str, dict[str, Any]]], bool]:
    """The jobs that may be done now, and whether others wait for a later moment."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [alarms, alarms])
        rows = cursor.fetchall()
    found = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0])
    taken = [(name, json.loads(args) if isinstance(args, str) else args) for _id, name, args in found]
    return taken, len(found) < len(rows)


def is_told() -> bool:
    """Whether any message reached somebody since last time."""
    return bool(mail.MEMORY or sms.MEMORY)


def collect() -> list[Subject]:
    """What the messages were about that reached somebody since last time, in the order in which they were written."""
    keys = [one.key for one in mail.MEMORY] + [one.key for one in sms.MEMORY]
    mail.MEMORY.clear()
    sms.MEMORY.clear()
    found = OutboxMessage.objects.filter(public_id__in=keys).order_by("pk")
    return [Subject(*about) for about in found.values_list("cause_kind", "cause_ref")]
