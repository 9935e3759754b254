"""A colleague goes on where a rule only warns, and says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from samen.base import journal
from samen.base.journal import Subject
from samen.base.schema import Owned
from samen.base.tenancy import Actor
from samen.visits.facts import Fact
from samen.visits.models import Override


@dataclass(frozen=True)
class Warned:
    """The rule that warned, what was found instead of what it asks, and on which day."""

    rule: str
    found: int | None
    day: date


def say(*, rule: str, about: Owned, found: int | None, day: date, reason: str, by: Actor, at: datetime) -> Override:
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


def record(
    about: Owned, warned: Iterable[Warned], *, reason: str, subjects: Iterable[Owned], by: Actor, at: datetime
) -> list[Override]:
    """It was done although these rules warned, for this reason; one line in the journal for each."""
    made = []
    for one in warned:
        row = say(rule=one.rule, about=about, found=one.found, day=one.day, reason=reason, by=by, at=at)
        about_all = [about, row, *subjects]
        journal.record(Fact.RULE_OVERRIDDEN, about=about_all, by=by, at=at, params={"rule": one.rule})
        made.append(row)
    return made


def of(about: Owned) -> list[Override]:
    """Where somebody went on with this, the newest first."""
    subject = Subject.of(about)
    return list(Override.objects.filter(about_kind=subject.kind, about_ref=subject.ref).order_by("-pk"))
