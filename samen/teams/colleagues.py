"""Colleagues come, do their part in teams, and leave; what they did stays under their name."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from samen.base import clock, jobs, journal, outbox
from samen.base.journal import Subject
from samen.base.models import Login
from samen.base.tenancy import Actor
from samen.teams.facts import Fact
from samen.teams.models import Colleague, Team, TeamMember
from samen.teams.promises import unless

DAY = timedelta(days=1)


class AlreadyHere(Exception):
    """Somebody with this mail address works here already, or did: open that colleague instead."""


class LastManager(Exception):
    """Nobody else could look after the organisation: make somebody else manager first."""


class AlreadyInTeam(Exception):
    """This colleague is in this team in that period already."""


@transaction.atomic
def invite(
    *, name: str, email: str, role: str, teams: Sequence[Team], starts: date, by: Actor, at: datetime
) -> Colleague:
    """The colleague is in service from that day on, in these teams, and has a mail that says how to sign in."""
    with unless("one_colleague_per_login", AlreadyHere()):
        colleague = Colleague.objects.create(name=name, login_id=_login_for(email), role=role, starts_date=starts)
    TeamMember.objects.bulk_create(
        TeamMember(team=team, colleague=colleague, period=DateRange(starts, None)) for team in teams
    )
    journal.record(Fact.COLLEAGUE_INVITED, about=[colleague], by=by, at=at)
    _send_invitation(colleague, at=at)
    return colleague


@transaction.atomic
def invite_again(colleague: Colleague, *, by: Actor, at: datetime) -> None:
    """The same mail goes once more."""
    journal.record(Fact.COLLEAGUE_INVITED, about=[colleague], by=by, at=at)
    _send_invitation(colleague, at=at)


@transaction.atomic
def change(colleague: Colleague, *, name: str, role: str, by: Actor, at: datetime) -> None:
    """From now on the colleague has this name and this role."""
    if colleague.role == Colleague.Role.MANAGER != role:
        _others_remain(colleague)
    colleague.name, colleague.role = name, role
    colleague.save(update_fields=["name", "role"])
    journal.record(Fact.COLLEAGUE_CHANGED, about=[colleague], by=by, at=at)


@transaction.atomic
def join(*, colleague: Colleague, team: Team, start: date, until: date | None, by: Actor, at: datetime) -> TeamMember:
    """The colleague is in this team from `start` until `until` (None: for as long as it lasts)."""
    with unless("one_membership_at_a_time", AlreadyInTeam()):
        member = TeamMember.objects.create(team=team, colleague=colleague, period=DateRange(start, until))
    journal.record(Fact.COLLEAGUE_JOINED, about=[colleague, team], by=by, at=at)
    return member


@transaction.atomic
def move_on(member: TeamMember, *, until: date, by: Actor, at: datetime) -> None:
    """The colleague is in this team until that day, and no longer; a membership that had not begun is gone."""
    _end(member, until)
    journal.record(Fact.COLLEAGUE_MOVED_ON, about=[member.colleague, member.team], by=by, at=at)


@transaction.atomic
def leave(colleague: Colleague, *, day: date, by: Actor, at: datetime) -> None:
    """The colleague is out of service from that day on, today meaning this moment: teams and sessions end with it."""
    if colleague.role == Colleague.Role.MANAGER:
        _others_remain(colleague)
    moment = datetime.combine(day, time(), tzinfo=clock.HOME)
    colleague.left_at = max(moment, at)
    colleague.save(update_fields=["left_at"])
    for member in colleague.memberships.filter(models.Q(period__endswith=None) | models.Q(period__endswith__gt=day)):
        _end(member, day)
    journal.record(Fact.COLLEAGUE_LEFT, about=[colleague], by=by, at=at)
    if colleague.left_at <= at:
        _sign_out(colleague)
    else:
        sign_out.later(colleague=colleague.pk, wait=colleague.left_at - at)


@transaction.atomic
def come_back(colleague: Colleague, *, by: Actor, at: datetime) -> None:
    """The colleague is in service again, in no team yet, and has a mail that says how to sign in."""
    if colleague.left_at is None:
        return
    colleague.left_at = None
    colleague.save(update_fields=["left_at"])
    journal.record(Fact.COLLEAGUE_RETURNED, about=[colleague], by=by, at=at)
    _send_invitation(colleague, at=at)


@jobs.job(of={"colleague": Colleague})
def sign_out(*, colleague: int) -> None:
    """On the day that somebody leaves their sessions end; safe to run twice, and too early."""
    leaver = Colleague.objects.get(pk=colleague)
    if leaver.left_at is not None and leaver.left_at <= clock.now():
        _sign_out(leaver)


def address_of(colleague: Colleague) -> str:
    """The mail address this colleague signs in with; empty for somebody without a login."""
    found = Login.objects.in_bulk([colleague.login_id] if colleague.login_id else [])
    return next((login.email for login in found.values()), "")


def _others_remain(colleague: Colleague) -> None:
    """Another manager stays; who asks at the same moment waits for the answer."""
    managers = Colleague.objects.managers().filter(left_at=None).select_for_update().order_by("pk")
    if not [one for one in managers if one.pk != colleague.pk]:
        raise LastManager


def _end(member: TeamMember, day: date) -> None:
    if member.period.upper is not None and member.period.upper <= day:
        return  # it is over already
    if member.period.lower is not None and member.period.lower >= day:
        member.delete()
        return
    member.period = DateRange(member.period.lower, day)
    member.save(update_fields=["period"])


def _login_for(email: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.login_for(%s)", [email])
        login: int = cursor.fetchone()[0]
    return login


def _sign_out(colleague: Colleague) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.sign_out(%s)", [colleague.login_id])


def _send_invitation(colleague: Colleague, *, at: datetime) -> None:
    address = address_of(colleague)
    if not address:
        return
    organisation = colleague.org.name
    lines = [
        _("Hi {name},").format(name=colleague.name),
        "",
        _("You can work in Samen for {organisation} now.").format(organisation=organisation),
        _("Open this page: {link}").format(link=f"{settings.ORIGIN}/aanmelden/code/"),
        _("Fill in this mail address, {address}, and you get a code. There is no password to remember.").format(
            address=address
        ),
        "",
        organisation,
    ]
    outbox.put(
        cause=Subject("invitation", uuid.uuid4()),
        recipient=colleague.public_id,
        address=address,
        subject=_("You can sign in with {organisation}").format(organisation=organisation),
        body="\n".join(lines),
        at=at,
    )
