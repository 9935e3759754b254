"""A visit that somebody said yes to is otherwise by now: she hears how it is, and so does the household.

It is found by comparing what she knows with what stands, whatever changed it: a visit that was moved, made shorter or
skipped, given to another, in an agreement that ended, of a household that goes away.
"""

import uuid
from collections.abc import Collection
from copy import copy
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from samen.base import clock, jobs, journal
from samen.base.journal import Subject
from samen.base.tenancy import SYSTEM
from samen.visits import cancellations, locks
from samen.visits.facts import Fact
from samen.visits.models import About, Arrangement, Assignment, Offer, OfferVisit, Replacement, Visit

WAIT = timedelta(minutes=1)  # what is put back at once nobody hears of
# Each news of a change, and the news with which it is said as well by who rings: who comes and when, as it is by then.
NEWS = {About.CHANGED: About.CHOSEN, About.ALTERED: About.COVERED}
OTHERWISE = ("cancelled", "changed", "moved")  # how going ends without a word to her; an absence she told us herself


def look(agreed: Collection[Arrangement], *, at: datetime) -> None:
    """Whoever said yes to a visit of these agreements that is otherwise now hears it in a moment, as it is by then."""
    pairs = _promised(Q(visit__arrangement__in=agreed), at=at)
    offers = sorted({pair.offer_id for pair in pairs if _is_news(pair)})
    tell.later_each([{"offer": number} for number in offers], wait=WAIT)


@jobs.job(of={"offer": Offer})
def tell(*, offer: int) -> None:
    """She hears how it is with her yes, and the household if she goes there; safe to run any number of times.

    A visit that has nobody now is looked for again.  Whom nothing can be sent to stands on the call list.
    """
    now, found = clock.now(), Offer.objects.get(pk=offer)
    locks.visits(OfferVisit.objects.filter(offer=found).values_list("visit_id", flat=True))
    news = [pair for pair in _promised(Q(offer=found), at=now) if _is_news(pair)]
    if not news:
        return
    asked = news[0].offer
    visits = [_as_known(pair) for pair in news]
    off = {pair.visit_id for pair in news if not _stands(pair)}
    for pair in news:
        times = (None, None) if pair.visit_id in off else (pair.visit.starts_at, pair.visit.ends_at)
        (pair.known_start, pair.known_end), pair.changed_at = times, now
    OfferVisit.objects.bulk_update(news, ["known_start", "known_end", "changed_at"])
    if asked.goes:
        _seek_again(asked, off, at=now)
    cancellations.write_helper(asked, cause(About.CHANGED, asked, now), visits, at=now, off=off)
    if asked.goes:
        told = cause(About.ALTERED, asked, now)
        cancellations.write_home(asked.household, told, (asked, visits), at=now, going=who_comes(visits))
    about = [asked, asked.helper, asked.household, asked.round.team]
    journal.record(Fact.PROMISE_CHANGED, about=about, by=SYSTEM, at=now)


def who_hears(visit: Visit, *, at: datetime) -> list[str]:
    """The first name of whoever goes to this visit by her yes: she and the household hear it when it changes."""
    pairs = _promised(Q(visit=visit), at=at)
    return [pair.offer.helper.person.first_name for pair in pairs if pair.offer.goes and _stands(pair)]


def _promised(of: Q, *, at: datetime) -> list[OfferVisit]:
    """The visits ahead of every yes that stands, each with who goes there by it or did."""
    ahead = Q(visit__starts_at__gt=at) | Q(known_start__gt=at)
    yes = Q(left_out=False, offer__answer=Offer.Answer.YES, offer__withdrawn_at=None)
    rows = OfferVisit.objects.filter(of & ahead & yes).order_by("visit__starts_at", "pk")
    rows = rows.select_related("visit__household", "offer__household", "offer__helper__person", "offer__round__team")
    return list(rows.prefetch_related(Prefetch("offer__assignments", Assignment.objects.order_by("pk"))))


def _is_news(pair: OfferVisit) -> bool:
    """Whether what stands is not what she knows; of a yes from before that was kept, nothing is known."""
    if _stands(pair):
        known = pair.known_start, pair.known_end
        return known != (pair.visit.starts_at, pair.visit.ends_at) and (known != (None, None) or bool(pair.changed_at))
    return pair.known_start is not None and (not pair.offer.goes or _last(pair).ended_by_kind in OTHERWISE)


def _stands(pair: OfferVisit) -> bool:
    """Whether she goes to this visit by her yes, or waits to be chosen for it."""
    return _last(pair).ended_at is None if pair.offer.goes else pair.visit.cancelled_at is None


def _last(pair: OfferVisit) -> Assignment:
    """How it is with her going there by this yes."""
    hers = [row for row in pair.offer.assignments.all() if row.visit_id == pair.visit_id]
    return hers[-1] if hers else Assignment(ended_at=pair.offer.answered_at)


def _as_known(pair: OfferVisit) -> Visit:
    """The visit at its time; one that she need not go to at the time at which she knows it."""
    visit: Visit = copy(pair.visit)
    if not _stands(pair) and pair.known_start and pair.known_end:
        visit.starts_at, visit.ends_at = pair.known_start, pair.known_end
    return visit


def _seek_again(offer: Offer, off: Collection[int], *, at: datetime) -> None:
    """Of the visits she does not go to any more those that have nobody are looked for."""
    open_ = Visit.objects.filter(pk__in=off, starts_at__gt=at, cancelled_at=None)
    taken = Assignment.objects.standing().filter(visit__in=off).values("visit")
    rows = Replacement.objects.filter(round=offer.round, round__undone_at=None, visit__in=open_.exclude(pk__in=taken))
    rows.filter(outcome=Replacement.Outcome.COVERED).update(closed_at=None, outcome="", seen_at=None)


# --- Who hears it --------------------------------------------------------------------------------------


def cause(about: str, offer: Offer, changed_at: datetime) -> Subject:
    """What the message to the helper or the household about this change is about."""
    return Subject(about.lower(), uuid.uuid5(offer.public_id, changed_at.isoformat()))


def last_of(offer: Offer) -> datetime | None:
    """When something of this yes was last otherwise than she knew."""
    return max((pair.changed_at for pair in offer.visits.all() if pair.changed_at), default=None)


def causes(offer: Offer) -> list[Subject]:
    """What the messages about the last change of this yes are about, if there was one."""
    return [about for news in NEWS for about in causes_of(news, offer)]


def causes_of(about: About, offer: Offer) -> list[Subject]:
    """What a message with this news of an offer is about; of a change, the last one, if there was one."""
    if about not in NEWS:
        return [Subject(about.lower(), offer.public_id)]
    changed_at = last_of(offer)
    return [cause(about, offer, changed_at)] if changed_at else []


def who_comes(visits: Collection[Visit]) -> dict[int, str]:
    """Who goes to each of these visits (by number) now, by her first name."""
    going = Assignment.objects.standing().filter(visit__in=visits).select_related("helper__person")
    return {row.visit_id: row.helper.person.first_name for row in going}
