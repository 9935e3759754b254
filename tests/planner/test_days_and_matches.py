"""The order of a day, and requests beside free hours: exact where it can be counted out, and never given away twice."""

import itertools
import random
from dataclasses import replace

import pytest

from samen.planner import evaluate, model
from samen.planner.questions import day as days
from samen.planner.questions.match import Request, match
from samen.planner.questions.reasons import Part, total
from samen.planner.questions.sketches import HelperSketch, Region, Rule, Window
from samen.planner.travel import Point
from tests.planner import regions
from tests.planner.regions import MONDAY, at

WEEK = tuple(Window(number, 480, 1080) for number in range(5))
HOME, NEAR = Point(52.2232, 5.1750), Point(52.2300, 5.1750)
JOKE = HelperSketch(1, "BIKE", 30, NEAR, WEEK)
MORNING = (Window(1, 540, 720),)


def test_no_order_of_a_day_is_better():
    for seed in range(120):
        chance = random.Random(seed)
        here = regions.region(seed, helpers=1)
        helper = replace(here.helpers[0], home=regions.point(chance))
        many, slack = 1 + seed % 5, chance.choice((0, 60))
        hers = [
            at(number + 1, number, MONDAY, 480 + 60 * chance.randrange(8), 60, where=regions.point(chance))
            for number in range(many)
        ]

        found = days.day(helper, hers, here, slack=slack)

        ordered = sorted(hers, key=lambda visit: (visit.day_start, visit.id))
        problem = days.problem_of(helper, ordered, here, slack=slack)
        costs = []
        for order in itertools.permutations(range(many)):
            plan = model.Plan((tuple((number, 0) for number in order),))
            costs.append(evaluate.cost(problem, plan, evaluate.timetable(problem, plan)))
        assert found.cost == pytest.approx(min(costs)), seed
        assert sorted(found.visits) == [visit.id for visit in hers]


def test_a_day_with_a_little_slack_is_travelled_in_a_better_order():
    far = Point(52.2600, 5.1750)
    hers = [
        at(1, 1, MONDAY, 600, 60, where=HOME),
        at(2, 2, MONDAY, 660, 60, where=far),
        at(3, 3, MONDAY, 720, 60, where=HOME),
    ]

    strict, loose = (days.day(JOKE, hers, Region((JOKE,)), slack=slack) for slack in (0, 120))

    assert strict.visits == (1, 2, 3)
    assert loose.cost < strict.cost
    assert loose.visits in {(1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2)}


def test_a_visit_begins_as_agreed_where_another_hour_gains_nothing_and_never_before_she_works():
    late, early = at(1, 1, MONDAY, 540, 60, where=HOME), at(2, 2, MONDAY, 480, 60, where=HOME)
    far = at(3, 3, MONDAY, 605, 60, where=Point(52.2600, 5.1750))

    for hers, begins in (([late], (540,)), ([early], (480,)), ([late, early], (480, 540))):
        assert days.day(JOKE, hers, Region((JOKE,)), slack=60).begins == begins
    found = days.day(JOKE, [late, far], Region((JOKE,)), slack=60)
    assert 480 <= found.begins[0] < 540, "the way does not fit between the two as agreed"
    assert found.begins[1] == 605


def test_more_visits_than_fit_into_a_day_are_not_put_in_order():
    with pytest.raises(days.TooMany):
        days.day(JOKE, [at(number, number, MONDAY, 480, 60) for number in range(10)], Region((JOKE,)))


def test_no_free_hour_is_promised_twice_and_the_reasons_add_up():
    requests = [Request(number, number, 180, MORNING, MONDAY, HOME) for number in (1, 2)]
    piet = replace(JOKE, id=2, home=Point(52.2400, 5.1750))

    one, other = match(requests, Region((JOKE, piet)))

    assert {one.proposed.helper, other.proposed.helper} == {1, 2}
    for answer in (one, other):
        assert [suits.helper for suits in answer.candidates] == [1, 2]
        assert all(suits.cost == total(suits.reasons) for suits in answer.candidates)


def test_a_request_is_put_where_a_helper_is_free_and_glad_of_the_hours():
    busy = replace(JOKE, booked=(at(9, 9, MONDAY + 1, 540, 90, where=HOME),), contract=600)
    request = Request(1, 1, 120, (Window(1, 540, 720), Window(3, 540, 720)), MONDAY, HOME)

    (answer,) = match([request], Region((busy,)))

    assert (answer.proposed.weekday, answer.proposed.start) == (3, 540)
    assert any(part.part is Part.ROOM and part.cost < 0 for part in answer.proposed.reasons)


def test_a_request_is_never_put_where_she_goes_already_or_outside_the_hours_of_the_household():
    busy = replace(JOKE, booked=(at(9, 9, MONDAY + 1, 540, 180, where=HOME),))
    morning, short = (
        Request(1, 1, minutes, (Window(1, 540, until),), MONDAY, HOME) for minutes, until in ((120, 720), (120, 600))
    )

    (taken,), (too_short,) = match([morning], Region((busy,))), match([short], Region((JOKE,)))

    assert taken.proposed is None
    assert [one.rule for one in taken.refused] == [Rule.BUSY]
    assert too_short.proposed is None
    assert too_short.candidates == ()
    with pytest.raises(ValueError, match="Request 5 has no hours"):
        Request(5, 1, 60, (), MONDAY)


def test_who_does_not_match_is_told_with_the_rule_nearest_to_a_yes():
    away = replace(JOKE, id=3, never=frozenset({1}))
    mornings_only = replace(JOKE, id=4, windows=(Window(1, 480, 600),))
    request = Request(1, 1, 120, MORNING, MONDAY, HOME)

    (answer,) = match([request], Region((away, mornings_only)))

    assert answer.proposed is None
    assert [(one.helper, one.rule, one.by) for one in answer.refused] == [
        (3, Rule.NEVER, 0),
        (4, Rule.NOT_AVAILABLE, 60),
    ]
