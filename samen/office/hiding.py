"""Whoever lives in secret stands with no address in a file that came in, nor in one that was put together to go out."""

from collections.abc import Iterable

from samen.base.journal import Subject
from samen.office import exporting, mapping
from samen.office.models import Export, ImportRow
from samen.people import places

KEYS = {field.key for field in mapping.HOME}  # the fields of a row that say where somebody lives


def forget_homes(subjects: tuple[Subject, ...]) -> None:
    """Heard when somebody settles somewhere: of those whose place is secret now, no file keeps where it was.

    What came in cannot be taken back for them, because how it stood is gone; what was put together is made anew.
    """
    hidden = places.in_secret({subject.ref for subject in subjects})
    if not hidden:
        return
    clear(ImportRow.objects.filter(target_ref__in=hidden).select_related("file"))
    for export in Export.objects.filter(state=Export.State.READY):
        exporting.let_go(export)


def clear(rows: Iterable[ImportRow]) -> None:
    """The cells of these rows that say where somebody lives are empty, and so is what was noted of them."""
    for row in rows:
        kept = {place for key, place in row.file.mapping.items() if key in KEYS}
        row.cells = ["" if place in kept else cell for place, cell in enumerate(row.cells)]
        row.changes = [change for change in row.changes if change[0] not in KEYS]
        row.before, row.after_hash = None, ""  # so it counts as touched since, and is left alone
        row.save(update_fields=["cells", "changes", "before", "after_hash"])
