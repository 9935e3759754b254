"""Plant the invented people of the demo in an empty database."""

import argparse
import os
from datetime import date, datetime

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which people, and around which day."""
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same people (7)")
    parser.add_argument(
        "--today", type=date.fromisoformat, help="the day the demo plays, YYYY-MM-DD (the next Wednesday)"
    )


def run(options: argparse.Namespace) -> int:
    """Two agencies live around the day, and the database's clock says it is that morning."""
    os.environ["SAMEN_ROLE"] = "app"
    import django

    django.setup()
    import psycopg

    from samen.base import clock
    from samen.demo import cast, seeding

    with psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        day = options.today or seeding.demo_day(datetime.now(clock.HOME).date())
        seeding.set_clock(owner, datetime.combine(day, seeding.MORNING, tzinfo=clock.HOME))
        numbers = seeding.lay_ground(owner)
        logins = seeding.logins(owner)
    for agency in cast.AGENCIES:
        seeding.plant(agency, numbers[agency.slug], logins, day=day, seed=options.seed)
    return 0
