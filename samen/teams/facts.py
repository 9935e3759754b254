"""What can happen in and between teams, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    ACCESS_ASKED = "access_asked", _("{actor} asked to see a file of another team")
    ACCESS_GRANTED = "access_granted", _("{actor} opened a file to {colleague}")
    ORGANISATION_FOUNDED = "organisation_founded", _("The organisation began here")
    WORDS_CHOSEN = "words_chosen", _("{actor} chose how the organisation speaks")
    REGION_MADE = "region_made", _("{actor} made a region")
    REGION_CHANGED = "region_changed", _("{actor} changed a region")
    REGION_SPLIT = "region_split", _("{actor} gave postcodes of one region to another")
    TEAM_MADE = "team_made", _("{actor} made a team")
    TEAM_CHANGED = "team_changed", _("{actor} changed a team")
    COLLEAGUE_INVITED = "colleague_invited", _("{actor} invited {colleague}")
    COLLEAGUE_CHANGED = "colleague_changed", _("{actor} changed what {colleague} does")
    COLLEAGUE_JOINED = "colleague_joined", _("{actor} put {colleague} in a team")
    COLLEAGUE_MOVED_ON = "colleague_moved_on", _("{actor} took {colleague} out of a team")
    COLLEAGUE_LEFT = "colleague_left", _("{colleague} went out of service")
    COLLEAGUE_RETURNED = "colleague_returned", _("{colleague} came back into service")


journal.declare(Fact)
