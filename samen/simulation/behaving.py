"""What helpers and households do when they are asked or told: drawn by chance, but the same for the same question.

A draw depends on who was asked about which household and which day, never on how the play went, so that two policies
are played before the same people.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from samen.base import clock
from samen.simulation import figures
from samen.visits.models import Offer, Visit

WORDS = (("3d", 3), ("1w", 7), ("2w", 14))


@dataclass(frozen=True)
class Answer:
    """What a helper says to a question, and after how long; nothing at all is an answer too."""

    said: str
    after: timedelta


def answer(chance: Random, offer: Offer, first: Visit, *, at: datetime) -> Answer:
    """How she answers a question that reached her now."""
    parts = {part["part"]: part["count"] for part in offer.reasons["parts"]}
    today = first.local_date <= day_of(at)
    yes, no, minutes = figures.YES_LATER, figures.NO_LATER, figures.MINUTES_LATER
    if today:
        yes, no, minutes = figures.YES_TODAY, figures.NO_TODAY, figures.MINUTES_TODAY
    yes += figures.YES_MORE_WHERE_KNOWN * ("FAMILIAR" in parts) - figures.YES_LESS_EACH_TIME * parts.get("ASKED", 0)
    drawn = chance.random()
    said = Offer.Answer.YES if drawn < yes else Offer.Answer.NO if drawn < max(yes, 0) + no else ""
    return Answer(said, timedelta(minutes=round(chance.lognormvariate(math.log(minutes), figures.SPREAD), 1)))


def says_until(chance: Random, days: int) -> str:
    """Until when she thinks that she is ill, who will be ill for so many days: in the words of the form."""
    if chance.random() >= figures.SAYS_UNTIL_WHEN:
        return "unknown"
    guess = days * chance.lognormvariate(0, 0.4)
    return next((word for word, most in WORDS if guess <= most), "unknown")


def awake(moment: datetime, hours: tuple[int, int] = figures.AWAKE) -> datetime:
    """This moment, or the next morning when it falls outside these hours."""
    here = moment.astimezone(clock.HOME)
    minute = here.hour * 60 + here.minute
    if minute < hours[0]:
        return on(here, hours[0])
    return on(here + timedelta(days=1), hours[0]) if minute >= hours[1] else moment


def on(day: datetime, minute: int) -> datetime:
    """This minute of the day, by the clock on the wall."""
    return datetime.combine(day.astimezone(clock.HOME).date(), time(minute // 60, minute % 60), tzinfo=clock.HOME)


def day_of(moment: datetime) -> date:
    """The day it is in the Netherlands."""
    return moment.astimezone(clock.HOME).date()
