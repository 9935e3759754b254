"""The code has no word that the glossary does not explain, in two languages."""

import re

import pytest
from django.apps import apps

from samen.base.entrances import Role, Scope
from tests.architecture import PACKAGE, REPOSITORY

CODE = re.compile(r"`(\w+)`")


def rows(text: str) -> list[list[str]]:
    """English, Dutch and meaning of every word."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    return [row for row in cells if row[0] != "English" and not set(row[0]) <= {"-"}]


def missing(words: set[str], text: str) -> set[str]:
    """Which of these names of the code have no row of three full cells."""
    full = [row for row in rows(text) if len(row) == 3 and all(row) and row[2].endswith(".")]
    return words - {name for row in full for name in CODE.findall(row[0])}


@pytest.fixture(scope="module")
def glossary() -> str:
    return (REPOSITORY / "GLOSSARY.md").read_text()


def models() -> set[str]:
    return {model.__name__ for model in apps.get_models() if model.__module__.startswith("samen.")}


def test_every_model_is_a_word(glossary: str) -> None:
    assert len(models()) > 30
    assert missing(models(), glossary) == set()


def test_every_role_and_scope_is_a_word(glossary: str) -> None:
    assert missing({*Role.__members__, *Scope.__members__}, glossary) == set()


def test_every_word_has_its_dutch_and_its_sentence(glossary: str) -> None:
    assert [row for row in rows(glossary) if len(row) != 3 or not all(row) or not row[2].endswith(".")] == []


def test_no_word_of_the_code_is_explained_that_is_gone(glossary: str) -> None:
    source = "\n".join(file.read_text() for file in PACKAGE.rglob("*.py"))
    names = {name for row in rows(glossary) for name in CODE.findall(row[0])}

    assert {name for name in names if not re.search(rf"\b{name}\b", source)} == set()


def test_a_missing_word_is_seen() -> None:
    text = (
        "| English | Dutch | what |\n|---|---|---|\n| visit (`Visit`) | bezoek | Somebody comes. |\n| (`Offer`) | | |"
    )

    assert missing({"Visit", "Offer", "Round"}, text) == {"Offer", "Round"}
