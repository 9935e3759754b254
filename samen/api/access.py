"""The gate of other programs: which calendar a signed link opens, and for whom."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils import translation

from samen.base.entrances import Role, visitor
from samen.base.models import Link
from samen.people import lookup
from samen.people.models import Helper, Household
from samen.teams import access as teams
from samen.teams.models import Colleague, Team
from samen.visits import feeds


@dataclass(frozen=True)
class Feed:
    """A calendar that was asked for: whose it is, and whether surnames and addresses may be in it."""

    whose: feeds.Whose
    role: Role
    full: bool = False


def feed(request: HttpRequest) -> Feed:
    """The calendar behind the link of this request, in its reader's language from here on, else 404."""
    here = visitor(request)
    link = Link.objects.get(public_id=here.actor.the_ref)
    if link.purpose not in feeds.PURPOSES or link.revoked_at is not None or link.expires_at <= here.at:
        raise Http404
    found = _of_helper(link) or _of_household(link) or _of_team(request, link)
    if found is None:
        raise Http404
    return found


def _of_helper(link: Link) -> Feed | None:
    helper = Helper.objects.filter(public_id=link.object_ref).select_related("person", "team").first()
    if helper is None:
        return None
    translation.activate(helper.person.language)
    return Feed(helper, Role.HELPER)


def _of_household(link: Link) -> Feed | None:
    household = Household.objects.filter(public_id=link.object_ref).select_related("team").first()
    if household is None:
        return None
    told = lookup.told(household)
    translation.activate(told.language if told else "nl")
    return Feed(household, Role.HOUSEHOLD)


def _of_team(request: HttpRequest, link: Link) -> Feed | None:
    """A colleague's calendar of the team, for as long as that colleague is in it."""
    me = Colleague.objects.filter(public_id=link.person_ref, left_at=None).first()
    mine = teams.teams_of(me, visitor(request).at) if me else []
    team: Team | None = next((team for team in mine if team.public_id == link.object_ref), None)
    translation.activate("nl")
    return Feed(team, Role.COLLEAGUE, full=link.purpose == Link.Purpose.FEED_FULL) if team else None
