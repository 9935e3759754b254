"""What managers fill in."""

import re
import uuid
from collections.abc import Sequence
from datetime import date, time
from typing import Any, cast

from django import forms
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from samen.base import texts
from samen.base.forms import WEEKDAYS, Day, Hour, Ticked
from samen.teams.models import Colleague

Choices = Sequence[tuple[str, Any]]
SPAN = re.compile(r"([1-9]\d{3})(?:\s*[-–]\s*([1-9]\d{3}))?", re.ASCII)
ROLES = [
    (Colleague.Role.COORDINATOR, _("coordinator: plans and answers for a team")),
    (Colleague.Role.MANAGER, _("manager: also sets up the organisation")),
]
NOBODY = uuid.UUID(int=0)
NOTHING: Choices = [("", _("none yet"))]  # where there is nothing to choose, nothing is asked
HOUSEHOLD_WORDS = [
    ("HOUSEHOLD", pgettext_lazy("the word itself", "household, households")),
    ("CUSTOMER", pgettext_lazy("the word itself", "customer, customers")),
    ("CLIENT", pgettext_lazy("the word itself", "client, clients")),
]
HELPER_WORDS = [
    ("HELPER", pgettext_lazy("the word itself", "helper, helpers")),
    ("HOME_HELP", pgettext_lazy("the word itself", "home help, home helps")),
    ("WORKER", pgettext_lazy("the word itself", "worker, workers")),
]
OFFICE_DAYS = range(5)
NINE, FIVE = time(9), time(17)
PAUSES = {  # half an hour or a whole one, in the middle of the day
    f"{start:%H:%M}–{end:%H:%M}": (start, end)
    for begin in range(11 * 60, 14 * 60 + 30, 30)
    for start, end in [(time(*divmod(begin, 60)), time(*divmod(begin + length, 60))) for length in (30, 60)]
}


class Postcodes(forms.CharField):
    """Stretches of postcodes by their four digits: 1211-1299, 1401."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> Any:
        """First and last of each stretch, in order, those that touch taken together."""
        text = super().clean(value)
        spans = [_span(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]
        if self.required and not spans:
            raise forms.ValidationError(self.error_messages["required"])
        return _merged(sorted(spans))


def _span(text: str) -> tuple[int, int]:
    found = SPAN.fullmatch(text)
    if found is None:
        wrong = _("“%(text)s” is no postcode. Write four digits, or a stretch: 1211-1299.")
        raise forms.ValidationError(wrong, params={"text": text[:20]})
    first, last = int(found[1]), int(found[2] or found[1])
    return min(first, last), max(first, last)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def written(spans: Sequence[tuple[int, int]]) -> str:
    """The stretches as one writes them: 1211-1299, 1401."""
    return ", ".join(f"{first}-{last}" if first < last else str(first) for first, last in spans)


class OneLine(forms.CharField):
    """A line that can stand at the top of a mail."""

    def clean(self, value: Any) -> Any:
        """What would begin a new line there is refused."""
        text = super().clean(value)
        if not text.isprintable():
            raise forms.ValidationError(_("Write it on one line."))
        return text


class Chosen(forms.TypedChoiceField):
    """One row of a list, by its public id; `NOBODY` when none was chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=uuid.UUID, empty_value=cast("Any", NOBODY), **options)


class RegionForm(forms.Form):
    """How a region is called, and which postcodes lie in it."""

    name = forms.CharField(label=_("Name"), max_length=100)
    postcodes = Postcodes(
        label=_("Postcodes"),
        max_length=2000,
        help_text=_("Four digits, or a stretch, with commas between: 1211-1299, 1401, 1411."),
    )


class Several(forms.TypedMultipleChoiceField):
    """Some rows of a list, by their public ids."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=uuid.UUID, **options)


class SeenForm(forms.Form):
    """The button below a preview: `seen` says which one."""

    seen = forms.Field(required=False, widget=forms.HiddenInput)


class InThePreview(forms.MultipleHiddenInput):
    """What is ticked in the preview itself, so that the form does not draw it again."""

    def render(self, *args: Any, **options: Any) -> SafeString:
        """Nothing."""
        return SafeString("")


class SplitForm(forms.Form):
    """Which postcodes go to which region, who answers there, and who goes along."""

    postcodes = Postcodes(
        label=_("These postcodes move"),
        max_length=2000,
        help_text=_("Four digits, or a stretch, with commas between: 1211-1299, 1401, 1411."),
    )
    region = Chosen(label=_("To"), required=False, choices=[("", _("a new region"))])
    name = forms.CharField(label=_("Name of the new region"), max_length=100, required=False)
    team = forms.CharField(label=_("Name of the new team"), max_length=100, required=False)
    phone = forms.CharField(label=_("Phone of the new team"), max_length=30, required=False)
    colleagues = Several(label=_("Colleagues who go to the other team"), required=False, choices=NOTHING)
    helpers = forms.ChoiceField(
        label=_("Which helpers move"),
        choices=[
            ("VISITS", _("who goes mostly to households that move")),
            ("HOME", _("who lives in these postcodes")),
            ("NOBODY", _("nobody")),
        ],
        initial="VISITS",
        widget=forms.RadioSelect,
    )
    along = Ticked(required=False, widget=InThePreview)
    seen = forms.Field(required=False, widget=forms.HiddenInput)  # anything else than the fingerprint is no match

    def __init__(self, *args: Any, regions: Choices = (), colleagues: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["region"]).choices = [("", _("a new region")), *regions]
        cast("forms.ChoiceField", self.fields["colleagues"]).choices = colleagues

    def clean(self) -> dict[str, Any]:
        """A new region has a name and a team, and somebody in that team who sees its households."""
        answers: dict[str, Any] = super().clean() or {}
        new = answers.get("region") == NOBODY
        for name in ("name", "team", "phone", "colleagues") if new else ():
            if not answers.get(name) and name not in self.errors:
                self.add_error(name, _("A new region needs this."))
        return answers


class TeamForm(forms.Form):
    """How a team is called, where it answers, and on which number."""

    name = forms.CharField(label=_("Name"), max_length=100)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, help_text=_("Households and helpers see it on every page of theirs.")
    )
    region = Chosen(label=_("Region"), choices=NOTHING)

    def __init__(self, *args: Any, regions: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["region"]).choices = regions or NOTHING
        self.fields["region"].required = bool(regions)


class HoursForm(forms.Form):
    """From when until when a team can be reached, for each day of the week; an empty day is closed."""

    pause = forms.TypedChoiceField(
        label=_("Break"),
        help_text=_("It counts on every day that is open before and after it."),
        choices=[("", _("no break")), *((words, words) for words in PAUSES)],
        coerce=PAUSES.__getitem__,
        empty_value=None,
        required=False,
    )

    def rows(self) -> list[dict[str, Any]]:
        """The days of the week, each with its two fields."""
        return [
            {"name": name, "start": self[f"from_{weekday}"], "end": self[f"until_{weekday}"]}
            for weekday, name in WEEKDAYS
        ]

    def clean(self) -> dict[str, Any]:
        """A day has both hours or neither, and opens before it closes."""
        answers: dict[str, Any] = super().clean() or {}
        for weekday, _name in WEEKDAYS:
            start, end = answers.get(f"from_{weekday}"), answers.get(f"until_{weekday}")
            if (start is None) != (end is None) and not {f"from_{weekday}", f"until_{weekday}"} & self.errors.keys():
                self.add_error(f"until_{weekday}", _("Fill in both hours, or neither when you are closed."))
            elif start is not None and end is not None and start >= end:
                self.add_error(f"until_{weekday}", _("This is not later than the hour you open."))
        pause = answers.get("pause")
        if pause and not self.errors and not any(a < pause[0] and pause[1] < b for a, b in self.hours().values()):
            self.add_error("pause", _("On no day are you open both before and after this break."))
        return answers

    def hours(self) -> dict[int, tuple[time, time]]:
        """The open days."""
        return {
            weekday: (self.cleaned_data[f"from_{weekday}"], self.cleaned_data[f"until_{weekday}"])
            for weekday, _name in WEEKDAYS
            if self.cleaned_data[f"from_{weekday}"]
        }


for _weekday, _name in WEEKDAYS:
    HoursForm.base_fields[f"from_{_weekday}"] = Hour(label=format_lazy(_("{day} from"), day=_name), required=False)
    HoursForm.base_fields[f"until_{_weekday}"] = Hour(label=format_lazy(_("{day} until"), day=_name), required=False)


class WordsForm(forms.Form):
    """How the organisation is called, and its words for whom it helps and who helps."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=100)
    household = forms.ChoiceField(
        label=_("Whom you help"), choices=HOUSEHOLD_WORDS, widget=forms.RadioSelect, initial="HOUSEHOLD"
    )
    helper = forms.ChoiceField(label=_("Who helps"), choices=HELPER_WORDS, widget=forms.RadioSelect, initial="HELPER")


class RatesForm(forms.Form):
    """Whether rates are a hard rule."""

    count = forms.BooleanField(label=_("Rates are a hard rule here"), required=False)


class OftenForm(forms.Form):
    """How often a week a helper is asked to stand in at most, unless she said so herself."""

    at_most = forms.IntegerField(
        label=_("Times a week at most"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("Empty means: as often as it is needed. For a visit of today she may be asked oftener."),
    )


class SenderForm(forms.Form):
    """In whose name mails go, and where an answer arrives."""

    from_name = OneLine(
        label=_("Name of the sender"), max_length=100, required=False, help_text=_("As it stands above the mail.")
    )
    reply_to = forms.EmailField(
        label=_("Address for answers"),
        max_length=254,
        required=False,
        help_text=_("Empty means: an answer arrives nowhere."),
    )


class TextForm(forms.Form):
    """How a message reads, with fields by name."""

    subject = OneLine(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 14}))

    def __init__(self, *args: Any, text: texts.Text | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.text = text

    def clean(self) -> dict[str, Any]:
        """Every field in braces is one of this message's."""
        answers: dict[str, Any] = super().clean() or {}
        for name in ("subject", "body") if self.text else ():
            try:
                texts.check(cast("texts.Text", self.text), answers.get(name, ""))
            except texts.UnknownField as unknown:
                wrong = _("This message has no field %(field)s. Choose one of the fields beside it.")
                self.add_error(name, forms.ValidationError(wrong, params={"field": unknown.field}))
        return answers


class SendingForm(forms.Form):
    """Whether a team lets the proposal for today's visits leave by itself."""

    by_itself = forms.BooleanField(
        label=_("The proposal for today's visits leaves by itself"),
        help_text=_("Between 7 and 22 o'clock, after five minutes in which anybody of the team can stop it."),
        required=False,
    )


class ClosedForm(forms.Form):
    """A day on which a team is closed."""

    day = Day(label=_("Day"))
    name = forms.CharField(label=_("Why"), max_length=100, required=False, help_text=_("As in: Good Friday."))


class InviteForm(forms.Form):
    """A new colleague."""

    name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(
        label=_("Mail address"), max_length=254, help_text=_("The code to sign in with goes there.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Colleague.Role.COORDINATOR)
    team = Chosen(label=_("Team"), required=False, choices=NOTHING)
    starts = Day(label=_("In service from"))

    def __init__(self, *args: Any, teams: Choices = (), today: date | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["team"]).choices = [("", _("no team yet")), *teams]
        self.fields["starts"].initial = today


class ColleagueForm(forms.Form):
    """How a colleague is called, and what he or she does."""

    name = forms.CharField(label=_("Name"), max_length=100)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)


class JoinForm(forms.Form):
    """In which team, and from when until when."""

    team = Chosen(label=_("Team"), choices=NOTHING)
    start = Day(label=_("From"))
    until = Day(label=_("Until"), required=False, help_text=_("The first day no longer; leave it empty when it lasts."))

    def __init__(self, *args: Any, teams: Choices = (), today: date | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["team"]).choices = teams or NOTHING
        self.fields["team"].required = bool(teams)
        self.fields["start"].initial = today

    def clean(self) -> dict[str, Any]:
        """It begins before it ends."""
        answers: dict[str, Any] = super().clean() or {}
        start, until = answers.get("start"), answers.get("until")
        if start and until and until <= start:
            self.add_error("until", _("This is not later than the first day."))
        return answers


class LastDayForm(forms.Form):
    """From which day on no longer."""

    day = Day(label=_("From this day on no longer"))
