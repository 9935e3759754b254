"""The order in which every verb that touches time takes its locks: visits by number, then helpers by number.

`absences.report` and `replacements.accept` take the same helper lock, so that "ill" and "yes" have an order.
"""

from collections.abc import Iterable

from django.db import connection

from samen.base import tenancy
from samen.visits.models import Visit


def visits(numbers: Iterable[int]) -> list[Visit]:
    """These visits, locked until the transaction ends, in the order of their numbers."""
    return list(Visit.objects.select_for_update().filter(pk__in=sorted(set(numbers))).order_by("pk"))


def helpers(numbers: Iterable[int]) -> None:
    """These helpers' time, locked until the transaction ends."""
    org = tenancy.current_org()
    keys = [f"helper:{org}:{number}" for number in sorted(set(numbers))]
    with connection.cursor() as cursor:  # taken one by one in this order, in one statement
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s::text[]) AS key", [keys])
