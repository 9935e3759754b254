"""One entrance to the rows of an organisation."""

import pytest

from samen.base import live, tenancy
from samen.base.models import LiveEvent, Organisation
from samen.people.models import Household, Person


def test_without_a_context_nothing_answers_by_name(stage):
    with pytest.raises(tenancy.NoOrganisation):
        Person.objects.count()
    with pytest.raises(tenancy.NoOrganisation):
        tenancy.current()


def test_each_organisation_sees_its_own(stage, inside):
    with inside():
        assert not Household.objects.filter(name="meneer Verhoeven").exists()
    with inside(stage.betuwe):
        assert Household.objects.filter(name="meneer Verhoeven").exists()


def test_a_second_organisation_inside_the_first_is_refused(stage, inside):
    with inside(), pytest.raises(tenancy.AnotherOrganisation), inside(stage.betuwe):
        pass


def test_entering_again_inside_keeps_the_outer_actor_afterwards(stage):
    anja = tenancy.Actor(tenancy.ActorKind.COLLEAGUE, stage.fatma.public_id)
    with tenancy.enter(stage.gooi.pk, anja):
        with tenancy.enter(stage.gooi.pk, tenancy.SYSTEM):
            assert tenancy.current().actor == tenancy.SYSTEM
        assert tenancy.current().actor == anja
        assert Person.objects.exists()


def test_after_an_error_the_context_is_gone(stage, inside):
    with pytest.raises(ZeroDivisionError), inside():
        raise ZeroDivisionError
    with pytest.raises(tenancy.NoOrganisation):
        Person.objects.count()


def test_live_events_are_numbered_without_holes_and_once_per_transaction(stage, inside):
    topic = stage.teams["Team Zuid"].public_id
    for _ in range(3):
        with inside():
            live.publish(topic)
            live.publish(topic)
    with inside():
        assert list(LiveEvent.objects.filter(topic=topic).order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def test_an_actor_reads_what_it_wrote(stage):
    for actor in (tenancy.SYSTEM, tenancy.Actor(tenancy.ActorKind.LINK, stage.fatma.public_id)):
        assert tenancy.Actor.parse(str(actor)) == actor


def test_every_organisation_is_found_for_the_jobs_that_return(stage):
    assert set(tenancy.organisations()) == set(Organisation.objects.values_list("pk", flat=True))
