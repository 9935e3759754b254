"""Add an organisation, and invite the colleague who sets it up in the browser."""

import argparse
import os

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who begins."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add one; its first manager signs in with a code by mail and sets it up")
    add.add_argument("slug", help="how it stands in addresses: lower-case letters, digits and hyphens")
    add.add_argument("name", help="how it is called")
    add.add_argument("--manager", required=True, metavar="NAME", help="who looks after it")
    add.add_argument("--email", required=True, help="the address the manager signs in with")


def run(options: argparse.Namespace) -> int:
    """The organisation exists with its first manager, or nothing of it does and the reason is said."""
    os.environ["SAMEN_ROLE"] = "app"
    import django

    django.setup()
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email, validate_slug

    from samen.base import clock, tenancy
    from samen.teams import founding

    try:
        validate_slug(options.slug)
        validate_email(options.email)
    except ValidationError as error:
        print(f"Samen: {error.messages[0]} ({options.slug}, {options.email})")
        return 2
    try:
        founding.found(
            slug=options.slug,
            name=options.name,
            manager=options.manager,
            email=options.email,
            by=tenancy.SYSTEM,
            at=clock.now(),
        )
    except founding.WordTaken:
        print(f"Samen: there is an organisation “{options.slug}” already.")
        return 2
    print(f"{options.name} is there, and empty.  {options.manager} has a mail, or signs in at once:")
    print(f"  {settings.ORIGIN}/aanmelden/code/ with {options.email}, then {settings.ORIGIN}/o/{options.slug}/beheer/")
    return 0
