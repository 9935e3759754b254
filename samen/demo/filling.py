"""The invented regions as rows: many at a time, and with the same identities for the same seed."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, links, many, tenancy
from samen.base.journal import Subject
from samen.base.models import Link
from samen.demo import cast, country, drawing, living, owed, planning
from samen.demo.drawing import Crew, key
from samen.demo.living import Life, Spell
from samen.demo.names import Name
from samen.people.models import (
    Availability,
    ContactPoint,
    Helper,
    HelperPlace,
    Household,
    HouseholdMember,
    HouseholdPlace,
    PairWish,
    Person,
    Place,
)
from samen.teams.models import Colleague, Region, Team, TeamMember
from samen.visits import absences, settling
from samen.visits.models import (
    Absence,
    Arrangement,
    Assignment,
    Offer,
    OfferVisit,
    Replacement,
    Round,
    TeamCalendar,
    Term,
    Visit,
)

WEEKS_BEHIND = 4
MORNING = time(7, 12)
LINKS_LIVE = timedelta(days=90)
PAIRS = 12  # households with a wish about one helper


def staff(owner: psycopg.Connection[Any]) -> None:
    """The logins of the coordinators, by the owner of the database, because no program may make those."""
    password = make_password(cast.PASSWORD)
    for region in country.REGIONS:
        for name in region.coordinators:
            owner.execute(
                "INSERT INTO base_login (email, password, is_active) VALUES (%s, %s, true)",
                [cast.Colleague(name, region.team).email, password],
            )


def life_of(region: country.Region, *, day: date, seed: int) -> Life:
    """The people of this region and their years; where the cast lives there are so many fewer others."""
    present = region.name == cast.GOOI.region
    crew = drawing.draw(
        region,
        seed=seed,
        day=day,
        households=drawing.HOUSEHOLDS - present * (len(cast.GOOI.households) + cast.FILLERS),
        helpers=drawing.HELPERS - present * len(cast.GOOI.helpers),
    )
    return Life(crew, seed, day)


def fill(life: Life, org: int, logins: dict[str, int]) -> None:
    """Everybody of this region lives, with the weeks around the day, in one transaction."""
    with tenancy.enter(org, tenancy.SYSTEM):
        filler = _Filler(life)
        filler.people(logins)
        filler.visits(_begin(life.day), life.day + settling.AHEAD)
        filler.fall_ill()
        owed.be_born(day=life.day)
        owed.tell(day=life.day, seed=life.seed)
        owed.put_first(day=life.day, seed=life.seed)


def fill_people(life: Life, org: int, logins: dict[str, int]) -> None:
    """Everybody of this region lives and has agreed when somebody comes; no visit is made yet, and nobody is ill."""
    with tenancy.enter(org, tenancy.SYSTEM):
        _Filler(life).people(logins)
        owed.be_born(day=life.day)


def fill_history(life: Life, org: int, *, years: int) -> None:
    """What happened in this region in so many years before the weeks that are planted anyway."""
    with tenancy.enter(org, tenancy.SYSTEM):
        filler = _Filler(life)
        filler.find()
        filler.visits(_begin(life.day) - timedelta(weeks=52 * years), _begin(life.day))


def _begin(day: date) -> date:
    return day - timedelta(days=day.weekday(), weeks=WEEKS_BEHIND)


def _moment(day: date, minute: int = 0) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=clock.HOME)


class _Filler:
    """One region being planted: what was made so far, by number or by key."""

    def __init__(self, life: Life) -> None:
        self.life, self.crew, self.day = life, life.crew, life.day
        self.now = datetime.combine(life.day, MORNING, tzinfo=clock.HOME)
        self.helpers: list[Helper] = []
        self.households: list[Household] = []
        self.arrangements: list[Arrangement] = []
        self.places: list[Place] = []

    def people(self, logins: dict[str, int]) -> None:
        """The team, its colleagues, its helpers and households, and what was agreed."""
        region, _ = Region.objects.get_or_create(name=self.crew.region.name)
        here = self.crew.region
        own = key(self.life.seed, here.team)
        self.team = Team.objects.create(public_id=own, region=region, name=here.team, phone=here.phone)
        TeamCalendar.objects.create(public_id=key(own, "schools"), team=self.team, school_region=here.schools)
        always = DateRange(self.day - timedelta(days=365), None)
        for name in here.coordinators:
            login = logins[cast.Colleague(name, self.team.name).email]
            colleague = Colleague.objects.create(public_id=key(own, name), name=name, login_id=login)
            TeamMember.objects.create(team=self.team, colleague=colleague, period=always)
        self._helpers()
        self._households()
        self._agreements()
        self._wishes()
        self._links()

    def find(self) -> None:
        """The rows that `people` made."""
        self.team = Team.objects.get(name=self.crew.region.team)
        helpers = {row.public_id: row for row in Helper.objects.filter(team=self.team)}
        households = {row.public_id: row for row in Household.objects.filter(team=self.team)}
        agreed = {row.household_id: row for row in Arrangement.objects.filter(household__team=self.team)}
        homes = HouseholdPlace.objects.filter(household__team=self.team).select_related("place")
        places = {row.household_id: row.place for row in homes}
        self.helpers = [helpers[one.key] for one in self.crew.helpers]
        self.households = [households[one.key] for one in self.crew.households]
        self.arrangements = [agreed[row.pk] for row in self.households]
        self.places = [places[row.pk] for row in self.households]

    # --- The people ----------------------------------------------------------------------------------

    def _people(self, of: list[tuple[Name, str, str]]) -> list[Person]:
        """Persons with an address of e-mail each: name, language, and what makes the address their own."""
        people = many.keep(
            Person(
                public_id=key(self.life.seed, self.team.name, own, name.first),
                first_name=name.first,
                prefix=name.prefix,
                last_name=name.last,
                language=language,
            )
            for name, language, own in of
        )
        many.keep(
            ContactPoint(
                person=person,
                kind=ContactPoint.Kind.EMAIL,
                normalised=f"{cast.key(name.first)}.{cast.key(name.last)}.{own}@example.nl",
                verified_at=self.now,
            )
            for person, (name, _, own) in zip(people, of, strict=True)
        )
        return people

    def _place(self, home: drawing.Home, alias: str = "") -> Place:
        if alias:
            return Place(kind=Place.Kind.SHELTER, alias=alias, secret=True)
        return Place(
            street=home.street,
            house_number=home.number,
            postcode=home.area.postcode,
            town=home.area.town,
            lat=home.point.lat,
            lon=home.point.lon,
            point_source="POSTCODE",
        )

    def _helpers(self) -> None:
        drawn = self.crew.helpers
        label = cast.key(self.crew.region.name)[:3]
        people = self._people([(one.name, one.language, f"{label}h{n}") for n, one in enumerate(drawn)])
        self.helpers = many.keep(
            Helper(
                public_id=one.key,
                person=person,
                team=self.team,
                mode=one.mode,
                reach_minutes=one.reach,
                contract_minutes=one.minutes,
            )
            for one, person in zip(drawn, people, strict=True)
        )
        places = many.keep(self._place(one.home) for one in drawn)
        since = DateRange(self.day - timedelta(days=3650), None)
        pairs = list(zip(self.helpers, drawn, places, strict=True))
        many.keep(HelperPlace(helper=row, place=place, period=since) for row, _, place in pairs)
        many.keep(
            Availability(
                helper=row,
                weekday=weekday,
                local_start=time(begins // 60),
                local_end=time(ends // 60),
                period=since,
            )
            for row, one, _ in pairs
            for weekday, (begins, ends) in one.days.items()
        )

    def _households(self) -> None:
        drawn = self.crew.households
        label = cast.key(self.crew.region.name)[:3]
        self.households = many.keep(Household(public_id=one.key, name=one.called, team=self.team) for one in drawn)
        told = [
            (row, role, (name, one.language, f"{label}{n}{'c' if role == 'CONTACT' else ''}"))
            for n, (row, one) in enumerate(zip(self.households, drawn, strict=True))
            for name, role in one.people
        ]
        people = self._people([who for _, _, who in told])
        many.keep(
            HouseholdMember(household=row, person=person, role=role)
            for (row, role, _), person in zip(told, people, strict=True)
        )
        self.places = many.keep(self._place(one.home, one.secret) for one in drawn)
        many.keep(
            HouseholdPlace(household=row, place=place, period=DateRange(one.since, None))
            for row, place, one in zip(self.households, self.places, drawn, strict=True)
        )

    def _agreements(self) -> None:
        drawn = self.crew.households
        self.arrangements = many.keep(
            Arrangement(
                public_id=key(one.key, "arrangement"), household=row, uid=key(one.key, "uid"), work_form=one.work_form
            )
            for row, one in zip(self.households, drawn, strict=True)
        )
        many.keep(
            Term(
                public_id=slot.key,
                arrangement=self.arrangements[slot.household],
                slot_no=slot.number,
                period=DateRange(drawn[slot.household].since, None),
                every_n=slot.every,
                anchor_date=_anchor(slot, drawn[slot.household].since),
                weekday=slot.weekday,
                local_start=time(slot.start // 60, slot.start % 60),
                minutes=slot.minutes,
                helper=None if slot.helper is None else self.helpers[slot.helper],
            )
            for slot in self.crew.slots
        )

    def _wishes(self) -> None:
        """A few households rather have, or never again have, one helper who is not theirs."""
        strengths = (PairWish.Strength.NEVER, PairWish.Strength.RATHER, PairWish.Strength.RATHER_NOT)
        step = max(1, len(self.households) // PAIRS)
        many.keep(
            PairWish(
                helper=self.helpers[number % len(self.helpers)],
                household=self.households[number],
                strength=strengths[number % 3],
            )
            for number in range(0, len(self.households), step)
            if all(slot.helper != number % len(self.helpers) for slot in self.crew.households[number].slots)
        )

    def _links(self) -> None:
        """One helper and one of her households have the address of their own page: they stand on the front door."""
        slots = [slot for slot in self.crew.slots if slot.helper is not None and slot.helper not in self.life.fresh]
        slot = min(slots, key=lambda one: (not one.falls_on(self.day), one.every))
        helper, household = self.helpers[slot.helper or 0], self.households[slot.household]
        member = HouseholdMember.objects.filter(household=household).order_by("pk").select_related("person")[0]
        for purpose, person, about in (
            (Link.Purpose.HELPER, helper.person, helper),
            (Link.Purpose.HOUSEHOLD, member.person, household),
        ):
            links.make(
                purpose=purpose,
                person=person.public_id,
                about=Subject.of(about),
                expires_at=self.now + LINKS_LIVE,
            )

    # --- The visits ----------------------------------------------------------------------------------

    def visits(self, since: date, until: date) -> None:
        """Every visit of these days, who goes or went, who could not, and who stood in."""
        told = list(self.life.tell(since, until))
        rounds = self._absences(since, until, {visit.missing for visit in told})
        made = many.keep(self._visit(visit) for visit in told)
        pairs = list(zip(told, made, strict=True))
        offers = self._replacements(pairs, rounds)
        many.keep(row for visit, made in pairs for row in self._assignments(visit, made, rounds, offers))

    def _visit(self, visit: living.Visit) -> Visit:
        slot = visit.slot
        return Visit(
            public_id=visit.key,
            created_at=self.now,
            arrangement=self.arrangements[slot.household],
            slot_no=slot.number,
            occurrence_date=visit.day,
            household=self.households[slot.household],
            team=self.team,
            place=self.places[slot.household],
            local_date=visit.day,
            local_start=time(slot.start // 60, slot.start % 60),
            minutes=slot.minutes,
            cancelled_at=_moment(visit.day) if visit.skipped else None,
            cancelled_why=settling.SKIPPED if visit.skipped else "",
        )

    def _absences(self, since: date, until: date, missed: set[Spell | None]) -> dict[Spell, Round]:
        """Who was absent in these days; an absence that reaches into later days was planted with those."""
        spells = [
            spell
            for found in self.life.spells.values()
            for spell in found
            if spell.since < until and spell.until > since
        ]
        known = {row.public_id: row for row in Absence.objects.filter(helper__team=self.team)}
        new = many.keep(self._absence(spell) for spell in spells if _key(self.crew, spell) not in known)
        absent = known | {row.public_id: row for row in new}
        searched = {row.absence_id: row for row in Round.objects.filter(team=self.team, absence__isnull=False)}
        rounds = many.keep(
            Round(
                absence=absent[_key(self.crew, spell)],
                team=self.team,
                opened_by_kind="SYSTEM",
                opened_at=_reported(spell, self.now),
                sent_at=_reported(spell, self.now),
            )
            for spell in spells
            if spell in missed and absent[_key(self.crew, spell)].pk not in searched
        )
        searched |= {row.absence_id: row for row in rounds}
        return {spell: searched[absent[_key(self.crew, spell)].pk] for spell in spells if spell in missed}

    def _absence(self, spell: Spell) -> Absence:
        end = _moment(spell.until)
        planned = min(spell.until, self.day + living.PLANNED_AHEAD)
        return Absence(
            public_id=_key(self.crew, spell),
            created_at=_reported(spell, self.now),
            helper=self.helpers[spell.helper],
            kind=spell.kind,
            starts_at=_moment(spell.since),
            expected_until=end if spell.kind == "LEAVE" else _moment(planned),
            ended_at=end if spell.kind == "LEAVE" or end <= self.now else None,
            reported_by_kind="SYSTEM",
        )

    def _replacements(
        self, pairs: list[tuple[living.Visit, Visit]], rounds: dict[Spell, Round]
    ) -> dict[tuple[int, int, int], Offer]:
        """A row for every visit whose helper could not come, and the question to whoever said yes."""
        missed = [(visit, row, rounds[visit.missing]) for visit, row in pairs if visit.missing]
        many.keep(
            Replacement(
                round=turn,
                visit=row,
                closed_at=None if visit.helper is None and not visit.skipped else turn.opened_at,
                outcome=Replacement.Outcome.COVERED
                if visit.helper is not None and not visit.skipped
                else Replacement.Outcome.PASSED
                if visit.skipped
                else "",
            )
            for visit, row, turn in missed
        )
        blocks: dict[tuple[int, int, int], list[Visit]] = defaultdict(list)
        for visit, row, turn in missed:
            if visit.helper is not None and not visit.skipped:
                blocks[turn.pk, visit.slot.household, visit.helper].append(row)
        turns = {turn.pk: turn for turn in rounds.values()}
        before = {(row.round_id, row.household_id, row.helper_id): row for row in Offer.objects.filter(round__in=turns)}
        offers = {
            block: before.get((block[0], self.households[block[1]].pk, self.helpers[block[2]].pk)) for block in blocks
        }
        made = many.keep(self._offer(turns[block[0]], *block[1:]) for block, row in offers.items() if row is None)
        new = iter(made)
        complete = {block: row or next(new) for block, row in offers.items()}
        many.keep(
            OfferVisit(offer=complete[block], visit=row, known_start=row.starts_at, known_end=row.ends_at)
            for block, rows in blocks.items()
            for row in rows
        )
        return complete

    def _offer(self, turn: Round, household: int, helper: int) -> Offer:
        return Offer(
            round=turn,
            household=self.households[household],
            helper=self.helpers[helper],
            reply_by=turn.opened_at + timedelta(hours=4),
            sent_at=turn.opened_at,
            seen_at=turn.opened_at + timedelta(minutes=5),
            answered_at=turn.opened_at + timedelta(minutes=9),
            answer=Offer.Answer.YES,
            reasons=self._reasons(household, helper),
        )

    def _reasons(self, household: int, helper: int) -> dict[str, Any]:
        """Why she was asked: how far it is, and that she was new there."""
        home, her = self.crew.households[household].home, self.crew.helpers[helper]
        travel = planning.minutes(her.home.point, home.point, her.mode)
        parts = [{"part": "TRAVEL", "cost": travel, "count": 0}, {"part": "NEW_FACE", "cost": 0, "count": 0}]
        return {"travel_minutes": travel, "parts": parts}

    def _assignments(
        self,
        visit: living.Visit,
        row: Visit,
        rounds: dict[Spell, Round],
        offers: dict[tuple[int, int, int], Offer],
    ) -> list[Assignment]:
        made = []
        if visit.missing:
            turn = rounds[visit.missing]
            made.append(self._assignment(visit.missing.helper, row, ended_at=turn.opened_at, ended_by_kind="absence"))
            if visit.helper is not None and not visit.skipped:
                offer = offers[turn.pk, visit.slot.household, visit.helper]
                made.append(self._assignment(visit.helper, row, from_offer=offer))
        elif visit.helper is not None and visit.skipped:
            made.append(self._assignment(visit.helper, row, ended_at=row.starts_at, ended_by_kind="cancelled"))
        elif visit.helper is not None:
            made.append(self._assignment(visit.helper, row))
        return made

    def _assignment(self, helper: int, row: Visit, **more: Any) -> Assignment:
        return Assignment(
            created_at=self.now,
            visit=row,
            helper=self.helpers[helper],
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            **more,
        )

    def fall_ill(self) -> None:
        """On the morning of the demo a few report themselves ill, as in every region on every day."""
        for number in self.life.fresh:
            helper = self.helpers[number]
            absences.report(
                helper=helper, kind=Absence.Kind.ILLNESS, start=self.now, until=None, by=tenancy.SYSTEM, at=self.now
            )


def _key(crew: Crew, spell: Spell) -> Any:
    return key(crew.helpers[spell.helper].key, spell.kind, spell.since)


def _reported(spell: Spell, now: datetime) -> datetime:
    """When it became known: illness on its first morning, leave some weeks before."""
    known = _moment(spell.since, 7 * 60) - (timedelta(weeks=6) if spell.kind == "LEAVE" else timedelta())
    return min(known, now)


def _anchor(slot: drawing.Slot, since: date) -> date:
    """A Monday at or after the beginning, in a week in which the visit falls."""
    monday = since + timedelta(days=-since.weekday() % 7)
    while slot.every > 1 and drawing.week(monday) % slot.every != slot.parity:
        monday += timedelta(weeks=1)
    return monday
