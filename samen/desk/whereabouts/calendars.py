"""The page about a calendar on somebody's own telephone: its secret address, and making or withdrawing it."""

import uuid
from typing import Any

from django.urls import reverse

from samen.base.models import Link
from samen.desk.sitting import Desk
from samen.desk.whereabouts.forms import FULL, WITHDRAW
from samen.people.models import Helper, Household
from samen.teams.models import Team
from samen.visits import feeds


def of(here: Desk, whose: feeds.Whose) -> dict[str, Any]:
    """Everything the page shows."""
    link = feeds.of(whose, reader=_reader(here, whose), at=here.at)
    kind = "household" if isinstance(whose, Household) else "helper" if isinstance(whose, Helper) else "team"
    return {
        "kind": kind,
        "name": whose.person.name if isinstance(whose, Helper) else whose.name,
        "team": whose if isinstance(whose, Team) else whose.team,
        "url": feeds.url(link) if link else "",
        "full": link is not None and link.purpose == Link.Purpose.FEED_FULL,
        "until": link.expires_at if link else None,
        "back_url": reverse("today", args=[here.visitor.slug])
        if isinstance(whose, Team)
        else reverse(kind, args=[here.visitor.slug, whose.public_id]),
    }


def change(here: Desk, whose: feeds.Whose, wish: str) -> None:
    """Make the secret address, a plain or a full one, or withdraw it; only a colleague's own can be full."""
    reader, by, at = _reader(here, whose), here.visitor.actor, here.at
    if wish == WITHDRAW:
        feeds.withdraw(whose, reader=reader, by=by, at=at)
        return
    full = wish == FULL and isinstance(whose, Team)
    feeds.share(whose, reader=reader, purpose=Link.Purpose.FEED_FULL if full else Link.Purpose.FEED, by=by, at=at)


def _reader(here: Desk, whose: feeds.Whose) -> uuid.UUID:
    """A colleague reads the team's under an address of their own, so that it can end when they leave."""
    reader: uuid.UUID = here.me.public_id if isinstance(whose, Team) else whose.public_id
    return reader
