"""The one clock: the database's, with its offset.  Entrances read it once; verbs are given `at`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

HOME = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This moment by the database's clock, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT samen_now()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def today() -> date:
    """The day it is in the Netherlands by the database's clock."""
    return now().astimezone(HOME).date()
