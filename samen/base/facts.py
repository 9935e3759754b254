"""What can happen to how an organisation speaks, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    TEXT_CHANGED = "text_changed", _("{actor} changed the text of a message")
    TEXT_RESTORED = "text_restored", _("{actor} took back the original text of a message")
    SENDER_CHANGED = "sender_changed", _("{actor} changed in whose name mails go")


journal.declare(Fact)
