"""How long the way is: what a colleague says, else what an engine says, else an estimate; and never in silence."""

import time as stopwatch
from datetime import datetime

import pytest

from samen.base import clock, tenancy
from samen.people import engines, places, planning, travel
from samen.people.models import TravelFigure
from samen.people.places import Point
from samen.planner.travel import Source
from samen.visits import planning as proposals
from tests.conftest import visit_of

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
BY = tenancy.SYSTEM


class Roads:
    """An engine that says the same of every way, or nothing, or nothing for a long time."""

    version = "roads 1"

    def __init__(self) -> None:
        self.says: tuple[int, float] | None = (17, 4.2)
        self.broken = False
        self.slow = 0.0
        self.asked = 0

    def matrix(self, starts, ends, mode):
        self.asked += 1
        stopwatch.sleep(self.slow)
        if self.broken:
            raise engines.NoAnswer("down")
        return [[self.says] * len(ends) for _ in starts]


@pytest.fixture
def roads(monkeypatch):
    """The installation has an engine."""
    engine = Roads()
    monkeypatch.setattr(engines, "configured", lambda: engine)
    monkeypatch.setattr(travel, "BREAKER", travel.Breaker())
    return engine


@pytest.fixture
def here(stage, inside):
    with inside():
        yield stage


def between(stage):
    return planning.between(stage.joke, stage.homes["mevrouw De Vries"], at=AT)


def test_without_an_engine_a_way_is_estimated_and_says_so(here):
    assert between(here).source is Source.ESTIMATE
    assert not travel.trouble()


def test_what_the_engine_says_is_kept_until_a_place_moves(here, roads):
    assert (between(here).minutes, between(here).source) == (17, Source.ENGINE)
    assert roads.asked == 1
    kept = TravelFigure.objects.get(source="ENGINE")
    assert (kept.km, kept.version) == (4.2, "roads 1")

    household = here.homes["mevrouw De Vries"]
    place = places.of_households([household.pk], AT.date())[household.pk]
    places.pin(place, Point(52.23, 5.19), who=household, by=BY, at=AT)

    roads.says = (9, 2.0)
    assert between(here).minutes == 9
    assert roads.asked == 2


def test_a_colleague_knows_better_than_the_engine(here, roads):
    between(here)

    assert travel.correct(here.joke, here.homes["mevrouw De Vries"], minutes=44, by=BY, at=AT)

    assert (between(here).minutes, between(here).source) == (44, Source.MANUAL)
    assert travel.counts() == {"MANUAL": 1, "ENGINE": 1}


def test_an_engine_that_fails_is_replaced_by_estimates_that_say_so_and_left_alone_for_a_while(here, roads):
    roads.broken = True

    found = [between(here).source for _ in range(5)]

    assert set(found) == {Source.ESTIMATE}
    assert roads.asked == travel.MOST_FAILURES
    assert travel.trouble()
    assert not TravelFigure.objects.exists()


def test_an_engine_that_answers_again_is_believed_again(here, roads, monkeypatch):
    roads.broken = True
    between(here)
    roads.broken = False

    assert between(here).source is Source.ENGINE
    assert not travel.trouble()


def test_an_engine_that_is_slow_is_not_waited_for(here, roads, monkeypatch):
    monkeypatch.setattr(travel, "PATIENCE_SECONDS", 0.02)
    roads.slow = 0.2
    began = stopwatch.monotonic()

    assert between(here).source is Source.ESTIMATE
    assert stopwatch.monotonic() - began < 0.2
    assert travel.trouble()


def test_a_way_the_engine_does_not_know_is_estimated(here, roads):
    roads.says = None

    assert between(here).source is Source.ESTIMATE
    assert not travel.trouble()


def test_a_secret_place_has_no_way_to_measure(here, roads):
    household = here.homes["mevrouw De Vries"]
    places.hide(household, alias="Opvang Noord", by=BY, at=AT)

    assert between(here) is None
    assert not travel.correct(here.joke, household, minutes=10, by=BY, at=AT)
    assert roads.asked == 0


def test_a_proposal_counts_with_what_a_colleague_said(here):
    visit = visit_of(here.homes["mevrouw De Vries"], "2026-11-25")
    before = {one.helper: one for one in proposals.rank_one(visit, at=AT).candidates}[here.joke.pk]

    travel.correct(here.joke, visit.household, minutes=before.travel + 5, by=BY, at=AT)
    after = {one.helper: one for one in proposals.rank_one(visit, at=AT).candidates}[here.joke.pk]
    travel.correct(here.joke, visit.household, minutes=here.joke.reach_minutes + 1, by=BY, at=AT)

    assert (after.travel, after.source, after.cost) == (before.travel + 5, Source.MANUAL, before.cost + 5)
    assert before.source is Source.ESTIMATE
    refused = {one.helper: one for one in proposals.rank_one(visit, at=AT).refused}[here.joke.pk]
    assert (refused.rule, refused.by) == ("TOO_FAR", 1)


@pytest.mark.parametrize(("minutes", "told"), [(None, None), (7, 7), (14, 14), (15, 15), (17, 15), (18, 20), (33, 35)])
def test_minutes_are_told_as_exactly_as_they_are_known(minutes, told):
    assert travel.about(minutes) == told


def test_at_the_desk_a_way_says_who_says_so_and_a_colleague_corrects_it(stage, anja, zoe, inside):
    household = stage.homes["mevrouw De Vries"].public_id
    page = f"/o/zorgzaam/hulp/{stage.joke.public_id}/reistijd/{household}/"
    assert "Geschat naar de afstand" in anja.get(page).content.decode()

    said = anja.post(page, {"minutes": "22"}, follow=True).content.decode()

    assert "≈ 20 min" in said
    assert "Dat zei een collega" in said
    assert anja.post(page, {"minutes": "veel"}).status_code == 422
    assert zoe.get(page).status_code == 404
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25").public_id
    assert page in anja.get(f"/o/zorgzaam/bezoek/{visit}/?wie=1").content.decode()


def test_today_says_that_the_engine_does_not_answer(stage, anja, inside, roads):
    assert "De routeplanner antwoordt niet" not in anja.get("/o/zorgzaam/").content.decode()
    roads.broken = True
    with inside():
        between(stage)

    assert "De routeplanner antwoordt niet" in anja.get("/o/zorgzaam/").content.decode()


# --- Valhalla itself: bin/bench travel ------------------------------------------------------------------------------


def test_an_engine_that_is_not_installed_is_no_answer(monkeypatch):
    monkeypatch.setattr(engines, "valhalla", None)

    with pytest.raises(engines.NoAnswer, match="not installed"):
        engines.Valhalla("anywhere.json")
