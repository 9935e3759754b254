"""What colleagues fill in at the desk, and helpers and households by themselves on their phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import WEEKDAYS, Day
from samen.people import availability
from samen.people.models import Channel, StandingWish

WANTS = [("", _("not asked yet")), *StandingWish.Want.choices]


class HoursField(forms.CharField):
    """The stretches of one day, as people write them: 8-13, or 8.30-12 and 13-17."""

    def __init__(self, **options: Any) -> None:
        attrs = {"placeholder": "8-13", "autocomplete": "off", "size": "11"}
        super().__init__(max_length=60, required=False, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        """The stretches, none when nothing was filled in."""
        try:
            return availability.from_words(super().clean(value))
        except availability.NoHours:
            raise forms.ValidationError(_("Write the hours like 8-13, or like 8.30-12 and 13-17.")) from None


class DaysForm(forms.Form):
    """Hours in the week, one line a day."""

    day_0 = HoursField(label=WEEKDAYS[0][1])
    day_1 = HoursField(label=WEEKDAYS[1][1])
    day_2 = HoursField(label=WEEKDAYS[2][1])
    day_3 = HoursField(label=WEEKDAYS[3][1])
    day_4 = HoursField(label=WEEKDAYS[4][1])
    day_5 = HoursField(label=WEEKDAYS[5][1])
    day_6 = HoursField(label=WEEKDAYS[6][1])

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven fields, Monday first."""
        return [self[f"day_{weekday}"] for weekday, _name in WEEKDAYS]

    def week(self) -> dict[int, list[availability.Stretch]]:
        """The stretches by weekday."""
        return {weekday: self.cleaned_data[f"day_{weekday}"] for weekday, _name in WEEKDAYS}


class AskRightForm(DaysForm):
    """When, by which way and how often a helper may be asked to stand in."""

    per_week = forms.IntegerField(label=_("At most so often a week"), min_value=0, max_value=60, required=False)
    pause_until = Day(label=_("Do not ask until"), required=False)
    channel = forms.ChoiceField(label=_("How to ask"), choices=Channel.choices, initial=Channel.EMAIL)

    def right(self) -> dict[str, Any]:
        """The words of the verb."""
        said = {name: self.cleaned_data[name] for name in ("per_week", "pause_until", "channel")}
        return said | {"week": self.week()}


class StandingForm(forms.Form):
    """What the household wants when its helper cannot come."""

    illness = forms.ChoiceField(
        label=StandingWish.For.ILLNESS.label, choices=WANTS, required=False, widget=forms.RadioSelect
    )
    leave = forms.ChoiceField(
        label=StandingWish.For.LEAVE.label, choices=WANTS, required=False, widget=forms.RadioSelect
    )
    holiday = forms.ChoiceField(
        label=StandingWish.For.HOLIDAY.label, choices=WANTS, required=False, widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        """At least one answer."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(said.values()):
            self.add_error("illness", _("Choose at least one."))
        return said

    def wants(self) -> dict[str, str]:
        """What was answered, by kind of absence."""
        return {kind: self.cleaned_data[kind.lower()] for kind in StandingWish.For if self.cleaned_data[kind.lower()]}
