"""The school breaks of 2026-2027 were found in two places that agree; those of 2028-2029 are published.

Both places of 2026-2027 say what stood in our table already.  The May break is the week that every school has: a
second one is only advised, and schools may choose other weeks for autumn and spring too.
"""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

AGREED = (
    "opendata.rijksoverheid.nl, schoolvakanties 2026-2027, by the calendar burakkp/nl-holidays-ical of 10-9-2025;"
    " a second table of others says the same"
)
UNREAD = (
    "rijksoverheid.nl/onderwerpen/schoolvakanties: overzicht schoolvakanties 2026-2027, not read again for this release"
)
READ = "rijksoverheid.nl/onderwerpen/schoolvakanties: overzicht schoolvakanties 2028-2029"
YEAR = "2028-2029"
EVERYWHERE = ("NORTH", "MIDDLE", "SOUTH")
BREAKS = (
    ("NORTH", "AUTUMN", "2028-10-14", "2028-10-23"),
    ("MIDDLE", "AUTUMN", "2028-10-21", "2028-10-30"),
    ("SOUTH", "AUTUMN", "2028-10-21", "2028-10-30"),
    ("ALL", "CHRISTMAS", "2028-12-23", "2029-01-08"),
    ("NORTH", "SPRING", "2029-02-17", "2029-02-26"),
    ("MIDDLE", "SPRING", "2029-02-17", "2029-02-26"),
    ("SOUTH", "SPRING", "2029-02-10", "2029-02-19"),
    ("ALL", "MAY", "2029-04-28", "2029-05-07"),
    ("NORTH", "SUMMER", "2029-07-21", "2029-09-03"),
    ("MIDDLE", "SUMMER", "2029-07-07", "2029-08-20"),
    ("SOUTH", "SUMMER", "2029-07-14", "2029-08-27"),
)
INSERT = (
    "INSERT INTO visits_schoolbreak (school_year, region, name, period, sure, source)"
    " VALUES (%s, %s, %s, daterange(%s::date, %s::date), true, %s)"
)
TAKE_AWAY = "DELETE FROM visits_schoolbreak WHERE school_year = %s AND region = %s AND name = %s"


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Each break of each region; the last day is the one on which school begins again."""
    for region, name, start, until in BREAKS:
        for where in EVERYWHERE if region == "ALL" else (region,):
            yield where, name, start, until


def told(where: str, name: str, start: str, until: str) -> Any:
    """This row comes in, and goes out again."""
    return migrations.RunSQL([(INSERT, [YEAR, where, name, start, until, READ])], [(TAKE_AWAY, [YEAR, where, name])])


class Migration(migrations.Migration):
    dependencies = [("visits", "0013_mornings")]

    operations = [
        migrations.RunSQL(
            [("UPDATE visits_schoolbreak SET sure = true, source = %s WHERE school_year = '2026-2027'", [AGREED])],
            [
                (
                    "UPDATE visits_schoolbreak SET sure = name = 'CHRISTMAS', source = %s"
                    " WHERE school_year = '2026-2027'",
                    [UNREAD],
                )
            ],
        ),
        *(told(*row) for row in rows()),
    ]
