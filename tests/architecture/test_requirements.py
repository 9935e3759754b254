"""What is installed is what was chosen: every file by its hash, from whatever registry somebody uses."""

import re
from pathlib import Path

import pytest

from tests.architecture import REPOSITORY

FOLDER = REPOSITORY / "requirements"
LOCKED = sorted(FOLDER.glob("*.txt"))
PINNED = re.compile(r"^[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==[\w.!+]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+$")
ADDRESS = re.compile(
    r"https?:|[a-z0-9-]+\.(?:org|com|net|io|dev|nl)\b|index-url|find-links|trusted-host", re.IGNORECASE
)


def requirements(text: str) -> list[str]:
    """Each requirement with the lines that belong to it; remarks left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.split(r"\n(?! )", "\n".join(lines)) if lines else []


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
def test_every_package_has_one_version_and_the_hashes_of_its_files(file: Path) -> None:
    found = requirements(file.read_text())

    assert [one for one in found if not PINNED.match(one)] == []
    assert found


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_no_list_names_an_address(file: Path) -> None:
    assert ADDRESS.findall(file.read_text()) == []


def test_every_chosen_package_is_locked() -> None:
    assert {file.stem for file in FOLDER.glob("*.in")} == {file.stem for file in LOCKED}


@pytest.mark.parametrize(
    "line",
    [
        "django",
        "django==5.2",
        "django>=5 \\\n    --hash=sha256:" + "a" * 64,
        "django==5.2 \\\n    --hash=md5:" + "a" * 32,
    ],
)
def test_a_loose_line_is_seen(line: str) -> None:
    assert not PINNED.match(line)
