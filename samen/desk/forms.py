"""What colleagues fill in."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import WEEKDAYS, Day, Hour
from samen.visits.forms import IllForm


class ReportForm(IllForm):
    """Who is ill, from when, until when."""

    helper = forms.UUIDField(
        error_messages={
            "required": _("Choose who is ill."),
            "invalid": _("Choose a helper from the list."),
        }
    )
    who = forms.CharField(required=False, max_length=100)


class BetterForm(forms.Form):
    """A helper is better now, unless she is from tomorrow on."""

    tomorrow = forms.BooleanField(required=False)


class SendForm(forms.Form):
    """Who is asked for which visit: `replacement:helper`, both public ids."""

    ask = forms.MultipleChoiceField(required=True, error_messages={"required": _("Tick at least one helper to ask.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ask"].valid_value = is_pair  # type: ignore[attr-defined]

    def pairs(self) -> set[tuple[str, str]]:
        """The ticked pairs of replacement and helper."""
        return {tuple(text.split(":")) for text in self.cleaned_data["ask"]}


class SearchForm(SendForm):
    """The same for one absence, where it may also be somebody who was asked enough this week: then `why` says so."""

    why = forms.CharField(required=False, max_length=300)


UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NEWS = "first|covered|searching|nobody|chosen|called_off|kept|looking_on|skipped|own_back|changed|altered"
SAID = re.compile(rf"(YES|NO|NO_ANSWER|TOLD|RATHER_NOT):((?:ask:{UUID}|{NEWS}):{UUID})")


class Said(forms.RegexField):
    """How a call ended, and whom it was with about what: one button says both."""

    def __init__(self, **options: Any) -> None:
        wrong = dict.fromkeys(("required", "invalid"), _("Choose whom you rang from the call list."))
        super().__init__(regex=SAID, error_messages=wrong, **options)


class CallForm(forms.Form):
    """Whom a colleague rang, about what, and what was said."""

    said = Said()
    rang_us = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=300)  # why a household would rather have another

    def call(self) -> dict[str, Any]:
        """The outcome, whom it was with, whether they rang us, and the reason if one was given."""
        outcome, _colon, about = self.cleaned_data["said"].partition(":")
        return {"outcome": outcome, "about": about} | {key: self.cleaned_data[key] for key in ("rang_us", "reason")}


class ChooseForm(forms.Form):
    """Whose yes it becomes."""

    offer = forms.UUIDField(error_messages={"required": _("Choose who goes."), "invalid": _("Choose who goes.")})


class LentForm(forms.Form):
    """Which question to a helper of the own team, asked by another, should not stand."""

    offer = forms.UUIDField(error_messages=dict.fromkeys(("required", "invalid"), _("Choose a question on Today.")))


DECISIONS = [("KEEP", _("she comes")), ("LOOK", _("look for somebody else")), ("SKIP", _("nobody comes this time"))]


class DecideForm(forms.Form):
    """What becomes of a promise that the household would rather have otherwise."""

    objection = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), _("Choose what happens."))
    )
    decision = forms.ChoiceField(
        label=_("What happens"),
        choices=DECISIONS,
        required=False,
        error_messages={"invalid_choice": _("Choose what happens.")},
    )


class AskForm(forms.Form):
    """Why a colleague asks to see a file of another team."""

    reason = forms.CharField(max_length=500, error_messages={"required": _("Say in a few words what you need it for.")})


RHYTHMS = [
    ("1", _("every week")),
    ("2E", _("every 2 weeks, in even weeks")),
    ("2O", _("every 2 weeks, in odd weeks")),
    ("3", _("every 3 weeks")),
    ("4", _("every 4 weeks")),
    ("5", _("every 5 weeks")),
    ("6", _("every 6 weeks")),
    ("8", _("every 8 weeks")),
    ("M1", _("the first of the month")),
    ("M2", _("the second of the month")),
    ("M3", _("the third of the month")),
    ("M4", _("the fourth of the month")),
    ("M5", _("the fifth of the month")),
    ("M-1", _("the last of the month")),
]
Choices = list[tuple[str, str]]
NOBODY = [("", _("nobody yet"))]


class Minutes(forms.IntegerField):
    """How long a visit takes, in minutes."""

    widget = forms.NumberInput(attrs={"inputmode": "numeric"})

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=15, max_value=720, **options)


class GoesOn(forms.Form):
    """A decision about which a rule may warn: going on asks for the reason, which is kept."""

    why = forms.CharField(label=_("Go on anyway, because"), required=False, max_length=300)
    cautions: Sequence[Any] = ()

    def may_go_on(self, cautions: Sequence[Any]) -> bool:
        """Whether nothing asks for a reason, or one was given; the page shows the cautions."""
        self.cautions = cautions
        if any(one.asks for one in cautions) and not self.cleaned_data["why"]:
            self.add_error("why", _("A rule warns. Say in a few words why you go on, or change it."))
            return False
        return True


SCOPES = [
    ("one", _("only this one")),
    ("following", _("this one and all that follow")),
    ("all", _("all from today on")),
]


class Scoped(GoesOn):
    """A change of one visit, or of those after it too: then `seen` is the preview that was looked at."""

    scope = forms.ChoiceField(
        label=_("Which visits"), choices=SCOPES, initial="one", required=False, widget=forms.RadioSelect
    )
    seen = forms.Field(required=False, widget=forms.HiddenInput)  # anything else than the fingerprint is no match

    def more_than(self, recurs: object) -> str:
        """The scope that was chosen, empty for this one visit; what does not come back has no others."""
        scope = self.cleaned_data["scope"]
        return scope if recurs and scope != "one" else ""


class MoveForm(Scoped):
    """When this visit is instead."""

    day = Day(label=_("Day"))
    start = Hour(label=_("From"))
    minutes = Minutes(label=_("Minutes"))

    def when(self) -> dict[str, Any]:
        """The words of the verb."""
        return {name: self.cleaned_data[name] for name in ("day", "start", "minutes")}


class GiveForm(Scoped):
    """Who goes instead."""

    helper = forms.UUIDField(
        label=_("Helper"), error_messages={"required": _("Choose a helper."), "invalid": _("Choose a helper.")}
    )


class PlaceForm(forms.Form):
    """Where a visit goes on the board: whose row, which day, and why if a rule warned."""

    helper = forms.UUIDField(required=False, error_messages={"invalid": _("Choose a helper.")})
    day = Day(error_messages={"required": _("Choose a day.")})
    reason = forms.CharField(required=False, max_length=300)


class EndForm(forms.Form):
    """From which day on nobody comes any more, or one visit of the week does not come back."""

    slot_no = forms.TypedChoiceField(
        label=_("What ends"), coerce=int, empty_value=None, required=False, choices=[("", _("the whole agreement"))]
    )
    since = Day(label=_("From this day on"), error_messages={"required": _("Choose a day.")})

    def __init__(self, *args: Any, slots: "Slots | None" = None, **more: Any) -> None:
        super().__init__(*args, **more)
        choose = cast("forms.ChoiceField", self.fields["slot_no"])
        if slots is not None and len(slots.choices) > 1:
            choose.choices = [("", _("the whole agreement")), *slots.choices]


class _Terms(GoesOn):
    """What recurs: the rhythm, the day, the hour, the length."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=RHYTHMS, initial="1")
    weekday = forms.TypedChoiceField(label=_("Day"), choices=WEEKDAYS, coerce=int)
    start = Hour(label=_("From"))
    minutes = Minutes(label=_("Minutes"), initial=180)


class AddForm(_Terms):
    """Once more in the week or the month."""

    since = Day(label=_("From which day"))
    helper = forms.ChoiceField(label=_("Helper"), required=False, choices=NOBODY)

    def __init__(self, *args: Any, helpers: "Choices | None" = None, today: Any = None, **more: Any) -> None:
        super().__init__(*args, **more)
        choose = cast("forms.ChoiceField", self.fields["helper"])
        choose.choices = [*NOBODY, *(helpers or [])]
        self.fields["since"].initial = today


class AgreeForm(AddForm):
    """A new standing agreement."""

    work_form = forms.ChoiceField(
        label=_("Who employs the helper"),
        choices=[
            ("AGENCY_EMPLOYS", _("our organisation")),
            ("HOUSEHOLD_EMPLOYS", _("the household itself")),
            ("SELF_EMPLOYED", _("nobody, the helper is self-employed")),
        ],
    )


class ArrangementForm(_Terms):
    """Change what was agreed: which visit of the week, and from which day on."""

    slot_no = forms.TypedChoiceField(label=_("Which visit"), coerce=int, choices=[(1, "1")])
    scope = forms.ChoiceField(
        label=_("Which visits"),
        choices=[("following", _("from a day on")), ("all", _("all from today on"))],
        initial="following",
    )
    since = Day(label=_("From which day"), required=False)
    helper = forms.ChoiceField(label=_("Helper"), required=False, choices=NOBODY)

    def __init__(self, *args: Any, slots: "Slots | None" = None, **more: Any) -> None:
        super().__init__(*args, **more)
        choose = cast("forms.ChoiceField", self.fields["slot_no"])
        choose.choices = slots.choices if slots else [(1, "1")]
        often = cast("forms.ChoiceField", self.fields["rhythm"])
        often.choices = [*RHYTHMS, *(slots.rarer if slots else [])]
        who = cast("forms.ChoiceField", self.fields["helper"])
        who.choices = [*NOBODY, *(slots.helpers if slots else [])]
        for name, value in (slots.initial if slots else {}).items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        """From a day on needs the day."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("scope") == "following" and not answers.get("since") and "since" not in self.errors:
            self.add_error("since", _("Choose from which day on."))
        return answers


@dataclass(frozen=True)
class Slots:
    """What an agreement's form is filled with."""

    choices: list[tuple[int, str]]
    helpers: Choices
    initial: dict[str, Any]
    rarer: Choices = field(default_factory=list)  # rhythms that nobody chooses here, and that came in with a file


def is_pair(text: str) -> bool:
    """Whether this is two public ids with a colon between."""
    left, colon, right = text.partition(":")
    try:
        return bool(colon) and str(uuid.UUID(left)) == left and str(uuid.UUID(right)) == right
    except ValueError:
        return False
