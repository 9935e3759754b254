"""Many small lists in one statement: a file shows a dozen of them, and each would be a journey to the database."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField, RangeField
from django.db import models
from django.db.models import BinaryField, F, JSONField

from samen.base.models import Organisation

Rows = models.QuerySet[Any]


def gather(
    org: int, lists: dict[str, Rows], *, more: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, list[Any]]:
    """The rows of each list, as the models they are.  `more` names columns of other tables that a list brings along,
    under their own names with double underscores; what is binary or a range stays behind.
    """
    arrays = {name: _as_array(rows, (more or {}).get(name, ())) for name, rows in lists.items()}
    found: dict[str, Any] = Organisation.objects.filter(pk=org).values(**arrays).get()  # type: ignore[assignment]  # names of our own
    return {name: [_row(rows.model, said) for said in found[name] or []] for name, rows in lists.items()}


class _AsJson(ArraySubquery):
    """An array of these rows, each as JSON under the names of its columns."""

    template = "ARRAY(SELECT to_jsonb(one) FROM (%(subquery)s) one)"
    output_field = ArrayField(JSONField())


def _as_array(rows: Rows, more: tuple[str, ...]) -> _AsJson:
    own = [
        field.attname for field in rows.model._meta.concrete_fields if not isinstance(field, BinaryField | RangeField)
    ]
    return _AsJson(rows.values(*own, **{name: F(name) for name in more}))


def _row(model: type[models.Model], said: dict[str, Any]) -> Any:
    """JSON knows no dates and no identities: each field reads its own."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    row = model(**{name: fields[name].to_python(value) for name, value in said.items() if name in fields})
    for name, value in said.items():
        if name not in fields:
            setattr(row, name, value)
    return row
