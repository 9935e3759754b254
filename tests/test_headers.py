"""What every answer says to the browser, what the browser keeps, what the log forgets, and how colleagues come in."""

import hashlib
import io
import logging
import re
import runpy
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import override_settings

from samen import settings as samen_settings
from samen.base import logs, mail, tenancy
from samen.base.entrances import PAGES, Scope
from samen.base.headers import HEADERS, POLICY
from samen.base.models import Login, OutboxMessage
from samen.base.sessions import SessionStore
from samen.demo import cast
from samen.desk import live
from samen.portal import pages
from samen.teams.models import Colleague
from tests import conftest, nasty
from tests import world as worlds
from tests.strictness import Reader, faults
from tests.world import Answer, Browser, World, never_happened

ANJA, NOBODY = "anja@example.org", "anna@example.org"  # of one length, so that answers can be compared to the byte
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody pays for Argon2 forty times
SIGN_IN, ASK_CODE, FILL_IN, SIGN_OUT = "/aanmelden/", "/aanmelden/code/", "/aanmelden/code/invullen/", "/afmelden/"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    conftest.set_clock(worlds.MORNING)
    with django_db_blocker.unblock(), never_happened():
        yield worlds.build()


@pytest.fixture(autouse=True)
def _undone(world: World) -> Iterator[None]:
    """Every test leaves the world as it was; what was counted against villains is forgotten."""
    cache.clear()
    mail.MEMORY.clear()
    with never_happened():
        yield
    cache.clear()


# --- Headers --------------------------------------------------------------------------------------


def beside_the_pages(world: World) -> Iterator[tuple[str, Answer]]:
    browser = Browser()
    yield "no page", browser.get("/bestaat/niet/")
    yield "no ear", browser.ask("DELETE", "/stijl/")
    yield "no slash", browser.get("/stijl")
    yield "a language", browser.post("/taal/", {"language": "nl"})
    yield "another host", browser.get("/", headers={"Host": "example.org"})
    yield "too much", browser.post("/taal/", body=b"a=" + b"x" * 3_000_000)
    yield "not multipart", browser.post("/taal/", body=b"x", kind=nasty.MULTIPART)
    yield "forged", browser.post("/taal/", {"language": "nl"}, headers={"X-CSRFToken": ""})
    yield "a style sheet", browser.get("/static/base/css/samen.css")
    yield "no style sheet", browser.get("/static/base/css/nergens.css")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "of_helper", lambda *_, **__: 1 / 0)
        yield "broken", browser.get(f"/l/{world.home.tokens['HELPER']}/")


def test_every_answer_beside_the_pages_is_strict(world):
    """The pages themselves are judged where everybody tries every door: in tests/test_isolation.py."""
    statuses = set()
    for where, answer in beside_the_pages(world):
        statuses.add(answer.status)

        assert faults(answer, hidden=where == "broken", kept="style sheet" in where) == [], where
    assert statuses >= {200, 301, 302, 400, 403, 404, 405, 500}, "a kind of answer is missing"


def test_the_policy_lets_nothing_run_that_is_not_ours():
    rules = {rule.split()[0]: rule.split()[1:] for rule in POLICY.split("; ")}

    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    assert {word for words in rules.values() for word in words} <= {"'self'", "'none'", "data:"}
    assert [name for name, words in rules.items() if "data:" in words] == ["img-src"]


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<script src='https://example.org/a.js'></script>",
        "<style>p {}</style>",
        "<p style='color: red'>",
        "<button onclick='go()'>",
        "<a href='javascript:go()'>",
        "<a href='//example.org/'>",
        "<img src='https://example.org/pixel.gif'>",
        "<form action='https://example.org/'>",
        "<meta http-equiv='Refresh' content='0'>",
        "<base href='/x/'>",
    ],
)
def test_the_reader_of_pages_sees_it(page):
    reader = Reader()
    reader.feed(page)

    assert reader.faults


# --- Cookies --------------------------------------------------------------------------------------


def test_what_signing_in_leaves_behind_no_script_can_read(world):
    sent = Browser().post(SIGN_IN, {"login": ANJA, "password": cast.PASSWORD})

    assert "samen=" in sent.header("Set-Cookie")
    assert faults(sent, hidden=False) == []


def test_over_https_cookies_go_over_https_only(monkeypatch):
    monkeypatch.setenv("SAMEN_ORIGIN", "https://samen.example.org")
    settings = runpy.run_path(samen_settings.__file__)

    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert "samen.example.org" in settings["ALLOWED_HOSTS"]


def test_behind_a_link_no_session_is_begun(world):
    for token in world.home.tokens.values():
        answer = Browser().get(f"/l/{token}/")

        assert "samen=" not in answer.header("Set-Cookie")


# --- The log --------------------------------------------------------------------------------------


@pytest.fixture
def log(monkeypatch) -> io.StringIO:
    """What the installation's own handler writes."""
    written = io.StringIO()
    for handler in logging.getLogger().handlers:
        if any(isinstance(one, logs.MaskLinks) for one in handler.filters):
            monkeypatch.setattr(handler, "stream", written)
            return written
    raise AssertionError("no handler of ours masks links")


def test_a_link_is_never_in_the_log(world, log, monkeypatch):
    token = world.home.tokens["HELPER"]
    path = f"/l/{token}/"

    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError(f"stumbled at {path} of {path!r}, see http://testserver{path}ziek/")

    monkeypatch.setattr(pages, "of_helper", stumble)
    browser = Browser()
    assert browser.get(path).status == 500
    browser.post(path, body=b"a=1&" * 2000)
    browser.post("/taal/", {"language": "nl"}, headers={"X-CSRFToken": "", "Referer": f"https://testserver{path}"})
    browser.get("/", headers={"Host": f"example.org{path}"})
    logging.getLogger("samen.base.mail").warning("sent %s", f"http://testserver{path}")
    logging.getLogger("uvicorn.error").error("GET %s failed", path, exc_info=RuntimeError(path))

    said = log.getvalue()
    assert "Internal Server Error" in said
    assert "stumbled" in said
    assert token not in said
    assert token[8:] not in said
    assert f"/l/{token[:4]}…" in said, "enough is left to tell two links apart"


def test_no_handler_writes_what_another_masks():
    """In production; Django's own handlers write in DEBUG only, or to nobody."""
    bare = []
    for name in ["", *logging.root.manager.loggerDict]:
        for handler in logging.getLogger(name).handlers:
            quiet = {type(one).__name__ for one in handler.filters} & {"MaskLinks", "RequireDebugTrue"}
            if type(handler) is logging.StreamHandler and not quiet and name != "django.server":
                bare.append(name)

    assert bare == []


def test_neither_password_nor_code_is_in_the_log(world, log):
    browser = Browser()
    browser.post(SIGN_IN, {"login": ANJA, "password": "geheim-en-fout"})
    browser.post(SIGN_IN, {"login": ANJA, "password": "geheim-en-fout"}, headers={"X-CSRFToken": ""})
    code = asked_for_a_code(world, browser)

    assert "geheim-en-fout" not in log.getvalue()
    assert code not in log.getvalue()


# --- Signing in -----------------------------------------------------------------------------------


def signs_in(browser: Browser, address: str, password: str = cast.PASSWORD) -> Answer:
    return browser.keep(browser.post(SIGN_IN, {"login": address, "password": password}))


def sees_the_board(browser: Browser, slug: str = "zorgzaam") -> int:
    return browser.get(f"/o/{slug}/").status


def test_anja_signs_in_with_her_password_and_out_again(world):
    browser = Browser()
    answer = signs_in(browser, ANJA)
    assert (answer.status, answer.header("Location")) == (302, "/")
    assert sees_the_board(browser) == 200
    old = dict(browser.cookies)

    assert browser.get(SIGN_OUT).status == 200
    assert sees_the_board(browser) == 200, "only the button signs out, because browsers look ahead"
    assert browser.post(SIGN_OUT).status == 302

    assert sees_the_board(Browser(**old)) == 302, "the cookie of before opens nothing any more"


def test_after_signing_in_one_goes_where_one_wanted_to_go(world):
    browser = Browser()
    wanted = browser.get("/o/zorgzaam/ziek/").header("Location")
    assert wanted == "/aanmelden/?next=%2Fo%2Fzorgzaam%2Fziek%2F"
    form = {"login": ANJA, "password": cast.PASSWORD, "next": "/o/zorgzaam/ziek/"}

    assert browser.post(wanted, form).header("Location") == "/o/zorgzaam/ziek/"
    with override_settings(PASSWORD_HASHERS=QUICK):
        login = Login.objects.get(email=ANJA)
        login.set_password(cast.PASSWORD)
        login.save(update_fields=["password"])
        for elsewhere in nasty.PATHS:
            answer = Browser().post(SIGN_IN, form | {"next": elsewhere.value})
            where = answer.header("Location").replace("\\", "/")

            assert answer.status == 302, elsewhere
            assert urljoin(f"http://testserver{SIGN_IN}", where).startswith("http://testserver/"), elsewhere


def test_who_signs_in_gets_another_session(world):
    prepared = SessionStore()
    prepared.save()
    before = prepared.session_key
    browser = Browser(samen=before)

    signs_in(browser, ANJA)

    assert sees_the_board(browser) == 200

    assert browser.cookies["samen"] != before
    assert sees_the_board(Browser(samen=before)) == 302


def test_an_address_nobody_has_is_told_the_same_as_a_wrong_password(world):
    wrong = signs_in(Browser(), ANJA, "samen-is-geen-werkwoord").without(ANJA)
    nobody = signs_in(Browser(), NOBODY, "samen-is-geen-werkwoord").without(NOBODY)
    inactive = _inactive(lambda: signs_in(Browser(), ANJA, cast.PASSWORD + "x").without(ANJA))

    assert wrong.status == 200
    assert 'role="alert"' in wrong.text
    assert wrong == nobody == inactive


def _inactive(then):
    with never_happened():
        Login.objects.filter(email=ANJA).update(is_active=False)
        return then()


def test_guessing_passwords_is_slowed_down_kindly(world):
    browser = Browser()
    told = [signs_in(browser, ANJA, f"geraden-{n}") for n in range(8)]

    assert {answer.status for answer in told} <= {200, 429}
    assert told[0].without() != told[-1].without(), "the sixth is told something else than the first"
    right = signs_in(Browser(), ANJA)
    assert right.status in (200, 429), "also the right password has to wait"
    assert sees_the_board(browser) == 302
    for name, value in HEADERS.items():
        assert told[-1].header(name) == value


def test_guessing_from_one_place_is_slowed_down_whatever_the_address(world):
    browser = Browser()
    with override_settings(PASSWORD_HASHERS=QUICK):
        told = [signs_in(browser, f"geraden-{n}@example.org", "geraden") for n in range(40)]

    assert told[-1].status == 429 or told[-1].without() != told[0].without()
    assert {answer.status for answer in told} <= {200, 429}


# --- Signing in by a code -------------------------------------------------------------------------


def asked_for_a_code(world: World, browser: Browser) -> str:
    """The code, as it comes by mail."""
    answer = browser.keep(browser.post(ASK_CODE, {"email": ANJA}))
    assert (answer.status, answer.header("Location")) == (302, FILL_IN)
    worlds.letters_leave(world.home, to="memory")
    return re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", newest_letter(ANJA).body, re.MULTILINE)[1]


def newest_letter(address: str) -> mail.Mail:
    """The last that was sent to this address; others get letters too."""
    return next(one for one in reversed(mail.MEMORY) if one.address == address)


def test_anja_signs_in_with_a_code_that_came_by_mail(world):
    browser = Browser()
    code = asked_for_a_code(world, browser)
    assert browser.get(FILL_IN).status == 200
    assert sees_the_board(browser) == 302, "asking is not signing in"

    answer = browser.keep(browser.post(FILL_IN, {"code": code}))

    assert answer.status == 302
    assert sees_the_board(browser) == 200


def test_a_wrong_code_opens_nothing_and_the_right_one_not_for_ever(world):
    browser = Browser()
    code = asked_for_a_code(world, browser)
    for n in range(6):
        answer = browser.keep(browser.post(FILL_IN, {"code": f"FOUT-{n}"}))
        assert answer.status in (200, 302, 429)
        assert sees_the_board(browser) == 302

    browser.keep(browser.post(FILL_IN, {"code": code}))

    assert sees_the_board(browser) == 302, "after so many wrong ones the right one is void"


def test_who_waits_for_a_code_can_start_again_with_a_password(world):
    browser = Browser()
    asked_for_a_code(world, browser)
    page = browser.get(FILL_IN).text
    action, where = re.search(
        r'action="([^"]+)"[^>]*>(?:<input[^>]*csrf[^>]*>)<input[^>]*value="([^"]+)"><button', page
    ).groups()

    assert browser.keep(browser.post(action, {"next": where})).header("Location") == SIGN_IN
    assert browser.get(SIGN_IN).status == 200
    signs_in(browser, ANJA)
    assert sees_the_board(browser) == 200


def test_a_code_opens_once_and_in_the_browser_that_asked(world):
    browser, other = Browser(), Browser()
    code = asked_for_a_code(world, browser)

    other.keep(other.post(FILL_IN, {"code": code}))
    assert sees_the_board(other) == 302
    browser.keep(browser.post(FILL_IN, {"code": code}))
    browser.keep(browser.post(SIGN_OUT))
    browser.keep(browser.post(FILL_IN, {"code": code}))

    assert sees_the_board(browser) == 302


def test_an_address_nobody_has_gets_the_same_page_and_no_letter(world):
    def steps(address: str) -> list[Answer]:
        browser = Browser()
        first = browser.keep(browser.post(ASK_CODE, {"email": address}))
        second = browser.get(FILL_IN)
        third = browser.post(FILL_IN, {"code": "FOUT-1"})
        answers = [first, second, third]
        return [Answer(one.status, _names(one), one.without(address).body) for one in answers]

    known = steps(ANJA)
    unknown = steps(NOBODY)
    gone = _inactive(lambda: steps(ANJA))

    assert known == unknown == gone
    with world.home.inside():
        letters = OutboxMessage.objects.filter(cause_kind="signin").count()
    assert letters == 1, "only who is known and may come in"


def _names(answer: Answer) -> tuple[tuple[str, str], ...]:
    """The headers, with of every cookie only its name (its value is chance), and without the second it was made in."""
    told = [(name, value) for name, value in answer.headers if name not in ("Expires", "Date", "Last-Modified")]
    return tuple((name, value.partition("=")[0] if name == "Set-Cookie" else value) for name, value in told)


def test_the_letter_with_the_code_says_nothing_else(world):
    asked_for_a_code(world, Browser())
    letter = newest_letter(ANJA)

    assert letter.subject
    assert not re.search(r"[A-Z0-9]{4,}", letter.subject), "no code where a locked phone shows it"
    assert "/l/" not in letter.body


# --- Sessions -------------------------------------------------------------------------------------


def test_who_reads_the_table_of_sessions_cannot_become_anybody(world):
    browser = Browser()
    signs_in(browser, ANJA)
    key = browser.cookies["samen"]
    rows = list(Session.objects.values_list("session_key", "session_data"))

    assert hashlib.sha256(key.encode()).hexdigest()[:40] in {row[0] for row in rows}
    assert not [row for row in rows if key in f"{row}"]
    for stored, _ in rows:
        assert sees_the_board(Browser(samen=stored)) == 302


def test_a_login_that_is_closed_is_out_at_once(world, monkeypatch):
    monkeypatch.setattr(live, "close_old_connections", lambda: None)
    browser = Browser()
    signs_in(browser, ANJA)
    cookie = f"samen={browser.cookies['samen']}"
    assert sees_the_board(browser) == 200
    assert live._listener(cookie, "zorgzaam")

    Login.objects.filter(email=ANJA).update(is_active=False)

    assert sees_the_board(browser) == 302
    assert live._listener(cookie, "zorgzaam") is None
    wrong = signs_in(Browser(), NOBODY).without(NOBODY)
    assert signs_in(Browser(), ANJA).without(ANJA) == wrong, "a closed login is told the same as a wrong password"


def test_a_new_password_ends_the_sessions_of_the_old_one(world):
    browser = Browser()
    signs_in(browser, ANJA)
    login = Login.objects.get(email=ANJA)
    login.set_password("een-heel-ander-werkwoord")
    login.save(update_fields=["password"])

    assert sees_the_board(browser) == 302


def test_a_colleague_who_left_finds_nothing_there(world, monkeypatch):
    monkeypatch.setattr(live, "close_old_connections", lambda: None)
    browser = Browser()
    signs_in(browser, ANJA)
    with tenancy.enter(world.home.organisation.pk, tenancy.SYSTEM):
        Colleague.objects.filter(name="Anja").update(left_at="2026-11-25T06:00Z")

    nowhere = browser.get("/o/bestaat-niet/").without("bestaat-niet")
    for name in worlds.pages(Scope.STAFF):
        entrance = PAGES[name]
        path = worlds.path(entrance, "zorgzaam", worlds.ids_of(entrance, world.home))
        method = "GET" if "GET" in entrance.methods else "POST"
        assert browser.ask(method, path).without("zorgzaam") == nowhere, name
    assert live._listener(f"samen={browser.cookies['samen']}", "zorgzaam") is None
    with override_settings(DEMO=False):
        assert "zorgzaam" not in browser.get("/").text
