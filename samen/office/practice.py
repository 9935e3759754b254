"""What the pages of practising show."""

from typing import Any

from django.urls import reverse

from samen.base import entrances
from samen.base.models import Letter, Organisation
from samen.office.sitting import Office

MOST = 100


def practice(here: Office) -> dict[str, Any]:
    """The practice organisation of this one, when it is ready, and whether this is one itself."""
    numbers = set(Organisation.objects.filter(practice_of=here.visitor.org).values_list("pk", flat=True))
    mine = [one for one in entrances.memberships(here.me.login_id or 0) if one.org in numbers]
    ready = mine[-1] if mine else None
    return {
        "is_practice": Organisation.objects.filter(pk=here.visitor.org, practice_of__isnull=False).exists(),
        "name": ready.name if ready else "",
        "url": reverse("today", args=[ready.slug]) if ready else "",
    }


def letters() -> list[Letter]:
    """What would have left, newest first."""
    return list(Letter.objects.order_by("-received_at", "-pk")[:MOST])
