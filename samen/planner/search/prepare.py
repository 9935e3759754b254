"""From a problem to arrays, and from arrays to a plan."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samen.planner.model import Plan, Problem, Stop, Task, Wish, window
from samen.planner.search.arrays import BOARD, Data, Floats, Records, State, empty_nodes
from samen.planner.search.near import neighbours

FORBIDDEN = 1e4  # a minute: what a search pays for what may not be, so that it finds its way back


def stops_of(problem: Problem) -> tuple[Stop, ...]:
    """The tasks in the order of their nodes."""
    return tuple((number, task) for number, visit in enumerate(problem.visits) for task in range(len(visit.tasks)))


def data_for(problem: Problem) -> Data:
    """The problem as the kernels read it."""
    stops, days = stops_of(problem), problem.days
    nodes = empty_nodes(len(stops), len(days))
    _fill_tasks(nodes, problem, stops)
    _fill_days(nodes, problem, len(stops))
    fit = _fit(problem, stops)
    allowed = np.isfinite(fit)
    able = np.zeros((len(stops), max(len(days), 1)), np.int64)
    for task in range(len(stops)):
        mine = np.flatnonzero(allowed[:, task])
        able[task, : mine.size] = mine + len(stops)
        nodes["ables"][task] = mine.size
    board = np.zeros(1, BOARD)
    board["tasks"], board["days"] = len(stops), len(days)
    board["travel_price"], board["worst_price"] = problem.prices.travel, problem.prices.worst
    ways = np.array(problem.ways, np.float64)
    tasks = nodes[: len(stops)]
    after, before = neighbours(
        travel=ways[0],
        place=tasks["leaves"],
        window=(tasks["opens"], tasks["closes"]),
        stays=tasks["stays"],
        able=allowed,
    )
    near = np.concatenate([after, before], axis=1)
    # Kernels are compiled for arrays that lie row by row; for any other they would be compiled once more.
    return Data(nodes, board, ways, np.ascontiguousarray(fit), able, np.ascontiguousarray(near, np.int32))


def _fill_tasks(nodes: Records, problem: Problem, stops: tuple[Stop, ...]) -> None:
    """A pinned task that starts a minute late costs what may not be."""
    for node, (number, place) in enumerate(stops):
        visit = problem.visits[number]
        task = visit.tasks[place]
        row = nodes[node]
        row["leaves"] = row["reaches"] = visit.place
        row["opens"], row["closes"] = window(visit, task)
        row["rate"] = problem.prices.late if task.pinned is None else FORBIDDEN
        row["stays"] = task.minutes
        row["left_out"] = visit.left_out if place == 0 or math.isinf(visit.left_out) else 0.0  # once for a visit
        if len(visit.tasks) == 2:
            row["partner"] = node - 1 if place else node + 1
            row["second"] = place
            row["least_gap"], row["most_gap"] = visit.gap.least, visit.gap.most


def _fill_days(nodes: Records, problem: Problem, tasks: int) -> None:
    overtime = problem.prices.overtime
    owners = {helper.key: number for number, helper in enumerate(problem.helpers)}
    for day, (helper, shift) in enumerate(problem.days):
        begin, end = nodes[tasks + day], nodes[tasks + len(problem.days) + day]
        begin["leaves"], begin["opens"], begin["start"] = shift.leaves, shift.start, shift.start
        begin["owner"], begin["mode"] = owners[helper.key], helper.mode
        end["reaches"], end["closes"] = shift.returns, shift.until
        end["rate"] = FORBIDDEN if math.isinf(overtime) else overtime


# --- Who may do what, and at what price ---------------------------------------------------------------


def _fit(problem: Problem, stops: tuple[Stop, ...]) -> Floats:
    """The price of each day's helper for each task; as `fits` and `disappointments` say, all at once."""
    rows = [helper for helper, _ in problem.days]
    tasks = [problem.visits[number].tasks[place] for number, place in stops]
    skills = {skill: number for number, skill in enumerate(sorted({task.skill for task in tasks}))}
    can = np.array([[skill in helper.skills for skill in skills] for helper in rows], bool).reshape(len(rows), -1)
    wanted = [skills[task.skill] for task in tasks]
    fit: Floats = np.where(can[:, wanted], 0.0, np.inf)
    keys = np.array([helper.key for helper in rows], dtype=object)
    _weigh_promises(fit, problem, keys, tasks)
    homes: dict[str, list[int]] = {}
    for node, (number, _) in enumerate(stops):
        homes.setdefault(problem.visits[number].household, []).append(node)
    _weigh_wishes(fit, problem, keys, homes)
    _weigh_faces(fit, problem, keys, homes)
    return fit


def _weigh_promises(fit: Floats, problem: Problem, keys: NDArray[np.object_], tasks: list[Task]) -> None:
    for node, task in enumerate(tasks):
        if task.agreed and problem.prices.other_helper:
            fit[keys != task.agreed, node] += problem.prices.other_helper
        if task.pinned is not None:
            fit[keys != task.agreed, node] = np.inf


def _weigh_wishes(fit: Floats, problem: Problem, keys: NDArray[np.object_], homes: dict[str, list[int]]) -> None:
    for home, wishes in problem.said.items():
        mine = homes.get(home, [])
        only, rather = Wish.ONLY in wishes.values(), Wish.RATHER in wishes.values()
        for row, key in enumerate(keys):
            told = wishes.get(key)
            if told is Wish.NEVER or (only and told is not Wish.ONLY):
                fit[row, mine] = np.inf
            if told is Wish.RATHER_NOT:
                fit[row, mine] += problem.prices.unwished
            if rather and told is not Wish.RATHER:
                fit[row, mine] += problem.prices.not_favourite


def _weigh_faces(fit: Floats, problem: Problem, keys: NDArray[np.object_], homes: dict[str, list[int]]) -> None:
    if not problem.prices.new_face:
        return
    for home, mine in homes.items():
        if home:
            strange = np.array([(home, key) not in problem.familiar for key in keys])
            fit[np.ix_(strange, np.array(mine))] += problem.prices.new_face


# --- Back ---------------------------------------------------------------------------------------------


def plan_of(problem: Problem, succ: NDArray[np.int64]) -> Plan:
    """The routes these links spell."""
    stops = stops_of(problem)
    begins = range(len(stops), len(stops) + len(problem.days))
    return Plan(tuple(tuple(stops[node] for node in _route(succ, len(stops), begin)) for begin in begins))


def lay(problem: Problem, state: State, plan: Plan) -> None:
    """The state holds this plan and knows who has what in it; starts are for the kernels to settle."""
    number = {stop: node for node, stop in enumerate(stops_of(problem))}
    routes = [[number[stop] for stop in route] for route in plan.routes]
    _chain(state, routes)
    tasks = len(number)
    for day, route in enumerate(routes):
        state.nodes["owner"][route] = state.nodes["owner"][tasks + day]


def lay_links(state: State, succ: NDArray[np.int64]) -> None:
    """The state holds the plan that these links spell."""
    tasks, days = _sizes(state)
    _chain(state, [_route(succ, tasks, tasks + day) for day in range(days)])


def differing(state: State, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """The tasks that have another before or behind them in the one plan than in the other."""
    tasks, days = _sizes(state)
    sides = []
    for succ in (one, other):
        side = np.full((2, tasks), -1, np.int64)
        for day in range(days):
            route = _route(succ, tasks, tasks + day)
            side[0, route[1:]] = route[:-1]
            side[1, route[:-1]] = route[1:]
        sides.append(side)
    return np.flatnonzero((sides[0] != sides[1]).any(axis=0))


def _sizes(state: State) -> tuple[int, int]:
    return int(state.board["tasks"][0]), int(state.board["days"][0])


def _route(succ: NDArray[np.int64], tasks: int, begin: int) -> list[int]:
    """The tasks of the day that begins there."""
    node, route = int(succ[begin]), []
    while node < tasks:
        route.append(node)
        node = int(succ[node])
    return route


def _chain(state: State, routes: Sequence[list[int]]) -> None:
    """Whoever is in these routes has a place, and nobody else."""
    tasks, days = _sizes(state)
    nodes = state.nodes
    nodes["day"][:tasks] = -1
    for day, route in enumerate(routes):
        chain = [tasks + day, *route, tasks + days + day]
        nodes["succ"][chain[:-1]], nodes["pred"][chain[1:]] = chain[1:], chain[:-1]
        nodes["day"][chain] = tasks + day
