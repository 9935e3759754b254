"""What colleagues fill in."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

START = [("today", _("Today")), ("tomorrow", _("Tomorrow"))]
UNTIL = [("unknown", _("Not known yet")), ("3d", _("3 days")), ("1w", _("1 week")), ("2w", _("2 weeks"))]


class ReportForm(forms.Form):
    """Who is ill, from when, until when.  There is no field for why, on purpose."""

    helper = forms.UUIDField(
        error_messages={
            "required": _("Choose who is ill."),
            "invalid": _("Choose a helper from the list."),
        }
    )
    who = forms.CharField(required=False, max_length=100)
    start = forms.ChoiceField(choices=START, initial="today")
    until = forms.ChoiceField(choices=UNTIL, initial="unknown", required=False)


class SendForm(forms.Form):
    """Who is asked for which visit: `replacement:helper`, both public ids."""

    ask = forms.MultipleChoiceField(required=True, error_messages={"required": _("Tick at least one helper to ask.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ask"].valid_value = _is_pair  # type: ignore[attr-defined]

    def pairs(self) -> set[tuple[str, str]]:
        """The ticked pairs of replacement and helper."""
        return {tuple(text.split(":")) for text in self.cleaned_data["ask"]}


class AskForm(forms.Form):
    """Why a colleague asks to see a file of another team."""

    reason = forms.CharField(max_length=500, error_messages={"required": _("Say in a few words what you need it for.")})


def _is_pair(text: str) -> bool:
    left, colon, right = text.partition(":")
    try:
        return bool(colon) and str(uuid.UUID(left)) == left and str(uuid.UUID(right)) == right
    except ValueError:
        return False
