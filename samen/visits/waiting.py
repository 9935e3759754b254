"""A household that still has nobody hears so, and before when it hears more."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from samen.base import clock, journal, links, outbox
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.base.tenancy import Actor
from samen.people import lookup, reaching
from samen.visits import planning, replacements
from samen.visits.facts import Fact
from samen.visits.models import About, PhoneCall, Replacement, Round

QUARTER = timedelta(minutes=15)
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


def overdue(rows: Iterable[Replacement], *, at: datetime) -> dict[int, datetime]:
    """Of these visits (by number) those that still have nobody though their household was to hear more: before when.

    A household that is rung and told again hears more later.
    """
    asked = [row for row in rows if row.round.sent_at is not None]  # nobody hears that we look before we do
    ahead = [row for row in asked if row.closed_at is None and row.visit.starts_at > at]
    told = _told(ahead) if ahead else {}
    before = {visit: hears_before(starts_at, at=said_at) for (visit, starts_at), said_at in told.items()}
    return {visit: moment for visit, moment in before.items() if moment <= at}


def _told(rows: list[Replacement]) -> dict[tuple[int, datetime], datetime]:
    """Of which of these visits (by number and beginning) somebody heard last that we look, and when."""
    first: dict[tuple[int, int], Replacement] = {}
    for row in sorted(rows, key=lambda one: one.visit.starts_at):
        first.setdefault((row.round_id, row.visit.household_id), row)
    heard: dict[tuple[int, datetime], datetime] = {}
    causes = {cause(row): row for row in rows}
    sent = OutboxMessage.objects.filter(state=OutboxMessage.State.SENT, cause_ref__in=[one.ref for one in causes])
    for kind, ref, moment in sent.values_list("cause_kind", "cause_ref", "send_after"):
        told = causes.get(Subject(kind, ref))
        if told is not None:
            heard[told.visit_id, told.visit.starts_at] = moment
    rung = PhoneCall.objects.filter(round__in={row.round_id for row in rows}, outcome=PhoneCall.Outcome.TOLD)
    for call in rung.filter(about__in=(About.SEARCHING, About.LOOKING_ON)).order_by("made_at"):
        found = first.get((call.round_id, call.household_id))
        if found is not None:
            heard[found.visit_id, found.visit.starts_at] = call.made_at
    return heard


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
    return Subject("searching", row.public_id)


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
