"""Households and helpers, the persons behind them, how to reach them, and where they live."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samen.base.models import ActorKind
from samen.base.schema import Owned, kept, reference


class Language(models.TextChoices):
    """The languages in which people are written to; colleagues work in the first two."""

    NL = "nl", "Nederlands"
    EN = "en", "English"
    PL = "pl", "Polski"
    UK = "uk", "Українська"
    TR = "tr", "Türkçe"
    AR = "ar", "العربية"


class Channel(models.TextChoices):
    """How somebody is reached best."""

    EMAIL = "EMAIL", _("by mail")
    SMS = "SMS", _("by text message")
    PHONE = "PHONE", _("by telephone")
    LETTER = "LETTER", _("by letter")


class Person(Owned):
    """Somebody with a name: a resident, a contact, a helper."""

    salutation = models.CharField(max_length=40, blank=True)  # as somebody wants to be addressed: mevrouw Bakker-Smit
    first_name = models.CharField(max_length=60, blank=True)
    prefix = models.CharField(max_length=20, blank=True)
    last_name = models.CharField(max_length=80)
    language = models.CharField(max_length=5, choices=Language, default=Language.NL)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)

    class Meta:
        constraints = [*Owned.Meta.constraints]

    @property
    def name(self) -> str:
        """The whole name as one says it."""
        return " ".join(part for part in (self.first_name, self.prefix, self.last_name) if part)

    @property
    def short_name(self) -> str:
        """First name and initial, for those who need no more."""
        return f"{self.first_name} {self.last_name[:1]}.".strip()

    @property
    def addressed(self) -> str:
        """How a letter begins: as was asked for, else the whole name."""
        return self.salutation or self.name


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def standing(self) -> Self:
        """Those by which somebody is reached, what was looked after first."""
        return self.filter(until_date=None).order_by(F("verified_at").desc(nulls_last=True), "pk")


class ContactPoint(Owned):
    """An address or number of a person.  Not unique: couples share a phone."""

    class Kind(models.TextChoices):
        EMAIL = "EMAIL"
        PHONE = "PHONE"

    person = reference(Person, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind)
    normalised = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True)  # somebody was reached by it, or said that it is right
    until_date = models.DateField(null=True)  # not theirs any more

    objects: ClassVar[ContactPointQuerySet] = ContactPointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [*Owned.Meta.constraints, *kept("contactpoint", {"person": "people.Person"})]
        indexes = [
            models.Index(fields=["org", "kind", "normalised"], name="contactpoint_lookup"),
            models.Index(fields=["org", "person"], name="contactpoint_of_person"),
        ]


class Household(Owned):
    """The people at one door who are helped, under the name they are known by."""

    name = models.CharField(max_length=100)
    team = reference("teams.Team")

    class Meta:
        constraints = [*Owned.Meta.constraints, *kept("household", {"team": "teams.Team"})]


class Mandate(models.TextChoices):
    """On what ground somebody decides for somebody else."""

    SPOKEN = "SPOKEN", _("the resident said so")
    WRITTEN = "WRITTEN", _("a signed letter")
    NOTARY = "NOTARY", _("a living will at the notary")
    MENTOR = "MENTOR", _("mentor, by a judge")
    ADMINISTRATOR = "ADMINISTRATOR", _("administrator, by a judge")
    GUARDIAN = "GUARDIAN", _("guardian, by a judge")
    UNKNOWN = "UNKNOWN", _("mandate not noted yet: ask for it")  # decided for others before mandates were kept


class MemberQuerySet(models.QuerySet["HouseholdMember"]):
    def standing(self) -> Self:
        """Those who belong to it."""
        return self.filter(until_date=None)


class HouseholdMember(Owned):
    """A person's part in a household.  Who decides for others does so by a mandate that somebody wrote down."""

    class Role(models.TextChoices):
        RESIDENT = "RESIDENT", _("resident")
        CONTACT = "CONTACT", _("contact")
        REPRESENTATIVE = "REPRESENTATIVE", _("representative")
        PAYER = "PAYER", _("payer")

    household = reference(Household, related_name="members")
    person = reference(Person, related_name="household_roles")
    role = models.CharField(max_length=20, choices=Role)
    mandate = models.CharField(max_length=20, choices=Mandate, blank=True)
    mandate_date = models.DateField(null=True)
    mandate_by_kind = models.CharField(max_length=10, choices=ActorKind, blank=True)
    mandate_by_ref = models.UUIDField(null=True)
    until_date = models.DateField(null=True)  # not in it any more

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("householdmember", {"household": "people.Household", "person": "people.Person"}),
            models.UniqueConstraint(fields=["org", "household", "person", "role"], name="one_role_once"),
            models.CheckConstraint(
                condition=~Q(role="REPRESENTATIVE")
                | Q(mandate_date__isnull=False) & ~Q(mandate="") & ~Q(mandate_by_kind=""),
                name="who_decides_for_others_has_a_mandate",
            ),
        ]
        indexes = [models.Index(fields=["org", "person"], name="householdmember_of_person")]


class TravelMode(models.TextChoices):
    """How a helper comes."""

    WALK = "WALK", _("on foot")
    BIKE = "BIKE", _("by bike")
    EBIKE = "EBIKE", _("by electric bike")
    CAR = "CAR", _("by car")
    TRANSIT = "TRANSIT", _("by public transport")


class Helper(Owned):
    """A domestic helper of a team."""

    person = reference(Person, related_name="helpers")
    team = reference("teams.Team")
    mode = models.CharField(max_length=10, choices=TravelMode, default=TravelMode.BIKE)
    reach_minutes = models.PositiveIntegerField(default=30)
    contract_minutes = models.PositiveIntegerField(default=0)  # a week
    birth_date = models.DateField(null=True)  # the minimum wage depends on age
    since_date = models.DateField(null=True)
    until_date = models.DateField(null=True)  # not in it any more

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("helper", {"person": "people.Person", "team": "teams.Team"}),
            models.UniqueConstraint(fields=["org", "person"], name="one_helper_per_person"),
            models.CheckConstraint(
                condition=Q(since_date=None) | Q(until_date=None) | Q(since_date__lte=F("until_date")),
                name="helper_comes_before_she_leaves",
            ),
        ]


class Place(Owned):
    """The only table with an address.  A secret place keeps none here, and is known by its alias."""

    class Kind(models.TextChoices):
        HOME = "HOME"
        SHELTER = "SHELTER"
        OFFICE = "OFFICE"

    class PointSource(models.TextChoices):
        """Who says where it is on the map."""

        POSTCODE = "POSTCODE"
        HAND = "HAND"
        ADAPTER = "ADAPTER"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HOME)
    alias = models.CharField(max_length=60, blank=True)
    street = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001  unknown or secret is not an empty street
    house_number = models.CharField(max_length=12, null=True, blank=True)  # noqa: DJ001
    postcode = models.CharField(max_length=7, null=True, blank=True)  # noqa: DJ001
    town = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    point_source = models.CharField(max_length=20, choices=PointSource, blank=True)
    secret = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(secret=False)
                | models.Q(street=None, house_number=None, postcode=None, lat=None, lon=None, town="")
                & ~models.Q(alias=""),
                name="secret_place_keeps_no_address",
            ),
            models.CheckConstraint(
                condition=models.Q(lat=None, lon=None) | models.Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="point_on_earth",
            ),
        ]


def _one_place_at_a_time(table: str, owner: str) -> list[models.BaseConstraint]:
    return [
        *kept(table, {owner: f"people.{owner.capitalize()}", "place": "people.Place"}),
        ExclusionConstraint(
            name=f"{table}_one_at_a_time",
            expressions=[
                ("org", RangeOperators.EQUAL),
                (owner, RangeOperators.EQUAL),
                ("period", RangeOperators.OVERLAPS),
            ],
        ),
    ]


class HouseholdPlace(Owned):
    """Where a household lives, during a period."""

    household = reference(Household, related_name="places")
    place = reference(Place)
    period = DateRangeField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *_one_place_at_a_time("householdplace", "household")]
        indexes = [
            models.Index(fields=["org", "place"], name="householdplace_at_place"),
            models.Index(fields=["org", "household"], name="householdplace_by_household"),
        ]


class HelperPlace(Owned):
    """Where a helper lives, during a period."""

    helper = reference(Helper, related_name="places")
    place = reference(Place)
    period = DateRangeField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *_one_place_at_a_time("helperplace", "helper")]
        indexes = [models.Index(fields=["org", "place"], name="helperplace_at_place")]


class Postcode(models.Model):
    """Where a postcode is: a table of the world, filled from a national file by whoever runs Samen."""

    code = models.CharField(max_length=6, primary_key=True)
    town = models.CharField(max_length=80)
    lat = models.FloatField()
    lon = models.FloatField()
    source = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["lat"], name="postcode_by_lat")]


class Border(models.Model):
    """The outline of a municipality, for the small maps: rings of points, and the box they fit in."""

    name = models.CharField(max_length=80, primary_key=True)
    rings = models.JSONField()
    south = models.FloatField()
    west = models.FloatField()
    north = models.FloatField()
    east = models.FloatField()
    source = models.CharField(max_length=40)


class TravelFigure(Owned):
    """How long the way is between two places, as a route engine or a colleague says; gone when one of them moves."""

    class Source(models.TextChoices):
        ENGINE = "ENGINE"
        MANUAL = "MANUAL"

    place_a = reference(Place)
    place_b = reference(Place)
    mode = models.CharField(max_length=10, choices=TravelMode)
    minutes = models.PositiveSmallIntegerField()
    km = models.FloatField(null=True)
    source = models.CharField(max_length=10, choices=Source)
    version = models.CharField(max_length=60, blank=True)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("travelfigure", {"place_a": "people.Place", "place_b": "people.Place"}),
            models.UniqueConstraint(
                fields=["org", "place_a", "place_b", "mode", "source"], name="one_figure_per_way_and_source"
            ),
        ]


class Visibility(models.TextChoices):
    """Who may read what somebody told us."""

    TEAM = "TEAM", _("the team")
    HELPER = "HELPER", _("the team and whoever goes there")


def _whose(table: str) -> list[models.BaseConstraint]:
    """The row is about one household or about one helper, never about both or nobody."""
    return [
        *kept(table, {"household": "people.Household", "helper": "people.Helper"}),
        models.CheckConstraint(
            condition=Q(household=None, helper__isnull=False) | Q(household__isnull=False, helper=None),
            name=f"{table}_about_one",
        ),
    ]


LAWFUL_KINDS = ["LANGUAGE", "SKILL", "PETS", "SMOKING", "STAIRS", "PART_OF_DAY", "SAME_FACE", "GENDER"]


class Wish(Owned):
    """What a household or a helper needs or would like.

    The kinds are closed.  There is none for origin, colour, faith or dress, and there will be none: whoever chooses
    helpers by those breaks the Algemene wet gelijke behandeling, and so would whoever wrote it down.
    """

    class Kind(models.TextChoices):
        LANGUAGE = "LANGUAGE", _("language")
        SKILL = "SKILL", _("skill")
        PETS = "PETS", _("pets")
        SMOKING = "SMOKING", _("smoking")
        STAIRS = "STAIRS", _("stairs")
        PART_OF_DAY = "PART_OF_DAY", _("part of the day")
        SAME_FACE = "SAME_FACE", _("the same face")
        GENDER = "GENDER", _("woman or man")

    class Level(models.TextChoices):
        SOME = "SOME", _("a few words")
        TALK = "TALK", _("can talk")
        WELL = "WELL", _("speaks it well")

    class Strength(models.TextChoices):
        NOT = "NOT", _("it cannot be")
        MUST = "MUST", _("it must be so")
        RATHER = "RATHER", _("rather")
        NICE = "NICE", _("nice if it can be")

    class Scope(models.TextChoices):
        ALWAYS = "ALWAYS", _("always")
        REGULAR = "REGULAR", _("for who comes regularly")
        STAND_IN = "STAND_IN", _("for who stands in")

    class Ground(models.TextChoices):
        CARE = "CARE", _("help with washing or dressing")
        SAFETY = "SAFETY", _("safety after violence")

    household = reference(Household, null=True, related_name="wishes")
    helper = reference(Helper, null=True, related_name="wishes")
    kind = models.CharField(max_length=20, choices=Kind)
    what = models.CharField(max_length=20)
    level = models.CharField(max_length=10, choices=Level, blank=True)
    strength = models.CharField(max_length=10, choices=Strength)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.ALWAYS)
    ground = models.CharField(max_length=10, choices=Ground, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    visible_to = models.CharField(max_length=10, choices=Visibility, default=Visibility.TEAM)
    until_date = models.DateField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *_whose("wish"),
            models.CheckConstraint(
                condition=Q(kind__in=LAWFUL_KINDS),
                name="wish_of_a_lawful_kind",
            ),
            models.CheckConstraint(condition=~Q(kind="GENDER") | ~Q(ground=""), name="gender_wish_has_a_ground"),
            models.CheckConstraint(condition=~Q(kind="LANGUAGE") | ~Q(level=""), name="language_wish_has_a_level"),
        ]
        indexes = [models.Index(fields=["org", "household"], name="wish_by_household")]


class Story(Owned):
    """What one tells about oneself.  It stands beside the wishes; nothing is ever matched on it."""

    household = reference(Household, null=True, related_name="stories")
    helper = reference(Helper, null=True, related_name="stories")
    text = models.CharField(max_length=2000)
    visible_to = models.CharField(max_length=10, choices=Visibility, default=Visibility.TEAM)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *_whose("story"),
            models.UniqueConstraint(fields=["org", "household"], name="one_story_per_household"),
            models.UniqueConstraint(fields=["org", "helper"], name="one_story_per_helper"),
        ]


class PairWish(Owned):
    """What is wished between one helper and one household, why, and who wrote it down."""

    class Strength(models.TextChoices):
        NEVER = "NEVER", _("never again")
        RATHER_NOT = "RATHER_NOT", _("rather not")
        RATHER = "RATHER", _("rather")
        ONLY = "ONLY", _("only this one")

    helper = reference(Helper)
    household = reference(Household)
    strength = models.CharField(max_length=10, choices=Strength)
    reason = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True)
    noted_by_kind = models.CharField(max_length=10, choices=ActorKind, blank=True)
    noted_by_ref = models.UUIDField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("pairwish", {"helper": "people.Helper", "household": "people.Household"}),
            models.UniqueConstraint(fields=["org", "helper", "household"], name="one_pair_wish"),
        ]


class StandingWish(Owned):
    """What a household wants done when its helper cannot come, for one kind of absence: asked before it is needed."""

    class For(models.TextChoices):
        ILLNESS = "ILLNESS", _("when the helper is ill")
        LEAVE = "LEAVE", _("when the helper has leave")
        HOLIDAY = "HOLIDAY", _("on a public holiday")

    class Want(models.TextChoices):
        ANYONE = "ANYONE", _("send anyone you trust")
        KNOWN = "KNOWN", _("send somebody I know")
        MOVE = "MOVE", _("move it to another day")
        SHORTEN = "SHORTEN", _("a shorter visit is fine")
        SKIP = "SKIP", _("skip it once")
        NOBODY = "NOBODY", _("send nobody else")
        CALL = "CALL", _("call me")

    household = reference(Household, related_name="standing_wishes")
    for_kind = models.CharField(max_length=10, choices=For)
    want = models.CharField(max_length=10, choices=Want)
    confirmed_at = models.DateTimeField()
    said_by_kind = models.CharField(max_length=10, choices=ActorKind)
    said_by_ref = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("standingwish", {"household": "people.Household"}),
            models.UniqueConstraint(
                fields=["org", "household", "for_kind"],
                condition=Q(ended_at=None),
                name="one_standing_wish_per_kind",
            ),
        ]


class StandingQuestion(Owned):
    """A household was asked by mail whether its standing wishes still hold; answered or not."""

    household = reference(Household, related_name="standing_questions")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("standingquestion", {"household": "people.Household"}),
            models.UniqueConstraint(
                fields=["org", "household"], condition=Q(answered_at=None), name="one_open_standing_question"
            ),
        ]


class AskRight(Owned):
    """A helper's right not to be asked: by which way, how often in a week, and not before which day."""

    helper = reference(Helper, related_name="ask_rights")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    per_week = models.PositiveSmallIntegerField(null=True)  # null: as often as it is needed
    pause_until = models.DateField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("askright", {"helper": "people.Helper"}),
            models.UniqueConstraint(fields=["org", "helper"], name="one_ask_right_per_helper"),
        ]


class AskWindow(Owned):
    """When in the week a helper may be asked, by the clock on the wall; a helper without any may be asked always."""

    helper = reference(Helper, related_name="ask_windows")
    weekday = models.PositiveSmallIntegerField()
    local_start = models.TimeField()
    local_end = models.TimeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("askwindow", {"helper": "people.Helper"}),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="ask_weekday_of_seven"),
            models.CheckConstraint(condition=Q(local_start__lt=F("local_end")), name="ask_window_forward"),
        ]
        indexes = [models.Index(fields=["org", "helper"], name="ask_window_by_helper")]


class WayIn(Owned):
    """How one comes in.  What must stay secret of it, a code, is sealed, and shown by a click that is written down."""

    class Kind(models.TextChoices):
        OPENS = "OPENS", _("the household opens")
        OFFICE = "OFFICE", _("a key at the office")
        HELPER = "HELPER", _("the helper has a key")
        NEIGHBOUR = "NEIGHBOUR", _("a key with the neighbours")
        SAFE = "SAFE", _("a key safe with a code")

    household = reference(Household, related_name="ways_in")
    kind = models.CharField(max_length=10, choices=Kind)
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("wayin", {"household": "people.Household"}),
            models.UniqueConstraint(fields=["org", "household"], name="one_way_in_per_household"),
        ]


class Note(Owned):
    """What colleagues tell each other about a household or a helper.  There is no way from here to a letter."""

    household = reference(Household, null=True, related_name="notes")
    helper = reference(Helper, null=True, related_name="notes")
    text = models.CharField(max_length=2000)
    written_by_kind = models.CharField(max_length=10, choices=ActorKind)
    written_by_ref = models.UUIDField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *_whose("note")]
        indexes = [
            models.Index(fields=["org", "household", "id"], name="note_by_household"),
            models.Index(fields=["org", "helper", "id"], name="note_by_helper"),
        ]


class Document(Owned):
    """A file about a household or a helper, kept until a day."""

    household = reference(Household, null=True, related_name="documents")
    helper = reference(Helper, null=True, related_name="documents")
    blob = reference("base.Blob")
    name = models.CharField(max_length=120)
    kept_until = models.DateField()
    added_by_kind = models.CharField(max_length=10, choices=ActorKind)
    added_by_ref = models.UUIDField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *_whose("document"), *kept("document", {"blob": "base.Blob"})]


class Availability(Owned):
    """When in the week a helper can work: wall-clock time, Monday is 0."""

    helper = reference(Helper, related_name="availability")
    weekday = models.PositiveSmallIntegerField()
    local_start = models.TimeField()
    local_end = models.TimeField()
    period = DateRangeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("availability", {"helper": "people.Helper"}),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekday_of_seven"),
            models.CheckConstraint(
                condition=models.Q(local_start__lt=models.F("local_end")), name="availability_forward"
            ),
        ]
        indexes = [models.Index(fields=["org", "helper"], name="availability_of_helper")]


class ExternalNumber(Owned):
    """The number a household or a helper has in the organisation's other books."""

    number = models.CharField(max_length=40)
    household = reference(Household, null=True, related_name="numbers")
    helper = reference(Helper, null=True, related_name="numbers")

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("externalnumber", {"household": "people.Household", "helper": "people.Helper"}),
            models.CheckConstraint(
                condition=Q(household__isnull=False, helper=None) | Q(household=None, helper__isnull=False),
                name="number_of_one",
            ),
            models.UniqueConstraint(
                fields=["org", "number"], condition=Q(helper=None), name="one_household_per_number"
            ),
            models.UniqueConstraint(
                fields=["org", "number"], condition=Q(household=None), name="one_helper_per_number"
            ),
            models.UniqueConstraint(fields=["org", "household"], name="one_number_per_household"),
            models.UniqueConstraint(fields=["org", "helper"], name="one_number_per_helper"),
        ]
