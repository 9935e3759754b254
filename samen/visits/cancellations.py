"""What was asked or promised is called off: the visits look for other hands, and everybody who was told hears it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from samen.base import journal, links, outbox
from samen.base.journal import Subject
from samen.base.models import OutboxMessage
from samen.base.tenancy import Actor
from samen.people import lookup, reaching
from samen.people.models import Channel, Helper, Household
from samen.visits import locks, replacements, texting, turned, waiting
from samen.visits.facts import Fact
from samen.visits.models import TO_HELPER, About, Assignment, Offer, PhoneCall, Replacement, Round, Visit

WRITERS: dict[str, Any] = {Channel.EMAIL: turned, Channel.SMS: texting}


class OtherwiseBy(Exception):
    """Somebody answered meanwhile, so this is no longer what was looked at; look once more."""


@dataclass(frozen=True)
class Standing:
    """An offer as it was looked at: which one, and how far it had come by then."""

    offer: Offer
    stage: str


@transaction.atomic
def call_off(turn: Round, looked_at: Collection[Standing], *, by: Actor, at: datetime) -> list[Offer]:
    """These questions and promises of a round hold no more, and whoever heard of them hears this.

    Visits that begin later look for somebody again; the own helper has them when she is there by now.  Raises
    `OtherwiseBy` when one of them was answered since somebody looked.  Done twice, it is done once.
    """
    numbers = {one.offer.pk: one.stage for one in looked_at}
    offers = _held(turn, numbers)
    if any(offer.stage != numbers[offer.pk] for offer in offers):
        raise OtherwiseBy(OtherwiseBy.__doc__)
    for offer in offers:
        if offer.goes:
            look_on(offer, release(offer, by=by, at=at), by=by, at=at)
        else:
            _take_back(offer, by=by, at=at)
    return offers


@transaction.atomic
def keep_here(asked: Offer, *, by: Actor, at: datetime) -> None:
    """The helper's own team would rather not have another team ask her: the question stands no more, as after a no.

    Raises `OtherwiseBy` when she said yes before.  Done twice, it is done once.
    """
    for offer in _held(asked.round, [asked.pk]):
        if offer.answer == Offer.Answer.YES:
            raise OtherwiseBy(OtherwiseBy.__doc__)
        if offer.answer == Offer.Answer.NO:
            return
        _unask(offer, at=at)
        offer.answer, offer.answered_at = Offer.Answer.NO, at
        offer.save(update_fields=["answer", "answered_at"])
        about = [offer, offer.helper, offer.helper.team, offer.round.team]
        journal.record(Fact.NOT_LENT, about=about, by=by, at=at)


def release(offer: Offer, *, by: Actor, at: datetime) -> list[Visit]:
    """Her yes holds no more for what is ahead, and she hears it; returns the visits that have nobody now."""
    going = Assignment.objects.standing().filter(from_offer=offer, starts_at__gt=at)
    visits = list(Visit.objects.filter(pk__in=going.values("visit")).order_by("starts_at", "pk"))
    going.update(ended_at=at, ended_by_kind="called_off", ended_by_ref=offer.public_id)
    covered = offer.round.replacements.filter(visit__in=visits, outcome=Replacement.Outcome.COVERED)
    covered.update(closed_at=None, outcome="", seen_at=None)
    _withdraw(offer, at=at)
    if visits:
        _tell_helper(offer, visits, "called_off", at=at)
    about = [offer, offer.helper, offer.household, offer.round.team, *visits]
    journal.record(Fact.PROMISE_CALLED_OFF, about=about, by=by, at=at)
    return visits


def _held(turn: Round, numbers: Iterable[int]) -> list[Offer]:
    """These offers as they are now, with everything locked that a yes touches; those that stand."""
    offers = turn.offers.filter(pk__in=list(numbers))
    locks.visits(offers.values_list("visits__visit_id", flat=True))
    locks.helpers(offers.values_list("helper_id", flat=True))
    rows = offers.filter(withdrawn_at=None).select_related("helper__person", "household", "round__team")
    return list(rows.select_related("round__absence__helper__person").order_by("pk"))


def _take_back(offer: Offer, *, by: Actor, at: datetime) -> None:
    """The question of this offer stands no more; who has heard it hears that she need not answer."""
    if offer.answer == Offer.Answer.NO:
        return
    _unask(offer, at=at)
    about = [offer, offer.helper, offer.household, offer.round.team]
    journal.record(Fact.QUESTION_CALLED_OFF, about=about, by=by, at=at)


def _unask(offer: Offer, *, at: datetime) -> None:
    visits = [one.visit for one in offer.visits.select_related("visit").order_by("visit__starts_at")]
    _withdraw(offer, at=at)
    replacements.stop([offer], at=at)
    message = replacements.letters([offer]).get(offer.pk)
    if message is not None and message.state != OutboxMessage.State.CANCELLED:
        _tell_helper(offer, visits, "question_back", at=at)


def _withdraw(offer: Offer, *, at: datetime) -> None:
    offer.withdrawn_at = at
    offer.save(update_fields=["withdrawn_at"])


def _tell_helper(offer: Offer, visits: list[Visit], text: str, *, at: datetime) -> None:
    outbox.cancel([Subject("chosen", offer.public_id)])
    write_helper(offer, Subject(text, offer.public_id), visits, at=at)


def write_helper(offer: Offer, cause: Subject, visits: list[Visit], *, at: datetime, **more: Any) -> None:
    """This news leaves to a helper who can be written to; the text is called as its cause is."""
    way = reaching.of_helpers([offer.helper])[offer.helper_id]
    if not way.is_call:
        letter = getattr(WRITERS[way.channel], cause.kind)(offer, visits, **more)
        replacements.put(offer.helper.person, way, letter, cause, at=at)


# --- What a household hears ----------------------------------------------------------------------------


def look_on(offer: Offer, visits: list[Visit], *, by: Actor, at: datetime) -> None:
    """These visits, which the helper of this offer had, look for somebody again, and the household hears it.

    Their own helper has them when she is there by now; of a promise it never heard a household hears nothing.
    """
    turn, stopped = offer.round, outbox.cancel([Subject("covered", offer.public_id)])
    if turn.absence is not None and turn.absence.ended_at is not None:
        back = replacements.hand_back(turn.absence.helper, since=turn.absence.ended_at, at=at)
        tell_own_back([turn, *(one for one in back if one != turn)], turn.absence.helper, by=by, at=at)
    left = _without_anybody(turn, visits)
    if left and not stopped:
        before = waiting.hears_before(left[0].starts_at, at=at)
        tell_household(offer, left, "looking_on", at=at, before=before)


def _without_anybody(turn: Round, visits: list[Visit]) -> list[Visit]:
    sought = set(turn.replacements.filter(closed_at=None).values_list("visit_id", flat=True))
    return [visit for visit in visits if visit.pk in sought]


def tell_household(offer: Offer, visits: list[Visit], text: str, *, at: datetime, **more: Any) -> None:
    """By its channel; whom nothing can be sent to stands on the call list."""
    write_home(offer.household, Subject(text, offer.public_id), (offer, visits), at=at, **more)


def write_home(
    household: Household, cause: Subject, about: tuple[Offer | Round, list[Visit]], *, at: datetime, **more: Any
) -> None:
    """This news leaves to a household that can be written to; the text is called as its cause is."""
    person = lookup.told(household)
    if person is None:
        return
    way = reaching.of_people([person])[person.pk]
    if not way.is_call:
        link = links.placeholder(replacements.household_link(household, person, at=at))
        letter = getattr(WRITERS[way.channel], cause.kind)(*about, person, link=link, **more)
        replacements.put(person, way, letter, cause, at=at)


def tell_own_back(turns: Collection[Round], own: Helper, *, by: Actor, at: datetime) -> int:
    """Households that heard that others were sought or came hear, once of each visit, that this own helper comes.

    Returns how often somebody hears it.
    """
    fresh: list[tuple[Round, list[Replacement]]] = []
    said: set[int] = set()
    for turn in turns:
        blocks = [block for block in (_of(own, block) for block in own_back(turn, at=at)) if block]
        written = outbox.written(own_back_cause(block[0]) for block in blocks)
        for block in (block for block in blocks if own_back_cause(block[0]) not in written):
            if not said & {row.visit_id for row in block}:
                fresh.append((turn, block))
                said |= {row.visit_id for row in block}
    for turn, block in fresh:
        visits = [row.visit for row in block]
        write_home(visits[0].household, own_back_cause(block[0]), (turn, visits), at=at)
    if fresh:
        about, count = [own, own.team], len(fresh)
        journal.record(Fact.OWN_HELPER_BACK, about=about, by=by, at=at, params={"count": count})
    return len(fresh)


def _of(helper: Helper, block: list[Replacement]) -> list[Replacement]:
    """Of these visits those to which this helper goes."""
    going = Assignment.objects.standing().filter(helper=helper, visit__in=[row.visit_id for row in block])
    hers = set(going.values_list("visit_id", flat=True))
    return [row for row in block if row.visit_id in hers]


def own_back(turn: Round, *, at: datetime) -> list[list[Replacement]]:
    """The visits ahead that the own helper has again, by household and since when, of those that heard otherwise.

    She may have some of them again sooner than others: who stood in kept those a while.  Each time is news.
    """
    rows = turn.replacements.filter(outcome=Replacement.Outcome.WITHDRAWN, visit__starts_at__gt=at)
    blocks: dict[tuple[int, datetime | None], list[Replacement]] = defaultdict(list)
    for row in rows.select_related("visit__household", "visit__arrangement").order_by("visit__starts_at", "pk"):
        blocks[row.visit.household_id, row.closed_at].append(row)
    found = list(blocks.values())
    heard = _heard(turn, found)
    found = [block for block in found if block[0].visit.household_id in heard]
    known = _known_by_another(turn, found) if found else set()
    return [block for block in found if own_back_cause(block[0]) not in known]


def is_told(block: list[Replacement], call: PhoneCall | None) -> bool:
    """Whether this call told a household that its own helper has these visits again: not one from before that."""
    since = block[0].closed_at
    return call is not None and (since is None or call.made_at >= since)


def _known_by_another(turn: Round, blocks: list[list[Replacement]]) -> set[Subject]:
    """Of which of these blocks a household heard by another search for the same visits.

    There is another when whoever stood in could not come either.  That she was back another time, before, is no news.
    """
    news = {row.visit_id: (block, row.closed_at) for block in blocks for row in block}
    others = Replacement.objects.filter(visit__in=news, outcome=Replacement.Outcome.WITHDRAWN).exclude(round=turn)
    same = [row for row in others if (row.closed_at or turn.opened_at) >= (news[row.visit_id][1] or turn.opened_at)]
    causes = {own_back_cause(row): news[row.visit_id][0] for row in same}
    spoken = PhoneCall.objects.filter(
        about=About.OWN_BACK, outcome=PhoneCall.Outcome.TOLD, round__in=others.values("round")
    )
    told = {call.household_id: call for call in spoken.order_by("pk")} if causes else {}
    known = [causes[cause] for cause in outbox.written(causes)]
    known += [block for block in blocks if is_told(block, told.get(block[0].visit.household_id))]
    return {own_back_cause(block[0]) for block in known}


def own_back_cause(row: Replacement) -> Subject:
    """What a message about the own helper is about."""
    return Subject("own_back", row.public_id)


def _heard(turn: Round, blocks: list[list[Replacement]]) -> set[int]:
    """The households (by number) that were told something of this search."""
    homes = {block[0].visit.household_id for block in blocks}
    offers = dict(turn.offers.filter(household__in=homes).values_list("public_id", "household_id"))
    sought = turn.replacements.filter(visit__household__in=homes).select_related("visit")
    causes = {waiting.cause(row): row.visit.household_id for row in sought}  # it heard of all with the first of them
    causes |= {Subject(kind, ref): home for ref, home in offers.items() for kind in ("covered", "looking_on", "kept")}
    stopped = OutboxMessage.State.CANCELLED
    written = {causes[cause] for cause, message in outbox.states(causes).items() if message.state != stopped}
    spoken = PhoneCall.objects.filter(round=turn, outcome=PhoneCall.Outcome.TOLD, household__in=homes)
    return written | set(spoken.exclude(about__in=TO_HELPER).values_list("household_id", flat=True))
