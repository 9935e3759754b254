"""What colleagues fill in about people."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import WEEKDAYS, Day
from samen.people import availability
from samen.people.fields import HouseNumberField, PhoneField, PostcodeField
from samen.people.models import TravelMode
from samen.people.persons import NewPerson
from samen.people.places import Address, Alias


class WeekHours(forms.DecimalField):
    """Hours a week, with a comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=60, max_digits=4, decimal_places=2, **options)

    def to_python(self, value: Any) -> Any:
        """The amount."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


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


class WeekForm(forms.Form):
    """When in the week somebody can work, one line a day, and from which day on."""

    since = Day(label=_("From which day"), error_messages={"required": _("Choose a day.")})

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
