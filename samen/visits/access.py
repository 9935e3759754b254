"""The gate of absences, rounds and offers: own team, or opened for this colleague; a link opens its own offer only."""

import uuid

from django.http import Http404

from samen.base import audit
from samen.base.entrances import Visitor
from samen.teams import access
from samen.visits.models import (
    Absence,
    Arrangement,
    Bundle,
    HolidayChoice,
    HouseholdAway,
    Objection,
    Offer,
    Replacement,
    Round,
    Visit,
)


def absence_for(visitor: Visitor, public_id: uuid.UUID) -> Absence:
    """The absence, seen by this colleague and written down as seen."""
    found = Absence.objects.filter(public_id=public_id).select_related("helper__person", "helper__team").first()
    if found is None:
        raise Http404
    access.admit(visitor, found, name=found.helper.person.short_name, team=found.helper.team)
    return found


def visit_for(visitor: Visitor, public_id: uuid.UUID) -> Visit:
    """The visit, seen by this colleague and written down as seen."""
    found = Visit.objects.filter(public_id=public_id).select_related("household", "team", "arrangement").first()
    if found is None:
        raise Http404
    access.admit(visitor, found, name=found.household.name, team=found.team)
    return found


def arrangement_for(visitor: Visitor, public_id: uuid.UUID) -> Arrangement:
    """The agreement, seen by this colleague and written down as seen."""
    found = Arrangement.objects.filter(public_id=public_id).select_related("household__team").first()
    if found is None:
        raise Http404
    access.admit(visitor, found, name=found.household.name, team=found.household.team)
    return found


def away_for(visitor: Visitor, public_id: uuid.UUID) -> HouseholdAway:
    """The days a household is away, with the household, seen by this colleague and written down as seen."""
    found = HouseholdAway.objects.filter(public_id=public_id).select_related("household__team", "replaces").first()
    if found is None:
        raise Http404
    access.admit(visitor, found.household, name=found.household.name, team=found.household.team)
    return found


def bundle_for(visitor: Visitor, public_id: uuid.UUID) -> Bundle:
    """Changes that were made together about one helper, seen by this colleague and written down as seen."""
    found = Bundle.objects.filter(public_id=public_id).select_related("helper__person", "helper__team", "team").first()
    if found is None or found.helper is None:
        raise Http404
    access.admit(visitor, found.helper, name=found.helper.person.short_name, team=found.helper.team)
    return found


def holiday_choice_for(visitor: Visitor, public_id: uuid.UUID) -> HolidayChoice:
    """What one of the visitor's own teams decided, else 404: it is nobody's file."""
    mine = access.teams_of(access.colleague(visitor), visitor.at)
    chosen = HolidayChoice.objects.filter(public_id=public_id, team__in=mine)
    found = chosen.select_related("team", "replaces").first()
    if found is None:
        raise Http404
    return found


def round_of(absence: Absence) -> Round:
    """The search that this absence opened, the one that stands if there is one."""
    found = absence.rounds.order_by("-pk").select_related("team").first()
    if found is None:
        raise Http404
    return found


def offer_in(turn: Round, public_id: uuid.UUID) -> Offer:
    """A question of this search, which the colleague has before them, else 404."""
    found = turn.offers.filter(public_id=public_id).select_related("helper__person", "household", "round").first()
    if found is None:
        raise Http404
    return found


def lent_offer(visitor: Visitor, public_id: uuid.UUID) -> Offer:
    """A question of another team to a helper of one of the visitor's own, written down as seen, else 404."""
    mine = access.teams_of(access.colleague(visitor), visitor.at)
    asked = Offer.objects.filter(public_id=public_id, helper__team__in=mine).exclude(round__team__in=mine)
    found = asked.select_related("helper__person", "helper__team", "household", "round__team").first()
    if found is None:
        raise Http404
    audit.read(found, role=visitor.role, entrance=visitor.entrance)
    return found


def sought_in(turn: Round, asked_for: str) -> Replacement:
    """The visit of this search that was asked for, else its first; 404 when it seeks for none."""
    rows = turn.replacements.select_related("visit__household", "round__team", "round__absence")
    found = list(rows.order_by("visit__starts_at", "pk"))
    if not found:
        raise Http404
    return next((row for row in found if str(row.public_id) == asked_for), found[0])


def objection_in(turn: Round, public_id: uuid.UUID) -> Objection:
    """What a household said of who was promised in this search, else 404."""
    rows = Objection.objects.filter(offer__round=turn, public_id=public_id)
    found = rows.select_related(
        "offer__helper__person", "offer__household", "offer__round__team", "offer__round__absence__helper__person"
    ).first()
    if found is None:
        raise Http404
    return found


def offer_behind(public_id: uuid.UUID) -> Offer:
    """The offer a link points to."""
    found = (
        Offer.objects.filter(public_id=public_id)
        .select_related("helper__person", "household", "round__team", "round__absence")
        .first()
    )
    if found is None:
        raise Http404
    return found
