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
from samen.planner.model import Plan, Problem
from samen.planner.search import engine
from samen.planner.search.arrays import Data, Floats, Ints, State, state_for
from samen.planner.search.prepare import data_for, differing, lay, lay_links, plan_of, stops_of
from samen.planner.search.stop import Stop


class Stage(NamedTuple):
    """A stretch of the search: until which part of the budget, from which heat to which, and what it begins with."""

    until: float
    hot: float
    cold: float
    again: float = 0.0  # above nothing: a child of two of the best plans; so hot if no two differ
    around: bool = False  # and then only around what the plan that was given lacked


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
    patches: int = 6  # children around what a given plan lacks, with this part of the budget, so hot
    patching: float = 0.7
    patch_hot: float = 1.2
    patch_wrecks: int = 4  # as `wrecks`, which finds a way where single tasks find none
    close: int = 6  # neighbours each way that are around a task
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

    def stages(self, coolings: int, *, warm: bool, lacks: bool = False) -> Iterator[Stage]:
        """The whole course, by parts of the budget: plans from nothing, and then children of the best of them.

        Who begins with a good plan does not melt it, and looks first around what it lacks.
        """
        first = 0.0 if warm else self.cooling_once if coolings == 1 else self.cooling
        for number in range(0 if warm else coolings):
            hotter = self.hotter[number % len(self.hotter)]
            yield Stage(first * (number + 1) / coolings, self.hot * hotter, self.cold)
        if lacks:
            first = self.patching
            for number in range(self.patches):
                heat = self.patch_hot * self.gentler[number % len(self.gentler)]
                yield Stage(first * (number + 1) / self.patches, self.child_hot, self.cold, heat, around=True)
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
    most_moved: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    settings: Settings = Settings(),
) -> Answer:
    """The best plan these chains find until `stop` says so.

    Of a plan that is given (`start`) no more than `most_moved` tasks go to somebody else; None: as many as pays.
    """
    if not problem.visits or not problem.days:
        return _nobody_goes(problem)
    data = data_for(problem)
    _check(problem, data)
    chains = [_Chain(problem, data, stop, settings, seed=seed * 1009 + number) for number in range(threads)]
    chains[0].begin(start, most_moved)
    for chain in chains[1:]:
        chain.follow(chains[0])
    elites = _Elites(chains[0], settings.elites)
    with ThreadPoolExecutor(threads) as pool:
        idle = 0
        coolings = _coolings(stop, settings, len(stops_of(problem)))
        for stage in settings.stages(coolings, warm=start is not None, lacks=chains[0].around.size > 0):
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


def _nobody_goes(problem: Problem) -> Answer:
    """Where there is nothing to do, or nobody to do it."""
    for visit in problem.visits:
        if math.isinf(visit.left_out):
            raise Unsolvable(f"{visit.key!r}: there is nobody")
    tasks, days = len(stops_of(problem)), len(problem.days)
    return _answer(problem, np.arange(tasks + 2 * days) + days, 0)


def _coolings(stop: Stop, settings: Settings, tasks: int) -> int:
    left = stop.seconds - (0.0 if stop.cpu else time.perf_counter() - stop.began)
    return settings.coolings(stop.moves or max(left, 0.0) * MOVES_A_SECOND, tasks)


def _check(problem: Problem, data: Data) -> None:
    tasks = data.nodes[: int(data.board["tasks"][0])]
    for node in np.flatnonzero((tasks["ables"] == 0) & np.isinf(tasks["left_out"])):
        number, task = stops_of(problem)[node]
        visit = problem.visits[number]
        raise Unsolvable(f"{visit.key!r}: nobody may do {visit.tasks[task].skill!r}")
    for node in np.flatnonzero((tasks["partner"] >= 0) & (tasks["second"] == 0) & np.isinf(tasks["left_out"])):
        if not _two_people(data, int(node)):
            visit = problem.visits[stops_of(problem)[node][0]]
            raise Unsolvable(f"{visit.key!r}: nobody may do the one task while somebody else does the other")


def _two_people(data: Data, node: int) -> bool:
    """Whether somebody may do this task while somebody else does the next one."""
    first, second = (set(data.nodes["owner"][data.able[one, : data.nodes["ables"][one]]]) for one in (node, node + 1))
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
        chain.often = chain.settings.patch_wrecks if stage.around else chain.wrecks
        if not stage.again:
            return stage.until, stage.hot, stage.cold
        first, second = sorted(chain.luck.choices(range(len(self.plans)), k=2))
        chain.take(self.plans[first][1])
        differ = differing(chain.state, self.plans[first][1], self.plans[second][1])
        if differ.size < FEW:
            chain.pool = chain.around if stage.around else chain.pool
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
        self.around = self.pool[:0]
        free = bool(np.isfinite(data.nodes["left_out"][: int(data.board["tasks"][0])]).any())
        self.often = self.wrecks = OFTEN if free else settings.wrecks  # only who takes apart may leave out
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

    def begin(self, plan: Plan | None, most_moved: int | None) -> None:
        """The plan it was given, with what is missing put where it costs least."""
        if plan is not None:
            lay(self.problem, self.state, plan)
        if not self._settle():
            raise evaluate.Deadlock
        if plan is not None:
            self.around = self._around_missing()
        self._build()
        if most_moved is not None:
            board = self.state.board[0]
            board["most_away"] = max(most_moved, board["away"])
        self._note_best()

    def follow(self, other: "_Chain") -> None:
        """It begins where the other does, with chance of its own."""
        seed = int(self.state.board["seed"][0])
        self.nodes[:], self.state.board[:] = other.nodes, other.state.board
        self.state.board["seed"], self.around = seed, other.around

    def _around_missing(self) -> Ints:
        """The tasks nobody does, and those that are near to one of them or of the same visit."""
        tasks = int(self.state.board["tasks"][0])
        missing = np.flatnonzero(self.nodes["day"][:tasks] < 0)
        many, close = self.data.near.shape[1] // 2, self.settings.close
        near = [self.data.near[missing, side : side + min(close, many)].ravel() for side in (0, many)]
        found = np.unique(np.concatenate([missing, *near]))
        partners = self.nodes["partner"][found]
        return np.union1d(found, partners[partners >= 0])

    def take(self, succ: Ints) -> None:
        """It goes on from this plan."""
        lay_links(self.state, succ)
        self._settle()

    def everywhere(self) -> None:
        """All tasks may be tried."""
        self.pool = np.arange(int(self.state.board["tasks"][0]))

    def cool(self, until: float, hot: float, cold: float) -> None:
        """Change the plan until this part of the budget is used; a little even if it was used up before it began."""
        began, cpu = self.part(), time.thread_time()
        before, chunk = self.cpu, CHUNK
        while (used := self.part()) < until or not self.moves:
            cooled = (used - began) / (until - began) if used < until else 1.0
            heat = self.heat(hot * (cold / hot) ** cooled)
            looked = time.perf_counter()
            engine.chain(self.state, self.data, self.shares, self.pool, steps=chunk, heat=heat, wrecks=self.often)
            self.moves += chunk
            if not self.stop.moves:
                spent = max(time.perf_counter() - looked, 1e-5)
                chunk = int(min(400_000, max(200, chunk * LOOK_SECONDS / spent)))
            self.cpu = before + time.thread_time() - cpu
            if self.best <= self.stop.target:
                self.stop.now()
        self._settle()

    def _settle(self) -> bool:
        return engine.settle_all(self.state, self.data)

    def _build(self) -> None:
        tasks = int(self.state.board["tasks"][0])
        windows = self.nodes["opens"][:tasks] + np.minimum(self.nodes["closes"][:tasks], 1e9)
        engine.build(self.state, self.data, np.argsort(windows, kind="stable"))
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
