"""The same question put to CP-SAT (OR-Tools): everybody a rule allows for every visit, the same rules, the same prices.

Nothing of our search is used: only the rules, one by one for each pair of a visit and a helper, and what a pair costs.
"""

import itertools
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from samen.planner.questions import rules
from samen.planner.questions.field import Field
from samen.planner.questions.reasons import of_pair, total
from samen.planner.questions.sketches import QUARTER, HelperSketch, Region, VisitSketch


@dataclass(frozen=True)
class Rival:
    """What it found: OPTIMAL is proven, FEASIBLE is the best within its time."""

    status: str
    cost: int
    bound: int
    seconds: float  # with building its model
    variables: int
    helper_by_visit: dict[int, int | None]
    processor: float = 0.0  # seconds of all its threads


def rival(visits: Sequence[VisitSketch], region: Region, *, seconds: float, seed: int) -> Rival:
    """Build the model, let it look for so many seconds on all cores, and say what it found."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  only this measurement needs it

    began, worked = time.perf_counter(), time.process_time()
    model = _Model(visits, region, cp_model.CpModel())
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    status = solver.solve(model.model)
    took, processor = time.perf_counter() - began, time.process_time() - worked
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Rival(solver.status_name(status), 10**9, 0, took, model.variables, {}, processor)
    goes: dict[int, int | None] = dict.fromkeys(visit.id for visit in visits)
    goes |= {visit: helper for (visit, helper), var in model.goes.items() if solver.value(var)}
    found, bound = round(solver.objective_value), round(solver.best_objective_bound)
    return Rival(solver.status_name(status), found, bound, took, model.variables, goes, processor)


class _Model:
    """Variables: who goes where, who is asked by whom, who is one more face, and quarters above a contract."""

    def __init__(self, visits: Sequence[VisitSketch], region: Region, model: "cp_model.CpModel") -> None:  # noqa: F821
        self.visits, self.field, self.model = visits, Field(region), model
        self.goes: dict[tuple[int, int], object] = {}
        self.hers: dict[int, list[VisitSketch]] = defaultdict(list)  # by helper: where she may go
        self.costs: list[object] = []
        for visit in visits:
            self._one(visit)
        for helper in self.field.helpers:
            self._nowhere_twice(helper)
            self._hours(helper)
        self._faces()
        model.minimize(sum(self.costs))
        self.variables = len(model.proto.variables)

    def _one(self, visit: VisitSketch) -> None:
        """One helper or nobody; whom a rule forbids is not among them."""
        nobody = self.model.new_bool_var("")
        self.costs.append(self.field.prices.nobody * nobody)
        mine = [nobody]
        for helper in self.field.helpers:
            if rules.first_broken(visit, helper, self.field.ways) is None:
                var = self.goes[visit.id, helper.id] = self.model.new_bool_var("")
                mine.append(var)
                self.hers[helper.id].append(visit)
                self.costs.append(total(of_pair(visit, helper, self.field)) * var)
        self.model.add_exactly_one(mine)

    def _nowhere_twice(self, helper: HelperSketch) -> None:
        for one, other in itertools.combinations(self.hers[helper.id], 2):
            if not rules.apart(one, other, helper.mode, self.field.ways):
                self.model.add_at_most_one([self.goes[one.id, helper.id], self.goes[other.id, helper.id]])

    def _hours(self, helper: HelperSketch) -> None:
        if not helper.contract:
            return
        agreed = helper.contract // QUARTER
        for week in {visit.week for visit in self.hers[helper.id]}:
            had = sum(own.quarters for own in helper.booked if own.week == week)
            mine = [visit for visit in self.hers[helper.id] if visit.week == week]
            most = sum(visit.quarters for visit in mine)
            over = self.model.new_int_var(0, most, "")
            more = sum(visit.quarters * self.goes[visit.id, helper.id] for visit in mine)
            self.model.add(over >= more + min(0, had - agreed))
            self.costs.append(self.field.prices.quarter_more * over)

    def _faces(self) -> None:
        """A question for each helper and block; every face after the first, and every question after another, costs."""
        prices = self.field.prices
        blocks: dict[tuple[int, bool], list[VisitSketch]] = defaultdict(list)
        for visit in self.visits:
            blocks[visit.household, visit.urgent].append(visit)
        asked: dict[int, list[object]] = defaultdict(list)
        for mine in blocks.values():
            faces = self._faces_of(mine)
            for number, face in faces.items():
                asked[number].append(face)
            if len(mine) > 1:
                more = self.model.new_int_var(0, len(mine), "")
                self.model.add(more >= sum(faces.values()) - 1)
                self.costs.append(prices.other_face * more)
        for helper in self.field.helpers:
            self._questions(helper, asked[helper.id])

    def _faces_of(self, block: Sequence[VisitSketch]) -> dict[int, object]:
        """For each helper (by number) who may come to this block: whether she does."""
        able: dict[int, list[object]] = defaultdict(list)
        for visit in block:
            for helper in self.field.helpers:
                if (visit.id, helper.id) in self.goes:
                    able[helper.id].append(self.goes[visit.id, helper.id])
        faces = {}
        for number, goes in able.items():
            faces[number] = goes[0] if len(goes) == 1 else self.model.new_bool_var("")
            if len(goes) > 1:
                self.model.add_max_equality(faces[number], goes)
        return faces

    def _questions(self, helper: HelperSketch, faces: list[object]) -> None:
        if not faces:
            return
        prices, most = self.field.prices, len(faces)
        if helper.may_be_asked is not None:
            most = min(most, max(0, helper.may_be_asked - helper.asked))
        steps = [self.model.new_bool_var("") for _ in range(most)]
        self.model.add(sum(steps) >= sum(faces))
        self.costs += [prices.asked * (helper.asked + before) * step for before, step in enumerate(steps)]
