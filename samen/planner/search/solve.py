"""Search for a good plan until told to stop: chains that cool side by side, and now and then the better one counts."""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samen.planner import evaluate
from samen.planner.evaluate import Cost, Timetable
from samen.planner.model import Plan, Problem, fits
from samen.planner.search import moves, places
from samen.planner.search.arrays import Data, Floats, Ints, State, state_for
from samen.planner.search.prepare import data_for, lay, lay_links, plan_of, stops_of
from samen.planner.search.stop import Stop


class Stage(NamedTuple):
    """A stretch of the search: until which part of the budget, and from which heat to which."""

    until: float
    hot: float
    cold: float
    follow: str  # what every chain begins with: its OWN plan, or that of the best when it is much WORSE, or the BEST


@dataclass(frozen=True)
class Settings:
    """What was found by measuring; heats count in legs between neighbours."""

    hot: float = 2.0
    cold: float = 0.015
    checks: int = 6  # how often the chains are compared while everything cools
    enough: int = 600  # moves, times tasks, times tasks: then cooling again helps more than cooling slower
    again: float = 0.45  # from which part of the first heat it cools again
    most_rounds: int = 40
    wrecks: int = 0  # one move in so many takes a neighbourhood apart; 0: none does
    # Cumulative: tails, two that change places, somebody by chance, both helpers; then how long a stretch goes (from
    # one) and how long the one that comes back is (from none); then how often a neighbour is rather a near one, and a
    # task rather a late one.
    shares: tuple[tuple[float, ...], ...] = (
        (0.12, 0.35, 0.38, 0.46),
        (0.75, 0.92, 1.0, 1.0),
        (0.75, 0.93, 0.98, 1.0),
        (0.0, 0.1, 0.0, 0.0),
    )

    def stages(self, rounds: int, *, warm: bool) -> Iterator[Stage]:
        """The whole course, by parts of the budget: everything cools, and then so often again.

        Who begins with a good plan does not melt it.
        """
        step = (self.cold / self.hot) ** (1 / self.checks)
        for number, check in itertools.product(range(rounds), range(self.checks)):
            until = (number + (check + 1) / self.checks) / rounds
            hot = self.hot * step**check
            if (number == 0 and not warm) or number % 4 == 3:
                yield Stage(until, hot, hot * step, "WORSE" if check else "OWN")
            elif check == 0:
                yield Stage((number + 1) / rounds, self.hot * self.again, self.cold, "BEST")

    def rounds(self, moves: float, tasks: int) -> int:
        """How often there is time to cool."""
        return max(1, min(self.most_rounds, round(moves / (self.enough * max(tasks, 1) ** 2))))


class Progress(NamedTuple):
    """How far a search is."""

    part: float
    cost: float


@dataclass(frozen=True)
class Answer:
    """The best plan that was found, when everything starts, and what it costs."""

    plan: Plan
    begins: Timetable
    costs: tuple[Cost, ...]
    moves: int

    @property
    def cost(self) -> float:
        """All of it."""
        return math.fsum(part.total for part in self.costs)


class Unsolvable(Exception):
    """Nobody may do a task that somebody must do; the message names the visit."""


def solve(
    problem: Problem,
    *,
    stop: Stop,
    threads: int = 1,
    seed: int = 1,
    start: Plan | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    settings: Settings = Settings(),
) -> Answer:
    """The best plan these chains find until `stop` says so."""
    data = data_for(problem)
    _check(problem, data)
    chains = [_Chain(problem, data, stop, settings, seed=seed * 1009 + number) for number in range(threads)]
    for chain in chains:
        chain.begin(start)
    best = _Best(chains[0])
    with ThreadPoolExecutor(threads) as pool:
        idle = 0
        for stage in settings.stages(_rounds(stop, settings, len(stops_of(problem))), warm=start is not None):
            _prepare(chains, stage, best)
            work = [pool.submit(chain.cool, stage) for chain in chains]
            while wait(work, timeout=LOOK_SECONDS).not_done:
                progress(Progress(min(1.0, chains[0].part()), min([best.cost, *(chain.best for chain in chains)])))
            for done in work:
                done.result()
            idle = 0 if best.learn(chains) else idle + 1
            if chains[0].part() >= 1.0 or best.cost <= stop.target or (stop.patience and idle >= stop.patience):
                break
    return _answer(problem, best, sum(chain.moves for chain in chains))


def _rounds(stop: Stop, settings: Settings, tasks: int) -> int:
    left = stop.seconds - (0.0 if stop.cpu else time.perf_counter() - stop.began)
    return settings.rounds(stop.moves or max(left, 0.0) * MOVES_A_SECOND, tasks)


def _check(problem: Problem, data: Data) -> None:
    tasks = data.nodes[: int(data.board["tasks"][0])]
    for node in np.flatnonzero((tasks["ables"] == 0) & np.isinf(tasks["left_out"])):
        number, task = stops_of(problem)[node]
        visit = problem.visits[number]
        raise Unsolvable(f"{visit.key}: nobody may do {visit.tasks[task].skill}")
    for number, visit in enumerate(problem.visits):
        if len(visit.tasks) == 2 and math.isinf(visit.left_out) and not _two_people(problem, number):
            raise Unsolvable(f"{visit.key}: nobody may do the one task while somebody else does the other")


def _two_people(problem: Problem, number: int) -> bool:
    visit = problem.visits[number]
    first, second = ({one.key for one in problem.helpers if fits(problem, one, visit, task)} for task in visit.tasks)
    return bool(first) and bool(second) and len(first | second) > 1


def _prepare(chains: "Sequence[_Chain]", stage: Stage, best: "_Best") -> None:
    """Every chain has the plan this stage begins with."""
    leader = min(chains, key=lambda chain: (chain.cost, chain.number))
    for chain in chains:
        if stage.follow == "BEST":
            chain.take(best.succ)
        elif stage.follow == "WORSE" and chain.cost > leader.cost + chain.heat(stage.hot) * WORSE:
            chain.take(leader.nodes["succ"])


MOVES_A_SECOND = 3e6  # about, of a chain
WORSE = 10.0  # by so many times the heat a chain may be behind before it gives up its own plan


class _Best:
    """The best plan of all chains."""

    def __init__(self, first: "_Chain") -> None:
        self.cost, self.succ = first.cost, first.nodes["succ"].copy()

    def learn(self, chains: "Sequence[_Chain]") -> bool:
        """It is the best still; True if that is another one now."""
        leader = min(chains, key=lambda chain: (chain.best, chain.number))
        if leader.best >= self.cost - GAIN:
            return False
        self.cost = leader.best
        self.succ = leader.nodes["best_succ"].copy()
        return True


OFTEN = 20
GAIN = 1e-6  # less is no gain
CHUNK = 4000  # moves between two looks at the clock, at first and when moves are counted
LOOK_SECONDS = 0.02


class _Chain:
    """One thread's plan and how it changes."""

    def __init__(self, problem: Problem, data: Data, stop: Stop, settings: Settings, *, seed: int) -> None:
        self.problem, self.data, self.stop, self.settings = problem, data, stop, settings
        self.number = seed
        self.state: State = state_for(data, seed)
        self.shares = np.array(settings.shares)
        self.pool = np.arange(int(data.board["tasks"][0]))
        free = bool(np.isfinite(data.nodes["left_out"][: int(data.board["tasks"][0])]).any())
        self.wrecks = OFTEN if free else settings.wrecks  # only who takes apart may leave out
        self.leg = _usual_leg(data) * problem.prices.travel
        self.moves, self.cpu, self.used = 0, 0.0, 0.0

    @property
    def nodes(self) -> NDArray[np.void]:
        """Where its plan stands."""
        return self.state.nodes

    @property
    def cost(self) -> float:
        """Of the plan it is at."""
        board = self.state.board[0]
        return float(
            board["travel_price"] * board["travel"]
            + board["late"]
            + board["worst_price"] * board["worst"]
            + board["fit"]
        )

    @property
    def best(self) -> float:
        """Of the best plan it was ever at."""
        return float(self.state.board["best"][0])

    def heat(self, legs: float) -> float:
        """A heat in legs, in cost."""
        return legs * self.leg

    def part(self) -> float:
        """Which part of the budget is used."""
        return self.stop.used(moves=self.moves, cpu=self.cpu)

    def begin(self, plan: Plan | None) -> None:
        """The plan it was given, with what is missing put where it costs least."""
        if plan is not None:
            lay(self.problem, self.state, plan)
        if not self._settle():
            raise evaluate.Deadlock
        self._build()
        self._note_best()

    def take(self, succ: Ints) -> None:
        """It goes on from this plan."""
        lay_links(self.state, succ)
        self._settle()

    def cool(self, stage: Stage) -> None:
        """Change the plan until this part of the budget is used."""
        began, cpu = self.part(), time.thread_time()
        before, chunk = self.cpu, CHUNK
        while (used := self.part()) < stage.until:
            far = (used - began) / (stage.until - began)
            heat = self.heat(stage.hot * (stage.cold / stage.hot) ** far)
            looked = time.thread_time()
            moves.chain(*self._arrays(), self.data.near, self.data.able, self.shares, self.pool, chunk, heat, self.wrecks)
            self.moves += chunk
            if not self.stop.moves:
                spent = max(time.thread_time() - looked, 1e-5)
                chunk = int(min(400_000, max(200, chunk * LOOK_SECONDS / spent)))
            self.cpu = before + time.thread_time() - cpu
            if self.best <= self.stop.target:
                self.stop.now()
        self._settle()

    def _arrays(self) -> tuple[object, ...]:
        return (*self.state, self.data.ways, self.data.fit)

    def _settle(self) -> bool:
        return bool(places.settle_all(*self._arrays()))

    def _build(self) -> None:
        tasks = int(self.state.board["tasks"][0])
        windows = self.nodes["opens"][:tasks] + np.minimum(self.nodes["closes"][:tasks], 1e9)
        order = np.argsort(windows, kind="stable")
        places.build(*self._arrays(), self.data.near, self.data.able, order)
        self._settle()

    def _note_best(self) -> None:
        self.state.board["best"] = self.cost
        self.nodes["best_succ"] = self.nodes["succ"]


def _usual_leg(data: Data) -> float:
    """Minutes between a task and those it may well follow, on average."""
    tasks = int(data.board["tasks"][0])
    place = data.nodes["leaves"][:tasks]
    legs: Floats = data.ways[0][place[data.near[:, :5]], place[:, None]]
    return max(float(legs.mean()), 1e-3) if tasks else 1.0


def _answer(problem: Problem, best: _Best, moved: int) -> Answer:
    plan = plan_of(problem, best.succ)
    begins = evaluate.timetable(problem, plan)
    return Answer(plan, begins, evaluate.costs(problem, plan, begins), moved)
