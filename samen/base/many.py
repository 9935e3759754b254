"""Many rows at once: kept in few statements, and removed in one."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet

from samen.base import clock
from samen.base.schema import Owned

Row = TypeVar("Row", bound=Owned)

# Every reference is checked by a statement of PostgreSQL's own, planned by how large the table was when it was last
# counted.  Of a table that grew since, it may read all rows of the organisation for each row that comes in.  Counting
# holds off another who counts the same table until the transaction ends, so a few rows are not worth it.
MANY = 200


def keep(rows: Iterable[Row]) -> list[Row]:
    """All of these are kept, in this order, of one moment: with it given they go in as arrays, one for each column."""
    new = list(rows)
    if not new:
        return []
    moment = clock.now()
    for row in new:
        row.created_at = moment
    table: Any = type(new[0])
    kept: list[Row] = table._default_manager.bulk_create(new)
    if len(kept) >= MANY:
        _count(table._meta.db_table)
    return kept


def _count(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.count_rows(%s::regclass)", [table])


def remove(rows: QuerySet[Any]) -> None:
    """All of these go in one statement; the framework would read whoever points to them first, a hundred at a time.

    What points to a row of ours keeps it by a promise of the database, so there is nothing to read.
    """
    rows._raw_delete(rows.db)
