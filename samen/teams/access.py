"""The gate of colleagues: who came in, which teams are theirs, and which file of another team was opened to them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from samen.base import audit, clock, journal, live
from samen.base.entrances import Visitor
from samen.base.schema import Owned
from samen.base.tenancy import Actor
from samen.teams.facts import Fact
from samen.teams.models import AccessRequest, ClosedDay, Colleague, Region, Team, TeamMember

Row = TypeVar("Row", bound=Owned)


class OtherTeam(Exception):
    """The file is of another team of the same organisation: a name card, not the file."""

    def __init__(self, row: Owned, *, name: str, team: Team) -> None:
        super().__init__(self.__doc__)
        self.row, self.name, self.team = row, name, team


class NoTeam(Http404):
    """This colleague is in no team, so there is no board to see."""


def colleague(visitor: Visitor) -> Colleague:
    """The colleague who came in; 404 when they have left meanwhile."""
    if "colleague" not in visitor.known:
        visitor.known["colleague"] = (
            Colleague.objects.serving(visitor.at).filter(public_id=visitor.actor.the_ref).first()
        )
    found: Colleague | None = visitor.known["colleague"]
    if found is None:
        raise Http404
    return found


def _mine(visitor: Visitor) -> list[Team]:
    """The visitor's own teams at the moment of the visit."""
    if "teams" not in visitor.known:
        visitor.known["teams"] = teams_of(colleague(visitor), visitor.at)
    mine: list[Team] = visitor.known["teams"]
    return mine


def teams_of(colleague: Colleague, at: datetime) -> list[Team]:
    """The teams this colleague is in at this moment."""
    day = at.astimezone(clock.HOME).date()
    return list(
        Team.objects.filter(members__colleague=colleague, members__period__contains=day).order_by("name").distinct()
    )


def team(visitor: Visitor) -> Team:
    """The team whose board this colleague sees; `NoTeam`, which is a 404, for somebody without a team."""
    mine = _mine(visitor)
    if not mine:
        raise NoTeam
    return mine[0]


def admit(visitor: Visitor, row: Owned, *, name: str, team: Team, purpose: str = "") -> None:
    """Let the visitor see this row of this team, and write down that they did.

    Raises `OtherTeam` when it is another team's and nobody of that team has opened it to them.
    """
    at = visitor.at
    who = colleague(visitor)
    subject = journal.Subject.of(row)
    if team.pk not in {mine.pk for mine in _mine(visitor)}:
        granted = AccessRequest.objects.filter(
            colleague=who, kind=subject.kind, ref=subject.ref, granted_until__gt=at
        ).exists()
        if not granted:
            audit.write(row, "REFUSED", role=visitor.role, entrance=visitor.entrance, purpose=purpose)
            raise OtherTeam(row, name=name, team=team)
    audit.read(row, role=visitor.role, entrance=visitor.entrance, purpose=purpose)


def name_card(request: HttpRequest, refused: OtherTeam, ask_url: str, form: forms.Form | None = None) -> HttpResponse:
    """The page of somebody of another team: who it is, whose file it is, and how to ask to see it."""
    subject = journal.Subject.of(refused.row)
    asked = AccessRequest.objects.filter(
        colleague=colleague(request.visitor),  # type: ignore[attr-defined]
        kind=subject.kind,
        ref=subject.ref,
        granted_until=None,
    ).exists()
    card = {
        "name": refused.name,
        "kind": subject.kind,
        "team_name": refused.team.name,
        "phone": refused.team.phone,
        "ask_url": ask_url,
        "asked": asked,
    }
    context = {"card": card, "form": form, "base_template": "base/plain.html"}
    return render(request, "base/name_card.html", context, status=403)


def ask(*, who: Colleague, row: Owned, team: Team, reason: str, by: Actor, at: datetime) -> AccessRequest:
    """The team is asked to open this file to this colleague; it shows on the team's board."""
    subject = journal.Subject.of(row)
    request, fresh = AccessRequest.objects.get_or_create(
        colleague=who,
        kind=subject.kind,
        ref=subject.ref,
        granted_until=None,
        defaults={"team": team, "asked_at": at, "reason": reason},
    )
    if fresh:
        journal.record(Fact.ACCESS_ASKED, about=[row], by=by, at=at)
        live.publish(team.public_id)
    return request


def grant(request: AccessRequest, *, granter: Colleague, until: datetime, by: Actor, at: datetime) -> None:
    """The file is open to the colleague who asked, until this moment.  Said twice, it is said once."""
    if request.granted_until is not None:
        return
    request.granted_by, request.granted_until = granter, until
    request.save(update_fields=["granted_by", "granted_until"])
    journal.record(Fact.ACCESS_GRANTED, about=[request.colleague], by=by, at=at, params={"until": until.isoformat()})
    live.publish(request.team.public_id)


def hand_on(rows: Sequence[Owned], *, team: Team) -> None:
    """Who asked to see one of these files and waits for an answer, waits for this team's."""
    waiting = AccessRequest.objects.filter(granted_until=None, ref__in=[row.public_id for row in rows])
    waiting.update(team=team)


def region_for(visitor: Visitor, public_id: uuid.UUID) -> Region:
    """The region, seen by this manager and written down as seen."""
    return _seen(visitor, Region.objects.filter(public_id=public_id).first())


def team_for(visitor: Visitor, public_id: uuid.UUID) -> Team:
    """The team, seen by this manager and written down as seen."""
    return _seen(visitor, Team.objects.filter(public_id=public_id).select_related("region").first())


def colleague_for(visitor: Visitor, public_id: uuid.UUID) -> Colleague:
    """The colleague, in service or not, seen by this manager and written down as seen."""
    return _seen(visitor, Colleague.objects.filter(public_id=public_id).first())


def member_for(visitor: Visitor, public_id: uuid.UUID) -> TeamMember:
    """The membership of a team, seen by this manager and written down as seen."""
    found = TeamMember.objects.filter(public_id=public_id).select_related("team", "colleague").first()
    return _seen(visitor, found)


def closed_day_for(visitor: Visitor, public_id: uuid.UUID) -> ClosedDay:
    """The day on which a team is closed, seen by this manager and written down as seen."""
    return _seen(visitor, ClosedDay.objects.filter(public_id=public_id).select_related("team").first())


def _seen(visitor: Visitor, row: Row | None) -> Row:
    if row is None:
        raise Http404
    audit.read(row, role=visitor.role, entrance=visitor.entrance)
    return row


def request_for(visitor: Visitor, public_id: uuid.UUID, at: datetime) -> AccessRequest:
    """A request to one of the visitor's own teams, open or granted and not over, else 404."""
    mine = teams_of(colleague(visitor), at)
    standing = AccessRequest.objects.exclude(granted_until__lte=at)
    found = standing.filter(public_id=public_id, team__in=mine).select_related("team", "colleague").first()
    if found is None:
        raise Http404
    return found
