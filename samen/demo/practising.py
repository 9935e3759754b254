"""A practice organisation beside the real one: the invented cast, in which everything may go wrong."""

import secrets
from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from samen.base import clock, jobs, tenancy
from samen.base.models import Link, Organisation
from samen.base.tenancy import Actor
from samen.demo import cast, seeding
from samen.teams.models import Colleague, Region

SEEDS = 2**31
WORD_LENGTH = 30


def begin() -> None:
    """The organisation that was entered has a new practice organisation, made ready by a job; an older one is over."""
    if tenancy.practising():
        return  # one can practise in a practice organisation, and that is enough
    own = Organisation.objects.get(pk=tenancy.current_org())
    slug = f"{own.slug[:WORD_LENGTH]}-oefenen-{secrets.token_hex(3)}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.found_practice(%s, %s)", [slug, _("{name} (practice)").format(name=own.name)[:100]])
    furnish.later()


@jobs.job(of={}, stepwise=True)
def furnish(org: int, actor: Actor) -> None:
    """The newest practice organisation of this one is full of invented people, and the older ones are over."""
    newest, *older = Organisation.objects.filter(practice_of=org).order_by("-pk")
    with tenancy.enter(org, actor) as context:
        colleagues, at = _colleagues(actor, context.at), context.at
    for past in older:
        _close(past.pk)
    with tenancy.enter(newest.pk, tenancy.SYSTEM):
        if not Region.objects.exists():
            _plant(newest, colleagues, at)


@jobs.job(of={}, stepwise=True)
def clear_away(org: int, actor: Actor) -> None:
    """Every practice organisation of this one is over: nobody comes in any more."""
    for past in Organisation.objects.filter(practice_of=org):
        _close(past.pk)


def _colleagues(actor: Actor, at: datetime) -> dict[cast.Colleague, int]:
    """Who works at the real one, with their login; whoever asked for it comes first, and manages there."""
    found = Colleague.objects.serving(at).exclude(login_id=None).order_by("name")
    people = sorted(found, key=lambda one: one.public_id != actor.ref)
    team = next(iter(cast.GOOI.teams))
    return {cast.Colleague(one.name, team): one.login_id or 0 for one in people}


def _plant(practice: Organisation, colleagues: dict[cast.Colleague, int], at: datetime) -> None:
    agency = replace(cast.GOOI, slug=practice.slug, name=practice.name, colleagues=tuple(colleagues))
    logins = {one.email: login for one, login in colleagues.items()}
    # Its own seed: the same seed gives the same identities, and a link of one would open the other.
    day = at.astimezone(clock.HOME).date()
    seeding.plant(agency, practice.pk, logins, day=day, seed=secrets.randbelow(SEEDS))


def _close(practice: int) -> None:
    with tenancy.enter(practice, tenancy.SYSTEM) as context:
        Colleague.objects.filter(left_at=None).update(left_at=context.at)
        Link.objects.filter(revoked_at=None).update(revoked_at=context.at)
