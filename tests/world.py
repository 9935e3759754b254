"""Two agencies in the middle of a morning, and everybody who comes by: for the tests that try every door."""

import functools
import io
import re
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import got_request_exception
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import override_settings
from django.urls import get_resolver, reverse

from samen.base import clock, files, links, outbox, tenancy, texts
from samen.base.entrances import PAGES, Entrance, Scope
from samen.base.journal import Subject
from samen.base.models import Link, Organisation, OutboxMessage
from samen.base.tenancy import Actor, ActorKind
from samen.office.models import Export, Import, Split
from samen.office.models import Mapping as RememberedColumns
from samen.people import asking, documents, households, notes, numbers, places, standing, stories, ways_in, wishes
from samen.people.documents import NewDocument
from samen.people.households import NewMember
from samen.people.models import (
    ContactPoint,
    Document,
    Helper,
    Household,
    HouseholdMember,
    PairWish,
    Person,
    Place,
    TravelFigure,
    Wish,
)
from samen.people.persons import NewPerson
from samen.people.wishes import NewWish
from samen.planner.questions.regions import Question
from samen.teams import access, colleagues, groups, regions
from samen.teams.models import AccessRequest, ClosedDay, Colleague, Region, Team, TeamMember
from samen.visits import absences, arrangements, away, handovers, holidays, leaving, mornings, words
from samen.visits.models import (
    Absence,
    Arrangement,
    Bundle,
    HelperRate,
    HolidayChoice,
    HouseholdAway,
    HouseholdRate,
    MonthHours,
    Morning,
    Objection,
    Offer,
    Override,
    PhoneCall,
    Round,
    SchoolRegion,
    Task,
    Visit,
    VisitResult,
    WorkPolicy,
)
from tests import conftest

MORNING = "2026-11-25 07:12 Europe/Amsterdam"
CSRF = "s" * 32  # a browser of ours says the same in its cookie and in its form
FORGERY = re.compile(rb'<input type="hidden" name="csrfmiddlewaretoken" value="[^"]{64}">')
EXPIRES = re.compile("expires=[^;]+; ")
STREET = "Zandheuvelweg"

# --- A browser ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What came back, to the byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    error: BaseException | None = field(default=None, compare=False)

    def header(self, name: str) -> str:
        """All values of this header."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def text(self) -> str:
        return self.body.decode()

    def without(self, *words: str) -> "Answer":
        """The same answer in which these words, which the visitor said first, stand as one sign.

        What the clock and chance put into every page stands as nothing: a token's mask, the end of a cookie's life.
        """
        body = FORGERY.sub(b"", self.body)
        headers = tuple((name, EXPIRES.sub("", value)) for name, value in self.headers if name != "Expires")
        for word in words:
            body = body.replace(word.encode(), b"*")
            headers = tuple((name, value.replace(word, "*")) for name, value in headers)
        return Answer(self.status, headers, body)


class Browser:
    """Asks as a server passes it on: no check is switched off, and every header comes back."""

    def __init__(self, **cookies: str) -> None:
        self.cookies = {"csrftoken": CSRF} | cookies

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        body: bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
        headers: Mapping[str, str] | None = None,
        cookie: str | None = None,
    ) -> Answer:
        """One request; `form` is encoded as a browser does, `body` goes as it is."""
        sent = urlencode(form, doseq=True).encode() if form is not None else body or b""
        where, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(where).decode("latin1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "HTTP_X_CSRFTOKEN": self.cookies.get("csrftoken", ""),
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if cookie is None
            else cookie,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": kind if method not in ("GET", "HEAD") else "",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
        }
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_LENGTH" else f"HTTP_{key}"] = value
        return _answer(WSGIRequest(environ))

    def get(self, path: str, **more: Any) -> Answer:
        return self.ask("GET", path, **more)

    def post(self, path: str, form: Mapping[str, Any] | None = None, **more: Any) -> Answer:
        return self.ask("POST", path, form if form is not None or "body" in more else {}, **more)

    def keep(self, answer: Answer) -> Answer:
        """Remember the cookies of this answer, as a browser between two pages."""
        for name, value in answer.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer


@functools.cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _answer(request: WSGIRequest) -> Answer:
    broken: list[BaseException] = []

    def note(**_: Any) -> None:
        broken.extend([error] if (error := sys.exc_info()[1]) else [])

    got_request_exception.connect(note)
    try:
        response = _handler().get_response(request)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    finally:
        got_request_exception.disconnect(note)
    cookies = [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
    return Answer(response.status_code, tuple(sorted([*response.items(), *cookies])), body, *broken[:1])


def signed_in(name: str) -> Browser:
    """The browser of this colleague, after signing in."""
    return Browser(samen=conftest.a_session(name))


# --- A world --------------------------------------------------------------------------------------


@dataclass
class Agency:
    """One agency: who works there, and one row of every kind that an address can name."""

    organisation: Organisation
    team: Team
    me: Colleague
    rows: dict[type[models.Model], Any]
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.organisation.slug

    @property
    def by(self) -> Actor:
        return Actor(ActorKind.COLLEAGUE, self.me.public_id)

    @contextmanager
    def inside(self) -> Iterator[None]:
        with tenancy.enter(self.organisation.pk, self.by):
            yield


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser: whose agency is theirs, and which is not."""

    name: str
    browser: Browser
    home: Agency
    abroad: Agency
    signed_in: bool
    token: str = ""


@dataclass(frozen=True)
class World:
    """Everything."""

    home: Agency
    abroad: Agency
    visitors: tuple[Visitor, ...]

    def visitor(self, name: str) -> Visitor:
        return next(visitor for visitor in self.visitors if visitor.name == name)


@contextmanager
def never_happened() -> Iterator[None]:
    """What happens inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build() -> World:
    """The first agency has an ill helper, open questions and one answer; the other one has the same."""
    home = _agency("zorgzaam", "Anja", ill="Fatma")
    abroad = _agency("buren", "Zoë", ill="Noor")
    with tenancy.enter(home.organisation.pk, tenancy.SYSTEM):
        _asks_to_see(Colleague.objects.get(name="Eva"), home.rows[Household], home.team)
    fatma, household = home.tokens["HELPER"], home.tokens["HOUSEHOLD"]
    return World(
        home,
        abroad,
        (
            Visitor("anonymous", Browser(), home, abroad, signed_in=False),
            Visitor("Anja", signed_in("Anja"), home, abroad, signed_in=True),
            Visitor("Eva", signed_in("Eva"), home, abroad, signed_in=True),
            Visitor("Zoë", signed_in("Zoë"), abroad, home, signed_in=True),
            Visitor("Fatma", _after_a_visit(fatma), home, abroad, signed_in=False, token=fatma),
            Visitor("household", _after_a_visit(household), home, abroad, signed_in=False, token=household),
        ),
    )


def _after_a_visit(token: str) -> Browser:
    browser = Browser()
    browser.keep(browser.get(f"/l/{token}/"))
    return browser


def _agency(slug: str, name: str, *, ill: str) -> Agency:
    organisation = Organisation.objects.get(slug=slug)
    with tenancy.enter(organisation.pk, tenancy.SYSTEM):
        me = Colleague.objects.get(name=name)
        helper = Helper.objects.select_related("person", "team").get(person__first_name=ill)
    agency = Agency(organisation, helper.team, me, {Team: helper.team, Helper: helper})
    _somebody_is_ill(agency, signed_in(name), helper)
    with agency.inside():
        taken = _what_stands_there(agency, helper)
        _unknown_to_the_cast(agency, helper, taken)
    agency.rows[AccessRequest] = fresh(agency, AccessRequest)
    return agency


def _somebody_is_ill(agency: Agency, colleague: Browser, helper: Helper) -> None:
    """The helper is reported ill, everybody who could go is asked, the letters leave, and the first says yes."""
    report = {"helper": helper.public_id, "start": "today", "until": "unknown"}
    cockpit = colleague.post(f"/o/{agency.slug}/ziek/", report).header("Location")
    boxes = re.findall(r'name="ask" value="([^"]+)"', colleague.get(cockpit).text)
    assert boxes, "nobody to ask"
    assert colleague.post(cockpit, {"ask": boxes}).status == 302
    conftest.move_clock(seconds=30)
    letters_leave(agency)
    with agency.inside():
        first = Offer.objects.earliest("pk")
        link = Link.objects.get(purpose=Link.Purpose.OFFER, object_ref=first.public_id)
    assert Browser().post(f"/l/{links.token(link.public_id)}/", {"answer": "yes"}).status == 200
    letters_leave(agency)


def _what_stands_there(agency: Agency, helper: Helper) -> Offer:
    """Note one row of every kind, and the three kinds of link; returns the offer that was accepted."""
    taken = Offer.objects.select_related("household", "helper__person").get(answer=Offer.Answer.YES)
    still_open = Offer.objects.filter(answer="", withdrawn_at=None).order_by("pk").first()
    offer = still_open or taken
    visit = taken.visits.select_related("visit__arrangement").earliest("pk").visit
    agency.rows |= {Visit: visit, Arrangement: visit.arrangement}
    agency.rows |= {Absence: helper.absences.get(), Household: taken.household, Offer: offer, Round: taken.round}
    agency.rows[Link] = Link.objects.get(purpose=Link.Purpose.HELPER, object_ref=helper.public_id)
    agency.rows[OutboxMessage] = OutboxMessage.objects.earliest("pk")
    agency.tokens = {
        "HELPER": _token(Link.Purpose.HELPER, helper),
        "HOUSEHOLD": _token(Link.Purpose.HOUSEHOLD, taken.household),
        "OFFER": _token(Link.Purpose.OFFER, offer),
    }
    return taken


def _unknown_to_the_cast(agency: Agency, helper: Helper, taken: Offer) -> None:
    """What the planted people do not have: phone numbers, a street for the ill one, a wish, a file."""
    for person in (helper.person, taken.helper.person):
        ContactPoint.objects.create(person=person, kind=ContactPoint.Kind.PHONE, normalised=f"+3161234{person.pk:04}")
    place = helper.places.get().place
    place.street = STREET
    place.save(update_fields=["street"])
    agency.rows[Place] = place
    there = taken.household.places.get().place
    TravelFigure.objects.create(
        place_a=place, place_b=there, mode="BIKE", minutes=9, source="MANUAL", computed_at=clock.now()
    )
    agency.rows[PairWish], _ = PairWish.objects.get_or_create(
        helper=helper, household=taken.household, defaults={"strength": "RATHER"}
    )
    files.store(io.BytesIO(agency.slug.encode()), mime="text/plain")
    arrangements.skip_one(_visit(agency), by=agency.by, at=clock.now())
    PhoneCall.objects.create(
        round=taken.round, household=taken.household, offer=taken, about="COVERED", outcome="TOLD", made_at=clock.now()
    )
    Objection.objects.create(offer=taken, reason="Liever een ander", said_at=clock.now())
    _what_is_owed(agency, helper, taken.household)
    for model in (HouseholdAway, HolidayChoice):
        agency.rows[model] = fresh(agency, model)
    holidays.work_in(agency.team, SchoolRegion.MIDDLE, by=agency.by, at=clock.now())
    agency.rows[Bundle] = fresh(agency, Bundle)
    _what_was_told(agency, helper, taken.household)
    _set_up(agency)
    agency.rows |= {model: fresh(agency, model) for model in (Import, Export, Split)}
    RememberedColumns.objects.create(kind="HOUSEHOLDS", key=agency.slug, fields={"naam": "last_name"})
    numbers.give_all([(taken.household, f"K{agency.slug}")])


def _what_was_told(agency: Agency, helper: Helper, household: Household) -> None:
    """Wishes, a story, hours to be asked, a key with a code, a note, a document, and the yearly question."""
    by, at = agency.by, clock.now()
    for model in (Wish, Document, HouseholdMember, ContactPoint):
        agency.rows[model] = fresh(agency, model)
    stories.tell(household, text="Vertelt graag.", visible_to="TEAM", by=by, at=at)
    asking.allow(helper, week={0: [(time(8), time(20))]}, per_week=9, by=by, at=at)
    standing.say(household, wants={"LEAVE": "KNOWN"}, by=by, at=at)
    told = household.members.select_related("person").earliest("pk").person
    standing.ask(household, person=told, address="vraag@example.nl", by=by, at=at)
    ways_in.describe(household, kind="SAFE", secret="4711", by=by, at=at)
    notes.write(household, text="Belde terug.", by=by, at=at)


def _what_is_owed(agency: Agency, helper: Helper, household: Household) -> None:
    """How a visit went, hours that one side approved, tasks, rates, and a rule somebody went past."""
    visit, at = agency.rows[Visit], clock.now()
    since = DateRange(at.date(), None)
    VisitResult.objects.create(
        visit=visit, helper=helper, outcome="SHORTER", starts_at=visit.starts_at, minutes=60, said_at=at
    )
    MonthHours.objects.create(
        helper=helper, household=household, month=at.date().replace(day=1), version="x", minutes=60, lines=[]
    )
    Task.objects.create(arrangement=visit.arrangement, rank=9, what="Badkamer", period=since)
    WorkPolicy.objects.create()
    HelperRate.objects.create(helper=helper, cents=1800, period=since)
    HouseholdRate.objects.create(household=household, cents=2000, period=since)
    Override.objects.create(
        rule="DAYS_A_WEEK", about_kind="visit", about_ref=visit.public_id, day=at.date(), reason="mag", said_at=at
    )


def _set_up(agency: Agency) -> None:
    """What a manager made: postcodes, hours, a day off, a colleague who moved on."""
    by, at = agency.by, clock.now()
    region = agency.team.region
    regions.change(region, name=region.name, spans=[(1211, 1299)], by=by, at=at)
    texts.change(words.THANKS, "nl", texts.Letter("Bedankt", f"Dag {{name}}, van {agency.slug}"), by=by, at=at)
    texts.send_as(from_name=agency.slug, reply_to="antwoord@example.org", by=by, at=at)
    leaving.switch_on(agency.team, by=by, at=at)
    mornings.ask({agency.team: Question((), ())}, day=at.date(), by=by, at=at)
    agency.rows[Morning] = Morning.objects.get()
    groups.open_at(agency.team, {0: (time(9), time(17))}, by=by, at=at)
    agency.rows |= {Region: region, Colleague: Colleague.objects.exclude(pk=agency.me.pk).order_by("pk").first()}
    agency.rows[Colleague] = agency.rows[Colleague] or _colleague(agency)
    agency.rows[ClosedDay] = groups.close_on(agency.team, at.date(), name=f"Vrij van {agency.slug}", by=by, at=at)
    agency.rows[TeamMember] = agency.team.members.order_by("pk").last()


def _token(purpose: str, about: Any) -> str:
    return links.token(Link.objects.filter(purpose=purpose, object_ref=about.public_id).earliest("pk").public_id)


def _asks_to_see(who: Colleague, row: Any, team: Team) -> AccessRequest:
    by = Actor(ActorKind.COLLEAGUE, who.public_id)
    return access.ask(who=who, row=row, team=team, reason="invallen", by=by, at=clock.now())


def letters_leave(agency: Agency, to: str = "demo") -> None:
    """Every mail that is due goes to the demo's sink, or into memory, as a worker would do it."""
    org, system = agency.organisation.pk, str(tenancy.SYSTEM)
    with tenancy.enter(org, tenancy.SYSTEM):
        due = list(OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED, send_after__lte=clock.now()))
    with override_settings(MAIL=to):
        for message in due:
            outbox.deliver.run(org=org, actor=system, outbox=message.pk)


# --- Rows of every kind, to be thrown away ---------------------------------------------------------


def fresh(agency: Agency, model: type[models.Model]) -> Any:
    """A new row of this model in this agency; a model an address can name must have a maker here."""
    return MAKERS[model](agency)


def _helper(agency: Agency) -> Helper:
    with agency.inside():
        person = Person.objects.create(first_name="Nieuwe", last_name="Hulp")
        return Helper.objects.create(person=person, team=agency.team)


def _household(agency: Agency) -> Household:
    with agency.inside():
        return Household.objects.create(name="familie Nieuw", team=agency.team)


def _member(agency: Agency) -> HouseholdMember:
    household = _household(agency)
    with agency.inside():
        new = NewMember(NewPerson(last_name="Nieuw", emails=("nieuw@example.org",)))
        return households.add_member(household=household, new=new, by=agency.by, at=clock.now())


def _pair(agency: Agency) -> PairWish:
    helper, household = _helper(agency), _household(agency)
    with agency.inside():
        return PairWish.objects.create(helper=helper, household=household, strength="RATHER")


def _point(agency: Agency) -> ContactPoint:
    member = _member(agency)
    with agency.inside():
        return member.person.contact_points.get()


def _arrangement(agency: Agency) -> Arrangement:
    household = _household(agency)
    with agency.inside():
        at = clock.now()
        slot = arrangements.Slot(weekday=4, local_start=time(16), minutes=60, anchor_date=at.date())
        return arrangements.agree(
            household=household, work_form="AGENCY_EMPLOYS", slots=[slot], since=at.date(), by=agency.by, at=at
        )


def _visit(agency: Agency) -> Visit:
    arrangement = _arrangement(agency)
    with agency.inside():
        return arrangement.visits.order_by("pk").select_related("household", "team", "arrangement").first()


def _away(agency: Agency) -> HouseholdAway:
    household = _household(agency)
    with agency.inside():
        at = clock.now()
        row, _ = away.tell(household=household, since=at.date(), until=None, choice="SKIP", by=agency.by, at=at)
        return row


def _holiday(agency: Agency) -> HolidayChoice:
    """What the team decided for a Christmas in a year that nobody decided about yet."""
    household = _household(agency)
    with agency.inside():
        year = 2027 + HolidayChoice.objects.count()
        (christmas,) = holidays.between(date(year, 12, 25), date(year, 12, 26))
        skip, keep = holidays.Answer("SKIP"), holidays.Answer("KEEP")
        row, _ = holidays.choose(
            christmas, skip, team=agency.team, exceptions={household: keep}, by=agency.by, at=clock.now()
        )
        return row


def _bundle(agency: Agency) -> Bundle:
    helper, agreement = _helper(agency), _arrangement(agency)
    with agency.inside():
        at = clock.now()
        handed_over = {agreement: handovers.Decision(handovers.Fate.NOBODY)}
        row, _ = handovers.hand_over(helper, handed_over, since=at.date(), by=agency.by, at=at)
        return row


def _split(agency: Agency) -> Split:
    team = agency.team
    with agency.inside():
        nothing: dict[str, Any] = {"spans": [], "unserved": [], "households": {}, "helpers": {}, "colleagues": {}}
        there, _ = Region.objects.get_or_create(name="Afgesplitst")
        return Split.objects.create(source=team.region, target=there, team=team, split_at=clock.now(), **nothing)


def _absence(agency: Agency) -> Absence:
    helper = _helper(agency)
    with agency.inside():
        at = clock.now()
        return absences.report(helper=helper, kind=Absence.Kind.ILLNESS, start=at, until=None, by=agency.by, at=at)


def _request(agency: Agency) -> AccessRequest:
    helper = _helper(agency)
    with agency.inside():
        return _asks_to_see(agency.me, helper, agency.team)


def _link(agency: Agency) -> Link:
    helper = _helper(agency)
    with agency.inside():
        return links.make(
            purpose=Link.Purpose.HELPER,
            person=helper.person.public_id,
            about=Subject.of(helper),
            expires_at=agency.rows[Link].expires_at,
        )


def _message(agency: Agency) -> OutboxMessage:
    with agency.inside():
        return outbox.put(
            cause=Subject("test", uuid.uuid4()),
            recipient=uuid.uuid4(),
            address="nieuw@example.nl",
            subject="Nieuw",
            body="Nieuw",
            at=clock.now(),
        )


def _team(agency: Agency) -> Team:
    with agency.inside():
        return Team.objects.create(region=agency.team.region, name="Team Nieuw")


def _region(agency: Agency) -> Region:
    with agency.inside():
        return regions.make(name="Nieuw", spans=[(9900, 9901)], by=agency.by, at=clock.now())


def _closed_day(agency: Agency) -> ClosedDay:
    with agency.inside():
        at = clock.now()
        return groups.close_on(agency.team, at.date() + timedelta(days=40), name="Nieuw", by=agency.by, at=at)


def _colleague(agency: Agency) -> Colleague:
    with agency.inside():
        at = clock.now()
        return colleagues.invite(
            name="Nieuwe Collega",
            email=f"{uuid.uuid4()}@example.org",
            role=Colleague.Role.COORDINATOR,
            teams=[agency.team],
            starts=at.date(),
            by=agency.by,
            at=at,
        )


def _team_member(agency: Agency) -> TeamMember:
    colleague = _colleague(agency)
    with agency.inside():
        return colleague.memberships.get()


def _place(agency: Agency) -> Place:
    household = _household(agency)
    with agency.inside():
        at, home = clock.now(), places.Address(STREET, "1", "1211 AB", "Nergenshuizen")
        return places.settle(household, home=home, since=at.date(), by=agency.by, at=at)


def _wish(agency: Agency) -> Wish:
    household = _household(agency)
    with agency.inside():
        wished = NewWish(kind="PETS", what="cat", strength="NICE")
        return wishes.want(household, new=wished, by=agency.by, at=clock.now())


def _document(agency: Agency) -> Document:
    household = _household(agency)
    with agency.inside():
        at = clock.now()
        paper = NewDocument(io.BytesIO(b"%PDF-1.7"), 8, "nieuw.pdf", at.date())
        return documents.add(household, new=paper, by=agency.by, at=at)


def _import(agency: Agency) -> Import:
    """A file of one row that was looked at, and not taken over yet."""
    with agency.inside():
        file = Import.objects.create(
            kind="HOUSEHOLDS",
            file_name="klanten.csv",
            header=["Achternaam"],
            mapping={"last_name": 0},
            team=agency.team,
            state=Import.State.JUDGED,
            row_count=1,
            brought_at=clock.now(),
        )
        file.rows.create(number=2, cells=["Nieuw"], verdict="NEW")
        return file


def _export(agency: Agency) -> Export:
    with agency.inside():
        at, blob = clock.now(), files.store(io.BytesIO(uuid.uuid4().hex.encode()), mime="application/zip")
        return Export.objects.create(state=Export.State.READY, asked_at=at, ready_at=at, blob=blob)


MAKERS: dict[type[models.Model], Callable[[Agency], Any]] = {
    AccessRequest: _request,
    Absence: _absence,
    Arrangement: _arrangement,
    Bundle: _bundle,
    ClosedDay: _closed_day,
    Colleague: _colleague,
    ContactPoint: _point,
    Document: _document,
    Export: _export,
    Helper: _helper,
    HolidayChoice: _holiday,
    Household: _household,
    HouseholdAway: _away,
    HouseholdMember: _member,
    Import: _import,
    Link: _link,
    OutboxMessage: _message,
    PairWish: _pair,
    Place: _place,
    Region: _region,
    Split: _split,
    Team: _team,
    TeamMember: _team_member,
    Visit: _visit,
    Wish: _wish,
}


def delete(agency: Agency, row: models.Model) -> None:
    """The row is gone, and with it whatever pointed to it."""
    with agency.inside():
        _delete(row)


def _delete(row: models.Model) -> None:
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.field.model is not type(row):
            for child in relation.field.model._default_manager.filter(**{relation.field.name: row}):
                _delete(child)
    type(row)._default_manager.filter(pk=row.pk)._raw_delete(using="default")


# --- Telling --------------------------------------------------------------------------------------


def tell(request: pytest.FixtureRequest, text: str) -> None:
    """Say how much was tried, also when pytest keeps the rest to itself."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        request.config.get_terminal_writer().line(f"\n{text}")


# --- Addresses -------------------------------------------------------------------------------------


def path(entrance: Entrance, slug: str, ids: Mapping[str, str]) -> str:
    """The address of a page for this slug and these ids."""
    return reverse(entrance.name, kwargs={"slug": slug, **ids} if entrance.scope is Scope.STAFF else ids)


def ids_of(entrance: Entrance, agency: Agency) -> dict[str, str]:
    """The ids that this page of this agency can be asked with, the link's being a helper's."""
    return {
        name: agency.tokens["HELPER"] if name == "token" else str(agency.rows[model].public_id)
        for name, model in entrance.of.items()
    }


def pages(*scopes: Scope) -> list[str]:
    """The names of the pages of these scopes, all of them if none is named."""
    assert get_resolver().url_patterns, "pages register when the addresses are read"
    return sorted(name for name, entrance in PAGES.items() if entrance.scope in scopes or not scopes)


def owned_tables() -> list[str]:
    """Every table that belongs to organisations, from the database's own catalogue; partitions are inside theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]
