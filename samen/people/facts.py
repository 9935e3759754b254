"""What can happen to households and helpers, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    HOUSEHOLD_SETTLED = "household_settled", _("{actor} wrote down where {household} lives")
    HELPER_SETTLED = "helper_settled", _("{actor} wrote down where {helper} lives")


journal.declare(Fact)
