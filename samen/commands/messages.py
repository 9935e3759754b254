"""Keep the translations complete: extract the sentences, compile them, check them.

Everything is done by Babel, so that no gettext tools need be installed.  The files hold no dates and no line
numbers: they only change when a sentence does.
"""

import argparse
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
PACKAGE = Path(__file__).resolve().parent.parent
SOURCE_LANGUAGE = "en"  # its sentences are the keys, so only what must differ from them is filled in
LANGUAGES = ("nl", SOURCE_LANGUAGE)
PARTS = ("pl", "uk", "tr", "ar")  # these speak to helpers only: what is not filled in is Dutch, and not kept
WIDTH = 100
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # Babel insists on one

# What a call of this name gets: (is the first argument a context, how many sentences follow).
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (False, 1)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (False, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (True, 1)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (True, 2)),
}
INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
HOLE = re.compile(r"\{\w*\}|%\(\w+\)[a-z]|%[sd]|</?[a-z]\w*")  # what a translation may not lose: holes and tags

# A Dutch sentence with one of these was forgotten half-way, or never begun.
_ENGLISH = """
    about after again and answer are away before but call can't cannot choose comes day days from goes have
    helper hello hours household ill know left look message minutes need needs nobody none not nothing on one
    other please read report reported round send sent she sick since somebody thank thanks that the their them
    there they this time today tomorrow until visit visits wait what when which who why will with yes you your
"""
ENGLISH_ONLY = frozenset(_ENGLISH.split())
# Sentences that are the same in both languages, so that a forgotten one stands out.
SAME_IN_DUTCH = {
    "{name}, ≈ {minutes} min",
    "%(household)s in %(place)s",
    "%(open)s open",
    "1 week",
    "Begin",
    "Code",
    "Contact",
    "Contact: e-mail",
    "E-mail",
    "Export",
    "Import",
    "Postcode",
    "van den",
    "Filter",
    "Postcodes",
    "Samen",
    "Teams",
    "Week",
    "Week %(number)s",
    "Team",
    "Team {team}",
    "l j F",
    "week %(week)s",
    "≈ %(minutes)s min",
    "{count} week",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """`messages extract`, `messages compile` or `messages check`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, action in ACTIONS.items():
        actions.add_parser(name, help=(action.__doc__ or "").splitlines()[0])


def run(options: argparse.Namespace) -> int:
    """0 if it is done, or found in order."""
    return ACTIONS[options.action](PACKAGE)


def extract(package: Path) -> int:
    """write every sentence of the sources into the .po files; translations that stand are kept"""
    found = sentences(package)
    for language in (*LANGUAGES, *PARTS):
        file = po_file(package, language)
        catalog = read(file, language)
        gone = [message for message in known(catalog) if key(message) not in found]
        there = {key(message) for message in known(catalog)}
        wanted = found if language in LANGUAGES else {name: found[name] for name in found if name in there}
        _write(file, _renewed(catalog, wanted))
        print(f"{language}: {len(found)} sentences")
        for message in gone:
            print(f"  no longer used, removed: {_short(message)}")
    return 0


def compile_(package: Path) -> int:
    """make the .mo files that Django reads"""
    for language in (*LANGUAGES, *PARTS):
        file = po_file(package, language)
        catalog = read(file, language)
        made = io.BytesIO()
        write_mo(made, catalog)
        file.with_suffix(".mo").write_bytes(made.getvalue())
    return 0


def check(package: Path) -> int:
    """whether every sentence has its Dutch, whole and current"""
    found = sentences(package)
    problems = []
    for language in LANGUAGES:
        catalog = read(po_file(package, language), language)
        mine = list(_problems(catalog, found, complete=language != SOURCE_LANGUAGE))
        filled = sum(_is_filled(message) for message in known(catalog))
        print(f"{language}: {len(found)} sentences, {filled} filled in, {len(mine)} problems")
        problems += [f"  {language}: {problem}" for problem in mine]
    for language in PARTS:
        catalog = read(po_file(package, language), language)
        there = {key(message) for message in known(catalog)}
        mine = list(_problems(catalog, {name: found[name] for name in found if name in there}, complete=False))
        problems += [f"  {language}: {problem}" for problem in mine]
    print("\n".join(problems), end="\n" if problems else "")
    return int(bool(problems))


ACTIONS = {"extract": extract, "compile": compile_, "check": check}


# --- The sources ----------------------------------------------------------------------------------

Key = tuple[str, str | None]  # a sentence and its context


def sentences(package: Path) -> dict[Key, Message]:
    """Every sentence that the Python files and the templates of the package ask to be translated."""
    catalog = Catalog()
    for file in sources(package):
        name = str(file.relative_to(package.parent))
        for function, words in _calls(file):
            _add(catalog, function, words, name)
    return {key(message): message for message in known(catalog)}


def sources(package: Path) -> list[Path]:
    """The files that may hold sentences, in a fixed order."""
    code = (file for file in package.rglob("*.py") if "migrations" not in file.parts)
    templates = (file for file in package.rglob("templates/**/*") if file.suffix in (".html", ".txt"))
    return sorted([*code, *templates])


def _calls(file: Path) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Every call that asks for a translation: the function and its literal arguments."""
    text = file.read_text()
    if file.suffix != ".py":
        text = INDENTATION.sub("", templatize(text, origin=str(file)))
    for _line, function, words, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {}):
        yield str(function), tuple(words) if isinstance(words, list | tuple) else (words,)


def _add(catalog: Catalog, function: str, words: tuple[str | None, ...], name: str) -> None:
    """Put one call into the catalogue; a call without a literal sentence has none to translate.

    A sentence that is asked for alone and also as one of several stays English in the Python of Debian 12.
    """
    has_context, wanted = KEYWORDS[function]
    context = words[0] if has_context else None
    forms = tuple(filter(None, words[has_context : has_context + wanted]))
    if len(forms) == wanted:
        before = catalog.get(forms[0], context)
        if before is not None and before.pluralizable != (wanted == 2):
            raise SystemExit(f"Samen: {name}: asked for alone and as one of several, choose one: {forms[0]}")
        catalog.add(forms if wanted == 2 else forms[0], locations=[(name, 0)], context=context)


# --- The .po files --------------------------------------------------------------------------------


def po_file(package: Path, language: str) -> Path:
    """Where this language is kept."""
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def read(file: Path, language: str) -> Catalog:
    """What stands in the file; nothing if there is none yet."""
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as handle:
        catalog = read_po(handle, locale=language)
    catalog.creation_date = catalog.revision_date = NO_DATE
    return catalog


def known(catalog: Catalog) -> list[Message]:
    """Every message but the head of the file."""
    return [message for message in catalog if message.id]


def key(message: Message) -> Key:
    """By what a message is known: a singular and its plural are one."""
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return singular, message.context


def _renewed(catalog: Catalog, found: dict[Key, Message]) -> Catalog:
    renewed = Catalog(locale=catalog.locale)
    old = {key(message): message for message in known(catalog)}
    for name, message in found.items():
        before = old.get(name)
        same = before is not None and isinstance(before.id, str) == isinstance(message.id, str)
        renewed.add(
            message.id,
            before.string if before and same else "",
            locations=message.locations,
            flags=before.flags & {"fuzzy"} if before else (),
            user_comments=before.user_comments if before else (),
            context=message.context,
        )
    return renewed


def _write(file: Path, catalog: Catalog) -> None:
    body = io.BytesIO()
    write_po(body, catalog, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    head = _HEAD.format(language=catalog.locale, plurals=catalog.plural_forms)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(head + body.getvalue().decode())


_HEAD = """\
# Written by `bin/samen messages extract`; fill in what stands behind msgstr.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


# --- Judging --------------------------------------------------------------------------------------


def _problems(catalog: Catalog, found: dict[Key, Message], *, complete: bool) -> Iterator[str]:
    there = {key(message): message for message in known(catalog)}
    for name, message in found.items():
        if name not in there:
            yield f"missing, run `bin/samen messages extract`: {_short(message)}"
    for name, message in there.items():
        if name not in found:
            yield f"no longer used: {_short(message)}"
            continue
        if message.fuzzy:
            yield f"fuzzy, look at it and remove the mark: {_short(message)}"
        if _is_filled(message):
            yield from _flaws(message, dutch=complete)
        elif complete:
            yield f"not translated: {_short(message)}"
    yield from (f"no longer used, marked #~: {_short(message)}" for message in catalog.obsolete.values())


def _flaws(message: Message, *, dutch: bool) -> Iterator[str]:
    allowed = [_holes(form) for form in _forms(message.id)]
    for form in _forms(message.string):
        if _holes(form) not in allowed:
            yield f"other holes than the original: {_short(message)} -> {form!r}"
        if dutch and (english := _english(message, form)):
            yield f"English left in it ({english}): {_short(message)} -> {form!r}"


def _english(message: Message, form: str) -> str:
    """What of this Dutch sentence is not Dutch."""
    if form in _forms(message.id):
        wordless = not re.search(r"[a-z]{2}", HOLE.sub("", form))
        return "" if wordless or form in SAME_IN_DUTCH else "all of it"
    words = re.findall(r"[a-z']+", HOLE.sub(" ", form).lower())
    return ", ".join(sorted(ENGLISH_ONLY.intersection(words)))


def _is_filled(message: Message) -> bool:
    forms = _forms(message.string)
    return all(forms) and len(forms) >= len(_forms(message.id))


def _forms(words: str | Iterable[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ())


def _holes(form: str) -> set[str]:
    """Which holes, not how often: a language may name somebody once more."""
    return set(HOLE.findall(form))


def _short(message: Message) -> str:
    places = ", ".join(sorted({place for place, _line in message.locations}))
    return f"{_forms(message.id)[0]!r}" + (f" ({places})" if places else "")
