"""Every sentence is found, kept, compiled and judged: on a small package with the mistakes people make."""

import gettext
from pathlib import Path

import pytest

from samen.commands import messages

CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

def words(name, count, other):
    _(other)
    _("Hi {name}").format(name=name)
    gettext_lazy("Two "
                 "parts")
    pgettext("the month", "May")
    return ngettext("{count} visit", "{count} visits", count)
"""
TEMPLATE = """{% load i18n %}
{% if ok %}
    {% translate "Sign in" %}
      {% blocktranslate trimmed with name=person.name %}
        {{ name }} is
        away
      {% endblocktranslate %}
{% endif %}
{% blocktranslate count total=rows|length %}{{ total }} row{% plural %}{{ total }} rows{% endblocktranslate %}
{% translate "Search" as label %}{{ _("Close") }}
"""
DUTCH = {
    "%(name)s is away": "%(name)s is er niet",
    "%(total)s row": ("%(total)s rij", "%(total)s rijen"),
    "Close": "Sluiten",
    "Hi {name}": "Hoi {name}",
    "May": "Mei",
    "Search": "Zoeken",
    "Sign in": "Aanmelden",
    "Two parts": "Twee delen",
    "{count} visit": ("{count} bezoek", "{count} bezoeken"),
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "samen"
    (folder / "desk" / "templates" / "desk").mkdir(parents=True)
    (folder / "desk" / "migrations").mkdir()
    (folder / "desk" / "words.py").write_text(CODE)
    (folder / "desk" / "migrations" / "0001.py").write_text('_("in a migration")')
    (folder / "desk" / "templates" / "desk" / "today.html").write_text(TEMPLATE)
    return folder


@pytest.fixture
def translated(package: Path) -> Path:
    """The package with all of its Dutch."""
    messages.extract(package)
    for words, dutch in DUTCH.items():
        say(package, words, dutch)
    return package


def say(package: Path, words: str, dutch: str | tuple[str, ...], *, fuzzy: bool = False) -> None:
    """Fill in one translation, as a translator would."""
    file = messages.po_file(package, "nl")
    catalog = messages.read(file, "nl")
    for message in messages.known(catalog):
        if messages.key(message)[0] == words:
            message.string = dutch
            message.flags |= {"fuzzy"} if fuzzy else set()
    messages._write(file, catalog)


def problems(package: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    code = messages.check(package)
    said = capsys.readouterr().out
    assert bool(code) == ("  nl:" in said or "  en:" in said)
    return said


def test_every_sentence_of_code_and_templates_is_found(package: Path) -> None:
    found = messages.sentences(package)

    assert {singular for singular, _context in found} == DUTCH.keys()
    assert found["{count} visit", None].id == ("{count} visit", "{count} visits")
    assert found["%(total)s row", None].id == ("%(total)s row", "%(total)s rows")
    assert ("May", "the month") in found
    assert found["Sign in", None].locations == [("samen/desk/templates/desk/today.html", 0)]


def test_what_is_whole_is_in_order(translated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nl: 9 sentences, 9 filled in, 0 problems" in problems(translated, capsys)


def test_extracting_again_changes_nothing(translated: Path) -> None:
    before = messages.po_file(translated, "nl").read_bytes()

    messages.extract(translated)

    assert messages.po_file(translated, "nl").read_bytes() == before
    assert b"-Date" not in before
    assert b":1" not in before.split(b"\n\n", 1)[1].replace(b"[1]", b"")


def test_what_was_compiled_speaks_dutch(translated: Path) -> None:
    messages.compile_(translated)

    with messages.po_file(translated, "nl").with_suffix(".mo").open("rb") as file:
        dutch = gettext.GNUTranslations(file)
    assert dutch.gettext("Sign in") == "Aanmelden"
    assert dutch.ngettext("{count} visit", "{count} visits", 2) == "{count} bezoeken"
    assert dutch.pgettext("the month", "May") == "Mei"
    assert dutch.gettext("unknown") == "unknown"


def test_a_new_sentence_is_missing_and_then_not_translated(
    translated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (translated / "desk" / "more.py").write_text('_("Call us")')

    assert "missing, run `bin/samen messages extract`: 'Call us' (samen/desk/more.py)" in problems(translated, capsys)
    messages.extract(translated)
    assert "not translated: 'Call us'" in problems(translated, capsys)
    say(translated, "Call us", "Bel ons")
    assert "0 problems" in problems(translated, capsys)


def test_a_sentence_that_is_gone_is_said_and_then_removed(translated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (translated / "desk" / "words.py").write_text("")

    assert "no longer used: 'Hi {name}'" in problems(translated, capsys)
    messages.extract(translated)
    assert "Hoi" not in messages.po_file(translated, "nl").read_text()


@pytest.mark.parametrize(
    ("words", "dutch", "complaint"),
    [
        ("Sign in", "", "not translated"),
        ("Sign in", "Sign in", "English left in it (all of it)"),
        ("Two parts", "Twee of the delen", "English left in it (the)"),
        ("Hi {name}", "Hoi", "other holes"),
        ("Hi {name}", "Hoi {naam}", "other holes"),
        ("%(name)s is away", "%(name)d is er niet", "other holes"),
        ("{count} visit", ("{count} bezoek", "bezoeken"), "other holes"),
        ("{count} visit", ("{count} bezoek", ""), "not translated"),
    ],
)
def test_a_flaw_is_named(
    translated: Path, capsys: pytest.CaptureFixture[str], words: str, dutch: str | tuple[str, ...], complaint: str
) -> None:
    say(translated, words, dutch)

    said = problems(translated, capsys)

    assert complaint in said
    assert repr(words) in said


def test_a_fuzzy_one_is_looked_at_first(translated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say(translated, "Sign in", "Aanmelden", fuzzy=True)

    assert "fuzzy, look at it and remove the mark: 'Sign in'" in problems(translated, capsys)


def test_a_sentence_may_hold_its_tags_and_must(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (package / "desk" / "more.py").write_text('_("Read <b>this</b>")')
    messages.extract(package)
    say(package, "Read <b>this</b>", "Lees dit")

    assert "other holes than the original: 'Read <b>this</b>'" in problems(package, capsys)


def test_a_sentence_is_asked_for_alone_or_as_one_of_several(package: Path) -> None:
    (package / "twice.py").write_text('_("one day")\nngettext("one day", "{count} days", 1)\n')

    with pytest.raises(SystemExit, match="alone and as one of several, choose one: one day"):
        messages.check(package)


def test_the_house_itself_is_in_order() -> None:
    assert messages.check(messages.PACKAGE) == 0
