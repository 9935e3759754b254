"""Load a national file of postcodes, so that an address has a point on the map."""

import argparse
import json
import os
import time as stopwatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from samen.people.postcodes import Sheet

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, and what it is."""
    parser.add_argument("file", type=Path, nargs="?", help="CSV with a postcode, a latitude and a longitude per row")
    parser.add_argument("--borders", type=Path, metavar="FILE", help="GeoJSON with the outlines of municipalities")
    parser.add_argument("--source", default="", help="where the file is from, to be told beside a point")


def run(options: argparse.Namespace) -> int:
    """Every good row is in the database; the others are listed by number."""
    os.environ["SAMEN_ROLE"] = "app"
    import django

    django.setup()
    from samen.people import postcodes

    if options.file is None and options.borders is None:
        print("Samen: name a file with postcodes, or --borders FILE.")
        return 2
    if "SAMEN_MIGRATE_URL" not in os.environ:
        print("Samen: set SAMEN_MIGRATE_URL; only the owner of the database writes what is the same for everybody.")
        return 2
    began = stopwatch.perf_counter()
    try:
        if options.file:
            sheet = postcodes.read(options.file)
            _load(sheet, options.source or options.file.name)
            print(f"{len(sheet.points)} postcodes loaded in {stopwatch.perf_counter() - began:.1f} s.")
            _list_faults(sheet)
        if options.borders:
            outlines = list(postcodes.outlines(json.loads(options.borders.read_text())))
            _load_borders(outlines, options.source or options.borders.name)
            print(f"{len(outlines)} outlines loaded.")
    except (OSError, postcodes.NoPostcodes, KeyError, ValueError, StopIteration) as error:
        print(f"Samen: this file cannot be read: {error}")
        return 2
    return 0


def _list_faults(sheet: "Sheet") -> None:
    if sheet.faults:
        print(f"{len(sheet.faults)} rows say nothing and were left out:")
    for fault in sheet.faults:
        print(f"  row {fault.row}: {fault.why}")


def _owner() -> "psycopg.Connection[Any]":
    """The owner of the database: no serving program may write what is the same for everybody."""
    import psycopg

    return psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner")


def _load(sheet: "Sheet", source: str) -> None:
    with _owner() as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fresh (LIKE people_postcode) ON COMMIT DROP")
        with cursor.copy("COPY fresh (code, town, lat, lon, source) FROM STDIN") as copy:
            for code, (town, lat, lon) in sheet.points.items():
                copy.write_row((code, town, lat, lon, source[:40]))
        cursor.execute(
            "INSERT INTO people_postcode SELECT * FROM fresh ON CONFLICT (code) DO UPDATE"
            " SET town = excluded.town, lat = excluded.lat, lon = excluded.lon, source = excluded.source"
        )


def _load_borders(outlines: list[tuple[str, list[list[list[float]]]]], source: str) -> None:
    with _owner() as owner, owner.cursor() as cursor:
        cursor.execute("DELETE FROM people_border")
        for name, rings in outlines:
            lons = [lon for ring in rings for lon, _ in ring]
            lats = [lat for ring in rings for _, lat in ring]
            cursor.execute(
                "INSERT INTO people_border (name, rings, south, west, north, east, source)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [name[:80], json.dumps(rings), min(lats), min(lons), max(lats), max(lons), source[:40]],
            )
