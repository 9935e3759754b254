"""What stands in a cell, read as a Dutch office writes it: days, decimals, telephone numbers, names."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from samen.people import availability, formats
from samen.people.models import Language, TravelMode

OF_EXCEL = re.compile(r"#(N/[AB]|REF!|VERW!|WAARDE!|VALUE!|NAAM\?|NAME\?|DEEL/0!|DIV/0!|GETAL!|NUM!|LEEG!|NULL!)", re.I)
DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?", re.ASCII)
WRITTEN_DAY = re.compile(r"(\d{1,2}) ([a-z]{3,9})\.? (\d{4})", re.ASCII)
MONTHS = ("jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
ALSO_MONTHS = {"mrt": 3, "mar": 3, "may": 5, "oct": 10}
NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:[,.]\d+)?", re.ASCII)
BY_THE_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
UNITS = re.compile(r"\s*(uur|uren|u|hours?|h|min\.?|minuten|minutes?)\.?$", re.I)
POWERS = re.compile(r"\d[,.]\d+e\+?\d+", re.I)
PREFIXES = frozenset(
    {
        *("van", "von", "de", "den", "der", "het", "'t", "ten", "ter", "te", "in", "op", "aan", "bij", "uit", "voor"),
        *("la", "le", "du", "el", "al", "ben", "bin", "d'", "da", "dos", "y"),
    }
)
TITLES = {
    "mevrouw": "mevrouw", "mevr": "mevrouw", "mw": "mevrouw", "mvr": "mevrouw", "mrs": "mevrouw", "ms": "mevrouw",
    "meneer": "de heer", "heer": "de heer", "dhr": "de heer", "hr": "de heer", "mr": "de heer",
}  # fmt: skip
EARLIEST, LATEST = 1900, 2100
MOST_MINUTES = 60 * 60


class Wrong(ValueError):
    """This cannot be kept; the message says why, to somebody who can mend the file, in the language of who reads it."""

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(message)
        self.message, self.params = message, params

    def __str__(self) -> str:
        return gettext(self.message) % self.params


def word(text: str, *, most: int) -> str:
    """Text of at most so many characters."""
    if OF_EXCEL.fullmatch(text):
        raise Wrong(_("Excel could not compute this cell."))
    if len(text) > most:
        raise Wrong(_("This is longer than %(most)d characters."), most=most)
    return " ".join(text.split())


def day(text: str, *, today: date) -> date:
    """31-12-1940, 31/12/40, 1940-12-31, 31 december 1940."""
    try:
        found = _day(text.strip().lower(), today)
    except ValueError:
        raise Wrong(_("There is no such day.")) from None
    if found is None:
        raise Wrong(_("Write a day like 31-12-1940."))
    if not EARLIEST <= found.year < LATEST:
        raise Wrong(_("The year cannot be right."))
    return found


def _day(text: str, today: date) -> date | None:
    if found := DAY.fullmatch(text):
        number, month, year = int(found[1]), int(found[2]), int(found[3])
        return date(_whole_year(year, today) if len(found[3]) == 2 else year, month, number)
    if found := ISO_DAY.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := WRITTEN_DAY.fullmatch(text):
        short = found[2][:3]
        month = ALSO_MONTHS.get(short) or (MONTHS.index(short) + 1 if short in MONTHS else 0)
        return date(int(found[3]), month, int(found[1]))
    return None


def _whole_year(year: int, today: date) -> int:
    """Of two digits: this century up to ten years ahead, else the one before."""
    return 2000 + year if 2000 + year <= today.year + 10 else 1900 + year


def birth_day(text: str, *, today: date) -> date:
    """A day on which somebody who works now was born."""
    found = day(text, today=today)
    if found.year > today.year and len(text.strip()) <= len("31-12-40"):
        found = found.replace(year=found.year - 100)
    if not 12 <= today.year - found.year <= 100:
        raise Wrong(_("Nobody who works here was born then."))
    return found


def number(text: str) -> Decimal:
    """2,5 and 1.250,00 as a Dutch hand writes them; a single point with one or two digits behind it too."""
    text = text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        raise Wrong(_("Write a number like 2,5."))
    if "," in text or re.search(r"\.\d{3}(?!\d)", text):
        text = text.replace(".", "").replace(",", ".")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Wrong(_("Write a number like 2,5.")) from None


def hours(text: str, *, most: int = MOST_MINUTES) -> int:
    """2,5 or 2:30 or 2,5 uur, as minutes."""
    text = text.strip()
    if found := BY_THE_CLOCK.fullmatch(text):
        minutes = Decimal(int(found[1]) * 60 + int(found[2]))
    else:
        unit = UNITS.search(text)
        counted = number(UNITS.sub("", text))
        minutes = counted if unit and unit[1].lower().startswith("min") else counted * 60
    return _minutes(minutes, most)


def minutes(text: str, *, most: int) -> int:
    """30, 30 min, 0,5 uur or 1:00, as minutes."""
    unit = UNITS.search(text.strip())
    if BY_THE_CLOCK.fullmatch(text.strip()) or (unit and unit[1].lower()[0] in "uh"):
        return hours(text, most=most)
    return _minutes(number(UNITS.sub("", text.strip())), most)


def _minutes(found: Decimal, most: int) -> int:
    if not 0 <= found <= most:
        raise Wrong(_("This is not a length that can be right."))
    return round(found)


def phone(text: str) -> str:
    """A telephone number in its stored form; the zero that Excel ate is given back."""
    if POWERS.fullmatch(text.strip()):
        raise Wrong(_("Excel made another number of this. Give the column the kind Text, and fill it in again."))
    digits = re.sub(r"[\s().\-/]", "", text)
    if digits.isascii() and digits.isdigit():
        if len(digits) == len("612345678") and digits[0] != "0":
            text = f"0{digits}"
        elif len(digits) == len("31612345678") and digits.startswith("31"):
            text = f"+{digits}"
    try:
        return formats.phone(text)
    except formats.NotAPhoneNumber:
        raise Wrong(_("Nobody can be called on this number.")) from None


def email(text: str) -> str:
    """A mail address in small letters."""
    text = text.strip().lower().removeprefix("mailto:")
    try:
        validate_email(text)
    except ValidationError:
        raise Wrong(_("No mail can be sent to this address.")) from None
    return text


def postcode(text: str) -> str:
    """1211 AB."""
    try:
        return formats.postcode(text)
    except formats.NotAPostcode:
        raise Wrong(_("A postcode is four digits and two letters, like 1211 AB.")) from None


def house_number(text: str) -> str:
    """14B."""
    try:
        return formats.house_number(text)
    except formats.NotAHouseNumber:
        raise Wrong(_("A house number begins with a number, like 14, 14B or 14-2.")) from None


def street_and_number(text: str) -> tuple[str, str]:
    """`Dorpsstraat 14 b` as its two parts."""
    found = re.fullmatch(r"(.*?\D)[ ,]+(\d+.*)", text.strip())
    if found is None:
        raise Wrong(_("A house number is missing behind the street."))
    return found[1].strip(" ,"), house_number(found[2])


LANGUAGES = {
    "nl": Language.NL, "nederlands": Language.NL, "dutch": Language.NL, "ned": Language.NL,
    "en": Language.EN, "engels": Language.EN, "english": Language.EN, "eng": Language.EN,
}  # fmt: skip
MODES = {
    "fiets": TravelMode.BIKE, "bike": TravelMode.BIKE, "bicycle": TravelMode.BIKE, "met de fiets": TravelMode.BIKE,
    "e-bike": TravelMode.EBIKE, "ebike": TravelMode.EBIKE, "elektrische fiets": TravelMode.EBIKE,
    "auto": TravelMode.CAR, "car": TravelMode.CAR, "eigen auto": TravelMode.CAR, "met de auto": TravelMode.CAR,
    "lopend": TravelMode.WALK, "te voet": TravelMode.WALK, "walk": TravelMode.WALK, "lopen": TravelMode.WALK,
    "ov": TravelMode.TRANSIT, "bus": TravelMode.TRANSIT, "trein": TravelMode.TRANSIT, "transit": TravelMode.TRANSIT,
    "openbaar vervoer": TravelMode.TRANSIT,
}  # fmt: skip


def one_of(known: dict[str, Any]) -> Callable[[str], str]:
    """A reader of words of a list; what is not in it is refused with those that are."""

    def read(text: str) -> str:
        found = known.get(" ".join(text.lower().split()))
        if found is None:
            first_words = dict.fromkeys(known.values())
            words = [next(key for key, value in known.items() if value == one and len(key) > 1) for one in first_words]
            raise Wrong(_("This is none of: %(words)s."), words=", ".join(words))
        return str(found)

    return read


language, mode = one_of(LANGUAGES), one_of(MODES)


def stretches(text: str) -> list[availability.Stretch]:
    """The hours of one day: 8-13, or 8.30-12 en 13-17."""
    try:
        return availability.from_words(text)
    except availability.NoHours:
        raise Wrong(_("Write hours like 8-13, or 8.30-12 en 13-17.")) from None


def salutation(text: str) -> str:
    """mevrouw, de heer, or as it was written."""
    return TITLES.get(text.strip().lower().rstrip(". "), word(text, most=40))


def name(text: str) -> dict[str, str]:
    """`Mw. J. de Vries`, `Vries, J. de` and `Jan de Vries` in their parts."""
    text = word(text, most=160)
    last, comma, rest = text.partition(",")
    words = rest.split() if comma else text.split()
    parts = {"salutation": ""}
    if words and words[0].lower().rstrip(".") in TITLES:
        parts["salutation"] = TITLES[words.pop(0).lower().rstrip(".")]
    if comma:
        return parts | _around_comma(last.split(), words)
    first = [] if len(words) == 1 else list(_until_prefix(words))
    prefix = list(_prefixes(words[len(first) :]))
    return parts | _named(first, prefix, words[len(first) + len(prefix) :])


def _until_prefix(words: list[str]) -> list[str]:
    for place, one in enumerate(words[:-1]):
        if one.lower() in PREFIXES:
            return words[:place]
    return words[:1]


def _prefixes(words: list[str]) -> list[str]:
    for place, one in enumerate(words):
        if one.lower() not in PREFIXES or place == len(words) - 1:
            return words[:place]
    return []


def _around_comma(last: list[str], rest: list[str]) -> dict[str, str]:
    prefix = [one for one in rest if one.lower().strip(",") in PREFIXES]
    return _named([one for one in rest if one not in prefix], [one.strip(",") for one in prefix], last)


def _named(first: list[str], prefix: list[str], last: list[str]) -> dict[str, str]:
    return {
        "first_name": word(" ".join(first), most=60),
        "prefix": word(" ".join(prefix).lower(), most=20),
        "last_name": word(" ".join(last), most=80),
    }


def looks_like_bsn(text: str) -> bool:
    """Nine digits, or eight, that keep the test of eleven."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 9)) or not int(digits):
        return False
    digits = digits.zfill(9)
    return (
        sum(int(one) * weight for one, weight in zip(digits, range(9, 1, -1), strict=False)) - int(digits[8])
    ) % 11 == 0
