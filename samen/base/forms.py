"""How every form of Samen looks: the summary on top, and each field with its hint and its error."""

import contextlib
import uuid
from datetime import date
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Renderer(TemplatesSetting):
    form_template_name = "base/_form.html"
    field_template_name = "base/_field.html"


class Day(forms.DateField):
    """A day of our time, picked or typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        """The day; one outside 2000 to 2100 is a slip of the keyboard."""
        day = super().clean(value)
        if day is not None and not EARLIEST <= day < LATEST:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day


class Hour(forms.TimeField):
    """An hour of the wall clock."""

    widget = forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M")


class Ticked(forms.Field):
    """Some rows that were shown, by their public ids; whatever else is said names none."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> set[uuid.UUID]:
        """The ids among these words."""
        found = set()
        for text in value or ():
            with contextlib.suppress(ValueError):
                found.add(uuid.UUID(text))
        return found


class ButtonForm(forms.Form):
    """A button without fields: pressing it is all there is to say."""
