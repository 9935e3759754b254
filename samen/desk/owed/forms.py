"""What colleagues fill in about hours."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import Day
from samen.desk.forms import GoesOn
from samen.visits import hours
from samen.visits import tasks as first_things
from samen.visits.forms import ApproveForm


class ForForm(ApproveForm):
    """A side said on the telephone or on paper that the hours are right."""

    side = forms.ChoiceField(
        choices=[(hours.HELPER, _("the helper")), (hours.HOUSEHOLD, _("the household"))],
        error_messages={"required": _("Choose who said so.")},
    )


class MonthForm(forms.Form):
    """A month, picked as one of its days."""

    month = Day(error_messages={"required": _("Choose a month."), "invalid": _("Choose a month.")})


class TasksForm(forms.Form):
    """The tasks of an agreement, one a line."""

    tasks = forms.CharField(
        label=_("One task a line, the most important on top"),
        help_text=_("Minutes may follow: Bathroom, 30. Put nothing here about somebody's health."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 9}),
    )

    def clean_tasks(self) -> list[first_things.Wanted]:
        """The lines as tasks; each fits on a telephone."""
        found = first_things.read(self.cleaned_data["tasks"])
        if len(found) > first_things.MOST:
            raise forms.ValidationError(_("Keep it to twenty tasks: more than that nobody keeps apart."))
        if any(len(one.what) > first_things.LONGEST for one in found):
            raise forms.ValidationError(_("Make each task shorter than 120 letters."))
        return found


class RateForm(GoesOn):
    """What is asked or paid for an hour, from a day on; empty for nothing agreed."""

    euros = forms.DecimalField(
        label=_("Euros an hour"),
        required=False,
        help_text=_("Empty ends it: from that day on nothing is agreed."),
        min_value=1,
        max_value=1000,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    since = Day(label=_("From which day"))

    def cents(self) -> int | None:
        """The answer in cents."""
        euros: Any = self.cleaned_data["euros"]
        return int(euros * 100) if euros is not None else None
