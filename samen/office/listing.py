"""The households and the helpers as a table, with the names of columns that an import understands again."""

from collections.abc import Iterator
from datetime import date

from samen.office import known
from samen.office.mapping import FIELDS, Kind
from samen.office.values import MODES
from samen.people import availability, formats
from samen.people.models import Helper

WHO = ("number", "salutation", "first_name", "prefix", "last_name", "phone", "phone_2", "email", "language")
HOME = ("street", "house_number", "postcode", "town")
HOUSEHOLD = ("household", *WHO, *HOME, "team")
HELPER = (*WHO, *HOME, "team", "birth_date", "mode", "reach_minutes", "contract_hours", *(f"day_{n}" for n in range(7)))


def households(today: date) -> Iterator[list[str]]:
    """The head of the table, and every household."""
    yield _head(Kind.HOUSEHOLDS, HOUSEHOLD)
    for one in known.everybody(Kind.HOUSEHOLDS, today)[0].values():
        yield [one.label, *_who(one), *_home(one), one.whose.team.name]


def helpers(today: date) -> Iterator[list[str]]:
    """The head of the table, and every helper."""
    yield _head(Kind.HELPERS, HELPER)
    for one in known.everybody(Kind.HELPERS, today)[0].values():
        yield [*_who(one), *_home(one), one.whose.team.name, *_terms(one)]


def _head(kind: str, keys: tuple[str, ...]) -> list[str]:
    names = {field.key: field.names[0] for field in FIELDS[kind]}
    return [names[key].capitalize() for key in keys]


def _who(one: known.Known) -> list[str]:
    phones = [*map(formats.phone_shown, one.who.phones), "", ""]
    email = next(iter(one.who.emails), "")
    return [
        one.number,
        one.who.salutation,
        one.who.first_name,
        one.who.prefix,
        one.who.last_name,
        *phones[:2],
        email,
        one.who.language,
    ]


def _home(one: known.Known) -> list[str]:
    """The address; of a secret place nothing is known here."""
    return [getattr(one.home, part, "") for part in HOME]


def _terms(one: known.Known) -> list[str]:
    helper = one.whose
    if not isinstance(helper, Helper):
        return []
    born = f"{helper.birth_date:%d-%m-%Y}" if helper.birth_date else ""
    mode = next((word for word, mode in MODES.items() if mode == helper.mode), "")
    hours = f"{helper.contract_minutes / 60:g}".replace(".", ",")
    week = [availability.in_words(one.week.get(day, ())) for day in range(7)]
    return [born, mode, str(helper.reach_minutes), hours, *week]
