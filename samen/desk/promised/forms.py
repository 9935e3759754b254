"""What colleagues tick when they call something off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.desk.forms import is_pair


class CallOffForm(forms.Form):
    """What is called off: each offer by its public id, with how it stood when it was looked at."""

    offer = forms.MultipleChoiceField(required=True, error_messages={"required": _("Tick what you call off.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].valid_value = is_pair  # type: ignore[attr-defined]

    def ticked(self) -> dict[str, str]:
        """For each offer how it stood."""
        return dict(text.split(":") for text in self.cleaned_data["offer"])
