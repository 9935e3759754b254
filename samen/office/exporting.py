"""Everything of an organisation in one file: a table each, the files, and what the columns mean; for seven days.

Each table is written in a transaction of its own, piece by piece, so that nothing is ever held as a whole and one sees
how far it is; so the tables stand as they were within some minutes of each other, as the page in the file says.
"""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import models, transaction
from django.utils.translation import gettext as _

from samen.base import clock, files, jobs, journal, tenancy
from samen.base.models import Blob, BlobChunk, Letter, Link, LiveEvent
from samen.base.schema import Owned
from samen.base.tenancy import Actor
from samen.office import writing
from samen.office.facts import Fact
from samen.office.models import Export, ImportRow

KEPT = timedelta(days=7)
LARGEST_BYTES = 4 * 1024 * 1024 * 1024
AT_ONCE = 500
MIME = "application/zip"
# Not for taking along: keys to pages of others, the demo's mailbox, what only lives for minutes, and this very app's
# copies of what stands elsewhere.
LEFT_OUT = (BlobChunk, Letter, Link, LiveEvent, ImportRow, Export)


class OneAtATime(Exception):
    """Somebody asked for everything already, and it is being made."""


@transaction.atomic
def ask(*, by: Actor, at: datetime) -> Export:
    """Everything is put together from now on.  Raises `OneAtATime`."""
    if Export.objects.filter(state=Export.State.MAKING).exists():
        raise OneAtATime(OneAtATime.__doc__)
    export = Export.objects.create(by_ref=by.ref, asked_at=at, table_count=len(tables()))
    journal.record(Fact.EXPORT_MADE, about=[export], by=by, at=at)
    make.later(export=export.pk)
    return export


def tables() -> list[type[Owned]]:
    """Every table of the organisation that goes along, by its name."""
    found = [model for model in Owned.__subclasses__() if model not in LEFT_OUT]
    return sorted(found, key=lambda model: model._meta.db_table)


@jobs.job(of={"export": Export}, stepwise=True)
def make(org: int, actor: Actor, *, export: int) -> None:
    """Write it to a file on the side, then keep it; begun again it begins anew."""
    with tenancy.enter(org, actor) as context:
        if Export.objects.get(pk=export).state != Export.State.MAKING:
            return
        began = context.at
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for done, table in enumerate(tables(), start=1):
                _write_table(org, actor, archive, table)
                with tenancy.enter(org, actor):
                    Export.objects.filter(pk=export).update(done_count=done)
            _write_files(org, actor, archive)
            _write_words(org, actor, archive, began)
        out.seek(0)
        _keep(org, actor, out, export)


def _keep(org: int, actor: Actor, out: BinaryIO, export: int) -> None:
    with tenancy.enter(org, actor) as context:
        row = Export.objects.select_for_update().get(pk=export)
        if row.state == Export.State.MAKING:
            row.blob = files.store(out, mime=MIME, most=LARGEST_BYTES)
            row.state, row.ready_at = Export.State.READY, context.at
            row.save()


def columns(table: type[Owned]) -> list["models.Field[Any, Any]"]:
    """The columns that go along: what is sealed or hashed says nothing outside, and all of it is of one house."""
    return [
        field
        for field in table._meta.concrete_fields
        if not isinstance(field, models.BinaryField) and field.name not in ("org", "id")
    ]


def _write_table(org: int, actor: Actor, archive: zipfile.ZipFile, table: type[Owned]) -> None:
    folder = _("tables")
    with tenancy.enter(org, actor), archive.open(f"{folder}/{table._meta.db_table}.csv", "w", force_zip64=True) as out:
        for line in writing.lines(_rows(table)):
            out.write(line)


def _rows(table: type[Owned]) -> Iterator[Sequence[str]]:
    fields = columns(table)
    yield [_name(field) for field in fields]
    pointing = {field.attname: f"{field.name}__public_id" for field in fields if _points(field)}
    names = [pointing.get(field.attname, field.attname) for field in fields]
    for row in table._default_manager.order_by("pk").values_list(*names).iterator(chunk_size=AT_ONCE):
        yield [_text(value) for value in row]


def _points(field: "models.Field[Any, Any]") -> bool:
    """Whether it points to a row of the organisation, which is told by its public id: our own numbers stay inside."""
    other = field.related_model
    return isinstance(other, type) and issubclass(other, Owned)


def _name(field: "models.Field[Any, Any]") -> str:
    return f"{field.name}_public_id" if _points(field) else field.attname


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _write_files(org: int, actor: Actor, archive: zipfile.ZipFile) -> None:
    """The content of every file, piece by piece; earlier exports are no files of theirs."""
    with tenancy.enter(org, actor):
        own = Export.objects.exclude(blob=None).values_list("blob_id", flat=True)
        blobs = list(Blob.objects.exclude(pk__in=list(own)).order_by("pk").values_list("pk", "public_id"))
    folder = _("files")
    for pk, public_id in blobs:
        with archive.open(f"{folder}/{public_id}", "w", force_zip64=True) as out:
            for piece in files.stream(org, actor, pk):
                out.write(piece)


def _write_words(org: int, actor: Actor, archive: zipfile.ZipFile, began: datetime) -> None:
    """What is in it, for a reader and for a program."""
    with tenancy.enter(org, actor) as context:
        until = context.at
    words = _(
        "Everything Samen keeps of your organisation.\n\n"
        "tables: one CSV each, UTF-8, semicolons. Rows point to each other by public_id.\n"
        "A cell that a spreadsheet would compute has an apostrophe in front.\n"
        "files: the content of documents; base_blob.csv says what each is.\n"
        "schema.json: what every column is.\n\n"
        "Not in it: sealed and hashed values, keys to pages, and secret addresses, which nobody can read here.\n"
        "Written between {began} and {until}.\n"
    )
    archive.writestr(_("readme.txt"), words.format(began=began.isoformat(), until=until.isoformat()))
    archive.writestr("schema.json", json.dumps(schema(), ensure_ascii=False, indent=1))


def schema() -> dict[str, Any]:
    """Every table with its columns: what each is, and where it points."""
    return {table._meta.db_table: _described(table) for table in tables()}


def _described(table: type[Owned]) -> dict[str, Any]:
    return {
        "about": " ".join((table.__doc__ or "").split()),
        "columns": {_name(field): _column(field) for field in columns(table)},
    }


def _column(field: "models.Field[Any, Any]") -> dict[str, Any]:
    found: dict[str, Any] = {"kind": field.get_internal_type(), "may_be_empty": field.null}
    if field.choices:
        found["values"] = [str(value) for value, _label in field.flatchoices]
    other = field.related_model
    if _points(field) and isinstance(other, type):
        found["points_to"] = other._meta.db_table
    return found


@jobs.job(of={})
def forget() -> None:
    """What is older than seven days is gone, with its content."""
    for row in Export.objects.filter(asked_at__lt=clock.now() - KEPT).exclude(state=Export.State.FORGOTTEN):
        let_go(row)


def let_go(export: Export) -> None:
    """It cannot be fetched any more, and its content is gone."""
    blob, export.blob, export.state = export.blob, None, Export.State.FORGOTTEN
    export.save()
    if blob is not None:
        files.forget(blob)


jobs.every("53 3 * * *", forget)
