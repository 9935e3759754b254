"""What Samen asks is planned once, however many numbers stand in it and whatever was undone in between."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from samen.base import clock, links, outbox
from samen.base.journal import Subject
from samen.base.links import Entrance
from samen.base.models import Link, OutboxMessage
from samen.base.outbox import Word
from samen.people.models import Helper, Household
from samen.visits.models import Visit


def planned() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {row[0] for row in cursor.fetchall()}


def test_how_many_are_looked_for_does_not_change_the_statement(stage, inside):
    with inside():
        numbers = list(Helper.objects.order_by("pk").values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as asked:
            one = list(Helper.objects.filter(pk__in=numbers[:1]))
            more = list(Helper.objects.filter(pk__in=numbers[:3]))
            theirs = list(Visit.objects.filter(household__in=Household.objects.order_by("pk")[:2]))
            nobody = list(Helper.objects.filter(pk__in=[]))

    statements = [query["sql"].partition("ANY")[0] for query in asked]
    assert [row.pk for row in one] == numbers[:1]
    assert {row.pk for row in more} == set(numbers[:3])
    assert statements[0] == statements[1]
    assert (nobody, len(asked)) == ([], 3)
    assert len({visit.household_id for visit in theirs}) <= 2


def test_a_plan_outlives_what_is_undone(stage, inside):
    with inside():
        for _ in range(5):
            Helper.objects.filter(reach_minutes=77).exists()
        before = planned()
        with pytest.raises(LookupError), transaction.atomic():
            raise LookupError

        assert before
        assert planned() >= before


def test_a_table_that_comes_twice_is_told_apart(stage, inside):
    with inside():
        helper = Helper.objects.select_related("person", "team").order_by("person__first_name", "pk").first()
        same = Helper.objects.filter(person__helpers=helper, person__helpers__team=helper.team)

        assert list(same.select_related("person", "team").order_by("team__name", "-pk").distinct()) == [helper]


def test_many_messages_leave_by_one_statement_and_none_leaves_twice(stage, inside):
    causes = [Subject("test", uuid.uuid4()) for _ in range(3)]
    words = [Word(cause, uuid.UUID(int=7), "joke@example.nl", "Word", f"Hello {n}") for n, cause in enumerate(causes)]

    with inside():
        first = outbox.put_all(words[:2], at=clock.now())
        with CaptureQueriesContext(connection) as asked:
            both = outbox.put_all([*words, words[2]], at=clock.now(), undo=timedelta(seconds=20))
        kept = list(OutboxMessage.objects.filter(cause_kind="test").order_by("pk").values_list("pk", "body", "state"))

    assert [one.pk for one in both] == [*(one.pk for one in first), kept[2][0], kept[2][0]]
    assert [(body, state) for _, body, state in kept] == [(f"Hello {n}", "QUEUED") for n in range(3)]
    assert sum("INSERT INTO base_outboxmessage" in query["sql"] for query in asked) == 1
    assert sum("procrastinate_defer_jobs" in query["sql"] for query in asked) == 1


def test_many_links_are_made_by_one_statement(stage, inside):
    now, about = clock.now(), [Subject("test", uuid.uuid4()) for _ in range(2)]
    entrances = [Entrance(Link.Purpose.OFFER, uuid.UUID(int=7), one, now + timedelta(days=1)) for one in about]

    with inside():
        first = links.make_all([*entrances, entrances[0]])
        links.revoke(first[1], at=now)
        with CaptureQueriesContext(connection) as asked:
            again = links.make_all([Entrance(one.purpose, one.person, one.about, now) for one in entrances])
        kept = {link.pk: link for link in Link.objects.all()}

    assert first[0].pk == first[2].pk == again[0].pk
    assert kept[first[0].pk].expires_at == now + timedelta(days=1)
    assert again[1].pk != first[1].pk
    assert (kept[again[1].pk].object_version, kept[again[1].pk].revoked_at) == (2, None)
    assert links.door(links.token(again[0].public_id)) == (stage.gooi.pk, again[0].public_id)
    assert len(asked) == 1
