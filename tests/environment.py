"""What must be in the environment before Django reads its settings: a test database of this run's own.

Loaded by pytest as a plug-in (`-p tests.environment`), before any test module.
"""

import atexit
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from samen.base import postgres

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = Path(tempfile.mkdtemp(prefix="samen-test-data-"))


def _server() -> postgres.Server:
    """The server bin/test made for this run, or one that stays warm between runs of plain pytest."""
    given = os.environ.get("SAMEN_TEST_PG")
    return postgres.start(Path(given) if given else REPOSITORY / ".data" / "test-postgres", durable=False)


def environment(database: str) -> dict[str, str]:
    """The addresses of a database, for this process and for every program a test starts."""
    return {
        "SAMEN_DATABASE_URL": SERVER.url("samen_app", database),
        "SAMEN_MIGRATE_URL": SERVER.url("samen_migrate", database),
        "SAMEN_WORKER_URL": SERVER.url("samen_worker", database),
        "SAMEN_BACKUP_URL": SERVER.url("samen_backup", database),
    }


def new_database(name: str, template: str) -> dict[str, str]:
    """A database of its own, copied from another; returns its addresses."""
    postgres.create_database(SERVER, name, template=template)
    return environment(name)


def _make_template() -> None:
    """One migrated database with the whole cast in it; every test's database is a copy."""
    postgres.create_database(SERVER, TEMPLATE)
    where = os.environ | environment(TEMPLATE)
    for words in (["migrate"], ["plant", "--today", "2026-11-25", "--seed", "7"]):
        subprocess.run([sys.executable, "-m", "samen", *words], check=True, cwd=REPOSITORY, env=where)
    with psycopg.connect(where["SAMEN_MIGRATE_URL"], autocommit=True, options="-c role=samen_owner") as owner:
        owner.execute("ANALYZE")  # what was planted is known to the planner, as it is where people work
    new_database(DATABASE, TEMPLATE)


def _tidy_up() -> None:
    for name in (DATABASE, TEMPLATE):
        postgres.drop_database(SERVER, name)


SERVER = _server()
TEMPLATE = f"samen_template_{os.getpid()}"
DATABASE = f"samen_test_{os.getpid()}"
os.environ |= {
    "SAMEN_SECRET": "for-tests-only",
    "SAMEN_DATA": str(DATA),
    "SAMEN_TESTING": "1",
    "SAMEN_DEMO": "1",
    "SAMEN_MAIL": "memory",
    "SAMEN_SMS": "memory",
    "SAMEN_ORIGIN": "http://testserver",
    "SAMEN_ROLE": "app",
}
if "PYTEST_XDIST_WORKER" not in os.environ:
    postgres.prepare(SERVER)  # once, before the workers, who would do it at the same moment
if "-n" not in sys.argv or "PYTEST_XDIST_WORKER" in os.environ:  # whoever only hands out the tests needs no database
    _make_template()
    atexit.register(_tidy_up)
os.environ |= environment(DATABASE)
