"""Bring a backup back into an empty database, or try whether it can be."""

import argparse
import sys
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from samen.base import backup
from samen.commands.backup import REFUSALS, Addresses, addresses, data_argument

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, and what to do with it."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what bin/samen backup made")
    parser.add_argument("--verify", action="store_true", help="only try it, in a database that is gone afterwards")
    parser.add_argument("--into", metavar="DATABASE", help="an empty database on the same server")
    data_argument(parser)


def run(options: argparse.Namespace) -> int:
    """0 if every row, sum, policy and right came back; the comparison is printed either way."""
    try:
        manifest = backup.read(options.file)
        print(f"The seal of {options.file} is whole.")
        print(f"Made {manifest.made_at} by Samen {manifest.samen} on PostgreSQL {manifest.postgres}.")
        with addresses(options.data, make=True) as found:
            return _verify(options, found) if options.verify else _restore(options, found)
    except REFUSALS as refusal:
        print(f"Samen: not restored.  {refusal}", file=sys.stderr)
        return 1


def _verify(options: argparse.Namespace, found: Addresses) -> int:
    """Everything was brought back once and compared, in a database of its own."""
    if options.into:
        checks = _bring_back(options.file, found, options.into)
        print(f"{options.into} now holds a copy of everything: drop it when you have seen enough.")
        return _told(checks)
    with backup.scratch(found.owner) as name:
        checks = _bring_back(options.file, found, name)
    return _told(checks)


def _restore(options: argparse.Namespace, found: Addresses) -> int:
    """The database holds what the file holds; says what is left to do."""
    target = options.into or str(conninfo_to_dict(found.owner)["dbname"])
    failed = _told(_bring_back(options.file, found, target))
    if failed:
        print(f"Samen: {target} is not what the backup says; do not serve from it.", file=sys.stderr)
        return failed
    if found.folder:
        # The demo plants its people in a folder without the first file, and migrates if the second differs.
        (found.folder / "planted").touch()
        (found.folder / "shape").unlink(missing_ok=True)
    start = "bin/demo" if found.folder else "bin/samen migrate, and then bin/samen serve and bin/samen worker"
    print(f"{target} is restored.  Put the installation's old secret in place: without it sealed addresses and")
    print(f"links that were sent stay closed.  Then start with: {start}")
    return 0


def _bring_back(file: Path, found: Addresses, database: str) -> list[backup.Check]:
    owner, reader = (make_conninfo(url, dbname=database) for url in (found.owner, found.reader))
    return backup.restore(file, owner=owner, reader=reader)


def _told(checks: list[backup.Check]) -> int:
    """The comparison is printed; 0 if nothing differs."""
    width = max(len(check.name) for check in checks)
    print(f"\n{'':<{width}}  {'in the backup':>13}  {'came back':>9}")
    for check in checks:
        found = check.found if check.equal else f"{check.found}  DIFFERS"
        print(f"{check.name:<{width}}  {check.expected:>13}  {found:>9}")
    different = sum(not check.equal for check in checks)
    print(f"\n{len(checks)} compared, {different or 'none'} different.")
    return int(bool(different))
