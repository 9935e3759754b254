"""What a helper asks for an hour and what a household pays at most, and whether that is a hard rule here."""

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import formats

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people.models import Helper, Household
from samen.visits import policy
from samen.visits.facts import Fact
from samen.visits.models import HelperRate, HouseholdRate, WorkPolicy


def count() -> bool:
    """Whether rates are a hard rule in this organisation: then nobody goes who asks more than a household pays."""
    return policy.of_house().rates_count


def use(*, wanted: bool, by: Actor, at: datetime) -> WorkPolicy:
    """From now on rates are a hard rule, or not any more.  Said twice, it is said once."""
    ours, _ = WorkPolicy.objects.select_for_update().get_or_create()
    if ours.rates_count != wanted:
        ours.rates_count = wanted
        ours.save(update_fields=["rates_count"])
        policy.forget()
        journal.record(Fact.POLICY_CHANGED, about=[ours], by=by, at=at, params={"rates_count": wanted})
    return ours


def asks(helper: Helper, *, cents: int | None, since: date, by: Actor, at: datetime) -> HelperRate | None:
    """From this day on the helper asks so much for an hour; None for no rate of her own."""
    Helper.objects.select_for_update(of=("self",)).get(pk=helper.pk)
    _make_room(list(helper.rates.filter(period__overlap=DateRange(since, None))), since)
    made = HelperRate.objects.create(helper=helper, cents=cents, period=DateRange(since, None)) if cents else None
    journal.record(Fact.RATE_SET, about=[helper, helper.team], by=by, at=at)
    return made


def pays(household: Household, *, cents: int | None, since: date, by: Actor, at: datetime) -> HouseholdRate | None:
    """From this day on the household pays at most so much for an hour; None for whatever it costs."""
    Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    _make_room(list(household.rates.filter(period__overlap=DateRange(since, None))), since)
    period = DateRange(since, None)
    made = HouseholdRate.objects.create(household=household, cents=cents, period=period) if cents else None
    journal.record(Fact.RATE_SET, about=[household, household.team], by=by, at=at)
    return made


def _make_room(rows: list[HelperRate] | list[HouseholdRate], since: date) -> None:
    """What was said for the days from `since` on is no longer so; what was before is kept."""
    for row in rows:
        if row.period.lower >= since:
            row.delete()
        else:
            row.period = DateRange(row.period.lower, since)
            row.save(update_fields=["period"])


def of_helper(helper: Helper, day: date) -> int | None:
    """What she asks on this day, in cents an hour; None when nothing was agreed."""
    return helper.rates.filter(period__contains=day).values_list("cents", flat=True).first()


def of_household(household: Household, day: date) -> int | None:
    """What it pays at most on this day, in cents an hour; None when that was not said."""
    return household.rates.filter(period__contains=day).values_list("cents", flat=True).first()


def asked(helpers: list[int], day: date) -> dict[int, int]:
    """What each of these helpers (by number) asks on this day, where rates count; nothing where they do not."""
    if not count():
        return {}
    return dict(HelperRate.objects.filter(helper__in=helpers, period__contains=day).values_list("helper_id", "cents"))


def paid(households: list[int], day: date) -> dict[int, int]:
    """What each of these households (by number) pays at most on this day, where rates count."""
    if not count():
        return {}
    rows = HouseholdRate.objects.filter(household__in=households, period__contains=day)
    return dict(rows.values_list("household_id", "cents"))


def euros(cents: int) -> str:
    """An amount as it is written: € 14,99 in Dutch."""
    return f"€ {formats.number_format(cents / 100, decimal_pos=2, force_grouping=True)}"
