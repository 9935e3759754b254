"""Sixteen helpers say yes at the same moment, through the pages they see: one goes, the others are thanked."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from benchmarks import Stage, booking, working_in
from benchmarks.booking import Crew
from samen.base import clock, tenancy
from samen.people.models import Helper
from samen.visits import absences, replacements
from samen.visits.models import Absence, Assignment, Offer, Round
from samen.visits.replacements import Ask
from tests import environment

WRITERS, ROUNDS = 16, 4


@pytest.fixture
def ground(own_database: dict[str, str], django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Stage]:
    """A database of this test's own, in which its verbs commit."""
    ground = Stage(own_database, tmp_path)
    with django_db_blocker.unblock(), working_in(ground):
        yield ground
        ground.end()


@pytest.fixture(scope="module")
def crew(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Three who can be asked, and five who can fall ill, in a database of their own."""
    name = f"{environment.DATABASE}_booking"
    ground = Stage(environment.new_database(name, environment.TEMPLATE), tmp_path_factory.mktemp("booking"))
    with django_db_blocker.unblock(), working_in(ground):
        yield booking.plant(ground, asked=3, ill=5)
    environment.postgres.drop_database(environment.SERVER, name)


def ill_for_two_weeks(helper: Helper) -> Round:
    """A helper whose household is visited twice in the stretch."""
    at = clock.now()
    absence = absences.report(
        helper=helper, kind=Absence.Kind.ILLNESS, start=at, until=at + timedelta(days=14), by=tenancy.SYSTEM, at=at
    )
    turn = absence.rounds.get()
    assert turn.replacements.count() == 2
    return turn


def ask(turn: Round, *wanted: tuple[Helper, list[int]]) -> dict[int, Offer]:
    """These helpers are asked for these of the round's visits; their offers by helper."""
    rows = list(turn.replacements.order_by("visit__starts_at"))
    asks = [Ask(rows[place].pk, helper.pk, 10, ()) for helper, places in wanted for place in places]
    return {offer.helper_id: offer for offer in replacements.send(turn, asks, by=tenancy.SYSTEM, at=clock.now())}


def one_inside_the_other(org: int, first: Callable[[], object], second: Callable[[], object]) -> None:
    """The second begins when the first has done its work and has not committed yet."""
    written, done = threading.Event(), threading.Event()

    def hold() -> None:
        with tenancy.enter(org, tenancy.SYSTEM):
            first()
            written.set()
            done.wait(1)

    def follow() -> None:
        written.wait(10)
        with tenancy.enter(org, tenancy.SYSTEM):
            second()
        done.set()

    threads = [threading.Thread(target=hold), threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def yes(offer: Offer) -> object:
    return replacements.accept(Offer.objects.get(pk=offer.pk), by=tenancy.SYSTEM, at=clock.now())


def test_sixteen_say_yes_and_one_goes_four_times_over(ground):
    report = booking.measure(ground, WRITERS, ROUNDS, scenes=1)

    assert report.broken == []
    assert Counter(answer.status for answer in report.answers) == {200: ROUNDS + 1, 409: (WRITERS - 1) * (ROUNDS + 1)}


def test_nobody_keeps_a_question_of_which_two_others_took_the_two_halves(crew):
    both, one, other = crew.asked
    with tenancy.enter(crew.org, tenancy.SYSTEM):
        offers = ask(ill_for_two_weeks(crew.ill[3]), (both, [0, 1]), (one, [0]), (other, [1]))

    one_inside_the_other(crew.org, lambda: yes(offers[one.pk]), lambda: yes(offers[other.pk]))

    with tenancy.enter(crew.org, tenancy.SYSTEM):
        assert Offer.objects.get(pk=offers[both.pk].pk).withdrawn_at is not None


def test_who_says_yes_and_falls_ill_at_the_same_moment_does_not_keep_the_visit(crew):
    joke = crew.asked[0]
    with tenancy.enter(crew.org, tenancy.SYSTEM):
        offers = ask(ill_for_two_weeks(crew.ill[4]), (joke, [0]))

    def report() -> object:
        at = clock.now()
        return absences.report(helper=joke, kind=Absence.Kind.ILLNESS, start=at, until=None, by=tenancy.SYSTEM, at=at)

    one_inside_the_other(crew.org, lambda: yes(offers[joke.pk]), report)

    with tenancy.enter(crew.org, tenancy.SYSTEM):
        assert not Assignment.objects.standing().filter(helper=joke).exists()
