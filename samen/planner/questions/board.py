"""Who was given what so far, and what one visit more costs: the one place where costs of a plan are reckoned.

A cost never falls because somebody was given more: so what a household costs alone is the least it can cost.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from samen.planner.questions.field import Field
from samen.planner.questions.reasons import Part, Reason, total
from samen.planner.questions.rules import are_near, asked_often
from samen.planner.questions.sketches import QUARTER, HelperSketch, Prices, VisitSketch

ANY = 2**31  # so often is nobody asked


class Option(NamedTuple):
    """Somebody who can go to a visit; the visit as it would be then.

    `cost` is what it costs at least: the pair, and the hours this visit adds above the contract when she is given no
    more.  With `room` left before it, those hours grow with what else she is given.
    """

    helper: HelperSketch
    visit: VisitSketch
    pair: tuple[Reason, ...]
    cost: int
    week: int
    quarters: int
    room: bool
    over: int  # what those hours cost
    free: int  # how often she may have been asked this week before a rule of asking could keep her


def option(visit: VisitSketch, helper: HelperSketch, pair: Iterable[Reason], field: Field) -> Option:
    """The two as a pair, with the reasons of it."""
    reasons, week, quarters = tuple(pair), visit.week, visit.quarters
    left = field.spare(helper, week) if helper.contract else 0
    over = _over(quarters, left, field.prices) if helper.contract else 0
    free = min(most for most in (helper.may_be_asked, helper.fair, ANY) if most is not None)
    return Option(helper, visit, reasons, total(reasons) + over, week, quarters, left > 0, over, free)


def _over(quarters: int, left: int, prices: Prices) -> int:
    """What so many quarters cost when so many of the contract are left: those above it."""
    return prices.quarter_more * max(0, quarters - max(0, left))


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
        helper, visit = option.helper, option.visit
        number = helper.id
        for _, own in self.given.get(number, ()):
            if are_near(visit, own) and not self.field.apart(visit, own, helper):
                return None
        cost = option.cost
        if option.room:
            cost += self._over(option) - option.over
        faces = self.faces[block]
        if number not in faces:
            asked = helper.asked + self.questions[number]
            if asked >= option.free and asked_often(visit, helper, asked) is not None:
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
        return _over(option.quarters, self._spare(option), self.prices) if option.helper.contract else 0

    def _spare(self, option: Option) -> int:
        """How many quarters of her contract are left in the week of this visit; below zero when she has more."""
        helper, week = option.helper, option.week
        left = self._left.get((helper.id, week))
        if left is None:
            left = self._left[helper.id, week] = self.field.spare(helper, week)
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
