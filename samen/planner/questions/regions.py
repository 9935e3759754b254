"""A morning in many regions: each is covered by itself, and what is left over is then lent by the neighbours.

A question can be kept as bytes, so that another process, or the same one after it was killed, answers the very same.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
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

    Decided for all of them at once, so that nobody is lent twice.  What her own team asks her already counts.
    """
    asked = list(questions)
    left = [visit for question, given in asked for visit in question.visits if given.get(visit.id) is None]
    helpers: list[HelperSketch] = []
    booked: list[tuple[int | None, VisitSketch]] = []
    known: dict[tuple[Point, Point, str], Way] = {}
    for question, given in asked:
        near = [one for one in question.helpers if _may_reach(one, left, question.known)]
        numbers = {one.id for one in near}
        blocks = {(given.get(one.id), one.household, one.urgent) for one in question.visits}
        times = Counter(helper for helper, _household, _urgent in blocks)
        helpers += [replace(one, asked=one.asked + times[one.id]) for one in near]
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

HELPER = [one.name for one in fields(HelperSketch)]


def pack(question: Question) -> bytes:
    """The question, to be kept."""
    known = [[*pair, way] for pair, way in question.known.items()]
    words = {"visits": question.visits, "helpers": question.helpers, "known": known}
    return zlib.compress(json.dumps(words, separators=(",", ":"), default=_plain).encode(), 1)


def _plain(one: Any) -> list[Any]:
    """Whatever a helper has, in the order of the fields; a named tuple is a list already."""
    return sorted(one) if isinstance(one, frozenset) else [getattr(one, name) for name in HELPER]


def unpack(kept: bytes) -> Question:
    """What was packed."""
    words = json.loads(zlib.decompress(kept))
    known = {
        (Point(*start), Point(*end), mode): Way(minutes, Source(source))
        for start, end, mode, (minutes, source) in words["known"]
    }
    return Question(tuple(map(_visit, words["visits"])), tuple(map(_helper, words["helpers"])), known)


def _visit(row: list[Any]) -> VisitSketch:
    found = VisitSketch(*row)
    where, only = found.where, found.only
    return found._replace(where=where and Point(*where), only=None if only is None else frozenset(only))


def _helper(row: list[Any]) -> HelperSketch:
    known = dict(zip(HELPER, row, strict=True))
    known |= {name: frozenset(known[name]) for name in ("never", "rather", "rather_not", "said_no")}
    return HelperSketch(
        **known
        | {
            "home": known["home"] and Point(*known["home"]),
            "windows": tuple(Window(*one) for one in known["windows"]),
            "booked": tuple(map(_visit, known["booked"])),
            "absent": tuple(Stretch(*one) for one in known["absent"]),
            "visits_before": tuple((household, times) for household, times in known["visits_before"]),
            "quiet": known["quiet"] and Rule(known["quiet"]),
        }
    )
