"""What would happen with each row of a file: new, changed, nothing, wrong, or a question to a colleague."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext_noop as _

from samen.office import drafts, known, likeness, mapping
from samen.office.drafts import ArrangementDraft, Draft, Fault, HelperDraft, HouseholdDraft, Surroundings, Who
from samen.office.known import Known
from samen.office.likeness import Crowd
from samen.office.mapping import Kind
from samen.office.models import Import, ImportRow
from samen.people import numbers
from samen.people.households import NewMember
from samen.people.models import Helper, Household, HouseholdMember
from samen.people.persons import NewPerson
from samen.teams import routing
from samen.teams.models import Team
from samen.visits.models import Term

ROW = "row:"  # somebody who stands in the same file


@dataclass
class Judgement:
    """What is thought of one row, and what would be written for it."""

    verdict: str
    draft: Draft | None = None
    faults: list[Fault] = field(default_factory=list)
    alike: list[dict[str, str]] = field(default_factory=list)
    changes: list[list[str]] = field(default_factory=list)
    known: Known | None = None

    @property
    def target(self) -> str:
        """Whom the row is about, if we know them."""
        return str(self.known.whose.public_id) if self.known else ""

    def told(self) -> dict[str, Any]:
        """The judgement as it is kept with the row."""
        return {
            "verdict": self.verdict,
            "faults": [[one.field, one.value, one.reason, dict(one.params)] for one in self.faults],
            "alike": self.alike,
            "changes": self.changes,
        }


def judge(file: Import, rows: Sequence[ImportRow], *, today: date) -> Iterator[tuple[ImportRow, Judgement]]:
    """Each row in its order, against everybody we know and against the rows before it."""
    around = _surroundings(file, today)
    judged = _Arrangements() if file.kind == Kind.ARRANGEMENTS else _People(file.kind, today)
    for row in rows:
        draft, faults = drafts.draft(file.kind, cells(file, row), around)
        yield row, Judgement(ImportRow.Verdict.WRONG, faults=faults) if draft is None else judged.of(row, draft)


def cells(file: Import, row: ImportRow) -> dict[str, str]:
    """What stands in the row, by field."""
    return {key: row.cells[place] for key, place in file.mapping.items() if place < len(row.cells)}


def _surroundings(file: Import, today: date) -> Surroundings:
    teams = list(Team.objects.all())
    only = teams[0] if len(teams) == 1 else None
    names = _Names() if file.kind == Kind.ARRANGEMENTS else None
    return Surroundings(
        today=today,
        teams={team.name.casefold(): team for team in teams},
        served=_by_digits(),
        otherwise=file.team or only,
        households=names.households if names else lambda number, name: [],
        helpers=names.helpers if names else lambda number, name: [],
    )


def _by_digits() -> Callable[[str], Team | None]:
    """The team that serves a postcode, asked once for each four digits."""
    asked = cache(routing.team_for)
    return lambda postcode: asked(postcode[: routing.DIGITS])


class _Names:
    """Households and helpers by their number, or else by their name."""

    def __init__(self) -> None:
        self.household_numbers, self.helper_numbers = numbers.of_households(), numbers.of_helpers()
        self.all_households = {row.pk: row for row in Household.objects.select_related("team")}
        self.all_helpers = {row.pk: row for row in Helper.objects.select_related("person", "team")}
        self.household_names: dict[str, set[int]] = defaultdict(set)
        self.helper_names: dict[str, set[int]] = defaultdict(set)
        for pk, household in self.all_households.items():
            self.household_names[mapping.plain(household.name)].add(pk)
        lives = HouseholdMember.objects.standing().filter(role=HouseholdMember.Role.RESIDENT).select_related("person")
        for member in lives:
            for name in _spellings(member.person.name, member.person.last_name, member.person.prefix):
                self.household_names[name].add(member.household_id)
        for pk, helper in self.all_helpers.items():
            names = _spellings(helper.person.name, helper.person.last_name, helper.person.prefix)
            for name in names | {mapping.plain(helper.person.first_name)}:
                self.helper_names[name].add(pk)

    def households(self, number: str, name: str) -> list[Household]:
        found = {self.household_numbers[number]} if number in self.household_numbers else set[int]()
        found = found if number else self.household_names.get(mapping.plain(name), set())
        return [self.all_households[pk] for pk in sorted(found)]

    def helpers(self, number: str, name: str) -> list[Helper]:
        found = {self.helper_numbers[number]} if number in self.helper_numbers else set[int]()
        found = found if number else self.helper_names.get(mapping.plain(name), set())
        return [self.all_helpers[pk] for pk in sorted(found)]


def _spellings(name: str, last_name: str, prefix: str) -> set[str]:
    return {mapping.plain(name), mapping.plain(last_name), mapping.plain(f"{prefix} {last_name}")}


# --- Households and helpers ------------------------------------------------------------------------------


class _People:
    """Judges rows of people: whom they mean, and what would change."""

    def __init__(self, kind: str, today: date) -> None:
        self.known, self.crowd = known.everybody(kind, today)
        self.in_file = Crowd()

    def of(self, row: ImportRow, draft: Draft) -> Judgement:
        assert not isinstance(draft, ArrangementDraft)  # noqa: S101  a file has rows of one kind
        face = likeness.face(f"{ROW}{row.number}", draft)
        earlier = likeness.find(self.in_file, draft.number, face)
        if earlier.same:
            return _twice(draft, earlier.same.ref)
        found = likeness.find(self.crowd, draft.number, face)
        self.in_file.add(face, draft.number)
        if found.same:
            return _compared(draft, self.known[found.same.ref])
        perhaps = [*found.perhaps, *earlier.perhaps]
        if not perhaps:
            return Judgement(ImportRow.Verdict.NEW, draft)
        alike = [{"ref": one.ref, "name": one.name} for one in perhaps[:5]]
        return self._answered(row, draft, Judgement(ImportRow.Verdict.ASK, draft, alike=alike))

    def _answered(self, row: ImportRow, draft: HouseholdDraft | HelperDraft, asked: Judgement) -> Judgement:
        """The question as a colleague answered it, if it is still the same question."""
        if row.answer == ImportRow.Answer.NEW and asked.alike == row.alike:
            return Judgement(ImportRow.Verdict.NEW, draft, alike=asked.alike)
        ref = str(row.target_ref or "")
        if row.answer == ImportRow.Answer.SAME and ref in self.known and asked.alike == row.alike:
            same = _compared(draft, self.known[ref])
            same.alike = asked.alike
            return same
        return asked


def _twice(draft: Draft, ref: str) -> Judgement:
    number = int(ref.removeprefix(ROW))
    why = Fault("", "", _("The same as row %(row)d of this file."), {"row": number})
    return Judgement(ImportRow.Verdict.WRONG, draft, faults=[why])


def _compared(draft: HouseholdDraft | HelperDraft, there: Known) -> Judgement:
    changes = list(_changes(draft, there))
    verdict = ImportRow.Verdict.CHANGED if changes else ImportRow.Verdict.UNCHANGED
    return Judgement(verdict, draft, changes=changes, known=there)


def _changes(draft: HouseholdDraft | HelperDraft, there: Known) -> Iterator[list[str]]:
    """Each field in which the row says something else than we know: what we know, and what it says."""
    for name, said in person_columns(draft.who, there.who).items():
        yield [name, str(getattr(there.who, name)), said]
    for key, more in (("phone", new_phones(draft, there)), ("email", new_emails(draft, there))):
        if more:
            yield [key, "", ", ".join(more)]
    if draft.number and draft.number != there.number and not there.number:
        yield ["number", "", draft.number]
    if moves(draft, there) and draft.home:
        yield ["street_number", _door(there.home), _door(draft.home)]
    if isinstance(draft, HouseholdDraft):
        if draft.name and draft.name != there.label:
            yield ["household", there.label, draft.name]
        if newcomer(draft, there):
            yield ["contact_name", "", f"{draft.contact.first_name} {draft.contact.last_name}" if draft.contact else ""]
        return
    for name, said in terms(draft, there).items():
        yield [TERMS[name], str(getattr(there.whose, name) or ""), str(said)]
    for day, hours in draft.week.items():
        if list(hours) != list(there.week.get(day, [])):
            yield [f"day_{day}", "", ""]


def person_columns(said: Who, there: Who) -> dict[str, str]:
    """The columns of the person that the row gives another value; initials do not replace a first name."""
    found = {}
    for name in ("salutation", "first_name", "prefix", "last_name", "language"):
        new, old = str(getattr(said, name)), str(getattr(there, name))
        shorter = name == "first_name" and old and likeness.shortens(new, old)
        if new and new != old and not shorter:
            found[name] = new
    return found


def new_phones(draft: HouseholdDraft | HelperDraft, there: Known) -> tuple[str, ...]:
    """Numbers we do not have yet."""
    return tuple(one for one in draft.who.phones if one not in there.who.phones)


def new_emails(draft: HouseholdDraft | HelperDraft, there: Known) -> tuple[str, ...]:
    """Mail addresses we do not have yet."""
    return tuple(one for one in draft.who.emails if one not in there.who.emails)


def moves(draft: HouseholdDraft | HelperDraft, there: Known) -> bool:
    """Whether the row has them living elsewhere; what it leaves empty says nothing, and no file opens a secret."""
    if draft.home is None or there.hidden:
        return False
    parts = ("street", "house_number", "postcode", "town")
    return any((said := getattr(draft.home, part)) and said != getattr(there.home, part, "") for part in parts)


def newcomer(draft: HouseholdDraft, there: Known) -> bool:
    """Whether the row names a contact whom we do not have yet."""
    one = draft.contact
    return one is not None and likeness.named(one.last_name, one.first_name) not in there.contacts


TERMS = {
    "mode": "mode",
    "reach_minutes": "reach_minutes",
    "contract_minutes": "contract_hours",
    "birth_date": "birth_date",
}


def terms(draft: HelperDraft, there: Known) -> dict[str, Any]:
    """What is agreed with her that the row says otherwise."""
    said = {name: getattr(draft, name) for name in TERMS}
    return {
        name: value for name, value in said.items() if value not in (None, "") and value != getattr(there.whose, name)
    }


def _door(home: Any) -> str:
    if home is None:
        return ""
    return " ".join(part for part in (home.street, home.house_number, home.postcode, home.town) if part)


def new_person(who: Who) -> NewPerson:
    """The person a row tells of."""
    language = {"language": who.language} if who.language else {}
    return NewPerson(
        last_name=who.last_name,
        first_name=who.first_name,
        prefix=who.prefix,
        salutation=who.salutation,
        phones=who.phones,
        emails=who.emails,
        **language,
    )


def contact(who: Who) -> NewMember:
    """The contact a row tells of."""
    return NewMember(new_person(who), HouseholdMember.Role.CONTACT)


# --- Agreements ----------------------------------------------------------------------------------------------


class _Arrangements:
    """Judges rows of agreements: whether the household has this one already."""

    def __init__(self) -> None:
        self.there: set[tuple[Any, ...]] = set()
        for term in Term.objects.filter(period__endswith=None).select_related("arrangement"):
            self.there.add((term.arrangement.household_id, *_slot(term)))
        self.in_file: dict[tuple[Any, ...], int] = {}

    def of(self, row: ImportRow, draft: Draft) -> Judgement:
        assert isinstance(draft, ArrangementDraft)  # noqa: S101  a file has rows of one kind
        keys = [(draft.household.pk, *_slot(slot)) for slot in draft.slots]
        if all(key in self.there for key in keys):
            return Judgement(ImportRow.Verdict.UNCHANGED, draft)
        if earlier := next((self.in_file[key] for key in keys if key in self.in_file), 0):
            return _twice(draft, f"{ROW}{earlier}")
        self.in_file |= dict.fromkeys(keys, row.number)
        return Judgement(ImportRow.Verdict.NEW, draft)


def _slot(one: Any) -> tuple[Any, ...]:
    return one.weekday, one.local_start, one.minutes, one.freq, one.every_n, one.nth
