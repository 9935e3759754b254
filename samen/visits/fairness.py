"""How often a week a helper is asked to stand in at most, unless she said so herself: what the house finds fair."""

from datetime import datetime

from samen.base import journal
from samen.base.tenancy import Actor
from samen.visits import policy
from samen.visits.facts import Fact
from samen.visits.models import WorkPolicy


def at_most() -> int | None:
    """How many questions a week are fair in this organisation; None when it has no number for that."""
    return policy.of_house().asked_at_most


def say(*, at_most: int | None, by: Actor, at: datetime) -> WorkPolicy:
    """From now on so many questions a week are fair; None for as often as needed.  Said twice, it is said once."""
    ours, _ = WorkPolicy.objects.select_for_update().get_or_create()
    if ours.asked_at_most != at_most:
        ours.asked_at_most = at_most
        ours.save(update_fields=["asked_at_most"])
        policy.forget()
        journal.record(Fact.POLICY_CHANGED, about=[ours], by=by, at=at, params={"asked_at_most": at_most})
    return ours
