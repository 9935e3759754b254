"""Who sits at this desk."""

from dataclasses import dataclass
from datetime import datetime

from samen.base import live
from samen.base.entrances import Visitor
from samen.teams import access
from samen.teams.models import Colleague, Team


@dataclass(frozen=True)
class Desk:
    """Who sits at this desk, in which team, at which moment, and how far the team's live stream was by then."""

    visitor: Visitor
    me: Colleague
    team: Team
    at: datetime
    live_after: int


def desk(visitor: Visitor) -> Desk:
    """The desk of this visitor; 404 for a colleague without a team.

    The stream's position is read before any row of the page: what changes in between is told once more, never missed.
    """
    team = access.team(visitor)
    return Desk(visitor, access.colleague(visitor), team, visitor.at, live.position(team.public_id))
