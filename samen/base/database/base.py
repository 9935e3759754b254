"""PostgreSQL as Samen uses it: every foreign key is checked at once, and a refused context has a name.

Django declares its foreign keys INITIALLY DEFERRED: a broken one would surface at COMMIT, after the page was
rendered.  Here it surfaces inside the verb that broke it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError
from django.db.backends.postgresql import base, features, operations, schema

from samen.base.tenancy import REFUSALS


class DatabaseFeatures(features.DatabaseFeatures):
    can_defer_constraint_checks = False
    max_query_params = 2**16 - 1  # PostgreSQL counts them in two bytes, now that it binds them itself


class DatabaseOperations(operations.DatabaseOperations):
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
