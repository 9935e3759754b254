"""A colleague goes on where a rule only warns, and says why."""

from datetime import date, datetime

from samen.base.journal import Subject
from samen.base.schema import Owned
from samen.base.tenancy import Actor
from samen.visits.models import Override


def say(*, rule: str, about: Owned, found: int, day: date, reason: str, by: Actor, at: datetime) -> Override:
    """It is written down that somebody went on, which rule warned, by how much, and why."""
    subject = Subject.of(about)
    return Override.objects.create(
        rule=rule,
        about_kind=subject.kind,
        about_ref=subject.ref,
        found=found,
        day=day,
        reason=reason,
        said_by_kind=by.kind,
        said_by_ref=by.ref,
        said_at=at,
    )
