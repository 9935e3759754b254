"""Who of those who were promised something is still to be rung, or waits for a decision; of all of a team at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q

from samen.base import outbox
from samen.base.models import OutboxMessage
from samen.desk.searching import HURRY, is_late
from samen.teams.models import Team
from samen.visits import altered
from samen.visits.models import TO_HELPER, About, Assignment, Objection, Offer, OfferVisit, PhoneCall

Owed = tuple[Offer, About]


def promised(team: Team, *, at: datetime) -> list[Offer]:
    """The promises ahead, also those called off, of which a household wants a decision or somebody may not know yet.

    Each with the visits ahead that she goes to, or went to until it was called off, and what a household said.
    """
    goes = Assignment.objects.filter(starts_at__gt=at).filter(Q(ended_at=None) | Q(ended_by_kind="called_off"))
    changed = OfferVisit.objects.filter(offer=OuterRef("pk"), changed_at__isnull=False, visit__ends_at__gt=at)
    undecided = Objection.objects.filter(offer=OuterRef("pk"), decision="")
    stands = _unknown(About.COVERED, at) | Q(rule=Offer.Rule.CHOOSE) & _unknown(About.CHOSEN, at)
    open_ = Q(withdrawn_at=None) & (stands | Exists(undecided) | Exists(changed))
    off = Q(withdrawn_at__isnull=False) & _unknown(About.CALLED_OFF, at)
    rows = Offer.objects.filter(open_ | off, Exists(goes.filter(from_offer=OuterRef("pk"))) | Exists(changed))
    rows = rows.filter(round__team=team, round__undone_at=None, chosen_at__isnull=False)
    coming = Prefetch("assignments", goes.select_related("visit").order_by("starts_at"))
    along = "helper__person", "household", "round__absence"
    return list(rows.select_related(*along).prefetch_related(coming, "objections", "visits__visit").order_by("pk"))


def _unknown(about: About, at: datetime) -> Q:
    """Whoever this is news for neither got it nor was told by telephone."""
    written = OutboxMessage.objects.filter(cause_kind=about.lower(), cause_ref=OuterRef("public_id"))
    late = Q(state=OutboxMessage.State.FAILED) | Q(state=OutboxMessage.State.QUEUED, send_after__lt=at - HURRY)
    rung = PhoneCall.objects.filter(offer=OuterRef("pk"), about=about, outcome=PhoneCall.Outcome.TOLD)
    return Q(~Exists(written.exclude(late))) & Q(~Exists(rung))


def owed(offers: Iterable[Offer], *, at: datetime) -> list[Owed]:
    """What of these promises somebody still has to be told by telephone."""
    found = list(offers)
    news = [one for offer in found for one in _news(offer)]
    causes = {cause: (offer, about) for offer, about in news for cause in altered.causes_of(about, offer)}
    messages = outbox.states(causes) if causes else {}
    written = {one for cause, one in causes.items() if cause in messages and not is_late(messages[cause], at)}
    calls = PhoneCall.objects.filter(offer__in=found, outcome=PhoneCall.Outcome.TOLD) if news else ()
    told = {(call.offer_id, call.about): call.made_at for call in calls}
    left = [one for one in news if one not in written and not _is_told(*one, told)]
    return [one for one in left if (one[0], altered.NEWS.get(one[1])) not in left]  # with that news it is said as well


def _news(offer: Offer) -> list[Owed]:
    """What there is to know of this promise."""
    if offer.withdrawn_at is not None:
        return [(offer, About.CALLED_OFF)]
    news = [About.COVERED] if offer.assignments.all() else []
    if news and offer.rule == Offer.Rule.CHOOSE:
        news.append(About.CHOSEN)
    if altered.last_of(offer) is not None:
        news += [About.CHANGED, About.ALTERED]
    return [(offer, about) for about in news]


def _is_told(offer: Offer, about: About, told: Mapping[tuple[int | None, str], datetime]) -> bool:
    changed_at = altered.last_of(offer) if about in altered.NEWS else None
    calls = [told.get((offer.pk, said)) for said in (about, altered.NEWS.get(about, about))]
    return any(at is not None and (changed_at is None or at >= changed_at) for at in calls)


def whom(one: Owed) -> str:
    """Who is to be rung, by name."""
    offer, about = one
    return str(offer.helper.person.first_name if about in TO_HELPER else offer.household.name)
