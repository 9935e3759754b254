"""The door to the planner: rows become sketches, answers become rows again.  No query in a loop."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Max, Q, QuerySet

from samen.base import clock
from samen.people import asking, places
from samen.people import planning as ways
from samen.people.models import Availability, Helper, PairWish, Place
from samen.planner import replacement
from samen.planner.recurrence import Freq, Rule, occurrences, wall_clock
from samen.planner.replacement import Busy, HelperSketch, Ranking, VisitSketch, Window
from samen.planner.travel import Known, Point
from samen.visits import rates
from samen.visits.models import Absence, Assignment, Offer, Round, Term, Visit

FAR_FUTURE = 2**53  # minutes: an absence without an end


def proposals(turn: Round, *, at: datetime) -> dict[int, Ranking]:
    """For each visit (by number) of this round that waits: everybody of the team, ranked or refused."""
    visits = [row.visit for row in turn.replacements.filter(closed_at=None).select_related("visit")]
    if not visits:
        return {}
    asked = _asked(turn.team_id, since=asking.monday(at))
    return _rank(turn.team_id, visits, at=at, quiet=asking.quiet(_of_team(turn.team_id), asked=asked, at=at))


def rank_one(visit: Visit, *, at: datetime) -> replacement.Ranking:
    """Everybody of the visit's team, ranked or refused for this visit at the time it has now."""
    return _rank(visit.team_id, [visit], at=at)[visit.pk]


def _of_team(team: int) -> list[int]:
    return list(Helper.objects.filter(team_id=team).values_list("pk", flat=True))


def _asked(team: int, *, since: datetime) -> dict[int, int]:
    """How often each helper of the team was asked to stand in since this moment."""
    asked = Offer.objects.filter(helper__team_id=team, withdrawn_at=None, sent_at__gte=since)
    return dict(asked.order_by().values_list("helper_id").annotate(times=Count("pk")))


def _rank(
    team: int, visits: list[Visit], *, at: datetime, quiet: Mapping[int, asking.Quiet] | None = None
) -> dict[int, Ranking]:
    helpers = _helpers(team, visits, at=at)
    if quiet:
        helpers = [replace(one, quiet=replacement.Rule(quiet[one.id])) if one.id in quiet else one for one in helpers]
    known = _known(team, visits, at=at)
    return {visit.id: replacement.rank(visit, helpers, known) for visit in _visits(visits)}


def fits(visit: Visit, days: Iterable[date], *, at: datetime) -> dict[date, Ranking]:
    """For each of these days: everybody of the visit's team, ranked or refused for this visit at its own hour."""
    there = [_on(visit, day) for day in days]
    helpers, known = _helpers(visit.team_id, there, at=at), _known(visit.team_id, there, at=at)
    return {
        one.local_date: replacement.rank(sketch, helpers, known)
        for one, sketch in zip(there, _visits(there), strict=True)
    }


def _on(visit: Visit, day: date) -> Visit:
    """The visit as it would be on this day; a copy, which nobody keeps."""
    there = copy(visit)
    there.local_date = day
    there.starts_at, there.ends_at = wall_clock(day, visit.local_start, visit.minutes, visit.zone)
    return there


@dataclass(frozen=True)
class Successor:
    """Somebody who could take an agreement over: how many of its first visits they can go to, and why they fit."""

    helper: int
    able: int
    of: int
    travel: int | None
    reasons: tuple[replacement.Reason, ...]


def successors(terms: Iterable[Term], *, since: date, at: datetime) -> dict[int, list[Successor]]:
    """For each agreement (by number) whose terms these are: who could come instead of their helper from this day on.

    Its first visits from that day are judged, made or not yet; who can go to most of them comes first.
    """
    until = since + JUDGED
    visits = [visit for term in terms for visit in _coming(term, since, until)]
    if not visits:
        return {}
    for number, visit in enumerate(visits, start=1):
        visit.pk = -number  # they are not made yet, and the sketches go by number
    team = visits[0].team_id
    helpers = [_with(sketch, busy) for sketch, busy in _also_later(team, visits, since, until, at=at)]
    found: dict[int, dict[int, list[replacement.Candidate]]] = defaultdict(lambda: defaultdict(list))
    by_number = {visit.pk: visit for visit in visits}
    for sketch in _visits(visits):
        for candidate in replacement.rank(sketch, helpers).candidates:
            found[_agreed(by_number[sketch.id])][candidate.helper].append(candidate)
    counts = Counter(_agreed(visit) for visit in visits)
    return {agreement: _successors(able, counts[agreement]) for agreement, able in found.items()}


JUDGED = timedelta(weeks=4)


def _agreed(visit: Visit) -> int:
    return visit.arrangement.pk if visit.arrangement else 0


def _coming(term: Term, since: date, until: date) -> list[Visit]:
    """The visits of this term in a stretch, as they would be made."""
    found = []
    for day in days_of(term, since, until):
        start, end = wall_clock(day, term.local_start, term.minutes, term.zone)
        visit = Visit(
            arrangement=term.arrangement,
            household=term.arrangement.household,
            team=term.arrangement.household.team,
            local_date=day,
            local_start=term.local_start,
            minutes=term.minutes,
        )
        visit.starts_at, visit.ends_at = start, end
        found.append(visit)
    return found


def _also_later(
    team: int, visits: list[Visit], since: date, until: date, *, at: datetime
) -> list[tuple[HelperSketch, list[Busy]]]:
    """The team's helpers, with what they would do in weeks for which no visit is made yet."""
    made = Visit.objects.filter(team_id=team).aggregate(last=Max("local_date"))["last"] or since
    busy: dict[int, list[Busy]] = defaultdict(list)
    later = Term.objects.filter(
        arrangement__household__team_id=team, helper__isnull=False, period__overlap=DateRange(since, until)
    )
    for term in later.select_related("arrangement__household__team") if until > made else ():
        for visit in _coming(term, max(since, made + timedelta(days=1)), until):
            busy[term.helper_id or 0].append(Busy(_minute(visit.starts_at), _minute(visit.ends_at), None))
    return [(sketch, busy[sketch.id]) for sketch in _helpers(team, visits, at=at)]


def _with(sketch: HelperSketch, busy: list[Busy]) -> HelperSketch:
    return replace(sketch, busy=(*sketch.busy, *busy)) if busy else sketch


def _successors(able: dict[int, list[replacement.Candidate]], of: int) -> list[Successor]:
    found = [Successor(helper, len(rows), of, rows[0].travel, rows[0].reasons) for helper, rows in able.items()]
    cost = {helper: sum(row.cost for row in rows) // len(rows) for helper, rows in able.items()}
    return sorted(found, key=lambda one: (-one.able, cost[one.helper], one.helper))


def days_of(term: Term, start: date, until: date) -> list[date]:
    """On which days from `start` up to `until` this term falls."""
    return list(occurrences(rule_of(term), start, until))


def rule_of(term: Term) -> Rule:
    """How this term recurs, in the planner's words."""
    return Rule(
        freq=Freq(term.freq),
        anchor=term.anchor_date,
        weekday=term.weekday,
        start=term.period.lower,
        until=term.period.upper,
        every_n=term.every_n,
        nth=term.nth,
    )


def is_absent(helper: Helper, start: datetime, until: datetime) -> bool:
    """Whether a standing absence of this helper meets the stretch."""
    return bool(_absent([helper.pk], start, until)[helper.pk])


def absences_of(helpers: Collection[int], start: datetime, until: datetime) -> dict[int, list[Absence]]:
    """The standing absences of each of these helpers that meet the stretch."""
    found: dict[int, list[Absence]] = defaultdict(list)
    for row in _standing_absences(helpers, start, until):
        found[row.helper_id].append(row)
    return found


def times_of(helpers: Collection[int], start: datetime, until: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """From when until when each of these helpers goes somewhere in the stretch."""
    standing = Assignment.objects.standing().filter(helper_id__in=helpers, starts_at__lt=until, ends_at__gt=start)
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for helper, begin, end in standing.values_list("helper_id", "starts_at", "ends_at"):
        found[helper].append((begin, end))
    return found


def _visits(visits: Iterable[Visit]) -> list[VisitSketch]:
    visits = list(visits)
    first = min(visit.local_date for visit in visits)
    homes = {visit.household_id for visit in visits}
    where, paid = places.of_households(homes, first), rates.paid(list(homes), first)
    return [
        VisitSketch(
            id=visit.pk,
            household=visit.household_id,
            start=_minute(visit.starts_at),
            until=_minute(visit.ends_at),
            weekday=visit.local_date.weekday(),
            day_start=_of_day(visit.local_start),
            where=_point(where.get(visit.household_id)),
            pays=paid.get(visit.household_id),
        )
        for visit in visits
    ]


def _known(team: int, visits: list[Visit], *, at: datetime) -> Known:
    """The ways from the homes of the team to these visits of which somebody said how long they take."""
    day = min(visit.starts_at for visit in visits).astimezone(clock.HOME).date()
    modes = dict(Helper.objects.filter(team_id=team).order_by("pk").values_list("pk", "mode"))
    homes = places.of_helpers(modes, day)
    there = places.of_households({visit.household_id for visit in visits}, day)
    return ways.known([(homes.get(number), mode) for number, mode in modes.items()], there.values(), at=at)


def _helpers(team: int, visits: list[Visit], *, at: datetime) -> list[HelperSketch]:
    first = min(visit.starts_at for visit in visits) - timedelta(days=1)
    last = max(visit.ends_at for visit in visits) + timedelta(days=1)
    day = first.astimezone(clock.HOME).date()
    helpers = list(Helper.objects.filter(team_id=team).order_by("pk"))
    numbers = [helper.pk for helper in helpers]
    homes = places.of_helpers(numbers, day)
    busy = _busy(numbers, first, last)
    windows, absent = _windows(numbers, day), _absent(numbers, first, last)
    wishes, before = _wishes(numbers, day), _before(numbers, {visit.household_id for visit in visits}, until=at)
    asked = rates.asked(numbers, day)
    return [
        HelperSketch(
            id=helper.pk,
            mode=helper.mode,
            reach=helper.reach_minutes,
            home=_point(homes.get(helper.pk)),
            windows=tuple(windows[helper.pk]),
            busy=tuple(busy[helper.pk]),
            absent=tuple(absent[helper.pk]),
            never=frozenset(wishes[helper.pk, PairWish.Strength.NEVER]),
            rather=frozenset(wishes[helper.pk, PairWish.Strength.RATHER]),
            rather_not=frozenset(wishes[helper.pk, PairWish.Strength.RATHER_NOT]),
            visits_before=tuple(before[helper.pk]),
            asks=asked.get(helper.pk),
        )
        for helper in helpers
    ]


def _windows(helpers: list[int], day: date) -> dict[int, list[Window]]:
    found: dict[int, list[Window]] = defaultdict(list)
    for row in Availability.objects.filter(helper_id__in=helpers, period__contains=day):
        found[row.helper_id].append(Window(row.weekday, _of_day(row.local_start), _of_day(row.local_end)))
    return found


def _busy(helpers: list[int], first: datetime, last: datetime) -> dict[int, list[Busy]]:
    standing = Assignment.objects.standing().filter(
        helper_id__in=helpers, starts_at__lt=last, ends_at__gt=first, visit__cancelled_at=None
    )
    rows = list(standing.values_list("helper_id", "starts_at", "ends_at", "visit__household_id"))
    where = places.of_households({row[3] for row in rows}, first.astimezone(clock.HOME).date())
    found: dict[int, list[Busy]] = defaultdict(list)
    for helper, start, until, household in rows:
        found[helper].append(Busy(_minute(start), _minute(until), _point(where.get(household))))
    return found


def _absent(helpers: list[int], first: datetime, last: datetime) -> dict[int, list[Busy]]:
    found: dict[int, list[Busy]] = defaultdict(list)
    for row in _standing_absences(helpers, first, last):
        over = row.ended_at or row.expected_until
        found[row.helper_id].append(Busy(_minute(row.starts_at), _minute(over) if over else FAR_FUTURE))
    return found


def _standing_absences(helpers: Collection[int], first: datetime, last: datetime) -> QuerySet[Absence]:
    return Absence.objects.filter(helper_id__in=helpers, withdrawn_at=None, starts_at__lt=last).filter(
        Q(ended_at=None, expected_until=None) | Q(ended_at=None, expected_until__gt=first) | Q(ended_at__gt=first)
    )


def _wishes(helpers: list[int], day: date) -> dict[tuple[int, str], set[int]]:
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for row in PairWish.objects.filter(helper_id__in=helpers).filter(Q(until=None) | Q(until__gte=day)):
        found[row.helper_id, row.strength].add(row.household_id)
    return found


def _before(helpers: list[int], households: set[int], *, until: datetime) -> dict[int, list[tuple[int, int]]]:
    came = (
        Assignment.objects.standing()
        .filter(helper_id__in=helpers, visit__household_id__in=households, ends_at__lte=until)
        .values_list("helper_id", "visit__household_id")
        .annotate(times=Count("pk"))
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for helper, household, times in came:
        found[helper].append((household, times))
    return found


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _of_day(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _point(place: Place | None) -> Point | None:
    found = places.point(place)
    return Point(found.lat, found.lon) if found else None
