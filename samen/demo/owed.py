"""What was said of the visits that are over, what is done where, and what is asked and paid."""

from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, many
from samen.base.models import ActorKind
from samen.demo import drawing
from samen.people.models import Helper
from samen.visits.models import Arrangement, Assignment, Task, VisitResult

STILL_UNTOLD = timedelta(days=1)  # yesterday's visits are the ones a phone still asks about
AFTERWARDS = timedelta(minutes=5)
AT_ONCE = 2000
JOBS = (
    (("Badkamer", 40), ("Keuken", 40), ("Stofzuigen", 45), ("Ramen van binnen", None)),
    (("Bed verschonen", 15), ("Toilet en badkamer", 45), ("Stofzuigen en dweilen", 60), ("Strijken", None)),
    (("Keuken en koelkast", 45), ("Woonkamer stoffen", 30), ("Dweilen", 30)),
)


def tell(*, day: date, seed: int) -> None:
    """Of every visit before yesterday somebody said how it went: nearly always as planned."""
    until = datetime.combine(day, time(0), tzinfo=clock.HOME) - STILL_UNTOLD
    rows = (
        Assignment.objects.standing()
        .filter(ends_at__lte=until, visit__cancelled_at=None, visit__results=None)
        .select_related("visit", "helper__person")
        .order_by("pk")
    )
    many.keep(_result(row, number, seed) for number, row in enumerate(rows))


def _result(row: Assignment, number: int, seed: int) -> VisitResult:
    outcome, minutes = VisitResult.Outcome.DONE, row.visit.minutes
    if number % 23 == 11:
        outcome, minutes = VisitResult.Outcome.SHORTER, max(minutes - 30, 15)
    elif number % 67 == 19:
        outcome, minutes = VisitResult.Outcome.NOBODY_HOME, 0
    return VisitResult(
        public_id=drawing.key(seed, "result", row.visit.public_id, row.helper.public_id),
        visit=row.visit,
        helper=row.helper,
        outcome=outcome,
        starts_at=row.starts_at,
        minutes=minutes,
        said_by_kind=ActorKind.PERSON,
        said_by_ref=row.helper.person.public_id,
        said_at=row.ends_at + AFTERWARDS,
    )


def put_first(*, day: date, seed: int) -> None:
    """Every agreement says what is done first."""
    since = DateRange(day - timedelta(days=60), None)
    agreements = Arrangement.objects.filter(tasks=None).order_by("pk")
    many.keep(
        Task(
            public_id=drawing.key(seed, "task", agreement.public_id, rank),
            arrangement=agreement,
            rank=rank,
            what=what,
            minutes=minutes,
            period=since,
        )
        for agreement in agreements
        for rank, (what, minutes) in enumerate(JOBS[agreement.pk % len(JOBS)], start=1)
    )


def be_born(*, day: date) -> None:
    """Every helper has a birthday: the minimum wage depends on it.  One in fifteen is not twenty-one yet."""
    helpers = list(Helper.objects.filter(birth_date=None).order_by("pk"))
    for helper in helpers:
        number = helper.public_id.int
        years = 17 + number % 4 if number % 15 == 0 else 22 + number % 43
        helper.birth_date = day - timedelta(days=365 * years + number % 365 + 30)
    Helper.objects.bulk_update(helpers, ["birth_date"], batch_size=AT_ONCE)
