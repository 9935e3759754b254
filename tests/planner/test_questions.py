"""Reasons add up, rules are never broken, what if comes true, and nothing better exists: over many small regions."""

import random
from dataclasses import replace

import pytest

from samen.planner.questions import bridge, ladder, rank, rules
from samen.planner.questions.board import Board
from samen.planner.questions.field import Field
from samen.planner.questions.ladder import Change
from samen.planner.questions.reasons import Part, total
from samen.planner.questions.rules import Ways
from samen.planner.questions.sketches import HelperSketch, Prices, Region, Rule, Stretch, VisitSketch, Window, joined
from samen.planner.travel import Point, Source, Way
from tests.planner import regions
from tests.planner.regions import MONDAY, at

WEEK = tuple(Window(day, 480, 1080) for day in range(7))


def judged(plan: bridge.Plan) -> int | None:
    """What the independent judge says that this plan costs; None where it breaks a rule."""
    people = {helper.id: helper for helper in plan.region.helpers}
    who = [people[one.helper] if one.helper is not None else None for one in plan.goes]
    return regions.plan_cost(plan.region, [one.visit for one in plan.goes], who)


# --- Over many ----------------------------------------------------------------------------------------


def test_a_bridge_is_the_best_there_is_and_its_reasons_add_up():
    for seed in range(250):
        here, wanted = regions.region(seed, helpers=3 + seed % 3), regions.visits(seed, 1 + seed % 5, households=2)

        plan = bridge.bridge(wanted, here)

        assert plan.proven, seed
        assert judged(plan) == plan.cost, seed
        assert plan.cost == sum(total(one.reasons) for one in plan.goes), seed
        assert plan.cost == regions.best(here, wanted), seed


def test_six_visits_in_two_days_are_bridged_and_covered_as_well_as_can_be():
    for seed in range(25):
        here, wanted = regions.region(seed, helpers=3), regions.visits(seed, 6, households=4, days=2)

        least = regions.best(here, wanted)

        assert bridge.bridge(wanted, here).cost == least, seed
        assert bridge.cover(wanted, here).cost == least, seed


def test_no_plan_and_no_wave_breaks_a_rule():
    for seed in range(200):
        here, wanted = regions.region(seed, helpers=8), regions.visits(seed, 9, households=5, days=3)

        plan = bridge.cover(wanted, here, rounds=10)

        assert judged(plan) == plan.cost, seed
        asked: dict[int, list[VisitSketch]] = {}
        for visit in wanted:
            for helper in plan.waves[visit.id]:
                asked.setdefault(helper, []).append(visit)
        for helper in here.helpers:
            for visit in asked.get(helper.id, ()):
                others = tuple(one for one in asked[helper.id] if one is not visit)
                assert regions.may(visit, helper, here, others), seed


def test_who_is_left_out_by_the_filters_is_refused_by_the_rules_and_the_judge_agrees():
    for seed in range(2000):
        here, visit = regions.region(seed, helpers=4), regions.visits(seed, 1)[0]

        answer = rank.rank(visit, here)

        able = {one.helper for one in answer.candidates}
        assert able == {helper.id for helper in here.helpers if regions.may(visit, helper, here)}, seed
        assert able.isdisjoint(one.helper for one in answer.refused)
        assert len(answer.candidates) + len(answer.refused) == len(here.helpers)
        assert all(one.cost == total(one.reasons) for one in answer.candidates)
        assert [one.cost for one in answer.candidates] == sorted(one.cost for one in answer.candidates)


def test_what_if_comes_true_for_everybody_who_is_refused():
    came = set()
    for seed in range(500):
        here, visit = regions.region(seed, helpers=4), regions.visits(seed, 1)[0]
        days = [
            at(visit.id, visit.household, visit.day + later, visit.day_start, visit.minutes) for later in (-1, 1, 2)
        ]
        days = [visit._replace(start=one.start, until=one.until, day=one.day) for one in days]

        for refusal in rank.rank(visit, here).refused:
            step = ladder.what_if(visit, refusal.helper, here, days=days)
            if step is not None:
                there, region = step.made(here)
                assert not regions.may(visit, _helper(here, refusal.helper), here)
                assert regions.may(there, _helper(region, refusal.helper), region), (seed, step)
                came.add(step.change)
                if step.swap:
                    taker = _helper(here, step.swap.helper)
                    assert regions.may(step.swap.visit, taker, here), (seed, step)

    assert {Change.OTHER_HOUR, Change.OTHER_DAY, Change.MORE_REACH} <= came


def _helper(here: Region, number: int) -> HelperSketch:
    return next(one for one in here.helpers if one.id == number)


def test_the_ladder_ends_with_skipping_and_each_step_lets_somebody_go():
    came = set()
    for seed in range(150):
        here, visit = regions.region(seed, helpers=3), regions.visits(seed, 1)[0]
        visit = visit._replace(least=visit.minutes // 2)
        others = [replace(one, id=one.id + 50, team=2) for one in regions.region(seed + 1, helpers=3).helpers]

        steps = ladder.ladder(visit, here, neighbours=others)

        assert steps[-1].change is Change.SKIP
        for step in steps[:-1]:
            there, region = step.made(replace(here, helpers=(*here.helpers, *others)))
            assert step.helper in {one.helper for one in rank.rank(there, region).candidates}, (seed, step)
            came.add(step.change)
            if step.change is Change.SHORTEN:
                assert visit.start <= there.start < there.until <= visit.until, "within its own hours"
                assert visit.least <= there.minutes == visit.minutes - step.by

    assert came == set(Change) - {Change.OTHER_DAY, Change.SKIP}


def test_the_answer_never_wavers():
    dice = random.Random(4)
    for seed in range(30):
        here, wanted = regions.region(seed, helpers=8), regions.visits(seed, 7, households=4)
        plan = bridge.cover(wanted, here, rounds=40)
        people = list(here.helpers)
        dice.shuffle(people)
        dice.shuffle(wanted)

        again = bridge.cover(wanted, replace(here, helpers=tuple(people)), rounds=40)

        assert (again.blocks, again.waves) == (plan.blocks, plan.waves)


def test_the_price_is_the_sum_of_its_reasons_whatever_stands_on_the_board():
    for seed in range(100):
        here, wanted = regions.region(seed, helpers=5), regions.visits(seed, 8)
        field = Field(here)
        table = Board(field)
        for visit in wanted:
            for helper in field.able(visit):
                option = rank.option(visit, helper, field)
                price = table.price(visit.household, option)
                if price is not None:
                    assert price == total(table.reasons(visit.household, option))
                    table.give(visit.household, option)
                    break


# --- What people would say ----------------------------------------------------------------------------

HOME = Point(52.2232, 5.1750)
NEAR, AROUND = Point(52.2300, 5.1750), Point(52.2400, 5.1750)
JOKE = HelperSketch(1, "BIKE", 30, NEAR, WEEK)
PIET = HelperSketch(2, "BIKE", 30, AROUND, WEEK)
FIRST, SECOND = at(1, 7, MONDAY + 1, 600, 180, where=HOME), at(2, 7, MONDAY + 8, 600, 180, where=HOME)


def test_one_steady_face_is_preferred_to_two_that_are_nearer():
    joke = replace(JOKE, absent=(Stretch(SECOND.start, SECOND.until),))
    kim = HelperSketch(3, "BIKE", 30, NEAR, WEEK, absent=(Stretch(FIRST.start, FIRST.until),))

    plan = bridge.bridge([FIRST, SECOND], Region((joke, PIET, kim)))

    assert plan.blocks[0].faces == (PIET.id,)
    assert plan.blocks[0].split == ()


def test_where_nobody_can_come_each_time_the_block_is_split_and_it_is_said_why():
    joke = replace(JOKE, absent=(Stretch(SECOND.start, SECOND.until),))
    third = at(3, 7, MONDAY + 4, 600, 180, where=HOME)
    piet = replace(PIET, windows=WEEK[:2])

    plan = bridge.bridge([FIRST, third, SECOND], Region((joke, piet)))

    assert [one.helper for one in plan.goes] == [1, 1, 2]
    assert [(one.helper, one.rule) for one in plan.blocks[0].split] == [(1, Rule.HERSELF_ABSENT)]
    assert [part.part for part in plan.goes[2].reasons if part.cost == Prices().other_face] == [Part.OTHER_FACE]


def test_nobody_is_given_to_two_households_at_the_same_time():
    other = at(5, 8, MONDAY + 1, 660, 120, where=HOME)

    plan = bridge.bridge([FIRST, other], Region((JOKE, PIET)))

    assert {one.helper for one in plan.goes} == {1, 2}
    ranked = bridge.rankings(plan)
    second = next(one for one in ranked[FIRST.id].candidates if one.helper not in plan.waves[FIRST.id][:1])
    assert any(part.part is Part.ELSEWHERE for part in second.reasons)
    assert [part.part for part in second.reasons if part.part is Part.ASKED] == []


def test_the_same_face_is_not_asked_five_times():
    homes = [at(10 + number, 20 + number, MONDAY + number, 600, 120, where=HOME) for number in range(5)]
    people = tuple(HelperSketch(number, "BIKE", 30, NEAR, WEEK) for number in (1, 2, 3))

    plan = bridge.cover(homes, Region(people))

    times = [sum(one.helper == helper.id for one in plan.goes) for helper in people]
    assert sorted(times) == [1, 2, 2]


def test_who_may_be_asked_once_a_week_is_asked_once():
    homes = [at(10 + number, 20 + number, MONDAY + number, 600, 120, where=HOME) for number in range(3)]

    plan = bridge.bridge(homes, Region((replace(JOKE, may_be_asked=1),)))

    assert sum(one.helper == JOKE.id for one in plan.goes) == 1


def test_hours_above_the_contract_weigh_and_are_told():
    joke = replace(JOKE, contract=120)

    answer = rank.rank(FIRST, Region((joke, replace(JOKE, id=2))))

    assert [one.helper for one in answer.candidates] == [2, 1]
    assert [(part.part, part.count) for part in answer.candidates[1].reasons][-1] == (Part.MORE_HOURS, 60)


def test_somebody_of_another_team_comes_when_nobody_nearer_by_heart_can():
    neighbour = replace(JOKE, team=2)

    both = rank.rank(FIRST, Region((neighbour, replace(PIET, team=0))))

    assert [one.helper for one in both.candidates] == [2, 1]
    assert any(part.part is Part.NEIGHBOUR for part in both.candidates[1].reasons)


def test_more_reach_is_no_more_than_it_takes():
    far = Point(52.2632, 5.1750)
    one = at(1, 1, MONDAY, 600, 60, where=far)
    for source in (Source.ESTIMATE, Source.MANUAL):
        helper = HelperSketch(1, "BIKE", 20, Point(52.2300, 5.1750), WEEK)
        here = Region((helper,), {(helper.home, far, helper.mode): Way(27, source)})

        step = next(step for step in ladder.ladder(one, here) if step.change is Change.MORE_REACH)

        assert step.by == (2 if source is Source.ESTIMATE else 7)
        visit, made = step.made(here)
        assert rank.why_not(visit, helper.id, made) is None
        less = replace(helper, reach=helper.reach + step.by - 1)
        assert rank.why_not(one, helper.id, replace(here, helpers=(less,))).rule is Rule.TOO_FAR


def test_hours_that_touch_are_one_stretch_and_a_visit_may_reach_over_the_seam():
    morning, noon = Window(0, 480, 720), Window(0, 720, 1080)
    later, other = Window(0, 600, 1080, first=MONDAY + 7), Window(1, 480, 720)

    assert joined((noon, other, morning)) == (Window(0, 480, 1080), other)
    assert joined((morning, later)) == (Window(0, 480, 720, 0, MONDAY + 7), Window(0, 480, 1080, MONDAY + 7))
    assert joined((morning, other)) == (morning, other)
    assert joined(()) == ()


def test_urgent_goes_to_the_first_good_face_and_does_not_bind_who_comes_later():
    today = at(9, 7, MONDAY, 600, 180, where=HOME)._replace(urgent=True)
    joke = replace(JOKE, windows=(WEEK[0],))

    plan = bridge.bridge([today, FIRST, SECOND], Region((joke, PIET)))

    assert [(block.faces, block.split) for block in plan.blocks] == [((1,), ()), ((2,), ())]


def test_beyond_what_is_fair_she_is_asked_only_for_what_is_urgent():
    today = at(9, 7, MONDAY, 600, 180, where=HOME)._replace(urgent=True)
    often = replace(JOKE, asked=4, fair=4)

    plan = bridge.bridge([today, FIRST], Region((often,)))

    assert [(goes.visit.id, goes.helper) for goes in plan.goes] == [(today.id, JOKE.id), (FIRST.id, None)]


@pytest.mark.parametrize(
    ("helper", "rule", "by"),
    [
        (replace(JOKE, absent=(Stretch(0, 2**53),)), Rule.HERSELF_ABSENT, 180),
        (replace(JOKE, never=frozenset({7})), Rule.NEVER, 0),
        (replace(JOKE, said_no=frozenset({7})), Rule.SAID_NO, 0),
        (replace(JOKE, windows=(Window(3, 480, 1080),)), Rule.NOT_AVAILABLE, 0),
        (replace(JOKE, windows=(Window(1, 480, 750),)), Rule.NOT_AVAILABLE, 30),
        (replace(JOKE, booked=(at(50, 9, MONDAY + 1, 700, 120, where=HOME),)), Rule.BUSY, 84),
        (replace(JOKE, booked=(at(50, 9, MONDAY, 1380, 60),)), Rule.REST, 60),
        (replace(JOKE, home=Point(52.2970, 5.1585)), Rule.TOO_FAR, 11),
        (replace(JOKE, quiet=Rule.ASK_HOURS), Rule.ASK_HOURS, 0),
        (replace(JOKE, asked=2, may_be_asked=2), Rule.ASKED_OFTEN, 2),
        (replace(JOKE, asked=5, fair=5), Rule.ASKED_ENOUGH, 5),
    ],
)
def test_why_not_names_the_first_rule_and_by_how_much(helper, rule, by):
    refusal = rank.why_not(FIRST, helper.id, Region((helper,)))

    assert (refusal.rule, refusal.by) == (rule, by)


def test_a_household_that_wants_one_helper_only_gets_no_other():
    wanted = FIRST._replace(only=frozenset({2}))

    answer = rank.rank(wanted, Region((JOKE, PIET)))

    assert [one.helper for one in answer.candidates] == [2]
    assert answer.refused[0].rule is Rule.ONLY_OTHERS


def test_visits_far_apart_are_never_looked_at_twice():
    ways = Ways({})

    assert rules.clash(FIRST, SECOND, "BIKE", ways) == 0
    assert ways._found == {}
