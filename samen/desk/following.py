"""This visit and all that follow, or all from today on: what such a change would do, and doing it."""

from datetime import date
from typing import Any

from samen.base import clock
from samen.desk import terms
from samen.desk.season import differences
from samen.desk.sitting import Desk
from samen.visits import arrangements, rehearsals
from samen.visits.models import Arrangement, Term, Visit
from samen.visits.settling import Settled

ONE, FOLLOWING, ALL = "one", "following", "all"
OWN = {"local_date": "own_date", "local_start": "own_start", "minutes": "own_minutes", "helper": "own_helper"}


class AnotherWeek(Exception):
    """An agreement comes back on a day of its week: for more than one visit choose a day in the same week."""


class NothingChanges(Exception):
    """It is so already."""


def term_of(visit: Visit) -> Term | None:
    """The term that this visit comes from, if it comes back."""
    if visit.arrangement is None or visit.occurrence_date is None:
        return None
    terms_then = Term.objects.filter(arrangement=visit.arrangement, period__contains=visit.occurrence_date)
    return terms_then.filter(slot_no=visit.slot_no).exclude(freq=Term.Freq.ONCE).first()


class Following:
    """One visit and those after it being changed: `changes` are fields of the visit that are different."""

    def __init__(self, desk: Desk, visit: Visit, scope: str, changes: dict[str, Any]) -> None:
        self.desk, self.visit, self.changes = desk, visit, changes
        self.today = desk.at.astimezone(clock.HOME).date()
        self.arrangement: Arrangement = visit.arrangement
        self.day: date = changes.get("local_date", visit.local_date)
        if not changes:
            raise NothingChanges(NothingChanges.__doc__)
        if self.day.isocalendar()[:2] != visit.local_date.isocalendar()[:2]:
            raise AnotherWeek(AnotherWeek.__doc__)
        first = min(visit.occurrence_date or self.day, self.day)
        self.since = self.today if scope == ALL else max(self.today, first)

    def answers(self, term: Term) -> dict[str, Any]:
        """The slot as it would be, in the words of the form of an agreement: what a rule is asked about."""
        return {
            "rhythm": terms.chosen(term, self.since),
            "weekday": self._recurring().get("weekday", term.weekday),
            "start": self.changes.get("local_start", term.local_start),
            "minutes": self.changes.get("minutes", term.minutes),
            "since": self.since,
            "slot_no": self.visit.slot_no,
        }

    def rehearse(self) -> dict[str, Any]:
        """What would change, in words and counts."""
        tried = rehearsals.rehearse([self.arrangement], self._change, at=self.desk.at)
        return differences.preview(tried, [self.arrangement])

    def perform(self, seen: str) -> Settled:
        """Do it; `ChangedMeanwhile` when it is not what was previewed."""
        return rehearsals.perform([self.arrangement], self._change, expected=seen, at=self.desk.at)

    def _change(self) -> Settled:
        by, at = self.desk.visitor.actor, self.desk.at
        own = {name: value for name, value in self.changes.items() if getattr(self.visit, OWN[name])}
        return arrangements.change_from(self.visit, since=self.since, own=own, by=by, at=at, **self._recurring())

    def _recurring(self) -> dict[str, Any]:
        """The changes as fields of a slot: another day is another weekday, and by the month perhaps another of it."""
        changes = {name: value for name, value in self.changes.items() if name != "local_date"}
        if "local_date" not in self.changes:
            return changes
        term = term_of(self.visit)
        monthly = term is not None and term.freq == Term.Freq.MONTHLY_NTH
        nth = {"nth": terms.nth_of(self.day, instead_of=term.nth)} if term and monthly else {}
        return changes | {"weekday": self.day.weekday()} | nth
