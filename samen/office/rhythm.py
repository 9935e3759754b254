"""How often somebody comes, in the words of a Dutch office: `om de week (even) wo 10:00 2,5 uur`."""

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from django.utils.translation import gettext_noop as _

from samen.office.values import Wrong, hours
from samen.visits.arrangements import Slot
from samen.visits.models import Term

WEEKDAYS = {
    "maandag": 0, "dinsdag": 1, "woensdag": 2, "donderdag": 3, "vrijdag": 4, "zaterdag": 5, "zondag": 6,
    "maa": 0, "din": 1, "woe": 2, "don": 3, "vrij": 4, "zat": 5, "zon": 6,
    "ma": 0, "di": 1, "wo": 2, "do": 3, "vr": 4, "za": 5, "zo": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
NTHS = {"1e": 1, "eerste": 1, "2e": 2, "tweede": 2, "3e": 3, "derde": 3, "4e": 4, "vierde": 4, "laatste": -1}
NUMBERS = {"een": 1, "één": 1, "eens": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7}
COUNT = rf"(\d{{1,2}}|{'|'.join(NUMBERS)})"

CLOCK = r"(\d{1,2})(?:[:.](\d{2})|\s*u(?:ur)?\b)?"
FROM_UNTIL = re.compile(rf"(?:van\s+)?{CLOCK}\s*(?:-|–|tot)\s*{CLOCK}(?:\s*uur)?(?![\w,])")
AT = re.compile(r"(?:\bom\s+)?(?<![\d,.])(\d{1,2})[:.](\d{2})(?!\d)(?:\s*(?:uur|u)\b)?|\bom\s+(\d{1,2})\s*(?:uur|u)\b")
LONG = re.compile(r"(?<![\d,.:])(\d{1,2}(?:[.,]\d{1,2})?)\s*(uur|uren|u|min|minuten)?(?![\w,.])")
RANGE = re.compile(rf"\b({DAY})\.?\s*(?:t/m|tm|tot en met|-|–)\s*({DAY})\b")
NTH = re.compile(rf"\b({'|'.join(NTHS)})\s+(?=(?:{DAY})\b)")
DAYS = re.compile(rf"\b({DAY})\b\.?")
EVERY = (
    (re.compile(r"\b(?:om de week|om de andere week|tweewekelijks|2-wekelijks|veertiendaags|14-daags)\b"), 2),
    (re.compile(rf"\b(?:(?:1 ?x|eens|een keer|1 keer) )?(?:elke|iedere|om de|per|in de) {COUNT} we?e?ken\b"), None),
    (re.compile(r"\b(?:(?:1 ?x|eens|een keer|1 keer) )?(?:elke|iedere|om de|per|in de) (?:14|veertien) dagen\b"), 2),
    (re.compile(r"\b(?:driewekelijks|3-wekelijks)\b"), 3),
    (re.compile(r"\b(?:vierwekelijks|4-wekelijks)\b"), 4),
    (re.compile(r"\b(?:every other week|every 2 weeks)\b"), 2),
    (re.compile(r"\b(?:elke week|iedere week|wekelijks|1-wekelijks|every week|weekly)\b"), 1),
)
TIMES = re.compile(rf"\b{COUNT} ?(?:x|keer|maal) (?:per|in de|de) week\b")
MONTHLY = re.compile(r"\b(?:(?:van|in|per|elke|iedere) (?:de |elke |iedere )?maand|maandelijks|monthly)\b")
PARITY = re.compile(r"\b(oneven|even)(?: we?e?ke?n?)?\b")
FILLERS = re.compile(r"[()+&,;/.\s-]|\b(?:en|op|de|per|om|van|in|elke|iedere|week|weken|x|uur|and|on)\b")
MOST_MINUTES = 12 * 60
LEAST_MINUTES = 15


@dataclass(frozen=True)
class Rhythm:
    """What the words say: the days, how often, and perhaps the hour and the length."""

    weekdays: tuple[int, ...]
    every_n: int = 1
    nth: int | None = None
    odd_weeks: bool | None = None
    start: time | None = None
    minutes: int | None = None


def read(text: str) -> Rhythm:
    """The rhythm in these words.  Raises `Wrong`, with the words that were not understood."""
    rest = _Text(" ".join(text.lower().split()))
    rhythm = _often(rest)
    rhythm = _hour(rest, rhythm)
    if left := FILLERS.sub(" ", rest.text).split():
        raise Wrong(_("These words are not understood: %(words)s."), words=" ".join(left)[:60])
    return rhythm


class _Text:
    """Words, of which one part after the other is understood and taken out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.search(self.text)
        if found:
            self.text = f"{self.text[: found.start()]} | {self.text[found.end() :]}".replace("|", "")
        return found


def _often(rest: _Text) -> Rhythm:
    every = next(((found, n) for pattern, n in EVERY if (found := rest.take(pattern))), None)
    times = rest.take(TIMES)
    monthly = rest.take(MONTHLY)
    parity = rest.take(PARITY)
    nth = rest.take(NTH)
    weekdays = _days(rest)
    if not weekdays:
        raise Wrong(_("A day of the week is missing, like ma or dinsdag."))
    if times and _count(times[1]) != len(weekdays):
        raise Wrong(_("The number of times a week and the days do not agree."))
    if bool(nth) is not bool(monthly):
        raise Wrong(_("By the month we need which one: 1e vr van de maand."))
    if nth:
        return Rhythm(weekdays, nth=NTHS[nth[1]])
    every_n = 1 if every is None else every[1] or _count(every[0][1])
    if parity and every is None:
        every_n = 2
    if parity and every_n % 2:
        raise Wrong(_("Even or odd weeks go with every other week."))
    return Rhythm(weekdays, every_n=every_n, odd_weeks=parity[1] == "oneven" if parity else None)


def _count(text: str) -> int:
    return NUMBERS.get(text) or int(text)


def _days(rest: _Text) -> tuple[int, ...]:
    found: list[int] = []
    while between := rest.take(RANGE):
        found += range(WEEKDAYS[between[1]], WEEKDAYS[between[2]] + 1)
    while day := rest.take(DAYS):
        found.append(WEEKDAYS[day[1]])
    return tuple(sorted(set(found)))


def _hour(rest: _Text, rhythm: Rhythm) -> Rhythm:
    if stretch := rest.take(FROM_UNTIL):
        start, until = clock(stretch[1], stretch[2]), clock(stretch[3], stretch[4])
        minutes = (until.hour - start.hour) * 60 + until.minute - start.minute
        return replace(rhythm, start=start, minutes=within(minutes))
    if at := rest.take(AT):
        rhythm = replace(rhythm, start=clock(at[1] or at[3], at[2]))
    if long := rest.take(LONG):
        rhythm = replace(rhythm, minutes=within(hours(f"{long[1]} {long[2] or 'uur'}")))
    return rhythm


def clock(hour: str, minute: str | None) -> time:
    """An hour of the day.  Raises `Wrong`."""
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        raise Wrong(_("There is no such hour.")) from None


def within(minutes: int) -> int:
    """A length that a visit can have.  Raises `Wrong`."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Wrong(_("A visit takes a quarter of an hour to twelve hours."))
    return minutes


def at_hour(text: str) -> time:
    """09:30, 9.30 uur or 9 uur.  Raises `Wrong`."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?(?::00)?\s*(?:uur|u)?", text.strip().lower())
    if found is None:
        raise Wrong(_("Write an hour like 09:30."))
    return clock(found[1], found[2])


def slots(rhythm: Rhythm, *, start: time, minutes: int, since: date) -> list[Slot]:
    """The slots of an agreement that begins here; parity hangs on the first week it falls in."""
    return [
        Slot(
            weekday=weekday,
            local_start=start,
            minutes=minutes,
            anchor_date=_anchor(rhythm, weekday, since),
            freq=Term.Freq.WEEKLY if rhythm.nth is None else Term.Freq.MONTHLY_NTH,
            every_n=rhythm.every_n,
            nth=rhythm.nth,
        )
        for weekday in rhythm.weekdays
    ]


def _anchor(rhythm: Rhythm, weekday: int, since: date) -> date:
    if rhythm.nth is not None:
        return since
    day = since + timedelta(days=(weekday - since.weekday()) % 7)
    while rhythm.odd_weeks is not None and day.isocalendar().week % 2 != rhythm.odd_weeks:
        day += timedelta(weeks=1)
    return day
