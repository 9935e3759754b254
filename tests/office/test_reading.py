"""A file that comes from elsewhere: every Dutch habit is read, and every trap is refused kindly, with its place."""

import io
import time
import zipfile

import openpyxl
import pytest
from django.utils import translation

from samen.office import reading


def book(*rows, **more):
    """The bytes of a spreadsheet with these rows."""
    made = openpyxl.Workbook(**more)
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def refused(name, content):
    """The sentence with which this file is refused, in English."""
    with translation.override("en"), pytest.raises(reading.Unreadable) as said:
        reading.read(name, content)
    return str(said.value)


DUTCH = "Naam;Geboren;Uren;Telefoon;Plaats\nZoë Café;31-12-1940;2,5;'0612345678;'s-Graveland\nJan;1-2-51;1.250,00;;\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_excel_gives_the_same_table(encoding):
    sheet = reading.read("klanten.csv", DUTCH.encode(encoding))

    assert sheet.header == ["Naam", "Geboren", "Uren", "Telefoon", "Plaats"]
    assert [row.number for row in sheet.rows] == [2, 3]
    assert sheet.rows[0].cells == ["Zoë Café", "31-12-1940", "2,5", "0612345678", "'s-Graveland"]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_the_delimiter_is_found_although_commas_stand_in_numbers(sign):
    def cell(text):
        return f'"{text}"' if sign in text else text

    rows = [["naam", "uren", "plaats"], ["Jan", "2,5", "Laren"], ["Ans", "3", "Huizen, bij de kerk"]]

    sheet = reading.read("x.csv", "\r\n".join(sign.join(map(cell, row)) for row in rows).encode())

    assert [row.cells for row in sheet.rows] == rows[1:]
    assert sheet.delimiter == sign


def test_a_title_blank_rows_and_the_word_sep_are_passed_by():
    sheet = reading.read("x.csv", b'sep=;\r\nOnze klanten 2026;;\r\n;;\r\nnaam;tel;\r\n\r\nJan;="0612";\r\n')

    assert (sheet.header, sheet.rows) == (["naam", "tel"], [reading.Row(6, ["Jan", "0612"])])


def test_a_spreadsheet_says_what_a_dutch_hand_would_write():
    from datetime import datetime, time

    content = book(
        ["naam", "geboren", "uren", "om", "tel", "ja"],
        ["Zoë", datetime(1940, 12, 31), 2.5, time(9, 30), 612345678, True],  # noqa: DTZ001  Excel knows no zone
        [None] * 6,
        ["Jan", None, 3.0, None, None, None],
    )

    sheet = reading.read("x.xlsx", content)

    assert sheet.rows[0].cells == ["Zoë", "31-12-1940", "2,5", "09:30", "612345678", "ja"]
    assert (sheet.rows[1].number, sheet.rows[1].cells) == (4, ["Jan", "", "3"])


def grouped():
    """A header whose cells lie over several columns, with the names of the columns below it."""
    made = openpyxl.Workbook()
    for row in (
        ["Klanten van team Zuid"],
        [],
        ["Naam", None, "Adres"],
        ["Voornaam", "Achternaam", "Straat"],
        ["A", "B"],
    ):
        made.active.append(row)
    made.active.merge_cells("A1:E1")
    made.active.merge_cells("A3:B3")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_an_empty_sheet_in_front_is_passed_by():
    made = openpyxl.Workbook()
    second = made.create_sheet("Klanten")
    second.append(["naam", "tel"])
    second.append(["Jan", 1])
    out = io.BytesIO()
    made.save(out)

    sheet = reading.read("x.xlsx", out.getvalue())

    assert (sheet.header, sheet.rows[0].cells, sheet.other_sheets) == (["naam", "tel"], ["Jan", "1"], 1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "empty"),
        ("x.csv", b" \r\n ", "empty"),
        ("x.csv", b"naam;tel\r\n", "no row below"),
        ("x.csv", b"naam;Naam\r\na;b", "same name: look at column B of row 1"),
        ("x.csv", b"naam;tel\r\nJan;=cmd|' /C calc'!A0", "In cell B2 stands a formula"),
        ("x.csv", b'naam;tel\r\nJan;"06' + b"x" * 3000, "row 2 stands a cell of more than 2000"),
        ("x.csv", b"naam;tel\r\n" + b";" * 70 + b"x", "Row 2 goes on until column BS"),
        ("x.csv", b"naam;tel\r\n" + b"Jan;1\r\n" * 20_001, "more than 20000 rows"),
        ("x.csv", b"naam\x00;tel\r\nJan;1", "no table"),
        ("x.csv", b"<html><table>", "no table"),
        ("x.pdf", b"%PDF-1.7 ...", "no table"),
        ("x.docx", b"naam;tel\r\nJan;1", "no table"),
        ("x.xlsx", b"naam;tel\r\nJan;1", "plain text"),
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "another kind of spreadsheet"),
        ("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("x.xlsx", b"PK\x03\x04 and then nothing of the kind", "damaged"),
        ("x.csv", b"a" * (11 * 1024 * 1024), "larger than 10 MB"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_cannot_be_taken_is_refused_with_its_place(name, content, words):
    assert words in refused(name, content)


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


BOMB = zipped(**{"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": b" " * (40 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", book(["naam", "tel"], ["Jan", "1"]), "Call it .xlsx"),
        ("x.xlsx", book(["naam", "tel"], ["Jan", "=1+1"]), "In cell B2 stands a formula"),
        ("x.xlsx", book(["naam", "tel"], ["Jan", "x" * 30_000]), "row 2 stands a cell of more than 2000"),
        ("x.xlsx", grouped(), "In row 3, where the names of the columns stand, the cell in column A is merged"),
        ("x.xlsx", book(), "empty"),
        ("x.xlsx", BOMB, "Unpacked"),
        ("x.xlsx", zipped(**{f"part{n}": "" for n in range(1_001)}), "Unpacked"),
        ("x.xlsm", zipped(**{"xl/workbook.xml": "", "xl/vbaProject.bin": ""}), "macros"),
        ("x.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "another kind of spreadsheet"),
        ("x.docx", zipped(**{"word/document.xml": ""}), "no table"),
        ("x.xlsx", zipped(**{"xl/workbook.xml": "<not a workbook"}), "damaged"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_a_spreadsheet_with_a_trap_is_refused_too(name, content, words):
    assert words in refused(name, content)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">%s]><sst>&%s;</sst>' % (
    b"".join(
        b'<!ENTITY %c "%s">' % (new, b"&%c;" % old * 10) for old, new in zip(b"abcdefgh", b"bcdefghi", strict=True)
    ),
    b"i",
)


def test_xml_that_swells_is_not_unfolded():
    good = book(["naam", "tel"], ["Jan", "1"])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    began = time.monotonic()
    said = refused("x.xlsx", zipped(**parts | {"xl/worksheets/sheet1.xml": LAUGHS}))

    assert "damaged" in said
    assert time.monotonic() - began < 10


def test_the_child_is_ended_when_it_takes_too_long(monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.001)

    assert "more time or memory" in refused("x.csv", DUTCH.encode())


def test_the_child_has_little_memory(monkeypatch):
    from samen.office import sheets

    rows = ["naam;tel", *("J" * 1_900 + ";" + "1" * 1_900 for _ in range(2_500))]
    content = "\r\n".join(rows).encode()
    assert len(reading.read("x.csv", content).rows) == 2_500

    code = "from samen.office import sheets; sheets.MEMORY_BYTES = 40 << 20; raise SystemExit(sheets.main())"
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", code, ".csv"], input=content, capture_output=True, check=False)

    assert done.returncode or b"TOO_MUCH" in done.stdout
    assert sheets.MEMORY_BYTES == 512 * 1024 * 1024
