"""A row of a file, read as what it says: a household, a helper or an agreement, or everything that is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, time, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext_noop as _

from samen.office import rhythm, values
from samen.office.mapping import Kind
from samen.office.values import Wrong
from samen.people import availability
from samen.people.models import Helper, Household
from samen.people.places import Address
from samen.teams.models import Team
from samen.visits.arrangements import Slot
from samen.visits.models import WorkForm

MOST_REACH = 240
ONE_DAY = timedelta(days=1)
Found = TypeVar("Found", Household, Helper)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one row: the field, what stands there, and why it cannot be kept."""

    field: str
    value: str
    reason: str
    params: Mapping[str, str | int] = dataclass_field(default_factory=dict)


@dataclass(frozen=True)
class Who:
    """Somebody as a row names them."""

    last_name: str
    first_name: str = ""
    prefix: str = ""
    salutation: str = ""
    language: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True)
class HouseholdDraft:
    """A household as a row tells it; what the row does not tell is empty."""

    number: str
    name: str
    who: Who
    home: Address | None
    team: Team
    since: date | None
    contact: Who | None


@dataclass(frozen=True)
class HelperDraft:
    """A helper as a row tells it."""

    number: str
    who: Who
    home: Address | None
    team: Team
    since: date | None
    birth_date: date | None
    mode: str
    reach_minutes: int | None
    contract_minutes: int | None
    week: availability.Week


@dataclass(frozen=True)
class ArrangementDraft:
    """An agreement as a row tells it."""

    household: Household
    helper: Helper | None
    slots: list[Slot]
    since: date
    until: date | None
    work_form: str


Draft = HouseholdDraft | HelperDraft | ArrangementDraft


@dataclass(frozen=True)
class Surroundings:
    """What a row is read against: the day, the teams, and whom its names may mean."""

    today: date
    teams: Mapping[str, Team]
    served: Callable[[str], Team | None]  # the team that serves a postcode
    otherwise: Team | None  # for rows that say nothing
    households: Callable[[str, str], list[Household]]  # by number and name
    helpers: Callable[[str, str], list[Helper]]


class Reader:
    """The cells of one row by field; what cannot be read is noted, and reading goes on."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells, self.faults = cells, list[Fault]()

    def take(self, key: str, read: Callable[[str], Any], otherwise: Any = None) -> Any:
        """The value of this field, or `otherwise` when nothing, or nothing readable, stands there."""
        text = self.cells.get(key, "")
        if not text:
            return otherwise
        try:
            return read(text)
        except Wrong as wrong:
            self.wrong(key, wrong)
            return otherwise

    def text(self, key: str, most: int) -> str:
        """The words of this field."""
        found: str = self.take(key, lambda text: values.word(text, most=most), "")
        return found

    def wrong(self, key: str, why: Wrong | str) -> None:
        """Note that this field cannot be kept."""
        wrong = why if isinstance(why, Wrong) else Wrong(why)
        self.faults.append(Fault(key, self.cells.get(key, "")[:200], wrong.message, wrong.params))


def draft(kind: str, cells: Mapping[str, str], around: Surroundings) -> tuple[Draft | None, list[Fault]]:
    """What this row says, or all that is wrong with it."""
    reader = Reader(cells)
    made = READERS[kind](reader, around)
    return (None if reader.faults else made), reader.faults


# --- Households and helpers --------------------------------------------------------------------------


def _household(row: Reader, around: Surroundings) -> Draft | None:
    who, home = _who(row), _home(row)
    contact = _contact(row)
    number, name = row.text("number", 40), row.text("household", 100)
    since, team = _day(row, "since", around), _team(row, around, home)
    if who is None or team is None:
        return None
    return HouseholdDraft(number, name, who, home, team, since, contact)


def called(who: Who) -> str:
    """What a household is called by those who help it: familie De Vries, mevrouw De Vries."""
    surname = f"{who.prefix[:1].upper()}{who.prefix[1:]} {who.last_name}".strip()
    return f"{who.salutation or 'familie'} {surname}"[:100]


def _helper(row: Reader, around: Surroundings) -> Draft | None:
    who, home = _who(row), _home(row)
    team = _team(row, around, home)
    number, since = row.text("number", 40), _day(row, "since", around)
    birth_date = row.take("birth_date", lambda text: values.birth_day(text, today=around.today))
    mode = row.take("mode", values.mode, "")
    reach = row.take("reach_minutes", lambda text: values.minutes(text, most=MOST_REACH))
    contract = row.take("contract_hours", values.hours)
    week = {day: found for day in range(7) if (found := row.take(f"day_{day}", values.stretches))}
    if who is None or team is None:
        return None
    return HelperDraft(number, who, home, team, since, birth_date, mode, reach, contract, week)


def _who(row: Reader) -> Who | None:
    parts: dict[str, str] = {"first_name": "", "prefix": "", "last_name": "", "salutation": ""}
    parts |= row.take("full_name", values.name, {})
    parts |= {key: text for key, most in (("first_name", 60), ("prefix", 20)) if (text := row.text(key, most))}
    if last := row.text("last_name", 80):
        parts["last_name"] = last
    parts["salutation"] = row.take("salutation", values.salutation, parts["salutation"])
    phones = [row.take(key, values.phone) for key in ("phone", "phone_2")]
    email, language = row.take("email", values.email), row.take("language", values.language, "")
    if not parts["last_name"]:
        if not any(fault.field in ("last_name", "full_name") for fault in row.faults):
            row.wrong("last_name", _("The surname is missing."))
        return None
    kept = tuple(dict.fromkeys(one for one in phones if one))
    return Who(**parts, language=language, phones=kept, emails=(email,) if email else ())


def _contact(row: Reader) -> Who | None:
    parts = row.take("contact_name", values.name)
    phone, email = row.take("contact_phone", values.phone), row.take("contact_email", values.email)
    if parts:
        return Who(**parts, phones=(phone,) if phone else (), emails=(email,) if email else ())
    if (phone or email) and not row.cells.get("contact_name"):
        row.wrong("contact_name", _("Whose telephone or mail address is this?  The name of the contact is missing."))
    return None


def _home(row: Reader) -> Address | None:
    street, number = row.take("street_number", values.street_and_number, ("", ""))
    street = row.text("street", 100) or street
    addition = row.text("addition", 12)
    number = row.take("house_number", lambda text: values.house_number(f"{text} {addition}".strip()), number)
    postcode, town = row.take("postcode", values.postcode, ""), row.text("town", 80)
    if not (street or number or postcode or town):
        return None
    if not row.faults and postcode and not number:
        row.wrong("house_number", _("The house number is missing."))
    return Address(street=street[:100], house_number=number, postcode=postcode, town=town)


def _team(row: Reader, around: Surroundings, home: Address | None) -> Team | None:
    if named := row.text("team", 100):
        if team := around.teams.get(named.casefold()):
            return team
        row.wrong("team", _("There is no team of that name."))
        return None
    found = (around.served(home.postcode) if home and home.postcode else None) or around.otherwise
    if found is None and not any(fault.field == "postcode" for fault in row.faults):
        row.wrong("team", _("No team serves this postcode, and the row names none."))
    return found


def _day(row: Reader, key: str, around: Surroundings) -> date | None:
    found: date | None = row.take(key, lambda text: values.day(text, today=around.today))
    return found


# --- Agreements ------------------------------------------------------------------------------------------


def _arrangement(row: Reader, around: Surroundings) -> Draft | None:
    household = _one(row, "household", around.households)
    helper = _one(row, "helper", around.helpers) if _named(row, "helper") else None
    since = _day(row, "since", around) or around.today
    until = _until(row, around)
    found = _rhythm(row)
    start: time | None = row.take("start", rhythm.at_hour, found.start if found else None)
    in_words = found.minutes if found else None
    minutes: int | None = row.take("hours", lambda text: rhythm.within(values.hours(text)), in_words)
    work_form = row.take("work_form", values.one_of(WORK_FORMS), WorkForm.AGENCY_EMPLOYS)
    if until is not None and until <= since:
        row.wrong("until" if row.cells.get("until") else "last_day", _("This is not after the first day."))
    for key, value, why in (("start", start, NO_HOUR), ("hours", minutes, NO_LENGTH)):
        if found and not value and not any(fault.field == key for fault in row.faults):
            row.wrong(key, why)
    if row.faults or household is None or found is None or start is None or minutes is None:
        return None
    slots = rhythm.slots(found, start=start, minutes=minutes, since=since)
    return ArrangementDraft(household, helper, slots, since, until, work_form)


def _until(row: Reader, around: Surroundings) -> date | None:
    """The first day without; offices write that day, or the last day with."""
    until, last = _day(row, "until", around), _day(row, "last_day", around)
    return until or (last + ONE_DAY if last else None)


NO_HOUR, NO_LENGTH = _("From which hour is missing."), _("How many hours is missing.")
WORK_FORMS = {
    "organisatie": WorkForm.AGENCY_EMPLOYS, "bureau": WorkForm.AGENCY_EMPLOYS, "loondienst": WorkForm.AGENCY_EMPLOYS,
    "huishouden": WorkForm.HOUSEHOLD_EMPLOYS, "particulier": WorkForm.HOUSEHOLD_EMPLOYS,
    "pgb": WorkForm.HOUSEHOLD_EMPLOYS,
    "zelfstandig": WorkForm.SELF_EMPLOYED, "zzp": WorkForm.SELF_EMPLOYED,
}  # fmt: skip


def _rhythm(row: Reader) -> rhythm.Rhythm | None:
    """What the column with the words says; a day in a column of its own goes along with it."""
    words = " ".join(row.cells.get(key, "") for key in ("rhythm", "weekday")).strip()
    if not words:
        row.wrong("rhythm", _("How often somebody comes is missing."))
        return None
    try:
        return rhythm.read(words)
    except Wrong as wrong:
        row.wrong("rhythm" if row.cells.get("rhythm") else "weekday", wrong)
        return None


def _named(row: Reader, whose: str) -> bool:
    return bool(row.cells.get(f"{whose}_number") or row.cells.get(f"{whose}_name"))


def _one(row: Reader, whose: str, find: Callable[[str, str], Sequence[Found]]) -> Found | None:
    """Whom the row means; when it may mean several, or nobody, that is said."""
    number, name = row.text(f"{whose}_number", 40), row.text(f"{whose}_name", 160)
    key = f"{whose}_number" if number else f"{whose}_name"
    if not (number or name):
        row.wrong(key, _("The name or the number is missing."))
        return None
    found = find(number, name)
    if len(found) == 1:
        return found[0]
    row.wrong(key, _("Nobody of that name or number is known.") if not found else _("More than one is called so."))
    return None


READERS: dict[str, Callable[[Reader, Surroundings], Draft | None]] = {
    Kind.HOUSEHOLDS: _household,
    Kind.HELPERS: _helper,
    Kind.ARRANGEMENTS: _arrangement,
}
