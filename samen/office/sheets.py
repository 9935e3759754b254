"""A table out of a file that came from elsewhere: the child process that is allowed little.

It stands alone, without Django and without the database.  The file comes in by the standard input, the rows go out as
lines of JSON, and what cannot be taken goes out as one word with its row and column.  Nothing is written anywhere else.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
OUTPUT_BYTES = 64 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000
UNPACKED_BYTES = 120 * 1024 * 1024
MOST_PARTS = 1_000
PACKED_TIGHTLY = 200  # a table packs ten or twenty times, a bomb a thousand times
SMALL_PART = 8 * 1024 * 1024
SAMPLE_LINES = 40

ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
DELIMITERS = ";\t,"
NAMED = re.compile(r'sep=([;,\t])"?\s*', re.IGNORECASE)
KEPT_AS_TEXT = re.compile(r'="([^"]*)"')  # how Excel is told not to eat a zero
QUOTED_BY_EXCEL = re.compile(r"'(?=[\d=+\-@\t\r\x00])")
TEXTS, BOOKS = (".csv", ".txt", ".tsv"), (".xlsx",)


class Refused(Exception):
    """This file cannot be taken: one word says why, with the row and column where it is."""

    def __init__(self, why: str, *, row: int = 0, column: int = 0) -> None:
        super().__init__(why)
        self.why, self.row, self.column = why, row, column


Rows = Iterator[tuple[int, list[str]]]
Opened = tuple[dict[str, Any], Rows]
OpensBooks = Callable[[bytes], Opened]


def main(book: OpensBooks | None = None) -> int:
    """Read the standard input within the limits; 0 also when the file was refused, because that was said.

    Who can open books too is `samen.office.books`: its library takes longer to load than most tables take to read.
    """
    _limit()
    try:
        for line in table(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else "", book):
            sys.stdout.write(json.dumps(line) + "\n")
    except Refused as refused:
        answer = {"refused": refused.why, "row": refused.row, "column": _letter(refused.column)}
        sys.stdout.write(json.dumps(answer) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": "TOO_MUCH", "row": 0, "column": ""}) + "\n")
    return 0


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def table(content: bytes, suffix: str, book: OpensBooks | None) -> Iterator[dict[str, Any] | list[Any]]:
    """First what the file is, with its header; then every row with its number; then how many there were."""
    about, rows = _opened(content, suffix.lower(), book)
    header_row, header = _header(rows)
    for first_row, last_row, column in about.pop("merged", ()):
        if first_row <= header_row <= last_row:
            raise Refused("MERGED", row=header_row, column=column)
    yield about | {"header": header, "header_row": header_row}
    count = 0
    for number, cells in rows:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise Refused("TOO_MANY_ROWS", row=number)
        yield [number, cells]
    if not count:
        raise Refused("NO_ROWS")
    yield {"rows": count}


def _opened(content: bytes, suffix: str, book: OpensBooks | None) -> Opened:
    """What the file is by its content, whatever its name says; a name that says otherwise is refused."""
    if not content.strip():
        raise Refused("EMPTY")
    if content.startswith(OLE):
        raise Refused("ENCRYPTED" if ENCRYPTED in content else "OLD_EXCEL")
    if content.startswith(ZIP):
        _inspect(content)
        if suffix not in BOOKS or book is None:
            raise Refused("REALLY_A_BOOK")
        return book(content)
    text, encoding = _decoded(content)
    if text.lstrip()[:1] == "<" or content.startswith(PDF):
        raise Refused("NOT_A_TABLE")
    if suffix not in TEXTS:
        raise Refused("REALLY_A_TEXT" if suffix in BOOKS else "NOT_A_TABLE")
    return _text(text, encoding)


def _header(rows: Rows) -> tuple[int, list[str]]:
    """The first row that names columns; a title alone above it is passed by."""
    title: tuple[int, list[str]] | None = None
    for number, cells in rows:
        filled = sum(map(bool, cells))
        if filled > 1:
            return _columns(number, cells)
        title = title or ((number, cells) if filled else None)
    if title is None:
        raise Refused("EMPTY")
    raise Refused("NO_ROWS" if title[0] else "EMPTY")


def _columns(number: int, cells: list[str]) -> tuple[int, list[str]]:
    while cells and not cells[-1]:
        cells.pop()
    seen: set[str] = set()
    for place, name in enumerate(cells, start=1):
        if name and name.casefold() in seen:
            raise Refused("HEADER_TWICE", row=number, column=place)
        seen.add(name.casefold())
    return number, cells


# --- Text ------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: what a mark says, else UTF-8, else what Windows writes in our part of the world."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding), encoding
    if b"\x00" in content:
        raise Refused("NOT_A_TABLE")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strictly(content, "cp1252"), "cp1252"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("NOT_A_TABLE") from None


def _text(text: str, encoding: str) -> Opened:
    skip = 0
    named = NAMED.match(text)
    if named:
        delimiter, text, skip = named[1], text[named.end() :], 1
    else:
        delimiter = _delimiter(text)
    about = {"kind": "text", "encoding": encoding, "delimiter": delimiter, "other_sheets": 0}
    return about, _records(text, delimiter, skip)


def _delimiter(text: str) -> str:
    """The sign that cuts the first lines in the most columns, the same number in each."""
    lines = list(_some_lines(text))
    return max(DELIMITERS, key=lambda sign: _agreement(lines, sign))


def _some_lines(text: str) -> Iterable[str]:
    for number, line in enumerate(io.StringIO(text, newline="")):
        if number >= SAMPLE_LINES:
            return
        yield line


def _agreement(lines: list[str], sign: str) -> float:
    widths = [len(cells) for cells in csv.reader(lines, delimiter=sign) if len(cells) > 1]
    if not widths:
        return 0
    usual = max(set(widths), key=widths.count)
    return (usual - 1) * widths.count(usual) / len(lines)


def _records(text: str, delimiter: str, skip: int) -> Rows:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = skip
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refused("HUGE_CELL", row=number) from None
        yield number, [cleaned(cell, number, place) for place, cell in enumerate(within(cells, number), start=1)]


def within(cells: list[Any], number: int) -> list[Any]:
    """The cells of a row; empty ones at its end are not there."""
    width = len(cells)
    while width and cells[width - 1] in (None, ""):
        width -= 1
    if width > MOST_COLUMNS:
        raise Refused("TOO_MANY_COLUMNS", row=number, column=width)
    return cells[:width]


def cleaned(cell: str, number: int, place: int) -> str:
    """The text of a cell without Excel's signs around it; what would be computed is refused."""
    if "\x00" in cell:
        raise Refused("NOT_A_TABLE")
    if kept := KEPT_AS_TEXT.fullmatch(cell.strip()):
        return kept[1].strip()
    cell = QUOTED_BY_EXCEL.sub("", cell.strip(), count=1).strip()
    if cell.startswith("="):
        raise Refused("FORMULA", row=number, column=place)
    return cell


# --- A book ----------------------------------------------------------------------------------------


def _inspect(content: bytes) -> None:
    """What the list of its parts says, before any part is unpacked; more than it says is never unpacked."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise Refused("BROKEN") from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("ENCRYPTED")
    tight = any(
        part.file_size > SMALL_PART and part.file_size > PACKED_TIGHTLY * max(part.compress_size, 1) for part in parts
    )
    if tight or len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise Refused("BOMB")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("MACROS")
    if "mimetype" in names or "xl/workbook.bin" in names:
        raise Refused("OLD_EXCEL")
    if "xl/workbook.xml" not in names:
        raise Refused("NOT_A_TABLE")


def _letter(column: int) -> str:
    """The name of a column as a spreadsheet shows it; nothing when no column is meant."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


if __name__ == "__main__":
    sys.exit(main())
