"""The compiled search against the slow judge: the same costs, no broken rules, and the best where that is known."""

import dataclasses
import math
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from samen.commands import planner
from samen.planner import evaluate
from samen.planner.model import HHCRSP, Helper, Plan, Prices, Problem, Shift, Stop, Task, Visit, disappointments, fits
from samen.planner.search import engine, kept
from samen.planner.search import stop as stops
from samen.planner.search.arrays import state_for
from samen.planner.search.prepare import data_for, lay, plan_of, stops_of
from samen.planner.search.solve import Settings, Unsolvable, solve
from tests.planner import problems

pytestmark = pytest.mark.usefixtures("kernels")
SHARES = np.array(Settings().shares)
HOT = 50.0  # nearly every move is kept


def kinds(many: int) -> Iterator[Problem]:
    """Plain ones and rich ones in turn."""
    for seed in range(many):
        yield problems.rich(seed) if seed % 2 else problems.plain(seed)


def quick(problem: Problem, **more) -> object:
    return solve(problem, stop=stops.Stop(moves=more.pop("moves", 2000)), **more)


# --- The kernels say what the judge says -------------------------------------------------------------


def test_after_every_move_the_cost_is_what_the_judge_says():
    for problem in kinds(24):
        data = data_for(problem)
        state = state_for(data, 7)
        engine.settle_all(state, data)
        engine.build(state, data, np.arange(len(stops_of(problem))))
        engine.settle_all(state, data)
        pool = np.arange(len(stops_of(problem)))

        for _ in range(30):
            engine.chain(state, data, SHARES, pool, steps=7, heat=HOT, wrecks=3)
            plan = plan_of(problem, state.nodes["succ"])
            begins = evaluate.timetable(problem, plan)

            board = state.board[0]
            cost = (
                board["travel_price"] * board["travel"]
                + board["late"]
                + board["worst_price"] * board["worst"]
                + board["fit"]
            )
            assert cost == pytest.approx(evaluate.cost(problem, plan, begins), abs=1e-6)
            for node, stop in enumerate(stops_of(problem)):
                if stop in begins:
                    assert state.nodes["start"][node] == pytest.approx(begins[stop], abs=1e-9)


def test_the_price_of_every_helper_for_every_task_is_what_the_model_says():
    for problem in kinds(20):
        fit = data_for(problem).fit

        for node, (number, place) in enumerate(stops_of(problem)):
            visit = problem.visits[number]
            for day, (helper, _) in enumerate(problem.days):
                task = visit.tasks[place]
                said = disappointments(problem, helper, visit, task)
                price = sum(many * getattr(problem.prices, name) for name, many in said.items())
                expected = price if fits(problem, helper, visit, task) else math.inf
                assert fit[day, node] == pytest.approx(expected)


# --- What comes out is right ---------------------------------------------------------------------------


def test_no_plan_breaks_a_hard_rule():
    for seed in range(150):
        for problem in (problems.plain(seed), problems.rich(seed)):
            answer = quick(problem, seed=seed, moves=600)

            assert evaluate.broken(problem, answer.plan, answer.begins) == []


def every_plan(problem: Problem) -> Iterator[Plan]:
    """All of them, those with visits left out as well."""
    routes: list[list[Stop]] = [[] for _ in problem.days]

    def place(left: list[Stop]) -> Iterator[Plan]:
        if not left:
            yield Plan(tuple(map(tuple, routes)))
            return
        number, task = stop = left[0]
        visit = problem.visits[number]
        for (helper, _), route in zip(problem.days, routes, strict=True):
            if not fits(problem, helper, visit, visit.tasks[task]):
                continue
            for spot in range(len(route) + 1):
                route.insert(spot, stop)
                yield from place(left[1:])
                route.pop(spot)
        if task == 0 and math.isfinite(visit.left_out):
            yield from place([one for one in left if one[0] != number])

    yield from place(list(stops_of(problem)))


def least(problem: Problem) -> float:
    """The cost of the best plan there is."""
    found = math.inf
    for plan in every_plan(problem):
        try:
            begins = evaluate.timetable(problem, plan)
        except evaluate.Deadlock:
            continue
        if not evaluate.broken(problem, plan, begins):
            found = min(found, evaluate.cost(problem, plan, begins))
    return found


@pytest.mark.parametrize(("seed", "visits", "pairs"), [(1, 6, 0.0), (2, 6, 0.0), (3, 3, 0.5), (4, 3, 0.5), (5, 3, 1.0)])
def test_of_a_few_visits_it_finds_the_best_plan_there_is(seed, visits, pairs):
    problem = problems.plain(seed, visits=visits, helpers=2, pairs=pairs)

    answer = quick(problem, moves=20000)

    assert answer.cost == pytest.approx(least(problem))


@pytest.mark.parametrize("seed", range(4))
def test_of_a_few_visits_with_wishes_too(seed):
    problem = problems.rich(seed, visits=3, helpers=2)

    answer = quick(problem, moves=20000)

    assert answer.cost == pytest.approx(least(problem))


def test_a_pair_in_sequence_may_have_another_visit_between():
    both, one = frozenset({"care", "chores"}), frozenset({"chores"})
    way = ((0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))
    long = Visit("long", 1, 0.0, 0.0, (Task("care", 5.0), Task("chores", 5.0)), problems.Gap(20.0, 60.0))
    between = Visit("between", 2, 0.0, 0.0, (Task("care", 5.0), Task("chores", 5.0)))
    problem = Problem((Helper("a", both), Helper("b", one)), (long, between), (way,), HHCRSP)

    answer = quick(problem)

    assert answer.plan.routes == (((0, 0), (1, 0)), ((1, 1), (0, 1)))
    assert answer.cost == pytest.approx((6 + 1 + 7 + 7 + 21 + 21) / 3)


# --- How it behaves -----------------------------------------------------------------------------------


def test_the_same_seed_and_moves_give_the_same_plan_on_two_threads():
    problem = problems.plain(3, visits=30, helpers=6)

    once, again, other = (quick(problem, threads=2, seed=seed, moves=20000) for seed in (5, 5, 6))

    assert once.plan == again.plan
    assert once.plan != other.plan


def test_a_given_plan_is_never_made_worse():
    problem = problems.plain(4, visits=30, helpers=6)
    good = quick(problem, moves=40000)

    answer = quick(problem, moves=1, start=good.plan)

    assert answer.cost <= good.cost


def without_the_busiest(whole: Problem, plan: Plan) -> tuple[Problem, Plan]:
    """The day when she is not there, and what is left of its plan."""
    gone = max(range(2, len(whole.helpers)), key=lambda number: len(plan.routes[number]))
    left = tuple(helper for number, helper in enumerate(whole.helpers) if number != gone)
    kept = Plan(tuple(route for number, route in enumerate(plan.routes) if number != gone))
    return dataclasses.replace(whole, helpers=left), kept


def moved(problem: Problem, kept: Plan, answer: Plan) -> list[Stop]:
    """What went to somebody else, of what still had somebody."""
    had = {stop: day for day, route in enumerate(kept.routes) for stop in route}
    return [stop for day, route in enumerate(answer.routes) for stop in route if had.get(stop, day) != day]


@pytest.mark.parametrize("most", [0, 3])
def test_a_day_that_loses_a_helper_is_mended_and_no_more_tasks_move_than_may(most):
    freely = 0
    for seed in range(3):
        whole = problems.plain(seed, visits=30, helpers=8)
        left, kept = without_the_busiest(whole, quick(whole).plan)

        answer = quick(left, start=kept, most_moved=most, moves=8000, threads=2)

        assert len(moved(left, kept, answer.plan)) <= most
        assert evaluate.broken(left, answer.plan, answer.begins) == []
        freely += len(moved(left, kept, quick(left, start=kept, moves=8000).plan))
    assert freely > 9, "of themselves more would have moved"


def test_of_a_visit_that_loses_one_of_two_helpers_the_other_stays():
    whole = problems.plain(11, visits=20, helpers=6, pairs=1.0)
    left, kept = without_the_busiest(whole, quick(whole).plan)
    halves = {number for number, _ in (stop for route in kept.routes for stop in route)}

    answer = quick(left, start=kept, most_moved=0, moves=1)

    assert len({stop for route in kept.routes for stop in route}) < 2 * len(halves)
    assert moved(left, kept, answer.plan) == []


def test_what_a_given_plan_lacks_is_added():
    problem = problems.plain(5)

    answer = quick(problem, moves=1, start=Plan(((),) * len(problem.days)))

    assert evaluate.broken(problem, answer.plan, answer.begins) == []


def test_a_change_of_helper_has_its_price():
    way = ((0.0, 5.0, 5.0), (5.0, 0.0, 5.0), (5.0, 5.0, 0.0))
    visits = tuple(Visit(f"v{place}", place, 0.0, 600.0, (Task("care", 10.0, agreed=f"h{place}"),)) for place in (1, 2))
    helpers = tuple(Helper(f"h{place}", frozenset({"care"})) for place in (1, 2))

    cheap, dear = (
        quick(Problem(helpers, visits, (way,), Prices(other_helper=price, overtime=0.0))) for price in (4.0, 6.0)
    )

    assert sorted(map(len, cheap.plan.routes)) == [0, 2]
    assert sorted(map(len, dear.plan.routes)) == [1, 1]


def test_a_visit_that_costs_more_than_it_is_worth_is_left_out():
    way = ((0.0, 50.0), (50.0, 0.0))
    helper = Helper("a", frozenset({"care"}))

    done, left = (
        quick(Problem((helper,), (Visit("far", 1, 0.0, 600.0, (Task("care", 10.0),), left_out=price),), (way,)))
        for price in (101.0, 99.0)
    )

    assert done.plan.routes == (((0, 0),),)
    assert left.plan.routes == ((),)
    assert left.cost == 99.0


def test_a_pinned_visit_stays_where_it_was():
    way = ((0.0, 5.0, 5.0), (5.0, 0.0, 5.0), (5.0, 5.0, 0.0))
    helpers = tuple(Helper(key, frozenset({"care"})) for key in "ab")
    pinned = Visit("pinned", 1, 0.0, 600.0, (Task("care", 10.0, agreed="b", pinned=77.0),))
    other = Visit("other", 2, 70.0, 80.0, (Task("care", 10.0),))

    answer = quick(Problem(helpers, (pinned, other), (way,), HHCRSP))

    assert (0, 0) in answer.plan.routes[1]
    assert answer.begins[0, 0] == 77.0
    assert evaluate.broken(Problem(helpers, (pinned, other), (way,), HHCRSP), answer.plan, answer.begins) == []


def test_who_can_do_nothing_is_named():
    problem = Problem((Helper("a", frozenset()),), (Visit("v", 0, 0, 1, (Task("care", 1.0),)),), (((0.0,),),))

    with pytest.raises(Unsolvable, match="'v': nobody may do 'care'"):
        quick(problem)


def test_where_there_is_nothing_to_do_or_nobody_to_do_it_nobody_goes():
    helper, visit = Helper("a", frozenset({"care"})), Visit("v", 0, 0, 1, (Task("care", 1.0),), left_out=7.0)
    must = dataclasses.replace(visit, left_out=math.inf)

    idle, alone = (quick(Problem(*one, (((0.0,),),))) for one in (((helper,), ()), ((), (visit,))))

    assert (idle.plan.routes, idle.cost) == (((),), 0.0)
    assert (alone.plan.routes, alone.cost) == ((), 7.0)
    with pytest.raises(Unsolvable, match="'v': there is nobody"):
        quick(Problem((), (must,), (((0.0,),),)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_helpers_return_to_a_visit_that_was_left_out_though_the_first_of_them_only_costs(seed):
    way = ((0.0, 20.0, 5.0), (20.0, 0.0, 20.0), (5.0, 20.0, 0.0))
    tomorrow = Shift(1440.0, 1900.0)
    helpers = tuple(
        Helper(key, frozenset(skills), (tomorrow,)) for key, skills in (("a", "xy"), ("b", "xy"), ("c", "xz"))
    )
    gone = Visit("gone", 2, 30.0, 120.0, (Task("z", 30.0),), left_out=30.0)
    pair = Visit("pair", 1, 1500.0, 1510.0, (Task("x", 60.0), Task("y", 30.0)), left_out=1000.0)

    answer = quick(Problem(helpers, (gone, pair), (way,), Prices(late=1.0)), moves=3000, seed=seed)

    assert answer.cost == 30.0 + 4 * 20.0


def test_it_ends_at_once_when_told_to():
    stop = stops.Stop(seconds=60.0)
    threading.Timer(0.3, stop.now).start()

    answer = solve(problems.plain(6, visits=30, helpers=6), stop=stop)

    assert answer.moves > 0


def test_it_ends_when_the_cost_is_good_enough():
    problem = problems.plain(6, visits=30, helpers=6)
    good = quick(problem, moves=20000)

    answer = solve(problem, stop=stops.Stop(seconds=60.0, target=good.cost * 1.2))

    assert answer.cost <= good.cost * 1.2


def test_without_a_folder_to_write_in_kernels_are_not_kept_and_that_is_known(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    before = kept._folder()
    monkeypatch.setattr("pathlib.Path.mkdir", refuse)

    assert before == kept.FOLDER
    assert kept._folder() == before, "to read them nobody needs to write"
    monkeypatch.setattr(kept, "NAME", "others.bin")
    assert kept._folder() is None


def test_an_account_without_a_home_has_one_place_less_to_keep_kernels_in(monkeypatch):
    def homeless() -> None:
        raise RuntimeError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    places = list(kept._places())
    monkeypatch.setattr("pathlib.Path.home", homeless)

    assert list(kept._places()) == places[:-1]


def test_where_there_is_no_room_kernels_are_not_kept_and_nothing_is_left_behind(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    monkeypatch.setattr("pathlib.Path.write_bytes", full)

    kept.write("door", b"code")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [False, True])
def test_a_worker_has_the_kernels_compiled_beside_its_work_if_they_are_not_there(tmp_path, monkeypatch, there):
    told, program = tmp_path / "told", tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "$@" > {told}.part && mv {told}.part {told}\nexec sleep 60\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(kept, "are_kept", lambda: there)

    with planner.compiling_beside():
        until = time.monotonic() + 20
        while not there and not told.exists() and time.monotonic() < until:
            time.sleep(0.02)

    assert (told.read_text() if told.exists() else "") == ("" if there else "-m samen planner compile --gently\n")


# --- The judge itself ---------------------------------------------------------------------------------


def test_the_judge_sees_a_deadlock():
    both = frozenset({"care"})
    way = ((0.0,) * 3,) * 3
    visits = tuple(
        Visit(key, place, 0, 10, (Task("care", 5.0), Task("care", 5.0))) for place, key in ((1, "x"), (2, "y"))
    )
    problem = Problem((Helper("a", both), Helper("b", both)), visits, (way,), HHCRSP)
    crossed = Plan((((0, 0), (1, 0)), ((1, 1), (0, 1))))

    with pytest.raises(evaluate.Deadlock):
        evaluate.timetable(problem, crossed)


def test_the_kernels_see_it_too():
    both = frozenset({"care"})
    way = ((0.0,) * 3,) * 3
    visits = tuple(
        Visit(key, place, 0, 10, (Task("care", 5.0), Task("care", 5.0))) for place, key in ((1, "x"), (2, "y"))
    )
    problem = Problem((Helper("a", both), Helper("b", both)), visits, (way,), HHCRSP)
    data = data_for(problem)
    state = state_for(data, 1)
    lay(problem, state, Plan((((0, 0), (1, 0)), ((1, 1), (0, 1)))))

    assert not engine.settle_all(state, data)


def test_every_hard_rule_is_seen_when_it_is_broken():
    way = ((0.0, 10.0), (10.0, 0.0))
    pair = Visit("v", 1, 20.0, 30.0, (Task("care", 5.0), Task("chores", 5.0, agreed="a", pinned=60.0)))
    helpers = (Helper("a", frozenset({"care"}), (Shift(15.0, 18.0),)), Helper("b", frozenset({"care"})))
    problem = Problem(helpers, (pair,), (way,))

    twice = evaluate.broken(problem, Plan((((0, 0), (0, 1)), ((0, 0),))), {(0, 0): 5.0, (0, 1): 5.0})
    none = evaluate.broken(problem, Plan(((), ())), {})

    assert {one.rule for one in twice} >= {
        evaluate.Rule.ONCE,
        evaluate.Rule.FITS,
        evaluate.Rule.WINDOW,
        evaluate.Rule.WAY,
        evaluate.Rule.SHIFT,
        evaluate.Rule.PINNED,
    }
    assert [one.rule for one in none] == [evaluate.Rule.ONCE]
