"""What colleagues fill in about hours."""

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.visits import hours
from samen.visits.forms import ApproveForm


class ForForm(ApproveForm):
    """A side said on the telephone or on paper that the hours are right."""

    side = forms.ChoiceField(
        choices=[(hours.HELPER, _("the helper")), (hours.HOUSEHOLD, _("the household"))],
        error_messages={"required": _("Choose who said so.")},
    )


class MonthForm(forms.Form):
    """A month, picked as one of its days."""

    month = forms.DateField(error_messages={"required": _("Choose a month."), "invalid": _("Choose a month.")})
