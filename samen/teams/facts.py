"""What can happen in and between teams, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    ACCESS_ASKED = "access_asked", _("{actor} asked to see a file of another team")
    ACCESS_GRANTED = "access_granted", _("{actor} opened a file to {colleague}")


journal.declare(Fact)
