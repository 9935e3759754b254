"""Search for a good plan until told to stop: chains cool side by side, and then the best plans have children."""

import math
import random
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
from samen.planner.search.prepare import data_for, differing, lay, lay_links, plan_of, stops_of
from samen.planner.search.stop import Stop


class Stage(NamedTuple):
    """A stretch of the search: until which part of the budget, from which heat to which, and what it begins with."""

    until: float
    hot: float
    cold: float
    again: float = 0.0  # above nothing: a child of two of the best plans; so hot if no two differ


@dataclass(frozen=True)
class Settings:
    """What was found by measuring; heats count in legs between neighbours."""

    hot: float = 1.2
    cold: float = 0.05
    enough: int = 500  # moves, times tasks, times tasks: then cooling again helps more than cooling slower
    most_coolings: int = 30
    cooling: float = 0.5  # part of the budget for plans from nothing; of one cooling only, `cooling_once`
    cooling_once: float = 0.95
    hotter: tuple[float, ...] = (1.0, 2.0, 4.0)  # coolings begin in turn so many times as hot
    children: int = 4  # for each cooling, each with a quarter of its time
    child_hot: float = 0.6
    again: float = 0.35  # how hot it gets where there are no two plans that differ
    gentler: tuple[float, ...] = (0.3, 0.6, 1.0)  # and with a plan that was given in turn so many times as hot
    elites: int = 8
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

    def stages(self, coolings: int, *, warm: bool) -> Iterator[Stage]:
        """The whole course, by parts of the budget: plans from nothing, and then children of the best of them.

        Who begins with a good plan does not melt it.
        """
        first = 0.0 if warm else self.cooling_once if coolings == 1 else self.cooling
        for number in range(0 if warm else coolings):
            hotter = self.hotter[number % len(self.hotter)]
            yield Stage(first * (number + 1) / coolings, self.hot * hotter, self.cold)
        many = coolings * self.children
        for number in range(many):
            gentle = self.gentler[number % len(self.gentler)] if warm else 1.0
            yield Stage(first + (1 - first) * (number + 1) / many, self.child_hot, self.cold, self.again * gentle)

    def coolings(self, moves: float, tasks: int) -> int:
        """How many plans from nothing there is time for."""
        return max(1, min(self.most_coolings, round(self.cooling * moves / (self.enough * max(tasks, 1) ** 2))))


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
    elites = _Elites(chains[0], settings.elites)
    with ThreadPoolExecutor(threads) as pool:
        idle = 0
        for stage in settings.stages(_coolings(stop, settings, len(stops_of(problem))), warm=start is not None):
            parents = [elites.prepare(chain, stage) for chain in chains]
            work = [pool.submit(chain.cool, *heats) for chain, heats in zip(chains, parents, strict=True)]
            while wait(work, timeout=LOOK_SECONDS).not_done:
                progress(Progress(min(1.0, chains[0].part()), min([elites.cost, *(chain.best for chain in chains)])))
            for done in work:
                done.result()
            idle = 0 if elites.learn(chains) else idle + 1
            if chains[0].part() >= 1.0 or elites.cost <= stop.target or (stop.patience and idle >= stop.patience):
                break
    return _answer(problem, elites.succ, sum(chain.moves for chain in chains))


def _coolings(stop: Stop, settings: Settings, tasks: int) -> int:
    left = stop.seconds - (0.0 if stop.cpu else time.perf_counter() - stop.began)
    return settings.coolings(stop.moves or max(left, 0.0) * MOVES_A_SECOND, tasks)


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


MOVES_A_SECOND = 3e6  # about, of a chain
FEW = 4  # tasks in which two plans must differ to have a child


class _Elites:
    """The best plans of all chains, each with other routes."""

    def __init__(self, first: "_Chain", many: int) -> None:
        self.many, self.plans = many, [(first.cost, first.nodes["succ"].copy())]

    @property
    def cost(self) -> float:
        """Of the best."""
        return self.plans[0][0]

    @property
    def succ(self) -> Ints:
        """The links of the best."""
        return self.plans[0][1]

    def prepare(self, chain: "_Chain", stage: Stage) -> tuple[float, float, float]:
        """The chain has the plan that this stage begins with; until when it cools, and from which heat to which."""
        chain.everywhere()
        if not stage.again:
            return stage.until, stage.hot, stage.cold
        first, second = sorted(chain.luck.choices(range(len(self.plans)), k=2))
        chain.take(self.plans[first][1])
        differ = differing(chain.state, self.plans[first][1], self.plans[second][1])
        if differ.size < FEW:
            return stage.until, stage.again, stage.cold
        chain.pool = differ
        return stage.until, stage.hot, stage.cold

    def learn(self, chains: "Sequence[_Chain]") -> bool:
        """These are the best still; True if the first of them is another one now."""
        before = self.cost
        for chain in chains:
            if all(abs(chain.best - cost) > GAIN for cost, _ in self.plans):
                self.plans.append((chain.best, chain.nodes["best_succ"].copy()))
            chain.state.board["best"] = np.inf
        self.plans = sorted(self.plans, key=lambda plan: plan[0])[: self.many]
        return self.cost < before - GAIN


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
        self.luck = random.Random(seed)  # noqa: S311  which plans have a child is no secret
        self.everywhere()
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

    def everywhere(self) -> None:
        """All tasks may be tried."""
        self.pool = np.arange(int(self.state.board["tasks"][0]))

    def cool(self, until: float, hot: float, cold: float) -> None:
        """Change the plan until this part of the budget is used."""
        began, cpu = self.part(), time.thread_time()
        before, chunk = self.cpu, CHUNK
        while (used := self.part()) < until:
            heat = self.heat(hot * (cold / hot) ** ((used - began) / (until - began)))
            looked = time.thread_time()
            moves.chain(
                *self._arrays(), self.data.near, self.data.able, self.shares, self.pool, chunk, heat, self.wrecks
            )
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


def _answer(problem: Problem, succ: Ints, moved: int) -> Answer:
    plan = plan_of(problem, succ)
    begins = evaluate.timetable(problem, plan)
    return Answer(plan, begins, evaluate.costs(problem, plan, begins), moved)
