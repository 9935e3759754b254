"""What happened, in the reader's language, also when somebody has been erased."""

import uuid

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from samen.base import clock, journal
from samen.base.journal import Subject
from samen.base.models import JournalLine
from samen.base.tenancy import Actor, ActorKind
from samen.people import lookup
from samen.visits.facts import Fact


def line(stage):
    by = Actor(ActorKind.PERSON, stage.fatma.person.public_id)
    return journal.record(Fact.ABSENCE_REPORTED, about=[stage.fatma], by=by, at=clock.now())


def test_a_line_reads_in_both_languages(stage, inside):
    with inside():
        written = line(stage)
        names = lookup.names(journal.refs([written]))
        with translation.override("en"):
            english = journal.sentence(written, names)
        with translation.override("nl"):
            dutch = journal.sentence(written, names)

    assert english == "Fatma Yılmaz reported that Fatma Yılmaz cannot come"
    assert dutch != english
    assert "Fatma Yılmaz" in dutch


def test_somebody_erased_is_a_removed_person(stage, inside):
    with inside():
        written = line(stage)
        with translation.override("nl"):
            assert "verwijderd persoon" in journal.sentence(written, {})


def test_a_line_holds_no_name(stage, inside):
    with inside():
        written = line(stage)
        assert "Fatma" not in str(written.params)
        assert {subject.ref for subject in written.subjects.all()} == {stage.fatma.public_id}


def test_a_line_cannot_be_changed_or_removed(stage, inside):
    with inside():
        written = line(stage)
        for attempt in (
            lambda: JournalLine.objects.filter(pk=written.pk).update(fact="other"),
            lambda: JournalLine.objects.filter(pk=written.pk)._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                attempt()


def test_the_newest_line_about_somebody_comes_first(stage, inside):
    with inside():
        first, second = line(stage), line(stage)
        found = journal.about(Subject("helper", stage.fatma.public_id))
        assert [row.pk for row in found[:2]] == [second.pk, first.pk]
        assert journal.about(Subject("helper", uuid.uuid4())) == []


def test_more_rows_go_in_at_once_than_postgresql_can_bind_values(stage, inside):
    """An import writes that many; 65,535 values is what one statement holds."""
    with inside():
        before, at = JournalLine.objects.count(), clock.now()
        JournalLine.objects.bulk_create(
            JournalLine(fact=Fact.ABSENCE_REPORTED, actor_kind="SYSTEM", at=at, params={}) for _ in range(10_000)
        )
        assert JournalLine.objects.count() == before + 10_000
