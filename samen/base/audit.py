"""Who saw or changed whose file: one row inside the transaction of the reading itself.

It is another table than the journal, for another purpose: the journal tells colleagues what happened, the audit
answers who looked.  The database's own function writes it; no program can change or remove a row.
"""

from django.db import connection

from samen.base import clock, jobs
from samen.base.journal import Subject
from samen.base.schema import Owned


def read(row: Owned, *, role: str, entrance: str, purpose: str = "") -> None:
    """This row was shown to the actor of the context."""
    _write("READ", Subject.of(row), role, entrance, purpose)


def write(row: Owned, event: str, *, role: str, entrance: str, purpose: str = "") -> None:
    """This happened to the row; `event` is a key of NEN 7513 such as CREATE, CHANGE, SEARCH or EXPORT."""
    _write(event, Subject.of(row), role, entrance, purpose)


def refused(subject: Subject, *, role: str, entrance: str) -> None:
    """The actor of the context wanted in here, and was shown who can help instead."""
    _write("REFUSED", subject, role, entrance, "")


def _write(event: str, subject: Subject, role: str, entrance: str, purpose: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.audit(%s, %s, %s, %s, %s, %s)",
            [event, subject.kind, subject.ref, role, entrance, purpose],
        )


@jobs.job(of={})
def prepare_months() -> None:
    """The tables of this month and the next stand ready."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.audit_month((%s::timestamptz + make_interval(months => n))::date) FROM generate_series(0, 1) n",
            [clock.now()],
        )


jobs.every("17 4 * * *", prepare_months)
