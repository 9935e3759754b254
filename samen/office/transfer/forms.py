"""What managers fill in when a file comes in."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from samen.office import mapping
from samen.office.mapping import Column, Kind
from samen.office.models import ImportRow

NOT_TAKEN = [("", _("not taken over"))]
Choices = Sequence[tuple[str, str]]


class BringForm(forms.Form):
    """A file, and what its rows are."""

    kind = forms.ChoiceField(label=_("What is in it?"), choices=Kind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("The file"),
        help_text=_("CSV or Excel (.xlsx), with the names of the columns on top. At most 10 MB and 20,000 rows."),
        required=False,  # who forgets it is told by the page, which also knows what else can be wrong with a file
        allow_empty_file=True,
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )


class MappingForm(forms.Form):
    """What each column is, and the team of rows that do not say."""

    team = forms.ChoiceField(label=_("Team of rows that name none"), required=False, choices=[("", "")])

    def __init__(
        self, *args: Any, kind: str = "", columns: Sequence[Column] = (), teams: Choices = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.kind, self.columns = kind, columns
        choose = cast("forms.ChoiceField", self.fields["team"])
        choose.choices = [("", _("by the postcode")), *teams]
        for column in columns:
            fields = [(key, field.label) for key, field in mapping.fields(kind).items()]
            self.fields[f"column_{column.place}"] = forms.ChoiceField(
                label=column.name or format_lazy("{} {}", _("Column"), column.place + 1),
                choices=[*NOT_TAKEN, *fields],
                required=False,
                initial=column.field,
            )

    def clean(self) -> dict[str, Any]:
        """No field twice, and what is needed is there."""
        answers: dict[str, Any] = super().clean() or {}
        taken: dict[str, int] = {}
        for column in self.columns:
            key = answers.get(f"column_{column.place}")
            if key and key in taken:
                self.add_error(f"column_{column.place}", _("Another column is this already."))
            elif key:
                taken[key] = column.place
        for group in mapping.missing(self.kind, list(taken)) if self.kind else ():
            labels = " / ".join(str(label) for label in group)
            self.add_error(None, format_lazy(_("We cannot do without: {labels}."), labels=labels))
        answers["fields"] = {place: key for key, place in taken.items()}
        return answers

    def lines(self) -> list[dict[str, Any]]:
        """Each column with its samples and its field, as the page shows them."""
        return [{"column": column, "field": self[f"column_{column.place}"]} for column in self.columns]


class AnswersForm(forms.Form):
    """For each row that may be somebody we know: who it is, that it is somebody new, or nothing yet."""

    def __init__(self, *args: Any, rows: Sequence[ImportRow] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.rows = rows
        for row in rows:
            known = [(one["ref"], one["name"]) for one in row.alike if _is_reference(one["ref"])]
            self.fields[f"row_{row.number}"] = forms.ChoiceField(
                choices=[("", ""), (ImportRow.Answer.NEW, ""), *known], required=False
            )

    def answers(self) -> dict[int, str]:
        """What was said of each row."""
        return {row.number: self.cleaned_data.get(f"row_{row.number}", "") for row in self.rows}


def _is_reference(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
