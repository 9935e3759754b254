"""One file holds everything and brings it back: real servers, real dumps, real damage."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from samen.base import backup, postgres

REPOSITORY = Path(__file__).resolve().parent.parent.parent
OLD = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder where the server's account can come, also when root tests."""
    path = Path(tempfile.mkdtemp(prefix="samen-backup-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[postgres.Server]:
    """A server with a migrated database in which an agency lives."""
    made = postgres.start(folder / "data", durable=False)
    postgres.prepare(made)
    migrate(made, "samen", folder)
    furnish(made, "samen")
    yield made
    postgres.remove(made.data)


@pytest.fixture(scope="module")
def made(server: postgres.Server, folder: Path) -> Path:
    """The backup that all these tests begin with."""
    file = folder / "night.samen"
    backup.make(server.url("samen_backup"), file, samen="0.1.0")
    return file


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be damaged."""
    return shutil.copy2(made, tmp_path / made.name)


@pytest.fixture
def empty(server: postgres.Server) -> Iterator[str]:
    """The name of an empty database."""
    name = f"empty_{uuid.uuid4().hex[:8]}"
    postgres.create_database(server, name)
    yield name
    postgres.drop_database(server, name)


BACK = "brought_back"


@pytest.fixture(scope="module")
def checks(server: postgres.Server, made: Path) -> list[backup.Check]:
    """What was found when it was restored once, to be copied and left as it is; the owner saw no row of others."""
    postgres.create_database(server, BACK)
    with as_super(server, "samen") as connection:
        connection.execute("ALTER ROLE samen_migrate NOBYPASSRLS")
        try:
            return restored(server, made, BACK)
        finally:
            connection.execute("ALTER ROLE samen_migrate BYPASSRLS")


@pytest.fixture(scope="module")
def brought_back(checks: list[backup.Check]) -> str:
    """The name of the database in which everything is back."""
    assert different(checks) == []
    return BACK


@pytest.fixture
def again(server: postgres.Server, brought_back: str) -> Iterator[str]:
    """The name of a copy of it, of which PostgreSQL has counts of its own."""
    name = f"again_{uuid.uuid4().hex[:8]}"
    postgres.create_database(server, name, template=brought_back)
    yield name
    postgres.drop_database(server, name)


def environment(server: postgres.Server, database: str, folder: Path) -> dict[str, str]:
    urls = {
        f"SAMEN_{role.upper()}_URL": server.url(f"samen_{role}", database) for role in ("migrate", "backup", "worker")
    }
    return (
        os.environ
        | urls
        | {
            "SAMEN_DATABASE_URL": server.url("samen_app", database),
            "SAMEN_DATA": str(folder),
            "SAMEN_SECRET": "a secret of the tests",
            "DJANGO_SETTINGS_MODULE": "samen.settings",
        }
    )


def migrate(server: postgres.Server, database: str, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        cwd=REPOSITORY,
        env=environment(server, database, folder) | {"SAMEN_ROLE": "migrate"},
        check=True,
    )


def furnish(server: postgres.Server, database: str) -> None:
    """An agency with a team, somebody, a file of bytes, a line in the journal, and a clock of its own."""
    with as_super(server, database) as connection:
        connection.execute(
            """
            INSERT INTO base_organisation (id, slug, name, is_maker) VALUES (7, 'gooi', 'Het Gooi', false);
            INSERT INTO teams_region (org_id, public_id, name) VALUES (7, gen_random_uuid(), 'Het Gooi');
            INSERT INTO people_person (org_id, public_id, first_name, prefix, last_name, salutation, language, channel)
            SELECT 7, gen_random_uuid(), 'Fatma ' || n, '', 'Yılmaz', '', 'nl', 'EMAIL'
              FROM generate_series(1, 500) AS n;
            INSERT INTO base_blob (org_id, public_id, sha256, size, mime)
            VALUES (7, gen_random_uuid(), sha256('x'), 3, 'text/plain');
            INSERT INTO base_blobchunk (org_id, public_id, blob_id, no, content)
            SELECT 7, gen_random_uuid(), id, 0, '\\x00ff0a' FROM base_blob;
            INSERT INTO base_journalline (org_id, public_id, fact, actor_kind, at, params)
            VALUES (7, gen_random_uuid(), 'offers_sent', 'SYSTEM', '2026-10-25 00:30+00', '{"count": 1}');
            UPDATE clock_offset SET ahead = '3 days 04:05:06';
            INSERT INTO sec.key (inner_pad, outer_pad)
            VALUES (repeat('i', 64)::bytea, repeat('o', 64)::bytea);
            """
        )


@contextmanager
def as_super(server: postgres.Server, database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.url("samen_super", database), autocommit=True) as connection:
        yield connection


def restored(server: postgres.Server, file: Path, database: str) -> list[backup.Check]:
    return backup.restore(
        file, owner=server.url("samen_migrate", database), reader=server.url("samen_backup", database)
    )


def different(checks: list[backup.Check]) -> list[str]:
    return [check.name for check in checks if not check.equal]


def described(server: postgres.Server, database: str) -> backup.Manifest:
    with psycopg.connect(server.url("samen_backup", database)) as connection:
        return backup.describe(connection, samen="0.1.0")


def one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


# --- There and back ----------------------------------------------------------------------------------


def test_everything_comes_back_without_a_role_that_bypasses_anything_but_the_reader(
    server: postgres.Server, file: Path, checks: list[backup.Check]
) -> None:
    assert different(checks) == []
    before, after = backup.read(file), described(server, BACK)
    assert (after.tables, after.walls, after.migrations) == (before.tables, before.walls, before.migrations)
    assert after.tables["public.people_person"][0] == 500
    assert len(after.walls) > 1000


def test_what_comes_back_belongs_to_the_owner_and_is_still_walled_in(
    server: postgres.Server, brought_back: str
) -> None:
    with as_super(server, brought_back) as connection:
        owners = connection.execute(
            "SELECT DISTINCT relowner::regrole::text FROM pg_class"
            " WHERE relnamespace IN ('public'::regnamespace, 'sec'::regnamespace)"
        ).fetchall()
        assert owners == [("samen_owner",)]
    with (
        psycopg.connect(server.url("samen_app", brought_back)) as connection,
        pytest.raises(psycopg.Error, match=r"NoOrganisation|app\.org"),
    ):
        connection.execute("SELECT * FROM people_person")


def test_the_tenancy_key_stays_behind(server: postgres.Server, brought_back: str) -> None:
    with as_super(server, brought_back) as connection:
        assert one(connection, "SELECT count(*) FROM sec.key") == 0


def test_only_the_owner_of_the_file_may_read_it(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


def test_manifest_and_dump_see_the_same_moment_while_people_work(
    server: postgres.Server, tmp_path: Path, empty: str
) -> None:
    done = threading.Event()

    def work() -> None:
        with as_super(server, "samen") as connection:
            while not done.is_set():
                connection.execute(
                    "INSERT INTO base_journalline (org_id, public_id, fact, actor_kind, at, params)"
                    " VALUES (7, gen_random_uuid(), 'offers_sent', 'SYSTEM', now(), '{}')"
                )

    worker = threading.Thread(target=work)
    worker.start()
    try:
        made = backup.make(server.url("samen_backup"), tmp_path / "busy.samen", samen="0.1.0")
    finally:
        done.set()
        worker.join()

    assert different(restored(server, tmp_path / "busy.samen", empty)) == []
    assert described(server, "samen").tables != made.tables


@pytest.mark.skipif(not OLD.exists(), reason="PostgreSQL 15 of the system is not installed")
def test_a_backup_of_postgresql_15_comes_back_on_this_one(
    server: postgres.Server, folder: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "old.samen"
    with monkeypatch.context() as system:
        system.setenv("SAMEN_PG", "system")
        old = postgres.start(folder / "old", durable=False)
        try:
            postgres.prepare(old)
            migrate(old, "samen", folder)
            furnish(old, "samen")
            made = backup.make(old.url("samen_backup"), file, samen="0.1.0")
        finally:
            postgres.remove(old.data)

    checks = restored(server, file, empty)

    assert made.postgres.startswith("15.")
    assert [check for check in checks if not check.equal] == []


# --- What is not a backup ----------------------------------------------------------------------------


def test_a_flipped_bit_is_found_wherever_it_is(file: Path) -> None:
    whole = file.read_bytes()
    end_of_manifest = whole.index(b"\0", 512)
    telling = [
        0,
        100,
        124,
        148,
        257,
        511,
        512,
        end_of_manifest - 1,
        end_of_manifest,
    ]  # tar header, manifest, padding
    telling += [len(whole) - back for back in (1, 2, 33, 65, 66, 67, 500, 1024, 1100)]  # seal, end of the tar, dump
    chance = random.Random(7)  # a seed, so that a failure can be repeated
    places = telling + [chance.randrange(len(whole)) for _ in range(300)]

    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        with pytest.raises(backup.Damaged):
            backup.read(file)
    file.write_bytes(whole)
    assert backup.read(file).samen == "0.1.0"


@pytest.mark.parametrize(
    "change", [lambda whole: whole[:-1], lambda whole: whole[: len(whole) // 2], lambda whole: b""]
)
def test_a_file_cut_short_is_found(file: Path, change) -> None:
    file.write_bytes(change(file.read_bytes()))

    with pytest.raises(backup.Damaged):
        backup.read(file)


def test_a_file_with_something_behind_it_is_found(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")

    with pytest.raises(backup.Damaged):
        backup.read(file)


def test_a_damaged_file_touches_nothing(server: postgres.Server, file: Path, empty: str) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)

    with pytest.raises(backup.Damaged):
        restored(server, file, empty)

    with as_super(server, empty) as connection:
        assert one(connection, "SELECT to_regclass('django_migrations')") is None


@pytest.mark.parametrize("role", ["samen_app", "samen_worker"])
def test_a_role_that_does_not_see_everything_makes_no_backup(
    server: postgres.Server, tmp_path: Path, role: str
) -> None:
    with pytest.raises(backup.Blind, match=f"{role} does not bypass row-level security"):
        backup.make(server.url(role), tmp_path / "blind.samen", samen="0.1.0")

    assert list(tmp_path.iterdir()) == []


def test_tables_that_read_empty_and_are_not_make_no_backup(server: postgres.Server, again: str, tmp_path: Path) -> None:
    with as_super(server, again) as connection:
        connection.execute("DELETE FROM base_blobchunk; DELETE FROM base_blob; DELETE FROM base_journalline")
        connection.execute("DELETE FROM people_person; DELETE FROM teams_region")

    with pytest.raises(backup.Blind, match=r"but public\.\w+ holds about \d+"):
        backup.make(server.url("samen_backup", again), tmp_path / "trap.samen", samen="0.1.0")


def test_a_database_that_is_not_ours_makes_no_backup(server: postgres.Server, empty: str, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupError, match="was never migrated"):
        backup.make(server.url("samen_backup", empty), tmp_path / "none.samen", samen="0.1.0")


def test_a_backup_never_writes_over_another(server: postgres.Server, file: Path) -> None:
    whole = file.read_bytes()

    with pytest.raises(backup.BackupError, match="already there"):
        backup.make(server.url("samen_backup"), file, samen="0.1.0")

    assert file.read_bytes() == whole


# --- Where it may not go -----------------------------------------------------------------------------


def test_a_database_that_holds_something_is_left_alone(server: postgres.Server, file: Path, empty: str) -> None:
    with as_super(server, empty) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 'do not lose me' AS word")

        with pytest.raises(backup.NotEmpty, match=rf"{empty} is not empty: it holds public\.precious"):
            restored(server, file, empty)

        assert one(connection, "SELECT word FROM precious") == "do not lose me"
        assert one(connection, "SELECT to_regclass('django_migrations')") is None


def test_a_restore_that_fails_half_way_leaves_an_empty_database(
    server: postgres.Server, file: Path, empty: str
) -> None:
    with as_super(server, empty) as connection:
        connection.execute("DROP EXTENSION btree_gist")  # the exclusion constraints come last, and need it

    with pytest.raises(backup.ToolFailed, match="pg_restore failed"):
        restored(server, file, empty)

    with as_super(server, empty) as connection:
        assert one(connection, "SELECT to_regclass('people_person')") is None


HARM = {
    "DELETE FROM people_person WHERE first_name = 'Fatma 3'": ("public.people_person", "499"),
    "UPDATE base_blob SET mime = 'text/html'": ("public.base_blob", "1, with another content"),
    "DROP POLICY signed_context ON people_person": ("walls", "gone: policy signed_context on public.people"),
    "ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY": ("walls", "forced f"),
    "GRANT UPDATE ON base_journalline TO samen_app": ("walls", "new: right relation public.base_journalline"),
    "GRANT EXECUTE ON FUNCTION sec.current_org() TO PUBLIC": ("walls", "sec.current_org(): public EXECUTE"),
    "ALTER FUNCTION sec.current_org() RESET search_path": ("walls", "gone: function sec.current_org()"),
    "ALTER TABLE base_blob OWNER TO samen_super": ("walls", "public.base_blob r of samen_super"),
    "ALTER TABLE visits_assignment DROP CONSTRAINT helper_not_double_booked": ("walls", "double_booked"),
    "ALTER SEQUENCE people_person_id_seq RESTART": ("sequences", "public.people_person_id_seq"),
    "DELETE FROM django_migrations WHERE app = 'visits'": ("migrations", "gone: visits.0001_initial"),
}


def test_what_differs_is_named(server: postgres.Server, file: Path, again: str) -> None:
    with as_super(server, again) as connection:
        for harm, (where, words) in HARM.items():
            connection.execute(harm.encode())

            checks = backup.compare(backup.read(file), described(server, again))

            assert where in different(checks), harm
            assert words in next(check.found for check in checks if check.name == where), harm


# --- Trying it ---------------------------------------------------------------------------------------


def databases(server: postgres.Server) -> set[str]:
    with as_super(server, "postgres") as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_a_trial_leaves_nothing_and_clears_what_a_killed_one_left(server: postgres.Server, file: Path) -> None:
    before = databases(server)
    postgres.create_database(server, "samen_verify_killed")

    with backup.scratch(server.url("samen_migrate")) as name:
        assert different(restored(server, file, name)) == []
        assert "samen_verify_killed" not in databases(server)
        with backup.scratch(server.url("samen_migrate")):  # somebody else's at the same time
            assert name in databases(server)

    assert databases(server) == before


@contextmanager
def without_superuser(server: postgres.Server) -> Iterator[None]:
    """As on somebody's own server: nobody comes in as the superuser."""
    mapping = server.data / "cluster" / "pg_ident.conf"
    whole = mapping.read_text()
    with as_super(server, "postgres") as connection:
        mapping.write_text("".join(line for line in whole.splitlines(True) if "samen_super" not in line))
        connection.execute("SELECT pg_reload_conf()")
        try:
            wait_until(server, refused=True)
            yield
        finally:
            mapping.write_text(whole)
            connection.execute("SELECT pg_reload_conf()")
            wait_until(server, refused=False)


def wait_until(server: postgres.Server, *, refused: bool) -> None:
    for _ in range(200):
        is_refused = True
        with suppress(psycopg.OperationalError), as_super(server, "postgres"):
            is_refused = False
        if is_refused == refused:
            return
        threading.Event().wait(0.02)
    raise AssertionError("the server did not read its settings again")


def test_on_an_own_server_the_migrator_must_be_allowed_to_make_a_database(server: postgres.Server, file: Path) -> None:
    with as_super(server, "postgres") as connection, without_superuser(server):
        with (
            pytest.raises(backup.CannotCreate, match="--into NAME"),
            backup.scratch(server.url("samen_migrate")),
        ):
            pass

        connection.execute("ALTER ROLE samen_migrate CREATEDB NOBYPASSRLS")
        try:
            with backup.scratch(server.url("samen_migrate")) as name:
                assert different(restored(server, file, name)) == []
        finally:
            connection.execute("ALTER ROLE samen_migrate NOCREATEDB BYPASSRLS")


def test_no_password_stands_on_a_command_line() -> None:
    address, environment = backup._address("postgresql://samen_backup:geheim@db.example.org/samen")

    assert "geheim" not in address
    assert environment["PGPASSWORD"] == "geheim"


# --- By word -----------------------------------------------------------------------------------------


def samen(server: postgres.Server, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "samen", *words],
        cwd=REPOSITORY,
        env=environment(server, "samen", folder),
        text=True,
        capture_output=True,
        check=False,
    )


def test_by_word_it_is_made_tried_and_refused(
    server: postgres.Server, folder: Path, tmp_path: Path, empty: str
) -> None:
    file = tmp_path / "by-word.samen"

    made = samen(server, folder, "backup", str(file))
    tried = samen(server, folder, "restore", str(file), "--verify")
    refused = samen(server, folder, "restore", str(file))
    back = samen(server, folder, "restore", str(file), "--into", empty)

    assert (made.returncode, made.stderr) == (0, "")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert "none different" in tried.stdout
    assert refused.returncode == 1
    assert "The database samen is not empty" in refused.stderr
    assert back.returncode == 0
    assert "Then start with" in back.stdout
    assert described(server, empty).tables == described(server, "samen").tables


def test_by_word_a_damaged_file_is_refused(server: postgres.Server, folder: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"public.people_person", b"public.people_persom", 1))

    told = samen(server, folder, "restore", str(file), "--verify")

    assert told.returncode == 1
    assert "is damaged" in told.stderr
