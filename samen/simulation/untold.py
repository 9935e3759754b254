"""Whether somebody must be rung with news of a search: a quick question, so that not every look reads everything."""

from datetime import datetime

from samen.base.models import OutboxMessage
from samen.visits import cancellations
from samen.visits.models import About, Objection, Offer, PhoneCall, Round

DECIDED = {Objection.Decision.KEEP: About.KEPT, Objection.Decision.SKIP: About.SKIPPED}
News = set[tuple[str, int]]  # about what, by the number of the offer


def has(turn: Round, *, at: datetime) -> bool:
    """Whether there is news of visits ahead that was neither written nor told by telephone."""
    ahead = turn.offers.filter(chosen_at__isnull=False, assignments__ends_at__gt=at).distinct()
    offers = {offer.pk: offer for offer in ahead.prefetch_related("objections")}
    owed = {news for offer in offers.values() for news in _owed(offer)}
    if owed and owed - _heard(offers):
        return True
    back = turn.replacements.filter(outcome="WITHDRAWN", visit__starts_at__gt=at)
    return back.exists() and _own_back(turn, at=at)


def _owed(offer: Offer) -> News:
    said = next(iter(offer.objections.all()), None)
    decided = DECIDED.get(Objection.Decision(said.decision)) if said is not None and said.decision else None
    if offer.withdrawn_at is None:
        return {(About.COVERED, offer.pk)} | ({(About.KEPT, offer.pk)} if decided == About.KEPT else set())
    return {(About.CALLED_OFF, offer.pk), (decided or About.LOOKING_ON, offer.pk)}


def _heard(offers: dict[int, Offer]) -> News:
    numbers = {offer.public_id: offer.pk for offer in offers.values()}
    written = OutboxMessage.objects.filter(cause_kind__in=[about.lower() for about in About], cause_ref__in=numbers)
    told = PhoneCall.objects.filter(offer__in=offers, outcome=PhoneCall.Outcome.TOLD).values_list("about", "offer_id")
    return {(kind.upper(), numbers[ref]) for kind, ref in written.values_list("cause_kind", "cause_ref")} | set(told)


def _own_back(turn: Round, *, at: datetime) -> bool:
    rung = PhoneCall.objects.filter(round=turn, about=About.OWN_BACK, outcome=PhoneCall.Outcome.TOLD)
    told = set(rung.values_list("household_id", flat=True))
    blocks = [block for block in cancellations.own_back(turn, at=at) if block[0].visit.household_id not in told]
    causes = {cancellations.own_back_cause(block[0]).ref for block in blocks}
    written = OutboxMessage.objects.filter(cause_kind="own_back", cause_ref__in=causes)
    return len(causes) > written.count()
