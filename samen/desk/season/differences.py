"""What a change would do, in words: of each household which visits, how they stand, and how they would."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from samen.people.models import Helper
from samen.visits.days_off import AWAY, HOLIDAY
from samen.visits.models import Arrangement
from samen.visits.rehearsals import Difference, Rehearsal, State
from samen.visits.settling import SKIPPED


@dataclass
class Group:
    """The visits of one household that change."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def clashes(self) -> int:
        """How many of them would have nobody."""
        return sum(row["clash"] for row in self.rows)


def preview(tried: Rehearsal, arrangements: Collection[Arrangement]) -> dict[str, Any]:
    """The page's words for a rehearsal; `seen` is its fingerprint."""
    agreed = {one.pk: one for one in arrangements}
    states = [state for one in tried.differences for state in (one.before, one.after) if state]
    helpers = Helper.objects.select_related("person").in_bulk({state.helper for state in states if state.helper})
    names = {number: helper.person.first_name for number, helper in helpers.items()}
    groups: dict[int, Group] = {}
    for one in tried.differences:
        household = agreed[one.arrangement].household
        groups.setdefault(household.pk, Group(household.name)).rows.append(_row(one, names))
    ordered = sorted(groups.values(), key=lambda group: (-group.clashes, group.name))
    return {
        "seen": tried.fingerprint,
        "groups": ordered,
        "total": len(tried.differences),
        "households": len(ordered),
        "clashes": tried.clashes,
    }


def _row(one: Difference, names: dict[int, str]) -> dict[str, Any]:
    return {
        "day": one.day,
        "before": _words(one.before, one, names),
        "after": _words(one.after, one, names),
        "clash": one.clash,
    }


def _words(state: State | None, one: Difference, names: dict[int, str]) -> str:
    if state is None:
        return _("no visit")
    if state.why:
        return why_words(state.why)
    parts = [] if state.day == one.day else [day_words(state.day)]
    parts.append(formats.time_format(state.start, _("H:i")))
    parts.append(names.get(state.helper or 0, _("nobody yet")))
    return ", ".join(parts)


def why_words(why: str) -> str:
    """Why nobody comes."""
    return {
        AWAY: _("skipped: the household is away"),
        HOLIDAY: _("skipped: holiday"),
        SKIPPED: _("skipped, this time only"),
    }.get(why, _("no visit"))


def day_words(day: date | datetime) -> str:
    """The day in words, short: wo 26 dec."""
    return formats.date_format(day, _("D j N"))
