"""Django's compiler for PostgreSQL, which remembers how a column is written.

A question with its relations names a hundred columns, and most of the time of asking it went into writing them down.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import compiler
from django.db.backends.postgresql.compiler import SQLAggregateCompiler, SQLDeleteCompiler, SQLUpdateCompiler
from django.db.models.expressions import Col

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]

SQLInsertCompiler = compiler.SQLInsertCompiler
_WRITTEN: dict[tuple[str | None, str | None], str] = {}
_OF_TABLE: dict[tuple[type, str], list[Any]] = {}
_COLUMN = object()


class SQLCompiler(compiler.SQLCompiler):
    """What is asked with SELECT."""

    def get_default_columns(
        self, select_mask: Any, start_alias: Any = None, opts: Any = None, from_parent: Any = None
    ) -> Any:
        """All columns of a table: the same each time, where nothing is left out and no table stands behind it."""
        meta = opts or self.query.get_meta()
        if select_mask or from_parent or meta is None or meta.parents:
            return super().get_default_columns(select_mask, start_alias, opts, from_parent)
        table = meta.model, start_alias or self.query.get_initial_alias()
        if table not in _OF_TABLE:
            _OF_TABLE[table] = super().get_default_columns(select_mask, start_alias, opts, from_parent)
        return _OF_TABLE[table]

    def compile(self, node: Any) -> tuple[str, Any]:
        """A column is written the same each time: an alias is never called like a table."""
        if type(node) is not Col:
            return super().compile(node)
        column = node.alias, node.target.column
        written = _WRITTEN.get(column)
        if written is None:
            written = _WRITTEN[column] = super().compile(node)[0]
        return written, []

    def _order_by_pairs(self) -> Any:
        """Django looks for what is ordered by among all that is selected; columns, by name, need not be found there."""
        selected = self.select
        if not self.query.combinator and selected:
            self.select = [(_COLUMN, *more) if type(one) is Col else (one, *more) for one, *more in selected]
        try:
            django: Any = super()
            yield from django._order_by_pairs()
        finally:
            self.select = selected

    def get_converters(self, expressions: Iterable[Any]) -> Any:
        """How values from the database become Python's, where that is more than to read them."""
        more: Any = (None if _is_plain(one) else one for one in expressions)
        return super().get_converters(more)


def _is_plain(expression: Any) -> bool:
    """Whether this is a column whose values need nothing more."""
    if type(expression) is not Col or expression.target is not expression.output_field:
        return False
    return not hasattr(expression.target, "from_db_value")
