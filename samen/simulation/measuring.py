"""What a play brought: figures from the rows that the verbs left, read once when it is over or was stopped."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from samen.base import clock
from samen.base.models import OutboxMessage
from samen.people.models import Helper
from samen.visits.models import Assignment, Offer, Replacement, Visit


@dataclass(frozen=True)
class Figures:
    """One play in numbers.  A share is of one, a time is in hours."""

    visits: int  # that were planned in these weeks
    affected: int  # of which the helper could not come
    wanted: int  # of those: for which somebody else was wanted
    covered: int
    own_helper: int  # who was better in time, or came back to it
    skipped: int
    left_open: int  # begun, and nobody came
    open_ahead: int  # of the weeks after the last day
    coverage: float  # of those for which somebody else was wanted and their own helper did not come after all
    hours_to_covered: float  # median, from the first word of it
    hours_to_covered_p90: float
    minutes_today: float  # median, of visits on the day of the first word
    minutes_today_p90: float
    questions: int
    questions_per_cover: float
    yes_share: float  # of the questions
    messages_per_helper_week: float
    most_in_a_week: int  # messages to one helper
    faces: float  # who came to a household with an absent helper, its own helper too, on average
    faces_most: int

    def rows(self) -> list[tuple[str, float]]:
        """Each figure by its name."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def measure(*, begins: datetime, until: datetime) -> Figures:
    """The figures of what happened between these moments, in the organisation that was entered."""
    visits = Visit.objects.filter(starts_at__gte=begins, starts_at__lt=until)
    last = _last_of_each(Replacement.objects.filter(visit__starts_at__gte=begins).select_related("visit", "round"))
    ours = [row for row in last if row.visit.starts_at < until]
    covered = [row for row in ours if row.outcome == Replacement.Outcome.COVERED]
    own = [row for row in ours if row.outcome == Replacement.Outcome.WITHDRAWN]
    skipped = [row for row in ours if row.outcome == Replacement.Outcome.PASSED]
    asked = set(
        Offer.objects.filter(visits__visit__in=[row.visit_id for row in ours]).values_list("household_id", flat=True)
    )
    sought = [row for row in ours if row not in own and (row.outcome != "PASSED" or row.visit.household_id in asked)]
    times = [row.closed_at - _first_word(row) for row in covered if row.closed_at]
    today = [row.closed_at - _first_word(row) for row in covered if row.closed_at and _is_today(row)]
    questions = Offer.objects.filter(sent_at__gte=begins, sent_at__lt=until)
    offers = list(questions.values_list("answer", flat=True))
    weeks = max((until - begins) / timedelta(weeks=1), 1)
    letters = _letters(begins, until)
    faces = _faces({row.visit.household_id for row in ours}, begins, until)
    return Figures(
        visits=visits.count(),
        affected=len(ours),
        wanted=len(sought),
        covered=len(covered),
        own_helper=len(own),
        skipped=len(skipped),
        left_open=sum(row.closed_at is None for row in ours),
        open_ahead=sum(row.closed_at is None for row in last if row.visit.starts_at >= until),
        coverage=len(covered) / max(len(sought), 1),
        hours_to_covered=_part(times, 0.5, timedelta(hours=1)),
        hours_to_covered_p90=_part(times, 0.9, timedelta(hours=1)),
        minutes_today=_part(today, 0.5, timedelta(minutes=1)),
        minutes_today_p90=_part(today, 0.9, timedelta(minutes=1)),
        questions=len(offers),
        questions_per_cover=len(offers) / max(len(covered), 1),
        yes_share=offers.count(Offer.Answer.YES) / max(len(offers), 1),
        messages_per_helper_week=sum(letters.values()) / max(Helper.objects.count(), 1) / weeks,
        most_in_a_week=max(letters.values(), default=0),
        faces=statistics.fmean(faces) if faces else 0.0,
        faces_most=max(faces, default=0),
    )


def _last_of_each(rows: Iterable[Replacement]) -> list[Replacement]:
    """Of a visit that was sought more than once the last search tells how it ended."""
    found = {row.visit_id: row for row in sorted(rows, key=lambda row: row.pk)}
    return [found[number] for number in sorted(found)]


def _first_word(row: Replacement) -> datetime:
    """When it was known that this visit needs somebody: by the report, or when the search reached it."""
    return row.created_at if row.created_at > row.round.opened_at else row.round.opened_at


def _is_today(row: Replacement) -> bool:
    here: date = _first_word(row).astimezone(clock.HOME).date()
    day: date = row.visit.local_date
    return here == day


def _part(times: Sequence[timedelta], part: float, unit: timedelta) -> float:
    if not times:
        return 0.0
    return round(sorted(times)[min(int(part * len(times)), len(times) - 1)] / unit, 2)


def _letters(begins: datetime, until: datetime) -> dict[tuple[object, int], int]:
    """How many messages each helper got in each week."""
    people = dict(Helper.objects.values_list("person__public_id", "pk"))
    sent = OutboxMessage.objects.filter(state=OutboxMessage.State.SENT, send_after__gte=begins, send_after__lt=until)
    found: dict[tuple[object, int], int] = defaultdict(int)
    for recipient, moment in sent.filter(recipient_ref__in=people).values_list("recipient_ref", "send_after"):
        found[recipient, (moment - begins).days // 7] += 1
    return found


def _faces(households: set[int], begins: datetime, until: datetime) -> list[int]:
    came = Assignment.objects.standing().filter(
        visit__household__in=households, visit__cancelled_at=None, starts_at__gte=begins, starts_at__lt=until
    )
    found: dict[int, set[int]] = defaultdict(set)
    for household, helper in came.values_list("visit__household_id", "helper_id"):
        found[household].add(helper)
    return [len(helpers) for _household, helpers in sorted(found.items())]
