"""Arrangements and their visits, who goes, who cannot, and who is asked instead."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from samen.base.models import ActorKind
from samen.base.schema import Owned, TenantForeignKey, kept, reference
from samen.people.models import Channel

FAIR = 5  # so often a week a helper is asked to stand in, where neither she nor the organisation said otherwise


class WorkForm(models.TextChoices):
    """Who employs the helper: it decides what the household may be told, and later the rules of pay."""

    HOUSEHOLD_EMPLOYS = "HOUSEHOLD_EMPLOYS"
    AGENCY_EMPLOYS = "AGENCY_EMPLOYS"
    SELF_EMPLOYED = "SELF_EMPLOYED"


class Arrangement(Owned):
    """A standing agreement with a household.  Its identity lives as long as the agreement, whatever changes."""

    household = reference("people.Household", related_name="arrangements")
    uid = models.UUIDField()
    work_form = models.CharField(max_length=20, choices=WorkForm)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("arrangement", {"household": "people.Household"}),
            models.UniqueConstraint(fields=["org", "uid"], name="one_arrangement_per_uid"),
        ]


class Term(Owned):
    """How one slot of an arrangement recurs during a period: "this and following" closes one and opens the next."""

    class Freq(models.TextChoices):
        WEEKLY = "WEEKLY"
        MONTHLY_NTH = "MONTHLY_NTH"
        ONCE = "ONCE"

    arrangement = reference(Arrangement, related_name="terms")
    slot_no = models.PositiveSmallIntegerField(default=1)
    period = DateRangeField()
    freq = models.CharField(max_length=12, choices=Freq, default=Freq.WEEKLY)
    every_n = models.PositiveSmallIntegerField(default=1)
    anchor_date = models.DateField()
    weekday = models.PositiveSmallIntegerField()
    nth = models.SmallIntegerField(null=True)
    local_start = models.TimeField()
    minutes = models.PositiveIntegerField()
    zone = models.CharField(max_length=40, default="Europe/Amsterdam")
    helper = reference("people.Helper", null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("term", {"arrangement": "visits.Arrangement", "helper": "people.Helper"}),
            ExclusionConstraint(
                name="one_term_at_a_time",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("arrangement", RangeOperators.EQUAL),
                    ("slot_no", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="term_weekday_of_seven"),
            models.CheckConstraint(condition=Q(every_n__gte=1, every_n__lte=52), name="term_comes_back"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="term_within_a_day"),
            models.CheckConstraint(
                condition=Q(freq="MONTHLY_NTH", nth__isnull=False) | ~Q(freq="MONTHLY_NTH") & Q(nth=None),
                name="term_nth_of_a_month",
            ),
        ]


class Change(Owned):
    """What was changed in an arrangement, with how it stood before: undo puts that back."""

    arrangement = reference(Arrangement, related_name="changes")
    verb = models.CharField(max_length=30)
    before = models.JSONField()
    changed_by_kind = models.CharField(max_length=10, choices=ActorKind)
    changed_by_ref = models.UUIDField(null=True)
    changed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    bundle = reference("visits.Bundle", null=True, related_name="changes")

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("change", {"arrangement": "visits.Arrangement", "bundle": "visits.Bundle"}),
        ]
        indexes = [models.Index(fields=["org", "arrangement", "id"], name="change_by_arrangement")]


class Bundle(Owned):
    """Changes of many agreements that were decided together: they are made together, and undone together."""

    team = reference("teams.Team")
    helper = reference("people.Helper", null=True)
    verb = models.CharField(max_length=30)
    since = models.DateField()
    made_by_kind = models.CharField(max_length=10, choices=ActorKind)
    made_by_ref = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("bundle", {"team": "teams.Team", "helper": "people.Helper"}),
        ]
        indexes = [models.Index(fields=["org", "team", "id"], name="bundle_by_team")]


class DayOff(models.TextChoices):
    """What happens to a visit on a day that is not like the others."""

    KEEP = "KEEP"
    SKIP = "SKIP"
    MOVE = "MOVE"


def _moves_somewhere(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(choice=DayOff.MOVE, to_date__isnull=False) | ~Q(choice=DayOff.MOVE) & Q(to_date=None), name=name
    )


class HouseholdAway(Owned):
    """A household is not at home for some days.  There is no reason and no text: nobody need say why.

    Other dates are a new row that stands in the place of the old one, so that it can be undone.
    """

    household = reference("people.Household", related_name="away")
    period = DateRangeField()
    choice = models.CharField(max_length=4, choices=[(DayOff.SKIP, "Skip"), (DayOff.KEEP, "Keep")])
    replaces = reference("self", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    told_by_kind = models.CharField(max_length=10, choices=ActorKind)
    told_by_ref = models.UUIDField(null=True)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("householdaway", {"household": "people.Household", "replaces": "visits.HouseholdAway"}),
            ExclusionConstraint(
                name="away_once_at_a_time",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("household", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(condition=Q(choice__in=["SKIP", "KEEP"]), name="away_skips_or_keeps"),
        ]


class HolidayChoice(Owned):
    """What a team does on a holiday or in a school break.  A new choice stands in the place of the old one."""

    class Kind(models.TextChoices):
        HOLIDAY = "HOLIDAY"
        SCHOOL_BREAK = "SCHOOL_BREAK"

    team = reference("teams.Team")
    kind = models.CharField(max_length=12, choices=Kind)
    period = DateRangeField()
    choice = models.CharField(max_length=4, choices=DayOff)
    to_date = models.DateField(null=True)
    replaces = reference("self", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    chosen_by_kind = models.CharField(max_length=10, choices=ActorKind)
    chosen_by_ref = models.UUIDField(null=True)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("holidaychoice", {"team": "teams.Team", "replaces": "visits.HolidayChoice"}),
            models.UniqueConstraint(
                fields=["org", "team", "period"], condition=Q(withdrawn_at=None), name="one_choice_per_holiday"
            ),
            _moves_somewhere("choice_moves_to_a_day"),
        ]


class HolidayException(Owned):
    """What one household wants otherwise than the rest on that holiday."""

    chosen = reference(HolidayChoice, related_name="exceptions")
    household = reference("people.Household")
    choice = models.CharField(max_length=4, choices=DayOff)
    to_date = models.DateField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("holidayexception", {"chosen": "visits.HolidayChoice", "household": "people.Household"}),
            models.UniqueConstraint(fields=["org", "chosen", "household"], name="one_exception_per_household"),
            _moves_somewhere("exception_moves_to_a_day"),
        ]


class SchoolRegion(models.TextChoices):
    """The three parts in which Dutch schools have their breaks."""

    NORTH = "NORTH"
    MIDDLE = "MIDDLE"
    SOUTH = "SOUTH"


class TeamCalendar(Owned):
    """In which school region a team works."""

    team = reference("teams.Team")
    school_region = models.CharField(max_length=6, choices=SchoolRegion)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("teamcalendar", {"team": "teams.Team"}),
            models.UniqueConstraint(fields=["org", "team"], name="one_calendar_per_team"),
        ]


class SchoolBreak(models.Model):
    """When schools are closed in a region: of the whole country, so of no organisation; only a release changes it."""

    class Name(models.TextChoices):
        AUTUMN = "AUTUMN"
        CHRISTMAS = "CHRISTMAS"
        SPRING = "SPRING"
        MAY = "MAY"
        SUMMER = "SUMMER"

    school_year = models.CharField(max_length=9)
    region = models.CharField(max_length=6, choices=SchoolRegion)
    name = models.CharField(max_length=9, choices=Name)
    period = DateRangeField()
    sure = models.BooleanField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_year", "region", "name"], name="one_break_of_a_name"),
        ]


def _wall_clock() -> Func:
    return Func(
        F("zone"),
        Func(F("local_date"), F("local_start"), template="(%(expressions)s)", arg_joiner=" + "),
        function="timezone",
        output_field=models.DateTimeField(),
    )


def _after_minutes() -> Func:
    # By way of UTC: a plain timestamptz + interval is not immutable, so PostgreSQL would not keep the column.
    return Func(
        Value("UTC"),
        Func(
            Func(Value("UTC"), _wall_clock(), function="timezone"),
            Func(F("minutes"), function="make_interval", template="%(function)s(mins => %(expressions)s)"),
            template="(%(expressions)s)",
            arg_joiner=" + ",
        ),
        function="timezone",
        output_field=models.DateTimeField(),
    )


class VisitQuerySet(models.QuerySet["Visit"]):
    """Which visits."""

    def overlapping(self, start: datetime, until: datetime) -> Self:
        """Those that share at least a moment with [start, until)."""
        return self.filter(starts_at__lt=until, ends_at__gt=start)

    def standing(self) -> Self:
        """Those that are not cancelled."""
        return self.filter(cancelled_at=None)


class Visit(Owned):
    """Somebody comes to a household on a day at a wall-clock time, for so many minutes of real time."""

    arrangement = reference(Arrangement, null=True, related_name="visits")
    slot_no = models.PositiveSmallIntegerField(default=1)
    occurrence_date = models.DateField(null=True)
    household = reference("people.Household", related_name="visits")
    team = reference("teams.Team")
    place = reference("people.Place", null=True)
    seats = models.PositiveSmallIntegerField(default=1)
    local_date = models.DateField()
    local_start = models.TimeField()
    minutes = models.PositiveIntegerField()
    zone = models.CharField(max_length=40, default="Europe/Amsterdam")
    starts_at = models.GeneratedField(expression=_wall_clock(), output_field=models.DateTimeField(), db_persist=True)
    ends_at = models.GeneratedField(expression=_after_minutes(), output_field=models.DateTimeField(), db_persist=True)
    own_date = models.BooleanField(default=False)
    own_start = models.BooleanField(default=False)
    own_minutes = models.BooleanField(default=False)
    own_helper = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=30, blank=True)

    objects: ClassVar[VisitQuerySet] = VisitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept(
                "visit",
                {
                    "arrangement": "visits.Arrangement",
                    "household": "people.Household",
                    "team": "teams.Team",
                    "place": "people.Place",
                },
            ),
            models.UniqueConstraint(
                fields=["org", "arrangement", "slot_no", "occurrence_date"], name="one_visit_per_occurrence"
            ),
            models.UniqueConstraint(fields=["org", "id", "starts_at", "ends_at"], name="visit_with_its_time"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="visit_within_a_day"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=4), name="visit_has_a_seat"),
        ]
        indexes = [
            models.Index(fields=["org", "team", "local_date"], name="visit_by_team_and_day"),
            models.Index(fields=["org", "household", "starts_at"], name="visit_by_household"),
        ]


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Which absences."""

    def meeting(self, start: datetime, until: datetime) -> Self:
        """Those that hold for at least a moment of [start, until), as far as one knows their end."""
        return self.filter(withdrawn_at=None, starts_at__lt=until).filter(
            Q(ended_at=None, expected_until=None) | Q(ended_at=None, expected_until__gt=start) | Q(ended_at__gt=start)
        )


class Absence(Owned):
    """A helper cannot come.  There is no reason and no text: nobody may ask, so nothing can be stored."""

    class Kind(models.TextChoices):
        ILLNESS = "ILLNESS"
        LEAVE = "LEAVE"
        OTHER = "OTHER"

    helper = reference("people.Helper", related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind)
    starts_at = models.DateTimeField()
    expected_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    reported_by_kind = models.CharField(max_length=10, choices=ActorKind)
    reported_by_ref = models.UUIDField(null=True)

    objects: ClassVar[AbsenceQuerySet] = AbsenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("absence", {"helper": "people.Helper"}),
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("helper", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ended_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at=None),
            ),
        ]

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended by this moment, as far as one knows."""
        over = self.ended_at or self.expected_until
        return over is not None and over <= at

    def meets(self, visit: Visit) -> bool:
        """Whether it takes her from this visit, as far as one knows its end."""
        over = self.ended_at or self.expected_until
        return self.starts_at < visit.ends_at and (over is None or over > visit.starts_at)


class Round(Owned):
    """One search for other hands, opened by one absence or by a colleague."""

    absence = reference(Absence, null=True, related_name="rounds")
    team = reference("teams.Team")
    opened_by_kind = models.CharField(max_length=10, choices=ActorKind)
    opened_by_ref = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    send_after = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)  # when it is sent by itself, unless somebody stops it before
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("round", {"absence": "visits.Absence", "team": "teams.Team"}),
            models.UniqueConstraint(
                fields=["org", "absence"], condition=Q(undone_at=None), name="one_round_per_absence"
            ),
        ]


class SelfSending(Owned):
    """A team lets the proposal for today's visits leave by itself, from this moment until somebody switches it off."""

    team = reference("teams.Team")
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    switched_by_kind = models.CharField(max_length=10, choices=ActorKind)
    switched_by_ref = models.UUIDField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("selfsending", {"team": "teams.Team"}),
            models.UniqueConstraint(
                fields=["org", "team"], condition=Q(ended_at=None), name="self_sending_once_per_team"
            ),
        ]


class Morning(Owned):
    """What a team seeks on one morning, planned beside all other teams: asked, then planned, then lent for."""

    team = reference("teams.Team")
    local_date = models.DateField()
    asked_at = models.DateTimeField()
    question = models.BinaryField()  # sketches: numbers, points and hours, and nobody's name
    sought = models.PositiveIntegerField()  # visits that need other hands
    planned_at = models.DateTimeField(null=True)
    plan = models.JSONField(null=True)  # by visit: who of the team goes, and why
    covered = models.PositiveIntegerField(default=0)
    lent_at = models.DateTimeField(null=True)
    lent = models.JSONField(null=True)  # by visit of which nobody of the team can: who of another team goes
    borrowed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("morning", {"team": "teams.Team"}),
            models.UniqueConstraint(fields=["org", "local_date", "team"], name="one_morning_per_team"),
            models.CheckConstraint(
                condition=Q(planned_at=None, plan__isnull=True, lent_at=None, lent__isnull=True, covered=0, borrowed=0)
                | Q(planned_at__isnull=False, plan__isnull=False, lent_at=None, lent__isnull=True, borrowed=0)
                | Q(planned_at__isnull=False, plan__isnull=False, lent_at__isnull=False, lent__isnull=False),
                name="planned_before_lent",
            ),
            models.CheckConstraint(
                condition=Q(sought__gte=F("covered") + F("borrowed")), name="no_more_covered_than_sought"
            ),
        ]

    @property
    def alone(self) -> int:
        """To how many of these visits nobody can go."""
        return self.sought - self.covered - self.borrowed


class Replacement(Owned):
    """One visit that needs other hands, in one round."""

    class Outcome(models.TextChoices):
        COVERED = "COVERED"
        WITHDRAWN = "WITHDRAWN"
        PASSED = "PASSED"

    round = reference(Round, related_name="replacements")
    visit = reference(Visit, related_name="replacements")
    wish = models.CharField(max_length=20, default="REPLACE")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("replacement", {"round": "visits.Round", "visit": "visits.Visit"}),
            models.UniqueConstraint(fields=["org", "round", "visit"], name="one_replacement_per_visit"),
        ]
        indexes = [models.Index(fields=["org", "visit"], name="replacement_by_visit")]


def no_reasons() -> dict[str, Any]:
    """Nothing is known that speaks for or against her."""
    return {"travel_minutes": None, "parts": []}


class Offer(Owned):
    """A household's block of visits offered to one helper: a question she may always answer with no.

    For what is urgent the first yes has it; for a period the coordinator chooses among those who said yes.
    """

    class Answer(models.TextChoices):
        YES = "YES"
        NO = "NO"

    class Rule(models.TextChoices):
        FIRST_YES = "FIRST_YES"
        CHOOSE = "CHOOSE"

    round = reference(Round, related_name="offers")
    household = reference("people.Household")
    helper = reference("people.Helper", related_name="offers")
    lent_by = reference("teams.Team", null=True)  # the team of which she was when another team asked her
    wave = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    reply_by = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=5, choices=Answer, blank=True)
    rule = models.CharField(max_length=10, choices=Rule, default=Rule.FIRST_YES)
    chosen_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    reasons = models.JSONField(default=no_reasons)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept(
                "offer",
                {
                    "round": "visits.Round",
                    "household": "people.Household",
                    "helper": "people.Helper",
                    "lent_by": "teams.Team",
                },
            ),
            models.UniqueConstraint(fields=["org", "round", "household", "helper", "wave"], name="one_offer_per_wave"),
            models.CheckConstraint(
                condition=Q(reasons__has_keys=["parts", "travel_minutes"]), name="offer_has_reasons"
            ),
        ]
        indexes = [models.Index(fields=["org", "helper", "sent_at"], name="offer_by_helper")]

    @property
    def goes(self) -> bool:
        """Whether her yes was the first, or the one that was chosen."""
        return self.answer == self.Answer.YES and (self.rule == self.Rule.FIRST_YES or self.chosen_at is not None)

    class Stage(models.TextChoices):
        """How far a question came; it is reckoned and not stored."""

        OPEN = "OPEN"
        NO = "NO"
        WILLING = "WILLING"
        GOES = "GOES"

    @property
    def stage(self) -> str:
        """How far this question came."""
        if self.answer != self.Answer.YES:
            return self.answer or self.Stage.OPEN
        return self.Stage.GOES if self.goes else self.Stage.WILLING

    @property
    def is_unasked(self) -> bool:
        """Whether the question could not leave in time, so that it was never asked."""
        return self.withdrawn_at is not None and self.sent_at is None

    @property
    def is_called_off(self) -> bool:
        """Whether she had it, and it was taken back."""
        return self.goes and self.withdrawn_at is not None

    @property
    def is_willing(self) -> bool:
        """Whether she said yes and waits for the coordinator's choice."""
        return self.answer == self.Answer.YES and not self.goes and self.withdrawn_at is None


class OfferVisit(Owned):
    """A visit inside an offer; one she cannot go to is left out of her yes.

    Who said yes knows when it is: `known_start` and `known_end`, none when she knows that she need not go.  It became
    otherwise than she knew at `changed_at`, and then she was told so or stands on the call list.
    """

    offer = reference(Offer, related_name="visits")
    visit = reference(Visit, related_name="offers")
    left_out = models.BooleanField(default=False)
    known_start = models.DateTimeField(null=True)
    known_end = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("offervisit", {"offer": "visits.Offer", "visit": "visits.Visit"}),
            models.UniqueConstraint(fields=["org", "offer", "visit"], name="one_visit_once_per_offer"),
        ]
        indexes = [models.Index(fields=["org", "visit"], name="offervisit_by_visit")]


class Objection(Owned):
    """A household would rather have somebody else than the helper of this offer, and may say why.

    What was promised stands until a coordinator decides: she comes after all, we look further, or nobody comes.
    """

    class Decision(models.TextChoices):
        KEEP = "KEEP"
        LOOK = "LOOK"
        SKIP = "SKIP"

    offer = reference(Offer, related_name="objections")
    reason = models.CharField(max_length=300, blank=True)
    said_by_kind = models.CharField(max_length=10, choices=ActorKind)
    said_by_ref = models.UUIDField(null=True)
    said_at = models.DateTimeField()
    decision = models.CharField(max_length=4, choices=Decision, blank=True)
    decided_by_kind = models.CharField(max_length=10, choices=ActorKind, blank=True)
    decided_by_ref = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("objection", {"offer": "visits.Offer"}),
            models.UniqueConstraint(fields=["org", "offer"], name="one_objection_per_offer"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | ~Q(decision="") & Q(decided_at__isnull=False),
                name="objection_decided_at_a_moment",
            ),
        ]


class About(models.TextChoices):
    """What somebody is told or asked: the question to a helper, that she goes or need not go, news for a household.

    A visit that is otherwise than was promised is `CHANGED` for the helper and `ALTERED` for the household.
    `FIRST` is asked of a household that wants to be rung before anybody else is: whether anybody may come.
    """

    ASKED = "ASKED"
    FIRST = "FIRST"
    COVERED = "COVERED"
    SEARCHING = "SEARCHING"
    NOBODY = "NOBODY"
    CHOSEN = "CHOSEN"
    CALLED_OFF = "CALLED_OFF"
    KEPT = "KEPT"
    LOOKING_ON = "LOOKING_ON"
    SKIPPED = "SKIPPED"
    OWN_BACK = "OWN_BACK"
    CHANGED = "CHANGED"
    ALTERED = "ALTERED"


TO_HELPER = (About.CHOSEN, About.CALLED_OFF, About.CHANGED)  # the other news is for the household
NEWS = [about for about in About.values if about not in ("ASKED", "FIRST")]  # what is told and not asked


class PhoneCall(Owned):
    """Somebody of a round was on the telephone: a helper with the question, or a household with a question or news.

    A colleague rang, or they rang us themselves: then they may be spoken to at any hour.
    """

    class Outcome(models.TextChoices):
        YES = "YES"
        NO = "NO"
        NO_ANSWER = "NO_ANSWER"
        TOLD = "TOLD"

    round = reference(Round, related_name="calls")
    household = reference("people.Household")
    helper = reference("people.Helper", null=True)
    offer = reference(Offer, null=True, related_name="calls")
    about = models.CharField(max_length=10, choices=About)
    outcome = models.CharField(max_length=10, choices=Outcome)
    made_by_kind = models.CharField(max_length=10, choices=ActorKind)
    made_by_ref = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    rang_us = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept(
                "phonecall",
                {
                    "round": "visits.Round",
                    "household": "people.Household",
                    "helper": "people.Helper",
                    "offer": "visits.Offer",
                },
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["YES", "NO"], about="ASKED", offer__isnull=False)
                | Q(outcome__in=["YES", "NO"], about="FIRST", offer=None)
                | Q(outcome="TOLD", about__in=NEWS)
                | Q(outcome="NO_ANSWER", about__in=About.values, rang_us=False),
                name="phonecall_answers_its_question",
            ),
        ]
        indexes = [models.Index(fields=["org", "round", "id"], name="phonecall_by_round")]


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Which assignments."""

    def standing(self) -> Self:
        """Those that hold."""
        return self.filter(ended_at=None)


class Assignment(Owned):
    """A helper goes to a visit.  Its time follows the visit's; ended ones are the history."""

    visit = reference(Visit, related_name="assignments")
    seat = models.PositiveSmallIntegerField(default=1)
    helper = reference("people.Helper", related_name="assignments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    from_offer = reference(Offer, null=True, related_name="assignments")
    ended_at = models.DateTimeField(null=True)
    ended_by_kind = models.CharField(max_length=20, blank=True)
    ended_by_ref = models.UUIDField(null=True)

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            TenantForeignKey(
                fields=["visit", "starts_at", "ends_at"],
                to="visits.Visit",
                to_fields=["id", "starts_at", "ends_at"],
                on_update="CASCADE",
                name="assignment_visit_kept",
            ),
            *kept("assignment", {"helper": "people.Helper", "from_offer": "visits.Offer"}),
            ExclusionConstraint(
                name="helper_not_double_booked",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("helper", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["org", "visit", "seat"], condition=Q(ended_at=None), name="one_helper_per_seat"
            ),
        ]
        indexes = [
            models.Index(fields=["org", "helper", "visit"], name="assignment_by_helper"),
            models.Index(fields=["org", "starts_at"], condition=models.Q(ended_at=None), name="assignment_by_time"),
            models.Index(
                fields=["org", "helper", "starts_at"],
                condition=models.Q(ended_at=None),
                name="assignment_by_helper_and_time",
            ),
            models.Index(
                fields=["org", "from_offer"], condition=models.Q(from_offer__isnull=False), name="assignment_by_offer"
            ),
        ]

    def meets(self, visit: Visit) -> bool:
        """Whether its time and that of this visit share a moment."""
        return bool(self.starts_at < visit.ends_at and self.ends_at > visit.starts_at)


class VisitResult(Owned):
    """What became of a visit, as somebody said it.  A correction is a new row: the history stays.

    When it took place is written down with it, so that a visit that moves later moves no hours.
    """

    class Outcome(models.TextChoices):
        DONE = "DONE"
        SHORTER = "SHORTER"
        NOBODY_HOME = "NOBODY_HOME"
        NOT_DONE = "NOT_DONE"

    visit = reference(Visit, related_name="results")
    helper = reference("people.Helper", related_name="results")
    outcome = models.CharField(max_length=12, choices=Outcome)
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    said_by_kind = models.CharField(max_length=10, choices=ActorKind)
    said_by_ref = models.UUIDField(null=True)
    said_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("visitresult", {"visit": "visits.Visit", "helper": "people.Helper"}),
            models.UniqueConstraint(
                fields=["org", "visit", "helper"], condition=Q(replaced_at=None), name="one_result_stands"
            ),
            models.CheckConstraint(condition=Q(minutes__lte=24 * 60), name="result_within_a_day"),
            models.CheckConstraint(condition=~Q(outcome="NOT_DONE") | Q(minutes=0), name="not_done_takes_no_time"),
        ]
        indexes = [models.Index(fields=["org", "helper", "starts_at"], name="result_by_helper")]


class MonthHours(Owned):
    """The hours of one helper at one household in one month, as they were approved: a snapshot with its version.

    Until somebody approves there is no row: hours are reckoned from the results.  Both sides together make it fixed.
    """

    helper = reference("people.Helper")
    household = reference("people.Household")
    month = models.DateField()
    version = models.CharField(max_length=64)
    minutes = models.PositiveIntegerField()
    lines = models.JSONField()
    helper_at = models.DateTimeField(null=True)
    helper_by_kind = models.CharField(max_length=10, choices=ActorKind, blank=True)
    helper_by_ref = models.UUIDField(null=True)
    household_at = models.DateTimeField(null=True)
    household_by_kind = models.CharField(max_length=10, choices=ActorKind, blank=True)
    household_by_ref = models.UUIDField(null=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("monthhours", {"helper": "people.Helper", "household": "people.Household"}),
            models.UniqueConstraint(
                fields=["org", "helper", "household", "month"],
                condition=Q(reopened_at=None),
                name="one_version_stands",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_begins_on_the_first"),
        ]
        indexes = [models.Index(fields=["org", "month", "helper"], name="hours_by_month")]

    @property
    def is_fixed(self) -> bool:
        """Whether both sides approved this version, and it still stands."""
        return self.helper_at is not None and self.household_at is not None and self.reopened_at is None


class Task(Owned):
    """What is done first when somebody comes: `rank` 1 before 2, also when there is less time."""

    arrangement = reference(Arrangement, related_name="tasks")
    rank = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField(null=True)
    period = DateRangeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("task", {"arrangement": "visits.Arrangement"}),
            ExclusionConstraint(
                name="one_task_per_rank",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("arrangement", RangeOperators.EQUAL),
                    ("rank", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class WorkPolicy(Owned):
    """What this organisation holds to in its work, one row at most; no row is the gentlest answer to everything."""

    rates_count = models.BooleanField(default=False)
    asked_at_most = models.PositiveSmallIntegerField(null=True, default=FAIR)  # questions a week; null: no number

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org"], name="one_work_policy"),
        ]


def _one_rate_at_a_time(table: str, owner: str) -> list[models.BaseConstraint]:
    return [
        *kept(table, {owner: f"people.{owner.capitalize()}"}),
        ExclusionConstraint(
            name=f"{table}_one_at_a_time",
            expressions=[
                ("org", RangeOperators.EQUAL),
                (owner, RangeOperators.EQUAL),
                ("period", RangeOperators.OVERLAPS),
            ],
        ),
        models.CheckConstraint(condition=Q(cents__gte=1, cents__lte=100_000), name=f"{table}_in_cents"),
    ]


class HelperRate(Owned):
    """What a helper asks for an hour, in cents, during a period."""

    helper = reference("people.Helper", related_name="rates")
    cents = models.PositiveIntegerField()
    period = DateRangeField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *_one_rate_at_a_time("helperrate", "helper")]


class HouseholdRate(Owned):
    """What a household pays for an hour at most, in cents, during a period."""

    household = reference("people.Household", related_name="rates")
    cents = models.PositiveIntegerField()
    period = DateRangeField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *_one_rate_at_a_time("householdrate", "household")]


class Override(Owned):
    """A colleague went on where a rule warned, and says why: the rule by its name, what was found, the day."""

    rule = models.CharField(max_length=30)
    about_kind = models.CharField(max_length=20)
    about_ref = models.UUIDField()
    found = models.IntegerField(null=True)
    day = models.DateField()
    reason = models.CharField(max_length=300)
    said_by_kind = models.CharField(max_length=10, choices=ActorKind)
    said_by_ref = models.UUIDField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [*Owned.Meta.constraints]
        indexes = [models.Index(fields=["org", "about_kind", "about_ref"], name="override_by_subject")]
