"""Whatever is typed, the house stands: no page breaks, nothing half-true is written, and the reader is told kindly."""

import functools
import itertools
import random
import re
import traceback
import uuid
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from urllib.parse import quote_from_bytes, unquote, urlencode

import pytest
from django import forms
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.test import override_settings
from django.urls import Resolver404, resolve
from django.utils.html import escape

from samen.base import links
from samen.base.entrances import PAGES, Entrance, Scope
from samen.base.models import Letter
from samen.desk import live
from samen.desk.dossiers.forms import BirthDate
from samen.desk.forms import Said
from samen.desk.season.forms import Many
from samen.desk.whereabouts.forms import Degrees
from samen.office.forms import Chosen, Postcodes, Several
from samen.people.fields import HouseNumberField, PhoneField, PostcodeField
from samen.people.forms import HoursField
from samen.people.models import Helper
from samen.portal.forms import LeftOut
from samen.teams.models import Region, Team
from samen.visits.models import Arrangement
from tests import conftest, nasty
from tests import world as worlds
from tests.world import CSRF, Agency, Answer, Browser, Visitor, World, never_happened

KIND = {200, 302, 303, 400, 403, 404, 409, 410, 413, 422}
BIGGEST = 2**63 - 1


def _takes_a_file(name: str) -> bool:
    """A file is no value; what is wrong with files is tried in tests/stories/test_dossiers.py."""
    form = PAGES[name].form
    return form is not None and any(isinstance(one, forms.FileField) for one in form.base_fields.values())


FORMS = [name for name in worlds.pages() if "POST" in PAGES[name].methods and not _takes_a_file(name)]
KINDS = sorted({PAGES[name].form: name for name in FORMS}.values())  # one page for each kind of form
# One page for each road by which a request comes to a form: who may be there, and, where no cookie has the form read
# before any view is (against forgery), the module of the form.
ROADS = sorted(
    {
        (PAGES[name].scope, PAGES[name].form.__module__ if PAGES[name].scope is Scope.LINK else ""): name
        for name in FORMS
    }.values()
)
tried = {"values × fields": 0, "answers": 0, "requests": 0, "addresses": 0, "queries": 0, "cookies": 0, "tokens": 0}


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker) -> Iterator[World]:
    conftest.set_clock(worlds.MORNING)
    # A villain is slowed down in real life; here nobody waits, and nobody pays for Argon2 a thousand times.
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        django_db_blocker.unblock(),
        never_happened(),
        override_settings(ACCOUNT_RATE_LIMITS=False, PASSWORD_HASHERS=quick),
    ):
        made = worlds.build()
        for agency in (made.home, made.abroad):
            with agency.inside():
                Letter.objects.all().delete()  # an empty mailbox is soon drawn
        yield made
    worlds.tell(request, f"nasty values: {tried}")


# --- Forms ----------------------------------------------------------------------------------------


@dataclass
class Opened:
    """A form as a visitor has it before them: where it goes, what it takes, and one right answer to everything."""

    entrance: Entrance
    browser: Browser
    path: str
    right: dict[str, str]
    fields: dict[str, forms.Field | None]
    judged: dict[tuple[str, nasty.Nasty], str | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.entrance.name

    @functools.cached_property
    def judge(self) -> forms.Form:
        """The form itself, to which one answer after the other is given."""
        judge = self.entrance.form({})
        for name, asked in judge.fields.items():
            if isinstance(asked, Chosen | Several):
                asked.choices = [*asked.choices, (self.right[name], name)]  # only the page knows what one can choose
        return judge

    def send(self, data: Mapping[str, Any] | None = None, **more: Any) -> tuple[Answer, list[str]]:
        """The answer, and what was written of organisations for it; all of it is undone."""
        written: list[str] = []
        with never_happened(), connection.execute_wrapper(functools.partial(_note_writes, written)):
            return self.browser.ask("POST", self.path, data, **more), written


WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|COPY)\s+"?(\w+)', re.IGNORECASE)


def _note_writes(written: list[str], execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """That somebody looked is written down too, and changes nothing."""
    found = WRITES.match(sql)
    if found and found[1] in owned_tables() and not found[1].startswith("base_audit"):
        written.append(sql[:80])
    return execute(sql, params, many, context)


@functools.cache
def owned_tables() -> frozenset[str]:
    return frozenset(worlds.owned_tables())


_opened: dict[str, Opened] = {}


@pytest.fixture
def opened(request, world) -> Opened:
    """The form of this page, before the first visitor to whom it is shown."""
    name = request.param
    if name not in _opened:
        candidates = _candidates(world, PAGES[name])
        first = next(candidates)
        _opened[name] = next((one for one in itertools.chain([first], candidates) if _takes_part(one)), first)
    return _opened[name]


def _candidates(world: World, entrance: Entrance) -> Iterator[Opened]:
    """The same form before everybody who could have it."""
    if entrance.scope is Scope.LINK:
        for token in world.home.tokens.values():
            yield _open(world, entrance, Browser(), worlds.ids_of(entrance, world.home) | {"token": token})
    elif entrance.scope is Scope.STAFF:
        for agency, who in ((world.abroad, "Zoë"), (world.home, "Eva")):
            ids = {name: str(_unknown(world, agency, model).public_id) for name, model in entrance.of.items()}
            yield _open(world, entrance, world.visitor(who).browser, ids, agency)
    else:
        yield _open(world, entrance, Browser(), {})


def _unknown(world: World, agency: Agency, model: type[Model]) -> Any:
    """A new row of which nothing is known yet, so that its page is soon drawn."""
    key = agency.slug, model
    if key not in _rows:
        _rows[key] = worlds.fresh(agency, model)
    return _rows[key]


_rows: dict[tuple[str, type[Model]], Any] = {}


def _open(
    world: World, entrance: Entrance, browser: Browser, ids: Mapping[str, str], agency: Agency | None = None
) -> Opened:
    agency = agency or world.home
    path = worlds.path(entrance, agency.slug, ids)
    fields: dict[str, forms.Field | None] = dict(entrance.form.base_fields) if entrance.form else {}
    if "GET" in entrance.methods:
        fields |= {name: fields.get(name) for name in _shown(browser.get(path).text, path)}
    right = {name: _right(world, agency, name, one) for name, one in fields.items()}
    return Opened(entrance, browser, path, right, fields)


def _shown(page: str, path: str) -> set[str]:
    """The names of what can be filled in on this page and goes to this path."""
    found = set()
    for action, inside in re.findall(r'<form\b([^>]*method="post"[^>]*)>(.*?)</form>', page, re.DOTALL):
        to = re.search(r'action="([^"]*)"', action)
        if to is None or to[1].partition("?")[0] in ("", path):
            found |= set(re.findall(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"', inside))
    return found - {"csrfmiddlewaretoken"}


def _right(world: World, agency: Agency, name: str, one: forms.Field | None) -> str:
    """An answer that this field takes, and not the one it begins with."""
    if isinstance(one, Many):
        return f"{agency.rows[Arrangement].public_id}:{'NOBODY' if name == 'decisions' else 'SKIP'}"
    if isinstance(one, Several):
        return str(agency.me.public_id)
    if isinstance(one, LeftOut):
        return str(uuid.UUID(int=3))
    if isinstance(one, forms.MultipleChoiceField):
        return f"{uuid.uuid4()}:{uuid.uuid4()}"
    if isinstance(one, Chosen):
        return str(agency.rows[{"region": Region, "team": Team}[name]].public_id)
    if isinstance(one, Degrees):
        return {"lat": "52,1", "lon": "5,1"}[name]
    if isinstance(one, forms.ChoiceField):
        return str(list(one.choices)[-1][0])
    if isinstance(one, forms.UUIDField):
        return str(_unknown(world, agency, Helper).public_id)
    if isinstance(one, forms.TimeField) and name.startswith("from_"):
        return "09:00"  # before the hour below
    if isinstance(one, forms.DateField) and name == "until":
        return "2026-12-02"  # after the day below
    for kind, answer in WRITTEN:
        if isinstance(one, kind):
            return answer
    for kind, answer in ((forms.DateField, "2026-12-01"), (forms.TimeField, "16:00"), (forms.IntegerField, "60")):
        if isinstance(one, kind):
            return answer
    if isinstance(one, Postcodes):
        return "9876, 9900-9999"
    if isinstance(one, forms.EmailField) or name == "login":
        return "niemand@example.org"
    return "on" if isinstance(one, forms.BooleanField) else "iets"


WRITTEN = (  # fields that know more than their kind
    (PostcodeField, "1211 AB"),
    (HouseNumberField, "14"),
    (PhoneField, "06 12345678"),
    (HoursField, "9-17"),
    (BirthDate, "1980-01-01"),
    (Said, f"YES:ask:{uuid.UUID(int=1)}:{uuid.UUID(int=2)}"),
    (forms.DecimalField, "16"),
)


def _takes_part(one: Opened) -> bool:
    """Whether this visitor's empty answer is judged at all, and not sent away at the door."""
    answer, _ = one.send({"nothing": "1"})
    return 'role="alert"' in answer.text


def is_ours(one: Opened) -> bool:
    """Whether the form is one of Samen's own."""
    return one.entrance.form.__module__.startswith("samen.")


def refusal(one: Opened, data: Mapping[str, Any]) -> str | None:
    """Why the form itself refuses this, "" if it does not; None for a form of allauth, which needs more than this."""
    if not is_ours(one):
        return None
    one.judge.data = _read(data)
    one.judge.full_clean()
    wrong = one.judge.errors.as_data()
    return ", ".join(f"{name} {error.code}" for name, errors in wrong.items() for error in errors)


def refused_alone(one: Opened, name: str, value: nasty.Nasty, known: Container[str] = ()) -> str | None:
    """The same of the right answer with this value in one field.

    Where the field itself objects, and says what it said before, the rest of the form is not judged again.
    """
    if (name, value) not in one.judged:
        data = one.right | {name: value.value}
        said = _said_by_the_field(one, name, data)
        one.judged[name, value] = said if said and said in known else refusal(one, data)
    return one.judged[name, value]


def _said_by_the_field(one: Opened, name: str, data: Mapping[str, Any]) -> str:
    asked = one.fields[name]
    if not is_ours(one) or asked is None or isinstance(asked, Chosen | Several):
        return ""
    try:
        asked.clean(asked.widget.value_from_datadict(_read(data), {}, name))
    except forms.ValidationError as wrong:
        return ", ".join(f"{name} {error.code}" for error in wrong.error_list)
    return ""


def _read(data: Mapping[str, Any]) -> QueryDict:
    """What Django makes of this when a browser sends it, without the way there."""
    read = QueryDict(mutable=True)
    for name, said in data.items():
        values = said if isinstance(said, list) else [said]
        read.setlist(name, [one.decode(errors="replace") if isinstance(one, bytes) else one for one in values])
    return read


@pytest.mark.parametrize("opened", FORMS, indirect=True)
def test_a_right_answer_is_not_refused(opened):
    """Else every nasty value would be refused for the company it is in."""
    assert not refusal(opened, opened.right)
    assert opened.send(body=urlencode(opened.right).encode())[0].status in KIND - {400}


@pytest.mark.parametrize("opened", FORMS, indirect=True)
def test_every_field_stands_every_value(opened):
    """Every form judges every value in every field.

    It goes on to the page wherever it is taken, or refused for a reason not seen before; and those that hurt where
    they are said back fill all fields at once, several after each other.
    """
    faults = []
    for name, data, value in (*_said_back(opened), *_refused(opened), *_accepted(opened)):
        faults += _faults(opened, name, data, value)
    tried["values × fields"] += len(nasty.VALUES) * len(opened.fields)

    assert faults == []


# One by one what a number, a day, a part or an id is read from; the rest several after each other.
TOGETHER = [*nasty.NOTHING, *nasty.BYTES, *nasty.LONG[:2], *nasty.PARSED, *nasty.PATHS]
TOGETHER += [
    nasty.Nasty(f"{values[0]} …", nasty.glued(values)) for values in (nasty.NAMES, nasty.CODE, nasty.ADDRESSES)
]

Try = tuple[str, dict[str, Any], str]  # the field ("" for all), what is sent, and the name of what is nasty in it


def _said_back(opened: Opened) -> Iterator[Try]:
    """All fields at once; what is long takes turns among them, once for a field that several forms inherit."""
    for values in nasty.ECHOED_TOGETHER if opened.fields else ():
        yield "", dict.fromkeys(opened.fields, nasty.glued(values)), f"{values[0]} …"
    new = [name for name, one in opened.fields.items() if id(one) not in _went_on]
    for turn in range(2 if len(new) > 1 else len(new) * len(nasty.LONG)):
        long = {name: nasty.LONG[(place + turn) % len(nasty.LONG)] for place, name in enumerate(new)}
        said = " and ".join(f"{name}: {value}" for name, value in long.items())
        yield "", opened.right | {name: value.value for name, value in long.items()}, said


def _refused(opened: Opened) -> Iterator[Try]:
    """The right answer with values in it that are refused; what is refused for the same reason goes the same way.

    Where only a field itself objects, all fields are wrong at once, each for its first reason, then for its second;
    what is wrong in company goes on alone.  What only a page of allauth can judge goes there, one by one what something
    is read from, and the rest several after each other.
    """
    reasons: set[tuple[str, str]] = set()
    wrong: dict[str, list[nasty.Nasty]] = defaultdict(list)
    ticks = [name for name, one in opened.fields.items() if isinstance(one, forms.BooleanField)]
    for name, one in opened.fields.items():
        if not is_ours(opened):
            for value in TOGETHER if name not in ticks else ():  # a tick is a tick, and goes along
                yield name, opened.right | dict.fromkeys([name, *ticks], value.value), str(value)
            continue
        for value in nasty.VALUES if one else ():
            data = opened.right | {name: value.value}
            reason = refused_alone(opened, name, value, {said for field, said in reasons if field == name})
            if reason == f"{name} {reason.rpartition(' ')[2]}" and (name, reason) not in reasons:
                wrong[name].append(value)
            elif reason and (name, reason) not in reasons:
                yield name, data, str(value)
            reasons.add((name, reason))
    for together in zip_longest(*wrong.values()):
        here = {name: value for name, value in zip(wrong, together, strict=True) if value}
        said = " and ".join(f"{name}: {value}" for name, value in here.items())
        yield "", opened.right | {name: value.value for name, value in here.items()}, said


def _accepted(opened: Opened) -> Iterator[Try]:
    """The right answer with values in it that are taken: as many after each other as a field takes.

    What a page took, another page that inherits the same field takes too: there a few of them are enough.
    """
    lots = {}
    for name in [name for name, one in opened.fields.items() if one and is_ours(opened)]:
        taken = [one for one in nasty.VALUES if not refused_alone(opened, name, one)]
        lots[name] = list(_packed(opened, name, taken))[: 2 if id(opened.fields[name]) in _went_on else None]
    _went_on.update(id(one) for one in opened.fields.values() if one)
    for together in zip_longest(*lots.values()):
        here = {name: lot for name, lot in zip(lots, together, strict=True) if lot}
        data = opened.right | {name: nasty.glued(lot) for name, lot in here.items()}
        if not refusal(opened, data):
            yield "", data, " and ".join(f"{name}: {lot[0]} …" for name, lot in here.items())
            continue
        for name, lot in here.items():  # refused in each other's company
            yield name, opened.right | {name: nasty.glued(lot)}, f"{lot[0]} …"


def _packed(opened: Opened, name: str, values: Sequence[nasty.Nasty]) -> Iterator[Sequence[nasty.Nasty]]:
    """These values in lots, the longest first, each lot as full as the field has room."""
    room = getattr(opened.fields[name], "max_length", None) or 2**20
    lots: list[list[nasty.Nasty]] = []
    for value in sorted(values, key=lambda one: -len(one.value)):
        there = next((lot for lot in lots if len(nasty.glued([*lot, value])) <= room), None)
        if there is None:
            lots.append([value])
        else:
            there.append(value)
    for lot in lots:
        yield from _lots(opened, name, lot)


def _lots(opened: Opened, name: str, values: Sequence[nasty.Nasty]) -> Iterator[Sequence[nasty.Nasty]]:
    """These values, in as few lots as the field takes when they stand after each other."""
    if len(values) == 1 or (values and not refusal(opened, opened.right | {name: nasty.glued(values)})):
        yield values
    elif values:
        middle = len(values) // 2
        yield from _lots(opened, name, values[:middle])
        yield from _lots(opened, name, values[middle:])


_went_on: set[int] = set()  # the fields, as a form and those that inherit from it have them in common


def _faults(opened: Opened, name: str, data: Mapping[str, Any], value: str) -> list[str]:
    """What is wrong with the answer to this."""
    tried["answers"] += 1
    answer, written = opened.send(body=urlencode(data, doseq=True).encode())
    found = [] if answer.status in KIND else [f"{answer.status} {answer.error!r}"]
    found += _unclean(answer)
    if refusal(opened, data):
        found += [f"refused, and yet: {sql}" for sql in written]
        found += _unkind(opened, name, answer)
    return [f"{opened.name}.{name or 'everything'} = {value}: {fault}" for fault in found]


def _unclean(answer: Answer) -> Iterator[str]:
    """What was typed runs, or a header was smuggled in."""
    yield from (f"holds {word!r}" for word in nasty.SMUGGLED if word in answer.body)
    yield from (f"header {name}" for name, _ in answer.headers if name.lower() == nasty.MARK)
    yield from (f"a line end in {name}" for name, value in answer.headers if "\n" in value or "\r" in value)


SENDS_AWAY = {"language", "become"}  # forms without a page of their own: a wrong answer is no choice at all


def _unkind(opened: Opened, name: str, answer: Answer) -> Iterator[str]:
    """What the reader misses who is told that something is not right."""
    if opened.name in SENDS_AWAY or answer.status == 400:
        return
    page = answer.text
    if answer.status not in (403, 422):
        yield f"{answer.status} says that all is well"
    if 'role="alert"' not in page:
        yield "no summary says that something is not right"
    if 'class="error"' not in page:
        yield "no message at the field"
    for other, one in opened.fields.items() if name else ():
        if other != name and isinstance(one, forms.ChoiceField) and not isinstance(one, forms.MultipleChoiceField):
            kept = rf'value="{re.escape(opened.right[other])}"[^>]*\b(?:checked|selected)\b'
            if not re.search(kept, page):
                yield f"what was chosen for {other} is gone"


@pytest.mark.parametrize("opened", KINDS, indirect=True)
def test_every_field_stands_being_said_twice_not_at_all_or_as_a_file(opened):
    """Twice and as a file all fields at once, left out each alone where that is refused for a reason of its own."""
    right = opened.right
    faults = []
    for said in (["", None], [None, ""], [None, "<script>"], [None] * 500):
        data = {name: [right[name] if one is None else one for one in said] for name in right}
        faults += _faults(opened, "", data, "said more than once")
    beside = {f"{name}{more}": "1" for name in right for more in ("[]", ".x")}
    faults += _faults(opened, "", right | beside, "as PHP and as a picture say it")
    faults += _as_files(opened)
    reasons: set[str | None] = {""}
    for name in opened.fields:
        others = {key: value for key, value in right.items() if key != name}
        reason = refusal(opened, others)
        if reason is None or reason not in reasons:
            faults += _faults(opened, name, others, "left out")
        reasons.add(reason)

    assert faults == []


def _as_files(opened: Opened) -> Iterator[str]:
    parts = [nasty.part("X", name, b"GIF89a", more='; filename="../nasty.gif"') for name in opened.right]
    answer, written = opened.send(body=b"".join(parts) + b"--X--\r\n", kind=nasty.MULTIPART)
    tried["answers"] += 1
    if answer.status not in KIND:
        yield f"{opened.name} as files: {answer.error!r}"
    if refusal(opened, {}) and written:
        yield f"{opened.name} as files: {written}"


def test_nobody_has_to_type_again_what_was_too_long(world):
    eva = world.visitor("Eva").browser
    typed = "Zij valt morgen in, <b>echt</b>. " * 20
    answer = eva.post(f"/o/zorgzaam/hulp/{world.home.rows[Helper].public_id}/toegang/", {"reason": typed})

    assert escape(typed.strip()) in answer.text


@pytest.mark.parametrize("opened", ROADS, indirect=True)
def test_every_road_in_stands_every_request(opened):
    """What is no form at all breaks before any form sees it."""
    for one in nasty.REQUESTS:
        answer, _ = opened.send(body=one.body, kind=one.kind, headers=dict(one.headers))
        tried["requests"] += 1

        assert answer.status in KIND, f"{opened.name}, {one}: {answer.status} {answer.error!r}"
        assert not [*_unclean(answer)], f"{opened.name}, {one}"


WITH_A_COOKIE = [name for name in FORMS if PAGES[name].scope is not Scope.LINK]


@pytest.mark.parametrize("opened", WITH_A_COOKIE, indirect=True)
def test_a_form_from_elsewhere_changes_nothing(opened):
    """Behind a link there is no cookie to misuse: there the link is the whole authority."""
    sent = urlencode(opened.right).encode()
    cookies = opened.browser.cookies
    bare = "; ".join(f"{name}={value}" for name, value in cookies.items() if name != "csrftoken")
    for headers, cookie in (
        ({"X-CSRFToken": ""}, None),
        ({"X-CSRFToken": "t" * 32}, None),
        ({"X-CSRFToken": "é\x00"}, None),
        ({"X-CSRFToken": CSRF}, bare),
        ({"X-CSRFToken": CSRF, "Origin": "https://example.org"}, None),
    ):
        answer, written = opened.send(body=sent, headers=headers, cookie=cookie)
        tried["requests"] += 1

        assert (answer.status, written) == (403, [])
        assert not [value for name, value in answer.headers if name == "Set-Cookie" and "samen" in value]


# --- Addresses and queries --------------------------------------------------------------------------

IN_AN_ADDRESS = [quote_from_bytes(one.value, safe="") for one in nasty.VALUES]


ASKED_ALL = ("today", "cockpit", "portal")  # one page of each kind


@pytest.mark.parametrize("name", [name for name in worlds.pages() if PAGES[name].of or name in ASKED_ALL])
def test_every_part_of_an_address_stands_every_value(world, name):
    """The slug is read before any page is: there a few pages are enough, and test_isolation knocks at all of them."""
    entrance, anja = PAGES[name], world.visitor("Anja").browser
    method = "GET" if "GET" in entrance.methods else "POST"
    ids = worlds.ids_of(entrance, world.home)
    path = worlds.path(entrance, "zorgzaam", ids)
    for there in [*ids.values(), *(["zorgzaam"] if name in ASKED_ALL and entrance.scope is Scope.STAFF else [])]:
        for value, quoted in zip(nasty.VALUES, IN_AN_ADDRESS, strict=True):
            address = path.replace(there, quoted or "x", 1)
            tried["addresses"] += 1
            if name in ASKED_ALL or _leads_somewhere(address):
                answer = anja.ask(method, address)

                assert answer.status in (301, 400, 404), f"{name} {value}: {answer.status} {answer.error!r}"
                assert not [*_unclean(answer)], f"{name} {value}"


def _leads_somewhere(address: str) -> bool:
    """Where no page is, one answer is like another: asked of one page of each kind."""
    try:
        resolve(unquote(address))
    except Resolver404:
        return False
    return True


SAID_BACK = [quote_from_bytes(nasty.glued(values)) for values in nasty.ECHOED_TOGETHER]
IN_A_QUERY = [quote_from_bytes(one.value) for one in TOGETHER]
SHORT = [quote_from_bytes(one.value) for one in nasty.VALUES[:-20] if len(one.value) < 10_000]
ALL_AT_ONCE = "&".join(f"{value}={value}" for value in SHORT)  # no server passes on an address of a megabyte
UNREADABLE = ("&" * 5000, "a=1&" * 5000, "=%&%=%zz", "?" * 100)  # to a page that reads no word it is one more page


@contextmanager
def overheard() -> Iterator[tuple[dict[str, set[tuple[object, ...]]], set[str]]]:
    """Whose value a page asks for, and who in Samen asks: the line, and the form; and what it only looks for."""
    read: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    sought: set[str] = set()

    class Watched(QueryDict):
        def __getitem__(self, key):
            read[str(key)].add(_reader())
            return super().__getitem__(key)

        def getlist(self, key, default=None):
            read[str(key)].add(_reader())
            return super().getlist(key, default)

        def __contains__(self, key):
            sought.add(str(key))
            return super().__contains__(key)

    watched = property(lambda request: Watched(request.META.get("QUERY_STRING", ""), encoding="utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequest, "GET", watched)
        yield read, sought


def _reader() -> tuple[object, ...]:
    form: object = None
    for frame, line in traceback.walk_stack(None):
        form = form or next((type(one) for one in frame.f_locals.values() if isinstance(one, forms.BaseForm)), None)
        if "/samen/" in frame.f_code.co_filename:
            return frame.f_code.co_filename, line, form
    return ()


_heard: set[tuple[object, ...]] = set()  # who has heard every value, one by one


@pytest.mark.parametrize("name", [name for name in worlds.pages() if "GET" in PAGES[name].methods])
def test_every_query_stands_every_value(world, name):
    """Said to the page of somebody of whom much is known, and value by value to one of which nothing is known yet.

    Where the same line of ours reads the same word for several pages, one of them hears the values one by one.
    """
    entrance = PAGES[name]
    rich = _read_page(world.visitor("Anja"), entrance, worlds.ids_of(entrance, world.home))
    plain = rich
    if entrance.scope is Scope.STAFF:
        nobody = {key: str(_unknown(world, world.abroad, model).public_id) for key, model in entrance.of.items()}
        plain = _read_page(world.visitor("Zoë"), entrance, nobody)
    with overheard() as (read, sought):
        for browser, path in {rich[1]: rich, plain[1]: plain}.values():
            browser.get(f"{path}?a=1")
        if sought:  # what a page only looks for may have it read more, and its value is heard by nobody
            plain[0].get(f"{plain[1]}?{'&'.join(f'{word}=1' for word in sorted(sought))}")
    readers = {(word, *who) for word, found in read.items() if word != "a" for who in found}
    mine = sorted({word for word, *_ in readers} | sought)
    new = sorted({word for word, *who in readers if not who or (word, *who) not in _heard})
    _heard.update(readers)
    asked = [(plain, query) for query in (ALL_AT_ONCE, *(UNREADABLE if new else ()))]
    asked += [(plain, "&".join(f"{word}={value}" for word in new)) for value in IN_A_QUERY if new]
    asked += [(rich, "&".join(f"{word}={value}" for word in mine)) for value in SAID_BACK if mine]
    if len(mine) > 1:  # what is said back is said back alone too
        asked += [(plain, f"{word}={value}") for word in new for value in SAID_BACK]
    for (browser, path), query in asked:
        answer = browser.get(f"{path}?{query}")
        tried["queries"] += 1

        assert answer.status in KIND, f"{name}?{query[:80]}: {answer.status} {answer.error!r}"
        assert not [*_unclean(answer)], f"{name}?{query[:80]}"
        assert not answer.header("Location").startswith(("//", "http:", "https:", "javascript:")), query


def _read_page(visitor: Visitor, entrance: Entrance, ids: Mapping[str, str]) -> tuple[Browser, str]:
    """The page before this visitor, who needs to have signed in only at the desk."""
    browser = visitor.browser if entrance.scope is Scope.STAFF else Browser()
    return browser, worlds.path(entrance, visitor.home.slug, ids)


def test_after_signing_in_one_stays_in_the_house(world):
    """`next` is a place in this house, whoever wrote it."""
    browser = Browser()
    for value in nasty.PATHS:
        form = {"login": "anja@example.org", "password": "x", "next": value.value}
        answer = browser.post("/taal/", {"language": "nl"} | form)

        assert answer.status == 302
        assert re.match(r"/(?![/\\])", answer.header("Location")), value


# --- Cookies --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cookie", ["samen", "samen_language", "csrftoken", "messages", "nasty"])
def test_every_cookie_stands_every_value(world, cookie):
    for value in nasty.VALUES:
        raw = value.value.decode("latin1")
        for said in (f"{cookie}={raw}", f'{cookie}="{raw}"', f"{cookie}={raw}; {cookie}=2", f"{raw}={cookie}"):
            answer = Browser().get("/o/zorgzaam/", cookie=said)
            tried["cookies"] += 1

            assert answer.status == 302, f"{cookie} = {value}: {answer.status} {answer.error!r}"
            assert answer.header("Content-Language") in ("nl", "en")
            assert not [*_unclean(answer)], f"{cookie} = {value}"


# --- The live stream ------------------------------------------------------------------------------


def test_the_stream_stands_every_number_that_was_seen():
    topic = uuid.uuid4()
    for value in nasty.VALUES:
        raw = value.value.decode("latin1")
        for headers, query in (
            ({"last-event-id": raw}, ""),
            ({}, f"after={raw}"),
            ({}, raw),
            ({"last-event-id": ""}, raw),
        ):
            found = live._seen(headers, query, (topic,))

            assert found.keys() == {topic}
            assert 0 <= found[topic] <= BIGGEST, value


def test_the_stream_takes_a_number_that_can_be_meant():
    topic = uuid.uuid4()

    assert live._seen({"last-event-id": "17"}, "after=3", (topic,)) == {topic: 17}
    assert live._seen({}, "after=3", (topic,)) == {topic: 3}
    assert live._seen({}, "", (topic,)) == {topic: 0}


def test_the_stream_opens_for_no_nasty_cookie_and_no_nasty_slug(world, monkeypatch):
    monkeypatch.setattr(live, "close_old_connections", lambda: None)
    anja = world.visitor("Anja").browser.cookies["samen"]
    for value in nasty.VALUES:
        raw = value.value.decode("latin1")
        for cookies, slug in (
            (f"samen={raw}", "zorgzaam"),
            (raw, "zorgzaam"),
            (f"samen={anja}{raw}x", "zorgzaam"),
            (f"samen={anja}", raw),
        ):
            assert live._listener(cookies, slug) is None, value
            tried["cookies"] += 1


# --- Links ----------------------------------------------------------------------------------------


def test_no_token_can_be_guessed(world):
    chance = random.Random(7)  # the same guesses every time
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for _ in range(100_000):
        assert links.door("".join(chance.choices(letters, k=43))) is None
    tried["tokens"] += 100_000


def test_a_token_with_one_letter_changed_opens_nothing(world):
    for token in world.home.tokens.values():
        assert links.door(token)
        for place in range(len(token)):
            for letter in "Aa0-_z":
                changed = token[:place] + letter + token[place + 1 :]
                assert changed == token or links.door(changed) is None
                tried["tokens"] += 1


def test_a_token_is_itself_and_nothing_around_it_opens(world):
    for token in world.home.tokens.values():
        for changed in (f"{token}=", f"={token}", f"{token}A", token[:-1], token.swapcase(), f"{token}\n", f"!{token}"):
            assert links.door(changed) is None
        for value in nasty.VALUES:
            raw = value.value.decode("latin1")
            assert links.door(raw) is None
            assert links.door(token + raw) is None or not raw
            tried["tokens"] += 2


def test_a_link_opens_by_its_token_and_not_by_its_id(world):
    with world.home.inside():
        for token in world.home.tokens.values():
            _, public_id = links.door(token)
            for guess in (str(public_id), public_id.hex, links.token(uuid.uuid4())):
                assert links.door(guess) is None
