"""Which column of a file is which field: guessed from its name and from what stands below it."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from samen.office import values
from samen.office.reading import Row

Text = str | Promise
ALIKE = 86  # of 100: a slip of the keyboard, not another word
MOSTLY = 0.8
LOOKED_AT = 200
SAMPLES = 3
SERVICE_NUMBER = ("bsn", "bsnnummer", "burgerservicenummer", "sofinummer", "sofi", "burger service nummer")
ENOUGH = 5


class Kind(models.TextChoices):
    """What the rows of a file are."""

    HOUSEHOLDS = "HOUSEHOLDS", _("Households")
    HELPERS = "HELPERS", _("Helpers")
    ARRANGEMENTS = "ARRANGEMENTS", _("Agreements")


@dataclass(frozen=True)
class Field:
    """Something that can be taken over, with the names it has in other people's files."""

    key: str
    label: Text
    names: tuple[str, ...]


PERSON = (
    Field(
        "full_name", _("Name, all in one"), ("naam", "name", "volledige naam", "clientnaam", "klantnaam", "naam klant")
    ),
    Field("salutation", _("Salutation"), ("aanhef", "titel", "dhr/mw", "aanspreekvorm", "salutation")),
    Field(
        "first_name", _("First name or initials"), ("voornaam", "voorletters", "initialen", "roepnaam", "first name")
    ),
    Field("prefix", _("Prefix of the surname"), ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "tv", "prefix")),
    Field("last_name", _("Surname"), ("achternaam", "familienaam", "geslachtsnaam", "last name", "surname")),
)
REACH = (
    Field("phone", _("Telephone"), ("telefoon", "telefoonnummer", "tel", "tel nr", "telnr", "telefoon vast", "phone")),
    Field(
        "phone_2", _("Second telephone"), ("mobiel", "mobiele telefoon", "gsm", "06", "mobile", "telefoon 2", "tel 2")
    ),
    Field("email", _("E-mail"), ("e-mail", "email", "emailadres", "mail", "e-mailadres", "mailadres")),
    Field("language", _("Language"), ("taal", "voertaal", "language")),
)
HOME = (
    Field("street", _("Street"), ("straat", "straatnaam", "street")),
    Field("house_number", _("House number"), ("huisnummer", "huisnr", "nr", "nummer", "house number", "huis nr")),
    Field(
        "addition",
        _("Addition to the number"),
        ("toevoeging", "huisnummertoevoeging", "toev", "addition", "huisletter"),
    ),
    Field(
        "street_number",
        _("Street and number"),
        ("adres", "straat en huisnummer", "address", "straat + nr", "woonadres"),
    ),
    Field("postcode", _("Postcode"), ("postcode", "pc", "postcd", "zip", "postal code", "post code")),
    Field("town", _("Town"), ("plaats", "woonplaats", "stad", "gemeente", "town", "city", "plaatsnaam")),
)
BELONGING = (
    Field("team", _("Team"), ("team", "teamnaam", "wijkteam")),
    Field(
        "since",
        _("From which day"),
        (
            "vanaf",
            "startdatum",
            "begindatum",
            "ingangsdatum",
            "in dienst",
            "since",
            "start date",
            "in zorg sinds",
            "datum in dienst",
        ),
    ),
)
NUMBER = (
    "klantnummer",
    "clientnummer",
    "klantnr",
    "clientnr",
    "nummer klant",
    "dossiernummer",
    "relatienummer",
    "customer number",
)
HELPER_NUMBER = (
    "medewerkernummer",
    "personeelsnummer",
    "hulpnummer",
    "personeelsnr",
    "medewerkernr",
    "hulpnr",
    "employee number",
)

FIELDS: dict[str, tuple[Field, ...]] = {
    Kind.HOUSEHOLDS: (
        Field("number", _("Your own number"), NUMBER),
        Field("household", _("Name of the household"), ("huishouden", "naam huishouden", "gezin", "household")),
        *PERSON,
        *REACH,
        *HOME,
        *BELONGING,
        Field(
            "contact_name",
            _("Contact: name"),
            ("contactpersoon", "naam contactpersoon", "mantelzorger", "contact person", "contact"),
        ),
        Field(
            "contact_phone",
            _("Contact: telephone"),
            ("telefoon contactpersoon", "tel contactpersoon", "contact phone", "telefoon mantelzorger"),
        ),
        Field(
            "contact_email",
            _("Contact: e-mail"),
            ("e-mail contactpersoon", "email contactpersoon", "contact email", "mail mantelzorger"),
        ),
    ),
    Kind.HELPERS: (
        Field("number", _("Your own number"), HELPER_NUMBER),
        *PERSON,
        *REACH,
        *HOME,
        *BELONGING,
        Field(
            "birth_date",
            _("Date of birth"),
            ("geboortedatum", "geboren", "geb datum", "gebdatum", "date of birth", "birth date", "geb.datum"),
        ),
        Field(
            "mode", _("How she travels"), ("vervoer", "vervoermiddel", "reist met", "reiswijze", "travel mode", "mode")
        ),
        Field(
            "reach_minutes",
            _("How far, in minutes"),
            ("reistijd", "max reistijd", "maximale reistijd", "reisminuten", "reach", "max travel time"),
        ),
        Field(
            "contract_hours",
            _("Contract hours a week"),
            ("contracturen", "uren per week", "uren", "contract", "contract hours", "urencontract"),
        ),
        *(
            Field(f"day_{number}", label, names)
            for number, (label, names) in enumerate(
                (
                    (_("Monday"), ("maandag", "ma", "monday", "beschikbaar maandag")),
                    (_("Tuesday"), ("dinsdag", "di", "tuesday", "beschikbaar dinsdag")),
                    (_("Wednesday"), ("woensdag", "wo", "wednesday", "beschikbaar woensdag")),
                    (_("Thursday"), ("donderdag", "do", "thursday", "beschikbaar donderdag")),
                    (_("Friday"), ("vrijdag", "vr", "friday", "beschikbaar vrijdag")),
                    (_("Saturday"), ("zaterdag", "za", "saturday", "beschikbaar zaterdag")),
                    (_("Sunday"), ("zondag", "zo", "sunday", "beschikbaar zondag")),
                )
            )
        ),
    ),
    Kind.ARRANGEMENTS: (
        Field("household_number", _("Number of the household"), NUMBER),
        Field(
            "household_name",
            _("Name of the household"),
            ("huishouden", "naam", "klant", "client", "klantnaam", "clientnaam", "naam klant", "household"),
        ),
        Field("helper_number", _("Number of the helper"), HELPER_NUMBER),
        Field(
            "helper_name",
            _("Name of the helper"),
            ("hulp", "medewerker", "naam hulp", "naam medewerker", "helper", "huishoudelijke hulp"),
        ),
        Field(
            "rhythm",
            _("How often, in words"),
            ("ritme", "frequentie", "afspraak", "hoe vaak", "herhaling", "rhythm", "frequency"),
        ),
        Field("weekday", _("Day of the week"), ("dag", "weekdag", "dagen", "weekday", "day")),
        Field("start", _("From which hour"), ("tijd", "begintijd", "starttijd", "aanvang", "start", "time", "van")),
        Field("hours", _("How many hours"), ("uren", "duur", "aantal uren", "uur", "hours", "duration")),
        Field(
            "since", _("From which day"), ("vanaf", "startdatum", "begindatum", "ingangsdatum", "start date", "since")
        ),
        Field("until", _("Until which day"), ("tot", "until")),
        Field(
            "last_day",
            _("Last day, included"),
            ("t/m", "tm", "tot en met", "einddatum", "laatste dag", "end date", "last day"),
        ),
        Field("work_form", _("Who employs the helper"), ("werkvorm", "dienstverband", "work form", "financiering")),
    ),
}
# Of each group at least one: without it no row can be understood.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    Kind.HOUSEHOLDS: (("full_name", "last_name"),),
    Kind.HELPERS: (("full_name", "last_name"),),
    Kind.ARRANGEMENTS: (("household_number", "household_name"), ("rhythm", "weekday")),
}


@dataclass(frozen=True)
class Column:
    """A column of the file: its name, what stands in it, and which field it seems to be."""

    place: int
    name: str
    samples: list[str]
    field: str = ""


def fields(kind: str) -> dict[str, Field]:
    """The fields of this kind, by key."""
    return {field.key: field for field in FIELDS[kind]}


def missing(kind: str, chosen: Sequence[str]) -> list[list[Text]]:
    """The groups of fields of which one is needed and none was chosen, by their labels."""
    known = fields(kind)
    return [[known[key].label for key in group] for group in NEEDED[kind] if not set(group) & set(chosen)]


def key_of(header: Sequence[str]) -> str:
    """The same for every file with these names of columns, in whatever order."""
    return hashlib.sha256("\n".join(sorted(map(plain, header))).encode()).hexdigest()


def plain(name: str) -> str:
    """A name without capitals, accents and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        re.sub(r"[^a-z0-9/+ ]", " ", "".join(one for one in letters if not unicodedata.combining(one))).split()
    )


def service_numbers(header: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """The columns with citizen service numbers, by their name or because nearly everything keeps their test."""
    return [place for place, name in enumerate(header) if _is_service_number(plain(name), _cells(rows, place))]


def _is_service_number(name: str, cells: list[str]) -> bool:
    if name in SERVICE_NUMBER or set(name.split()) & {"bsn", "sofinummer", "burgerservicenummer"}:
        return True
    return len(cells) >= ENOUGH and sum(map(values.looks_like_bsn, cells)) >= MOSTLY * len(cells)


def columns(kind: str, header: Sequence[str], rows: Sequence[Row]) -> list[Column]:
    """Every column with three different values and a guess; no field is guessed twice."""
    cells = [_cells(rows, place) for place in range(len(header))]
    bids = sorted(
        (-score, place, key)
        for place, name in enumerate(header)
        for key, score in _scores(kind, name, cells[place]).items()
    )
    chosen: dict[int, str] = {}
    for _score, place, key in bids:
        if place not in chosen and key not in chosen.values():
            chosen[place] = key
    return [
        Column(place, name, list(dict.fromkeys(cells[place]))[:SAMPLES], chosen.get(place, ""))
        for place, name in enumerate(header)
    ]


def _cells(rows: Sequence[Row], place: int) -> list[str]:
    return [row.cells[place] for row in rows[:LOOKED_AT] if place < len(row.cells) and row.cells[place]]


def _scores(kind: str, name: str, cells: list[str]) -> dict[str, float]:
    """How much this column looks like each field: by its name, and else by what stands in it."""
    seen = _seen(cells)
    found: dict[str, float] = {}
    for field in FIELDS[kind]:
        score = _by_name(plain(name), field)
        strict = SHAPES.get(field.key)
        if strict and cells and seen[strict] < 1 - MOSTLY:
            continue  # whatever the name says, nothing of the kind stands there
        if score >= ALIKE:
            found[field.key] = score
        elif strict in BY_SIGHT and cells and seen[strict] >= MOSTLY:
            found[field.key] = 50 + (field.key in ("phone", "email"))
    return found


def _by_name(name: str, field: Field) -> float:
    if not name:
        return 0
    best = process.extractOne(name, [plain(one) for one in field.names], scorer=fuzz.ratio)
    return best[1] if best else 0


def _readable(read: Callable[[str], object]) -> Callable[[str], bool]:
    def judge(text: str) -> bool:
        try:
            read(text)
        except values.Wrong:
            return False
        return True

    return judge


SIGHTS: dict[str, Callable[[str], bool]] = {
    "postcode": _readable(values.postcode),
    "phone": _readable(values.phone),
    "email": _readable(values.email),
}
SHAPES = {
    "postcode": "postcode", "phone": "phone", "phone_2": "phone", "contact_phone": "phone",
    "email": "email", "contact_email": "email",
}  # fmt: skip
BY_SIGHT = {"postcode", "phone", "email"}


def _seen(cells: list[str]) -> dict[str, float]:
    return {what: sum(map(judge, cells)) / max(len(cells), 1) for what, judge in SIGHTS.items()}
