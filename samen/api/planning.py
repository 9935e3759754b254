"""The door to the planner: terms and visits become the series of a calendar.

A term is a rule in the calendar; what a visit has of its own stands beside it.  Why somebody does not come is in no
calendar: a visit of which somebody else takes care is simply not there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from samen.api.access import Feed
from samen.base import clock
from samen.people import places
from samen.people.models import Helper, Household, Place
from samen.planner import calendars
from samen.planner.calendars import Own, Series
from samen.planner.recurrence import Rule, occurrences
from samen.teams.models import Team
from samen.visits import planning, words
from samen.visits.models import Arrangement, Assignment, Term, Visit

Key = tuple[int | None, int, date | None]


def calendar(feed: Feed, *, at: datetime) -> bytes:
    """The whole calendar, from the month before this one on; the same rows give the same bytes."""
    today = at.astimezone(clock.HOME).date()
    begins = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return calendars.write(_Reader(feed, begins, today).series(), name=_name(feed))


def _name(feed: Feed) -> str:
    whose = feed.whose
    return _("Visits {name}").format(name=whose.name if isinstance(whose, Team) else "Samen")


@dataclass
class _Reader:
    """One feed being made: whose eyes it is for, and from which day on."""

    feed: Feed
    begins: date
    today: date

    def series(self) -> Iterator[Series]:
        """Every term as a rule with what is its own, and every visit that no rule speaks of."""
        terms = list(self._terms())
        visits = list(self._visits({term.arrangement_id for term in terms}))
        self.places = self._places(terms, visits)
        self.last = max((visit.occurrence_date for visit in visits if visit.occurrence_date), default=self.today)
        by_key = {_key(visit): visit for visit in visits}
        spoken_of: set[int] = set()
        for term in terms:
            rule = calendars.since(planning.rule_of(term), self.begins)
            if rule is not None:
                yield self._recurring(term, rule, by_key, spoken_of)
        for visit in visits:
            if visit.pk not in spoken_of and visit.cancelled_at is None and self._is_shown(visit):
                yield self._single(visit)

    # --- Rows --------------------------------------------------------------------------------------

    def _terms(self) -> QuerySet[Term]:
        whose = self.feed.whose
        mine = (
            Q(helper=whose)
            if isinstance(whose, Helper)
            else Q(arrangement__household=whose)
            if isinstance(whose, Household)
            else Q(arrangement__household__team=whose)
        )
        return (
            Term.objects.filter(mine)
            .filter(Q(period__endswith=None) | Q(period__endswith__gt=self.begins))
            .select_related("arrangement__household", "helper__person")
            .prefetch_related("arrangement__changes")
            .order_by("pk")
        )

    def _visits(self, arrangements: set[int]) -> QuerySet[Visit]:
        whose = self.feed.whose
        if isinstance(whose, Helper):
            hers = Assignment.objects.standing().filter(helper=whose).values("visit")
            mine = Q(arrangement__in=arrangements) | Q(pk__in=hers)
        else:
            mine = Q(household=whose) if isinstance(whose, Household) else Q(team=whose)
        recent = Q(local_date__gte=self.begins) | Q(occurrence_date__gte=self.begins)
        every = Prefetch("assignments", Assignment.objects.order_by("pk").select_related("helper__person"))
        return Visit.objects.filter(mine, recent).select_related("household").prefetch_related(every).order_by("pk")

    def _places(self, terms: Iterable[Term], visits: Iterable[Visit]) -> dict[int, Place]:
        if not self.feed.full:
            return {}
        homes = {term.arrangement.household_id for term in terms} | {visit.household_id for visit in visits}
        return places.of_households(homes, self.today)

    # --- Series ------------------------------------------------------------------------------------

    def _recurring(self, term: Term, rule: Rule, visits: dict[Key, Visit], spoken_of: set[int]) -> Series:
        left_out, own = set(), []
        for day in occurrences(rule, self.begins, self.last + timedelta(days=1)):
            visit = visits.get((term.arrangement_id, term.slot_no, day))
            if visit is not None:
                spoken_of.add(visit.pk)
            if (visit is None and day < self.today) or (visit is not None and not self._is_shown(visit)):
                left_out.add(day)
            elif visit is not None and not self._is_as_agreed(visit, term):
                own.append(self._own(visit, term))
        arrangement = term.arrangement
        return Series(
            uid=f"{arrangement.uid}-{term.slot_no}-{term.period.lower:%Y%m%d}",
            rule=rule,
            local_start=term.local_start,
            minutes=term.minutes,
            zone=term.zone,
            changed_at=max((change.changed_at for change in arrangement.changes.all()), default=arrangement.created_at),
            title=self._title(arrangement.household, term.helper),
            where=self._where(arrangement.household_id),
            left_out=frozenset(left_out),
            own=tuple(own),
            sequence=_sequence(arrangement),
        )

    def _is_shown(self, visit: Visit) -> bool:
        """A helper sees her own visits, and those of hers that are called off; others see all of theirs."""
        whose = self.feed.whose
        if not isinstance(whose, Helper):
            return True
        rows = list(visit.assignments.all())
        going = [row.helper_id for row in rows if row.ended_at is None]
        was_going = bool(rows) and rows[-1].helper_id == whose.pk and visit.cancelled_at is not None
        return whose.pk in going or was_going

    def _is_as_agreed(self, visit: Visit, term: Term) -> bool:
        return (
            visit.cancelled_at is None
            and (visit.local_date, visit.local_start, visit.minutes)
            == (visit.occurrence_date, term.local_start, term.minutes)
            and self._title(visit.household, _going(visit)) == self._title(visit.household, term.helper)
        )

    def _own(self, visit: Visit, term: Term) -> Own:
        assert visit.occurrence_date is not None  # noqa: S101  found by that day
        return Own(
            day=visit.occurrence_date,
            local_date=visit.local_date,
            local_start=visit.local_start,
            minutes=visit.minutes,
            title=self._title(visit.household, _going(visit)),
            where=self._where(visit.household_id),
            cancelled=visit.cancelled_at is not None,
            sequence=_sequence(term.arrangement) + len(visit.assignments.all()),
        )

    def _single(self, visit: Visit) -> Series:
        return Series(
            uid=str(visit.public_id),
            rule=calendars.once(visit.local_date),
            local_start=visit.local_start,
            minutes=visit.minutes,
            zone=visit.zone,
            changed_at=max((row.created_at for row in visit.assignments.all()), default=visit.created_at),
            title=self._title(visit.household, _going(visit)),
            where=self._where(visit.household_id),
            sequence=len(visit.assignments.all()),
        )

    # --- Words -------------------------------------------------------------------------------------

    def _title(self, household: Household, helper: Helper | None) -> str:
        """No surname, unless the calendar is a colleague's full one."""
        whose = self.feed.whose
        if isinstance(whose, Household):
            return _("Visit {name}").format(name=_letter(helper.person.first_name)) if helper else _("Visit")
        if isinstance(whose, Helper):
            return _("Visit {name}").format(name=_letter(words.surname(household.name)))
        if self.feed.full:
            return f"{household.name} · {helper.person.name if helper else _('nobody yet')}"
        name = _("Visit {name}").format(name=_letter(words.surname(household.name)))
        return f"{name} · {helper.person.first_name if helper else _('nobody yet')}"

    def _where(self, household: int) -> str:
        return places.fully(self.places.get(household)) if self.feed.full else ""


def _key(visit: Visit) -> Key:
    return visit.arrangement_id, visit.slot_no, visit.occurrence_date


def _going(visit: Visit) -> Helper | None:
    return next((row.helper for row in visit.assignments.all() if row.ended_at is None), None)


def _letter(name: str) -> str:
    return f"{name[:1].upper()}."


def _sequence(arrangement: Arrangement) -> int:
    """It grows with every change, and with every change that is undone."""
    changes = list(arrangement.changes.all())
    return len(changes) + sum(change.undone_at is not None for change in changes)
