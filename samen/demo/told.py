"""What the team was told before the demo begins: wishes, a story, a key, and what to do when the helper cannot come."""

from datetime import datetime, timedelta

from samen.base.tenancy import SYSTEM
from samen.people import asking, notes, standing, stories, ways_in, wishes
from samen.people.models import Helper, Household
from samen.people.wishes import NewWish

A_WHILE_AGO = timedelta(days=40)


def of_household(household: Household, *, at: datetime) -> None:
    """Of the household of the story a colleague knows everything that can be known."""
    before = at - A_WHILE_AGO
    for wish in (
        NewWish(kind="PETS", what="cat", strength="MUST", reason="Minoes, heel rustig"),
        NewWish(kind="PART_OF_DAY", what="morning", strength="RATHER"),
        NewWish(kind="LANGUAGE", what="nl", level="TALK", strength="MUST"),
    ):
        wishes.want(household, new=wish, by=SYSTEM, at=before)
    story = "Gaf veertig jaar les op een dorpsschool. Drinkt om half elf koffie en praat graag over boeken."
    stories.tell(household, text=story, visible_to="HELPER", by=SYSTEM, at=before)
    standing.say(household, wants={"ILLNESS": "ANYONE", "LEAVE": "KNOWN"}, by=SYSTEM, at=before)
    ways_in.describe(household, kind="SAFE", secret="Kluisje naast de achterdeur, code 4711", by=SYSTEM, at=before)  # noqa: S106  invented
    notes.write(household, text="Belde over de nieuwe stofzuiger. Staat in de gangkast.", by=SYSTEM, at=before)


def of_helper(helper: Helper, *, at: datetime) -> None:
    """The helper of the story told what she can, and how often she may be asked to stand in."""
    before = at - A_WHILE_AGO
    for wish in (
        NewWish(kind="LANGUAGE", what="tr", level="WELL", strength="NICE"),
        NewWish(kind="SKILL", what="ironing", strength="NICE"),
        NewWish(kind="PETS", what="dog", strength="NOT"),
    ):
        wishes.want(helper, new=wish, by=SYSTEM, at=before)
    asking.allow(helper, week={}, per_week=6, by=SYSTEM, at=before)
