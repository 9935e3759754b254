"""A file somebody brings becomes a table, read in a process of its own that is allowed little."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from samen.office import sheets

LARGEST_BYTES = 10 * 1024 * 1024
PATIENCE_SECONDS = 40
TEXTS, BOOKS = "samen.office.sheets", "samen.office.books"  # the child, by what it must be able to open


class Unreadable(Exception):
    """The file cannot be taken; the message says why, and what to do, in the reader's language."""


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file: its number there, and its cells."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A table: the names of its columns, its rows, and how the file was written."""

    header: list[str]
    rows: list[Row]
    encoding: str = ""
    delimiter: str = ""
    other_sheets: int = 0


def read(name: str, content: bytes) -> Sheet:
    """The table in this file.  Raises `Unreadable`."""
    if len(content) > LARGEST_BYTES:
        raise Unreadable(_sentence({"refused": "TOO_LARGE"}))
    with tempfile.TemporaryFile() as answer:
        try:
            code = _in_child(Path(name).suffix, content, answer)
        except subprocess.TimeoutExpired:
            raise Unreadable(_sentence({"refused": "TOO_MUCH"})) from None
        answer.seek(0)
        return _sheet(answer, code)


def _in_child(suffix: str, content: bytes, answer: IO[bytes]) -> int:
    """Let the child read; it knows no secret of ours, and what it says goes to a file that cannot grow without end."""
    done = subprocess.run(  # noqa: S603  our own module, and the suffix is one word
        [sys.executable, "-m", BOOKS if content.startswith(sheets.ZIP) else TEXTS, suffix],
        input=content,
        stdout=answer,
        stderr=subprocess.DEVNULL,  # a library's complaint may quote the file, and nothing of it belongs in a log
        cwd=settings.PACKAGE.parent,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode


def _sheet(answer: IO[bytes], code: int) -> Sheet:
    about: dict[str, Any] = {}
    rows: list[Row] = []
    for line in answer:
        said = _said(line)
        if isinstance(said, list):
            rows.append(Row(said[0], said[1]))
        elif "refused" in said:
            raise Unreadable(_sentence(said))
        else:
            about |= said
    if code or about.get("rows") != len(rows):
        raise Unreadable(_sentence({"refused": "TOO_MUCH"}))  # it was ended before it was done
    return Sheet(about["header"], rows, about["encoding"], about["delimiter"], about["other_sheets"])


def _said(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # cut off where the child was ended
        return {"refused": "TOO_MUCH"}


def _sentence(said: dict[str, Any]) -> str:
    """Why this file cannot be taken, with the place in it."""
    where = {
        "row": said.get("row", 0),
        "column": said.get("column", ""),
        "rows": sheets.MOST_ROWS,
        "columns": sheets.MOST_COLUMNS,
        "characters": sheets.LONGEST_CELL,
        "megabytes": LARGEST_BYTES // 1024 // 1024,
    }
    return str(_reasons()[said["refused"]] % where)


def _reasons() -> dict[str, str]:
    return {
        "EMPTY": _("This file is empty."),
        "NO_ROWS": _("This file has names of columns, but no row below them."),
        "TOO_LARGE": _("This file is larger than %(megabytes)d MB. Cut it in parts, and bring them one by one."),
        "TOO_MANY_ROWS": _("This file has more than %(rows)d rows. Cut it in parts, and bring them one by one."),
        "TOO_MANY_COLUMNS": _(
            "Row %(row)d goes on until column %(column)s. Keep at most %(columns)d columns, those you need."
        ),
        "HUGE_CELL": _(
            "In row %(row)d stands a cell of more than %(characters)d characters. "
            "Perhaps a quotation mark is opened there and never closed."
        ),
        "HEADER_TWICE": _("Two columns have the same name: look at column %(column)s of row %(row)d."),
        "MERGED": _(
            "In row %(row)d, where the names of the columns stand, the cell in column %(column)s is merged with the "
            "ones beside it. Undo the merging, and give each column a name of its own."
        ),
        "FORMULA": _(
            "In cell %(column)s%(row)d stands a formula. Samen computes nothing out of a file: copy the column, "
            "paste it as values, and save the file again."
        ),
        "OLD_EXCEL": _("This is another kind of spreadsheet. Save it as .xlsx or as CSV, and bring that."),
        "ENCRYPTED": _("This file has a password. Save it without one, and bring that."),
        "MACROS": _("There are macros in this file. Save it as .xlsx without macros, and bring that."),
        "REALLY_A_BOOK": _(
            "The content is a spreadsheet, the name says something else. Call it .xlsx, or save it anew."
        ),
        "REALLY_A_TEXT": _("The name says .xlsx, but the content is plain text. Call it .csv, or save it anew."),
        "NOT_A_TABLE": _("This is no table that Samen can read. Save it as .xlsx or as CSV, and bring that."),
        "BROKEN": _("This spreadsheet is damaged. Open it, save it anew, and bring that."),
        "BOMB": _("Unpacked, this file would be far larger than a table ever is, so it was not opened."),
        "TOO_MUCH": _("Reading this file takes more time or memory than a table ever does, so it was stopped."),
    }
