"""Which days are not like the others: a holiday, a school break, a household that is away.  Only read here."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from samen.people.models import Household
from samen.visits.models import DayOff, HolidayChoice, HouseholdAway, Visit

AWAY = "AWAY"
HOLIDAY = "HOLIDAY"
Stretch = tuple[date, date | None]


@dataclass(frozen=True)
class Verdict:
    """What happens to a visit on its day: nothing (`why` is empty), it is off, or it is on another day."""

    why: str = ""
    day: date | None = None


@dataclass
class DaysOff:
    """All choices that touch these households, looked up once."""

    away: dict[int, list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    choices: dict[int, list[HolidayChoice]] = field(default_factory=lambda: defaultdict(list))
    exceptions: dict[tuple[int, int], tuple[str, date | None]] = field(default_factory=dict)

    def judge(self, visit: Visit, team: int) -> Verdict:
        """The day an agreement names is judged, unless another day was agreed for this visit alone."""
        if visit.own_date or visit.occurrence_date is None:
            return Verdict(AWAY if self._is_away(visit.household_id, visit.local_date) else "", visit.local_date)
        choice, to_date = self._chosen(visit.household_id, team, visit.occurrence_date)
        if choice == DayOff.SKIP:
            return Verdict(HOLIDAY, visit.occurrence_date)
        day = to_date if choice == DayOff.MOVE and to_date else visit.occurrence_date
        return Verdict(AWAY if self._is_away(visit.household_id, day) else "", day)

    def _is_away(self, household: int, day: date) -> bool:
        return any(first <= day and (until is None or day < until) for first, until in self.away[household])

    def _chosen(self, household: int, team: int, day: date) -> tuple[str, date | None]:
        """The shortest stretch speaks: what was decided for Boxing Day goes before what was for the whole break."""
        for row in self.choices[team]:
            if row.period.lower <= day < row.period.upper:
                return self.exceptions.get((row.pk, household), (row.choice, row.to_date))
        return DayOff.KEEP, None


def touching(households: Collection[Household], since: date) -> DaysOff:
    """What was told and chosen for these households and their teams, from this day on."""
    found = DaysOff()
    away = HouseholdAway.objects.filter(
        household__in=households, withdrawn_at=None, choice=DayOff.SKIP, period__overlap=DateRange(since, None)
    )
    for row in away:
        found.away[row.household_id].append((row.period.lower, row.period.upper))
    teams = {household.team_id for household in households}
    chosen = HolidayChoice.objects.filter(team__in=teams, withdrawn_at=None, period__overlap=DateRange(since, None))
    for choice in sorted(chosen.prefetch_related("exceptions"), key=_length):
        found.choices[choice.team_id].append(choice)
        for one in choice.exceptions.all():
            found.exceptions[choice.pk, one.household_id] = (one.choice, one.to_date)
    return found


def _length(choice: HolidayChoice) -> tuple[int, int]:
    return (choice.period.upper - choice.period.lower).days, choice.pk
