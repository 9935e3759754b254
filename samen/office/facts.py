"""What can happen in the office, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    IMPORT_COMMITTED = "import_committed", _("{actor} took over {count} rows of a file")
    IMPORT_TAKEN_BACK = "import_taken_back", _("{actor} took an import back")
    SPLIT_UNDONE = "split_undone", _("{actor} undid the splitting of a region")
    EXPORT_MADE = "export_made", _("{actor} asked for everything in one file")


journal.declare(Fact)
