"""What those who went, those who were helped and those at the desk fill in alike."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base import clock
from samen.base.forms import Day

OUTCOMES = [
    ("DONE", _("Done as planned")),
    ("SHORTER", _("Done, but shorter")),
    ("NOBODY_HOME", _("Nobody was home")),
    ("NOT_DONE", _("Not done")),
]
START = [("today", _("Today")), ("tomorrow", _("Tomorrow"))]
UNTIL = [("unknown", _("Not known yet")), ("3d", _("3 days")), ("1w", _("1 week")), ("2w", _("2 weeks"))]


class IllForm(forms.Form):
    """From when until when somebody is ill.  There is no field for why, on purpose."""

    start = forms.ChoiceField(choices=START, initial="today")
    until = forms.ChoiceField(choices=UNTIL, initial="unknown", required=False)
    back = Day(label=_("First day back at work"), required=False)

    def __init__(self, *args: Any, at: datetime | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = at.astimezone(clock.HOME).date() if at else None

    def clean(self) -> dict[str, Any]:
        """She is back on a later day than the first on which she cannot come."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("back") and self.today is not None:
            first = self.today + timedelta(days=answers.get("start") == "tomorrow")
            if answers["back"] <= first:
                self.add_error("back", _("Choose a day after the first day on which she cannot come."))
        return answers


class ResultForm(forms.Form):
    """How the visit went; how long it took only when that was less."""

    outcome = forms.ChoiceField(choices=OUTCOMES, error_messages={"required": _("Choose how it went.")})
    minutes = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=24 * 60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Give the minutes as a number.")},
    )

    def clean(self) -> dict[str, Any]:
        """Shorter needs to say how long; the rest says it already."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("outcome") == "SHORTER" and not answers.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how many minutes you were there."))
        return answers


class ApproveForm(forms.Form):
    """These hours, as they were shown, are right: the month and the fingerprint of what was on the page."""

    month = Day(error_messages={"required": _("Choose a month."), "invalid": _("Choose a month.")})
    version = forms.CharField(max_length=64, error_messages={"required": _("Look at the hours first.")})

    @property
    def asked(self) -> date | None:
        """The month that was sent, if one was."""
        return getattr(self, "cleaned_data", {}).get("month")

    def clean_month(self) -> date:
        """The month as its first day."""
        month: date = self.cleaned_data["month"]
        return month.replace(day=1)
