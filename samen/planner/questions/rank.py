"""Who can come to one visit, and why: everyone, ranked with reasons that add up, or refused with the rule."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

from samen.planner.questions import board as boards
from samen.planner.questions import rules
from samen.planner.questions.board import Board, Option
from samen.planner.questions.field import Field
from samen.planner.questions.reasons import Reason, of_pair, total
from samen.planner.questions.rules import Refusal
from samen.planner.questions.sketches import HelperSketch, Region, VisitSketch
from samen.planner.travel import Source


class Candidate(NamedTuple):
    """Somebody who can come; the cost is the sum of the reasons."""

    helper: int
    cost: int
    travel: int | None
    reasons: tuple[Reason, ...]
    source: Source = Source.ESTIMATE  # of the travel


@dataclass(frozen=True)
class Ranking:
    """The answer for one visit: who can, best first, and who cannot, with the rule.

    `asked` are those to ask, one wave after the other: no face is in two of these lists for visits that clash.
    """

    visit: int
    candidates: tuple[Candidate, ...]
    why_not: Callable[[], tuple[Refusal, ...]] = field(repr=False, compare=False)
    asked: tuple[int, ...] = ()
    others: int = 0  # how many cannot

    @cached_property
    def refused(self) -> tuple[Refusal, ...]:
        """Everybody who cannot, with the rule; found out when somebody asks, which few do."""
        return self.why_not()


def rank(visit: VisitSketch, region: Region) -> Ranking:
    """Everyone, either as a candidate or as a refusal; ties by number, so the answer never wavers."""
    return each([visit], region)[0]


def each(visits: Iterable[VisitSketch], region: Region) -> list[Ranking]:
    """The same for every one of these visits, each for itself."""
    board = Board(Field.of(region))
    return [_of(visit, board) for visit in visits]


def _of(visit: VisitSketch, board: Board) -> Ranking:
    able = board.field.able(visit)
    candidates = sorted((weigh(visit, helper, board) for helper in able), key=lambda one: (one.cost, one.helper))
    return answer(visit, candidates, board.field)


def answer(visit: VisitSketch, candidates: Collection[Candidate], field: Field, asked: tuple[int, ...] = ()) -> Ranking:
    """Those who can, in this order; why the others cannot is found out when somebody asks."""
    able = {one.helper for one in candidates}
    why_not = partial(refused, visit, able, field)
    return Ranking(visit.id, tuple(candidates), why_not, asked, len(field.helpers) - len(able))


def weigh(visit: VisitSketch, helper: HelperSketch, board: Board, more: Iterable[Reason] = ()) -> Candidate:
    """What she costs at this visit beside what stands on the board, with its reasons."""
    there = board.field.ways.home(helper, visit)
    reasons = (*board.reasons(ALONE, option(visit, helper, board.field)), *more)
    found = (there.minutes, there.source) if there else (None, Source.ESTIMATE)
    return Candidate(helper.id, total(reasons), found[0], reasons, found[1])


def option(visit: VisitSketch, helper: HelperSketch, field: Field) -> Option:
    """The two as a pair, with what that costs."""
    return boards.option(visit, helper, of_pair(visit, helper, field), field)


ALONE = -1  # the block of a visit that is looked at for itself


def refused(visit: VisitSketch, able: Collection[int], field: Field) -> tuple[Refusal, ...]:
    """Everybody else, in the order of the rules."""
    found = [
        refusal
        for helper in field.helpers
        if helper.id not in able and (refusal := rules.first_broken(visit, helper, field.ways)) is not None
    ]
    return tuple(sorted(found, key=lambda refusal: (rules.ORDER[refusal.rule], refusal.helper)))


def why_not(visit: VisitSketch, helper: int, region: Region) -> Refusal | None:
    """The first rule that keeps this helper (by number) from this visit, and by how much; None when she can go."""
    field = Field.of(region)
    return rules.first_broken(visit, field.by_number[helper], field.ways)
