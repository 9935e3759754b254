"""What can happen to households and helpers, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    HOUSEHOLD_SETTLED = "household_settled", _("{actor} wrote down where {household} lives")
    HELPER_SETTLED = "helper_settled", _("{actor} wrote down where {helper} lives")
    HOUSEHOLD_REGISTERED = "household_registered", _("{actor} registered {household}")
    HELPER_REGISTERED = "helper_registered", _("{actor} registered {helper}")
    HOUSEHOLD_CHANGED = "household_changed", _("{actor} changed how {household} is known")
    HELPER_CHANGED = "helper_changed", _("{actor} changed what is agreed with {helper}")
    HOUSEHOLD_MOVED = "household_moved", _("{actor} moved {household} to another team")
    HELPER_MOVED = "helper_moved", _("{actor} moved {helper} to another team")
    MEMBER_ADDED = "member_added", _("{actor} added {person} to {household}")
    MEMBER_REMOVED = "member_removed", _("{actor} took {person} off {household}")
    MEMBER_CHANGED = "member_changed", _("{actor} changed what {person} does for {household}")
    PERSON_CHANGED = "person_changed", _("{actor} changed how {person} is called or addressed")
    POINT_ADDED = "point_added", _("{actor} noted how to reach {person}")
    POINT_VERIFIED = "point_verified", _("{actor} looked whether {person} is reached like this")
    POINT_ENDED = "point_ended", _("{actor} noted that {person} is no longer reached like that")
    HOURS_CHANGED = "hours_changed", _("{actor} changed when {helper} can work")
    HOUSEHOLD_WISHES = "household_wishes", _("{actor} changed the wishes of {household}")
    HELPER_WISHES = "helper_wishes", _("{actor} changed the wishes of {helper}")
    PAIR_WISHED = "pair_wished", _("{actor} noted how {helper} and {household} go together")
    HOUSEHOLD_STORY = "household_story", _("{actor} wrote down the story of {household}")
    HELPER_STORY = "helper_story", _("{actor} wrote down the story of {helper}")
    ASKING_CHANGED = "asking_changed", _("{actor} noted when {helper} may be asked to stand in")
    STANDING_WISH_SAID = "standing_wish_said", _("{actor} noted what {household} wants when the helper cannot come")
    STANDING_WISH_ASKED = (
        "standing_wish_asked",
        _("{actor} asked {household} what it wants when the helper cannot come"),
    )
    WAY_IN_CHANGED = "way_in_changed", _("{actor} noted how one comes in at {household}")
    HOUSEHOLD_DOCUMENT = "household_document", _("{actor} added a document to {household}")
    HELPER_DOCUMENT = "helper_document", _("{actor} added a document to {helper}")
    HOUSEHOLD_DOCUMENT_GONE = (
        "household_document_gone",
        _("{actor} removed a document of {household}: it was kept long enough"),
    )
    HELPER_DOCUMENT_GONE = (
        "helper_document_gone",
        _("{actor} removed a document of {helper}: it was kept long enough"),
    )
    PAIR_UNWISHED = "pair_unwished", _("{actor} took away how {helper} and {household} go together")
    TRAVEL_CORRECTED = "travel_corrected", _("{actor} corrected how long {helper} is on the way to {household}")


journal.declare(Fact)
