"""A database for this play alone, on the connection that Django has open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

AHEAD = "UPDATE clock_offset SET ahead = %s - clock_timestamp()"
MONTHS = "SELECT sec.audit_month((%s + make_interval(months => n))::date) FROM generate_series(0, 1) AS n"


@contextmanager
def used(name: str) -> Iterator[None]:
    """Whatever is asked of Django is asked of this database, on the same server as before."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def clock_of(migrate_url: str) -> Iterator["Hand"]:
    """The hand that sets the clock of a database: the owner's own connection."""
    with psycopg.connect(migrate_url, autocommit=True, options="-c role=samen_owner") as owner:
        yield Hand(owner)


class Hand:
    """Sets the clock, and makes room for the audit of each month before the clock is there."""

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner
        self.month = (0, 0)

    @property
    def server_process(self) -> int:
        """The number of the server's process that does what this hand asks."""
        return self.owner.info.backend_pid

    def __call__(self, moment: datetime) -> None:
        """From now on the database's clock says it is this moment."""
        self.owner.execute(AHEAD, [moment])
        if (moment.year, moment.month) != self.month:
            self.month = (moment.year, moment.month)
            self.owner.execute(MONTHS, [moment])
