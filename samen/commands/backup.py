"""Put everything into one file, as it is at one moment."""

import argparse
import contextlib
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from samen.base import backup, postgres

ENTRANCE = {"roles": ["OPERATOR"], "of": []}
REPOSITORY = Path(__file__).resolve().parent.parent.parent
REFUSALS = (backup.BackupError, postgres.ServerError, psycopg.Error, OSError)


@dataclass(frozen=True)
class Addresses:
    """Where the database is, for the role that may change everything and for the one that sees everything."""

    owner: str
    reader: str
    folder: Path | None  # of the embedded server, if it is that


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to put it."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to make; one that is there stays")
    data_argument(parser)


def data_argument(parser: argparse.ArgumentParser) -> None:
    """Which folder, for who has no PostgreSQL of their own."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("SAMEN_DATA") or REPOSITORY / ".data" / "demo"),
        help="the folder that keeps the embedded database, if SAMEN_DATABASE_URL is not set",
    )


def run(options: argparse.Namespace) -> int:
    """The file holds everything that the database held; 1 and no file if it cannot be promised."""
    try:
        with addresses(options.data) as found:
            made = backup.make(found.reader, options.file, samen=version())
    except REFUSALS as refusal:
        print(f"Samen: no backup was made.  {refusal}", file=sys.stderr)
        return 1
    rows = sum(number for number, _sum in made.tables.values())
    print(f"{options.file}: {rows} rows of {len(made.tables)} tables, {options.file.stat().st_size} bytes.")
    print("It holds people's addresses: keep it where only you can read.  The secret file is not in it.")
    print(f"Try it now, nothing is touched: bin/samen restore {options.file} --verify")
    return 0


@contextlib.contextmanager
def addresses(data: Path, *, make: bool = False) -> Iterator[Addresses]:
    """The database that the environment names, else this folder's embedded one, which runs while needed.

    `make` also takes a folder without a database: it gets an empty one.
    """
    if given := os.environ.get("SAMEN_DATABASE_URL"):
        owner, reader = (
            os.environ.get(f"SAMEN_{role.upper()}_URL") or make_conninfo(given, user=f"samen_{role}")
            for role in ("migrate", "backup")
        )
        yield Addresses(owner, reader, None)
        return
    folder = data / "postgres"
    if not make and not (folder / "cluster").exists():
        raise postgres.ServerError(f"There is no database in {data}.  Set SAMEN_DATABASE_URL, or give --data.")
    ran_before = postgres.running(folder)
    server = ran_before or postgres.start(folder)
    try:
        if make:
            postgres.prepare(server)
        yield Addresses(server.url("samen_migrate"), server.url("samen_backup"), data)
    finally:
        if ran_before is None:
            postgres.stop(server)


def version() -> str:
    """Which Samen this is."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version("samen")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    return str(project["project"]["version"])
