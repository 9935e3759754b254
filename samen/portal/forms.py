"""What helpers and households fill in: as little as possible."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import Ticked

ANSWERS = [("yes", _("Yes, I will go")), ("no", _("No, not this time"))]


class LeftOut(Ticked):
    """The visits of a question that she cannot go to."""


class Carried(forms.Field):
    """What a page carries along to say how things were when it was drawn; it is compared, and nothing else."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> str:
        """As it came: what was changed on the way is not how it was."""
        return str(value or "")


class AnswerForm(forms.Form):
    """Yes or no, and of a yes which visits not; `times` is when they were as the page showed them."""

    answer = forms.ChoiceField(choices=ANSWERS, error_messages={"required": _("Press yes or no.")})
    left_out = LeftOut(required=False)
    times = Carried(required=False)


class ObjectForm(forms.Form):
    """Who somebody would rather not have, by the offer that was told; why, if they like."""

    offer = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), _("Choose which visit it is."))
    )
    reason = forms.CharField(
        label=_("Why? You need not say."),
        help_text=_("Only the team reads this."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SeenForm(forms.Form):
    """A button, no fields."""
