"""Whoever comes by: what is another organisation's looks exactly like what does not exist, at every door."""

import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, models, transaction
from django.test import override_settings

from samen.base import clock, jobs, links, live, tenancy
from samen.base.entrances import PAGES, STREAMS, Entrance, Role, Scope
from samen.base.journal import Subject
from samen.base.models import JournalLine, JournalSubject, Link, OutboxMessage
from samen.desk import live as streams
from samen.people import geocoding, places
from samen.people.models import Helper, Household, Person, Place
from samen.teams.models import AccessRequest, Colleague, Team
from samen.visits.models import Absence, Offer, Round
from tests import conftest, strictness
from tests import world as worlds
from tests.world import Agency, Answer, Browser, Visitor, World, never_happened

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PLAIN, HTMX = {}, {"HX-Request": "true"}
ASKED_BY_HTMX = ("GET", "POST")
WITH_HTMX = ("Anja", "Fatma")  # one at a desk and one behind a link; how a page is asked for changes nothing at a door
ONLY_LOOKS = ("Zoë",)  # what Anja is to the one agency she is to the other
KNOCKS = ("anonymous", "Anja", "Fatma")  # HEAD, and what a page has no ear for: without a session, with one, by a link
AT_HOME = {Scope.STAFF: "Anja", Scope.LINK: "Fatma"}
NOT_THERE = ("foreign", "nonexistent", "deleted")
NO_SLUG = "bestaat-niet"
CANARY = "ʘ"  # stands in no text of ours
CANARIES = (CANARY, "%CA%98", "\\u0298", "&#664;")

cells: Counter[str] = Counter()


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker) -> Iterator[World]:
    conftest.set_clock(worlds.MORNING)
    with django_db_blocker.unblock(), never_happened():
        yield worlds.build()
    worlds.tell(request, f"isolation: {cells.total()} cells, {dict(cells)}")


@pytest.fixture(autouse=True)
def _undone(world: World) -> Iterator[None]:
    """Every test leaves the world as it was, and the clock too."""
    conftest.set_clock(worlds.MORNING)
    with never_happened():
        yield


# --- The matrix -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """One address of a page, and what stands behind it."""

    what: str
    path: str
    said: tuple[str, ...]  # what the visitor named, and may read back


def targets(entrance: Entrance, visitor: Visitor, gone: Mapping[str, str]) -> list[Target]:
    """The page with everything that can stand in its address: own, foreign, nonexistent, deleted."""
    if entrance.scope is Scope.STAFF:
        return [*_objects(entrance, visitor, gone), *_slugs(entrance, visitor)]
    if entrance.scope is Scope.LINK:
        return _tokens(entrance, visitor, gone)
    return [Target("own", worlds.path(entrance, "", {}), ())]


def _objects(entrance: Entrance, visitor: Visitor, gone: Mapping[str, str]) -> list[Target]:
    """Behind the slug that is the visitor's own."""
    found = [_staff("own", entrance, visitor.home.slug, worlds.ids_of(entrance, visitor.home))]
    if entrance.of:
        nobody = {name: str(uuid.uuid4()) for name in entrance.of}
        found += [
            _staff("foreign", entrance, visitor.home.slug, worlds.ids_of(entrance, visitor.abroad)),
            _staff("nonexistent", entrance, visitor.home.slug, nobody),
            _staff("deleted", entrance, visitor.home.slug, {name: gone[name] for name in entrance.of}),
        ]
    return found


def _slugs(entrance: Entrance, visitor: Visitor) -> list[Target]:
    """Behind a slug of others with their rows, and behind one of nobody with one's own: it is read before any row."""
    return [
        _staff("foreign slug", entrance, visitor.abroad.slug, worlds.ids_of(entrance, visitor.abroad)),
        _staff("nonexistent slug", entrance, NO_SLUG, worlds.ids_of(entrance, visitor.home)),
    ]


def _staff(what: str, entrance: Entrance, slug: str, ids: Mapping[str, str]) -> Target:
    return Target(what, worlds.path(entrance, slug, ids), (slug, *ids.values()))


def _tokens(entrance: Entrance, visitor: Visitor, gone: Mapping[str, str]) -> list[Target]:
    """A link of each kind, one of each kind that points into the other organisation, and tokens of no link."""
    own = {visitor.token} if visitor.token else set(visitor.home.tokens.values())
    said = {
        "own": sorted(own),
        "foreign": astray(visitor.home, visitor.abroad),
        "nonexistent": [links.token(uuid.uuid4())],
        "deleted": [gone["token"]],
    }
    ids = {
        "own": worlds.ids_of(entrance, visitor.home),
        "foreign": worlds.ids_of(entrance, visitor.abroad),
        "nonexistent": {name: str(uuid.uuid4()) for name in entrance.of},
        "deleted": gone,
    }
    found = [_behind(what, entrance, token, ids[what]) for what, tokens in said.items() for token in tokens]
    if len(entrance.of) > 1:  # behind one's own link, what is not one's own
        found += [_behind(what, entrance, token, ids[what]) for what in NOT_THERE for token in sorted(own)]
    return found


def _behind(what: str, entrance: Entrance, token: str, ids: Mapping[str, str]) -> Target:
    ids = {name: ids[name] for name in entrance.of} | {"token": token}
    return Target(what, worlds.path(entrance, "", ids), tuple(ids.values()))


def astray(agency: Agency, other: Agency) -> list[str]:
    """Links of one agency that point to people and rows of the other, as only a fault of ours could make."""
    about = {
        Link.Purpose.HELPER: other.rows[Helper],
        Link.Purpose.HOUSEHOLD: other.rows[Household],
        Link.Purpose.OFFER: other.rows[Offer],
    }
    with other.inside():
        person = other.rows[Helper].person.public_id
    with agency.inside():
        expires_at = agency.rows[Link].expires_at
        return [
            links.token(
                links.make(purpose=purpose, person=person, about=Subject.of(row), expires_at=expires_at).public_id
            )
            for purpose, row in about.items()
        ]


def deleted(entrance: Entrance, agency: Agency) -> dict[str, str]:
    """Ids of rows that were there and are gone."""
    found = {}
    for name, model in entrance.of.items():
        row = worlds.fresh(agency, model)
        found[name] = links.token(row.public_id) if name == "token" else str(row.public_id)
        worlds.delete(agency, row)
    return found


def ways_to_ask(entrance: Entrance, visitor: Visitor, method: str) -> list[dict[str, str]]:
    """By a whole page, and by a part of one."""
    if visitor.name in ONLY_LOOKS and method in ("HEAD", "POST"):
        return []
    if (method == "HEAD" or method not in entrance.methods) and visitor.name not in KNOCKS:
        return []
    return [PLAIN, HTMX] if visitor.name in WITH_HTMX and method in ASKED_BY_HTMX else [PLAIN]


def tries_all(entrance: Entrance, visitor: Visitor, method: str) -> bool:
    """Whether this visitor tries every address; what a page has no ear for only who is at home there, others one."""
    heard = method in ("GET", "POST") and method in entrance.methods
    return heard or visitor.name == AT_HOME.get(entrance.scope, "anonymous")


def visit(entrance: Entrance, visitor: Visitor, target: Target, method: str, headers: Mapping[str, str]) -> Answer:
    """One cell of the matrix; what it did is undone, and what the visitor said reads as one sign.

    An answer to the byte like another is judged once.  The pages of the demo introduce everybody to everybody.
    """
    cells[target.what] += 1
    if method != "POST":
        answer = visitor.browser.ask(method, target.path, headers=headers)
    else:
        with never_happened():
            answer = visitor.browser.post(target.path, {"nothing": "1"}, headers=headers)
    where = f"{visitor.name} {method} {target.path}"
    assert answer.status < 500, f"{where}: {answer.error!r}"
    said, hidden = answer.without(*target.said), "/l/" in target.path
    if (said, hidden, visitor.home.slug) not in _judged:
        _judged.add((said, hidden, visitor.home.slug))
        assert strictness.faults(answer, hidden=hidden) == [], where
        if visitor.name not in ONLY_LOOKS and entrance.scope is not Scope.DEMO:
            assert not carries(f"{said.text} {said.headers}", _theirs), where
    return said


_theirs: set[str] = set()  # the ids that only the other organisation has
_judged: set[tuple[Answer, bool, str]] = set()


@pytest.mark.parametrize("name", worlds.pages())
def test_what_is_not_hers_is_not_there_to_the_byte(world, name):
    """Zoë at the doors of the first agency."""
    _try_every_door(PAGES[name], [visitor for visitor in world.visitors if visitor.name in ONLY_LOOKS])


@pytest.mark.parametrize("name", worlds.pages())
def test_what_is_not_yours_is_not_there_to_the_byte(world, betrayed, name):
    """Everybody else at the doors of Zoë's agency, of which every word can be told from any other."""
    _try_every_door(PAGES[name], [visitor for visitor in world.visitors if visitor.name not in ONLY_LOOKS])


def _try_every_door(entrance: Entrance, visitors: list[Visitor]) -> None:
    before, gone = cells.total(), deleted(entrance, visitors[0].home)
    for visitor in visitors:
        shelves = targets(entrance, visitor, gone)
        for method in METHODS:
            for headers in ways_to_ask(entrance, visitor, method):
                answers: dict[str, set[Answer]] = {}
                tried = shelves if tries_all(entrance, visitor, method) else shelves[-1:]
                for target in tried:
                    if headers == HTMX and target.what == "own" and len(tried) > 1:
                        continue  # what is there was shown whole already: this is about doors
                    answers.setdefault(target.what, set()).add(visit(entrance, visitor, target, method, headers))
                where = f"{visitor.name} {method} {entrance.name} {headers}"
                _is_one([*(answers.get(what, set()) for what in NOT_THERE)], where)
                _is_one([*(answers.get(f"{what} slug", set()) for what in NOT_THERE)], where)
                _is_what_the_page_promises(entrance, visitor, method, answers, where)
    _was_thorough(entrance, visitors, cells.total() - before)


def _was_thorough(entrance: Entrance, visitors: list[Visitor], count: int) -> None:
    """Every method was tried by who is at home there at every address, and by the others at one at least."""
    shelf = 1 + 3 * bool(entrance.of) + 2 * (entrance.scope is Scope.STAFF)
    ways = [
        (method, way, tries_all(entrance, visitor, method))
        for visitor in visitors
        for method in METHODS
        for way in ways_to_ask(entrance, visitor, method)
    ]
    assert count >= sum(max(1, shelf - (way == HTMX)) if whole else 1 for _, way, whole in ways)
    if len(visitors) > len(ONLY_LOOKS):
        heard = {"GET", "POST"} & set(entrance.methods)
        assert {method for method, _, whole in ways if whole} == set(METHODS)
        assert len(ways) >= (len(METHODS) - len(heard)) * len(KNOCKS) + len(heard) * len(visitors)


def _is_one(shelves: list[set[Answer]], where: str) -> None:
    """All that is not there looks the same: status, headers, body."""
    found = set().union(*shelves)
    assert len(found) <= 1, f"{where}: {[(one.status, one.headers, one.body[:200]) for one in found]}"


def _is_what_the_page_promises(
    entrance: Entrance, visitor: Visitor, method: str, answers: Mapping[str, set[Answer]], where: str
) -> None:
    own = {answer.status for answer in answers.get("own", ())}
    everywhere = {answer.status for found in answers.values() for answer in found}
    if method not in entrance.methods:
        assert len(set().union(*answers.values())) == 1, f"{where}: said before anything is looked for"
        assert everywhere == {405}, where
    elif entrance.scope is Scope.STAFF and not visitor.signed_in:
        assert everywhere == {302}, where
    else:
        assert everywhere - own <= {404}, where
        assert own <= {200, 302, 403, 404, 422}, where
        if entrance.scope is Scope.STAFF and visitor.name in ("Anja", "Zoë"):
            assert own <= {200, 302, 422}, f"{where}: what is one's own is there"
        if entrance.scope is Scope.STAFF and visitor.name == "Anja" and method == "GET" and own:
            assert own == {200}, f"{where}: else a house with every door shut would do"


def test_own_links_are_really_open(world):
    """Else the matrix would be satisfied by a house with every door shut; at the desk it looks by itself."""
    for purpose, token in world.home.tokens.items():
        assert world.visitor("Anja").browser.get(f"/l/{token}/").status == 200, purpose


def test_head_is_get_without_its_body(world):
    for name in worlds.pages():
        entrance = PAGES[name]
        if "GET" in entrance.methods:
            assert "HEAD" in entrance.methods, name


# --- What is sent in a form -----------------------------------------------------------------------


def hidden_ids(form: type[forms.BaseForm]) -> list[str]:
    return [name for name, field in form.base_fields.items() if isinstance(field, forms.UUIDField)]


# Beside the id everything is right, so that nothing but the id can be refused.
RIGHT = {"pair": {"strength": "RATHER"}}
REPORT = {"start": "today", "until": "unknown", "day": "2026-11-27"}


@pytest.mark.parametrize("name", [name for name in worlds.pages() if PAGES[name].form and hidden_ids(PAGES[name].form)])
def test_an_id_in_a_form_is_no_other_way_in(world, name):
    entrance, anja = PAGES[name], world.visitor("Anja")
    path = worlds.path(entrance, "zorgzaam", worlds.ids_of(entrance, world.home))
    gone = worlds.fresh(world.home, Helper)
    worlds.delete(world.home, gone)
    for field in hidden_ids(entrance.form):
        strangers = [uuid.uuid4(), gone.public_id, *(row.public_id for row in world.abroad.rows.values())]
        for form, refs in ((RIGHT.get(name, REPORT), strangers), ({}, strangers[:3])):
            found = {anja.browser.post(path, form | {field: ref}).without(str(ref)) for ref in refs}
            cells["form"] += len(refs)

            assert len(found) == 1
            assert found.pop().status == 404 or not form


def test_a_tick_at_somebody_of_another_organisation_is_a_tick_at_nobody(world):
    absence = _asked_nobody_yet(world)
    anja, foreign = world.visitor("Anja"), world.abroad
    cockpit = f"/o/zorgzaam/afwezig/{absence.public_id}/"
    own = re.findall(r'name="ask" value="([^:]+):', anja.browser.get(cockpit).text)[0]
    with foreign.inside():
        theirs = foreign.rows[Absence].rounds.get().replacements.earliest("pk").public_id
    helpers = [foreign.rows[Helper].public_id, uuid.uuid4()]
    found = {
        anja.browser.post(cockpit, {"ask": f"{row}:{helper}"}).without(*{str(row), str(helper)} - {own})
        for row in (own, theirs, uuid.uuid4())
        for helper in helpers
    }

    assert len(found) == 1
    assert found.pop().status == 422
    with world.home.inside():
        assert not Offer.objects.filter(round__absence=absence).exists()


def _asked_nobody_yet(world: World) -> Absence:
    anja = world.visitor("Anja").browser
    with world.home.inside():
        joke = Helper.objects.get(person__first_name="Joke")
    anja.post("/o/zorgzaam/ziek/", {"helper": joke.public_id, "start": "today", "until": "1w"})
    with world.home.inside():
        Round.objects.filter(absence__helper=joke).update(leaves_at=None)  # else seconds count down on its page
        return joke.absences.get()


# --- Another team of the same organisation --------------------------------------------------------


def test_another_team_sees_a_name_card_and_nothing_of_the_file(world):
    eva = world.visitor("Eva").browser
    with world.home.inside():
        place_canaries(skip=("teams_", "people_person.first_name", "people_person.last_name", "people_household.name"))
        helper = Helper.objects.select_related("person").get(pk=world.home.rows[Helper].pk)
        peters = Household.objects.get(name="familie Peters")
        names = {home.name for home in Household.objects.all()} | {one.name for one in Colleague.objects.all()}
    cards = {
        f"/o/zorgzaam/hulp/{helper.public_id}/": helper.person.short_name,
        f"/o/zorgzaam/huishouden/{peters.public_id}/": peters.name,
        f"/o/zorgzaam/afwezig/{world.home.rows[Absence].public_id}/": helper.person.short_name,
    }
    for path, name in cards.items():
        answer = eva.get(path)
        main = answer.text.partition("<main")[2].partition("</main>")[0]

        assert answer.status == 403
        assert name in main
        assert "Team Zuid" in main
        assert "Vraag toegang" in main
        assert not carries(answer.text), path
        assert not [other for other in names - {name} if other in main], path
        assert helper.person.last_name not in main
        assert not re.search(r"\b\d\d[.:]\d\d\b", main), "no hours of visits"


def test_a_file_opens_when_its_team_says_so_and_closes_at_midnight(world):
    eva, anja = world.visitor("Eva").browser, world.visitor("Anja").browser
    file = f"/o/zorgzaam/hulp/{world.home.rows[Helper].public_id}/"
    assert "Vraag toegang" in eva.get(file).text

    assert eva.post(f"{file}toegang/", {"reason": "Zij valt morgen bij ons in."}).status == 403
    assert "Vraag toegang" not in eva.get(file).text
    with world.home.inside():
        asked = AccessRequest.objects.get(ref=world.home.rows[Helper].public_id)
    grant = f"/o/zorgzaam/toegang/{asked.public_id}/"
    assert grant in anja.get("/o/zorgzaam/").text
    assert eva.post(grant).status == 404, "nobody opens a file of another team to herself"
    assert eva.get(file).status == 403
    assert anja.post(grant).status == 302

    assert worlds.STREET in eva.get(file).text
    conftest.set_clock("2026-11-25 23:59:30 Europe/Amsterdam")
    assert eva.get(file).status == 200
    conftest.set_clock("2026-11-26 00:00:01 Europe/Amsterdam")
    assert eva.get(file).status == 403
    assert "Vraag toegang" in eva.get(file).text, "she can ask again"


def test_the_pages_of_a_team_show_nobody_of_another_team(world):
    """Boards, lists and choices: every page of the workplace that is of no file in particular.

    Except to a manager the pages that are for managers only: an export is of the whole organisation.
    """
    with world.home.inside():
        for team in Team.objects.all():
            Household.objects.filter(team=team).update(name=f"familie van {team.name}")
            people = Helper.objects.filter(team=team).values("person")
            Person.objects.filter(pk__in=people).update(first_name="Iemand", last_name=f"van {team.name}")
    seen = 0
    for name in worlds.pages(Scope.STAFF):
        entrance = PAGES[name]
        if not entrance.of and "GET" in entrance.methods:
            for who, own, other in (("Eva", "Noord", "Zuid"), ("Anja", "Zuid", "Noord")):
                if entrance.roles == {Role.MANAGER} and who == "Anja":
                    continue
                answer = world.visitor(who).browser.get(worlds.path(entrance, "zorgzaam", {}))
                seen += f"van Team {own}" in answer.text

                assert (answer.status == 403) == (entrance.roles == {Role.MANAGER}), f"{who} at {name}"
                assert f"van Team {other}" not in answer.text, f"{who} sees somebody of the other team at {name}"
    assert seen >= 4, "they see their own"


def test_an_opened_file_opens_no_other(world):
    eva, anja = world.visitor("Eva").browser, world.visitor("Anja").browser
    household = world.home.rows[Household].public_id
    with world.home.inside():
        asked = AccessRequest.objects.get(ref=household, granted_until=None)
    assert anja.post(f"/o/zorgzaam/toegang/{asked.public_id}/").status == 302

    assert eva.get(f"/o/zorgzaam/huishouden/{household}/").status == 200
    assert eva.get(f"/o/zorgzaam/hulp/{world.home.rows[Helper].public_id}/").status == 403
    assert eva.get(f"/o/zorgzaam/afwezig/{world.home.rows[Absence].public_id}/").status == 403


def test_a_request_that_was_answered_cannot_be_answered_again(world):
    eva, anja = world.visitor("Eva").browser, world.visitor("Anja").browser
    household = world.home.rows[Household].public_id
    with world.home.inside():
        asked = AccessRequest.objects.get(ref=household, granted_until=None)
    grant = f"/o/zorgzaam/toegang/{asked.public_id}/"
    anja.post(grant)
    conftest.set_clock("2026-11-26 08:00 Europe/Amsterdam")

    assert anja.post(grant).status == 404
    assert eva.get(f"/o/zorgzaam/huishouden/{household}/").status == 403


# --- Links ----------------------------------------------------------------------------------------


def test_a_link_opens_to_the_person_it_was_made_for_and_only_what_it_was_made_for(world):
    """Links of one organisation that are mixed up, as only a fault of ours could make: each is no link at all."""
    home, browser = world.home, Browser()
    with home.inside():
        piet = Helper.objects.select_related("person").get(person__first_name="Piet").person.public_id
        about = {
            Link.Purpose.HELPER: home.rows[Helper],
            Link.Purpose.HOUSEHOLD: home.rows[Household],
            Link.Purpose.OFFER: home.rows[Offer],
        }
        expires_at = home.rows[Link].expires_at
        mixed = [
            links.token(
                links.make(purpose=purpose, person=piet, about=Subject.of(row), expires_at=expires_at).public_id
            )
            for purpose in about
            for row in about.values()
            if not (isinstance(row, Offer) and row.helper.person.public_id == piet)
        ]
    nothing = browser.get(f"/l/{links.token(uuid.uuid4())}/")
    for token in mixed:
        for name in worlds.pages(Scope.LINK):
            for method in PAGES[name].methods:
                ids = worlds.ids_of(PAGES[name], home) | {"token": token}
                answer = browser.ask(method, worlds.path(PAGES[name], "", ids), {"answer": "yes"})

                assert (answer.status, answer.body) == (nothing.status, nothing.body), f"{method} {name}"


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_link_that_ended_shows_nothing_of_what_it_led_to(world, end):
    home, browser = world.home, Browser()
    with home.inside():
        moment = clock.now() - timedelta(seconds=1)
        Link.objects.update(**{"revoked_at" if end == "revoked" else "expires_at": moment})
        # Except the team's name and number: whoever comes too late must be able to call.
        place_canaries(skip=("base_link", "people_person.language", "teams_team.name", "teams_team.phone"))
    for purpose, token in home.tokens.items():
        for name in worlds.pages(Scope.LINK):
            for method in PAGES[name].methods:
                ids = worlds.ids_of(PAGES[name], home) | {"token": token}
                answer = browser.ask(method, worlds.path(PAGES[name], "", ids), {"answer": "yes"})

                assert answer.status in (404, 410), f"{purpose} {method} {name}"
                assert not carries(answer.text), f"{purpose} {method} {name}"


# --- Slugs ----------------------------------------------------------------------------------------


def test_a_slug_tells_nobody_which_organisations_there_are(world):
    for visitor in world.visitors:
        for method in METHODS:
            answers = {
                visitor.browser.ask(method, f"/o/{slug}/").without(slug)
                for slug in (visitor.abroad.slug, NO_SLUG, "x" * 50)
            }

            assert len(answers) == 1
            unseen = 404 if visitor.signed_in else 302
            assert answers.pop().status == (unseen if method in ("GET", "HEAD") else 405)


# --- Canaries -------------------------------------------------------------------------------------

PLACELESS = {
    "people_wish.kind": "the database knows the lawful kinds, and there will be no other",
    "visits_householdaway.choice": "the database keeps a visit or skips it, and there is no third way",
    "visits_phonecall.about": "the database knows which ends a call about this can have",
    "visits_phonecall.outcome": "the database knows which ends a call can have",
    "visits_visit.zone": "two columns are computed from it, and PostgreSQL knows its time zones",
}


def place_canaries(skip: tuple[str, ...] = ()) -> int:
    """Every text of the organisation entered is unlike any other; returns how many columns there were."""
    number = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, greatest(a.atttypmod - 4, -1) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attgenerated = '' AND NOT a.attisdropped"
            " WHERE c.relname = ANY(%s) AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)"
            " AND has_column_privilege(c.oid, a.attnum, 'UPDATE') ORDER BY 1, 2",
            [worlds.owned_tables()],
        )
        for table, column, room in cursor.fetchall():
            name = f"{table}.{column}"
            if name.startswith(skip) or name in PLACELESS:
                continue
            number += 1
            text = f"'{CANARY}{number}{CANARY}' || id"
            value = f"left({text}, {room})" if room > 0 else text
            cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE {column} <> ''")
    return number


UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def carries(text: str, ids: Collection[str] = ()) -> list[str]:
    """Which canaries, and which of these ids, stand in the text."""
    return [word for word in CANARIES if word in text] + [word for word in UUID.findall(text) if word in ids]


def test_every_table_of_the_other_organisation_has_rows_to_betray(world):
    with tenancy.enter(world.abroad.organisation.pk, tenancy.SYSTEM), connection.cursor() as cursor:
        empty = []
        for table in worlds.owned_tables():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            empty += [] if cursor.fetchone()[0] else [table]

    assert empty == [], "make rows of these in tests/world.py"


@pytest.fixture(scope="module")
def betrayed(world: World) -> None:
    """From here on every text of the other organisation is unlike any other, and its journal names rows of ours."""
    _theirs.update(uuids(world.abroad) - uuids(world.home))
    with tenancy.enter(world.abroad.organisation.pk, tenancy.SYSTEM):
        assert place_canaries() > 30
        _slander(world.home.rows[Household])
        _slander(world.home.rows[Helper])


def test_no_text_and_no_id_of_another_organisation_is_in_any_answer(world, betrayed):
    """Whoever tries every door above reads every answer; here who asks for the other organisation beside it."""
    anja, browser = world.visitor("Anja").browser, Browser()
    for name in worlds.pages(Scope.OPEN, Scope.STAFF, Scope.LINK):
        path = worlds.path(PAGES[name], world.home.slug, worlds.ids_of(PAGES[name], world.home))
        if "GET" in PAGES[name].methods:
            asking = anja if PAGES[name].scope is Scope.STAFF else browser
            answer = asking.get(f"{path}?after=0&next=/o/buren/")
            assert not carries(f"{answer.text} {answer.headers}", _theirs), path
            cells["canary"] += 1
    _letters_hold_none(world, _theirs)


def _slander(row: models.Model) -> None:
    """A journal line of the other organisation that names a row of ours."""
    line = JournalLine.objects.create(fact=CANARY, actor_kind="SYSTEM", at=clock.now(), params={CANARY: CANARY})
    JournalSubject.objects.create(line=line, kind=str(row._meta.model_name), ref=row.public_id)


def uuids(agency: Agency) -> set[str]:
    """Every uuid in any row of this agency."""
    found: set[str] = set()
    with tenancy.enter(agency.organisation.pk, tenancy.SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relname = ANY(%s) AND a.atttypid = 'uuid'::regtype",
            [worlds.owned_tables()],
        )
        for table, column in cursor.fetchall():
            cursor.execute(f"SELECT DISTINCT {column}::text FROM {table} WHERE {column} IS NOT NULL")
            found |= {row[0] for row in cursor.fetchall()}
    return found


def _letters_hold_none(world: World, words: set[str]) -> None:
    """Nor in any letter that is written after the canaries were placed."""
    absence, anja = _asked_nobody_yet(world), world.visitor("Anja").browser
    cockpit = f"/o/zorgzaam/afwezig/{absence.public_id}/"
    boxes = re.findall(r'name="ask" value="([^"]+)"', anja.get(cockpit).text)
    assert anja.post(cockpit, {"ask": boxes}).status == 302
    with world.home.inside():
        letters = OutboxMessage.objects.values_list("subject", "body")
        assert len(letters) > 5
        assert not [letter for letter in letters if carries(repr(letter), words)]


def test_text_that_could_not_be_marked_is_named_with_its_reason(world):
    with tenancy.enter(world.abroad.organisation.pk, tenancy.SYSTEM):
        for name in PLACELESS:
            table, column = name.split(".")
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = '{CANARY}'")


# --- Beside the pages -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name, job in jobs.JOBS.items() if job.of))
def test_a_job_with_an_id_of_another_organisation_finds_nothing(world, name):
    job = jobs.JOBS[name]
    for parameter in job.of:
        found = []
        for ref in (world.abroad.rows[job.of[parameter]].pk, 2**40):
            ids = {other: world.home.rows[model].pk for other, model in job.of.items()} | {parameter: ref}
            found.append(_refusal(world, job, ids))

        assert found[0] == found[1]
        assert (found[0] is None) == (name in OUTLIVED)


# Jobs whose row may be gone before their turn comes: they end without a word, and a test of their own sees that they
# touched nothing.
OUTLIVED = {"people.places.locate": "the import that brought the place may be taken back before the geocoder answers"}


def _refusal(world: World, job: jobs.Job, ids: Mapping[str, int]) -> tuple[type[ObjectDoesNotExist], str] | None:
    """What the job of the first agency says that it cannot find; None if it says nothing."""
    try:
        with never_happened():
            job.run(org=world.home.organisation.pk, actor=str(tenancy.SYSTEM), **ids)
    except ObjectDoesNotExist as refused:
        return type(refused), str(refused)
    return None


def test_the_geocoder_is_asked_for_no_address_of_another_organisation(world, monkeypatch):
    asked: list[geocoding.Question] = []
    monkeypatch.setattr(geocoding, "find", asked.append)
    job, foreign, own = places.locate, worlds.fresh(world.abroad, Place), worlds.fresh(world.home, Place)

    assert _refusal(world, job, {"place": foreign.pk}) is None
    assert asked == []
    assert _refusal(world, job, {"place": own.pk}) is None
    assert asked == [geocoding.Question(own.postcode, own.house_number)]


@pytest.fixture
def listens(monkeypatch):
    """Who may listen to the stream of this slug; the test's own connection stays open."""
    monkeypatch.setattr(streams, "close_old_connections", lambda: None)
    return lambda visitor, slug: streams._listener(f"samen={visitor.browser.cookies.get('samen', '')}", slug)


def test_the_stream_opens_for_the_own_team_only(world, listens):
    assert STREAMS["live"].of == {"team": Team}
    for visitor in world.visitors:
        for slug in (visitor.abroad.slug, NO_SLUG, "", "zorgzaam/extra"):
            assert listens(visitor, slug) is None, f"{visitor.name} at {slug}"
        heard = listens(visitor, visitor.home.slug)
        if not visitor.signed_in:
            assert heard is None
        else:
            assert heard.org == visitor.home.organisation.pk
            with visitor.home.inside():
                mine = Team.objects.filter(members__colleague__public_id=heard.actor.ref)
                assert list(heard.topics) == [team.public_id for team in mine]


def test_a_topic_of_another_organisation_never_moves(world):
    with world.abroad.inside():
        live.publish(world.abroad.team.public_id)
    me = world.home
    topics = [world.abroad.team.public_id, uuid.uuid4()]

    assert live.since(me.organisation.pk, me.by, topics, {}) == {}
    assert live.since(me.organisation.pk, me.by, [me.team.public_id], {})


def test_the_pages_of_the_demo_exist_in_the_demo_only(world):
    anja = world.visitor("Anja").browser
    with override_settings(DEMO=False):
        missing = {method: anja.ask(method, "/bestaat/niet/") for method in METHODS}
        for name in worlds.pages(Scope.DEMO):
            for method in METHODS:
                assert anja.ask(method, worlds.path(PAGES[name], "", {})) == missing[method], f"{method} {name}"
