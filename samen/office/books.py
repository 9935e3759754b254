"""A spreadsheet opened, its cells as a Dutch hand would write them; only in the child process that `sheets` is."""

import io
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook

from samen.office.sheets import LONGEST_CELL, Opened, Refused, Rows, cleaned, main, within


def opened(content: bytes) -> Opened:
    """What the first visible sheet is, and its rows."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # what the file says of its own size need not be true
    except MemoryError:
        raise
    except Exception:  # the library meets a broken file with every error there is
        raise Refused("BROKEN") from None
    about = {"kind": "book", "encoding": "", "delimiter": "", "other_sheets": len(book.worksheets) - 1}
    return about, _cells(sheet)


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
