"""The telephone as a way to ask and to tell: what was said is written down, and a spoken yes is a yes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from samen.base import journal, outbox
from samen.base.tenancy import Actor
from samen.people import asking
from samen.people.models import Helper, Household
from samen.visits import altered, arrangements, locks, objections, replacements
from samen.visits.facts import Fact
from samen.visits.models import TO_HELPER, About, Assignment, Offer, PhoneCall, Round
from samen.visits.replacements import Ask

HEARD = {
    PhoneCall.Outcome.YES: Fact.HELPER_SAID_YES,
    PhoneCall.Outcome.NO: Fact.HELPER_SAID_NO,
    PhoneCall.Outcome.NO_ANSWER: Fact.HELPER_RUNG,
}
SAID = {
    PhoneCall.Outcome.YES: Fact.HOUSEHOLD_SAID_ANYBODY,
    PhoneCall.Outcome.NO: Fact.HOUSEHOLD_SAID_NOBODY,
    PhoneCall.Outcome.NO_ANSWER: Fact.HOUSEHOLD_RUNG,
}
RANG = {PhoneCall.Outcome.YES: Fact.HELPER_RANG_YES, PhoneCall.Outcome.NO: Fact.HELPER_RANG_NO}


class NotNow(Exception):
    """She does not want to be asked at this hour.  When she rings us herself, what she says counts at any hour."""

    def __init__(self, opens: datetime) -> None:
        super().__init__(self.__doc__)
        self.opens = opens


class OldNews(Exception):
    """What was to be told or noted is no longer so; look again before you ring."""


@dataclass(frozen=True)
class News:
    """What is to be heard: who comes or comes not (by which offer), that nobody is found yet, or that nobody comes.

    That she goes, need not go or goes otherwise is the helper's to hear; all the rest is the household's.
    """

    household: Household
    about: str
    offer: Offer | None = None


def ask(turn: Round, asks: Sequence[Ask], *, outcome: str, by: Actor, at: datetime) -> None:
    """A helper who was not asked yet was rung about one household: with her answer the question stands.

    Nobody picked up, and she is still not asked.  Raises what `answer` raises.
    """
    check_hours(asks[0].helper, at=at)
    if outcome != PhoneCall.Outcome.NO_ANSWER:
        answer(replacements.ring(turn, asks, at=at), outcome=outcome, by=by, at=at)
        return
    household = turn.replacements.select_related("visit__household").get(pk=asks[0].replacement).visit.household
    helper = Helper.objects.get(pk=asks[0].helper)
    call = PhoneCall(round=turn, household=household, helper=helper, about=About.ASKED, outcome=outcome)
    _note(call, by=by, at=at)
    journal.record(Fact.HELPER_RUNG, about=[helper, household, turn.team], by=by, at=at)


def answer(offer: Offer, *, outcome: str, by: Actor, at: datetime) -> Offer:
    """The helper was rung about this question: yes and no are what they are when she clicks them herself.

    Raises `NotNow` at an hour at which she may not be asked, and what `replacements.accept` raises; that she was rung
    stays written down.
    """
    check_hours(offer.helper_id, at=at)
    _note(_about(offer, outcome), by=by, at=at)
    fact = HEARD[PhoneCall.Outcome(outcome)]
    journal.record(fact, about=[offer, offer.helper, offer.household, offer.round.team], by=by, at=at)
    return offer if outcome == PhoneCall.Outcome.NO_ANSWER else _answered(offer, outcome, by=by, at=at)


def offered(turn: Round, asks: Sequence[Ask], *, outcome: str, by: Actor, at: datetime) -> Offer:
    """The helper rang us herself before anybody asked her: with what she says the question stands, at any hour.

    Raises what `replacements.accept` and `replacements.ring` raise.
    """
    return heard(replacements.ring(turn, asks, at=at), outcome=outcome, by=by, at=at)


def heard(offer: Offer, *, outcome: str, by: Actor, at: datetime) -> Offer:
    """The helper rang us herself about this question: she may speak at any hour, and what she says counts.

    Raises what `replacements.accept` raises; that she rang stays written down.
    """
    call = _about(offer, outcome)
    call.rang_us = True
    _note(call, by=by, at=at)
    fact = RANG[PhoneCall.Outcome(outcome)]
    journal.record(fact, about=[offer, offer.helper, offer.household, offer.round.team], by=by, at=at)
    return _answered(offer, outcome, by=by, at=at)


def _about(offer: Offer, outcome: str) -> PhoneCall:
    """A call about the question of this offer, that ended so."""
    call = PhoneCall(round=offer.round, household=offer.household, helper=offer.helper, offer=offer)
    call.about, call.outcome = About.ASKED, outcome
    return call


def check_hours(helper: int, *, at: datetime) -> None:
    """Raises `NotNow` when this helper (by number) may not be asked at this moment."""
    opens = asking.not_before([helper], at=at).get(helper)
    if opens is not None:
        raise NotNow(opens)


def _answered(offer: Offer, outcome: str, *, by: Actor, at: datetime) -> Offer:
    replacements.stop([offer], at=at)  # she has answered, so the question need not reach her any more
    if outcome == PhoneCall.Outcome.YES:
        return replacements.accept(offer, by=by, at=at, left_out=_taken(offer))
    if replacements.decline(offer, by=by, at=at).goes:
        raise OldNews(OldNews.__doc__)
    return offer


def _taken(offer: Offer) -> set[uuid.UUID]:
    """The visits of this question to which somebody goes: they stand on no call list, so she said nothing of them."""
    going = Assignment.objects.standing().filter(visit__offers__offer=offer)
    return set(going.values_list("visit__public_id", flat=True))


def first(turn: Round, household: Household, *, outcome: str, by: Actor, at: datetime) -> None:
    """A household that wants to be rung before anybody is asked was rung: others are asked now, or nobody comes.

    It said rather nobody of what is sought now; what is sought later is another call.  Raises `OldNews` when nothing
    is sought for it any more, `StandsAlone` when one of the visits that are skipped is outside any agreement.
    """
    sought = turn.replacements.filter(visit__household=household, closed_at=None, visit__starts_at__gt=at)
    locks.visits(sought.values_list("visit_id", flat=True))
    rows = list(sought.select_related("visit__arrangement__household__team").order_by("visit__starts_at"))
    if not rows:
        raise OldNews(OldNews.__doc__)
    if outcome == PhoneCall.Outcome.NO and any(row.visit.arrangement is None for row in rows):
        raise arrangements.StandsAlone(arrangements.StandsAlone.__doc__)
    _note(PhoneCall(round=turn, household=household, about=About.FIRST, outcome=outcome), by=by, at=at)
    journal.record(SAID[PhoneCall.Outcome(outcome)], about=[household, turn, turn.team], by=by, at=at)
    if outcome == PhoneCall.Outcome.NO:
        for row in rows:
            arrangements.skip_one(row.visit, by=by, at=at)


def tell(turn: Round, news: News, *, outcome: str, by: Actor, at: datetime) -> None:
    """The household was rung with its news: told is told, and a message that has not left need not leave.

    Raises `OldNews` when it is no longer so.
    """
    if not _is_still_so(turn, news):
        raise OldNews(OldNews.__doc__)
    call = PhoneCall(round=turn, household=news.household, offer=news.offer, about=news.about, outcome=outcome)
    told = outcome == PhoneCall.Outcome.TOLD
    if news.about in TO_HELPER and news.offer is not None:
        call.helper = news.offer.helper
        _note(call, by=by, at=at)
        fact = Fact.HELPER_TOLD if told else Fact.HELPER_RUNG
        journal.record(fact, about=[call.helper, news.household, turn, turn.team], by=by, at=at)
    else:
        _note(call, by=by, at=at)
        fact = Fact.HOUSEHOLD_TOLD if told else Fact.HOUSEHOLD_RUNG
        journal.record(fact, about=[news.household, turn, turn.team], by=by, at=at)
    if told and news.offer is not None:
        outbox.cancel(altered.causes_of(About(news.about), news.offer))


def rather_not(turn: Round, offer: Offer, *, reason: str, by: Actor, at: datetime) -> None:
    """The household knows who comes by this offer, and says on the telephone that it would rather have another.

    It is what the household says by its own page, and a coordinator decides.  Raises `OldNews` when she does not come
    any more.
    """
    tell(turn, News(offer.household, About.COVERED, offer), outcome=PhoneCall.Outcome.TOLD, by=by, at=at)
    try:
        objections.say(offer, reason=reason, by=by, at=at)
    except objections.NothingPromised:
        raise OldNews(OldNews.__doc__) from None


def _is_still_so(turn: Round, news: News) -> bool:
    """Whether somebody still goes by this offer, or still nobody does."""
    if news.about in (About.COVERED, About.KEPT, About.CHOSEN):
        return news.offer is not None and news.offer.assignments.filter(ended_at=None).exists()
    if news.about in (About.CALLED_OFF, About.SKIPPED):
        return news.offer is not None and news.offer.withdrawn_at is not None
    if news.about in altered.NEWS:
        return news.offer is not None and news.offer.withdrawn_at is None and bool(altered.causes(news.offer))
    if news.about == About.OWN_BACK:
        return turn.replacements.filter(visit__household=news.household, outcome="WITHDRAWN").exists()
    return turn.replacements.filter(visit__household=news.household, closed_at=None).exists()


def _note(call: PhoneCall, *, by: Actor, at: datetime) -> None:
    call.made_by_kind, call.made_by_ref, call.made_at = by.kind, by.ref, at
    call.save(force_insert=True)
