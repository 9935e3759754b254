"""The gate of helpers and households: own team, or opened for this colleague; else a name card, else 404."""

import uuid

from django.http import Http404

from samen.base.entrances import Visitor
from samen.people.models import Helper, Household
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
