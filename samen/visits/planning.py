"""The door to the planner: rows become sketches, answers become rows again.  No query in a loop."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Func, IntegerField, Max, Q, QuerySet

from samen.base import clock
from samen.people import asking, places, standing
from samen.people import planning as ways
from samen.people.models import Availability, Helper, PairWish, Place, StandingWish
from samen.planner.questions import bridge, rank, regions
from samen.planner.questions.bridge import Plan
from samen.planner.questions.ladder import WhatIf, ladder
from samen.planner.questions.rank import Candidate, Ranking
from samen.planner.questions.reasons import Reason
from samen.planner.questions.sketches import ALWAYS, HelperSketch, Region, Stretch, VisitSketch, Window, joined
from samen.planner.questions.sketches import Rule as Forbids
from samen.planner.recurrence import Freq, Rule, occurrences, wall_clock
from samen.planner.travel import Known, Point
from samen.visits import fairness, rates, replacements
from samen.visits.models import (
    About,
    Absence,
    Assignment,
    Offer,
    OfferVisit,
    PhoneCall,
    Replacement,
    Round,
    Term,
    Visit,
)
from samen.visits.replacements import Ask

Question = regions.Question
LONGEST = timedelta(days=1)  # no visit takes longer than a day: `visit_within_a_day`
FAR_FUTURE = 2**53  # minutes: an absence without an end
EXACT = 24  # so many visits at once are planned as well as can be, more as well as a moment allows
STEPS, ROUNDS = 1500, 50  # how long that moment is
NEIGHBOURS_KM = 15  # so far from a visit helpers of other teams are looked for
SHORTEST = 60  # minutes: a visit that may be shorter keeps an hour, and half of what was agreed
ENOUGH = Forbids.ASKED_ENOUGH  # what the house finds fair: a colleague who says why may ask all the same
SPEAKS = (Forbids.ASK_PAUSE, Forbids.ASKED_OFTEN, ENOUGH, Forbids.ASK_HOURS)  # who rings us herself is kept by none
NOBODY_ELSE = (StandingWish.Want.NOBODY, StandingWish.Want.SKIP)
FIRST_A_CALL = (StandingWish.Want.MOVE, StandingWish.Want.CALL)  # nobody is asked before the household was rung


@dataclass(frozen=True)
class Step:
    """What would have to be otherwise so that somebody can go: which change, by how much, who, and when it is then.

    For `SWAP` another helper (by number) takes over a visit of hers; for `NEIGHBOUR` she is of this other team.
    """

    change: str
    by: int = 0
    helper: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    taker: int | None = None
    visit: int | None = None
    team: int | None = None
    others: int = 0  # how many more could go with no greater change


@dataclass(frozen=True)
class Proposal:
    """For each visit (by number) of a round that waits: everybody of the team, ranked or refused.

    `wants` is what each household (by number) of the round said for an absence of this kind; where it wants nobody
    else there is no candidate.  `nowhere` are the visits to which nobody can go; for those there is a ladder.
    """

    rankings: dict[int, Ranking]
    wants: Mapping[int, str]
    nowhere: tuple[Visit, ...] = ()
    plan: Plan | None = None
    turns: tuple[Round, ...] = ()  # what it was made for


def question(row: Replacement, candidate: Candidate) -> Ask:
    """This candidate as a question about this visit, which keeps why it was put to her."""
    reasons = tuple({"part": one.part.value, "cost": one.cost, "count": one.count} for one in candidate.reasons)
    return Ask(row.pk, candidate.helper, candidate.travel, reasons)


def proposals(turn: Round, *, at: datetime) -> dict[int, Ranking]:
    """For each visit (by number) of this round that waits: everybody of the team, ranked or refused."""
    return propose(turn, at=at).rankings


def propose(turn: Round, *, at: datetime, but: Collection[str] = ()) -> Proposal:
    """One steady stand-in for a household as far as it can be, and nobody in two places at once.

    What waits in the team's other rounds is planned along, and whoever was asked in one is kept free for it, so that
    two colleagues who look at two rounds are not shown the same helper for the same hour.  `but` are rules of asking
    that keep nobody back this time.
    """
    rows = _rows(turn, at=at)
    wants = _wants(rows)
    hers = {row.visit.household_id: wants[row.visit_id] for row in rows if row.round_id == turn.pk}
    waiting = [row for row in rows if row.closed_at is None]
    if turn.undone_at is not None or not any(row.round_id == turn.pk for row in waiting):
        return Proposal({}, hers)
    region = _region(turn.team_id, _visits_of(waiting), at=at, asking_in=[turn], but=but)
    region = _kept_free(region, _awaited(_asked_besides(turn, at=at), at=at), at=at)
    return replace(_proposal(waiting, region, [turn], wants, at=at), wants=hers)


def propose_together(turns: Collection[Round], *, at: datetime) -> Proposal:
    """Whom to ask for all that waits in these rounds of one team at once, so that nobody is proposed twice for an hour.

    What somebody may still answer is not planned, and whoever was asked is kept free for it.
    """
    rows = Replacement.objects.filter(round__in=turns, closed_at=None, visit__starts_at__gt=at)
    ahead = list(rows.select_related("visit", "round__absence").order_by("visit__starts_at", "visit_id"))
    wants = _wants(ahead)
    theirs = {row.visit.household_id: wants[row.visit_id] for row in ahead}
    awaited = _awaited(turns, at=at)
    waiting = [row for row in ahead if row.visit_id not in awaited]
    if not waiting:
        return Proposal({}, theirs)
    region = _region(waiting[0].visit.team_id, _visits_of(waiting), at=at, asking_in=turns)
    region = _kept_free(region, awaited, at=at)
    return replace(_proposal(waiting, region, turns, wants, at=at), wants=theirs)


Awaited = dict[int, list[tuple[int, Visit]]]


def _kept_free(region: Region, awaited: Awaited, *, at: datetime) -> Region:
    """The same region, in which whoever may still answer goes to what she was asked for."""
    asked = [one for visits in awaited.values() for one in visits]
    sketches = _visits([visit for _, visit in asked], at=at)
    return region.with_booked((helper, one) for (helper, _), one in zip(asked, sketches, strict=True))


def _asked_besides(turn: Round, *, at: datetime) -> list[Round]:
    """The other rounds of the team in which others were asked for what still has nobody."""
    open_yet = Replacement.objects.filter(closed_at=None, visit__ends_at__gt=at).exclude(round=turn)
    sent = Round.objects.filter(team=turn.team_id, undone_at=None, sent_at__isnull=False)
    return list(sent.filter(pk__in=open_yet.values("round")).order_by("pk"))


def _awaited(turns: Collection[Round], *, at: datetime) -> Awaited:
    """The visits (by number) of these rounds about which somebody may still answer or said yes, each with who did."""
    open_yet = Q(answer="", reply_by__gt=at) | Q(answer=Offer.Answer.YES)
    asked = Offer.objects.filter(open_yet, round__in=turns, withdrawn_at=None, visits__left_out=False)
    inside = OfferVisit.objects.filter(offer__in=asked, left_out=False, visit__replacements__round__in=turns)
    sought = inside.filter(visit__replacements__closed_at=None, visit__ends_at__gt=at)
    found: Awaited = defaultdict(list)
    for one in sought.select_related("visit", "offer").distinct().order_by("pk"):
        found[one.visit_id].append((one.offer.helper_id, one.visit))
    return found


def _visits_of(rows: Iterable[Replacement]) -> list[Visit]:
    return list({row.visit_id: row.visit for row in rows}.values())


def _proposal(
    waiting: list[Replacement], region: Region, turns: Collection[Round], wants: Mapping[int, str], *, at: datetime
) -> Proposal:
    """All of these planned at once, and the answers about the visits of these rounds."""
    visits, own = _visits_of(waiting), {turn.pk for turn in turns}
    mine = _visits_of(row for row in waiting if row.round_id in own)
    sought = {visit.pk for visit in visits if wants[visit.pk] not in NOBODY_ELSE}
    sketches = [_as_wanted(one, wants[one.id], region) for one in _visits(visits, at=at)]
    plan = _planned([one for one in sketches if one.id in sought], region)
    numbers = {visit.pk for visit in mine}
    rankings = bridge.rankings(plan, numbers)
    unsought = [one for one in sketches if one.id in numbers - sought]
    rankings |= {one.visit: replace(one, candidates=()) for one in rank.each(unsought, region)}
    nowhere = (visit for visit in mine if visit.pk in sought and not rankings[visit.pk].candidates)
    return Proposal(rankings, {}, tuple(nowhere), plan, tuple(turns))


def ladders(found: Proposal, *, at: datetime) -> dict[int, tuple[Step, ...]]:
    """For each visit (by number) to which nobody can go: the smallest change of each kind that would bring somebody."""
    if not found.nowhere or found.plan is None:
        return {}
    return _ladders(list(found.nowhere), found.plan, found.turns, at=at)


def neighbours(row: Replacement, *, at: datetime) -> Ranking:
    """The helpers of other teams who live around a visit that is sought for, ranked or refused."""
    region = Region(tuple(_neighbours([row.visit], [row.round], at=at)))
    visit = _as_wanted(_visits([row.visit], at=at)[0], _wants([row])[row.visit_id], region)
    return rank.rank(visit, region)


def _rows(turn: Round, *, at: datetime) -> list[Replacement]:
    """What this round sought and seeks, and what other rounds of the team seek for which nobody was asked yet."""
    ahead = Q(round__team_id=turn.team_id, round__undone_at=None, round__sent_at=None, visit__starts_at__gte=at)
    rows = Replacement.objects.filter(Q(round=turn) | ahead & Q(closed_at=None))
    found = rows.select_related("visit", "round__absence")
    return sorted(found, key=lambda row: (row.visit.starts_at, row.visit_id, row.round_id != turn.pk))


def _wants(rows: list[Replacement]) -> dict[int, str]:
    """What the household of each visit (by number) said that it wants at an absence of this kind."""
    said = standing.of({row.visit.household_id for row in rows})
    rung = _may_come(rows) if any(want in FIRST_A_CALL for wants in said.values() for want in wants.values()) else ()
    found: dict[int, str] = {}
    for row in rows:
        absence = row.round.absence
        leave = absence is not None and absence.kind != Absence.Kind.ILLNESS
        kind = StandingWish.For.LEAVE if leave else StandingWish.For.ILLNESS
        want = said.get(row.visit.household_id, {}).get(kind, "")
        if want in FIRST_A_CALL and (row.round_id, row.visit.household_id) in rung:
            want = StandingWish.Want.ANYONE
        found.setdefault(row.visit_id, want)
    return found


def _may_come(rows: list[Replacement]) -> set[tuple[int, int]]:
    """The rounds and households (by number) that were rung first, and said that somebody else may come."""
    rounds = {row.round_id for row in rows}
    calls = PhoneCall.objects.filter(round__in=rounds, about=About.FIRST, outcome=PhoneCall.Outcome.YES)
    return set(calls.values_list("round_id", "household_id"))


def wants_of(turn: Round) -> dict[int, str]:
    """What each household (by number) of this round wants at an absence of this kind, as `propose` knows it."""
    rows = list(turn.replacements.select_related("visit", "round__absence"))
    wants = _wants(rows)
    return {row.visit.household_id: wants[row.visit_id] for row in rows}


def _as_wanted(visit: VisitSketch, want: str, region: Region) -> VisitSketch:
    """The visit as its household wants it then: only by those it knows, or shorter if need be."""
    if want == StandingWish.Want.SHORTEN:
        return visit._replace(least=max(visit.minutes // 2, SHORTEST))
    if want != StandingWish.Want.KNOWN:
        return visit
    known = frozenset(one.id for one in region.helpers if visit.household in dict(one.visits_before))
    return visit._replace(only=known if visit.only is None else known & visit.only)


def _planned(sketches: list[VisitSketch], region: Region) -> Plan:
    if len(sketches) <= EXACT:
        return bridge.bridge(sketches, region, steps=STEPS)
    return bridge.cover(sketches, region, rounds=ROUNDS)


def _ladders(visits: list[Visit], plan: Plan, turns: Collection[Round], *, at: datetime) -> dict[int, tuple[Step, ...]]:
    """What would bring somebody to each of these visits, when all others go as planned."""
    region = plan.region.with_booked(plan.given)
    others = _neighbours(visits, turns, at=at)
    elsewhen = [_on(visit, day) for visit in visits for day in _week_of(visit.local_date)]
    days: dict[int, list[VisitSketch]] = defaultdict(list)
    for one in _visits(elsewhen, at=at):
        days[one.id].append(one)
    teams = {one.id: one.team for one in others}
    found = {}
    for goes in plan.goes:
        number = goes.visit.id
        if number in days:
            steps = ladder(goes.visit, region, days=days[number], neighbours=others, earliest=_minute(at))
            found[number] = tuple(_step(step, teams) for step in steps)
    return found


def _step(found: WhatIf, teams: Mapping[int, int]) -> Step:
    swap = found.swap
    return Step(
        change=found.change,
        by=found.by,
        helper=found.helper,
        starts_at=datetime.fromtimestamp(60 * found.visit.start, tz=clock.HOME) if found.visit else None,
        ends_at=datetime.fromtimestamp(60 * found.visit.until, tz=clock.HOME) if found.visit else None,
        taker=swap.helper if swap else None,
        visit=swap.visit.id if swap else None,
        team=teams.get(found.helper or 0),
        others=found.others,
    )


def _week_of(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=later) for later in range(7) if monday + timedelta(days=later) != day]


def _neighbours(visits: list[Visit], turns: Collection[Round], *, at: datetime) -> list[HelperSketch]:
    """The helpers of other teams who live around these visits, and may be asked in these rounds."""
    first = min(visit.local_date for visit in visits)
    there = places.of_households({visit.household_id for visit in visits}, first)
    around = places.helpers_around(there.values(), NEIGHBOURS_KM, on=first)
    helpers = Helper.objects.filter(pk__in=around).exclude(team_id=visits[0].team_id)
    crew = _crew(helpers, visits)
    return _helpers(crew, visits, at=at, may=_Asking.of(crew, turns, at=at))


def rank_one(visit: Visit, *, at: datetime) -> Ranking:
    """Everybody of the visit's team, ranked or refused for this visit at the time it has now."""
    return rank.rank(_visits([visit], at=at)[0], _region(visit.team_id, [visit], at=at))


def others_for(visit: Visit, helper: Helper, *, at: datetime, most: int = 3) -> list[Helper]:
    """The first who could go to this visit instead of this helper, the best first."""
    able = [one.helper for one in rank_one(visit, at=at).candidates if one.helper != helper.pk][:most]
    found = Helper.objects.select_related("person").in_bulk(able)
    return [found[number] for number in able]


def fits(visit: Visit, days: Iterable[date], *, at: datetime) -> dict[date, Ranking]:
    """For each of these days: everybody of the visit's team, ranked or refused for this visit at its own hour."""
    there = [_on(visit, day) for day in days]
    found = rank.each(_visits(there, at=at), _region(visit.team_id, there, at=at))
    return {one.local_date: ranking for one, ranking in zip(there, found, strict=True)}


def _on(visit: Visit, day: date) -> Visit:
    """The visit as it would be on this day; a copy, which nobody keeps."""
    there = copy(visit)
    there.local_date = day
    there.starts_at, there.ends_at = wall_clock(day, visit.local_start, visit.minutes, visit.zone)
    return there


def _region(
    team: int,
    visits: list[Visit],
    *,
    at: datetime,
    asking_in: Collection[Round] = (),
    but: Collection[str] = (),
) -> Region:
    """Everybody of the team; in a round with whom it may ask, how often they were asked, and who said no."""
    crew = _crew(Helper.objects.filter(team_id=team), visits)
    may = _Asking.of(crew, asking_in, at=at, but=but) if asking_in else None
    return Region(tuple(_helpers(crew, visits, at=at, may=may)), _known(crew, visits, at=at))


@dataclass(frozen=True)
class _Asking:
    """How often each helper (by number) was asked and may be, why she may not be asked now, and to whom she said no."""

    asked: Mapping[int, int]
    most: Mapping[int, int]
    fair: int | None
    quiet: Mapping[int, str]
    said_no: Mapping[int, set[int]]

    @classmethod
    def of(cls, crew: "Crew", turns: Collection[Round], *, at: datetime, but: Collection[str] = ()) -> "_Asking":
        """What holds for these helpers in these rounds."""
        numbers = [one.number for one in crew]
        asked = asked_this_week(numbers, at=at)
        quiet = asking.quiet(numbers, asked=asked, at=at + replacements.UNDO)  # when a question would leave
        refused: dict[int, set[int]] = defaultdict(set)
        for _, household, helper in replacements.refused(turns):
            refused[helper].add(household)
        return cls(
            asked,
            {} if Forbids.ASKED_OFTEN in but else asking.per_week(numbers),
            None if Forbids.ASKED_ENOUGH in but else fairness.at_most(),
            {helper: why for helper, why in quiet.items() if why not in but},
            refused,
        )

    def fields(self, number: int) -> dict[str, Any]:
        """What the planner must know of it, of this helper."""
        return {
            "asked": self.asked.get(number, 0),
            "may_be_asked": self.most.get(number),
            "fair": self.fair if number not in self.most else None,
            "quiet": Forbids(self.quiet[number]) if number in self.quiet else None,
            "said_no": frozenset(self.said_no.get(number, ())),
        }


def asked_this_week(helpers: Collection[int], *, at: datetime) -> dict[int, int]:
    """How often each of these helpers (by number) was asked to stand in since Monday."""
    asked = Offer.objects.filter(replacements.LEFT, helper__among=helpers, sent_at__gte=asking.monday(at))
    return dict(asked.order_by().values_list("helper_id").annotate(times=Count("pk")))


@dataclass(frozen=True)
class Successor:
    """Somebody who could take an agreement over: how many of its first visits they can go to, and why they fit."""

    helper: int
    able: int
    of: int
    travel: int | None
    reasons: tuple[Reason, ...]


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
    region = Region(tuple(_helpers(_crew(Helper.objects.filter(team_id=team), visits), visits, at=at)))
    region = region.with_booked(_also_later(team, since, until, at=at))
    found: dict[int, dict[int, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    by_number = {visit.pk: visit for visit in visits}
    for ranking in rank.each(_visits(visits, at=at), region):
        for candidate in ranking.candidates:
            found[_agreed(by_number[ranking.visit])][candidate.helper].append(candidate)
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


def _also_later(team: int, since: date, until: date, *, at: datetime) -> list[tuple[int, VisitSketch]]:
    """Where each helper (by number) of the team would go on days for which no visit of that agreement is made yet.

    They are made unevenly: who changes a holiday has the visits of some agreements made further ahead.
    """
    made = Visit.objects.filter(team_id=team, occurrence_date__isnull=False).order_by()
    last = dict(made.values_list("arrangement_id").annotate(last=Max("occurrence_date")))
    terms = Term.objects.filter(
        arrangement__household__team_id=team, helper__isnull=False, period__overlap=DateRange(since, until)
    )
    coming = [
        (term.helper_id or 0, visit)
        for term in terms.select_related("arrangement__household__team")
        for visit in _coming(term, max(since, last.get(term.arrangement_id, date.min) + timedelta(days=1)), until)
    ]
    for number, (_, visit) in enumerate(coming, start=1):
        visit.pk = -(2**40) - number  # they are not made yet either
    return list(zip([helper for helper, _ in coming], _visits((visit for _, visit in coming), at=at), strict=True))


def _successors(able: dict[int, list[Candidate]], of: int) -> list[Successor]:
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


def _visits(visits: Iterable[Visit], *, at: datetime) -> list[VisitSketch]:
    visits = list(visits)
    if not visits:
        return []
    first, today = min(visit.local_date for visit in visits), at.astimezone(clock.HOME).date()
    homes = {visit.household_id for visit in visits}
    where, paid, only = _points(homes, first), rates.paid(list(homes), first), _only(homes, first)
    return [
        VisitSketch(
            id=visit.pk,
            household=visit.household_id,
            start=_minute(visit.starts_at),
            until=_minute(visit.ends_at),
            day=visit.local_date.toordinal(),
            day_start=_of_day(visit.local_start),
            where=where.get(visit.household_id),
            pays=paid.get(visit.household_id),
            only=only.get(visit.household_id),
            team=visit.team_id,
            urgent=visit.local_date <= today,
        )
        for visit in visits
    ]


def _points(households: Iterable[Any], on: date) -> dict[int, Point]:
    """Where each household (by number) is on the map, of those that are on it."""
    return {number: Point._make(one) for number, one in places.points_of_households(households, on).items()}


def _only(households: Collection[int], on: date) -> dict[int, frozenset[int]]:
    """For each household (by number) that wants certain helpers and no others: who they are."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = PairWish.objects.filter(household_id__in=households, strength=PairWish.Strength.ONLY)
    for helper, household in rows.filter(_holds(on)).values_list("helper_id", "household_id"):
        found[household].add(helper)
    return {household: frozenset(helpers) for household, helpers in found.items()}


def _holds(on: date) -> Q:
    return Q(until=None) | Q(until__gte=on)


class _Member(NamedTuple):
    """A helper as the planner knows her, with her home as far as that is on the map."""

    number: int
    mode: str
    reach: int
    contract: int
    team: int
    since: date | None
    until: date | None
    home: Place | None


Crew = list[_Member]
MEMBER = ("pk", "mode", "reach_minutes", "contract_minutes", "team_id", "since_date", "until_date")


def _crew(which: QuerySet[Helper], visits: list[Visit]) -> Crew:
    """These helpers, with where they live when these visits begin."""
    helpers = list(which.order_by("pk").values_list(*MEMBER))
    homes = places.homes_on_the_map([helper[0] for helper in helpers], min(visit.local_date for visit in visits))
    return [_Member._make((*helper, homes.get(helper[0]))) for helper in helpers]


def _known(crew: Crew, visits: list[Visit], *, at: datetime) -> Known:
    """The ways from the homes of these helpers to these visits of which somebody said how long they take."""
    there = places.of_households({visit.household_id for visit in visits}, min(visit.local_date for visit in visits))
    return ways.known([(one.home, one.mode) for one in crew], there.values(), at=at)


def _helpers(crew: Crew, visits: list[Visit], *, at: datetime, may: _Asking | None = None) -> list[HelperSketch]:
    """These helpers with all they do in the weeks of these visits, and with whether they may be asked."""
    first, last = _weeks_of(visits)
    day = min(visit.local_date for visit in visits)
    numbers = [one.number for one in crew]
    booked, absent = _booked(numbers, first, last), _absent(numbers, first, last)
    windows, wishes = _windows(numbers, first.date(), last.date()), _wishes(numbers, day)
    before = _before(numbers, {visit.household_id for visit in visits}, until=at)
    asked = rates.asked(numbers, day)
    return [
        HelperSketch(
            id=one.number,
            mode=one.mode,
            reach=one.reach,
            home=_point(one.home),
            windows=joined(windows[one.number]),
            booked=tuple(booked[one.number]),
            absent=(*absent[one.number], *_not_there(one)),
            never=frozenset(wishes.get((one.number, PairWish.Strength.NEVER), ())),
            rather=frozenset(wishes.get((one.number, PairWish.Strength.RATHER), ())),
            rather_not=frozenset(wishes.get((one.number, PairWish.Strength.RATHER_NOT), ())),
            visits_before=tuple(before[one.number]),
            asks=asked.get(one.number),
            contract=one.contract,
            team=one.team,
            **(may.fields(one.number) if may else {}),
        )
        for one in crew
    ]


def _weeks_of(visits: list[Visit]) -> tuple[datetime, datetime]:
    """The whole weeks in which these visits are, by whose hours a contract is judged, with a day around them."""
    days = [visit.local_date for visit in visits]
    first, last = min(days), max(days)
    monday, sunday = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    begin = datetime.combine(monday, time.min, tzinfo=clock.HOME) - timedelta(days=1)
    return begin, datetime.combine(sunday, time.min, tzinfo=clock.HOME) + timedelta(days=2)


def _not_there(one: _Member) -> Iterable[Stretch]:
    """Before she came and after she left."""
    if one.since:
        yield Stretch(0, _minute(datetime.combine(one.since, time.min, tzinfo=clock.HOME)))
    if one.until:
        yield Stretch(_minute(datetime.combine(one.until, time.min, tzinfo=clock.HOME)), FAR_FUTURE)


def _windows(helpers: list[int], first: date, last: date) -> dict[int, list[Window]]:
    """When each helper works in this stretch; what holds from a day on, or until one, is a window of those days."""
    found: dict[int, list[Window]] = defaultdict(list)
    rows = Availability.objects.filter(helper__among=helpers, period__overlap=DateRange(first, last, "[]"))
    for helper, weekday, start, end, since, until in rows.values_list(
        "helper_id",
        "weekday",
        Minutes("local_start"),
        Minutes("local_end"),
        DayNumber("period__startswith"),
        DayNumber("period__endswith"),
    ):
        found[helper].append(Window(weekday, start, end, since or 0, until or ALWAYS))
    return found


def _booked(helpers: list[int], first: datetime, last: datetime) -> dict[int, list[VisitSketch]]:
    """All that each helper (by number) does in this stretch, in order."""
    going = Assignment.objects.standing().filter(
        helper__among=helpers,
        visit__cancelled_at=None,
        ends_at__gt=first,
        starts_at__gt=first - LONGEST,  # follows from the line before, and lets the database find them by time
        starts_at__lt=last,
        visit__starts_at__gt=first - LONGEST,  # the same as hers, so the database reads fewer visits
        visit__starts_at__lt=last,
    )
    rows = going.values_list(
        "helper_id",
        "visit_id",
        "visit__household_id",
        Minutes("starts_at"),
        "visit__minutes",
        DayNumber("visit__local_date"),
        Minutes("visit__local_start"),
        "visit__team_id",
    )
    taken = list(rows)
    where = _points({row[2] for row in taken}, first.date())
    found: dict[int, list[VisitSketch]] = defaultdict(list)
    for helper, number, household, start, minutes, day, begins, team in taken:
        there = where.get(household)
        sketch = VisitSketch(number, household, start, start + minutes, day, begins, there, None, None, team)
        found[helper].append(sketch)
    for visits in found.values():
        visits.sort(key=attrgetter("start"))
    return found


class _Counted(Func):
    """What the database counts: a whole number, as the driver reads it."""

    output_field = IntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None: thousands are read at once, and each is a number already."""
        return []


class Minutes(_Counted):
    """A moment in whole minutes since the epoch, an hour of the wall clock since midnight: the database counts them.

    Thousands are read at once, and Python would make an object of each to count the minutes of.
    """

    template = "(DATE_PART('epoch', %(expressions)s) / 60)::int"


class DayNumber(_Counted):
    """A day as `date.toordinal` counts it."""

    template = "(%(expressions)s - DATE '0001-01-01' + 1)"


def _absent(helpers: list[int], first: datetime, last: datetime) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    rows = _standing_absences(helpers, first, last)
    for helper, starts_at, ended_at, until in rows.values_list("helper_id", "starts_at", "ended_at", "expected_until"):
        over = ended_at or until
        found[helper].append(Stretch(_minute(starts_at), _minute(over) if over else FAR_FUTURE))
    return found


def _standing_absences(helpers: Collection[int], first: datetime, last: datetime) -> QuerySet[Absence]:
    return Absence.objects.filter(helper__among=helpers, withdrawn_at=None, starts_at__lt=last).filter(
        Q(ended_at=None, expected_until=None) | Q(ended_at=None, expected_until__gt=first) | Q(ended_at__gt=first)
    )


def _wishes(helpers: list[int], day: date) -> dict[tuple[int, str], set[int]]:
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    rows = PairWish.objects.filter(helper__among=helpers).filter(_holds(day))
    for helper, strength, household in rows.values_list("helper_id", "strength", "household_id"):
        found[helper, strength].add(household)
    return found


def _before(helpers: list[int], households: set[int], *, until: datetime) -> dict[int, list[tuple[int, int]]]:
    came = (
        Assignment.objects.standing()
        .filter(helper__among=helpers, visit__household__among=households, ends_at__lte=until)
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


# --- A morning of all teams -----------------------------------------------------------------------------


def sought(team: int, *, at: datetime) -> Question:
    """What waits in all rounds of this team (by number) for which nobody was asked yet, and everybody of the team."""
    ahead = Replacement.objects.filter(round__team_id=team, round__undone_at=None, round__sent_at=None, closed_at=None)
    rows = list(ahead.filter(visit__starts_at__gte=at).select_related("visit", "round__absence"))
    wants = _wants(rows)
    visits = {row.visit_id: row.visit for row in rows if wants[row.visit_id] not in NOBODY_ELSE}
    ordered = sorted(visits.values(), key=lambda visit: (visit.starts_at, visit.pk))
    if not ordered:
        return Question((), ())
    region = _region(team, ordered, at=at, asking_in=[rows[0].round])
    sketches = [_as_wanted(one, wants[one.id], region) for one in _visits(ordered, at=at)]
    return Question(tuple(sketches), region.helpers, region.known)


def packed(question: Question) -> bytes:
    """The question, to be kept."""
    return regions.pack(question)


def covered(kept: bytes) -> list[dict[str, Any]]:
    """Who of the team goes to each visit of a question that was kept, and why."""
    return _told(regions.answer(regions.unpack(kept)))


def lent(asked: Iterable[tuple[bytes, Mapping[int, int | None]]]) -> list[dict[str, Any]]:
    """Who of another team goes to each visit to which nobody of its own team can, and why."""
    found = regions.lend((regions.unpack(kept), given) for kept, given in asked)
    return [row for row in _told(found) if row["helper"] is not None]


def _told(found: Plan) -> list[dict[str, Any]]:
    return [
        {
            "visit": goes.visit.id,
            "helper": goes.helper,
            "cost": goes.cost,
            "parts": [{"part": one.part.value, "cost": one.cost, "count": one.count} for one in goes.reasons],
        }
        for goes in found.goes
    ]
