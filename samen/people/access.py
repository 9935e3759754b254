"""The gate of helpers and households: own team, or opened for this colleague; else a name card, else 404."""

import uuid

from django.http import Http404

from samen.base import audit
from samen.base.entrances import Visitor
from samen.people.models import ContactPoint, Document, Helper, Household, HouseholdMember, PairWish, Wish
from samen.teams import access


def helper_for(visitor: Visitor, public_id: uuid.UUID) -> Helper:
    """The helper, seen by this colleague and written down as seen."""
    found = Helper.objects.filter(public_id=public_id).select_related("person", "team").first()
    if found is None:
        raise Http404
    access.admit(visitor, found, name=found.person.short_name, team=found.team)
    return found


def household_for(visitor: Visitor, public_id: uuid.UUID) -> Household:
    """The household, seen by this colleague and written down as seen."""
    found = Household.objects.filter(public_id=public_id).select_related("team").first()
    if found is None:
        raise Http404
    access.admit(visitor, found, name=found.name, team=found.team)
    return found


def wish_for(visitor: Visitor, public_id: uuid.UUID) -> Wish:
    """The wish, of a household or a helper that this colleague may see."""
    found = Wish.objects.filter(public_id=public_id).select_related(*_WHOSE).first()
    if found is None:
        raise Http404
    _admit_to(visitor, found.household or found.helper)
    return found


def document_for(visitor: Visitor, public_id: uuid.UUID) -> Document:
    """The file, of a household or a helper that this colleague may see."""
    found = Document.objects.filter(public_id=public_id).select_related("blob", *_WHOSE).first()
    if found is None:
        raise Http404
    _admit_to(visitor, found.household or found.helper)
    audit.read(found, role=visitor.role, entrance=visitor.entrance)
    return found


_WHOSE = ("household__team", "helper__team", "helper__person")


def _admit_to(visitor: Visitor, whose: Household | Helper) -> None:
    name = whose.name if isinstance(whose, Household) else whose.person.short_name
    access.admit(visitor, whose, name=name, team=whose.team)


def pair_for(visitor: Visitor, public_id: uuid.UUID) -> PairWish:
    """What is wished between two, for whoever may see the household."""
    found = PairWish.objects.filter(public_id=public_id).select_related("household__team", "helper").first()
    if found is None:
        raise Http404
    _admit_to(visitor, found.household)
    return found


def member_for(visitor: Visitor, public_id: uuid.UUID) -> HouseholdMember:
    """Somebody's part in a household, for whoever may see the household."""
    rows = HouseholdMember.objects.filter(public_id=public_id).select_related("household__team", "person")
    found = rows.first()
    if found is None:
        raise Http404
    access.admit(visitor, found.household, name=found.household.name, team=found.household.team)
    return found


def point_for(visitor: Visitor, public_id: uuid.UUID) -> tuple[ContactPoint, Helper | HouseholdMember]:
    """How somebody is reached, and who it is, for whoever may see their file."""
    found = ContactPoint.objects.filter(public_id=public_id, until_date=None).select_related("person").first()
    if found is None:
        raise Http404
    helper = Helper.objects.filter(person=found.person).first()
    if helper is not None:
        return found, helper_for(visitor, helper.public_id)
    member = HouseholdMember.objects.filter(person=found.person).order_by("pk").first()
    if member is None:
        raise Http404
    return found, member_for(visitor, member.public_id)
