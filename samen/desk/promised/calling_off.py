"""The page on which something is called off: who hears it, by which way, and what may be owed."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base.models import OutboxMessage
from samen.desk import planning as law
from samen.desk.sitting import Desk
from samen.people import lookup, reaching
from samen.people.models import Channel
from samen.people.reaching import Way
from samen.visits import cancellations, replacements, words
from samen.visits.cancellations import Standing
from samen.visits.models import Absence, Assignment, Offer, Round, Visit


class NothingStands(Exception):
    """Nothing of what was ticked stands any more."""


@dataclass(frozen=True)
class Told:
    """Who hears that it is called off, and how."""

    name: str
    how: str


@dataclass(frozen=True)
class Line:
    """One thing that can be called off."""

    value: str
    title: str
    when: str
    promised: bool
    ticked: bool
    told: list[Told]
    owed: law.Owed | None


def perform(here: Desk, turn: Round, ticked: Mapping[str, str]) -> int:
    """What was ticked is called off; returns how much that was.

    Raises `NothingStands`, and `cancellations.OtherwiseBy` when something was answered since it was looked at.
    """
    found = turn.offers.filter(public_id__in=ticked, withdrawn_at=None)
    looked_at = [Standing(offer, _stage_of(offer, ticked[str(offer.public_id)])) for offer in found]
    if not looked_at:
        raise NothingStands(NothingStands.__doc__)
    return len(cancellations.call_off(turn, looked_at, by=here.visitor.actor, at=here.at))


def _seen(offer: Offer, stage: str) -> str:
    """How an offer stood, as a page carries it along."""
    return str(uuid.uuid5(offer.public_id, stage))


def _stage_of(offer: Offer, seen: str) -> str:
    return next((stage for stage in Offer.Stage if _seen(offer, stage) == seen), "")


def of(here: Desk, turn: Round, absence: Absence, *, ticked: Collection[str]) -> dict[str, Any]:
    """Everything of this search that stands and can be called off."""
    rows = turn.offers.filter(withdrawn_at=None).exclude(answer=Offer.Answer.NO)
    offers = list(rows.select_related("helper__person", "household", "round__team").order_by("household__name", "pk"))
    coming = _coming(offers, here.at)
    lines = _lines(here, [offer for offer in offers if coming.get(offer.pk)], coming, ticked)
    return {
        "name": absence.helper.person.name,
        "back_url": reverse("cockpit", args=[here.visitor.slug, absence.public_id]),
        "promised": [line for line in lines if line.promised],
        "asked": [line for line in lines if not line.promised],
        "own": absence.helper.person.first_name if absence.ended_at is not None else "",
    }


def _coming(offers: list[Offer], at: datetime) -> dict[int, list[Visit]]:
    """What is still to come of each offer (by number): of a yes what she has, of a question what was asked."""
    mine = Assignment.objects.standing().filter(from_offer__in=offers, starts_at__gt=at).select_related("visit")
    found: dict[int, list[Visit]] = {}
    for row in mine.order_by("starts_at"):
        found.setdefault(row.from_offer_id or 0, []).append(row.visit)
    for offer in offers:
        if not offer.goes:
            asked = offer.visits.filter(visit__starts_at__gt=at).select_related("visit").order_by("visit__starts_at")
            found[offer.pk] = [one.visit for one in asked]
    return found


def _lines(here: Desk, offers: list[Offer], coming: Mapping[int, list[Visit]], ticked: Collection[str]) -> list[Line]:
    people = lookup.told_of({offer.household_id for offer in offers})
    ways = reaching.of_people(list(people.values()))
    helpers = reaching.of_helpers([offer.helper for offer in offers])
    messages = replacements.letters(offers)
    lines = []
    for offer in offers:
        told = [Told(offer.helper.person.name, _how(helpers[offer.helper_id]))]
        person = people.get(offer.household_id)
        if offer.goes and person is not None:
            told.append(Told(person.name, _how(ways[person.pk])))
        if not offer.goes and not _has_left(messages.get(offer.pk)):
            told = []
        visits = coming[offer.pk]
        lines.append(
            Line(
                value=f"{offer.public_id}:{_seen(offer, offer.stage)}",
                title=_title(offer),
                when=words.spoken(visits),
                promised=offer.goes,
                ticked=not ticked or str(offer.public_id) in ticked,
                told=told,
                owed=law.of_call_off(visits, offer.helper, at=here.at) if offer.goes else None,
            )
        )
    return lines


def _has_left(message: OutboxMessage | None) -> bool:
    return message is not None and message.state != OutboxMessage.State.QUEUED


def _title(offer: Offer) -> str:
    names = {"name": offer.helper.person.first_name, "household": offer.household.name}
    if offer.goes:
        return _("{name} goes to {household}").format(**names)
    if offer.is_willing:
        return _("{name} said yes to {household} and waits for your choice").format(**names)
    return _("{name} was asked for {household}").format(**names)


def _how(way: Way) -> str:
    """By which channel; whom nothing can be sent to is rung."""
    if way.is_call:
        return _("by telephone: comes on the call list")
    return str(Channel(way.channel).label)
