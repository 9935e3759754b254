"""What a play brought: figures from the rows that the verbs left, read once when it is over or was stopped."""

import statistics
from collections import Counter, defaultdict
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


@dataclass(frozen=True)
class Tally:
    """What was counted of one play, as it adds up with what was counted elsewhere."""

    counts: Counter[str]
    helper_weeks: float
    times: Sequence[timedelta]  # from the first word of it until it was covered
    today: Sequence[timedelta]  # the same, of visits on the day of the first word
    letters: Sequence[int]  # to each helper who got any, in each week
    faces: Sequence[int]  # of each household with an absent helper

    @property
    def figures(self) -> Figures:
        """The same in figures."""
        counts, letters, faces = self.counts, self.letters, self.faces
        return Figures(
            visits=counts["visits"],
            affected=counts["affected"],
            wanted=counts["wanted"],
            covered=counts["covered"],
            own_helper=counts["own_helper"],
            skipped=counts["skipped"],
            left_open=counts["left_open"],
            open_ahead=counts["open_ahead"],
            coverage=counts["covered"] / max(counts["wanted"], 1),
            hours_to_covered=_part(self.times, 0.5, timedelta(hours=1)),
            hours_to_covered_p90=_part(self.times, 0.9, timedelta(hours=1)),
            minutes_today=_part(self.today, 0.5, timedelta(minutes=1)),
            minutes_today_p90=_part(self.today, 0.9, timedelta(minutes=1)),
            questions=counts["questions"],
            questions_per_cover=counts["questions"] / max(counts["covered"], 1),
            yes_share=counts["yes"] / max(counts["questions"], 1),
            messages_per_helper_week=sum(letters) / max(self.helper_weeks, 1),
            most_in_a_week=max(letters, default=0),
            faces=statistics.fmean(faces) if faces else 0.0,
            faces_most=max(faces, default=0),
        )


def together(tallies: Sequence[Tally]) -> Tally:
    """What was counted in several regions, as if they were one."""
    return Tally(
        counts=sum((one.counts for one in tallies), Counter()),
        helper_weeks=sum(one.helper_weeks for one in tallies),
        times=[time for one in tallies for time in one.times],
        today=[time for one in tallies for time in one.today],
        letters=[count for one in tallies for count in one.letters],
        faces=[count for one in tallies for count in one.faces],
    )


def count(*, begins: datetime, until: datetime) -> Tally:
    """What happened between these moments, in the organisation that was entered."""
    visits = Visit.objects.filter(starts_at__gte=begins, starts_at__lt=until)
    last = _last_of_each(Replacement.objects.filter(visit__starts_at__gte=begins).select_related("visit", "round"))
    ours = [row for row in last if row.visit.starts_at < until]
    covered = [row for row in ours if row.outcome == Replacement.Outcome.COVERED]
    asked = set(
        Offer.objects.filter(visits__visit__in=[row.visit_id for row in ours]).values_list("household_id", flat=True)
    )
    questions = Offer.objects.filter(sent_at__gte=begins, sent_at__lt=until)
    answers = list(questions.values_list("answer", flat=True))
    weeks = max((until - begins) / timedelta(weeks=1), 1)
    return Tally(
        counts=Counter(
            visits=visits.count(),
            affected=len(ours),
            wanted=sum(_is_wanted(row, asked) for row in ours),
            covered=len(covered),
            own_helper=sum(row.outcome == Replacement.Outcome.WITHDRAWN for row in ours),
            skipped=sum(row.outcome == Replacement.Outcome.PASSED for row in ours),
            left_open=sum(row.closed_at is None for row in ours),
            open_ahead=sum(row.closed_at is None for row in last if row.visit.starts_at >= until),
            questions=len(answers),
            yes=answers.count(Offer.Answer.YES),
        ),
        helper_weeks=Helper.objects.count() * weeks,
        times=[row.closed_at - _first_word(row) for row in covered if row.closed_at],
        today=[row.closed_at - _first_word(row) for row in covered if row.closed_at and _is_today(row)],
        letters=list(_letters(begins, until).values()),
        faces=_faces({row.visit.household_id for row in ours}, begins, until),
    )


def _is_wanted(row: Replacement, asked: set[int]) -> bool:
    """Whether somebody else was to come: the own helper did not come back, and it was not skipped at once."""
    if row.outcome == Replacement.Outcome.WITHDRAWN:
        return False
    return row.outcome != Replacement.Outcome.PASSED or row.visit.household_id in asked


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
