"""Who can come instead: rules first, then the cost, with reasons that add up.  No Django here."""

import random
from dataclasses import replace

import pytest

from samen.planner.replacement import (
    FAMILIAR_FACE,
    Busy,
    HelperSketch,
    Part,
    Rule,
    VisitSketch,
    Window,
    rank,
)
from samen.planner.travel import Point

HOME = Point(52.2232, 5.1750)
NEAR = Point(52.2300, 5.1750)
FAR = Point(52.2970, 5.1585)
WEDNESDAY = tuple(Window(day, 8 * 60, 18 * 60) for day in range(5))
VISIT = VisitSketch(id=1, household=7, start=10_000, until=10_180, weekday=2, day_start=600, where=HOME)
JOKE = HelperSketch(id=1, mode="BIKE", reach=30, home=NEAR, windows=WEDNESDAY)
PIET = HelperSketch(id=2, mode="BIKE", reach=30, home=Point(52.2400, 5.1750), windows=WEDNESDAY)


def rule(helper: HelperSketch) -> Rule | None:
    refused = rank(VISIT, [helper]).refused
    return refused[0].rule if refused else None


def test_the_nearer_one_comes_first():
    assert [candidate.helper for candidate in rank(VISIT, [PIET, JOKE]).candidates] == [1, 2]


def test_a_familiar_face_beats_a_short_ride():
    known = replace(PIET, visits_before=((7, 3),))

    first = rank(VISIT, [JOKE, known]).candidates[0]

    assert first.helper == 2
    assert any(reason.part is Part.FAMILIAR and reason.count == 3 for reason in first.reasons)


def test_a_face_known_elsewhere_is_new_here():
    elsewhere = replace(PIET, visits_before=((8, 3),))

    assert any(reason.part is Part.NEW_FACE for reason in rank(VISIT, [elsewhere]).candidates[0].reasons)


@pytest.mark.parametrize(
    ("helper", "expected"),
    [
        (replace(JOKE, absent=(Busy(9_000, 2**53),)), Rule.HERSELF_ABSENT),
        (replace(JOKE, never=frozenset({7})), Rule.NEVER),
        (replace(JOKE, windows=(Window(3, 480, 1080),)), Rule.NOT_AVAILABLE),
        (replace(JOKE, windows=(Window(2, 480, 779),)), Rule.NOT_AVAILABLE),
        (replace(JOKE, busy=(Busy(10_100, 10_300, HOME),)), Rule.BUSY),
        (replace(JOKE, home=FAR), Rule.TOO_FAR),
        (replace(JOKE, never=frozenset({8})), None),
        (replace(JOKE, windows=(Window(2, 600, 780),)), None),
        (replace(JOKE, absent=(Busy(10_180, 20_000),)), None),
        (replace(JOKE, busy=(Busy(9_000, 10_000),)), None),
    ],
)
def test_each_rule_refuses_what_it_should_and_nothing_else(helper, expected):
    assert rule(helper) is expected


def test_two_visits_need_time_for_the_way_between_them():
    back_to_back = replace(JOKE, busy=(Busy(9_880, 9_995, FAR),))

    refusal = rank(VISIT, [back_to_back]).refused[0]

    assert refusal.rule is Rule.BUSY
    assert refusal.by > 0


def test_too_far_says_by_how_much():
    assert rank(VISIT, [replace(JOKE, home=FAR)]).refused[0].by > 0


def test_an_unknown_place_hides_nobody():
    nowhere = replace(VISIT, where=None)

    candidate = rank(nowhere, [JOKE]).candidates[0]

    assert candidate.travel is None
    assert candidate.reasons[0].part is Part.TRAVEL_UNKNOWN


def test_the_reasons_add_up_and_the_answer_never_wavers():
    dice = random.Random(11)
    helpers = [
        HelperSketch(
            id=number,
            mode=dice.choice(["BIKE", "CAR", "EBIKE"]),
            reach=60,
            home=Point(52.2 + dice.random() / 20, 5.1 + dice.random() / 20),
            windows=WEDNESDAY,
            visits_before=((7, dice.randint(0, 2)),),
            rather=frozenset({7}) if dice.random() < 0.2 else frozenset(),
            rather_not=frozenset({7}) if dice.random() < 0.2 else frozenset(),
        )
        for number in range(200)
    ]
    answer = rank(VISIT, helpers)
    dice.shuffle(helpers)

    assert rank(VISIT, helpers) == answer
    assert len(answer.candidates) + len(answer.refused) == 200
    for candidate in answer.candidates:
        assert candidate.cost == sum(reason.cost for reason in candidate.reasons)
    costs = [candidate.cost for candidate in answer.candidates]
    assert costs == sorted(costs)


def test_the_best_is_the_best_of_all_by_counting_everything():
    dice = random.Random(5)
    for _ in range(50):
        helpers = [
            replace(
                JOKE,
                id=number,
                home=Point(52.22 + dice.random() / 30, 5.17),
                visits_before=((7, 1),) if dice.random() < 0.5 else (),
                never=frozenset({7}) if dice.random() < 0.3 else frozenset(),
            )
            for number in range(6)
        ]
        allowed = [helper for helper in helpers if 7 not in helper.never]
        answer = rank(VISIT, helpers)
        if not allowed:
            assert not answer.candidates
            continue

        def cost(helper: HelperSketch) -> int:
            from samen.planner.travel import minutes

            return minutes(helper.home, HOME, "BIKE") - (FAMILIAR_FACE if helper.visits_before else 0)

        assert answer.candidates[0].helper == min(allowed, key=lambda helper: (cost(helper), helper.id)).id
