"""The desk's door to the planner: what the law says of what a coordinator is deciding, in rows and in words.

Each answer names its rule and its source; what is not sure says so, and a day beyond the last table is "not known
yet", never a guess.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import clock
from samen.desk import terms
from samen.desk.board import MUCH_MORE
from samen.people.models import Helper, Household
from samen.planner import workrules
from samen.planner.recurrence import Freq, Rule, occurrences
from samen.planner.workrules import Figure, NoMinimumWage, NotKnown, NotKnownYet, Unit, WorkRule
from samen.visits import rates
from samen.visits.models import Absence, Arrangement, Assignment, Visit, WorkForm

AROUND = timedelta(days=15)  # the weekly rest is judged over two weeks
AHEAD = timedelta(weeks=9)
ZONE = "Europe/Amsterdam"
Shift = tuple[datetime, datetime]
NONE = Q(pk=None)
CONTRACT_HOURS = "CONTRACT_HOURS"  # no law, but what was agreed with the helper


@dataclass(frozen=True)
class Caution:
    """A rule that is not kept, or only just; `asks` when going on needs a reason, else it is only good to know."""

    rule: str
    name: str
    text: str
    source: str
    sure: bool
    day: date
    found: int | None = None
    asks: bool = True


# --- What is decided ------------------------------------------------------------------------------


def of_agreement(
    household: Household,
    answers: dict[str, Any],
    helper: Helper | None,
    *,
    work_form: str,
    at: datetime,
    changing: Arrangement | None = None,
) -> list[Caution]:
    """What the law says of an agreement with these answers, for the weeks ahead; `changing` one that stands."""
    since = max(answers.get("since") or _day(at), _day(at))
    days = _days(answers, since)
    found = _of_form(work_form, since)
    if helper is None or not days:
        return found
    gone = _of_slot(changing, answers.get("slot_no"), since)
    if work_form == WorkForm.HOUSEHOLD_EMPLOYS:
        found += _too_many(household, helper, days, since, without=gone)
    begins = [_moment(day, answers["start"]) for day in days]
    length = timedelta(minutes=answers["minutes"])
    found += _new_unrest(helper, [(begin, begin + length) for begin in begins], without=gone)
    return [*found, *wage(helper, since, work_form=work_form)]


def of_move(visit: Visit, *, day: date, start: Any, minutes: int, at: datetime) -> list[Caution]:
    """What the law says when this one visit is at another time."""
    going = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
    if going is None:
        return []
    begin = _moment(day, start)
    found = _new_unrest(going.helper, [(begin, begin + timedelta(minutes=minutes))], without=Q(visit=visit))
    if _form(visit) == WorkForm.HOUSEHOLD_EMPLOYS and day != visit.local_date:
        found += _too_many(visit.household, going.helper, [day], day, without=Q(visit=visit))
    return [*found, *_notice(visit, min(day, visit.local_date), at)]


def of_place(visit: Visit, helper: Helper, *, day: date) -> list[Caution]:
    """What the law says when this helper has this one visit on this day, at the hour it has."""
    begin, itself = _moment(day, visit.local_start), Q(visit=visit)
    found = _new_unrest(helper, [(begin, begin + timedelta(minutes=visit.minutes))], without=itself)
    if _form(visit) == WorkForm.HOUSEHOLD_EMPLOYS:
        found += _too_many(visit.household, helper, [day], day, without=itself)
    return [*found, *_more_than_agreed(visit, helper, day)]


def _more_than_agreed(visit: Visit, helper: Helper, day: date) -> list[Caution]:
    """A week that this visit takes far above the hours agreed with the helper; a little evens out."""
    monday = day - timedelta(days=day.weekday())
    week = Visit.objects.standing().filter(local_date__range=(monday, monday + timedelta(days=6)))
    hers = dict(week.filter(assignments__helper=helper, assignments__ended_at=None).values_list("pk", "minutes"))
    before, after = sum(hers.values()), sum((hers | {visit.pk: visit.minutes}).values())
    if not helper.contract_minutes or before == after or after - helper.contract_minutes < MUCH_MORE:
        return []
    text = _("{name} would have {found} hours in the week of {day}; {agreed} were agreed.").format(
        name=helper.person.first_name,
        found=formats.number_format(after / 60, decimal_pos=0 if after % 60 == 0 else 1),
        agreed=formats.number_format(
            helper.contract_minutes / 60, decimal_pos=0 if not helper.contract_minutes % 60 else 1
        ),
        day=date_words(monday),
    )
    return [Caution(CONTRACT_HOURS, _("Hours of the contract"), text, "", sure=True, day=day, found=after)]


def of_stand_in(visit: Visit, helper: Helper, *, at: datetime) -> list[Caution]:
    """What the law says when this helper goes to this one visit."""
    day = visit.local_date
    found = _new_unrest(helper, [(visit.starts_at, visit.ends_at)])
    return [*found, *_notice(visit, day, at), *of_other_form([visit])]


@dataclass(frozen=True)
class Owed:
    """What may be owed to a helper whose visit is called off, and who says so; no source when no rule is known."""

    text: str
    source: str = ""
    sure: bool = True


def of_call_off(visits: Sequence[Visit], helper: Helper, *, at: datetime) -> Owed:
    """What may be owed when these visits of this helper are called off now.

    Whoever stands in works for us, also where the household employs its own helper; of who is self-employed no rule
    is known, only what was agreed.
    """
    told = _day(at)
    ours = [visit for visit in visits if _form(visit) != WorkForm.SELF_EMPLOYED]
    if not ours:
        return Owed(_("No rule known: who is self-employed is owed what was agreed."))
    try:
        late = [visit for visit in ours if workrules.short_call(visit.local_date, told) is not None]
        notice = workrules.figure(WorkRule.CALL_NOTICE, min(visit.local_date for visit in ours))
    except NotKnown:
        return Owed(_("No rule known for this day."))
    if not late:
        text = _("Nothing by this rule: it is more than {limit} days ahead.").format(limit=notice.value)
        return Owed(text, notice.source, notice.sure)
    hours = _hours_of(sum(visit.minutes for visit in late))
    text = ngettext(
        "Called off within {limit} days: with an on-call contract {hours} hour is paid all the same",
        "Called off within {limit} days: with an on-call contract {hours} hours are paid all the same",
        2 if hours != "1" else 1,
    ).format(limit=notice.value, hours=hours)
    return Owed(f"{text}{_in_euros(late, helper, told)}.", notice.source, notice.sure)


def _in_euros(late: Sequence[Visit], helper: Helper, told: date) -> str:
    """What these visits cost, when it is known what she asks for an hour."""
    cents = 0
    for visit in late:
        hourly = rates.of_helper(helper, visit.local_date)
        if hourly is None:
            return _(" (her rate is not known here)")
        cents += workrules.late_cancel(visit.local_date, told, visit.minutes, hourly).value
    return f", {rates.euros(cents)}"


def _hours_of(minutes: int) -> str:
    return formats.number_format(minutes / 60, decimal_pos=0 if minutes % 60 == 0 else 2)


def of_other_form(visits: Iterable[Visit]) -> list[Caution]:
    """Households that employ their helper themselves: whoever we send instead works for us, not for them."""
    theirs = [visit for visit in visits if _form(visit) == WorkForm.HOUSEHOLD_EMPLOYS]
    if not theirs:
        return []
    names, day = sorted({visit.household.name for visit in theirs}), min(visit.local_date for visit in theirs)
    text = ngettext(
        "{households} employs its helper itself. Whoever we send instead works for us: for that visit it is agency"
        " work, unless the household engages the stand-in itself.",
        "{households} employ their helper themselves. Whoever we send instead works for us: for those visits it is"
        " agency work, unless the household engages the stand-in itself.",
        len(names),
    ).format(households=", ".join(names))
    return [_caution(workrules.figure(WorkRule.PRIVATE_EMPLOYER, day), text, day, asks=False)]


def wage(helper: Helper, day: date, *, work_form: str) -> list[Caution]:
    """Whether what she asks for an hour is enough by law, at her age on this day."""
    asked = rates.of_helper(helper, day)
    if asked is None or work_form == WorkForm.SELF_EMPLOYED:
        return []
    return too_low(helper, asked, day)


def too_low(helper: Helper, asked: int, day: date) -> list[Caution]:
    """A rate below the minimum wage of her age on this day, or one that nobody can judge yet.

    Without a birth date she is taken for an adult, whose wage is the highest.
    """
    years = age(helper.birth_date, day) if helper.birth_date else workrules.ADULT
    try:
        limit = workrules.minimum_wage(day, years)
    except NotKnown as unknown:
        return [_unknown(unknown, day)]
    except NoMinimumWage:
        return []
    if workrules.below(limit, asked, day) is None:
        return []
    text = _("{name} asks {asked} an hour; the minimum wage at this age is {limit} on {day}.").format(
        name=helper.person.first_name, asked=rates.euros(asked), limit=rates.euros(limit.value), day=date_words(day)
    )
    return [_caution(limit, text, day, found=asked)]


def age(born: date, day: date) -> int:
    """Whole years on this day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _of_form(work_form: str, since: date) -> list[Caution]:
    """What lending out helpers asks of an agency, now or soon."""
    if work_form != WorkForm.AGENCY_EMPLOYS:
        return []
    row = next(row for row in workrules.PUBLISHED if row.rule is WorkRule.AGENCY_REGISTER and row.value)
    fines = next(row for row in workrules.PUBLISHED if row.rule is WorkRule.AGENCY_FINES and row.value)
    text = _(
        "Who lends out helpers must be registered from {day} on (Wtta), with a deposit of {deposit}; from {fines} on"
        " there are fines, for households that hire too."
    ).format(
        day=date_words(row.start),
        deposit=rates.euros(workrules.figure(WorkRule.AGENCY_DEPOSIT, row.start).value),
        fines=date_words(fines.start),
    )
    return [_caution(workrules.figure(row.rule, max(since, row.start)), text, since, asks=False)]


def _too_many(
    household: Household, helper: Helper, days: list[date], since: date, *, without: Q = NONE
) -> list[Caution]:
    """The first fourth day in a week at a household that employs its helper itself."""
    last = max(days) + timedelta(days=7)
    hers = Assignment.objects.standing().filter(
        helper=helper,
        visit__household=household,
        visit__cancelled_at=None,
        visit__local_date__range=(since - timedelta(days=7), last),
    )
    already = set(hers.exclude(without).values_list("visit__local_date", flat=True))
    before = {one.day for one in workrules.too_many_days(already)}
    fresh = [one for one in workrules.too_many_days({*already, *days}) if one.day not in before]
    return [
        _caution(
            one.limit,
            _(
                "In the week of {day} {name} would come here on {found} days. Up to {limit} days a week the scheme for"
                " work in a home holds; beyond it the household is an employer like any other."
            ).format(day=date_words(one.day), name=helper.person.first_name, found=one.found, limit=one.limit.value),
            one.day,
            found=one.found,
        )
        for one in fresh[:1]
    ]


def _of_slot(arrangement: Arrangement | None, slot_no: int | None, since: date) -> Q:
    """The visits that a change of this slot takes away."""
    if arrangement is None:
        return NONE
    return Q(visit__arrangement=arrangement, visit__slot_no=slot_no, visit__occurrence_date__gte=since)


def _new_unrest(helper: Helper, shifts: list[Shift], *, without: Q = NONE) -> list[Caution]:
    """Too little rest that these shifts would bring, not what was there already."""
    first = min(begin for begin, _end in shifts) - AROUND
    last = max(end for _begin, end in shifts) + AROUND
    standing = Assignment.objects.standing().filter(
        helper=helper, visit__cancelled_at=None, starts_at__lt=last, ends_at__gt=first
    )
    rows = standing.exclude(without)
    others = list(rows.values_list("starts_at", "ends_at"))
    before = {(one.rule, one.day) for one in workrules.rest(others, ZONE)}
    after = [one for one in workrules.rest([*others, *shifts], ZONE) if (one.rule, one.day) not in before]
    return [_caution(one.limit, _rest_words(helper, one), one.day, found=one.found) for one in after[:2]]


def _rest_words(helper: Helper, one: workrules.Caution) -> str:
    words = {
        WorkRule.DAILY_REST: _(
            "{name} would have {found} hours of rest after {day}; the law asks {limit} hours between two days."
        ),
        WorkRule.SHORTENED_REST: _(
            "{name} would have {found} hours of rest after {day}. Less than eleven is allowed once in seven days, and"
            " never less than {limit}."
        ),
    }.get(
        one.rule,
        _("{name} would have {found} hours free in a row in the week from {day}; the law asks {limit}."),
    )
    hours = formats.number_format(one.found / 60, decimal_pos=0 if one.found % 60 == 0 else 1)
    return words.format(
        name=helper.person.first_name, found=hours, day=date_words(one.day), limit=one.limit.value // 60
    )


def _notice(visit: Visit, day: date, at: datetime) -> list[Caution]:
    """Told less than four days ahead, somebody on call may refuse, and is paid when it is taken back."""
    if _form(visit) == WorkForm.SELF_EMPLOYED:
        return []
    short = workrules.short_call(day, _day(at))
    if short is None:
        return []
    text = ngettext(
        "This is told {found} day ahead. With an on-call contract a helper may refuse within {limit} days, and is paid"
        " what was taken back.",
        "This is told {found} days ahead. With an on-call contract a helper may refuse within {limit} days, and is"
        " paid what was taken back.",
        max(short.found, 0),
    ).format(found=max(short.found, 0), limit=short.limit.value)
    return [_caution(short.limit, text, day, found=short.found, asks=False)]


def _form(visit: Visit) -> str:
    return visit.arrangement.work_form if visit.arrangement is not None else WorkForm.AGENCY_EMPLOYS


def _days(answers: dict[str, Any], since: date) -> list[date]:
    """On which days the answers of an agreement fall in the weeks ahead."""
    slot = terms.recurring(answers["rhythm"], answers["weekday"], since)
    rule = Rule(
        freq=Freq(slot["freq"]),
        anchor=slot.get("anchor_date", since),
        weekday=answers["weekday"],
        start=since,
        every_n=slot["every_n"],
        nth=slot["nth"],
    )
    return list(occurrences(rule, since, since + AHEAD))


def _moment(day: date, start: Any) -> datetime:
    return datetime.combine(day, start, tzinfo=clock.HOME)


def _day(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _caution(limit: Figure, text: str, day: date, *, found: int | None = None, asks: bool = True) -> Caution:
    return Caution(limit.rule, name_of(limit.rule), text, limit.source, limit.sure, day, found, asks)


def _unknown(unknown: NotKnown, day: date) -> Caution:
    return Caution(unknown.rule, name_of(unknown.rule), not_known(unknown), "", sure=False, day=day, asks=False)


# --- What a file shows ----------------------------------------------------------------------------


def work_of(helper: Helper, *, at: datetime) -> dict[str, Any]:
    """What a team must know of a helper's work: age and floor of pay, holiday, days of illness where they count.

    Of illness only days are counted, and only for who is employed by a household; of what it was nothing is known.
    """
    today = _day(at)
    return {
        "rate": rates.of_helper(helper, today),
        "age": age(helper.birth_date, today) if helper.birth_date else None,
        "floors": _floors(helper, today),
        "holiday": _holiday(helper, today),
        "sick": _sick(helper, today),
        "cautions": [*wage(helper, today, work_form=WorkForm.AGENCY_EMPLOYS), *_much(helper, at)],
    }


def _much(helper: Helper, at: datetime) -> list[Caution]:
    """More than forty-eight hours a week on average, at all households together."""
    since = at - timedelta(weeks=workrules.AVERAGED, days=1)
    rows = Assignment.objects.standing().filter(helper=helper, visit__cancelled_at=None, ends_at__gt=since)
    found = workrules.average_week(rows.filter(starts_at__lt=at).values_list("starts_at", "ends_at"), at)
    if found is None:
        return []
    text = _("{name} worked {found} hours a week on average in the last sixteen weeks; the law asks {limit} at most.")
    hours = found.found // 60
    said = text.format(name=helper.person.first_name, found=hours, limit=found.limit.value // 60)
    return [_caution(found.limit, said, found.day, found=found.found)]


def _floors(helper: Helper, today: date) -> list[dict[str, Any]]:
    """The minimum wage and the all-in floor, today and at the next change of the tables."""
    if helper.birth_date is None:
        return []
    following = date(today.year + today.month // 7, 1 if today.month > 6 else 7, 1)
    return [_floor(helper.birth_date, day) for day in (today, following)]


def _floor(born: date, day: date) -> dict[str, Any]:
    years = age(born, day)
    try:
        wage_, all_in = workrules.minimum_wage(day, years), workrules.all_in_floor(day, years)
    except NotKnown as unknown:
        return {"day": day, "age": years, "unknown": not_known(unknown)}
    except NoMinimumWage:
        return {"day": day, "age": years, "unknown": _("Below the age of fifteen the law knows no minimum wage.")}
    return {"day": day, "age": years, "wage": wage_.value, "all_in": all_in.value, "sure": all_in.sure,
            "source": all_in.source}  # fmt: skip


def _holiday(helper: Helper, today: date) -> dict[str, Any] | None:
    """Minutes of paid holiday from what she worked this year, four weeks' worth in a year."""
    begins = date(today.year, 1, 1)
    worked = helper.results.filter(replaced_at=None, starts_at__gte=_moment(begins, datetime.min.time())).values_list(
        "minutes", flat=True
    )
    weeks = max((today - begins).days, 1) / 7
    total = sum(worked)
    if not total:
        return None
    earned = workrules.holiday_minutes(round(total / weeks), begins, today)
    return {"minutes": earned.value, "source": earned.source, "sure": earned.sure, "since": begins}


def _sick(helper: Helper, today: date) -> dict[str, Any] | None:
    """Days of illness that count for the six weeks, where a household employs her; None where none does."""
    homes = sorted(
        set(
            Assignment.objects.standing()
            .filter(helper=helper, visit__arrangement__work_form=WorkForm.HOUSEHOLD_EMPLOYS)
            .filter(visit__local_date__gte=today - timedelta(days=90))
            .values_list("visit__household__name", flat=True)
        )
    )
    periods = [
        (_day(row.starts_at), _day(over) if (over := row.ended_at) else None)
        for row in Absence.objects.filter(helper=helper, kind=Absence.Kind.ILLNESS, withdrawn_at=None)
    ]
    if (not homes and not _was_employed(helper)) or not periods:
        return None
    count = workrules.sick_count(periods, today)
    return {
        "used": count.used,
        "left": count.left,
        "of": count.limit.value,
        "last_day": count.last_day,
        "over": count.used >= count.limit.value,
        "households": homes,
        "source": count.limit.source,
        "sure": count.limit.sure,
    }


def _was_employed(helper: Helper) -> bool:
    return helper.assignments.filter(visit__arrangement__work_form=WorkForm.HOUSEHOLD_EMPLOYS).exists()


# --- Every row ------------------------------------------------------------------------------------


def rules(today: date, table: Sequence[workrules.Row] = workrules.PUBLISHED) -> list[dict[str, Any]]:
    """Every rule with all its rows: the figure, from when until when, who says so, and whether that is sure."""
    found: dict[WorkRule, list[dict[str, Any]]] = {}
    for row in table:
        holds = row.start <= today and (row.until is None or today < row.until)
        ends_unknown = row.until is not None and not any(
            other.rule is row.rule and other.age == row.age and other.start == row.until for other in table
        )
        found.setdefault(row.rule, []).append(
            {
                "value": value_words(row.value, row.unit),
                "age": row.age,
                "start": row.start,
                "until": row.until,
                "holds": holds,
                "sure": row.sure,
                "source": row.source,
                "silence": ends_unknown,
            }
        )
    return [{"rule": rule, "name": name_of(rule), "rows": rows} for rule, rows in found.items()]


def value_words(value: int, unit: Unit) -> str:
    """A figure as one writes it."""
    if unit is Unit.CENTS:
        return rates.euros(value)
    if unit is Unit.MINUTES:
        return ngettext("{count} hour", "{count} hours", value // 60).format(count=value // 60)
    if unit is Unit.DAYS:
        return ngettext("{count} day", "{count} days", value).format(count=value)
    if unit is Unit.WEEKS:
        return ngettext("{count} week", "{count} weeks", value).format(count=value)
    if unit is Unit.PERMILLE:
        return f"{formats.number_format(value / 10, decimal_pos=0 if value % 10 == 0 else 1)} %"
    return _("holds") if value else _("does not hold yet")


def not_known(unknown: NotKnown) -> str:
    """That nobody has told us this figure for this day."""
    if isinstance(unknown, NotKnownYet) and unknown.edge is not None:
        return _("{rule}: not known yet from {day} on. Samen asserts nothing until it is published.").format(
            rule=name_of(unknown.rule), day=date_words(unknown.edge)
        )
    return _("{rule}: not known for {day}.").format(rule=name_of(unknown.rule), day=date_words(unknown.day))


def name_of(rule: str) -> str:
    """The rule as people call it."""
    return {
        WorkRule.MINIMUM_WAGE: _("Minimum wage an hour, from 21 years"),
        WorkRule.YOUTH_SHARE: _("Minimum wage of the young, as a share"),
        WorkRule.HOLIDAY_ALLOWANCE: _("Holiday allowance"),
        WorkRule.HOLIDAY_WEEKS: _("Paid holiday a year"),
        WorkRule.ALL_IN_FLOOR: _("Lowest wage with holiday inside"),
        WorkRule.PRIVATE_EMPLOYER: _("The household is the employer"),
        WorkRule.RECURRING_WORK: _("The work comes back"),
        WorkRule.DAYS_A_WEEK: _("At most three days a week at one household"),
        WorkRule.PGB_INSURED: _("Paid from a pgb: insured as an employee"),
        WorkRule.SICK_DAYS: _("Paid illness at a household"),
        WorkRule.SICK_GAP: _("Illness that counts on"),
        WorkRule.SICK_SHARE: _("Pay during illness"),
        WorkRule.DAILY_REST: _("Rest between two days"),
        WorkRule.SHORTENED_REST: _("Shortened rest, once in seven days"),
        WorkRule.WEEKLY_REST: _("Rest in a week"),
        WorkRule.FORTNIGHT_REST: _("Rest in two weeks"),
        WorkRule.FORTNIGHT_PART: _("Rest in two weeks, in parts of at least"),
        WorkRule.AVERAGE_WEEK: _("Hours a week on average, over sixteen weeks"),
        WorkRule.ROSTER_NOTICE: _("Notice of a pattern of work"),
        WorkRule.TIMES_NOTICE: _("Notice of the hours of a day"),
        WorkRule.CALL_NOTICE: _("Notice of a call"),
        WorkRule.LATE_CANCEL: _("Pay for a call taken back"),
        WorkRule.AGENCY_REGISTER: _("Register of agencies (Wtta)"),
        WorkRule.AGENCY_DEPOSIT: _("Deposit of agencies (Wtta)"),
        WorkRule.AGENCY_FINES: _("Fines for agencies and who hires them (Wtta)"),
    }[WorkRule(rule)]


def date_words(day: date) -> str:
    """1 januari 2027"""
    return formats.date_format(day, "j F Y")
