"""What colleagues fill in about people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import LATEST, Day
from samen.desk import wishing
from samen.people import documents, fairness
from samen.people.documents import NewDocument
from samen.people.fields import HouseNumberField, PhoneField, PostcodeField
from samen.people.forms import DaysForm
from samen.people.households import NewMember
from samen.people.models import (
    Channel,
    HouseholdMember,
    Language,
    Mandate,
    PairWish,
    TravelMode,
    Visibility,
    WayIn,
    Wish,
)
from samen.people.persons import NewPerson
from samen.people.places import Address, Alias
from samen.people.wishes import NewWish

OLDEST = date(1920, 1, 1)


class BirthDate(forms.DateField):
    """The day somebody was born."""

    widget = forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        """The day; one before anybody alive is a slip of the keyboard."""
        day = super().clean(value)
        if day is not None and not OLDEST <= day < LATEST:
            raise forms.ValidationError(_("Look at the year again."))
        return day


class WeekHours(forms.DecimalField):
    """Hours a week, with a comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=60, max_digits=4, decimal_places=2, **options)

    def to_python(self, value: Any) -> Any:
        """The amount."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class _PersonForm(forms.Form):
    """Who somebody is, and how to reach them."""

    first_name = forms.CharField(label=_("First name"), max_length=60, required=False)
    name_prefix = forms.CharField(label=_("Prefix"), max_length=20, required=False, help_text=_("van den"))
    last_name = forms.CharField(
        label=_("Surname"), max_length=80, error_messages={"required": _("Fill in the surname.")}
    )
    phone = PhoneField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=_("Mail address"), max_length=254, required=False)

    def person(self) -> NewPerson:
        """Who was described."""
        said = self.cleaned_data
        return NewPerson(
            last_name=said["last_name"],
            first_name=said["first_name"],
            prefix=said["name_prefix"],
            phones=_some(said["phone"]),
            emails=_some(said["email"].lower()),
        )


class _HomeForm(forms.Form):
    """Where somebody lives."""

    postcode = PostcodeField(label=_("Postcode"), max_length=10, required=False)
    house_number = HouseNumberField(label=_("House number"), max_length=12, required=False)
    street = forms.CharField(label=_("Street"), max_length=100, required=False)
    town = forms.CharField(label=_("Town"), max_length=80, required=False)
    alias = forms.CharField(
        label=_("Secret address"),
        max_length=60,
        required=False,
        help_text=_(
            "Only if nobody may learn the address: the name by which we speak of it. The address itself is not kept."
        ),
    )

    def home(self) -> Address | Alias | None:
        """The place that was described."""
        said = self.cleaned_data
        if said["alias"]:
            return Alias(said["alias"])
        address = Address(said["street"], said["house_number"], said["postcode"], said["town"])
        return address if any((address.street, address.house_number, address.postcode, address.town)) else None


class HouseholdForm(_PersonForm, _HomeForm):
    """A new household: who lives there, and where."""

    name = forms.CharField(
        label=_("How the household is known"),
        max_length=100,
        help_text=_("For example: familie Bakker, or mevrouw De Vries."),
        error_messages={"required": _("Fill in how the household is known.")},
    )


class WeekForm(DaysForm):
    """When in the week somebody can work, and from which day on."""

    since = Day(label=_("From which day"), error_messages={"required": _("Choose a day.")})


class HelperForm(_PersonForm, _HomeForm):
    """A new helper: who she is, where she lives, and how she comes."""

    mode = forms.ChoiceField(label=_("How she comes"), choices=TravelMode.choices, initial=TravelMode.BIKE)
    reach_minutes = forms.IntegerField(
        label=_("At most so many minutes on the way"), min_value=5, max_value=180, initial=30
    )
    contract_hours = WeekHours(label=_("Hours a week agreed"), required=False)
    since = Day(label=_("In service from"), error_messages={"required": _("Choose a day.")})

    def __init__(self, *args: Any, today: date | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["first_name"].required = True
        self.fields["first_name"].error_messages["required"] = _("Fill in the first name.")
        self.fields["since"].initial = today


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


class SearchForm(forms.Form):
    """What a list is searched for, which part of it, and which page."""

    q = forms.CharField(required=False, max_length=100)
    deel = forms.CharField(required=False, max_length=20)
    pagina = forms.CharField(required=False, max_length=6)

    def said(self, name: str) -> str:
        """The answer, empty when it was none."""
        return str(self.cleaned_data.get(name, "")) if self.is_valid() else ""


class FairField(forms.CharField):
    """A reason in words; origin, colour, faith and dress are none, and a woman or a man is a wish of its own."""

    widget = forms.Textarea(attrs={"rows": "2"})

    def clean(self, value: Any) -> Any:
        """The words, unless the law on equal treatment forbids them."""
        text = super().clean(value)
        refuse_unlawful(text)
        refuse_woman_or_man(text)
        return text


def refuse_unlawful(text: str, *, of_language: bool = False) -> None:
    """These words say nothing of origin, colour, faith or dress; the name of a language is none of those."""
    try:
        fairness.check(text, of_language=of_language)
    except fairness.Unlawful:
        raise forms.ValidationError(
            _("This is about origin, colour, faith or dress. We may not choose helpers by that."), code="unlawful"
        ) from None


def refuse_woman_or_man(text: str) -> None:
    """These words do not ask for a woman or a man by the way."""
    if fairness.asks_for_a_woman_or_a_man(text):
        raise forms.ValidationError(
            _("Without a ground we may not ask for a woman or a man. Note it as a wish for that, with its ground."),
            code="ground",
        )


class WishForm(forms.Form):
    """What is needed or would be nice."""

    what = forms.ChoiceField(label=_("What"), choices=wishing.WHATS)
    strength = forms.ChoiceField(label=_("How strongly"), choices=Wish.Strength.choices, initial=Wish.Strength.RATHER)
    level = forms.ChoiceField(
        label=_("Level of a language"), choices=[("", _("no language")), *Wish.Level.choices], required=False
    )
    scope = forms.ChoiceField(label=_("For whom it holds"), choices=Wish.Scope.choices, initial=Wish.Scope.ALWAYS)
    ground = forms.ChoiceField(
        label=_("Ground for a woman or a man"),
        choices=[("", _("none")), *Wish.Ground.choices],
        required=False,
        help_text=_("Only on such a ground may it be a woman or a man. Without it we may not ask for it."),
    )
    visible_to = forms.ChoiceField(label=_("Who may read it"), choices=Visibility.choices)
    until_date = Day(label=_("Until"), required=False)
    reason = forms.CharField(
        label=_("Why, if it helps"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": "2"})
    )

    def clean_reason(self) -> str:
        """What may be said depends on what is wished: Turkish is a language, and no reason for anything else."""
        reason: str = self.cleaned_data["reason"]
        kind = self.data.get("what", "").partition(":")[0]
        refuse_unlawful(reason, of_language=kind == Wish.Kind.LANGUAGE)
        if kind != Wish.Kind.GENDER:
            refuse_woman_or_man(reason)
        return reason

    def clean(self) -> dict[str, Any]:
        """A woman or a man needs a ground, a language a level."""
        said: dict[str, Any] = super().clean() or {}
        kind = str(said.get("what", "")).partition(":")[0]
        if kind == Wish.Kind.GENDER and not said.get("ground") and "ground" not in self.errors:
            self.add_error("ground", _("Choose the ground. Without one we may not ask for a woman or a man."))
        if kind == Wish.Kind.LANGUAGE and not said.get("level") and "level" not in self.errors:
            self.add_error("level", _("Choose how well the language must be spoken."))
        return said

    def wish(self) -> NewWish:
        """The wish as the verb takes it."""
        said = dict(self.cleaned_data)
        kind, _colon, what = said.pop("what").partition(":")
        return NewWish(kind=kind, what=what, **said)


class StoryForm(forms.Form):
    """What somebody tells about himself or herself."""

    text = forms.CharField(
        label=_("The story"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "8"}),
        help_text=_("What somebody likes to tell. Nobody is ever matched on it."),
    )
    visible_to = forms.ChoiceField(label=_("Who may read it"), choices=Visibility.choices)


class NoteForm(forms.Form):
    """What a colleague wants the others to know."""

    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": "3", "data-ctrl-enter": ""}),
        error_messages={"required": _("Write something first.")},
    )


class PairForm(forms.Form):
    """Who goes well together, and who does not."""

    helper = forms.UUIDField(
        label=_("Helper"),
        widget=forms.Select,
        error_messages={"required": _("Choose a helper."), "invalid": _("Choose a helper.")},
    )
    strength = forms.ChoiceField(label=_("How it goes together"), choices=PairWish.Strength.choices)
    until = Day(label=_("Until"), required=False)
    reason = FairField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, helpers: "list[tuple[str, str]] | None" = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["helper"].widget.choices = helpers or []


class TermsForm(forms.Form):
    """What is agreed with a helper."""

    mode = forms.ChoiceField(label=_("How she comes"), choices=TravelMode.choices)
    reach_minutes = forms.IntegerField(label=_("At most so many minutes on the way"), min_value=5, max_value=180)
    contract_hours = WeekHours(label=_("Hours a week agreed"), required=False)
    birth_date = BirthDate(
        label=_("Born on"), required=False, help_text=_("Below 21 the minimum wage depends on the age.")
    )
    until_date = Day(label=_("Out of service from"), required=False)


class WayInForm(forms.Form):
    """How one comes in."""

    kind = forms.ChoiceField(label=_("How one comes in"), choices=WayIn.Kind.choices)
    secret = forms.CharField(
        label=_("Code, number or place of the key"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept sealed. Whoever reads it is written down. Leave it empty to keep what is there."),
    )


class MemberForm(_PersonForm):
    """Somebody else of a household."""

    role = forms.ChoiceField(label=_("What this person does"), choices=HouseholdMember.Role.choices)
    salutation = forms.CharField(
        label=_("Salutation"), max_length=40, required=False, help_text=_("How a letter begins: mevrouw Bakker.")
    )
    mandate = forms.ChoiceField(
        label=_("Mandate of a representative"),
        choices=[("", _("none")), *(choice for choice in Mandate.choices if choice[0] != Mandate.UNKNOWN)],
        required=False,
    )
    mandate_date = Day(label=_("Mandate since"), required=False)

    def clean(self) -> dict[str, Any]:
        """Who decides for the resident has a mandate."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("role") == HouseholdMember.Role.REPRESENTATIVE:
            if not said.get("mandate") and "mandate" not in self.errors:
                self.add_error("mandate", _("Choose why this person may decide for the resident."))
            if not said.get("mandate_date") and "mandate_date" not in self.errors:
                self.add_error("mandate_date", _("Choose since when."))
        return said

    def member(self) -> NewMember:
        """The part in the household as the verb takes it."""
        said = self.cleaned_data
        decides = said["role"] == HouseholdMember.Role.REPRESENTATIVE
        person = replace(self.person(), salutation=said["salutation"])
        return NewMember(
            person, said["role"], said["mandate"] if decides else "", said["mandate_date"] if decides else None
        )


class PersonForm(_PersonForm):
    """How somebody is called, addressed and reached; a number or address that is filled in comes beside the others."""

    salutation = forms.CharField(
        label=_("Salutation"), max_length=40, required=False, help_text=_("How a letter begins: mevrouw Bakker.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    channel = forms.ChoiceField(label=_("Reached best"), choices=Channel.choices)
    field_order: Sequence[str] = (
        "first_name",
        "name_prefix",
        "last_name",
        "salutation",
        "language",
        "channel",
        "phone",
        "email",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["phone"].label = _("Another telephone number")
        self.fields["email"].label = _("Another mail address")

    def called(self) -> dict[str, str]:
        """The fields of the person."""
        names = {name: name for name in ("first_name", "last_name", "salutation", "language", "channel")}
        return {column: self.cleaned_data[name] for column, name in (names | {"prefix": "name_prefix"}).items()}


class MemberChangeForm(PersonForm, MemberForm):
    """The same of somebody of a household, with the part in it, and since when no longer."""

    until = Day(label=_("Does not belong to it since"), required=False)
    field_order = (*PersonForm.field_order, "role", "mandate", "mandate_date", "until")

    def __init__(self, *args: Any, today: date | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_until(self) -> date | None:
        """Somebody left today, or before."""
        day: date | None = self.cleaned_data["until"]
        if day is not None and self.today is not None and day > self.today:
            raise forms.ValidationError(_("Choose today or an earlier day."))
        return day


class DocumentForm(forms.Form):
    """A file, and until when it is kept."""

    file = forms.FileField(label=_("File"), help_text=_("PDF, JPG, PNG, DOCX or ODT, at most 10 MB."))
    kept_until = Day(label=_("Keep until"), error_messages={"required": _("Choose a day.")})

    def clean_file(self) -> Any:
        """A file that may be kept."""
        file = self.cleaned_data["file"]
        try:
            documents.kind_of(NewDocument(file, file.size, file.name, LATEST))
        except documents.TooLarge:
            raise forms.ValidationError(_("This file is larger than 10 MB. Make it smaller first.")) from None
        except documents.NotThisKind:
            raise forms.ValidationError(
                _("We keep PDF, JPG, PNG, DOCX and ODT only, and this is something else.")
            ) from None
        return file

    def document(self) -> NewDocument:
        """The file as the verb takes it."""
        file = self.cleaned_data["file"]
        return NewDocument(file, file.size, file.name[-120:], self.cleaned_data["kept_until"])
