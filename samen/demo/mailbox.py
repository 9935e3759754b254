"""The mailbox of the demonstration: every message that left, as its reader would see it."""

import re
from typing import Any

from django.utils.translation import gettext as _

from samen.base import tenancy
from samen.base.models import Letter, Organisation
from samen.people.models import Person

MOST = 200
ADDRESS = re.compile(r"https?://\S+")


def letters(to: str = "") -> list[dict[str, Any]]:
    """The letters of both agencies, newest first; `to` keeps those to one address."""
    found = [letter for organisation in Organisation.objects.all() for letter in _of(organisation)]
    found.sort(key=lambda letter: letter["received_at"], reverse=True)
    return [letter for letter in found if to in ("", letter["to_address"])][:MOST]


def _of(organisation: Organisation) -> list[dict[str, Any]]:
    with tenancy.enter(organisation.pk, tenancy.SYSTEM):
        rows = list(Letter.objects.order_by("-received_at", "-pk")[:MOST])
        people = {
            person.public_id: person.name
            for person in Person.objects.filter(public_id__in=[row.recipient_ref for row in rows])
        }
    return [
        {
            "to_name": people.get(row.recipient_ref, row.address),
            "to_address": row.address,
            "subject": row.subject or _("Text message"),
            "paragraphs": _paragraphs(row.body),
            "received_at": row.received_at,
            "organisation": organisation.name,
            "twice": row.handed_over > 1,
        }
        for row in rows
    ]


def _paragraphs(body: str) -> list[dict[str, str | None]]:
    """The text in parts, so that a link is a link."""
    parts: list[dict[str, str | None]] = []
    for paragraph in body.split("\n\n"):
        end = 0
        for found in ADDRESS.finditer(paragraph):
            parts.append({"text": paragraph[end : found.start()].strip(), "url": None})
            parts.append({"text": _("Open the page"), "url": found[0]})
            end = found.end()
        parts.append({"text": paragraph[end:].strip(), "url": None})
    return [part for part in parts if part["text"]]


def filters(to: str) -> list[dict[str, Any]]:
    """Links that keep the letters to one reader."""
    names = {letter["to_address"]: letter["to_name"] for letter in letters()}
    everybody = [{"url": "?", "label": _("Everybody"), "current": not to}]
    return everybody + [
        {"url": f"?aan={address}", "label": name, "current": address == to}
        for address, name in sorted(names.items(), key=lambda pair: str(pair[1]))
    ]
