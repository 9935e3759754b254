"""A spreadsheet opened, its cells as a Dutch hand would write them; only in the child process that `sheets` is."""

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

if __name__ == "__main__":  # the library takes numpy along where it finds it: half of the time, and of the memory
    sys.modules["numpy"] = None  # type: ignore[assignment]  # Python's own sign for what is not to be found

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from samen.office.sheets import LONGEST_CELL, Opened, Refused, Rows, cleaned, main, within

MERGED = re.compile(rb'mergeCell ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
A_PIECE = 1024 * 1024


def opened(content: bytes) -> Opened:
    """What the first visible sheet with something in it is, and its rows."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in visible:
            sheet.reset_dimensions()  # what the file says of its own size need not be true
        sheet = next((sheet for sheet in visible if _says_something(sheet)), visible[0])
        merged = list(_merged(content, sheet._worksheet_path))
    except MemoryError:
        raise
    except Exception:  # the library meets a broken file with every error there is
        raise Refused("BROKEN") from None
    about = {"kind": "book", "encoding": "", "delimiter": "", "other_sheets": len(book.worksheets) - 1}
    return about | {"merged": merged}, _cells(sheet)


def _says_something(sheet: Any) -> bool:
    return any(cell.value not in (None, "") for row in sheet.iter_rows() for cell in row)


def _merged(content: bytes, part: str) -> Iterator[tuple[int, int, int]]:
    """The cells that lie over more than one column: their first and last row, and the first column."""
    before = b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as sheet:
        while piece := sheet.read(A_PIECE):
            for found in MERGED.finditer(before + piece):
                left, right = (column_index_from_string(found[place].decode()) for place in (1, 3))
                if left < right:
                    yield int(found[2]), int(found[4]), left
            before = (before + piece)[-60:]  # one may be cut in two; seen twice does no harm


def _cells(sheet: Any) -> Rows:
    rows = enumerate(sheet.iter_rows(), start=1)
    while True:
        try:
            number, row = next(rows)
        except StopIteration:
            return
        except MemoryError:
            raise
        except Exception:  # see above
            raise Refused("BROKEN") from None
        values = []
        for place, cell in enumerate(row, start=1):
            if cell.data_type == "f":
                raise Refused("FORMULA", row=number, column=place)
            values.append(_written(cell.value))
        yield number, [_short(value, number, place) for place, value in enumerate(within(values, number), start=1)]


def _short(cell: str, number: int, place: int) -> str:
    if len(cell) > LONGEST_CELL:
        raise Refused("HUGE_CELL", row=number, column=place)
    return cleaned(cell, number, place)


def _written(value: Any) -> str:
    """The value as a Dutch hand writes it: 31-12-2026, 09:30, 2,5, ja."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y}" if value.time() == time(0) else f"{value:%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return f"{value.total_seconds() // 3600:02.0f}:{value.total_seconds() // 60 % 60:02.0f}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(value, ".10g").replace(".", ",")
    return str(value)


if __name__ == "__main__":
    sys.exit(main(opened))
