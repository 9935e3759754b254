"""The people on the demo's front door, each with the address that opens their screen."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import links, tenancy
from samen.base.models import Link, Organisation
from samen.demo import cast, country
from samen.people.models import Helper, Household
from samen.teams.models import Team

HELPERS = ("Fatma", "Joke", "Piet")
HOUSEHOLDS = ("mevrouw De Vries", "familie Smit")


def groups() -> list[dict[str, Any]]:
    """The groups of people to be: colleagues, helpers, households, and the outsider."""
    phones = _phones(cast.GOOI.slug)
    return [
        {
            "title": _("In the office"),
            "people": [_colleague(cast.GOOI, name) for name in ("Anja", "Bram", "Eva")],
        },
        {"title": _("On the phone"), "people": [phones[name] for name in HELPERS if name in phones]},
        {"title": _("At home"), "people": [phones[name] for name in HOUSEHOLDS if name in phones]},
        {"title": _("Somewhere else"), "people": [_colleague(cast.BETUWE, "Zoë")]},
        *_regions(),
    ]


def _regions() -> list[dict[str, Any]]:
    """Each region that was planted: two of its coordinators, a helper, and a household that she helps."""
    organisation = Organisation.objects.get(slug=cast.GOOI.slug)
    with tenancy.enter(organisation.pk, tenancy.SYSTEM):
        teams = {row.name: row for row in Team.objects.all()}
        return [_region(region, teams[region.team]) for region in country.REGIONS if region.team in teams]


def _region(region: country.Region, team: Team) -> dict[str, Any]:
    helpers, households = Helper.objects.filter(team=team), Household.objects.filter(team=team)
    return {
        "title": region.name,
        "size": _("{helpers} helpers, {households} households").format(
            helpers=helpers.count(), households=households.count()
        ),
        "people": [
            *(_coordinator(region, name) for name in region.coordinators[:2]),
            *_with_page(team),
        ],
    }


def _coordinator(region: country.Region, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "role": region.team,
        "what": _("coordinates a whole region with three others"),
        "url": reverse("become"),
        "post": True,
        "key": cast.Colleague(name, region.team).email,
    }


def _with_page(team: Team) -> list[dict[str, Any]]:
    """The helper and the household of this team that have a page of their own on the front door."""
    standing = Link.objects.exclude(purpose=Link.Purpose.OFFER).order_by("pk")
    urls = {link.object_ref: links.url(link.public_id) for link in standing}
    helpers = Helper.objects.filter(team=team, public_id__in=urls).select_related("person").order_by("pk")[:1]
    households = Household.objects.filter(team=team, public_id__in=urls).order_by("pk")[:1]
    return [
        *(
            _phone(row.person.name, _("helper, {team}").format(team=team.name), _("her own week"), urls[row.public_id])
            for row in helpers
        ),
        *(_phone(row.name, _("household"), _("who comes, and when"), urls[row.public_id]) for row in households),
    ]


def addresses(origin: str) -> list[tuple[str, str]]:
    """Who you are at which address: what `bin/demo` prints."""
    phones = [
        (f"{person['name']}, {person['role']}", str(person["url"])) for person in _phones(cast.GOOI.slug).values()
    ]
    return [
        (_("everybody, to choose from"), f"{origin}/"),
        (_("Anja, once chosen there"), origin + reverse("today", args=[cast.GOOI.slug])),
        (_("the mailbox of the demonstration"), origin + reverse("mailbox")),
        *phones,
    ]


def _colleague(agency: cast.Agency, name: str) -> dict[str, Any]:
    colleague = next(one for one in agency.colleagues if one.name == name)
    roles = {
        "Anja": _("coordinates the team: a good place to begin"),
        "Bram": _("sees the same board, on another screen"),
        "Eva": _("is of the other team: sees name cards until somebody opens a file"),
        "Zoë": _("works at another agency, and may see nothing of this one"),
    }
    return {
        "name": name,
        "role": f"{colleague.team}, {agency.name}",
        "what": roles[name],
        "url": reverse("become"),
        "post": True,
        "key": colleague.email,
    }


def _phones(slug: str) -> dict[str, dict[str, Any]]:
    """The pages of helpers and households, by first name or by the household's name."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    with tenancy.enter(organisation.pk, tenancy.SYSTEM):
        urls = {link.object_ref: links.url(link.public_id) for link in Link.objects.exclude(purpose=Link.Purpose.OFFER)}
        cast_teams = Team.objects.filter(name__in=cast.GOOI.teams)
        ours = Helper.objects.filter(team__in=cast_teams)
        for helper in ours.filter(person__first_name__in=HELPERS).select_related("person", "team"):
            name = helper.person.first_name
            found[name] = _phone(
                name, _("helper, {team}").format(team=helper.team.name), _what(name), urls[helper.public_id]
            )
        for household in Household.objects.filter(name__in=HOUSEHOLDS, team__in=cast_teams).order_by("pk"):
            found[household.name] = _phone(
                household.name, _("household"), _what(household.name), urls[household.public_id]
            )
    return found


def _phone(name: str, role: str, what: str, url: str) -> dict[str, Any]:
    return {"name": name, "role": role, "what": what, "url": url, "post": False, "key": ""}


def _what(name: str) -> str:
    stories = {
        "Fatma": _("wakes up ill this morning"),
        "Joke": _("knows Mrs De Vries, and could step in"),
        "Piet": _("has an electric bike and a free morning"),
        "mevrouw De Vries": _("expects somebody at ten o'clock"),
        "familie Smit": _("employs Fatma itself, so it may hear more"),
    }
    return stories[name]
