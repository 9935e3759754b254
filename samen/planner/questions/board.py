"""Who was given what so far, and what one visit more costs: the one place where costs of a plan are reckoned.

A cost never falls because somebody was given more: so what a household costs alone is the least it can cost.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from samen.planner.questions.field import Field
from samen.planner.questions.reasons import Part, Reason, total
from samen.planner.questions.rules import asked_often
from samen.planner.questions.sketches import QUARTER, HelperSketch, VisitSketch


class Option(NamedTuple):
    """Somebody who can go to a visit, and what the pair costs; the visit as it would be then."""

    helper: HelperSketch
    visit: VisitSketch
    pair: tuple[Reason, ...]
    cost: int
    week: int
    quarters: int


def option(visit: VisitSketch, helper: HelperSketch, pair: Iterable[Reason]) -> Option:
    """The two as a pair, with the reasons of it."""
    reasons = tuple(pair)
    return Option(helper, visit, reasons, total(reasons), visit.week, visit.quarters)


class Board:
    """The state of a plan; `block` is the number of the household's block that is being given out."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.prices = field.prices
        self.given: dict[int, list[tuple[int, VisitSketch]]] = defaultdict(list)
        self.faces: dict[int, dict[int, int]] = defaultdict(dict)  # by block: how many visits each helper has
        self.questions: dict[int, int] = defaultdict(int)  # by helper: in how many blocks
        self._left: dict[tuple[int, int], int] = {}  # by helper and week: quarters of her contract

    def price(self, block: int, option: Option) -> int | None:
        """What it costs to give her this visit too; None when she cannot any more."""
        helper = option.helper
        number = helper.id
        for _, own in self.given.get(number, ()):
            if not self.field.apart(option.visit, own, helper):
                return None
        cost = option.cost
        if helper.contract:
            cost += self._over(option)
        faces = self.faces[block]
        if number not in faces:
            asked = helper.asked + self.questions[number]
            if asked_often(option.visit, helper, asked) is not None:
                return None
            cost += self.prices.asked * asked
            if faces:
                cost += self.prices.other_face
        return cost

    def reasons(self, block: int, option: Option) -> list[Reason]:
        """The same in parts; together they are the price."""
        helper, faces = option.helper, self.faces[block]
        found = list(option.pair)
        if helper.id not in faces:
            asked = helper.asked + self.questions[helper.id]
            if faces:
                found.append(Reason(Part.OTHER_FACE, self.prices.other_face, len(faces) + 1))
            if asked:
                found.append(Reason(Part.ASKED, self.prices.asked * asked, asked))
        over = self._over(option)
        if over:
            found.append(Reason(Part.MORE_HOURS, over, over // self.prices.quarter_more * QUARTER))
        return found

    def _over(self, option: Option) -> int:
        """What the quarters above her contract cost."""
        helper = option.helper
        if not helper.contract:
            return 0
        left = self._spare(option)
        if option.quarters <= left:
            return 0
        return self.prices.quarter_more * (option.quarters - max(0, left))

    def _spare(self, option: Option) -> int:
        """How many quarters of her contract are left in the week of this visit; below zero when she has more."""
        helper, week = option.helper, option.week
        left = self._left.get((helper.id, week))
        if left is None:
            had = sum(own.quarters for own in helper.booked if own.week == week)
            left = self._left[helper.id, week] = helper.contract // QUARTER - had
        return left

    def give(self, block: int, option: Option) -> None:
        """She has this visit."""
        number, faces = option.helper.id, self.faces[block]
        self.given[number].append((block, option.visit))
        if number not in faces:
            self.questions[number] += 1
            faces[number] = 0
        faces[number] += 1
        if option.helper.contract:
            self._left[number, option.week] = self._spare(option) - option.quarters

    def take(self, block: int, option: Option) -> None:
        """She has it no more."""
        number, faces = option.helper.id, self.faces[block]
        self.given[number].remove((block, option.visit))
        faces[number] -= 1
        if not faces[number]:
            del faces[number]
            self.questions[number] -= 1
        if option.helper.contract:
            self._left[number, option.week] += option.quarters
