"""Hours as a table for a Dutch Excel: semicolons, decimal commas, dd-mm-jjjj, and no cell that becomes a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from samen.base import clock
from samen.visits import words
from samen.visits.hours import Sheet

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BOM = "\ufeff"  # without it Excel reads UTF-8 as cp1252


def of_months(sheets: Iterable[Sheet]) -> bytes:
    """One row for each helper at each household."""
    head = [_("Month"), _("Helper"), _("Household"), _("Visits"), _("Minutes"), _("Hours"), _("Helper approved"),
            _("Household approved"), _("Fixed")]  # fmt: skip
    return _table(head, (_of_sheet(one) for one in sheets))


def _of_sheet(one: Sheet) -> list[str]:
    row = one.approved
    return [
        f"{one.month:%m-%Y}",
        one.helper.person.name,
        one.household.name,
        str(len({line.visit for line in one.lines})),
        str(one.minutes),
        hundredths(one.minutes),
        _day(row.helper_at.astimezone(clock.HOME).date() if row and row.helper_at else None),
        _day(row.household_at.astimezone(clock.HOME).date() if row and row.household_at else None),
        _("yes") if row and row.is_fixed else _("no"),
    ]


def of_visits(sheets: Iterable[Sheet]) -> bytes:
    """One row for each visit on each calendar day."""
    head = [_("Day"), _("From"), _("Helper"), _("Household"), _("Result"), _("Minutes"), _("Hours")]
    return _table(head, (row for one in sheets for row in _of_lines(one)))


def _of_lines(one: Sheet) -> Iterable[list[str]]:
    for line in one.lines:
        begins = line.starts_at.astimezone(clock.HOME)
        yield [
            _day(line.day),
            f"{begins:%H:%M}" if begins.date() == line.day else "00:00",
            one.helper.person.name,
            one.household.name,
            words.outcome(line.outcome),
            str(line.minutes),
            hundredths(line.minutes),
        ]


def hundredths(minutes: int) -> str:
    """Hours with two decimals and a comma, a half up: 100 minutes are 1,67."""
    whole, rest = divmod((minutes * 100 + 30) // 60, 100)
    return f"{whole},{rest:02}"


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""


def _table(head: list[str], rows: Iterable[list[str]]) -> bytes:
    written = io.StringIO()
    out = csv.writer(written, delimiter=";", lineterminator="\r\n")
    out.writerow(head)
    out.writerows([neutral(cell) for cell in row] for row in rows)
    return (BOM + written.getvalue()).encode()


def neutral(cell: str) -> str:
    """The cell as text: what a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
