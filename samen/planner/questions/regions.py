"""A morning in many regions: each is covered by itself, and what is left over is then lent by the neighbours.

A question can be kept as bytes, so that another process, or the same one after it was killed, answers the very same.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from samen.planner.questions.bridge import Plan, cover
from samen.planner.questions.field import KM_PER_DEGREE, reach_km
from samen.planner.questions.sketches import HelperSketch, Region, Rule, Stretch, VisitSketch, Window
from samen.planner.travel import NOTHING_KNOWN, Known, Point, Source, Way, distance_km

ROUNDS = 600  # how long one region is looked at: the same for whoever looks, so that twice gives the same


@dataclass(frozen=True)
class Question:
    """What one region seeks, and everybody who works there."""

    visits: tuple[VisitSketch, ...]
    helpers: tuple[HelperSketch, ...]
    known: Known = field(default_factory=lambda: NOTHING_KNOWN)


Given = Mapping[int, int | None]  # by visit: who goes, or that nobody can


def answer(question: Question) -> Plan:
    """Who goes where, out of this region alone."""
    return cover(question.visits, Region(question.helpers, question.known), rounds=ROUNDS)


def given_of(plan: Plan) -> dict[int, int | None]:
    """Who goes, visit by visit."""
    return {one.visit.id: one.helper for one in plan.goes}


def lend(questions: Iterable[tuple[Question, Given]]) -> Plan:
    """For what nobody of its own region does: who of the neighbours can, beside what they do already.

    Decided for all of them at once, so that nobody is lent twice.
    """
    asked = list(questions)
    left = [visit for question, given in asked for visit in question.visits if given.get(visit.id) is None]
    helpers: list[HelperSketch] = []
    booked: list[tuple[int | None, VisitSketch]] = []
    known: dict[tuple[Point, Point, str], Way] = {}
    for question, given in asked:
        near = [one for one in question.helpers if _may_reach(one, left, question.known)]
        numbers = {one.id for one in near}
        helpers += near
        booked += [(given[one.id], one) for one in question.visits if given.get(one.id) in numbers]
        known |= question.known
    region = Region(tuple(helpers), known).with_booked((number, one) for number, one in booked if number is not None)
    return cover(left, region, rounds=ROUNDS)


def _may_reach(helper: HelperSketch, visits: Iterable[VisitSketch], known: Known) -> bool:
    """Whether one of these is not so far away that nothing need be reckoned; of who has no home it is not known."""
    home = helper.home
    if home is None or known:
        return True
    most = SURE * reach_km(helper.mode, helper.reach)
    degrees = most / KM_PER_DEGREE
    return any(
        visit.where is None or (abs(visit.where.lat - home.lat) < degrees and distance_km(home, visit.where) < most)
        for visit in visits
    )


SURE = 1.1  # a map that is flat is a little wrong

# --- Kept as bytes ------------------------------------------------------------------------------------


def pack(question: Question) -> bytes:
    """The question, to be kept."""
    words = {
        "visits": [_visit(one) for one in question.visits],
        "helpers": [_helper(one) for one in question.helpers],
        "known": [
            [_point(start), _point(end), mode, way.minutes, way.source.value]
            for (start, end, mode), way in question.known.items()
        ],
    }
    return zlib.compress(json.dumps(words, separators=(",", ":")).encode(), 1)


def unpack(kept: bytes) -> Question:
    """What was packed."""
    words = json.loads(zlib.decompress(kept))
    known = {
        (Point(*start), Point(*end), mode): Way(minutes, Source(source))
        for start, end, mode, minutes, source in words["known"]
    }
    visits = tuple(_visit_of(row) for row in words["visits"])
    return Question(visits, tuple(_helper_of(row) for row in words["helpers"]), known)


def _point(point: Point | None) -> list[float] | None:
    return None if point is None else [point.lat, point.lon]


def _visit(one: VisitSketch) -> list[Any]:
    only = None if one.only is None else sorted(one.only)
    days = [one.start, one.until, one.day, one.day_start]
    return [one.id, one.household, *days, _point(one.where), one.pays, only, one.team, one.urgent]


def _visit_of(row: list[Any]) -> VisitSketch:
    number, household, start, until, day, day_start, where, pays, only, team, urgent = row
    there, those = Point(*where) if where else None, None if only is None else frozenset(only)
    return VisitSketch(number, household, start, until, day, day_start, there, pays, those, team, urgent)


def _helper(one: HelperSketch) -> list[Any]:
    return [
        [one.id, one.mode, one.reach, _point(one.home)],
        [[hours.weekday, hours.start, hours.until, hours.first, hours.over] for hours in one.windows],
        [_visit(own) for own in one.booked],
        [[away.start, away.until] for away in one.absent],
        [sorted(homes) for homes in (one.never, one.rather, one.rather_not, one.said_no)],
        one.visits_before,
        [one.asks, one.contract, one.team, one.asked, one.may_be_asked, one.quiet],
    ]


def _helper_of(row: list[Any]) -> HelperSketch:
    (number, mode, reach, home), windows, booked, absent, homes, before, rest = row
    never, rather, rather_not, said_no = map(frozenset, homes)
    asks, contract, team, asked, may_be_asked, quiet = rest
    return HelperSketch(
        id=number,
        mode=mode,
        reach=reach,
        home=Point(*home) if home else None,
        windows=tuple(Window(*one) for one in windows),
        booked=tuple(_visit_of(own) for own in booked),
        absent=tuple(Stretch(*away) for away in absent),
        never=never,
        rather=rather,
        rather_not=rather_not,
        said_no=said_no,
        visits_before=tuple((household, times) for household, times in before),
        asks=asks,
        contract=contract,
        team=team,
        asked=asked,
        may_be_asked=may_be_asked,
        quiet=Rule(quiet) if quiet else None,
    )
