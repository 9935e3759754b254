"""Regions, their teams, the colleagues in them, and who may look over whose shoulder until when."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models

from samen.base import clock
from samen.base.schema import Owned, kept, reference


class RegionQuerySet(models.QuerySet["Region"]):
    def serving(self, postcode: int) -> Self:
        """The region in which this postcode lies: one at most, or none."""
        return self.filter(spans__span__contains=postcode)


class Region(Owned):
    """A part of the country that one organisation serves."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "name"], name="one_region_per_name"),
        ]

    objects = RegionQuerySet.as_manager()


class PostcodeSpan(Owned):
    """Postcodes of a region, by their four digits: from the first up to the last, which is not in it."""

    region = reference(Region, related_name="spans")
    span = IntegerRangeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("postcodespan", {"region": "teams.Region"}),
            models.CheckConstraint(
                condition=models.Q(span__startswith__gte=1000, span__endswith__lte=10000, span__isempty=False),
                name="postcodes_are_four_digits",
            ),
            ExclusionConstraint(
                name="one_region_per_postcode",
                expressions=[("org", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
            ),
        ]


class Team(Owned):
    """About four coordinators who answer for one region together."""

    region = reference(Region)
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("team", {"region": "teams.Region"}),
            models.UniqueConstraint(fields=["org", "name"], name="one_team_per_name"),
        ]


class OpeningHours(Owned):
    """On this day of the week the team can be reached from `local_start` to `local_end`, but not in its break."""

    team = reference(Team, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    local_start = models.TimeField()
    local_end = models.TimeField()
    break_start = models.TimeField(null=True)
    break_end = models.TimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("openinghours", {"team": "teams.Team"}),
            models.UniqueConstraint(fields=["org", "team", "weekday"], name="one_opening_per_day"),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, local_start__lt=models.F("local_end")), name="opens_before_closing"
            ),
            models.CheckConstraint(
                condition=models.Q(break_start=None, break_end=None)
                | models.Q(
                    local_start__lt=models.F("break_start"),
                    break_start__lt=models.F("break_end"),
                    break_end__lt=models.F("local_end"),
                    break_start__isnull=False,
                    break_end__isnull=False,
                ),
                name="break_between_open_hours",
            ),
        ]


class ClosedDay(Owned):
    """On this day the team cannot be reached, whatever day of the week it is."""

    team = reference(Team, related_name="closed_days")
    date = models.DateField()
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("closedday", {"team": "teams.Team"}),
            models.UniqueConstraint(fields=["org", "team", "date"], name="one_closing_per_day"),
        ]


class ColleagueQuerySet(models.QuerySet["Colleague"]):
    def serving(self, at: datetime) -> Self:
        """Those in service at this moment."""
        day = at.astimezone(clock.HOME).date()
        begun = models.Q(starts_date=None) | models.Q(starts_date__lte=day)
        return self.filter(begun, models.Q(left_at=None) | models.Q(left_at__gt=at))

    def managers(self) -> Self:
        """Those who look after the organisation."""
        return self.filter(role=Colleague.Role.MANAGER)


class Colleague(Owned):
    """Somebody who works at the agency.  The login is a soft number: it may serve more organisations."""

    class Role(models.TextChoices):
        """What this colleague does beside answering for a team."""

        COORDINATOR = "COORDINATOR"
        MANAGER = "MANAGER"

    login_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=12, choices=Role, default=Role.COORDINATOR)
    starts_date = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)

    objects = ColleagueQuerySet.as_manager()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "login_id"], name="one_colleague_per_login"),
        ]
        # The door looks memberships up before any organisation is known.
        indexes = [models.Index(fields=["login_id"], name="colleague_door")]


class TeamMember(Owned):
    """A colleague belongs to a team during a period."""

    team = reference(Team, related_name="members")
    colleague = reference(Colleague, related_name="memberships")
    period = DateRangeField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("teammember", {"team": "teams.Team", "colleague": "teams.Colleague"}),
            ExclusionConstraint(
                name="one_membership_at_a_time",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("team", RangeOperators.EQUAL),
                    ("colleague", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class AccessRequest(Owned):
    """A colleague asks another team to see one file; a member of that team says until when."""

    colleague = reference(Colleague)
    team = reference(Team)
    kind = models.CharField(max_length=20)
    ref = models.UUIDField()
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    granted_by = reference(Colleague, null=True)
    granted_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept(
                "accessrequest",
                {"colleague": "teams.Colleague", "team": "teams.Team", "granted_by": "teams.Colleague"},
            ),
            models.UniqueConstraint(
                fields=["org", "colleague", "kind", "ref"],
                condition=models.Q(granted_until=None),
                name="one_open_access_request",
            ),
        ]
