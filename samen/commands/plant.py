"""Plant the invented people of the demo in an empty database."""

import argparse
import contextlib
import os
import time
from collections.abc import Iterator
from datetime import date, datetime

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def years(text: str) -> int:
    """How many years "2y" is; none for "0y"."""
    number = text.removesuffix("y")
    if not (number.isascii() and number.isdigit() and int(number) <= 3):
        raise argparse.ArgumentTypeError("say how many years, from 0y to 3y")
    return int(number)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which people, and around which day."""
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same people (7)")
    parser.add_argument(
        "--today", type=date.fromisoformat, help="the day the demo plays, YYYY-MM-DD (the next Wednesday)"
    )
    parser.add_argument("--regions", action="store_true", help="six regions around the cast: 2,520 households")
    parser.add_argument("--history", type=years, default=0, help="so many years of past visits in the regions: 2y")
    parser.add_argument("--only-history", action="store_true", help="the people stand already; only their past is made")


def run(options: argparse.Namespace) -> int:
    """Two agencies live around the day, and the database's clock says it is that morning."""
    os.environ["SAMEN_ROLE"] = "app"
    import django

    django.setup()
    from samen.base import clock
    from samen.demo import cast

    day = options.today or cast.demo_day(datetime.now(clock.HOME).date())
    if not options.only_history:
        _people(options, day)
    if options.history:
        _history(options, day)
    return 0


def _people(options: argparse.Namespace, day: date) -> None:
    import psycopg

    from samen.base import clock
    from samen.demo import cast, country, filling, seeding

    with psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        seeding.set_clock(owner, datetime.combine(day, seeding.MORNING, tzinfo=clock.HOME))
        numbers = seeding.lay_ground(owner)
        if options.regions:
            filling.staff(owner)
        logins = seeding.logins(owner)
    for agency in cast.AGENCIES:
        seeding.plant(agency, numbers[agency.slug], logins, day=day, seed=options.seed)
    if options.regions:
        for region in country.REGIONS:
            with _telling(f"{region.name}, people and visits"):
                life = filling.life_of(region, day=day, seed=options.seed)
                filling.fill(life, numbers[cast.GOOI.slug], logins)
                seeding.look_again(os.environ["SAMEN_MIGRATE_URL"])


def _history(options: argparse.Namespace, day: date) -> None:
    from samen.base.models import Organisation
    from samen.demo import cast, country, filling, seeding

    org = Organisation.objects.get(slug=cast.GOOI.slug).pk
    for region in country.REGIONS:
        with _telling(f"{region.name}, {options.history} years of visits"):
            life = filling.life_of(region, day=day, seed=options.seed)
            filling.fill_history(life, org, years=options.history)
    seeding.look_again(os.environ["SAMEN_MIGRATE_URL"])


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say what is being made, and how long it took."""
    began = time.monotonic()
    print(f"Samen: {what} …", end="", flush=True)
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)
