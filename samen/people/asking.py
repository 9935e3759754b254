"""A helper's right not to be asked: when, by which way, and how often."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.people import availability
from samen.people.availability import Stretch, Week
from samen.people.facts import Fact
from samen.people.models import AskRight, AskWindow, Channel, Helper


class Quiet(StrEnum):
    """Why somebody is not asked at this moment."""

    PAUSE = "ASK_PAUSE"
    OFTEN = "ASKED_OFTEN"
    HOURS = "ASK_HOURS"


def allow(
    helper: Helper,
    *,
    week: Week,
    channel: str = Channel.EMAIL,
    per_week: int | None = None,
    pause_until: date | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """She may be asked in these hours, so often in a week, and not before that day; without hours, always."""
    rights = {"channel": channel, "per_week": per_week, "pause_until": pause_until}
    AskRight.objects.update_or_create(helper=helper, defaults=rights)
    AskWindow.objects.filter(helper=helper).delete()
    AskWindow.objects.bulk_create(
        AskWindow(helper=helper, weekday=weekday, local_start=start, local_end=until)
        for weekday, stretches in week.items()
        for start, until in stretches
    )
    journal.record(Fact.ASKING_CHANGED, about=[helper, helper.team], by=by, at=at)


def of(helper: Helper) -> tuple[AskRight, dict[int, list[Stretch]]]:
    """What she said, and the hours in which she may be asked."""
    right = AskRight.objects.filter(helper=helper).first() or AskRight(helper=helper)
    found: dict[int, list[Stretch]] = defaultdict(list)
    for row in AskWindow.objects.filter(helper=helper).order_by("weekday", "local_start"):
        found[row.weekday].append((row.local_start, row.local_end))
    return right, found


def in_words(helper: Helper) -> dict[str, Any]:
    """What she said, in the words of the form."""
    right, week = of(helper)
    said = {"channel": right.channel, "per_week": right.per_week, "pause_until": right.pause_until}
    return said | {f"day_{weekday}": availability.in_words(hours) for weekday, hours in week.items()}


def monday(at: datetime) -> datetime:
    """When the week began in which questions are counted."""
    here = at.astimezone(clock.HOME).replace(hour=0, minute=0, second=0, microsecond=0)
    return here - timedelta(days=here.weekday())


def quiet(helpers: Collection[int], *, asked: Mapping[int, int], at: datetime) -> dict[int, Quiet]:
    """Who of these (by number) is not asked now, and why; `asked` is how often each was asked this week."""
    here = at.astimezone(clock.HOME)
    found: dict[int, Quiet] = {}
    for number in _outside_hours(helpers, here):
        found[number] = Quiet.HOURS
    rights = AskRight.objects.filter(helper__among=helpers).values_list("helper_id", "per_week", "pause_until")
    for number, most, pause_until in rights:
        if most is not None and asked.get(number, 0) >= most:
            found[number] = Quiet.OFTEN
        if pause_until is not None and pause_until > here.date():
            found[number] = Quiet.PAUSE
    return found


def per_week(helpers: Collection[int]) -> dict[int, int]:
    """How often each of these (by number) may be asked in a week, of those who said so."""
    rights = AskRight.objects.filter(helper__among=helpers, per_week__isnull=False)
    return {number: most or 0 for number, most in rights.values_list("helper_id", "per_week")}


def not_before(helpers: Collection[int] | QuerySet[Any, Any], *, at: datetime) -> dict[int, datetime]:
    """From when on each of these (by number) may be asked, of those who may not be asked at this moment."""
    here = at.astimezone(clock.HOME)
    pauses = AskRight.objects.filter(helper__in=helpers, pause_until__gt=here.date())
    begins = {number: _on(day, time.min) for number, day in pauses.values_list("helper_id", "pause_until") if day}
    hours: dict[int, list[AskWindow]] = defaultdict(list)
    for row in AskWindow.objects.filter(helper__in=helpers):
        hours[row.helper_id].append(row)
    found = {number: _opens(hours[number], begins.get(number, here)) for number in {*begins, *hours}}
    return {number: moment for number, moment in found.items() if moment > here}


def _opens(windows: list[AskWindow], since: datetime) -> datetime:
    """The first moment from `since` on that lies in these hours of the week; without hours, at once."""
    days = [since.date() + timedelta(days=later) for later in range(8)]
    stretches = [
        (_on(day, row.local_start), _on(day, row.local_end))
        for day in days
        for row in windows
        if row.weekday == day.weekday()
    ]
    return min((max(start, since) for start, until in stretches if until > since), default=since)


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=clock.HOME)


def _outside_hours(helpers: Collection[int], here: datetime) -> set[int]:
    """Those who have hours, and this is none of them."""
    has, now = set(), set()
    rows = AskWindow.objects.filter(helper__among=helpers)
    for number, weekday, start, end in rows.values_list("helper_id", "weekday", "local_start", "local_end"):
        has.add(number)
        if weekday == here.weekday() and start <= here.time() < end:
            now.add(number)
    return has - now
