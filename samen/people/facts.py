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
    MEMBER_ADDED = "member_added", _("{actor} added {person} to {household}")
    MEMBER_REMOVED = "member_removed", _("{actor} took {person} off {household}")
    HOURS_CHANGED = "hours_changed", _("{actor} changed when {helper} can work")


journal.declare(Fact)
