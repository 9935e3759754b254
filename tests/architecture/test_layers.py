"""Who may know whom: the contracts in pyproject.toml are kept, and they bite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import PACKAGE, REPOSITORY


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree that may be broken."""
    shutil.copytree(PACKAGE, tmp_path / "samen", ignore=shutil.ignore_patterns("static", "locale", "__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_goes_down() -> None:
    told = lint(REPOSITORY)

    assert told.returncode == 0, told.stdout


BREACHES = [
    ("base/clock.py", "from samen.visits import words", "Apps know only the apps below them"),
    ("circle/__init__.py", "from samen.people.models import Person", "The circle never sees a dossier"),
    ("planner/travel.py", "import django", "The planner is plain Python"),
    ("visits/words.py", "from samen.planner import travel", "Each app has one door to the planner"),
    ("desk/today.py", "from samen.desk import views", "Only urls.py imports views"),
    ("visits/models.py", "from samen.visits import planning", "Models are the floor of their app"),
]


def test_every_broken_contract_is_named(copy: Path) -> None:
    for module, line, _contract in BREACHES:
        with (copy / "samen" / module).open("a") as file:
            file.write(f"\n{line}\n")

    told = lint(copy)

    assert [contract for *_, contract in BREACHES if f"{contract} BROKEN" not in told.stdout] == []


def test_a_new_folder_must_choose_its_floor(copy: Path) -> None:
    (copy / "samen" / "helpers").mkdir()
    (copy / "samen" / "helpers" / "__init__.py").touch()

    told = lint(copy)

    assert told.returncode != 0
    assert "samen.helpers" in told.stdout
