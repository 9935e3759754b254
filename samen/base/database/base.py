"""PostgreSQL as Samen uses it: every foreign key is checked at once, and a refused context has a name.

Django declares its foreign keys INITIALLY DEFERRED: a broken one would surface at COMMIT, after the page was
rendered.  Here it surfaces inside the verb that broke it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError
from django.db.backends.postgresql import base, features, operations, schema
from psycopg._preparing import Prepare, PrepareManager

from samen.base.tenancy import REFUSALS

# Samen asks some hundreds of different things.  The library keeps a hundred planned, and of more than that, asked in
# turn, each would be forgotten before it is asked again.
KEPT_PLANNED = 1000


class Plans(PrepareManager):
    """What is planned stays planned when something is undone.

    The library forgets everything at each ROLLBACK, also to a savepoint, because a table made since might be gone.
    Programs of Samen that keep plans make no tables, and a yes that came too late is undone many times a day.
    """

    prepared_max = KEPT_PLANNED

    def _should_discard(self, prep: Prepare, results: Sequence[Any], *more: Any) -> bool:
        return False


class DatabaseFeatures(features.DatabaseFeatures):
    can_defer_constraint_checks = False
    max_query_params = 2**16 - 1  # PostgreSQL counts them in two bytes, now that it binds them itself


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "samen.base.database.compiler"

    def deferrable_sql(self) -> str:
        return ""

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """So many rows at once that all their values can be bound."""
        return min(len(objs), DatabaseFeatures.max_query_params // max(len(fields), 1))


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    sql_create_column_inline_fk = "CONSTRAINT %(name)s REFERENCES %(to_table)s(%(to_column)s)%(deferrable)s"
    sql_delete_fk = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"


def name_refusals(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
    """Run one statement; a refusal of the tenancy guard comes back as the exception that bears its name."""
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        refusal = REFUSALS.get(getattr(error.__cause__, "sqlstate", None) or "")
        if refusal is None:
            raise
        raise refusal(str(error).splitlines()[0]) from error


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(name_refusals)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that keeps as many statements planned as Samen has."""
        connection = super().get_new_connection(conn_params)
        plans = Plans()
        plans.prepare_threshold = connection.prepare_threshold
        connection._prepared = plans
        return connection
