"""How a table is made so that it keeps its promises: the words that models and migrations share."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, Self

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.migrations.operations import AddConstraint, AddIndex, CreateModel, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.base import ModelState
from django.db.models.constraints import BaseConstraint

from samen.base import tenancy

PROGRAMS = "samen_app, samen_worker"  # the two roles that serve; both live behind row-level security


class SamenNow(models.Func):
    """The database's clock with its offset: the only clock of Samen."""

    function = "samen_now"
    arity = 0
    output_field = models.DateTimeField()


class OwnerKey(models.ForeignKey[Any, Any]):
    """To which organisation a row belongs: the one entered.  Migrations know no default, because they enter none."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """The field as migrations write it down."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.ForeignKey", args, kwargs


class Owned(models.Model):
    """A row of one organisation.  Its number never leaves the program; the world sees `public_id`."""

    org = OwnerKey(
        "base.Organisation",
        on_delete=models.PROTECT,
        default=tenancy.current_org,
        db_index=False,
        related_name="+",
        editable=False,
    )
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(db_default=SamenNow(), editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["org", "id"], name="%(app_label)s_%(class)s_org_id"),
            models.UniqueConstraint(fields=["org", "public_id"], name="%(app_label)s_%(class)s_org_public"),
        ]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_modes: Any) -> Self:
        """A row as it was read: thousands are, and Django would set each field by itself and send signals."""
        new = cls.__new__(cls)
        new._state = ModelState()
        new._state.adding, new._state.db = False, db
        new.__dict__.update(zip(field_names, values, strict=True))
        return new


class TenantForeignKey(BaseConstraint):
    """A reference that cannot leave its organisation: FOREIGN KEY (org, …) REFERENCES other (org, …), immediate.

    A plain foreign key crosses organisations even under row-level security, because PostgreSQL's own check
    bypasses it.  `fields` name the columns besides org, `to_fields` those of the other table (its id if left out).
    """

    def __init__(
        self,
        *,
        fields: Sequence[str],
        to: str,
        name: str,
        to_fields: Sequence[str] = ("id",),
        on_update: str = "NO ACTION",
    ) -> None:
        super().__init__(name=name)
        self.fields, self.to, self.to_fields, self.on_update = tuple(fields), to, tuple(to_fields), on_update

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """The clause inside CREATE TABLE."""
        assert model is not None  # noqa: S101  Django's signature allows None, its callers never do
        assert schema_editor is not None  # noqa: S101
        quote = schema_editor.quote_name
        # Of the migration's own apps, not of today's: the state it was written for.
        other = model._meta.apps.get_model(self.to)

        def columns(of: type[models.Model], names: Sequence[str]) -> str:
            fields = (of._meta.get_field(name) for name in ("org", *names))
            return ", ".join(quote(str(getattr(field, "column", None))) for field in fields)

        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({columns(model, self.fields)}) "
            f"REFERENCES {quote(other._meta.db_table)} ({columns(other, self.to_fields)}) ON UPDATE {self.on_update}"
        )

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """The statement that adds it to a table that stands."""
        assert model is not None  # noqa: S101
        assert schema_editor is not None  # noqa: S101
        return Statement(
            "ALTER TABLE %(table)s ADD %(constraint)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            constraint=self.constraint_sql(model, schema_editor),
        )

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """The statement that takes it away."""
        assert model is not None  # noqa: S101
        assert schema_editor is not None  # noqa: S101
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database is the judge; there is nothing to ask beforehand."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {"fields": self.fields, "to": self.to}
        if self.to_fields != ("id",):
            kwargs["to_fields"] = self.to_fields
        if self.on_update != "NO ACTION":
            kwargs["on_update"] = self.on_update
        return path, tuple(args), kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TenantForeignKey) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.fields, self.to))


def reference(to: type[models.Model] | str, **options: Any) -> Any:
    """A foreign key field whose promise is kept by the TenantForeignKey of the same name in `Meta.constraints`."""
    return models.ForeignKey(
        to, on_delete=models.PROTECT, db_constraint=False, db_index=False, **({"related_name": "+"} | options)
    )


def kept(model: str, to: dict[str, str]) -> list[BaseConstraint]:
    """The TenantForeignKeys of a table: field name -> model it points to."""
    return [TenantForeignKey(fields=[field], to=other, name=f"{model}_{field}_kept") for field, other in to.items()]


class Protect(RunSQL):
    """Migration step: from here on the table belongs to organisations.

    Row-level security is on and forced; the permissive policy reads the context, the restrictive one its proof.
    `sec.entered()` is a condition without a row, so that an empty table refuses too when nobody entered.
    """

    def __init__(self, table: str, *, grants: str = "SELECT, INSERT, UPDATE, DELETE", door: bool = False) -> None:
        self.table, self.grants, self.door = table, grants, door
        super().__init__(sql=_protect(table, grants, door=door), reverse_sql=RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.table], {"grants": self.grants, "door": self.door}


def _protect(table: str, grants: str, *, door: bool) -> str:
    permissive = "org_id = (SELECT current_setting('app.org')::bigint)"
    # A new row is judged by the permissive policy first, so the name of the refusal must stand there too.
    entered = f"(SELECT sec.entered()) AND {permissive}"
    restrictive = "(SELECT sec.entered()) AND org_id = (SELECT sec.current_org())"
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own_organisation ON {table} AS PERMISSIVE FOR ALL TO {PROGRAMS} "
        f"USING ({permissive}) WITH CHECK ({entered})",
        f"CREATE POLICY signed_context ON {table} AS RESTRICTIVE FOR ALL TO {PROGRAMS} "
        f"USING ({restrictive}) WITH CHECK ({restrictive})",
        f"REVOKE ALL ON {table} FROM PUBLIC",
        f"GRANT {grants} ON {table} TO {PROGRAMS}",
    ]
    if door:
        # Only the owner's definer functions (the doors) read without a context; no program logs in as the owner.
        statements.append(f"CREATE POLICY door ON {table} FOR SELECT TO samen_owner USING (true)")
    return ";\n".join(statements) + ";"


class Together(Operation):
    """Migration steps of one kind after each other, for which Django draws its models anew once.

    For every single step it draws the changed model and all around it; for the two hundred constraints of Samen that
    was nine tenths of the time in which an empty database gets its tables.  The steps may not build on each other
    within one table: a table and its later columns are two groups.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state knows every step, and its models are drawn after the last."""
        drawn = state.__dict__.pop("apps", None)  # the cached property itself: without it nothing is drawn
        for step in self.operations:
            step.state_forwards(app_label, state)
        if drawn is not None:
            state.__dict__["apps"] = drawn
            tables = sorted({(app_label, _table(step)) for step in self.operations})
            state.reload_models(tables, delay=self._only_rules())

    def _only_rules(self) -> bool:
        """Whether no column is made, so that models further away stay what they are."""
        return all(isinstance(step, AddConstraint | AddIndex) for step in self.operations)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Every step, in order."""
        for step in self.operations:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Every step back, the last first."""
        for step in reversed(self.operations):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """For who asks what a migration does."""
        return ", ".join(step.describe() for step in self.operations)


def _table(step: Operation) -> str:
    """The model a step is about."""
    return str(step.name if isinstance(step, CreateModel) else getattr(step, "model_name", "")).lower()
