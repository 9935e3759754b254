"""What helpers and households fill in: as little as possible."""

import contextlib
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

START = [("today", _("Today")), ("tomorrow", _("Tomorrow"))]
UNTIL = [("unknown", _("Not known yet")), ("3d", _("3 days")), ("1w", _("1 week")), ("2w", _("2 weeks"))]
ANSWERS = [("yes", _("Yes, I will go")), ("no", _("No, not this time"))]


class SickForm(forms.Form):
    """From when, and until when if she knows.  There is no field for why, on purpose."""

    start = forms.ChoiceField(choices=START, initial="today")
    until = forms.ChoiceField(choices=UNTIL, initial="unknown", required=False)


class LeftOut(forms.Field):
    """The visits of a question that she cannot go to, by their public ids; whatever else is said names none."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> set[uuid.UUID]:
        """The ids among these words."""
        found = set()
        for text in value or ():
            with contextlib.suppress(ValueError):
                found.add(uuid.UUID(text))
        return found


class AnswerForm(forms.Form):
    """Yes or no, and of a yes which visits not."""

    answer = forms.ChoiceField(choices=ANSWERS, error_messages={"required": _("Press yes or no.")})
    left_out = LeftOut(required=False)


class SeenForm(forms.Form):
    """A button, no fields."""
