"""The demo is a real region: the same seed draws the same people, and they live as the figures of the field say."""

import hashlib
import math
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction

from samen.base import clock, tenancy
from samen.base.entrances import Role, Visitor
from samen.base.tenancy import Actor, ActorKind
from samen.demo import cast, country, drawing, filling
from samen.demo.living import Life
from samen.desk import cockpit, searching
from samen.desk.sitting import Desk
from samen.people.models import Helper, Household, Person
from samen.teams.models import Colleague, Team
from samen.visits.models import Absence, Assignment, Replacement, Round, Term, Visit

DAY = date(2026, 11, 25)
ZWOLLE = country.REGIONS[-1]


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return [filling.life_of(region, day=DAY, seed=7) for region in country.REGIONS]


def small(seed: int) -> Life:
    return Life(drawing.draw(ZWOLLE, seed=seed, day=DAY, households=16, helpers=6), seed, DAY)


def test_six_regions_have_420_households_and_95_helpers_each_the_cast_among_them(lives):
    gooi, *others = lives

    assert [(len(life.crew.households), len(life.crew.helpers)) for life in others] == [(420, 95)] * 5
    assert len(gooi.crew.households) + len(cast.GOOI.households) + cast.FILLERS == 420
    assert len(gooi.crew.helpers) + len(cast.GOOI.helpers) == 95
    assert {len(region.coordinators) for region in country.REGIONS} == {4}


def test_nobody_is_named_as_somebody_of_the_cast(lives):
    of_the_cast = {one.first_name for agency in cast.AGENCIES for one in agency.helpers}
    colleagues = [one.name for agency in cast.AGENCIES for one in agency.colleagues]
    colleagues += [name for region in country.REGIONS for name in region.coordinators]

    assert of_the_cast.isdisjoint(helper.name.first for life in lives for helper in life.crew.helpers)
    assert len(set(colleagues)) == len(colleagues)


def test_visits_and_helpers_are_as_the_field_says(lives):
    slots = [slot for life in lives for slot in life.crew.slots]
    households = [household for life in lives for household in life.crew.households]
    helpers = [helper for life in lives for helper in life.crew.helpers]

    lengths = Counter(slot.minutes for slot in slots)
    rhythms = Counter((len(one.slots), one.slots[0].every) for one in households)
    modes = Counter(one.mode for one in helpers)
    hours = sorted(one.minutes / 60 for one in helpers)
    assert {length: round(100 * count / len(slots)) for length, count in lengths.items()} == pytest.approx(
        drawing.LENGTHS, abs=3
    )
    assert {rhythm: round(100 * count / len(households)) for rhythm, count in rhythms.items()} == pytest.approx(
        drawing.RHYTHMS, abs=3
    )
    assert {mode: round(100 * count / len(helpers)) for mode, count in modes.items()} == pytest.approx(
        drawing.MODES, abs=5
    )
    assert 11 <= hours[len(hours) // 2] <= 15
    assert hours[0] >= drawing.HOURS_LEAST
    assert hours[-1] <= drawing.HOURS_MOST


def test_homes_are_near_the_postcode_they_name(lives):
    for life in lives:
        for one in (*life.crew.households, *life.crew.helpers):
            north = (one.home.point.lat - one.home.area.lat) * drawing.KM_PER_DEGREE_NORTH
            east = (one.home.point.lon - one.home.area.lon) * drawing.KM_PER_DEGREE_EAST
            assert math.hypot(north, east) < 6 * one.home.area.size_km * drawing.SWEEP_KM


def test_illness_takes_about_a_thirteenth_of_the_year(lives):
    """7.8 % is the figure of the field (2024); six regions of 95 wobble around it."""
    year = timedelta(days=365)
    ill = sum(
        (min(spell.until, DAY) - max(spell.since, DAY - year)).days
        for life in lives
        for spells in life.spells.values()
        for spell in spells
        if spell.kind == "ILLNESS" and spell.until > DAY - year
    )
    helpers = sum(len(life.crew.helpers) for life in lives)

    assert 0.055 < ill / (365 * helpers) < 0.10


def test_nobody_is_in_two_places_at_once(lives):
    for life in lives:
        taken: set[tuple[date, int, int]] = set()
        for visit in life.tell(DAY - timedelta(days=7), DAY + timedelta(days=14)):
            if visit.helper is None or visit.skipped:
                continue
            for minute in range(visit.slot.start, visit.slot.until, 15):
                assert (visit.day, visit.helper, minute // 15) not in taken
                taken.add((visit.day, visit.helper, minute // 15))


def test_the_same_seed_draws_the_same_people_and_another_seed_does_not():
    def words(seed: int) -> str:
        life = small(seed)
        told = [(visit.key, visit.helper, visit.skipped) for visit in life.tell(DAY, DAY + timedelta(days=14))]
        return hashlib.sha256(repr((life.crew.households, life.crew.helpers, told)).encode()).hexdigest()

    assert words(7) == words(7)
    assert words(7) != words(8)


def test_planted_twice_the_rows_are_the_same_people_ids_and_visits(stage):
    logins = {cast.Colleague(name, "").email: 9000 + n for n, name in enumerate(ZWOLLE.coordinators)}

    def planted() -> tuple[str, dict[str, int]]:
        with tenancy.enter(stage.gooi.pk, tenancy.SYSTEM):
            before = {model: model.objects.count() for model in COUNTED}
            filling.fill(small(7), stage.gooi.pk, logins)
            filling.fill_history(small(7), stage.gooi.pk, years=1)
            rows = [sorted(map(str, model.objects.values_list(*fields))) for model, fields in SEEN.items()]
            made = {model.__name__: model.objects.count() - before[model] for model in COUNTED}
            transaction.set_rollback(True)
        return hashlib.sha256(repr(rows).encode()).hexdigest(), made

    first, made = planted()
    second, _ = planted()

    assert first == second
    assert made["Visit"] > 16 * 20
    assert made["Replacement"] > 0
    assert made["Absence"] > 6


def test_every_search_of_a_planted_region_can_be_looked_at(stage):
    logins = {cast.Colleague(name, "").email: 9000 + n for n, name in enumerate(ZWOLLE.coordinators)}
    with tenancy.enter(stage.gooi.pk, tenancy.SYSTEM):
        filling.fill(small(7), stage.gooi.pk, logins)
        filling.fill_history(small(7), stage.gooi.pk, years=1)
        team, at = Team.objects.get(name=ZWOLLE.team), clock.now()
        me = Colleague.objects.filter(memberships__team=team).order_by("pk")[0]
        who = Visitor(
            stage.gooi.pk, "zorgzaam", Actor(ActorKind.COLLEAGUE, me.public_id), Role.COLLEAGUE, "cockpit", at
        )
        asked = 0
        for turn in Round.objects.filter(team=team).select_related("absence__helper__person"):
            found = searching.search(Desk(who, me, team, at, 0), turn, whole=True)
            shown = cockpit.cockpit(found, turn.absence, possible=False)
            asked += sum(pick.offer_state is not None for row in shown["rows"] for pick in row.picks)
        transaction.set_rollback(True)

    assert asked > 0


COUNTED = (Visit, Replacement, Absence)
SEEN = {
    Person: ("public_id", "first_name", "prefix", "last_name"),
    Helper: ("public_id", "mode", "contract_minutes"),
    Household: ("public_id", "name"),
    Term: ("public_id", "weekday", "local_start", "helper__public_id"),
    Visit: ("public_id", "local_date", "local_start", "cancelled_why"),
    Assignment: ("visit__public_id", "helper__public_id", "starts_at"),
}


def test_the_cast_has_the_identities_of_its_seed(stage, inside):
    with inside():
        numbers = list(Visit.objects.order_by("pk").values_list("public_id", flat=True))

    assert stage.fatma.public_id == drawing.key(7, "zorgzaam", "helper", "Fatma")
    assert numbers == [drawing.key(7, "zorgzaam", "Visit", number) for number in range(len(numbers))]
