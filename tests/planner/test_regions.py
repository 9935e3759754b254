"""A morning in regions beside each other: packed and unpacked it is the same, and nobody is lent twice."""

from dataclasses import replace

from benchmarks import _nation
from samen.planner.questions import regions, rules
from samen.planner.questions.sketches import HelperSketch, Rule
from samen.planner.travel import NOTHING_KNOWN, Point, Source, Way

HOME, THERE = Point(52.2, 5.2), Point(52.21, 5.2)


def small(number: int) -> regions.Question:
    return _nation.region(number, helpers=40, ill=0.2, seed=3)


def test_a_question_that_was_kept_is_the_same_question():
    whole = small(0)
    everything = HelperSketch(
        7,
        "BIKE",
        20,
        never=frozenset({2, 1}),
        rather_not=frozenset({3}),
        said_no=frozenset({4}),
        visits_before=((5, 6),),
        asks=1800,
        may_be_asked=2,
        quiet=Rule.ASK_PAUSE,
    )
    visit = whole.visits[0]._replace(only=frozenset({7, 8}), pays=2000, where=None, least=60)
    known = {(HOME, THERE, "BIKE"): Way(9, Source.MANUAL)}
    question = regions.Question((*whole.visits, visit), (*whole.helpers, everything), known)

    again = regions.unpack(regions.pack(question))

    assert again == question
    assert regions.answer(again).goes == regions.answer(question).goes


def test_what_nobody_can_is_lent_by_neighbours_and_nobody_is_in_two_places():
    asked = [small(number) for number in (0, 1, 10, 11)]
    given = [regions.given_of(regions.answer(question)) for question in asked]

    lent = regions.lend(zip(asked, given, strict=True))

    left = {visit for one in given for visit, helper in one.items() if helper is None}
    teams = {helper.id: helper for question in asked for helper in question.helpers}
    visits = {visit.id: visit for question in asked for visit in question.visits}
    borrowed = [goes for goes in lent.goes if goes.helper is not None]
    assert {goes.visit.id for goes in lent.goes} == left
    assert borrowed
    once = [
        replace(question, helpers=tuple(replace(one, may_be_asked=1) for one in question.helpers)) for question in asked
    ]
    again = [regions.given_of(regions.answer(question)) for question in once]
    busy_already = {helper for one in again for helper in one.values() if helper is not None}
    asked_once = [goes.helper for goes in regions.lend(zip(once, again, strict=True)).goes if goes.helper is not None]
    assert busy_already
    assert not busy_already & set(asked_once), "her own team asks her already"
    assert len(asked_once) == len(set(asked_once))
    for goes in borrowed:
        hers = [visits[visit] for one in given for visit, helper in one.items() if helper == goes.helper]
        hers += [other.visit for other in borrowed if other.helper == goes.helper and other is not goes]
        busy = replace(teams[goes.helper], booked=(*teams[goes.helper].booked, *hers))
        assert rules.first_broken(goes.visit, busy, rules.Ways(NOTHING_KNOWN)) is None
