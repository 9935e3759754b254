"""Who sits at this desk."""

from dataclasses import dataclass
from datetime import datetime

from samen.base.entrances import Visitor
from samen.teams import access
from samen.teams.models import Colleague, Team


@dataclass(frozen=True)
class Desk:
    """Who sits at this desk, in which team, at which moment."""

    visitor: Visitor
    me: Colleague
    team: Team
    at: datetime


def desk(visitor: Visitor) -> Desk:
    """The desk of this visitor; 404 for a colleague without a team."""
    return Desk(visitor, access.colleague(visitor), access.team(visitor), visitor.at)
