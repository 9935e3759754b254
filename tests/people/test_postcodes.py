"""A national file of postcodes in whatever shape it comes, and the points it gives."""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from samen.commands import postcodes as command
from samen.people import postcodes
from samen.people.models import Postcode
from samen.people.postcodes import Fault, NoPostcodes
from tests.architecture import REPOSITORY

NATIONAL = REPOSITORY.parent / "shared" / "data" / "nl_pc4.csv"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "postcodes.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("pc4,plaats,lat,lon\n1211,Hilversum,52.22,5.17\n", "utf-8"),
        ("Postcode;Woonplaats;Latitude;Longitude\n1211 ab;Hilversum;52,22;5,17\n", "cp1252"),
        ("\ufeffid\tlon\tlat\tpostcode\tcity\n7\t5.17\t52.22\t1211AB\tHilversum\n", "utf-8"),
        ("1211AB|Hilversum|52.22|5.17\n1212AB|Hilversum|52.22|5.17\n", "utf-8"),
        ("a,b,c,d\n1211AB,x,5.17,52.22\n", "utf-8"),
    ],
    ids=["pc4", "excel", "tabs", "no names", "names that say nothing"],
)
def test_the_columns_are_found_however_they_are_called(tmp_path: Path, text: str, encoding: str) -> None:
    sheet = postcodes.read(written(tmp_path, text, encoding))

    code = next(iter(sheet.points))
    assert code in ("1211", "1211AB")
    assert sheet.points[code][1:] == (52.22, 5.17)


def test_a_file_with_a_row_per_address_gives_the_middle(tmp_path: Path) -> None:
    rows = "postcode,lat,lon\n1211AB,52.20,5.10\n1211AB,52.30,5.20\n"

    assert postcodes.read(written(tmp_path, rows)).points == {"1211AB": ("", 52.25, 5.15)}


def test_rows_that_say_nothing_are_listed_by_number(tmp_path: Path) -> None:
    rows = (
        "postcode,lat,lon\n1211AB,52.2,5.1\n0123AB,52.2,5.1\n1212AB,ja,5.1\n1213AB,12.2,5.1\n1214AB\n1215AB,52.2,5.1\n"
    )

    sheet = postcodes.read(written(tmp_path, rows))

    assert sheet.points.keys() == {"1211AB", "1215AB"}
    assert sheet.faults == [
        Fault(3, "“0123AB” is no postcode"),
        Fault(4, "“ja” is no number of degrees"),
        Fault(5, "12.2, 5.1 is outside the Netherlands"),
        Fault(6, "too few columns"),
    ]


@pytest.mark.parametrize("text", ["", "\n", "naam,leeftijd\nAnja,50\n", "postcode\n1211AB\n", "\x00\x01"])
def test_a_file_without_postcodes_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoPostcodes):
        postcodes.read(written(tmp_path, text))


def test_outlines_come_with_their_names_and_outer_rings() -> None:
    square = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.0]]
    shapes = [
        {"properties": {"statnaam": "Hilversum"}, "geometry": {"type": "Polygon", "coordinates": [square, square]}},
        {"properties": {"naam": "Texel"}, "geometry": {"type": "MultiPolygon", "coordinates": [[square], [square]]}},
    ]

    found = dict(postcodes.outlines({"features": shapes}))

    assert found == {"Hilversum": [square], "Texel": [square, square]}


@pytest.fixture
def world(db, capsys) -> Iterator[Callable[[Path], str]]:
    """The command as an operator types it; what it loads is the world's, so it is taken away again."""

    def load(file: Path) -> str:
        before = dict(os.environ)
        code = command.run(argparse.Namespace(file=file, borders=None, source=""))
        os.environ.clear()
        os.environ.update(before)
        assert code == 0
        return str(capsys.readouterr().out)

    yield load
    with psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        owner.execute("DELETE FROM people_postcode")


def test_the_command_loads_what_is_good_and_names_what_is_not(world, tmp_path: Path) -> None:
    file = written(tmp_path, "postcode,plaats,lat,lon\n1211AB,Hilversum,52.2,5.1\nniets,,,\n")

    said = [world(file) for _ in range(2)]

    assert all(text.startswith("1 postcodes loaded") for text in said)
    assert "1 rows say nothing and were left out:\n  row 3: “niets” is no postcode" in said[1]
    assert list(Postcode.objects.values_list("code", "town", "source")) == [("1211AB", "Hilversum", "postcodes.csv")]


@pytest.mark.skipif(not NATIONAL.exists(), reason="the national file stands beside the repository, not in it")
def test_the_national_file_loads_whole_and_a_full_postcode_falls_back_to_its_four_digits(world) -> None:
    said = world(NATIONAL)

    assert said.startswith("4086 postcodes loaded")
    assert "say nothing" not in said
    found = postcodes.find("1211 ab")
    assert found is not None
    assert (found.code, found.town) == ("1211", "Hilversum")
