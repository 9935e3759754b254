"""The people on the demo's front door, each with the address that opens their screen."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import links, tenancy
from samen.base.models import Link, Organisation
from samen.demo import cast
from samen.people.models import Helper, Household

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
        for helper in Helper.objects.filter(person__first_name__in=HELPERS).select_related("person", "team"):
            name = helper.person.first_name
            found[name] = _phone(
                name, _("helper, {team}").format(team=helper.team.name), _what(name), urls[helper.public_id]
            )
        for household in Household.objects.filter(name__in=HOUSEHOLDS).order_by("pk"):
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
