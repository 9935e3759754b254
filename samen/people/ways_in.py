"""How one comes in; a code is sealed, and read by a click that is written down."""

from datetime import datetime

from samen.base import audit, journal, seal
from samen.base.tenancy import Actor
from samen.people.facts import Fact
from samen.people.models import Household, WayIn


def describe(household: Household, *, kind: str, secret: str | None, by: Actor, at: datetime) -> WayIn:
    """One comes in like this; `secret` is the code or where the key is, None leaves what was sealed before."""
    row = WayIn.objects.filter(household=household).first() or WayIn(household=household)
    row.kind = kind
    if secret is not None:
        row.sealed = seal.close(secret, bound_to=_binding(row)) if secret else None
    row.save()
    journal.record(Fact.WAY_IN_CHANGED, about=[household, household.team], by=by, at=at)
    return row


def of(household: Household) -> WayIn | None:
    """How one comes in, without what is sealed."""
    return WayIn.objects.filter(household=household).defer("sealed").first()


def is_sealed(household: Household) -> bool:
    """Whether something of it is sealed."""
    return WayIn.objects.filter(household=household).exclude(sealed=None).exists()


def reveal(household: Household, *, role: str, entrance: str) -> str:
    """What was sealed, and that somebody read it is written down."""
    row = WayIn.objects.filter(household=household).exclude(sealed=None).first()
    audit.write(household, "SHOW_KEY", role=role, entrance=entrance, purpose="way in")
    return seal.open_(bytes(row.sealed), bound_to=_binding(row)) if row and row.sealed else ""


def _binding(row: WayIn) -> str:
    return f"way in {row.public_id}"
