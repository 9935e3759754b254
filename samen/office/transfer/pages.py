"""What the pages of an import show."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from samen.office import importing, judging, mapping
from samen.office.models import Export, Import, ImportRow
from samen.office.sitting import Office
from samen.office.transfer.forms import Choices
from samen.office.values import Wrong
from samen.teams.models import Colleague, Team

MOST = 100
BUSY = {Import.State.JUDGING, Import.State.COMMITTING, Import.State.UNDOING}
Verdict = ImportRow.Verdict


def teams() -> Choices:
    """Every team to choose from."""
    return [(str(team.public_id), team.name) for team in Team.objects.order_by("name")]


def team(public_id: str) -> Team | None:
    """The chosen team."""
    return Team.objects.filter(public_id=public_id).first() if public_id else None


def imports(here: Office) -> list[dict[str, Any]]:
    """The imports of the last time, newest first."""
    slug = here.visitor.slug
    found = Import.objects.exclude(state=Import.State.DISCARDED).order_by("-brought_at")[:MOST]
    names = _names([one.by_ref for one in found])
    return [
        {
            "name": one.file_name,
            "kind": one.get_kind_display(),
            "rows": one.row_count,
            "by": names.get(one.by_ref, ""),
            "at": one.brought_at,
            "state": one.state,
            "url": reverse("import", args=[slug, one.public_id]),
        }
        for one in found
    ]


def _names(refs: Sequence[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    found = Colleague.objects.filter(public_id__in=[ref for ref in refs if ref])
    return dict(found.values_list("public_id", "name"))


def import_page(here: Office, file: Import) -> dict[str, Any]:
    """How far it is; and once every row was looked at, what would happen, or what happened."""
    slug = here.visitor.slug
    shown: dict[str, Any] = {
        "name": file.file_name,
        "kind": file.get_kind_display(),
        "state": file.state,
        "busy": file.state in BUSY,
        "rows": file.row_count,
        "judged": file.judged_count,
        "changed_meanwhile": file.changed_meanwhile,
        "left_out": file.left_out,
        "other_sheets": file.other_sheets,
        "unmapped": [name for place, name in enumerate(file.header) if name and place not in file.mapping.values()],
        "committed_at": file.committed_at,
        "undone_at": file.undone_at,
        "until": file.committed_at + importing.KEPT if file.committed_at else None,
        **{
            name: reverse(f"import_{name}", args=[slug, file.public_id])
            for name in ("columns", "faults", "answers", "take_over", "take_back", "discard")
        },
        "url": reverse("import", args=[slug, file.public_id]),
        "list_url": reverse("imports", args=[slug]),
    }
    return shown if shown["busy"] else shown | _judged(file, here.at)


def _judged(file: Import, at: datetime) -> dict[str, Any]:
    counts = importing.counts(file)
    labels = {key: field.label for key, field in mapping.fields(file.kind).items()}
    kept = file.rows.filter(kept_back=True).order_by("number")[:MOST]
    names = importing.names_of(file.kind, [row.target_ref for row in kept])
    return {
        "counts": counts,
        "most": MOST,
        "writes": counts[Verdict.NEW] + counts[Verdict.CHANGED],
        "faults_shown": [
            {"number": row.number, "faults": [_fault(fault, labels) for fault in row.faults]}
            for row in file.rows.filter(verdict=Verdict.WRONG).order_by("number")[:MOST]
        ],
        "changes_shown": [
            {"number": row.number, "name": _called(file, row), "changes": _changes(row, labels)}
            for row in file.rows.filter(verdict=Verdict.CHANGED).order_by("number")[:MOST]
        ],
        "asked": [_asked(file, row) for row in asked(file)],
        "kept_back": [
            {"number": row.number, "name": names.get(row.target_ref or file.public_id) or _called(file, row)}
            for row in kept
        ],
        "can_take_back": bool(file.committed_at and at - file.committed_at <= importing.KEPT),
    }


def asked(file: Import) -> list[ImportRow]:
    """The rows about which a colleague is asked, or was: those without an answer first, so that all have their turn."""
    wanted = file.rows.exclude(alike=[]).exclude(verdict=Verdict.WRONG)
    return list(wanted.order_by("answer", "number")[:MOST]) if file.state == Import.State.JUDGED else []


def _asked(file: Import, row: ImportRow) -> dict[str, Any]:
    said = row.answer if row.answer != ImportRow.Answer.SAME else str(row.target_ref)
    return {
        "number": row.number,
        "name": _called(file, row),
        "said": said,
        "alike": [
            {"ref": one["ref"], "name": one["name"], "row": _row(one["ref"]), "chosen": said == one["ref"]}
            for one in row.alike
        ],
    }


def _row(ref: str) -> str:
    return ref.removeprefix(judging.ROW) if ref.startswith(judging.ROW) else ""


def _called(file: Import, row: ImportRow) -> str:
    """The name that stands in the row."""
    cells = judging.cells(file, row)
    keys = ("household", "salutation", "full_name", "first_name", "prefix", "last_name", "household_name")
    return " ".join(cells[key] for key in keys if cells.get(key))


def _fault(fault: list[Any], labels: dict[str, Any]) -> dict[str, Any]:
    field, value, reason, params = fault
    return {"field": labels.get(field, ""), "value": value, "reason": str(Wrong(reason, **params))}


def _changes(row: ImportRow, labels: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"field": labels.get(field, field), "old": old, "new": new} for field, old, new in row.changes]


def faulty_rows(file: Import) -> Iterator[list[str]]:
    """The rows that are wrong as they came, with their number and why: to be mended and brought again."""
    labels = {key: field.label for key, field in mapping.fields(file.kind).items()}
    yield [*file.header, _("row"), _("reason")]
    for row in file.rows.filter(verdict=Verdict.WRONG).order_by("number").iterator(chunk_size=500):
        faults = [_fault(fault, labels) for fault in row.faults]
        reasons = [": ".join(part for part in (str(one["field"]), one["reason"]) if part) for one in faults]
        yield [*row.cells, str(row.number), " ".join(reasons)]


def exports(here: Office) -> list[dict[str, Any]]:
    """What went out in the last time, newest first."""
    found = Export.objects.select_related("blob").order_by("-asked_at")[:MOST]
    names = _names([one.by_ref for one in found])
    return [
        {
            "by": names.get(one.by_ref, ""),
            "at": one.asked_at,
            "state": one.state,
            "done": one.done_count,
            "tables": one.table_count,
            "size": one.blob.size if one.blob else 0,
            "until": one.asked_at + timedelta(days=7),
            "url": reverse("export", args=[here.visitor.slug, one.public_id]),
        }
        for one in found
    ]


def written(day: date) -> str:
    """A day as it is written in the name of a file."""
    return date_format(day, "Y-m-d")
