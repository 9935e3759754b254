"""Plant the invented people: two agencies, their teams, a month of visits behind and two weeks ahead."""

import random
import uuid
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, links, tenancy
from samen.base.journal import Subject
from samen.base.models import ActorKind, Link
from samen.base.schema import Owned
from samen.demo import cast, owed, told
from samen.demo.drawing import key
from samen.people.models import (
    Availability,
    ContactPoint,
    Helper,
    HelperPlace,
    Household,
    HouseholdMember,
    HouseholdPlace,
    Mandate,
    PairWish,
    Person,
    Place,
)
from samen.teams.models import Colleague, Region, Team, TeamMember
from samen.visits import arrangements
from samen.visits.models import Arrangement, Assignment, Term, Visit

WEEKS_BEHIND = 4
MORNING = time(7, 12)  # the moment the demo begins: a helper has just woken up ill
LINKS_LIVE = timedelta(days=90)


def lay_ground(owner: psycopg.Connection[Any], agencies: tuple[cast.Agency, ...] = cast.AGENCIES) -> dict[str, int]:
    """The organisations and the logins, by the owner of the database, because no program may make those.

    Returns the number of each organisation by its slug.
    """
    numbers = {}
    password = make_password(cast.PASSWORD)
    for agency in agencies:
        row = owner.execute(
            "INSERT INTO base_organisation (slug, name, is_maker) VALUES (%s, %s, false) RETURNING id",
            [agency.slug, agency.name],
        ).fetchone()
        numbers[agency.slug] = row[0] if row else 0
        for colleague in agency.colleagues:
            owner.execute(
                "INSERT INTO base_login (email, password, is_active) VALUES (%s, %s, true)",
                [colleague.email, password],
            )
    return numbers


def logins(owner: psycopg.Connection[Any]) -> dict[str, int]:
    """The number of every login by its address."""
    return dict(owner.execute("SELECT email, id FROM base_login").fetchall())


def set_clock(owner: psycopg.Connection[Any], moment: datetime) -> None:
    """From now on the database's clock says it is this moment, and goes on from there."""
    owner.execute("UPDATE clock_offset SET ahead = %s - clock_timestamp()", [moment])
    owner.execute(
        "SELECT sec.audit_month((%s + make_interval(months => n))::date) FROM generate_series(0, 2) AS n",
        [moment],
    )


def look_again(migrate_url: str) -> None:
    """The database counts its rows anew, so that it looks them up the short way from the first page on."""
    with psycopg.connect(migrate_url, autocommit=True, options="-c role=samen_owner") as owner:
        owner.execute("ANALYZE")


def plant(agency: cast.Agency, org: int, logins: dict[str, int], *, day: date, seed: int) -> None:
    """Everybody of this agency lives, in one transaction, around this day."""
    with tenancy.enter(org, tenancy.SYSTEM):
        planter = _Planter(agency, logins, day, seed)
        planter.plant()
        planter.identify()
        owed.be_born(day=day)
        owed.tell(day=day, seed=seed)
        owed.put_first(day=day, seed=seed)


class _Planter:
    """One agency being planted: what was made so far, by name."""

    def __init__(self, agency: cast.Agency, logins: dict[str, int], day: date, seed: int) -> None:
        self.agency, self.logins, self.day, self.chance = agency, logins, day, random.Random(seed)  # noqa: S311  a story
        self.seed = seed
        self.since = DateRange(day - timedelta(days=365), None)
        self.teams: dict[str, Team] = {}
        self.helpers: dict[str, Helper] = {}
        self.households: dict[str, Household] = {}
        self.numbers = 0

    def plant(self) -> None:
        region = Region.objects.create(name=self.agency.region)
        for name, phone in self.agency.teams.items():
            self.teams[name] = Team.objects.create(region=region, name=name, phone=phone)
        for colleague in self.agency.colleagues:
            self._colleague(colleague)
        for helper in self.agency.helpers:
            self._helper(helper)
        for household in (*self.agency.households, *self._around()):
            self._household(household)
        for helper in self.agency.helpers:
            for name in helper.never:
                PairWish.objects.create(
                    helper=self.helpers[helper.first_name],
                    household=self.households[name],
                    strength=PairWish.Strength.NEVER,
                )
        self._told()

    def _told(self) -> None:
        """What is known of the two people of the story."""
        morning = datetime.combine(self.day, MORNING, tzinfo=clock.HOME)
        if self.agency is cast.GOOI:
            told.of_household(self.households["mevrouw De Vries"], at=morning)
            told.of_helper(self.helpers["Fatma"], at=morning)

    def identify(self) -> None:
        """The same seed, the same identities, also of what the product's own verbs made."""
        made: tuple[type[Owned], ...] = (Region, Team, Colleague, Arrangement, Term, Visit)
        for model in made:
            rows = list(model._default_manager.order_by("pk"))
            for number, row in enumerate(rows):
                row.public_id = self._key(model.__name__, number)
            model._default_manager.bulk_update(rows, ["public_id"])

    def _key(self, *of: object) -> uuid.UUID:
        return key(self.seed, self.agency.slug, *of)

    def _colleague(self, colleague: cast.Colleague) -> None:
        first = colleague is self.agency.colleagues[0]
        role = Colleague.Role.MANAGER if first else Colleague.Role.COORDINATOR
        row = Colleague.objects.create(name=colleague.name, login_id=self.logins[colleague.email], role=role)
        TeamMember.objects.create(team=self.teams[colleague.team], colleague=row, period=self.since)

    def _person(self, first: str, prefix: str, last: str, language: str = "nl") -> Person:
        person = Person.objects.create(
            public_id=self._key(first, prefix, last),
            first_name=first,
            prefix=prefix,
            last_name=last,
            language=language,
        )
        ContactPoint.objects.create(
            person=person,
            kind=ContactPoint.Kind.EMAIL,
            normalised=f"{cast.key(first)}.{cast.key(last)}@example.nl",
            verified_at=clock.now(),
        )
        ContactPoint.objects.create(person=person, kind=ContactPoint.Kind.PHONE, normalised=self._number())
        return person

    def _number(self) -> str:
        """An invented number of a mobile, in a stretch of which no demo message ever leaves."""
        self.numbers += 1
        return f"+316850{self.numbers:05}"

    def _place(self, spot: cast.Spot, street: str, alias: str = "") -> Place:
        if alias:
            return Place.objects.create(kind=Place.Kind.SHELTER, alias=alias, secret=True)
        return Place.objects.create(
            street=street,
            house_number=str(self.chance.randint(1, 90)),
            postcode=spot.postcode,
            town=spot.town,
            lat=round(spot.lat + self.chance.gauss(0, 0.002), 5),
            lon=round(spot.lon + self.chance.gauss(0, 0.003), 5),
            point_source="POSTCODE",
        )

    def _helper(self, helper: cast.Helper) -> None:
        person = self._person(helper.first_name, helper.prefix, helper.last_name, helper.language)
        row = Helper.objects.create(
            public_id=self._key("helper", helper.first_name),
            person=person,
            team=self.teams[helper.team],
            mode=helper.mode,
            reach_minutes=helper.reach,
        )
        self.helpers[helper.first_name] = row
        place = self._place(helper.home, self.chance.choice(cast.STREETS))
        HelperPlace.objects.create(helper=row, place=place, period=self.since)
        Availability.objects.bulk_create(
            Availability(helper=row, weekday=weekday, local_start=time(start), local_end=time(end), period=self.since)
            for weekday, (start, end) in helper.hours.items()
        )
        self._link(Link.Purpose.HELPER, person, row)

    def _household(self, household: cast.Household) -> None:
        person = self._person(*household.told)
        row = Household.objects.create(
            public_id=self._key("household", household.name), name=household.name, team=self.teams[household.team]
        )
        self.households[household.name] = row
        mandate = (
            {"mandate": Mandate.SPOKEN, "mandate_date": self.since.lower, "mandate_by_kind": ActorKind.SYSTEM}
            if household.role == HouseholdMember.Role.REPRESENTATIVE
            else {}
        )
        HouseholdMember.objects.create(household=row, person=person, role=household.role, **mandate)
        place = self._place(household.home, household.street, household.secret)
        HouseholdPlace.objects.create(household=row, place=place, period=self.since)
        self._link(Link.Purpose.HOUSEHOLD, person, row)
        arrangement = Arrangement.objects.create(
            household=row, uid=self._key("agreement", household.name), work_form=household.work_form
        )
        self._past(household, arrangement, place)
        self._ahead(household, arrangement)

    def _link(self, purpose: str, person: Person, about: Helper | Household) -> None:
        expires_at = datetime.combine(self.day, MORNING, tzinfo=clock.HOME) + LINKS_LIVE
        links.make(purpose=purpose, person=person.public_id, about=Subject.of(about), expires_at=expires_at)

    def _past(self, household: cast.Household, arrangement: Arrangement, place: Place) -> None:
        """The weeks that are over: history, which no verb of today may make."""
        monday = self.day - timedelta(days=self.day.weekday())
        weeks = [monday + timedelta(weeks=week, days=household.weekday) for week in range(-WEEKS_BEHIND, 1)]
        days = [day for day in weeks if day < self.day]
        visits = Visit.objects.bulk_create(
            Visit(
                arrangement=arrangement,
                occurrence_date=day,
                household=arrangement.household,
                team=arrangement.household.team,
                place=place,
                local_date=day,
                local_start=time(*household.hour),
                minutes=household.minutes,
            )
            for day in days
        )
        last = days[WEEKS_BEHIND - len(household.stood_in) : WEEKS_BEHIND]
        stood_in = dict(zip(last, household.stood_in, strict=True))
        Assignment.objects.bulk_create(
            Assignment(
                visit=visit,
                helper=self.helpers[stood_in.get(visit.local_date, household.helper)],
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
            )
            for visit in Visit.objects.filter(pk__in=[visit.pk for visit in visits])
        )

    def _ahead(self, household: cast.Household, arrangement: Arrangement) -> None:
        """From the day of the demo on the visits are what the term says, made by the product's own verb."""
        since = self.day - timedelta(days=self.day.weekday(), weeks=WEEKS_BEHIND)
        Term.objects.create(
            arrangement=arrangement,
            period=DateRange(since, None),
            anchor_date=since,
            weekday=household.weekday,
            local_start=time(*household.hour),
            minutes=household.minutes,
            helper=self.helpers[household.helper],
        )
        arrangements.settle(arrangement, at=datetime.combine(self.day, MORNING, tzinfo=clock.HOME))

    def _around(self) -> list[cast.Household]:
        """More households for the first team, on hours that its helpers still have free."""
        if self.agency is not cast.GOOI:
            return []
        model = self.agency.households[0]
        names = self.chance.sample(cast.FAMILY_NAMES, cast.FILLERS)
        slots = [
            ("Riet", 0, (9, 0)), ("Riet", 1, (9, 30)), ("Riet", 3, (13, 0)), ("Agnieszka", 2, (9, 0)),
            ("Agnieszka", 4, (9, 30)), ("Samira", 2, (10, 0)), ("Tom", 1, (8, 30)), ("Kim", 4, (10, 0)),
        ]  # fmt: skip
        return [
            replace(
                model,
                name=f"familie {name}",
                told=(self.chance.choice(("Ingrid", "Marcel", "Petra", "Erik")), "", name),
                home=self.chance.choice(cast.AROUND),
                street=self.chance.choice(cast.STREETS),
                weekday=weekday,
                hour=hour,
                minutes=self.chance.choice((120, 150, 180)),
                helper=helper,
                stood_in=(),
            )
            for name, (helper, weekday, hour) in zip(names, slots, strict=True)
        ]
