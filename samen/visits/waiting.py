"""A household that still has nobody hears so, and before when it hears more."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from samen.base import clock, journal, links, outbox
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.base.tenancy import Actor
from samen.people import lookup, reaching
from samen.visits import planning, replacements
from samen.visits.facts import Fact
from samen.visits.models import About, PhoneCall, Replacement, Round

QUARTER = timedelta(minutes=15)
SEARCHING = "searching"  # the cause of a message that we look
AFTERNOON = time(17)  # the day before a visit a household knows by then


def hears_before(starts_at: datetime, *, at: datetime) -> datetime:
    """Before when a household hears more of a visit: the afternoon before, or half-way to it when that is past."""
    eve = (starts_at.astimezone(clock.HOME) - timedelta(days=1)).date()
    promised = datetime.combine(eve, AFTERNOON, tzinfo=clock.HOME)
    if promised > at:
        return promised
    halfway = at + (starts_at - at) / 2
    return halfway - timedelta(seconds=halfway.timestamp() % QUARTER.total_seconds()) if starts_at > at else at


def untold(turn: Round, *, at: datetime) -> dict[int, list[Replacement]]:
    """The visits ahead that still have nobody, by household (its number), of households nobody wrote to about it.

    Who wants nobody else does not hear that we look, nor does who wants to be rung before anybody is asked.
    """
    rows = turn.replacements.filter(closed_at=None, visit__starts_at__gt=at).select_related(
        "visit__household__team", "visit__arrangement"
    )
    found: dict[int, list[Replacement]] = defaultdict(list)
    for row in rows.order_by("visit__starts_at", "pk"):
        found[row.visit.household_id].append(row)
    written = outbox.written(cause(row) for blocks in found.values() for row in blocks)
    left = {number: block for number, block in found.items() if not any(cause(row) in written for row in block)}
    quiet = _looked_on(turn, left) | _waits_for_a_call(turn) if left else set()
    return {number: block for number, block in left.items() if number not in quiet}


def heard(rows: QuerySet[Replacement]) -> QuerySet[Replacement]:
    """The same rows, for `overdue`: when the household heard last of it (`heard_at`), and what was said by phone."""
    sent = OutboxMessage.objects.filter(cause_kind=SEARCHING, cause_ref=OuterRef("public_id"))
    sent = sent.filter(state=OutboxMessage.State.SENT).order_by("-send_after")
    rung = PhoneCall.objects.filter(round=OuterRef("round"), household=OuterRef("visit__household"))
    rung = rung.filter(about__in=(About.SEARCHING, About.LOOKING_ON, About.NOBODY), outcome=PhoneCall.Outcome.TOLD)
    wrote, last = sent.values("send_after")[:1], rung.order_by("-made_at")
    spoke = Subquery(last.values("made_at")[:1])
    return rows.annotate(heard_at=Greatest(Subquery(wrote), spoke), said=Subquery(last.values("about")[:1]))


def overdue(rows: Iterable[Any], *, at: datetime) -> dict[int, datetime]:
    """Of these visits (by number) those that still have nobody though their household was to hear more: before when.

    A household that is rung and told again hears more later, and one that was told that nobody comes hears no more.
    The rows are those of `heard`.
    """
    asked = [row for row in rows if row.round.sent_at is not None]  # nobody hears that we look before we do
    waits = [row for row in asked if row.closed_at is None and row.heard_at is not None and row.said != About.NOBODY]
    ahead = [row for row in waits if row.visit.starts_at > at]
    before = {row.visit_id: hears_before(row.visit.starts_at, at=row.heard_at) for row in ahead}
    return {visit: moment for visit, moment in before.items() if moment <= at}


def _waits_for_a_call(turn: Round) -> set[int]:
    """The households (by number) that want nobody else, or want to be rung before anybody is asked."""
    asked = set(turn.offers.filter(withdrawn_at=None).values_list("household_id", flat=True))
    wants = planning.wants_of(turn).items()
    first = {number for number, want in wants if want in planning.FIRST_A_CALL}
    return {number for number, want in wants if want in planning.NOBODY_ELSE} | (first - asked)


def _looked_on(turn: Round, households: Iterable[int]) -> set[int]:
    """Those (by number) who heard that somebody who was promised does not come, and that we look on."""
    offers = turn.offers.filter(household__in=list(households)).exclude(withdrawn_at=None)
    homes = {Subject("looking_on", ref): home for ref, home in offers.values_list("public_id", "household_id")}
    return {homes[about] for about in outbox.written(homes)}


def cause(row: Replacement) -> Subject:
    """What a message about looking is about."""
    return Subject(SEARCHING, row.public_id)


def tell(turn: Round, *, by: Actor, at: datetime) -> int:
    """These households hear that we are looking, by their channel; returns to how many a message leaves.

    Whom nothing can be sent to stands on the call list.  Said twice, it is sent once.
    """
    blocks = untold(turn, at=at)
    people = lookup.told_of(blocks)
    ways = reaching.of_people(list(people.values()))
    told = 0
    for household, person in people.items():
        way, visits = ways[person.pk], [row.visit for row in blocks[household]]
        if way.is_call:
            continue
        link = replacements.household_link(visits[0].household, person, at=at)
        before = hears_before(visits[0].starts_at, at=at)
        writer = replacements.WRITERS[way.channel]
        letter = writer.searching(turn, visits, person, before=before, link=links.placeholder(link))
        replacements.put(person, way, letter, cause(blocks[household][0]), at=at)
        told += 1
    if told:
        journal.record(Fact.HOUSEHOLDS_TOLD, about=[turn, turn.team], by=by, at=at, params={"count": told})
    return told
