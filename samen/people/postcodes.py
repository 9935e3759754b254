"""Where postcodes are: read from a national file in whatever shape it comes, and asked for one by one."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samen.people.models import Border, Postcode

CODE = re.compile(r"([1-9]\d{3})\s?([A-Za-z]{2})?", re.ASCII)
SOUTH, NORTH, WEST, EAST = 50.5, 53.8, 3.2, 7.4  # the Netherlands with a little sea
HEADERS = {
    "code": ("postcode", "pc6", "pc4", "postalcode", "postal_code", "zipcode", "zip", "code"),
    "lat": ("lat", "latitude", "breedtegraad"),
    "lon": ("lon", "lng", "long", "longitude", "lengtegraad"),
    "town": ("woonplaats", "plaats", "woonplaatsnaam", "place", "town", "city", "gemeente", "name"),
}
LOOKED_AT = 50  # rows, to find out which column is which when their names do not say


class NoPostcodes(Exception):
    """No columns with postcodes and their points were found in this file."""


@dataclass(frozen=True)
class Fault:
    """A row that says nothing, by its number in the file."""

    row: int
    why: str


@dataclass
class Sheet:
    """What a file says: each postcode with its town and point, and the rows that say nothing."""

    points: dict[str, tuple[str, float, float]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(file: Path) -> Sheet:
    """The postcodes in this file; a postcode with more rows (one per address) is in their middle."""
    rows = _rows(file)
    columns, first = _columns(rows)
    sums: dict[str, tuple[str, float, float, int]] = {}
    sheet = Sheet()
    for number, row in enumerate(rows[first:], start=first + 1):
        try:
            code, lat, lon = _code(row[columns["code"]]), _degrees(row[columns["lat"]]), _degrees(row[columns["lon"]])
        except (ValueError, IndexError) as error:
            sheet.faults.append(Fault(number, str(error) if isinstance(error, ValueError) else "too few columns"))
            continue
        if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
            sheet.faults.append(Fault(number, f"{lat}, {lon} is outside the Netherlands"))
            continue
        town = row[columns["town"]].strip()[:80] if columns.get("town", len(row)) < len(row) else ""
        name, lats, lons, count = sums.get(code, (town, 0.0, 0.0, 0))
        sums[code] = (name, lats + lat, lons + lon, count + 1)
    sheet.points = {
        code: (town, round(lats / count, 5), round(lons / count, 5)) for code, (town, lats, lons, count) in sums.items()
    }
    return sheet


def find(postcode: str) -> Postcode | None:
    """Where this postcode is: itself, else the four digits it begins with; None when no file told us."""
    return find_all([postcode]).get(postcode)


def find_all(postcodes: Iterable[str]) -> dict[str, Postcode]:
    """Where each of these is, of those that some file told us; asked at once."""
    codes = {postcode: postcode.replace(" ", "").upper() for postcode in postcodes}
    wanted = {code for whole in codes.values() for code in (whole, whole[:4])}
    known = {row.code: row for row in Postcode.objects.filter(code__in=sorted(wanted))}
    found = {postcode: known.get(code) or known.get(code[:4]) for postcode, code in codes.items()}
    return {postcode: row for postcode, row in found.items() if row is not None}


def around(south: float, west: float, north: float, east: float) -> list[Postcode]:
    """The four-digit postcodes in this box, by number."""
    box = Postcode.objects.filter(lat__range=(south, north), lon__range=(west, east), code__regex=r"^\d{4}$")
    return list(box.order_by("code"))


def borders(south: float, west: float, north: float, east: float) -> list[Border]:
    """The municipalities that may touch this box."""
    return list(
        Border.objects.filter(south__lte=north, north__gte=south, west__lte=east, east__gte=west).order_by("name")
    )


def outlines(collection: Mapping[str, Any]) -> Iterator[tuple[str, list[list[list[float]]]]]:
    """The name and the outer rings of each municipality in a GeoJSON collection."""
    for feature in collection["features"]:
        said = feature["properties"]
        name = next(str(said[key]) for key in ("statnaam", "gemeentenaam", "naam", "name") if said.get(key))
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        yield name, [[[round(lon, 4), round(lat, 4)] for lon, lat, *_ in part[0]] for part in parts]


def _rows(file: Path) -> list[list[str]]:
    raw = file.read_bytes()
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(";,\t|", key=head.count)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def _columns(rows: Sequence[list[str]]) -> tuple[dict[str, int], int]:
    """Which column is which, by the names on top and else by what is in them; and the first row that counts."""
    if not rows:
        raise NoPostcodes(NoPostcodes.__doc__)
    names = [name.strip().strip('"').lower() for name in rows[0]]
    found = {what: names.index(word) for what, words in HEADERS.items() for word in reversed(words) if word in names}
    sample = rows[1 : 1 + LOOKED_AT] or rows  # the first row may be names that say nothing
    for what, fits in (("code", _is_code), ("lat", _is_lat), ("lon", _is_lon)):
        if what not in found:
            found |= _by_content(what, fits, sample)
    if not {"code", "lat", "lon"} <= found.keys():
        raise NoPostcodes(NoPostcodes.__doc__)
    top = rows[0][found["code"]] if found["code"] < len(rows[0]) else ""
    return found, 0 if _is_code(top) else 1


def _by_content(what: str, fits: Any, sample: Iterable[list[str]]) -> dict[str, int]:
    rows = list(sample)
    width = min((len(row) for row in rows), default=0)
    right = [column for column in range(width) if sum(fits(row[column]) for row in rows) * 10 >= len(rows) * 8]
    return {what: right[0]} if right else {}


def _is_code(text: str) -> bool:
    return CODE.fullmatch(text.strip()) is not None


def _is_lat(text: str) -> bool:
    return _within(text, SOUTH, NORTH)


def _is_lon(text: str) -> bool:
    return _within(text, WEST, EAST)


def _within(text: str, low: float, high: float) -> bool:
    try:
        return low <= _degrees(text) <= high
    except ValueError:
        return False


def _code(text: str) -> str:
    found = CODE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text.strip()[:20]}” is no postcode")
    return f"{found[1]}{(found[2] or '').upper()}"


def _degrees(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"“{text.strip()[:20]}” is no number of degrees") from None
