"""What must be in the environment before Django reads its settings: a test database of this run's own.

Loaded by pytest as a plug-in (`-p tests.environment`), before any test module.
"""

import atexit
import os
import subprocess
import sys
import tempfile
import threading
import time
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


def stand_by() -> None:
    """The database of this process is there: a copy of the template, which is made while the tests are read."""
    while not _is_made():
        time.sleep(0.1)
    new_database(DATABASE, TEMPLATE)
    atexit.register(postgres.drop_database, SERVER, DATABASE)


def _is_made() -> bool:
    with _superuser() as server:
        found = server.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [[TEMPLATE, UNFINISHED]])
        there = {name for (name,) in found}
    if not there:
        raise RuntimeError("The database that all tests copy could not be made; why stands above.")
    return TEMPLATE in there


def _make_template(where: dict[str, str]) -> None:
    """One migrated database with the whole cast in it, which gets its name when it may be copied."""
    try:
        for words in (["migrate"], ["plant", "--today", "2026-11-25", "--seed", "7"]):
            subprocess.run([sys.executable, "-m", "samen", *words], check=True, cwd=REPOSITORY, env=where)
        with psycopg.connect(where["SAMEN_MIGRATE_URL"], autocommit=True, options="-c role=samen_owner") as owner:
            owner.execute("ANALYZE")  # what was planted is known to the planner, as it is where people work
        with _superuser() as server:
            server.execute(f"ALTER DATABASE {UNFINISHED} RENAME TO {TEMPLATE}")
    except BaseException:
        postgres.drop_database(SERVER, UNFINISHED)
        raise


def _superuser() -> psycopg.Connection:
    return psycopg.connect(SERVER.url(postgres.SUPERUSER, "postgres"), autocommit=True)


def _tidy_up() -> None:
    for name in (UNFINISHED, TEMPLATE):
        postgres.drop_database(SERVER, name)


SERVER = _server()
TEMPLATE = os.environ.setdefault("SAMEN_TEST_TEMPLATE", f"samen_template_{os.getpid()}")  # one for all workers
UNFINISHED = f"{TEMPLATE}_unfinished"
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
if "PYTEST_XDIST_WORKER" not in os.environ:  # by whoever hands out the tests, or does them all alone
    postgres.prepare(SERVER)
    postgres.create_database(SERVER, UNFINISHED)
    atexit.register(_tidy_up)
    threading.Thread(target=_make_template, args=[os.environ | environment(UNFINISHED)], daemon=True).start()
os.environ |= environment(DATABASE)
