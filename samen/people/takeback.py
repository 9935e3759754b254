"""How households and helpers stand in the tables, so that what came in with a file can be taken back to the letter.

What is new since, is removed; what was different, is as it was.  Whoever others touched since is left alone.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from samen.base import many
from samen.base.schema import Owned
from samen.people.models import (
    Availability,
    ContactPoint,
    ExternalNumber,
    Helper,
    HelperPlace,
    Household,
    HouseholdMember,
    HouseholdPlace,
    Person,
    Place,
    TravelFigure,
)

Stored = dict[str, dict[str, dict[str, Any]]]  # table -> number of the row -> its columns
Whole = type[Household] | type[Helper]

# What belongs to one of them, children before parents: in this order rows can be removed.
TABLES: tuple[type[Owned], ...] = (
    ContactPoint,
    ExternalNumber,
    Availability,
    HouseholdMember,
    HouseholdPlace,
    HelperPlace,
    Helper,
    Household,
    Person,
    Place,
)
BY_NAME = {str(table._meta.model_name): table for table in TABLES}
OTHERS = "others"
DERIVED = ("lat", "lon", "point_source")  # a geocoder may come by at any time, and nobody changed anything


def as_stored(whole: Whole, numbers: Iterable[int]) -> dict[int, Stored]:
    """Every row that belongs to each of these, and how many rows of others point to them."""
    wanted = list(numbers)
    found: dict[int, Stored] = {number: {} for number in wanted}
    owner_of: dict[type[Owned], dict[int, set[int]]] = {whole: {number: {number} for number in wanted}}
    _keep(found, whole, whole.objects.filter(pk__among=wanted), lambda row: {row.pk})
    if whole is Household:
        _follow(found, owner_of, HouseholdMember, "household", onward=("person", Person))
        _follow(found, owner_of, HouseholdPlace, "household", onward=("place", Place))
        _follow(found, owner_of, ExternalNumber, "household")
    else:
        owner_of[Person] = defaultdict(set)
        for row in Helper.objects.filter(pk__among=wanted):
            owner_of[Person][row.person_id].add(row.pk)
        _follow(found, owner_of, HelperPlace, "helper", onward=("place", Place))
        _follow(found, owner_of, ExternalNumber, "helper")
        _follow(found, owner_of, Availability, "helper")
    for table in (Person, Place):
        of = owner_of.get(table, {})
        _keep(found, table, table.objects.filter(pk__among=list(of)), lambda row, of=of: of[row.pk])
    _follow(found, owner_of, ContactPoint, "person", through=Person)
    _count_others(found, owner_of)
    return found


def digest(stored: Stored) -> str:
    """The same for the same rows, and for no other; a point that was put there by hand counts, another one does not."""
    told = {name: {pk: _told(columns) for pk, columns in rows.items()} for name, rows in stored.items()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    if columns.get("point_source", Place.PointSource.HAND) == Place.PointSource.HAND:
        return columns
    return {name: value for name, value in columns.items() if name not in DERIVED}


@transaction.atomic
def take_back(whole: Whole, before: Mapping[int, Stored], after: Mapping[int, str]) -> set[int]:
    """Those who still stand as `after` says, stand as `before` says again; returns the others, who stay as they are."""
    now = as_stored(whole, before)
    touched = {number for number, stored in now.items() if digest(stored) != after[number]}
    left = {number: stored for number, stored in now.items() if number not in touched}
    _remove(left, before)
    for number, stored in left.items():
        _rewrite(stored, before[number])
    return touched


def _remove(left: Mapping[int, Stored], before: Mapping[int, Stored]) -> None:
    """What came with the file goes, children before parents, each table in one statement."""
    for name, table in BY_NAME.items():
        gone = {
            int(pk)
            for number, stored in left.items()
            for pk in stored.get(name, {}).keys() - before[number].get(name, {})
        }
        if table is Place:
            many.remove(TravelFigure.objects.filter(Q(place_a__among=gone) | Q(place_b__among=gone)))
        many.remove(table._default_manager.filter(pk__among=gone))


def _rewrite(now: Stored, before: Stored) -> None:
    for name, rows in before.items():
        for pk, columns in rows.items() if name in BY_NAME else ():
            if now.get(name, {}).get(pk) == columns:
                continue
            row: Any = BY_NAME[name]()
            for field in row._meta.concrete_fields:
                setattr(row, field.attname, field.to_python(columns[field.attname]))
            row.save(force_insert=pk not in now.get(name, {}))


def _follow(
    found: dict[int, Stored],
    owner_of: dict[type[Owned], dict[int, set[int]]],
    table: type[Owned],
    column: str,
    *,
    through: type[Owned] | None = None,
    onward: tuple[str, type[Owned]] | None = None,
) -> None:
    """Keep the rows of a table that point to those we have, and remember whom they point to in their turn."""
    first = through or next(iter(owner_of))
    of = owner_of.get(first, {})
    rows = list(table._default_manager.filter(**{f"{column}__among": list(of)}))
    _keep(found, table, rows, lambda row: of[getattr(row, f"{column}_id")])
    if onward:
        reached = owner_of.setdefault(onward[1], defaultdict(set))
        for row in rows:
            reached[getattr(row, f"{onward[0]}_id")] |= of[getattr(row, f"{column}_id")]


def _keep(found: dict[int, Stored], table: type[Owned], rows: Iterable[Any], owners: Any) -> None:
    name = str(table._meta.model_name)
    for row in rows:
        columns = {field.attname: _written(field, row) for field in row._meta.concrete_fields}
        for number in owners(row):
            found[number].setdefault(name, {})[str(row.pk)] = columns


def _written(field: "models.Field[Any, Any]", row: models.Model) -> str | None:
    """The value as the framework's own archives write it; nothing stays nothing."""
    return None if getattr(row, field.attname) is None else field.value_to_string(row)


def _count_others(found: dict[int, Stored], owner_of: dict[type[Owned], dict[int, set[int]]]) -> None:
    """Whatever else points to them, in whatever table, now or in years: an agreement, a wish, another household."""
    for table, of in owner_of.items():
        known = {name: {pk for stored in found.values() for pk in stored.get(name, {})} for name in BY_NAME}
        for other, column in _pointing_to(table):
            name = str(other._meta.model_name)
            rows = other._default_manager.filter(**{f"{column}__among": list(of)}).values_list("pk", f"{column}_id")
            for pk, target in rows:
                if str(pk) in known.get(name, ()):
                    continue
                for number in of[target]:
                    counts = found[number].setdefault(OTHERS, {}).setdefault(name, {})
                    counts[column] = counts.get(column, 0) + 1


def _pointing_to(table: type[Owned]) -> Iterator[tuple[type[models.Model], str]]:
    for relation in table._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model is not TravelFigure:
            yield relation.related_model, relation.field.name
