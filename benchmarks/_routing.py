"""The same problem put to OR-Tools' routing library: its own search, with the pairs as constraints on its starts.

It has no price for the latest of all, so that it does not look at that; what it finds is judged by our evaluator.
"""

import math
from typing import Any

from samen.planner import evaluate
from samen.planner.model import Plan, Problem, Stop, fits
from samen.planner.search.prepare import stops_of

SCALE = 100  # of a minute: the library counts in whole numbers
HORIZON = 10_000 * SCALE


def routed(problem: Problem, *, seconds: float) -> float | None:
    """What its best plan costs after so many seconds of one thread; None if it finds none."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415  only this measurement needs it

    stops = stops_of(problem)
    manager = pywrapcp.RoutingIndexManager(len(stops) + 1, len(problem.helpers), 0)
    routing = pywrapcp.RoutingModel(manager)
    _price(problem, stops, manager, routing)
    _constrain(problem, stops, manager, routing)
    words = pywrapcp.DefaultRoutingSearchParameters()
    words.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    words.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    words.time_limit.FromMilliseconds(int(1000 * seconds))
    found = routing.SolveWithParameters(words)
    if found is None:
        return None
    plan = Plan(tuple(_route(routing, manager, found, day, stops) for day in range(len(problem.helpers))))
    begins = evaluate.timetable(problem, plan)
    return evaluate.cost(problem, plan, begins) if not evaluate.broken(problem, plan, begins) else None


def _price(problem: Problem, stops: tuple[Stop, ...], manager: Any, routing: Any) -> None:
    """Minutes on the way are what it minimises, and time is what passes on them and at the visits."""
    places = [0, *(problem.visits[number].place for number, _ in stops)]
    stays = [0.0, *(problem.visits[number].tasks[task].minutes for number, task in stops)]
    way = problem.ways[0]
    travel = [[round(SCALE * way[a][b]) for b in places] for a in places]
    passing = [[math.ceil(SCALE * (stays[a] + way[places[a]][b])) for b in places] for a in range(len(places))]
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(travel))
    routing.AddDimension(routing.RegisterTransitMatrix(passing), HORIZON, HORIZON, False, "time")  # noqa: FBT003


def _constrain(problem: Problem, stops: tuple[Stop, ...], manager: Any, routing: Any) -> None:
    """Skills, windows with a soft end, and what the two of a pair owe each other."""
    time, solver = routing.GetDimensionOrDie("time"), routing.solver()
    node = {stop: manager.NodeToIndex(spot + 1) for spot, stop in enumerate(stops)}
    for (number, task), index in node.items():
        visit = problem.visits[number]
        able = [day for day, helper in enumerate(problem.helpers) if fits(problem, helper, visit, visit.tasks[task])]
        routing.VehicleVar(index).SetValues(able)
        time.CumulVar(index).SetMin(math.ceil(SCALE * visit.opens))
        time.SetCumulVarSoftUpperBound(index, round(SCALE * visit.closes), 1)
    for number, visit in enumerate(problem.visits):
        if len(visit.tasks) == 2:
            first, second = node[number, 0], node[number, 1]
            between = time.CumulVar(second) - time.CumulVar(first)
            solver.Add(between >= math.ceil(SCALE * max(visit.gap.least, -HORIZON / SCALE)))
            solver.Add(between <= math.floor(SCALE * min(visit.gap.most, HORIZON / SCALE)))
            solver.Add(routing.VehicleVar(first) != routing.VehicleVar(second))


def _route(routing: Any, manager: Any, found: Any, day: int, stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    index, route = routing.Start(day), []
    while not routing.IsEnd(index):
        if spot := manager.IndexToNode(index):
            route.append(stops[spot - 1])
        index = found.Value(routing.NextVar(index))
    return tuple(route)
