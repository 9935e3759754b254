"""Who answers for a place: the team in whose region its postcode lies."""

from samen.teams.models import Region, Team

DIGITS = 4


def team_for(postcode: str) -> Team | None:
    """The first team of the region in which this postcode lies, letters or no; None when nobody serves it."""
    digits = postcode.strip()[:DIGITS]
    if len(digits) < DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    return Team.objects.filter(region__in=Region.objects.serving(int(digits))).order_by("pk").first()
