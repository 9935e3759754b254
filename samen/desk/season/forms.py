"""What colleagues fill in about many visits at once."""

import re
import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import Day
from samen.visits.holidays import Answer
from samen.visits.models import DayOff, SchoolRegion

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EXCEPTION = re.compile(rf"({UUID}):(SKIP|KEEP|MOVE:20[0-9]{{2}}-[01][0-9]-[0-3][0-9])", re.ASCII)
DECISION = re.compile(rf"({UUID}):(NOBODY|END|GIVE:{UUID})", re.ASCII)


class Many(forms.MultipleChoiceField):
    """Answers of many rows at once, each a word of its own; empty ones mean that the row says nothing."""

    def __init__(self, pattern: re.Pattern[str], **options: Any) -> None:
        super().__init__(**options)
        self.pattern = pattern

    def to_python(self, value: Any) -> list[str]:
        """The answers that say something."""
        return [word for word in super().to_python(value) if word]

    def valid_value(self, value: str) -> bool:
        """Whether it is an answer at all."""
        return bool(self.pattern.fullmatch(value))


class Previewed(forms.Form):
    """A change that is looked at before it is made: `seen` is the preview that was looked at."""

    seen = forms.Field(required=False, widget=forms.HiddenInput)  # anything else than the fingerprint is no match


class AwayForm(forms.Form):
    """When a household is away, and what happens to its visits.  There is no field for why."""

    since = Day(label=_("Away from"), error_messages={"required": _("Choose the first day away.")})
    until = Day(label=_("Home again on"), required=False, help_text=_("Leave it empty when nobody knows yet."))
    choice = forms.ChoiceField(
        label=_("The visits"),
        choices=[(DayOff.SKIP, _("are skipped")), (DayOff.KEEP, _("go on"))],
        initial=DayOff.SKIP,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Home again comes after going away."""
        return _in_order(self, "since", "until", _("Home again comes after the first day away."))


class BackForm(forms.Form):
    """On which day a household is home again."""

    on = Day(label=_("Home again on"), error_messages={"required": _("Choose a day.")})


class LeaveForm(forms.Form):
    """From which day a helper has leave, and on which day she works again."""

    since = Day(label=_("Leave from"), error_messages={"required": _("Choose the first day of leave.")})
    until = Day(label=_("Works again on"), error_messages={"required": _("Choose the first day of work.")})

    def __init__(self, *args: Any, today: date | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_since(self) -> date:
        """Leave is asked for beforehand."""
        day = cast("date", self.cleaned_data["since"])
        if self.today is not None and day < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Working again comes after the first day of leave."""
        return _in_order(self, "since", "until", _("Working again comes after the first day of leave."))


def _in_order(form: forms.Form, first: str, then: str, wrong: Any) -> dict[str, Any]:
    answers: dict[str, Any] = form.cleaned_data
    if answers.get(first) and answers.get(then) and answers[then] <= answers[first]:
        form.add_error(then, wrong)
    return answers


class RegionForm(forms.Form):
    """In which school region the team works."""

    school_region = forms.ChoiceField(
        label=_("School region"),
        choices=[
            (SchoolRegion.NORTH, _("North")),
            (SchoolRegion.MIDDLE, _("Middle")),
            (SchoolRegion.SOUTH, _("South")),
        ],
    )


class HolidayForm(Previewed):
    """What the team does on a holiday or in a break, and what single households want otherwise."""

    choice = forms.ChoiceField(
        label=_("The visits"),
        choices=[
            (DayOff.KEEP, _("go on")),
            (DayOff.SKIP, _("are skipped")),
            (DayOff.MOVE, _("move to another day")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happens to the visits.")},
    )
    to_date = Day(label=_("To which day"), required=False)
    exceptions = Many(EXCEPTION, required=False, label=_("Otherwise for"))

    def clean(self) -> dict[str, Any]:
        """Moving needs a day."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("choice") == DayOff.MOVE and not answers.get("to_date") and "to_date" not in self.errors:
            self.add_error("to_date", _("Choose the day to move to."))
        for word in answers.get("exceptions", ()):
            _answer(self, word)
        return answers

    def on_many_days(self) -> None:
        """A break cannot move to one other day."""
        choose = cast("forms.ChoiceField", self.fields["choice"])
        choose.choices = [(DayOff.KEEP, _("go on")), (DayOff.SKIP, _("are skipped"))]
        del self.fields["to_date"]

    def answer(self) -> Answer:
        """What happens to the visits of everybody else."""
        choice = self.cleaned_data["choice"]
        return Answer(choice, self.cleaned_data.get("to_date") if choice == DayOff.MOVE else None)

    def otherwise(self) -> dict[uuid.UUID, Answer]:
        """What happens to the visits of these households, by public id."""
        found = (EXCEPTION.fullmatch(word) for word in self.cleaned_data["exceptions"])
        return {uuid.UUID(one[1]): _parsed(one[2]) for one in found if one}


def _answer(form: HolidayForm, word: str) -> None:
    found = EXCEPTION.fullmatch(word)
    try:
        if found:
            _parsed(found[2])
    except ValueError:
        form.add_error("exceptions", _("That day is not in the calendar."))


def _parsed(word: str) -> Answer:
    choice, _colon, day = word.partition(":")
    return Answer(choice, date.fromisoformat(day) if day else None)


class HandoverForm(Previewed):
    """What becomes of each agreement of a helper who stops on a day."""

    since = Day(label=_("From this day on"), error_messages={"required": _("Choose a day.")})
    decisions = Many(
        DECISION, label=_("Agreements"), error_messages={"required": _("Choose for every agreement what happens.")}
    )

    def decided(self) -> dict[uuid.UUID, tuple[str, uuid.UUID | None]]:
        """The fate of each agreement by public id, with the helper who takes it over."""
        decided = {}
        for word in self.cleaned_data["decisions"]:
            agreement, fate, *helper = word.split(":")
            decided[uuid.UUID(agreement)] = (fate, uuid.UUID(helper[0]) if helper else None)
        return decided
