"""What the pages of regions, teams and colleagues show."""

from datetime import time
from typing import Any

from django.urls import reverse

from samen.base import clock
from samen.base.models import Login
from samen.office.forms import FIVE, NINE, OFFICE_DAYS, written
from samen.office.sitting import Office
from samen.teams import colleagues as people
from samen.teams import regions as places
from samen.teams.models import Colleague, Region, Team, TeamMember


def regions(here: Office) -> list[dict[str, Any]]:
    """Every region with its postcodes and its teams."""
    teams: dict[int, list[str]] = {}
    for team in Team.objects.order_by("name"):
        teams.setdefault(team.region_id, []).append(team.name)
    return [
        {
            "name": region.name,
            "postcodes": written(places.spans_of(region)),
            "teams": teams.get(region.pk, []),
            "url": reverse("office_region", args=[here.visitor.slug, region.public_id]),
        }
        for region in Region.objects.prefetch_related("spans").order_by("name")
    ]


def teams(here: Office) -> list[dict[str, Any]]:
    """Every team with its region, its number, and how many are in it today."""
    return [
        {
            "name": team.name,
            "phone": team.phone,
            "region": team.region.name,
            "people": [member.colleague.name for member in team.members.all() if here.today in member.period],
            "url": reverse("office_team", args=[here.visitor.slug, team.public_id]),
        }
        for team in Team.objects.select_related("region").prefetch_related("members__colleague").order_by("name")
    ]


def colleagues(here: Office) -> dict[str, list[dict[str, Any]]]:
    """Who works here, and who did: those who left keep their place in the history."""
    found = list(Colleague.objects.prefetch_related("memberships__team").order_by("name"))
    logins = Login.objects.in_bulk([one.login_id for one in found if one.login_id])
    rows = [_colleague(here, one, logins.get(one.login_id or 0)) for one in found]
    return {
        "serving": [row for row in rows if not row["gone"]],
        "gone": [row for row in rows if row["gone"]],
    }


def _colleague(here: Office, one: Colleague, login: Login | None) -> dict[str, Any]:
    return {
        "name": one.name,
        "email": login.email if login else "",
        "manager": one.role == Colleague.Role.MANAGER,
        "teams": [member.team.name for member in one.memberships.all() if here.today in member.period],
        "waits": login is not None and login.last_login is None,
        "starts": one.starts_date if one.starts_date and one.starts_date > here.today else None,
        "left_at": one.left_at,
        "gone": one.left_at is not None and one.left_at <= here.at,
        "url": reverse("office_colleague", args=[here.visitor.slug, one.public_id]),
    }


def region_choices() -> list[tuple[str, str]]:
    """The regions to choose from."""
    return [(str(region.public_id), region.name) for region in Region.objects.order_by("name")]


def team_choices() -> list[tuple[str, str]]:
    """The teams to choose from."""
    return [(str(team.public_id), team.name) for team in Team.objects.order_by("name")]


def hours(team: Team) -> dict[str, time | str]:
    """The hours of a team as its form wants them; a team that has none yet is offered office hours."""
    kept = list(team.hours.order_by("weekday"))
    found = {row.weekday: (row.local_start, row.local_end) for row in kept}
    for weekday in () if found else OFFICE_DAYS:
        found[weekday] = (NINE, FIVE)
    starts = {f"from_{weekday}": start for weekday, (start, _end) in found.items()}
    ends = {f"until_{weekday}": end for weekday, (_start, end) in found.items()}
    pause = next((f"{row.break_start:%H:%M}–{row.break_end:%H:%M}" for row in kept if row.break_start), "")
    return {**starts, **ends, "pause": pause}


def team_page(here: Office, team: Team) -> dict[str, Any]:
    """A team: who is in it, and when it is closed."""
    slug = here.visitor.slug
    closed = [
        {
            "day": row.date,
            "name": row.name,
            "url": reverse("office_open_again", args=[slug, row.public_id]),
        }
        for row in team.closed_days.filter(date__gte=here.today).order_by("date")
    ]
    members = team.members.filter(period__contains=here.today).select_related("colleague").order_by("colleague__name")
    people_in = [
        {
            "name": member.colleague.name,
            "url": reverse("office_colleague", args=[slug, member.colleague.public_id]),
        }
        for member in members
    ]
    return {"team": team, "closed": closed, "people": people_in, "has_hours": team.hours.exists()}


def colleague_page(here: Office, one: Colleague) -> dict[str, Any]:
    """A colleague: the address, the teams then and now, and whether the door is open."""
    gone = one.left_at is not None and one.left_at <= here.at
    members = one.memberships.select_related("team").order_by("-period")
    return {
        "colleague": one,
        "email": people.address_of(one),
        "gone": gone,
        "leaves": one.left_at.astimezone(clock.HOME).date() if one.left_at else None,
        "starts": one.starts_date,
        "memberships": [_membership(here, member) for member in members],
    }


def _membership(here: Office, member: TeamMember) -> dict[str, Any]:
    period = member.period
    over = period.upper is not None and period.upper <= here.today
    return {
        "team": member.team.name,
        "start": period.lower,
        "until": period.upper,
        "url": "" if over else reverse("office_move_on", args=[here.visitor.slug, member.public_id]),
    }
