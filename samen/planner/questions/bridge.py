"""Who stands in while others are absent: one steady face for each household as far as it can be, and all at once.

`bridge` is for one absence, and exact as long as it is let go on; `cover` is for many at once, over a region and its
neighbours, and good soon and better later.  Both give the same kind of answer, with reasons that add up.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from samen.planner.questions import rules
from samen.planner.questions.board import Board, Option
from samen.planner.questions.choosing import ENOUGH, Task, choose, task
from samen.planner.questions.field import Field
from samen.planner.questions.rank import Candidate, Ranking, answer, weigh
from samen.planner.questions.reasons import Part, Reason, total
from samen.planner.questions.rules import Refusal
from samen.planner.questions.sketches import HelperSketch, Region, VisitSketch
from samen.planner.questions.together import Together

WAVES = 3  # so many may be asked for a visit, one after the other or at once


@dataclass(frozen=True)
class Goes:
    """Who goes to a visit, or that nobody can; the cost is the sum of the reasons."""

    visit: VisitSketch
    helper: int | None
    cost: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Block:
    """What one household is asked about together: who goes, and why it is not the same face each time."""

    household: int
    goes: tuple[Goes, ...]
    split: tuple[Refusal, ...] = ()  # of who comes most often: what keeps her from each other visit

    @property
    def faces(self) -> tuple[int, ...]:
        """Everybody who comes, in order of their first visit."""
        return tuple(dict.fromkeys(one.helper for one in self.goes if one.helper is not None))


@dataclass(frozen=True)
class Plan:
    """Who goes everywhere; `proven` says that nothing better exists."""

    region: Region
    blocks: tuple[Block, ...]
    proven: bool
    waves: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # by visit: whom to ask, one after the other

    @cached_property
    def cost(self) -> int:
        """What all of it costs."""
        return sum(one.cost for one in self.goes)

    @cached_property
    def goes(self) -> tuple[Goes, ...]:
        """Every visit, by household and time."""
        return tuple(one for block in self.blocks for one in block.goes)

    @property
    def given(self) -> list[tuple[int, VisitSketch]]:
        """Every helper (by number) with each visit she goes to."""
        return [(one.helper, one.visit) for one in self.goes if one.helper is not None]


# --- The two questions --------------------------------------------------------------------------------


def bridge(visits: Iterable[VisitSketch], region: Region, *, steps: int = ENOUGH) -> Plan:
    """The stand-ins of one absence."""
    board = Board(Field.of(region))
    blocks = _blocks(visits, board.field)
    chosen = choose(board, blocks, steps=steps)
    return _plan(board, blocks, chosen.options, proven=chosen.proven)


def cover(visits: Iterable[VisitSketch], region: Region, *, rounds: int = 1000, seed: int = 1) -> Plan:
    """The stand-ins of many absences at once; more rounds look longer for a better plan."""
    board = Board(Field.of(region))
    blocks = _blocks(visits, board.field)
    search = Together(board, blocks, seed)
    search.begin()
    proven = search.improve(rounds)
    return _plan(board, blocks, [option for choice in search.chosen for option in choice], proven=proven)


def _blocks(visits: Iterable[VisitSketch], field: Field) -> list[list[Task]]:
    """A household's visits together; those that are urgent apart, because there the first good face goes."""
    found: dict[tuple[int, bool], list[VisitSketch]] = defaultdict(list)
    for visit in visits:
        found[visit.household, not visit.urgent].append(visit)
    blocks = []
    for number, block in enumerate(sorted(found)):
        ordered = sorted(found[block], key=lambda visit: (visit.start, visit.id))
        blocks.append([task(number, visit, field) for visit in ordered])
    return blocks


# --- The answer ---------------------------------------------------------------------------------------


def _plan(board: Board, blocks: Sequence[Sequence[Task]], options: Sequence[Option | None], *, proven: bool) -> Plan:
    """The same choice reckoned anew, in order, on an empty board."""
    clean = Board(board.field)
    found, start = [], 0
    for block in blocks:
        found.append(_block(clean, block, options[start : start + len(block)]))
        start += len(block)
    plan = Plan(board.field.region, tuple(found), proven)
    return Plan(plan.region, plan.blocks, proven, _waves(clean, blocks, plan))


def _block(board: Board, block: Sequence[Task], options: Sequence[Option | None]) -> Block:
    goes = []
    for one, option in zip(block, options, strict=True):
        if option is None:
            reasons: tuple[Reason, ...] = (Reason(Part.NOBODY, board.prices.nobody),)
        else:
            reasons = tuple(board.reasons(one.block, option))
            board.give(one.block, option)
        helper = option.helper.id if option else None
        goes.append(Goes(one.visit, helper, total(reasons), reasons))
    return Block(block[0].visit.household, tuple(goes), tuple(_why_split(board, block, goes)))


def _why_split(board: Board, block: Sequence[Task], goes: Sequence[Goes]) -> list[Refusal]:
    """What keeps the one who comes most often from the other visits, so far as a rule does."""
    faces = board.faces[block[0].block]
    if len(faces) < 2:
        return []
    main = board.field.by_number[max(faces, key=lambda face: (faces[face], -face))]
    found = []
    for one in goes:
        if one.helper != main.id:
            hers = tuple(visit for _, visit in board.given[main.id])
            refusal = rules.first_broken(one.visit, _also(main, hers), board.field.ways)
            found += [refusal] if refusal else []
    return found


def _also(helper: HelperSketch, visits: tuple[VisitSketch, ...]) -> HelperSketch:
    return replace(helper, booked=(*helper.booked, *visits))


def _waves(board: Board, blocks: Sequence[Sequence[Task]], plan: Plan) -> dict[int, tuple[int, ...]]:
    """For each visit whom to ask: first who goes by the plan, then others, never one face for visits that clash."""
    found = {one.visit.id: [one.helper] if one.helper is not None else [] for one in plan.goes}
    for _ in range(1, WAVES):
        for block in blocks:
            for one in block:
                option = _next(board, one, found[one.visit.id])
                if option is not None:
                    board.give(one.block, option)
                    found[one.visit.id].append(option.helper.id)
    return {visit: tuple(helpers) for visit, helpers in found.items()}


def _next(board: Board, one: Task, asked: list[int]) -> Option | None:
    """Who is best to ask next: of those asked already for this block rather, and of those asked least."""
    prices = [(board.price(one.block, option), option) for option in one.options if option.helper.id not in asked]
    able = [(price, option.helper.id, option) for price, option in prices if price is not None]
    return min(able, key=lambda found: found[:2])[2] if able else None


# --- Visit by visit -----------------------------------------------------------------------------------


def rankings(plan: Plan, visits: Collection[int] | None = None) -> dict[int, Ranking]:
    """For each visit (or only for these, by number): whom the plan asks first, who else can, and who cannot."""
    board = Board(Field.of(plan.region))
    taken: dict[int, list[VisitSketch]] = defaultdict(list)
    for helper, visit in plan.given:
        taken[helper].append(visit)
    found = {}
    for block in plan.blocks:
        wanted = [one.visit for one in block.goes if visits is None or one.visit.id in visits]
        able = {one.visit.id: board.field.able(one.visit) for one in block.goes} if wanted else {}
        times = Counter(helper.id for helpers in able.values() for helper in helpers)
        for visit in wanted:
            candidates = [
                weigh(visit, helper, board, _of_plan(visit, helper, times[helper.id], taken, board))
                for helper in able[visit.id]
            ]
            found[visit.id] = _ranking(visit, candidates, plan.waves[visit.id], board.field)
    return found


def _of_plan(
    visit: VisitSketch, helper: HelperSketch, times: int, taken: Mapping[int, list[VisitSketch]], board: Board
) -> list[Reason]:
    """How steady she can be, and whether another household has her then."""
    found = []
    if times > 1:
        found.append(Reason(Part.STEADY, (times - 1) * board.prices.steady, times))
    others = [own for own in taken[helper.id] if own.id != visit.id]
    if not all(board.field.apart(visit, own, helper) for own in others):
        found.append(Reason(Part.ELSEWHERE, board.prices.elsewhere))
    return found


def _ranking(visit: VisitSketch, candidates: list[Candidate], asked: tuple[int, ...], field: Field) -> Ranking:
    wave = {helper: place for place, helper in enumerate(asked)}
    ordered = sorted(candidates, key=lambda one: (wave.get(one.helper, len(asked)), one.cost, one.helper))
    return answer(visit, ordered, field, asked)
