"""One search as a desk has it before it: its visits, who was asked, who could go, and how far word came."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from samen.base import clock, outbox
from samen.base.journal import Subject
from samen.base.models import Delivery, OutboxMessage
from samen.desk.sitting import Desk
from samen.people import places
from samen.people.models import Helper
from samen.visits import (
    altered,
    cancellations,
    held,
    objections,
    overrides,
    planning,
    replacements,
    waiting,
    willing,
    words,
)
from samen.visits.models import About, Assignment, Objection, Offer, OfferVisit, PhoneCall, Replacement, Round
from samen.visits.overrides import Warned
from samen.visits.replacements import Ask

SHOWN = 6  # of those who could go to a visit: how many a page names
THANKED = ("offer_taken", "question_back")  # what she hears who was asked and need not go
TURNED = ("chosen", "called_off", *THANKED, "kept", "looking_on", "skipped")  # what is said of an offer later
HURRY = timedelta(seconds=60)  # a message that should have left so long ago needs a hand


@dataclass(frozen=True)
class Search:
    """Everything about one round, read once and by number: what was asked, who could go, what each household wants.

    What was before today is left out while anything is still to come: `over` says how many visits that are.
    """

    desk: Desk
    turn: Round
    rows: list[Replacement]
    offers: Mapping[int, list[Offer]]
    proposal: planning.Proposal
    helpers: Mapping[int, Helper]
    messages: Mapping[Subject, OutboxMessage]
    told: Mapping[tuple[str, int], PhoneCall]
    objections: Mapping[int, Objection]
    kept: Mapping[tuple[int, int], willing.Kept]  # by offer and visit: what keeps somebody who said yes
    waves: int  # in how many waves somebody was asked, of all its days
    over: int

    @property
    def rankings(self) -> Mapping[int, Any]:
        """For each visit (by number) that waits: who could go, best first, and who cannot."""
        return self.proposal.rankings

    @property
    def wants(self) -> Mapping[int, str]:
        """What each household (by number) said that it wants at an absence of this kind."""
        return self.proposal.wants

    @property
    def all_offers(self) -> list[Offer]:
        """Every offer once, in the order in which they were made."""
        found = {offer.pk: offer for of_visit in self.offers.values() for offer in of_visit}
        return [found[number] for number in sorted(found)]

    def is_unasked(self, row: Replacement) -> bool:
        """Whether the household of this visit wants nobody else."""
        return self.wants.get(row.visit.household_id) in planning.NOBODY_ELSE

    def rings_first(self, household: int) -> bool:
        """Whether this household (by number) wants to be rung before anybody is asked, and nobody was asked yet."""
        asked = any(one.household_id == household and one.withdrawn_at is None for one in self.all_offers)
        return self.wants.get(household) in planning.FIRST_A_CALL and not asked

    def objection(self, offer: Offer) -> Objection | None:
        """What the household said of who was promised, as long as nobody decided about it."""
        found = self.objections.get(offer.pk)
        return found if found is not None and not found.decision else None

    def knows(self, about: About, offer: Offer) -> bool:
        """Whether this news of an offer was written, or told by telephone."""
        message = self.messages.get(Subject(about.lower(), offer.public_id))
        written = message is not None and not self.is_late(message)
        return written or (about, offer.pk) in self.told

    def is_thanked(self, offer: Offer) -> bool:
        """Whether she who was asked was written to that she need not go, or told by telephone."""
        found = [self.messages.get(Subject(kind, offer.public_id)) for kind in THANKED]
        written = any(message is not None and not self.is_late(message) for message in found)
        return written or self.knows(About.CALLED_OFF, offer)

    def knows_change(self, about: About, offer: Offer) -> bool:
        """Whether how it is now, where that is otherwise than was promised, was written or told by telephone."""
        changed_at = altered.last_of(offer)
        if changed_at is None:
            return True
        message = self.messages.get(altered.cause(about, offer, changed_at))
        calls = [self.told.get((said, offer.pk)) for said in (about, altered.NEWS[about])]
        written = message is not None and not self.is_late(message)
        return written or any(call is not None and call.made_at >= changed_at for call in calls)

    def heard_of(self, offer: Offer) -> bool:
        """Whether the household heard that she comes."""
        message = self.messages.get(Subject("covered", offer.public_id))
        written = message is not None and message.state != OutboxMessage.State.CANCELLED
        return written or (About.COVERED, offer.pk) in self.told

    def looked_on(self, household: int) -> list[OutboxMessage]:
        """The messages by which this household (by number) heard that we look for somebody else."""
        causes = [Subject("looking_on", one.public_id) for one in self.all_offers if one.household_id == household]
        return [self.messages[cause] for cause in causes if cause in self.messages]

    def rung_on(self, household: int) -> PhoneCall | None:
        """The call in which this household (by number) heard that we look for somebody else."""
        calls = [self.told.get((About.LOOKING_ON, one.pk)) for one in self.all_offers if one.household_id == household]
        return next((call for call in calls if call is not None), None)

    def is_late(self, message: OutboxMessage) -> bool:
        """Whether a message that should be there is not: it failed, or an attempt did and it waits for the next."""
        return is_late(message, self.desk.at)


def is_late(message: OutboxMessage, at: datetime) -> bool:
    """Whether a message that should be there is not: it failed, or an attempt did and it waits for the next."""
    if message.state == OutboxMessage.State.FAILED:
        return True
    if message.state != OutboxMessage.State.QUEUED or message.send_after > at:
        return False
    tried = any(one.result != Delivery.Result.UNDER_WAY for one in message.deliveries.all())
    return tried or message.send_after + HURRY < at


@dataclass(frozen=True)
class Stuck:
    """What the gateway says when it does not take everything: what waits, what cannot be sent, what arrived."""

    ready: int
    failed: int
    delivered: int


def stuck(messages: Iterable[OutboxMessage], at: datetime) -> Stuck | None:
    """How far these messages came; None when none of them is late."""
    once = {message.pk: message for message in messages}.values()
    late = [message for message in once if is_late(message, at)]
    if not late:
        return None
    failed = sum(message.state == OutboxMessage.State.FAILED for message in late)
    delivered = sum(message.state == OutboxMessage.State.SENT for message in once)
    return Stuck(len(late) - failed, failed, delivered)


def goes(message: OutboxMessage, at: datetime) -> str:
    """When a question that waits for her hours leaves, in words; empty when it does not wait for them."""
    leaves = held.until(message, at=at)
    if leaves is None:
        return ""
    if leaves.astimezone(clock.HOME).date() == at.astimezone(clock.HOME).date():
        return _("goes at {time}").format(time=words.hour(leaves))
    return _("goes on {moment}").format(moment=words.moment(leaves))


def search(desk: Desk, turn: Round, *, whole: bool = False) -> Search:
    """The search, in a fixed number of queries.  Proposals are made anew, so that they are never stale.

    Somebody may be ill for a year: the `whole` of it is read only when asked for, or when nothing is left to come.
    """
    today = desk.at.astimezone(clock.HOME).date()
    over = 0 if whole else turn.replacements.filter(visit__local_date__lt=today).count()
    found = _rows(turn, since=today if over else date.min) or _rows(turn, since=date.min)
    over = over if found and found[0].visit.local_date >= today else 0
    offers = _offers(turn, since=today if over else date.min)
    proposal = planning.propose(turn, at=desk.at)
    return Search(
        desk=desk,
        turn=turn,
        rows=found,
        offers=offers,
        proposal=proposal,
        helpers=Helper.objects.select_related("person").in_bulk(_named_in(proposal.rankings, offers)),
        messages=_messages(offers, found),
        told=_told(turn),
        objections=objections.of_offers({offer.pk for of_visit in offers.values() for offer in of_visit}),
        kept=willing.kept(
            {offer for of_visit in offers.values() for offer in of_visit},
            {row.visit_id: row.visit for row in found if row.closed_at is None},
        ),
        waves=turn.offers.filter(withdrawn_at=None).aggregate(last=Max("wave"))["last"] or 0,
        over=over,
    )


def _rows(turn: Round, *, since: date) -> list[Replacement]:
    rows = waiting.heard(turn.replacements.filter(visit__local_date__gte=since)).order_by("visit__starts_at", "pk")
    along = Prefetch("visit__assignments", Assignment.objects.standing()), places.along("visit__household")
    return list(rows.select_related("visit__household__team", "visit__arrangement").prefetch_related(*along))


def ladders(search: Search) -> tuple[Mapping[int, tuple[planning.Step, ...]], Mapping[int, Helper]]:
    """By visit what would bring somebody where nobody can go, and the helpers (by number) who are named there.

    Reckoned for the page that shows it; helpers of other teams are among them.
    """
    found = planning.ladders(search.proposal, at=search.desk.at)
    named = {number for steps in found.values() for step in steps for number in (step.helper, step.taker) if number}
    return found, Helper.objects.select_related("person", "team").in_bulk(named) if named else {}


def why_not(row: Replacement, *, at: datetime) -> list[tuple[Helper, Any]]:
    """Everybody of the team who cannot go to this visit, with the rule that keeps them."""
    ranking = planning.proposals(row.round, at=at).get(row.visit_id)
    if ranking is None:
        return []
    team = {one.pk: one for one in Helper.objects.filter(team=row.round.team_id).select_related("person")}
    return [(team[refusal.helper], refusal) for refusal in ranking.refused]


def _offers(turn: Round, *, since: date) -> dict[int, list[Offer]]:
    """By visit the offers that are about a visit of that day or later."""
    found: dict[int, list[Offer]] = defaultdict(list)
    ahead = OfferVisit.objects.filter(offer=OuterRef("pk"), visit__local_date__gte=since)
    offers = turn.offers.filter(Exists(ahead)).select_related("helper__person")
    for offer in offers.prefetch_related("visits", "assignments").order_by("pk"):
        for inside in offer.visits.all():
            found[inside.visit_id].append(offer)
    return found


def _named_in(rankings: Mapping[int, Any], offers: Mapping[int, Collection[Offer]]) -> set[int]:
    """Whom a page may name: the plan's own, and the first others who were not asked yet."""
    named = set()
    for visit, ranking in rankings.items():
        first = ranking.candidates[: SHOWN + len(offers.get(visit, ()))]
        named |= {*ranking.asked, *(one.helper for one in first)}
    return named


def _messages(offers: Mapping[int, Collection[Offer]], rows: Iterable[Replacement]) -> dict[Subject, OutboxMessage]:
    about = {offer for of_visit in offers.values() for offer in of_visit}
    questions = replacements.letters(about)
    asked = {Subject.of(offer): questions[offer.pk] for offer in about if offer.pk in questions}
    return asked | outbox.states(
        [
            *(Subject(kind, offer.public_id) for offer in about for kind in ("covered", *TURNED)),
            *(cause for offer in about for cause in altered.causes(offer)),
            *(waiting.cause(row) for row in rows),
            *(cancellations.own_back_cause(row) for row in rows),
        ]
    )


def _told(turn: Round) -> dict[tuple[str, int], PhoneCall]:
    """The calls in which a household was told: who comes by the number of the offer, the rest by the household's.

    Among them are those in which a household that was rung first said that somebody else may come.
    """
    may_come = Q(about=About.FIRST, outcome=PhoneCall.Outcome.YES)
    told = PhoneCall.objects.filter(Q(outcome=PhoneCall.Outcome.TOLD) | may_come, round=turn).order_by("pk")
    return {(call.about, call.offer_id if call.offer_id else call.household_id): call for call in told}


def asks(turn: Round, ticked: set[tuple[str, str]], *, at: datetime, but: Collection[str] = ()) -> list[Ask]:
    """What was ticked, as questions the verb takes: only those who can go by the plan of this moment.

    `but` are rules of asking that keep nobody back this time.
    """
    proposal = planning.propose(turn, at=at, but=but)
    found = questions(turn, ticked, proposal.rankings, at=at)
    left = turn.replacements.filter(closed_at=None, visit__in=proposal.nowhere, visit__starts_at__gt=at)
    rows = left.select_related("visit", "round__absence")
    return found + [ask for row in rows for ask in _of_neighbours(row, ticked, at=at)]


def wanted(here: Desk, turn: Round, ticked: set[tuple[str, str]], *, why: str) -> list[Ask]:
    """What a colleague ticked, as questions; who says why may ask somebody oftener in a week than is fair."""
    if not why:
        return asks(turn, ticked, at=here.at)
    return _go_beyond(here, asks(turn, ticked, at=here.at, but=[planning.ENOUGH]), reason=why)


def _go_beyond(here: Desk, asks: Collection[Ask], *, reason: str) -> list[Ask]:
    """These questions, for which it is written down that they are more than is fair, and why."""
    helpers = Helper.objects.select_related("team").in_bulk({ask.helper for ask in asks})
    asked, today = planning.asked_this_week(list(helpers), at=here.at), here.at.astimezone(clock.HOME).date()
    for number, helper in sorted(helpers.items()):
        warned = [Warned(planning.ENOUGH, asked.get(number, 0), today)]
        overrides.record(helper, warned, reason=reason, subjects=[helper.team], by=here.visitor.actor, at=here.at)
    return [replace(ask, beyond=True) for ask in asks]


def questions(turn: Round, ticked: set[tuple[str, str]], rankings: Mapping[int, Any], *, at: datetime) -> list[Ask]:
    """What was ticked of these rankings, which are of this moment; nobody is asked for what has begun."""
    still = turn.replacements.filter(closed_at=None, visit__starts_at__gt=at)
    rows = {row.visit_id: row for row in still.select_related("visit")}
    able = {candidate.helper for ranking in rankings.values() for candidate in ranking.candidates}
    public = {helper.pk: str(helper.public_id) for helper in Helper.objects.filter(pk__in=able)}
    return [
        planning.question(rows[visit], candidate)
        for visit, ranking in rankings.items()
        if visit in rows
        for candidate in ranking.candidates
        if (str(rows[visit].public_id), public[candidate.helper]) in ticked
    ]


def _of_neighbours(row: Replacement, ticked: set[tuple[str, str]], *, at: datetime) -> list[Ask]:
    """What was ticked about a visit to which nobody of its own team can go, as questions to helpers of other teams."""
    wanted = [helper for ref, helper in ticked if ref == str(row.public_id)]
    if not wanted:
        return []
    numbers = set(Helper.objects.filter(public_id__in=wanted).values_list("pk", flat=True))
    able = planning.neighbours(row, at=at).candidates
    return [planning.question(row, candidate) for candidate in able if candidate.helper in numbers]
