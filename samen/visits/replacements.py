"""Other hands for a visit: who is asked, who says yes first, and who is told."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Least

from samen.base import clock, journal, links, outbox, texts
from samen.base.journal import Subject
from samen.base.models import Link, OutboxMessage
from samen.base.tenancy import SYSTEM, Actor
from samen.people import asking, lookup, places, reaching
from samen.people.models import Channel, Helper, Household, PairWish, Person
from samen.people.reaching import Way
from samen.visits import fairness, locks, texting, willing, words
from samen.visits.facts import Fact
from samen.visits.models import (
    Absence,
    Assignment,
    Objection,
    Offer,
    OfferVisit,
    Replacement,
    Round,
    Visit,
)

UNDO = timedelta(seconds=20)
# A question that was taken back later, because somebody was first, did reach her.
LEFT = models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gt=models.F("sent_at") + UNDO)
REPLY_TODAY = timedelta(minutes=10)
REPLY_LATER = timedelta(hours=4)
URGENT = timedelta(hours=24)  # what begins sooner goes to the first yes; a period that begins later is chosen for
HOUSEHOLD_LINK_LIVES = timedelta(days=14)
WRITERS: dict[str, Any] = {Channel.EMAIL: words, Channel.SMS: texting}  # the same messages, by each way of sending


class AlreadyTaken(Exception):
    """Somebody else said yes first."""


class PartlyTaken(Exception):
    """Somebody else has one of these visits; of the others she may still say yes."""


class Begun(Exception):
    """The visit has begun, so nobody is booked for it any more."""


class Moved(Exception):
    """A visit of the question is at another time than when she looked at it; she looks once more."""


class NotFree(Exception):
    """The helper has another visit at this time, cannot come herself, or is not with us any more by then."""


class NeverAgain(NotFree):
    """Since she was asked it was said that she never goes to this household again."""


class TooLate(Exception):
    """The questions have left; they can no longer be called back."""


def uncover(absence: Absence, visits: Collection[Visit], *, by: Actor, at: datetime) -> Round:
    """The helper's assignments to these visits end, and a round opens that looks for others."""
    turn = search_of(absence, by=by, at=at)
    uncover_in(turn, visits, at=at)
    return turn


def search_of(absence: Absence, *, by: Actor, at: datetime) -> Round:
    """The round that looks for others during this absence."""
    opened = {"team": absence.helper.team, "opened_by_kind": by.kind, "opened_by_ref": by.ref, "opened_at": at}
    return Round.objects.get_or_create(absence=absence, undone_at=None, defaults=opened)[0]


def uncover_in(turn: Round, visits: Collection[Visit], *, at: datetime) -> None:
    """The absent helper's assignments to these visits end, and this round of hers looks for others."""
    absence = the_absence(turn)
    hers = Assignment.objects.standing().filter(visit__in=[visit.pk for visit in visits], helper=absence.helper)
    without = set(hers.values_list("visit_id", flat=True))  # the visits are locked, so these are the ones that end
    hers.update(ended_at=at, ended_by_kind="absence", ended_by_ref=absence.public_id)
    _seek(turn, without, at=at)


def the_absence(turn: Round) -> Absence:
    """The absence for which this round looks for others."""
    found: Absence | None = turn.absence
    if found is None:
        raise LookupError("this round was opened by a colleague, for no absence")
    return found


def _seek(turn: Round, visits: Collection[int], *, at: datetime) -> None:
    """These visits (by number) wait for somebody in this round, also those that were settled in it before.

    Where the own helper had them again meanwhile it is a new search, of which nobody heard yet.
    """
    again = turn.replacements.filter(visit__in=visits)
    known = set(again.values_list("visit_id", flat=True))
    for row in again.filter(outcome=Replacement.Outcome.WITHDRAWN):
        row.public_id, row.created_at = uuid.uuid4(), at
        row.save(update_fields=["public_id", "created_at"])
    again.update(closed_at=None, outcome="")
    Replacement.objects.bulk_create(Replacement(round=turn, visit_id=number) for number in sorted(set(visits) - known))


def give_back(turn: Round, helper: Helper, *, at: datetime) -> None:
    """The helper has her visits of this round again, where nobody else has them.

    For which she is absent all the same waits in the round of that absence; where she goes elsewhere by now waits here.
    """
    rows = list(turn.replacements.filter(closed_at=None).select_related("visit").order_by("pk"))
    visits = [row.visit for row in rows]
    had, away, free = _had(helper, visits), _away(helper, visits), set(_free(visits))
    for row in rows:
        absence = next((one for one in away if one.meets(row.visit)), None)
        if row.visit in free and absence is not None:
            _seek(search_of(absence, by=SYSTEM, at=at), [row.visit_id], at=at)
        elif row.visit in free and not _has_again(row.visit, helper, had.get(row.visit_id)):
            continue
        row.closed_at, row.outcome = at, Replacement.Outcome.WITHDRAWN
        row.save(update_fields=["closed_at", "outcome"])
    if not turn.replacements.filter(closed_at=None).exists():
        turn.undone_at = at
        turn.save(update_fields=["undone_at"])


def hand_back(helper: Helper, *, since: datetime, at: datetime) -> list[Round]:
    """The helper has her visits from this moment again where nobody else has them, unless she cannot or goes elsewhere.

    Returns the rounds that need not look for anybody to these visits any more.
    """
    visits = _ahead_of(lost(helper), since)
    had, away, free = _had(helper, visits), _away(helper, visits), set(_free(visits))
    back, turns = [], set()
    for visit in (one for one in visits if one in free and not any(absence.meets(one) for absence in away)):
        offer = had.get(visit.pk)
        if _has_again(visit, helper, offer):
            turns |= _looks_no_more(visit, but=offer, at=at)
            back.append(visit)
    if back:
        _thank_others(back, at=at)
    return list(Round.objects.filter(pk__in=turns).order_by("pk"))


def lost(helper: Helper) -> models.QuerySet[Replacement]:
    """What is sought that this helper had until she could not come: her own visits, and where she stood in."""
    hers = Assignment.objects.filter(visit=models.OuterRef("visit"), helper=helper).order_by("-pk")
    last = models.Subquery(hers.values("ended_by_kind")[:1])
    return Replacement.objects.filter(closed_at=None, round__undone_at=None).alias(last=last).filter(last="absence")


def _ahead_of(rows: models.QuerySet[Replacement], since: datetime) -> list[Visit]:
    sought = rows.filter(visit__starts_at__gte=since, visit__cancelled_at=None)
    return list(Visit.objects.filter(pk__in=sought.values("visit")).order_by("pk"))


def _looks_no_more(visit: Visit, *, but: Offer | None, at: datetime) -> set[int]:
    """Whoever had this visit has it again, so nobody is sought; the round of the yes by which she stood in keeps it.

    Returns the rounds (by number) that looked for somebody, or had found one who could not come either.
    """
    found = models.Q(closed_at=None) | models.Q(outcome=Replacement.Outcome.COVERED)
    rows = Replacement.objects.filter(found, visit=visit, round__undone_at=None)
    if but is not None:
        rows = rows.exclude(round=but.round_id)
    turns = set(rows.values_list("round_id", flat=True))
    rows.update(closed_at=at, outcome=Replacement.Outcome.WITHDRAWN)
    return turns


def _had(helper: Helper, visits: Collection[Visit]) -> dict[int, Offer | None]:
    """By which yes she had each of these visits (by number) until she could not come; None where it is her own."""
    hers = Assignment.objects.filter(helper=helper, visit__in=visits, ended_by_kind="absence")
    return {row.visit_id: row.from_offer for row in hers.select_related("from_offer").order_by("pk")}


def _away(helper: Helper, visits: Collection[Visit]) -> list[Absence]:
    """Her absences that stand and may meet these visits."""
    if not visits:
        return []
    first, last = min(visit.starts_at for visit in visits), max(visit.ends_at for visit in visits)
    return list(Absence.objects.filter(helper=helper).meeting(first, last).order_by("pk"))


def _has_again(visit: Visit, helper: Helper, offer: Offer | None) -> bool:
    """Whether she goes again; not by a yes that was called off while she was away."""
    if offer is not None and offer.withdrawn_at is not None:
        return False
    try:
        with transaction.atomic():
            _assign(visit, helper, offer=offer)
    except IntegrityError:
        return False
    return True


def join(absence: Absence, visit: Visit) -> None:
    """A visit to which nobody goes, during an absence of which the end is known, is sought for with the others."""
    turn = absence.rounds.filter(undone_at=None).order_by("-pk").first()
    if turn is None or absence.expected_until is None:
        return
    row, fresh = Replacement.objects.get_or_create(round=turn, visit=visit)
    if not fresh and row.closed_at is not None:
        row.closed_at, row.outcome = None, ""
        row.save(update_fields=["closed_at", "outcome"])


def drop(visits: Collection[Visit], *, at: datetime) -> None:
    """Nobody comes to these visits, so nobody is sought; who was asked for nothing else hears the thanks."""
    numbers = [visit.pk for visit in visits]
    sought = Replacement.objects.filter(visit__in=numbers, closed_at=None)
    sought.update(closed_at=at, outcome=Replacement.Outcome.PASSED)
    asked = set(OfferVisit.objects.filter(visit__in=numbers).values_list("visit_id", flat=True))
    if asked:
        _thank_others([visit for visit in visits if visit.pk in asked], at=at)


def _assign(visit: Visit, helper: Helper, *, offer: Offer | None) -> Assignment:
    assignment = _assignment(visit, helper, offer)
    assignment.save(force_insert=True)
    return assignment


def _assignment(visit: Visit, helper: Helper, offer: Offer | None) -> Assignment:
    return Assignment(visit=visit, helper=helper, starts_at=visit.starts_at, ends_at=visit.ends_at, from_offer=offer)


@dataclass(frozen=True)
class Ask:
    """One helper is asked for one visit of a round, for these reasons (kept with the offer)."""

    replacement: int
    helper: int
    travel_minutes: int | None
    reasons: tuple[Mapping[str, Any], ...]
    beyond: bool = False  # beyond what is fair in a week: a colleague says that it must be her


Question = tuple[Offer, list[Visit]]  # what somebody is asked, and about which visits
Block = tuple[int, int, int]  # the numbers of a round, a household and a helper


def send(turn: Round, asks: Iterable[Ask], *, by: Actor, at: datetime) -> list[Offer]:
    """Everybody asked gets one message with a question per household, which leaves when the undo delay is over.

    Nobody is asked for a visit that has begun, nor for what others were asked just now and may still answer: sent twice
    by two hands at once, it is sent once.  When the time to answer has passed or all said no, others are a next wave.
    """
    return send_together({turn: list(asks)}, by=by, at=at) or list(turn.offers.filter(withdrawn_at=None))


def send_together(asked: Mapping[Round, Collection[Ask]], *, by: Actor, at: datetime) -> list[Offer]:
    """The questions of several rounds of one team leave at once, and nobody gets more than one message.

    Who is asked about more households than one reads all of it in that message, and answers each by itself.
    """
    fresh = _ask({turn.pk: asks for turn, asks in asked.items()}, by=by, at=at)
    ways = reaching.of_helpers({offer.helper for offer, _ in fresh})
    by_helper: dict[int, list[Question]] = defaultdict(list)
    for question in fresh:
        by_helper[question[0].helper_id].append(question)
    for helper, questions in by_helper.items():
        if len(questions) > 1:
            _questions(questions, ways[helper], at=at)
    _put_questions([questions[0] for questions in by_helper.values() if len(questions) == 1], ways, at=at)
    return [offer for offer, _ in fresh]


def _ask(wanted: Mapping[int, Collection[Ask]], *, by: Actor, at: datetime) -> list[Question]:
    """These questions (by the number of their round) stand; their messages are still to be written."""
    locks.visits(Replacement.objects.filter(round__in=wanted).values_list("visit_id", flat=True))
    standing = Round.objects.select_for_update(of=("self",)).filter(pk__in=wanted, undone_at=None)
    turns = {turn.pk: turn for turn in standing.select_related("team", "absence__helper").order_by("pk")}
    open_rows = _not_asked_for({number: wanted[number] for number in turns}, at=at)
    blocks = _allowed(open_rows, at=at)
    helpers = Helper.objects.select_related("person").in_bulk({helper for _, _, helper in blocks})
    waves = _waves(turns)
    fresh = []
    for (number, _, helper), block in blocks.items():
        visits = [visit for _, visit in block]
        offer = _offer(turns[number], visits, [one for one, _ in block], helpers[helper], waves[number] + 1, at=at)
        fresh.append((offer, visits))
    for turn in turns.values():
        _note_sent(turn, [offer for offer, _ in fresh if offer.round_id == turn.pk], by=by, at=at)
    return fresh


def _not_asked_for(wanted: Mapping[int, Collection[Ask]], *, at: datetime) -> dict[Block, list[tuple[Ask, Visit]]]:
    """What may be asked now, by block: nobody has the visit, nobody may still answer, and she was not asked before.

    Nor is she asked for another visit of a household after a no in this round, of hers or theirs, a moment ago maybe.
    """
    over = refused(wanted)
    standing = Offer.objects.filter(round__in=wanted, withdrawn_at=None).prefetch_related("visits")
    inside = [(offer, one.visit_id) for offer in standing for one in offer.visits.all()]
    waiting = {(offer.round_id, visit) for offer, visit in inside if not offer.answer and offer.reply_by > at}
    asked = {(offer.round_id, visit, offer.helper_id) for offer, visit in inside}
    still = Replacement.objects.filter(round__in=wanted, closed_at=None, visit__starts_at__gt=at)
    rows = still.select_related("visit__household").prefetch_related(places.along("visit__household"))
    left = {row.pk: row for row in rows if (row.round_id, row.visit_id) not in waiting}
    blocks: dict[Block, list[tuple[Ask, Visit]]] = defaultdict(list)
    for ask in (ask for asks in wanted.values() for ask in asks):
        row = left.get(ask.replacement)
        if row is not None and (row.round_id, row.visit_id, ask.helper) not in asked:
            blocks[row.round_id, row.visit.household_id, ask.helper].append((ask, row.visit))
    return {key: block for key, block in blocks.items() if key not in over}


def refused(turns: Collection[int | Round]) -> set[Block]:
    """In each of these rounds the household and the helper (all by number) of whom one would not have the other.

    She said no to it, or it would rather not have her and a colleague looked for somebody else.
    """
    no = models.Q(answer=Offer.Answer.NO) | models.Q(objections__decision=Objection.Decision.LOOK)
    return set(Offer.objects.filter(no, round__in=turns).values_list("round_id", "household_id", "helper_id"))


def _waves(turns: Iterable[int]) -> dict[int, int]:
    """The last wave of each of these rounds (by number)."""
    last = Offer.objects.filter(round__in=list(turns)).order_by().values_list("round_id")
    return defaultdict(int, dict(last.annotate(last=models.Max("wave"))))


def _note_sent(turn: Round, offers: list[Offer], *, by: Actor, at: datetime) -> None:
    """These questions of a round are on their way; a team whose helper is asked by another hears so too."""
    if not offers:
        return
    turn.sent_at, turn.send_after = at, at + UNDO
    turn.save(update_fields=["sent_at", "send_after"])
    lenders = {offer.helper.team_id: offer.helper.team for offer in offers if offer.helper.team_id != turn.team_id}
    about = [turn, turn.team, *([turn.absence.helper] if turn.absence else []), *lenders.values()]
    journal.record(Fact.OFFERS_SENT, about=about, by=by, at=at, params={"count": len(offers)})


def _allowed(blocks: Mapping[Block, list[tuple[Ask, Visit]]], *, at: datetime) -> dict[Block, list[tuple[Ask, Visit]]]:
    """Nobody is asked oftener in a week than she allows: of several questions at once she gets as many as are left.

    Who said no number is not asked oftener than is fair, unless for today or because a colleague says it must be her.
    """
    helpers = {helper for _, _, helper in blocks}
    hers, fair = asking.per_week(helpers), fairness.at_most()
    rows = Offer.objects.filter(LEFT, helper__in=helpers, sent_at__gte=asking.monday(at))
    asked = Counter(rows.values_list("helper_id", flat=True))
    allowed = {}
    for key, block in sorted(blocks.items(), key=lambda one: (not _goes_beyond(one[1], at), one[0])):
        most = hers.get(key[2], None if _goes_beyond(block, at) else fair)
        if most is None or asked[key[2]] < most:
            asked[key[2]] += 1
            allowed[key] = block
    return allowed


def _goes_beyond(block: list[tuple[Ask, Visit]], at: datetime) -> bool:
    """Whether this question need not be fair: it is about today, or a colleague says that it must be her."""
    today = at.astimezone(clock.HOME).date()
    return any(ask.beyond or visit.local_date <= today for ask, visit in block)


def _offer(turn: Round, visits: list[Visit], asks: list[Ask], helper: Helper, wave: int, *, at: datetime) -> Offer:
    first = min(visit.starts_at for visit in visits)
    today = first.astimezone(clock.HOME).date() == at.astimezone(clock.HOME).date()
    offer = Offer.objects.create(
        round=turn,
        household=visits[0].household,
        helper=helper,
        lent_by_id=helper.team_id if helper.team_id != turn.team_id else None,
        wave=wave,
        channel=Channel.PHONE,
        rule=_rule(visits, at),
        reply_by=min(first, at + UNDO + (REPLY_TODAY if today else REPLY_LATER)),
        sent_at=at,
        reasons={"travel_minutes": asks[0].travel_minutes, "parts": [dict(part) for part in asks[0].reasons]},
    )
    OfferVisit.objects.bulk_create(OfferVisit(offer=offer, visit=visit) for visit in visits)
    return offer


def _rule(visits: list[Visit], at: datetime) -> str:
    """A period of visits that does not begin at once is worth a choice; anything else goes to the first yes."""
    begins = min(visit.starts_at for visit in visits)
    return Offer.Rule.CHOOSE if len(visits) > 1 and begins > at + URGENT else Offer.Rule.FIRST_YES


def _put_questions(questions: Sequence[Question], ways: Mapping[int, Way], *, at: datetime) -> None:
    """Each question leaves by the way of its helper; who cannot be written to stands on the call list."""
    leaving: dict[str, list[Offer]] = defaultdict(list)
    put_now = []
    for (offer, visits), link in zip(questions, _answering(questions), strict=True):
        way = ways[offer.helper_id]
        if not way.is_call:
            letter = WRITERS[way.channel].offer(offer, visits, link=links.placeholder(link))
            put_now.append(_word(offer.helper.person, way, letter, Subject.of(offer)))
            leaving[way.channel].append(offer)
    for channel, offers in leaving.items():
        _by_channel(offers, channel)
    outbox.put_all(put_now, at=at, undo=UNDO)


def _questions(questions: Sequence[Question], way: Way, *, at: datetime) -> None:
    """Several questions to one helper leave in one message, the soonest first."""
    ordered = sorted(questions, key=lambda one: (one[1][0].starts_at, one[0].pk))
    made = _answering(ordered)
    linked = [(*one, links.placeholder(link)) for one, link in zip(ordered, made, strict=True)]
    if not way.is_call:
        _by_channel([offer for offer, _ in ordered], way.channel)
        person = ordered[0][0].helper.person
        letter = WRITERS[way.channel].offers(linked)
        first = min((offer for offer, _ in ordered), key=lambda offer: offer.pk)
        put(person, way, letter, _together(first), at=at, undo=UNDO)


def _answering(questions: Sequence[Question]) -> list[Link]:
    """By which each of these helpers answers her question."""
    return links.make_all(
        [
            links.Entrance(
                purpose=Link.Purpose.OFFER,
                person=offer.helper.person.public_id,
                about=Subject.of(offer),
                expires_at=max(visit.ends_at for visit in visits),
            )
            for offer, visits in questions
        ]
    )


def _by_channel(offers: Collection[Offer], channel: str) -> None:
    for offer in offers:
        offer.channel = channel
    Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(channel=channel)


def _together(first: Offer) -> Subject:
    """What a message with several questions is about: the first of them stands for all."""
    return Subject("offers", first.public_id)


def letters(offers: Collection[Offer], *, due_by: datetime | None = None) -> dict[int, OutboxMessage]:
    """By offer (its number) the message with its question: one of its own, or the one that it shares with others.

    What is at hand of each message is said at `outbox.states`.
    """
    asked = [offer for offer in offers if offer.sent_at is not None]
    written = outbox.states([about for one in asked for about in (Subject.of(one), _together(one))], due_by=due_by)
    found = {one.pk: written[Subject.of(one)] for one in asked if Subject.of(one) in written}
    shared = {_moment(one): written[_together(one)] for one in asked if _together(one) in written}
    sent = [one for one in asked if one.channel != Channel.PHONE]
    found = {one.pk: shared[_moment(one)] for one in sent if _moment(one) in shared} | found
    if left := [one for one in sent if one.pk not in found]:
        firsts = {one.pk: _together(group[0]) for group in _left_together(left) for one in group}
        more = outbox.states(firsts.values(), due_by=due_by)
        found |= {one.pk: more[firsts[one.pk]] for one in left if firsts.get(one.pk) in more}
    return found


def _moment(offer: Offer) -> tuple[int, datetime | None]:
    """All that a helper is asked at one moment leaves together."""
    return offer.helper_id, offer.sent_at


def asked_in(causes: Collection[Subject]) -> list[Offer]:
    """The questions that are in the messages about these, by number."""
    refs = {kind: {about.ref for about in causes if about.kind == kind} for kind in ("offer", "offers")}
    first = Offer.objects.filter(public_id__in=refs["offers"]) if refs["offers"] else ()
    found = {one.pk for group in _left_together(first) for one in group}
    if not (found or refs["offer"]):
        return []
    rows = Offer.objects.filter(models.Q(pk__in=found) | models.Q(public_id__in=refs["offer"]))
    return list(rows.select_related("helper__person", "household", "round__team").order_by("pk"))


def _left_together(offers: Iterable[Offer]) -> list[list[Offer]]:
    """All that each of their helpers was asked at the same moment, in the order in which it was made."""
    moments = {(offer.helper_id, offer.sent_at) for offer in offers if offer.sent_at is not None}
    if not moments:
        return []
    helpers, times = {helper for helper, _ in moments}, {moment for _, moment in moments}
    rows = Offer.objects.filter(helper__in=helpers, sent_at__in=times).exclude(channel=Channel.PHONE)
    found: dict[tuple[int, datetime | None], list[Offer]] = defaultdict(list)
    for offer in rows.select_related("helper__person", "household", "round__team").order_by("pk"):
        found[offer.helper_id, offer.sent_at].append(offer)
    return [group for moment, group in found.items() if moment in moments]


def stop(offers: Collection[Offer], *, at: datetime) -> set[int]:
    """The messages with these questions do not leave, if they have not left; returns the questions (by number) stopped.

    What was to leave in one message with them leaves by itself.
    """
    if not offers:
        return set()
    groups = _left_together(offers)
    carried = {offer.pk: _together(group[0]) for group in groups for offer in group}
    outbox.cancel({Subject.of(offer) for offer in offers} | set(carried.values()))
    cancelled = {
        number
        for number, message in letters([one for group in groups for one in group]).items()
        if message.state == OutboxMessage.State.CANCELLED
    }
    stopped = {offer.pk for offer in offers}
    left = [one for group in groups for one in group if one.pk in cancelled - stopped]
    ways = reaching.of_helpers({offer.helper for offer in left})
    for offer in left:
        if offer.withdrawn_at is None and not offer.answer:
            visits = [one.visit for one in offer.visits.select_related("visit").order_by("visit__starts_at")]
            _put_questions([(offer, visits)], ways, at=offer.sent_at or at)
    return stopped & cancelled


def ring(turn: Round, asks: Sequence[Ask], *, at: datetime) -> Offer:
    """One helper is asked by telephone about one household: the question stands, and nothing leaves.

    Asked before in this round, it is that question.  Raises `AlreadyTaken` when nothing is left to ask, `Begun` when
    what is left has begun.
    """
    locks.visits(turn.replacements.values_list("visit_id", flat=True))
    turn = Round.objects.select_for_update().get(pk=turn.pk)
    rows = {row.pk: row for row in turn.replacements.filter(closed_at=None).select_related("visit__household")}
    left = [ask for ask in asks if ask.replacement in rows]
    if not left or turn.undone_at is not None:
        raise AlreadyTaken(AlreadyTaken.__doc__)
    visits = _ahead([rows[ask.replacement].visit for ask in left], at=at)
    block = [ask for ask in left if rows[ask.replacement].visit in visits]
    before = turn.offers.filter(helper=block[0].helper, withdrawn_at=None, visits__visit__in=visits)
    offer = before.order_by("-pk").first()
    if offer is None:
        wave = (turn.offers.aggregate(last=models.Max("wave"))["last"] or 0) + 1
        helper = Helper.objects.select_related("person").get(pk=block[0].helper)
        offer = _offer(turn, visits, block, helper, wave, at=at)
    return offer


def undo(turn: Round, *, by: Actor, at: datetime) -> None:
    """The questions of this round do not leave.  Raises `TooLate` once the first has left."""
    undo_together([turn], by=by, at=at)


def undo_together(turns: Collection[Round], *, by: Actor, at: datetime) -> None:
    """The questions last sent of these rounds do not leave.  Raises `TooLate`, and nothing changes, once one has."""
    numbers = [turn.pk for turn in turns]
    locks.visits(Replacement.objects.filter(round__in=numbers).values_list("visit_id", flat=True))
    locked = Round.objects.select_for_update(of=("self",)).select_related("team").filter(pk__in=numbers)
    held = list(locked.order_by("pk"))
    waves: dict[int, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.filter(round__in=numbers, withdrawn_at=None).order_by("wave", "pk"):
        if waves[offer.round_id] and waves[offer.round_id][-1].wave < offer.wave:
            waves[offer.round_id].clear()
        waves[offer.round_id].append(offer)
    offers = [offer for wave in waves.values() for offer in wave]
    written = {offer.pk for offer in offers if offer.channel != Channel.PHONE}
    with transaction.atomic():
        stopped = stop([offer for offer in offers if offer.pk in written], at=at)
        if stopped < written or any(offer.answer for offer in offers):
            raise TooLate(TooLate.__doc__)
        in_time = Least(models.Value(at), models.F("sent_at") + UNDO)  # nothing had left, so nobody was asked
        Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(withdrawn_at=in_time)
        for turn in (turn for turn in held if waves.get(turn.pk)):
            turn.sent_at = turn.offers.filter(withdrawn_at=None).aggregate(last=models.Max("sent_at"))["last"]
            turn.send_after = turn.sent_at + UNDO if turn.sent_at else None
            turn.save(update_fields=["sent_at", "send_after"])
            journal.record(Fact.OFFERS_UNDONE, about=[turn, turn.team], by=by, at=at)


def times_of(offer: Offer) -> str:
    """When the visits of a question are, as a page carries it along."""
    rows = offer.visits.order_by("visit_id").values_list("visit_id", "visit__starts_at", "visit__ends_at")
    when = "|".join(f"{visit} {start.timestamp()} {end.timestamp()}" for visit, start, end in rows)
    return str(uuid.uuid5(offer.public_id, when))


def accept(offer: Offer, *, by: Actor, at: datetime, left_out: Collection[uuid.UUID] = (), times: str = "") -> Offer:
    """The helper says yes to the visits of this offer that are still to come, but for those left out.

    Raises `Moved` when they are not at the `times` at which she saw them.

    What is urgent she has: the others who were asked are thanked, the household is told.  For a period she waits for
    the coordinator, who chooses.  Raises `Begun` when none is still to come, `AlreadyTaken` when somebody was first or
    the question was called back, `PartlyTaken` when that is so of one of her visits, `NotFree` when she has another
    visit then or is absent herself.  Said twice, it is said once.
    """
    if offer.withdrawn_at is not None:
        raise AlreadyTaken(AlreadyTaken.__doc__)  # for good, so that latecomers wait for no lock
    offer, visits = _held(offer)
    if offer.answer == Offer.Answer.YES:
        return offer
    if times and times != times_of(offer):
        raise Moved(Moved.__doc__)
    wanted = _ahead([visit for visit in visits if visit.public_id not in left_out], at=at)
    free = _free(wanted)
    if not free:
        raise AlreadyTaken(AlreadyTaken.__doc__)
    if len(free) < len(wanted):
        raise PartlyTaken(PartlyTaken.__doc__)
    _check_present(offer.helper, free)
    _check_wanted(offer, free)
    offer.answer, offer.answered_at = Offer.Answer.YES, at
    if offer.rule == Offer.Rule.FIRST_YES:
        return _go(offer, free, by=by, at=at)
    _settle_on(offer, free)
    offer.save(update_fields=["answer", "answered_at"])
    journal.record(Fact.OFFER_WILLING, about=[offer, offer.helper, offer.household, offer.round.team], by=by, at=at)
    return offer


def choose(offer: Offer, *, by: Actor, at: datetime) -> Offer:
    """Of those who said yes this helper goes to what she can still do: the others are thanked, all of them are told.

    What she cannot do any more goes on looking for somebody.  Raises `Begun` and `AlreadyTaken` when nothing of it is
    left, `NotFree` when she can do nothing of it any more.
    """
    offer, visits = _held(offer)
    if offer.goes:
        return offer
    left_out = set(offer.visits.filter(left_out=True).values_list("visit_id", flat=True))
    free = _free(_ahead([visit for visit in visits if visit.pk not in left_out], at=at))
    if not free or not offer.is_willing:
        raise AlreadyTaken(AlreadyTaken.__doc__)
    _check_wanted(offer, free)
    keeps = willing.kept([offer], {visit.pk: visit for visit in free})
    able = [visit for visit in free if (offer.pk, visit.pk) not in keeps]
    if not able:
        raise NotFree(NotFree.__doc__)
    offer = _go(offer, able, by=by, at=at)
    _tell_chosen(offer, able, at=at)
    return offer


def _held(offer: Offer) -> tuple[Offer, list[Visit]]:
    """The offer as it is now, and its visits that stand, with everything locked that a yes touches."""
    numbers = set(offer.visits.values_list("visit_id", flat=True))
    locked = locks.visits(_touched(numbers))
    locks.helpers([offer.helper_id])
    offer = Offer.objects.select_related("round__team", "helper__person", "household").get(pk=offer.pk)
    if offer.withdrawn_at is not None or offer.round.undone_at is not None:
        raise AlreadyTaken(AlreadyTaken.__doc__)
    return offer, [visit for visit in locked if visit.pk in numbers and visit.cancelled_at is None]


def _ahead(visits: list[Visit], *, at: datetime) -> list[Visit]:
    """Those that begin later; raises `Begun` when all have begun."""
    ahead = [visit for visit in visits if visit.starts_at > at]
    if visits and not ahead:
        raise Begun(Begun.__doc__)
    return ahead


def _free(visits: list[Visit]) -> list[Visit]:
    """Those to which nobody goes."""
    taken = set(Assignment.objects.standing().filter(visit__in=visits).values_list("visit_id", flat=True))
    return [visit for visit in visits if visit.pk not in taken]


def _go(offer: Offer, visits: list[Visit], *, by: Actor, at: datetime) -> Offer:
    """She has these visits: the others are thanked, the household is told."""
    _book(offer, visits)
    _settle_on(offer, visits)
    offer.chosen_at = at
    offer.save(update_fields=["answer", "answered_at", "chosen_at"])
    Replacement.objects.filter(visit__in=visits, closed_at=None).update(
        closed_at=at, outcome=Replacement.Outcome.COVERED
    )
    _thank_others(visits, at=at)
    _tell_household(offer, visits, at=at)
    about = [offer, offer.helper, offer.household, offer.round.team, *visits]
    journal.record(Fact.REPLACEMENT_CONFIRMED, about=about, by=by, at=at)
    return offer


def _settle_on(offer: Offer, visits: list[Visit]) -> None:
    """Her yes holds for these visits, at the time at which she knows them, and for no others of the question."""
    offer.visits.exclude(visit__in=visits).update(left_out=True)
    when = {
        name: Visit.objects.filter(pk=models.OuterRef("visit")).values(name)[:1] for name in ("starts_at", "ends_at")
    }
    known = {"known_start": when["starts_at"], "known_end": when["ends_at"], "changed_at": None}
    offer.visits.filter(visit__in=visits).update(**known)


def _tell_chosen(offer: Offer, visits: list[Visit], *, at: datetime) -> None:
    way = reaching.of_helpers([offer.helper])[offer.helper_id]
    if not way.is_call:
        letter = WRITERS[way.channel].chosen(offer, visits)
        put(offer.helper.person, way, letter, Subject("chosen", offer.public_id), at=at)


def _check_present(helper: Helper, visits: list[Visit]) -> None:
    """Raises `NotFree` when she is absent at one of these visits or no longer with us; between them she may be away."""
    last = max(visit.local_date for visit in visits)
    gone = helper.until_date is not None and last >= helper.until_date
    if gone or any(absence.meets(visit) for absence in _away(helper, visits) for visit in visits):
        raise NotFree(NotFree.__doc__)


def _check_wanted(offer: Offer, visits: list[Visit]) -> None:
    """Raises `NeverAgain` when that was said of her and this household since she was asked."""
    said = PairWish.objects.filter(helper=offer.helper, household=offer.household, strength=PairWish.Strength.NEVER)
    first = min(visit.local_date for visit in visits)
    if said.filter(models.Q(until=None) | models.Q(until__gte=first)).exists():
        raise NeverAgain(NeverAgain.__doc__)


def _book(offer: Offer, visits: list[Visit]) -> None:
    """The constraints decide: one helper per seat, and nobody in two places."""
    try:
        with transaction.atomic():
            Assignment.objects.bulk_create(_assignment(visit, offer.helper, offer) for visit in visits)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint == "one_helper_per_seat":
            raise AlreadyTaken(AlreadyTaken.__doc__) from error
        if constraint == "helper_not_double_booked":
            raise NotFree(NotFree.__doc__) from error
        raise


def _touched(numbers: set[int]) -> set[int]:
    """These visits and all that are asked about together with one of them.

    Two who take the two visits of one question at the same moment wait for each other, so that the second sees that
    nothing is left of the question.
    """
    questions = OfferVisit.objects.filter(offer__visits__visit__in=numbers, offer__withdrawn_at=None, offer__answer="")
    return numbers | set(questions.values_list("visit_id", flat=True))


def _thank_others(visits: list[Visit], *, at: datetime) -> None:
    """Open offers of which nothing is left are withdrawn; who has heard the question hears the thanks."""
    waits = models.Q(answer="") | models.Q(answer=Offer.Answer.YES, rule=Offer.Rule.CHOOSE, chosen_at=None)
    others = Offer.objects.filter(waits, visits__visit__in=visits, withdrawn_at=None)
    rest = OfferVisit.objects.filter(offer__in=others).exclude(visit__in=visits).exclude(models.Exists(_who_goes()))
    rest = rest.filter(visit__cancelled_at=None, left_out=False)
    with_rest = set(rest.values_list("offer_id", flat=True))
    found = others.select_related("helper__person", "household", "round__team").distinct().order_by("pk")
    over = [other for other in found if other.pk not in with_rest]
    if not over:
        return
    Offer.objects.filter(pk__in=[other.pk for other in over]).update(withdrawn_at=at)
    stop(over, at=at)
    messages = letters(over)
    ways = reaching.of_helpers([other.helper for other in over])
    thanks = []
    for other in over:
        message, way = messages.get(other.pk), ways[other.helper_id]
        if message is not None and message.state != OutboxMessage.State.CANCELLED and not way.is_call:
            letter = WRITERS[way.channel].thanks(other, visits)
            thanks.append(_word(other.helper.person, way, letter, Subject("offer_taken", other.public_id)))
    outbox.put_all(thanks, at=at)


def _who_goes() -> models.QuerySet[Assignment]:
    return Assignment.objects.standing().filter(visit=models.OuterRef("visit"))


def _tell_household(offer: Offer, visits: list[Visit], *, at: datetime) -> None:
    """By the channel of who is told there; whom nothing can be sent stands on the call list."""
    person = lookup.told(offer.household)
    if person is None:
        return
    way = reaching.of_people([person])[person.pk]
    if not way.is_call:
        link = household_link(offer.household, person, at=at)
        letter = WRITERS[way.channel].covered(offer, visits, person, link=links.placeholder(link))
        put(person, way, letter, Subject("covered", offer.public_id), at=at)


def household_link(household: Household, person: Person, *, at: datetime) -> Link:
    """The household's own page, for this person of it."""
    return links.make(
        purpose=Link.Purpose.HOUSEHOLD,
        person=person.public_id,
        about=Subject.of(household),
        expires_at=at + HOUSEHOLD_LINK_LIVES,
    )


def put(
    person: Person, way: Way, letter: texts.Letter, cause: Subject, *, at: datetime, undo: timedelta = timedelta(0)
) -> None:
    """This message leaves to this person by this way."""
    outbox.put_all([_word(person, way, letter, cause)], at=at, undo=undo)


def _word(person: Person, way: Way, letter: texts.Letter, cause: Subject) -> outbox.Word:
    return outbox.Word(cause, person.public_id, way.address, letter.subject, letter.body, way.channel)


def decline(offer: Offer, *, by: Actor, at: datetime) -> Offer:
    """The helper cannot go this time; nobody asks why.  Who has the visits by her yes has them still."""
    locks.visits(offer.visits.values_list("visit_id", flat=True))
    offer = Offer.objects.select_related("round__team", "helper__person", "household").get(pk=offer.pk)
    if offer.goes or offer.answer == Offer.Answer.NO or offer.withdrawn_at is not None:
        return offer
    offer.answer, offer.answered_at = Offer.Answer.NO, at
    offer.save(update_fields=["answer", "answered_at"])
    journal.record(Fact.OFFER_DECLINED, about=[offer, offer.helper, offer.household, offer.round.team], by=by, at=at)
    return offer


def confirm_seen(household: Household, *, by: Actor, at: datetime) -> int:
    """The household has seen who comes in the visits ahead; returns how many replacements that were."""
    rows = Replacement.objects.filter(
        visit__household=household,
        visit__starts_at__gt=at,
        outcome=Replacement.Outcome.COVERED,
        seen_at=None,
    )
    seen = rows.update(seen_at=at)
    if seen:
        journal.record(Fact.REPLACEMENT_SEEN, about=[household, household.team], by=by, at=at)
    return seen
