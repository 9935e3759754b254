"""Add an organisation, its first team, and the colleague who begins there."""

import argparse
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who begins."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add one; the colleague signs in with a code by mail")
    add.add_argument("slug", help="how it stands in addresses: lower-case letters, digits and hyphens")
    add.add_argument("name", help="how it is called")
    add.add_argument("--region", default="Regio 1")
    add.add_argument("--team", default="Team 1")
    add.add_argument("--phone", default="", help="the team's number, shown to households and helpers")
    add.add_argument("--colleague", required=True, metavar="NAME")
    add.add_argument("--email", required=True, help="the address the colleague signs in with")


def run(options: argparse.Namespace) -> int:
    """The organisation exists with one team and one colleague, or nothing of it does and the reason is said."""
    os.environ["SAMEN_ROLE"] = "app"
    import django

    django.setup()
    import psycopg
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email, validate_slug

    try:
        validate_slug(options.slug)
        validate_email(options.email)
    except ValidationError as error:
        print(f"Samen: {error.messages[0]} ({options.slug}, {options.email})")
        return 2
    try:
        with psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
            org, login = _ground(owner, options)
    except psycopg.errors.UniqueViolation:
        print(f"Samen: there is an organisation “{options.slug}” already.")
        return 2
    _begin(org, login, options)
    print(f"{options.name} is there.  {options.colleague} signs in at /aanmelden/ with {options.email}.")
    return 0


def _ground(owner: "psycopg.Connection[Any]", options: argparse.Namespace) -> tuple[int, int]:
    """The two rows that no serving program may make; a login that exists already gets one more organisation."""
    organisation = owner.execute(
        "INSERT INTO base_organisation (slug, name, is_maker) VALUES (%s, %s, false) RETURNING id",
        [options.slug, options.name],
    ).fetchone()
    login = owner.execute(
        "INSERT INTO base_login (email, password, is_active) VALUES (%s, '!', true)"
        " ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id",
        [options.email.lower()],
    ).fetchone()
    if organisation is None or login is None:
        raise LookupError("the database returned no number")
    return organisation[0], login[0]


def _begin(org: int, login: int, options: argparse.Namespace) -> None:
    from django.db.backends.postgresql.psycopg_any import DateRange

    from samen.base import clock, tenancy
    from samen.teams.models import Colleague, Region, Team, TeamMember

    with tenancy.enter(org, tenancy.SYSTEM):
        region = Region.objects.create(name=options.region)
        team = Team.objects.create(region=region, name=options.team, phone=options.phone)
        colleague = Colleague.objects.create(name=options.colleague, login_id=login, role=Colleague.Role.MANAGER)
        TeamMember.objects.create(team=team, colleague=colleague, period=DateRange(clock.today(), None))
