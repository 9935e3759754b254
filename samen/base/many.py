"""Many rows at once: kept in few statements, removed in one, and found by many numbers in one parameter."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.models import BigAutoField, Field, ForeignKey, Lookup, QuerySet, UUIDField, lookups
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields import related_lookups
from psycopg.adapt import Dumper

from samen.base import clock
from samen.base.schema import Owned

Row = TypeVar("Row", bound=Owned)

# Every reference is checked by a statement of PostgreSQL's own, planned by how large the table was when it was last
# counted.  Of a table that grew since, it may read all rows of the organisation for each row that comes in.  Counting
# holds off another who counts the same table until the transaction ends, so a few rows are not worth it.
MANY = 200


def keep(rows: Iterable[Row]) -> list[Row]:
    """All of these are kept, in this order: with their moment given they go in as arrays, one for each column.

    It is the moment of now, unless a row says another.
    """
    new = list(rows)
    if not new:
        return []
    table: Any = type(new[0])
    kept: list[Row] = table._default_manager.bulk_create(_dated(new))
    if len(kept) >= MANY:
        _count(table._meta.db_table)
    return kept


def keep_missing(rows: Iterable[Row]) -> None:
    """The same, of those that are not there yet: two who keep the same at once keep it once."""
    new = list(rows)
    if new:
        table: Any = type(new[0])
        table._default_manager.bulk_create(_dated(new), ignore_conflicts=True)
        if len(new) >= MANY:
            _count(table._meta.db_table)


def _dated(rows: list[Row]) -> list[Row]:
    undated = [row for row in rows if isinstance(row.created_at, DatabaseDefault)]
    if undated:
        moment = clock.now()
        for row in undated:
            row.created_at = moment
    return rows


def _count(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.count_rows(%s::regclass)", [table])


def remove(rows: QuerySet[Any]) -> None:
    """All of these go in one statement; the framework would read whoever points to them first, a hundred at a time.

    What points to a row of ours keeps it by a promise of the database, so there is nothing to read.
    """
    rows._raw_delete(rows.db)


class Numbers(list[int]):
    """Whole numbers that go to the database as one array, written at once: the driver asks of each what it is."""


class _NumbersDumper(Dumper):
    oid = psycopg.adapters.types["int8"].array_oid

    def dump(self, obj: Numbers) -> bytes:
        """As PostgreSQL writes an array."""
        return b"{%s}" % ",".join(map(str, obj)).encode()


psycopg.adapters.register_dumper(Numbers, _NumbersDumper)


@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`helper__among=numbers`: one of these, all in one parameter.

    `in` writes a parameter for each, and for hundreds of numbers that takes longer than the question.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        """The numbers as one array."""
        return "%s", (Numbers(value),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """As PostgreSQL says it."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_params, *right_params)


class OneOf:
    """`in` with its values in one parameter, so that a statement is the same however many there are.

    With a parameter for each, PostgreSQL would plan it anew for two, for three and for four: decision 18.  Numbers,
    rows and identities are what they are: the framework would ask each of hundreds a dozen questions.
    """

    is_ready = False
    rhs: Any
    lhs: Any

    def get_prep_lookup(self) -> Any:
        """The values as the field has them."""
        ready = _ready(self.rhs, self.lhs.output_field) if type(self.rhs) in SEVERAL else None
        if ready is None:
            return super().get_prep_lookup()  # type: ignore[misc]
        self.is_ready = True
        return ready

    def process_rhs(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The values as one array, if they are plain ones; a question within the question stays as it is."""
        if self.is_ready:
            values = dict.fromkeys(self.rhs)
            return "%s", (Numbers(values) if type(next(iter(values))) is int else [*values],)
        found: tuple[str, Any] = super().process_rhs(compiler, connection)  # type: ignore[misc]
        right, params = found
        if right != f"({', '.join(['%s'] * len(params))})" or not all(isinstance(one, PLAIN) for one in params):
            return found
        return "%s", (Numbers(params) if all(type(one) is int for one in params) else [*params],)

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """As PostgreSQL says it."""
        return f"= ANY({rhs})" if rhs == "%s" else f"IN {rhs}"


PLAIN = (int, str, uuid.UUID)
SEVERAL = (list, tuple, set, frozenset)


def _ready(values: Collection[Any], field: Any) -> Collection[Any] | None:
    """These values as this field has them, where there is nothing to ask: identities, numbers of rows, or rows."""
    kinds = {type(one) for one in values}
    if isinstance(field, ForeignKey) and isinstance(field.target_field, BigAutoField):
        if kinds == {field.related_model} and all(one.pk is not None for one in values):
            return [one.pk for one in values]
        return values if kinds == {int} else None
    plain = uuid.UUID if isinstance(field, UUIDField) else int if isinstance(field, BigAutoField) else None
    return values if kinds == {plain} else None


@Field.register_lookup
class In(OneOf, lookups.In):
    """Of an ordinary field."""


@ForeignKey.register_lookup
class RelatedIn(OneOf, related_lookups.RelatedIn):
    """Of a reference."""
