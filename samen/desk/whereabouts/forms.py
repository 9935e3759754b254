"""What colleagues fill in about a place and a calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samen.base.forms import Day
from samen.people.fields import HouseNumberField, PostcodeField
from samen.people.places import Address, Alias
from samen.people.postcodes import EAST, NORTH, SOUTH, WEST

OPEN, SECRET, HIDE = "OPEN", "SECRET", "HIDE"
KINDS = [
    (OPEN, _("An address")),
    (SECRET, _("A secret place: the address is not kept")),
    (HIDE, _("They stay where they live, and from now on nobody may learn the address")),
]


class PlaceForm(forms.Form):
    """Where somebody lives from a day on."""

    kind = forms.ChoiceField(label=_("What is it"), choices=KINDS, initial=OPEN, widget=forms.RadioSelect)
    since = Day(label=_("From which day"), required=False)
    postcode = PostcodeField(label=_("Postcode"), max_length=10, required=False)
    house_number = HouseNumberField(label=_("House number"), max_length=12, required=False)
    street = forms.CharField(label=_("Street"), max_length=100, required=False)
    town = forms.CharField(label=_("Town"), max_length=80, required=False)
    alias = forms.CharField(
        label=_("The name by which we speak of it"),
        max_length=60,
        required=False,
        help_text=_("Only for a secret place."),
    )

    def clean(self) -> dict[str, Any]:
        """An address has all its parts, a secret place has a name and nothing else."""
        said = super().clean() or {}
        wanted = {
            OPEN: {
                "since": _("Choose a day."),
                "postcode": _("Fill in the postcode."),
                "house_number": _("Fill in the house number."),
                "street": _("Fill in the street."),
                "town": _("Fill in the town."),
            },
            SECRET: {"since": _("Choose a day."), "alias": _("Give it a name that tells nobody where it is.")},
            HIDE: {"alias": _("Give it a name that tells nobody where it is.")},
        }
        for field, sentence in wanted.get(said.get("kind", ""), {}).items():
            if not said.get(field) and field not in self.errors:
                self.add_error(field, sentence)
        return said

    def home(self) -> Address | Alias:
        """The place that was described."""
        said = self.cleaned_data
        if said["kind"] == OPEN:
            return Address(said["street"], said["house_number"], said["postcode"], said["town"])
        return Alias(said["alias"])


class Degrees(forms.FloatField):
    """A number of degrees, with a comma or a point."""

    def __init__(self, low: float, high: float, **options: Any) -> None:
        sentence = _("This is outside the Netherlands.")
        words = {"required": _("Fill in a number."), "invalid": _("Fill in a number like 52,2213.")}
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            min_value=low,
            max_value=high,
            widget=widget,
            error_messages=words | {"min_value": sentence, "max_value": sentence},
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """The number."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class PinForm(forms.Form):
    """Where the pin is."""

    lat = Degrees(SOUTH, NORTH, label=_("Degrees north"))
    lon = Degrees(WEST, EAST, label=_("Degrees east"))


SHARE, FULL, WITHDRAW = "share", "full", "withdraw"


class CalendarForm(forms.Form):
    """What becomes of the secret address of a calendar."""

    wish = forms.ChoiceField(
        choices=[(SHARE, SHARE), (FULL, FULL), (WITHDRAW, WITHDRAW)],
        error_messages={"required": _("Press one of the buttons."), "invalid_choice": _("Press one of the buttons.")},
    )


class RideForm(forms.Form):
    """How long a way really takes."""

    minutes = forms.IntegerField(
        label=_("Minutes from door to door"),
        min_value=1,
        max_value=240,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Fill in a number."), "invalid": _("Fill in whole minutes.")},
    )
