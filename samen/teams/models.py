"""Regions, their teams, the colleagues in them, and who may look over whose shoulder until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from samen.base.schema import Owned, kept, reference


class Region(Owned):
    """A part of the country that one organisation serves."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "name"], name="one_region_per_name"),
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


class Colleague(Owned):
    """Somebody who works at the agency.  The login is a soft number: it may serve more organisations."""

    class Role(models.TextChoices):
        """What this colleague does beside answering for a team."""

        COORDINATOR = "COORDINATOR"
        MANAGER = "MANAGER"

    login_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=12, choices=Role, default=Role.COORDINATOR)
    left_at = models.DateTimeField(null=True)

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
