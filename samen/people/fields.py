"""Form fields for what is written in a Dutch way: they take every spelling and say kindly what they cannot read."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from samen.people import formats


class PostcodeField(forms.CharField):
    """A Dutch postcode."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return formats.postcode(text) if text else ""
        except formats.NotAPostcode:
            raise ValidationError(_("A postcode is four digits and two letters, like 1211 AB.")) from None


class HouseNumberField(forms.CharField):
    """A house number with its addition."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return formats.house_number(text) if text else ""
        except formats.NotAHouseNumber:
            raise ValidationError(_("A house number begins with a number, like 14, 14B or 14-2.")) from None


class PhoneField(forms.CharField):
    """A telephone number, kept in E.164."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return formats.phone(text) if text else ""
        except formats.NotAPhoneNumber:
            raise ValidationError(
                _("Nobody can be called on this number. Write it like 06 12345678 or 035 555 01 10.")
            ) from None
