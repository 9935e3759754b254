"""Bring the database to the shape of this version, and give it the key of the signed context."""

import argparse
import os

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """None are needed."""


def run(options: argparse.Namespace) -> int:
    """Every migration is applied by the owner, and the database checks proofs with this installation's key."""
    os.environ["SAMEN_ROLE"] = "migrate"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from samen.base import tenancy

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sec.key (inner_pad, outer_pad) VALUES (%s, %s)"
            " ON CONFLICT (the_one) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
            tenancy.pads(),
        )
    return 0
