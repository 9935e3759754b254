"""How often a week a helper is asked to stand in at most, unless she said so herself: what the house finds fair."""

from datetime import datetime

from samen.base import journal
from samen.base.tenancy import Actor
from samen.visits.facts import Fact
from samen.visits.models import FAIR, WorkPolicy


def at_most() -> int | None:
    """How many questions a week are fair in this organisation; None when it has no number for that."""
    policy = WorkPolicy.objects.first()
    return policy.asked_at_most if policy is not None else FAIR


def say(*, at_most: int | None, by: Actor, at: datetime) -> WorkPolicy:
    """From now on so many questions a week are fair; None for as often as needed.  Said twice, it is said once."""
    policy, _ = WorkPolicy.objects.select_for_update().get_or_create()
    if policy.asked_at_most != at_most:
        policy.asked_at_most = at_most
        policy.save(update_fields=["asked_at_most"])
        journal.record(Fact.POLICY_CHANGED, about=[policy], by=by, at=at, params={"asked_at_most": at_most})
    return policy
