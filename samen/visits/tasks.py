"""What is done at a household, the most important first, so that less time still does what matters most."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.visits.facts import Fact
from samen.visits.models import Arrangement, Task, Visit

MOST = 20
LONGEST = 120
# "Badkamer, 30" and "Badkamer 30 min"; the number of "Slaapkamer 2" is no length.
LENGTH = re.compile(r"(.*[^\s,;])(?:\s*[,;]\s*(\d{1,3})(?:\s?min\w*\.?)?|\s+\(?(\d{1,3})\s?min\w*\.?\)?)", re.ASCII)


class TooMany(Exception):
    """Nobody keeps more than twenty tasks apart."""


@dataclass(frozen=True)
class Wanted:
    """One task as it is written down."""

    what: str
    minutes: int | None = None


def put(arrangement: Arrangement, wanted: Iterable[Wanted], *, by: Actor, at: datetime) -> None:
    """From today on these are the tasks, in this order; what was before is kept as history."""
    wanted = list(wanted)
    if len(wanted) > MOST:
        raise TooMany(TooMany.__doc__)
    arrangement = (
        Arrangement.objects.select_for_update(of=("self",)).select_related("household__team").get(pk=arrangement.pk)
    )
    today = at.astimezone(clock.HOME).date()
    if [Wanted(task.what, task.minutes) for task in of(arrangement, today)] == wanted:
        return
    for task in arrangement.tasks.filter(period__contains=today):
        if task.period.lower == today:
            task.delete()
        else:
            task.period = DateRange(task.period.lower, today)
            task.save(update_fields=["period"])
    Task.objects.bulk_create(
        Task(arrangement=arrangement, rank=rank, what=one.what, minutes=one.minutes, period=DateRange(today, None))
        for rank, one in enumerate(wanted, start=1)
    )
    household = arrangement.household
    journal.record(Fact.TASKS_CHANGED, about=[arrangement, household, household.team], by=by, at=at)


def of(arrangement: Arrangement, day: date) -> list[Task]:
    """The tasks of this day, the most important first."""
    return list(arrangement.tasks.filter(period__contains=day).order_by("rank"))


def of_visit(visit: Visit) -> list[Task]:
    """What is to be done at this visit, the most important first; nothing for a visit that stands alone."""
    return of(visit.arrangement, visit.local_date) if visit.arrangement is not None else []


def read(text: str) -> list[Wanted]:
    """One task a line, the minutes behind it if anybody gave them: "Badkamer, 30"."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [_read_line(line) for line in lines if line]


def _read_line(line: str) -> Wanted:
    found = LENGTH.fullmatch(line)
    minutes = int(found[2] or found[3]) if found else 0
    return Wanted(found[1], minutes) if found and minutes else Wanted(line)


def written(found: Iterable[Task]) -> str:
    """The tasks as they are typed."""
    return "\n".join(f"{task.what}, {task.minutes}" if task.minutes else task.what for task in found)
