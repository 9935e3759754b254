"""The best choice for some blocks of visits at once: branch and bound, exact as long as it is let go on.

A block is what one household is asked about together.  What it costs alone is the least it can cost beside others,
because costs never fall when somebody is given more (`board`); that is the bound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from samen.planner.questions import rank
from samen.planner.questions.board import Board, Option
from samen.planner.questions.field import Field
from samen.planner.questions.sketches import VisitSketch

ENOUGH = 2000  # steps after which the best so far is taken


@dataclass(frozen=True)
class Task:
    """One visit, and who could go: cheapest first."""

    block: int
    visit: VisitSketch
    options: tuple[Option, ...]
    least: int  # what it costs at least, somebody or nobody
    alone: dict[int, int]  # by helper: what the pair costs


Choice = tuple[Option | None, ...]  # for each task, in order


@dataclass(frozen=True)
class Chosen:
    """What was chosen for these tasks, what it adds to the board, and whether nothing better exists."""

    options: Choice
    cost: int
    proven: bool


def task(block: int, visit: VisitSketch, field: Field) -> Task:
    """The visit with everybody who can go."""
    return of_options(block, visit, [rank.option(visit, helper, field) for helper in field.able(visit)], field)


def of_options(block: int, visit: VisitSketch, options: list[Option], field: Field) -> Task:
    """A task of which the options are known."""
    ranked = tuple(sorted(options, key=lambda option: (option.cost, option.helper.id, option.visit.start)))
    alone: dict[int, int] = {}
    for option in ranked:
        alone.setdefault(option.helper.id, option.cost)
    return Task(block, visit, ranked, min([field.prices.nobody, *(option.cost for option in ranked[:1])]), alone)


def choose(board: Board, blocks: Sequence[Sequence[Task]], *, steps: int = ENOUGH, now: Chosen | None = None) -> Chosen:
    """The cheapest choice for all of these blocks beside what stands on the board, which is left as it was.

    `now` is a choice that is known already: something better is looked for, and else it stays.
    """
    if len(blocks) == 1:
        return _alone(board, blocks[0], steps)
    bounds = [_least(block) for block in blocks]
    for place, block in enumerate(blocks):
        if now is not None and sum(bounds) >= now.cost:
            return now
        floor = _alone(board, block, steps)
        bounds[place] = floor.cost if floor.proven else bounds[place]
    if now is not None and sum(bounds) >= now.cost:
        return now
    order = sorted(range(len(blocks)), key=lambda place: (_leeway(blocks[place]), place))
    least = [bounds[place] for place in order]
    first = (
        _one_by_one(board, [blocks[place] for place in order], steps) if now is None else _ordered(now, blocks, order)
    )
    search = _Search(board, [blocks[place] for place in order], least, first, steps)
    found = search.run()
    return Chosen(_in_order(found.options, blocks, order), found.cost, found.proven)


def _alone(board: Board, block: Sequence[Task], steps: int) -> Chosen:
    first = _one_face(board, block) or Chosen((None,) * len(block), len(block) * board.prices.nobody, proven=False)
    return _Search(board, [block], [_least(block)], first, steps).run()


def _least(block: Sequence[Task]) -> int:
    return sum(one.least for one in block)


def _leeway(block: Sequence[Task]) -> int:
    return min((len(one.options) for one in block), default=0)


def _one_face(board: Board, block: Sequence[Task]) -> Chosen | None:
    """The cheapest of those who can go every time; most often nothing is better."""
    able = set.intersection(*(set(one.alone) for one in block)) if block else set()
    ranked = sorted((sum(one.alone[helper] for one in block), helper) for helper in able)
    best: Chosen | None = None
    for cost, helper in ranked:
        if best is not None and cost >= best.cost:
            break
        options = [next(option for option in one.options if option.helper.id == helper) for one in block]
        priced = _priced(board, block, options)
        if priced is not None and (best is None or priced < best.cost):
            best = Chosen(tuple(options), priced, proven=False)
    return best


def _priced(board: Board, block: Sequence[Task], options: Sequence[Option]) -> int | None:
    cost: int | None = 0
    given: list[tuple[int, Option]] = []
    for one, option in zip(block, options, strict=True):
        price = board.price(one.block, option)
        if price is None or cost is None:
            cost = None
            break
        cost += price
        board.give(one.block, option)
        given.append((one.block, option))
    for number, option in given:
        board.take(number, option)
    return cost


def _one_by_one(board: Board, blocks: Sequence[Sequence[Task]], steps: int) -> Chosen:
    """Each block as well as it still can be, after those before it."""
    options: list[Option | None] = []
    cost = 0
    for block in blocks:
        found = _alone(board, block, steps)
        put(board, block, found.options)
        options += found.options
        cost += found.cost
    start = 0
    for block in blocks:
        lift(board, block, options[start : start + len(block)])
        start += len(block)
    return Chosen(tuple(options), cost, proven=False)


def put(board: Board, block: Sequence[Task], options: Sequence[Option | None]) -> None:
    """These go."""
    for one, option in zip(block, options, strict=True):
        if option is not None:
            board.give(one.block, option)


def lift(board: Board, block: Sequence[Task], options: Sequence[Option | None]) -> None:
    """These do not go."""
    for one, option in zip(block, options, strict=True):
        if option is not None:
            board.take(one.block, option)


def _ordered(now: Chosen, blocks: Sequence[Sequence[Task]], order: Sequence[int]) -> Chosen:
    starts = [sum(len(block) for block in blocks[:place]) for place in order]
    options = [now.options[start : start + len(blocks[place])] for place, start in zip(order, starts, strict=True)]
    return Chosen(tuple(option for block in options for option in block), now.cost, proven=False)


def _in_order(options: Choice, blocks: Sequence[Sequence[Task]], order: Sequence[int]) -> Choice:
    parts: dict[int, Choice] = {}
    start = 0
    for place in order:
        parts[place] = options[start : start + len(blocks[place])]
        start += len(blocks[place])
    return tuple(option for place in range(len(blocks)) for option in parts[place])


class _Search:
    """Depth first, the cheapest next; what cannot become better than the best so far is left."""

    def __init__(
        self, board: Board, blocks: Sequence[Sequence[Task]], least: Sequence[int], first: Chosen, steps: int
    ) -> None:
        self.board = board
        self.blocks = blocks
        self.tasks = [(place, number) for place, block in enumerate(blocks) for number in range(len(block))]
        self.least = least
        self.after = [sum(least[place + 1 :]) for place in range(len(blocks))]
        self.fresh = [_from_here_on([one.least for one in block]) for block in blocks]
        self.rest: dict[tuple[int, ...], int] = {}  # of a block from a task on: what it costs with these faces
        self.best = first
        self.steps = steps
        self.path: list[Option | None] = []

    def run(self) -> Chosen:
        self._try(0, 0, 0)
        return Chosen(self.best.options, self.best.cost, proven=self.steps > 0)

    def _try(self, depth: int, cost: int, in_block: int) -> None:
        """`cost` is that of the path, `in_block` the part of it that belongs to the block it has come to."""
        if depth == len(self.tasks):
            if cost < self.best.cost:
                self.best = Chosen(tuple(self.path), cost, proven=False)
            return
        place, number = self.tasks[depth]
        if number == 0:
            in_block = 0
        bound = max(self._rest(place, number), self.least[place] - in_block) + self.after[place]
        if cost + bound >= self.best.cost:
            return
        one = self.blocks[place][number]
        later = self._later(place, number)
        for price, option in self._prices(one, self.best.cost - cost - later - self.after[place]):
            if cost + price + later + self.after[place] >= self.best.cost:
                break
            self.steps -= 1
            if self.steps <= 0:
                return
            self.path.append(option)
            if option is not None:
                self.board.give(one.block, option)
            self._try(depth + 1, cost + price, in_block + price)
            if option is not None:
                self.board.take(one.block, option)
            self.path.pop()

    def _prices(self, one: Task, below: int) -> list[tuple[int, Option | None]]:
        """What each costs now, the cheapest first; somebody before nobody, and then by number."""
        found: list[tuple[int, Option | None]] = []
        for option in one.options:
            if option.cost >= below:
                break
            price = self.board.price(one.block, option)
            if price is not None:
                found.append((price, option))
        if self.board.prices.nobody < below:
            found.append((self.board.prices.nobody, None))
        return sorted(found, key=lambda pair: pair[0])

    def _later(self, place: int, number: int) -> int:
        return self.fresh[place][number + 1]

    def _rest(self, place: int, number: int) -> int:
        """What the rest of the block costs at least: with the faces it has, or with one more."""
        fresh = self.fresh[place][number]
        faces = self.board.faces[self.blocks[place][number].block]
        if not faces:
            return fresh
        same = self.rest.get((place, number, *faces))
        if same is None:
            same = self.rest[place, number, *faces] = self._with_faces(place, number, faces)
        return min(same, fresh + self.board.prices.other_face)

    def _with_faces(self, place: int, number: int, faces: Iterable[int]) -> int:
        nobody, rest = self.board.prices.nobody, self.blocks[place][number:]
        return sum(min([nobody, *(one.alone[face] for face in faces if face in one.alone)]) for one in rest)


def _from_here_on(costs: Sequence[int]) -> list[int]:
    """For each place, and for the end, the sum of what comes from there on."""
    return [sum(costs[place:]) for place in range(len(costs) + 1)]
