"""Tables as a Dutch Excel opens them: UTF-8 with its mark, semicolons, and nothing that would be computed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from samen.office.sheets import QUOTED_BY_EXCEL

COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
MARK = b"\xef\xbb\xbf"


def harmless(text: str) -> str:
    """The text as text: what a spreadsheet would compute has a quotation mark in front, which reading takes off."""
    computed = text.startswith(COMPUTED) or QUOTED_BY_EXCEL.match(text)
    return f"'{text}" if computed else text


def lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The rows of a table, one after the other."""
    yield MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";").writerow([harmless(cell) for cell in row])
        yield line.getvalue().encode()
