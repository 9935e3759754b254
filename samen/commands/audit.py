"""Check the audit of an organisation: every row still has the hash it was written with."""

import argparse
import os

ENTRANCE = {"roles": ["OPERATOR"], "of": []}

RIGHT = """
SELECT count(*),
    count(*) FILTER (WHERE row_hash <> sha256(convert_to(concat_ws('|', org_id, public_id, extract(epoch FROM at),
        event, actor_kind, actor_ref, role, subject_kind, subject_ref, entrance, purpose), 'UTF8'))),
    min(at), max(at)
FROM base_audit
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose."""
    parser.add_argument("--organisation", required=True, metavar="SLUG", help="the slug of the organisation")


def run(options: argparse.Namespace) -> int:
    """Says how many rows were checked; 1 when any was changed after it was written."""
    os.environ["SAMEN_ROLE"] = "app"
    import django

    django.setup()
    from django.db import connection

    from samen.base import tenancy
    from samen.base.models import Organisation

    organisation = Organisation.objects.filter(slug=options.organisation).first()
    if organisation is None:
        print(f"There is no organisation “{options.organisation}”.")
        return 2
    with tenancy.enter(organisation.pk, tenancy.SYSTEM), connection.cursor() as cursor:
        cursor.execute(RIGHT)
        rows, changed, first, last = cursor.fetchone()
    print(f"{organisation.name}: {rows} rows from {first} until {last}, {changed} changed after they were written.")
    return 1 if changed else 0
