"""Postcodes, house numbers and telephone numbers as the Dutch write them: one stored form, one shown form."""

import re

import phonenumbers
from stdnum.exceptions import ValidationError
from stdnum.nl import postcode as postcodes

HOUSE_NUMBER = re.compile(
    r"([1-9]\d{0,4})"
    r"(?:\s*[-/]?\s*([A-Z])(?![A-Z]))?"
    r"(?:(?:\s*[-/]\s*|\s+|(?<=[A-Z]))(\d{1,4})|\s*[-/]?\s*([A-Z]{2,4}\d?))?",
    re.ASCII | re.IGNORECASE,
)
FLOOR = re.compile("[IVX]+")  # one storey up is numbered the Roman way in some towns
SPACES = re.compile(r"\s+")
DUTCH = 31


class NotAPostcode(ValueError):
    """A Dutch postcode is four digits and two letters."""


class NotAHouseNumber(ValueError):
    """A house number begins with a number, and may have an addition."""


class NotAPhoneNumber(ValueError):
    """Nobody can be called on this number."""


def postcode(text: str) -> str:
    """`1211ab` as `1211 AB`.  Raises `NotAPostcode`."""
    try:
        return postcodes.validate(text)
    except ValidationError:
        raise NotAPostcode(NotAPostcode.__doc__) from None


def house_number(text: str) -> str:
    """`14 b` as `14B`, `14 2` as `14-2`, `14bis` as `14 bis`.  Raises `NotAHouseNumber`."""
    found = HOUSE_NUMBER.fullmatch(text.strip())
    if found is None:
        raise NotAHouseNumber(NotAHouseNumber.__doc__)
    number, letter, addition, word = found.groups(default="")
    behind = f"-{addition}" if addition else f" {_addition(word)}" if word else ""
    return f"{number}{letter.upper()}{behind}"


def _addition(word: str) -> str:
    return word.upper() if FLOOR.fullmatch(word.upper()) else word.lower()


def phone(text: str) -> str:
    """A number as people write it, in E.164: `06-12345678` as `+31612345678`.  Raises `NotAPhoneNumber`."""
    try:
        number = phonenumbers.parse(text, "NL")
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber(NotAPhoneNumber.__doc__) from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise NotAPhoneNumber(NotAPhoneNumber.__doc__)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_shown(stored: str) -> str:
    """E.164 as it is read aloud: `06 12345678`, `035 555 01 10`, and a foreign one with its country."""
    try:
        number = phonenumbers.parse(stored)
    except phonenumbers.NumberParseException:
        return stored
    if number.country_code != DUTCH:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    area, _, rest = national.partition(" ")
    kind = phonenumbers.number_type(number)
    return f"{area} {_in_pairs(rest)}" if kind == phonenumbers.PhoneNumberType.FIXED_LINE else national


def _in_pairs(digits: str) -> str:
    digits = SPACES.sub("", digits)
    first = 3 if len(digits) % 2 else 2
    pairs = [digits[place : place + 2] for place in range(first, len(digits), 2)]
    return " ".join([digits[:first], *pairs])
