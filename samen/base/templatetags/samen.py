"""The words templates use for faces, moments, lengths of time and fields."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils import formats, timezone
from django.utils.dateformat import format as dated
from django.utils.dateformat import time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from samen.base import icons

register = template.Library()

FACES = 6
DOT = 14  # one dot of the day, in units of the drawing
DAY_STARTS, DAY_ENDS, LATEST = 7, 18, 24
NOON, EVENING = 12, 18


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


# Faces


@register.simple_tag
def face(name: str, *, off: bool = False, size: str = "") -> SafeString:
    """A round with initials; the colour belongs to the name and means nothing."""
    hue = sum(map(ord, name)) % FACES + 1
    css = " ".join(word for word in ("face", f"f{hue}", size, "off" if off else "") if word)
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initials(name))


def initials(name: str) -> str:
    """First letter of the first word, and of the last one that starts with a capital."""
    words = name.replace("-", " ").split()
    capital = [word for word in words if word[:1].isupper()] or words
    return "".join(word[:1] for word in dict.fromkeys([capital[0], capital[-1]])).upper() if capital else ""


# Moments.  "today" needs a clock, and only entrances read it: views put `now` into the context.


@register.filter
def clock(moment: datetime | time | None) -> SafeString | str:
    """Ten o'clock the way people write it: 10.00 in Dutch, 10:00 in English."""
    if moment is None:
        return ""
    at = _local(moment) if isinstance(moment, datetime) else moment
    return format_html('<time datetime="{}">{}</time>', at.strftime("%H:%M"), _hour(at))


@register.filter
def day(moment: date | datetime | None) -> SafeString | str:
    """woensdag 25 november"""
    return "" if moment is None else _day_tag(moment, _weekday(_date(moment)))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """woensdag 25 november 14.30"""
    if value is None:
        return ""
    return _moment_tag(value, f"{_weekday(_date(value))} {_hour(_local(value))}")


@register.simple_tag(takes_context=True)
def when(context: Context, value: datetime | None) -> SafeString | str:
    """vandaag 14.30, morgen 09.00, woensdag 25 november 10.00"""
    if value is None:
        return ""
    return _moment_tag(value, f"{_near(context, _date(value))} {_hour(_local(value))}")


@register.simple_tag(takes_context=True)
def on(context: Context, value: date | datetime | None) -> SafeString | str:
    """vandaag, morgen, woensdag 25 november"""
    return "" if value is None else _day_tag(value, _near(context, _date(value)))


@register.simple_tag(takes_context=True)
def near(context: Context, value: date | datetime) -> str:
    """vandaag, morgen, gisteren, or nothing when it is further away"""
    return _near_words(context, _date(value))


@register.filter
def weekday_short(value: date) -> str:
    return dated(value, "D")


@register.simple_tag(takes_context=True)
def daytile(context: Context, value: date | datetime) -> SafeString:
    """The number of the day, big, with its short name or "vandaag" below."""
    words = _near_words(context, _date(value)) or dated(_date(value), gettext("D M"))
    return format_html('<span class="day-of"><b>{}</b><span>{}</span></span>', _date(value).day, words)


@register.filter
def part_of_day(value: datetime | time) -> str:
    at = _local(value) if isinstance(value, datetime) else value
    if at.hour < NOON:
        return gettext("Morning")
    return gettext("Afternoon") if at.hour < EVENING else gettext("Evening")


@register.simple_tag(takes_context=True)
def next_of(context: Context, visits: Iterable[Any]) -> Any:
    """The first visit that has not begun yet."""
    now = context.get("now")
    if now is None:
        return None
    coming = (visit for visit in visits if _part(visit, "time") >= _same_kind(now, _part(visit, "time")))
    return next(coming, None)


def _same_kind(now: datetime, other: datetime | time) -> datetime | time:
    return now if isinstance(other, datetime) else _local(now).time()


@register.filter
def in_state(rows: Iterable[Any], state: str) -> int:
    return sum(_part(row, "state") == state for row in rows)


@register.filter
def minutes(length: int | None) -> str:
    """45 minuten, 3 uur, 2,5 uur, 1 uur en 40 minuten"""
    if length is None:
        return ""
    hours, rest = divmod(int(length), 60)
    if not hours:
        return ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}
    if rest in {0, 30}:
        amount = formats.number_format(length / 60, decimal_pos=1 if rest else 0)
        return ngettext("%(amount)s hour", "%(amount)s hours", 1 if length == 60 else 2) % {"amount": amount}
    both = ngettext("%(hours)d hour and %(minutes)d minutes", "%(hours)d hours and %(minutes)d minutes", hours)
    return both % {"hours": hours, "minutes": rest}


@register.filter
def words(text: str) -> list[str]:
    return text.split()


# Forms


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    return bound.as_field_group()


# The day in dots


@register.inclusion_tag("base/_daytrack.html")
def daytrack(visits: Iterable[Any], now: datetime | None = None) -> dict[str, Any]:
    """One dot a visit, piled up by the half hour in which it starts."""
    piles: dict[int, list[Any]] = defaultdict(list)
    for visit in visits:
        piles[_slot(_part(visit, "time"))].append(visit)
    height = DOT * max([3, *map(len, piles.values())])
    ends = max([DAY_ENDS, *(DAY_STARTS + slot // 2 + 1 for slot in piles)])
    dots = [
        {"x": slot * DOT + DOT / 2, "y": height - DOT * level - DOT / 2, "state": _part(visit, "state")}
        for slot, pile in piles.items()
        for level, visit in enumerate(sorted(pile, key=lambda visit: _part(visit, "state") != "open"))
    ]
    return {
        "dots": dots,
        "radius": DOT / 2 - 2.5,
        "height": height,
        "full_height": height + 18,
        "width": (ends - DAY_STARTS) * 2 * DOT,
        "hours": [{"x": (hour - DAY_STARTS) * 2 * DOT, "hour": hour} for hour in range(DAY_STARTS + 1, ends)],
        "here": _here(now, ends),
    }


@register.inclusion_tag("base/_dot.html")
def dot(state: str) -> dict[str, str]:
    return {"state": state}


def _here(now: datetime | None, ends: int) -> float | None:
    if now is None or not DAY_STARTS <= _local(now).hour < ends:
        return None
    return _slot_exact(_local(now)) * DOT


def _slot(at: datetime | time) -> int:
    last = (LATEST - DAY_STARTS) * 2 - 1
    return min(max(math.floor(_slot_exact(at)), 0), last)


def _slot_exact(at: datetime | time) -> float:
    at = _local(at) if isinstance(at, datetime) else at
    return (at.hour - DAY_STARTS) * 2 + at.minute / 30


def _part(thing: Any, name: str) -> Any:
    return thing[name] if isinstance(thing, Mapping) else getattr(thing, name)


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _date(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _hour(at: datetime | time) -> str:
    return time_format(at, gettext("H:i"))


def _weekday(value: date) -> str:
    return dated(value, gettext("l j F"))


def _near(context: Context, value: date) -> str:
    return _near_words(context, value) or _weekday(value)


def _near_words(context: Context, value: date) -> str:
    now = context.get("now")
    if now is None:
        return ""
    words = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    return words.get((value - _date(now)) // timedelta(days=1), "")


def _day_tag(value: date | datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', _date(value).isoformat(), words)


def _moment_tag(value: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), words)
