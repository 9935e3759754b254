"""From when until when, as people say it: today or tomorrow, for three days, a week, to a day, or nobody knows."""

from datetime import date, datetime, time, timedelta

from samen.base import clock

DAYS = {"3d": 3, "1w": 7, "2w": 14}


def from_words(start: str, until: str, back: date | None = None, *, at: datetime) -> tuple[datetime, datetime | None]:
    """The stretch that was meant: today begins now, tomorrow at Dutch midnight; an unknown end is None.

    Who knows on which day she is `back` is absent until that day begins, whatever else was said.
    """
    begins = at if start == "today" else midnight(at, days=1)
    if back is not None:
        return begins, datetime.combine(back, time(0), tzinfo=clock.HOME)
    days = DAYS.get(until)
    return begins, midnight(begins, days=days) if days else None


def midnight(moment: datetime, *, days: int) -> datetime:
    """The Dutch midnight so many days after the day of this moment; a clock change in between does not move it."""
    day = moment.astimezone(clock.HOME).date() + timedelta(days=days)
    return datetime.combine(day, time(0), tzinfo=clock.HOME)
