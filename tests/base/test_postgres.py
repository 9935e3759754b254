"""The embedded PostgreSQL: real servers, really killed."""

import ctypes
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from samen.base import postgres
from samen.commands import database as database_command

PR_SET_CHILD_SUBREAPER = 36
ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder where the server's account can come, also when root tests."""
    path = Path(tempfile.mkdtemp(prefix="samen-postgres-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def prepared(folder: Path) -> Iterator[Path]:
    data = folder / "data"
    postgres.prepare(postgres.start(data, durable=False))
    yield data
    postgres.remove(data)


@pytest.fixture
def server(prepared: Path) -> postgres.Server:
    return postgres.start(prepared)


@pytest.fixture(scope="module")
def odd(folder: Path) -> Iterator[postgres.Server]:
    """A durable server, far down in a folder where making a cluster was broken off before."""
    data = folder.joinpath(*["a rather long name"] * 8)
    (data / "cluster.making-abc").mkdir(parents=True)
    (data / "cluster.making-abc" / "PG_VERSION").write_text("18\n")
    for parent in (data, *data.parents):
        if folder in parent.parents:
            parent.chmod(0o711)
    yield postgres.start(data)
    postgres.remove(data)


def ask(server: postgres.Server, role: str, query: str, database: str = "samen") -> list[tuple[Any, ...]]:
    with psycopg.connect(server.url(role, database), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def keep(server: postgres.Server, word: str) -> None:
    """Commit a row that a later start must still have."""
    ask(server, "samen_migrate", f"SET ROLE samen_owner; CREATE TABLE {word} AS SELECT '{word}' AS word")


def kept(server: postgres.Server, word: str) -> bool:
    return ask(server, "samen_migrate", f"SELECT word FROM {word}") == [(word,)]


def postmaster_pid(server: postgres.Server) -> int:
    return int((server.data / "cluster" / "postmaster.pid").read_text().split()[0])


# --- Starting and stopping ---------------------------------------------------------------------------


def test_starting_twice_gives_the_same_server(server: postgres.Server) -> None:
    pid = postmaster_pid(server)

    again = postgres.start(server.data)

    assert again == server == postgres.running(server.data)
    assert postmaster_pid(again) == pid


def test_a_stopped_server_is_gone_and_comes_back_with_its_rows(server: postgres.Server) -> None:
    keep(server, "stopped")
    pid = postmaster_pid(server)

    postgres.stop(server)

    assert postgres.running(server.data) is None
    assert not postgres._alive(pid, server.data / "cluster")
    assert kept(postgres.start(server.data), "stopped")


@pytest.mark.kill
def test_a_killed_server_has_kept_what_was_committed(odd: postgres.Server) -> None:
    pid = postmaster_pid(odd)
    ask(odd, "samen_super", "CREATE TABLE killed AS SELECT 7 AS number", "postgres")

    os.kill(pid, signal.SIGKILL)
    while postgres._alive(pid, odd.data / "cluster"):
        time.sleep(0.01)

    assert ask(postgres.start(odd.data), "samen_super", "SELECT number FROM killed", "postgres") == [(7,)]


@pytest.mark.kill
def test_a_killed_server_that_nobody_reaps_does_not_block_the_next_start(server: postgres.Server) -> None:
    keep(server, "unreaped")
    postgres.stop(server)
    with unreaped_children():
        pid = postmaster_pid(postgres.start(server.data))
        os.kill(pid, signal.SIGKILL)
        while ") Z" not in Path(f"/proc/{pid}/stat").read_text():
            time.sleep(0.01)

        again = postgres.start(server.data)

        assert postmaster_pid(again) != pid
        assert kept(again, "unreaped")
        postgres.stop(again)


@contextmanager
def unreaped_children() -> Iterator[None]:
    """Orphans come to us, and we let them be zombies: the first process of many a container does."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def test_a_stranger_with_the_number_of_a_killed_server_does_not_block_the_start(
    server: postgres.Server,
) -> None:
    pidfile = server.data / "cluster" / "postmaster.pid"
    lines = pidfile.read_text().splitlines()
    owner = pidfile.stat()
    postgres.stop(server)
    pidfile.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    os.chown(pidfile, owner.st_uid, owner.st_gid)

    assert postgres.running(server.data) is None
    assert postmaster_pid(postgres.start(server.data)) != os.getppid()


def test_a_deep_folder_gets_a_short_socket_that_is_only_ours(odd: postgres.Server) -> None:
    assert len(os.fsencode(odd.socket / ".s.PGSQL.5432")) <= 107
    assert stat.S_IMODE(odd.socket.stat().st_mode) == 0o700
    assert ask(odd, "samen_super", "SELECT 1", "postgres") == [(1,)]


def test_what_an_earlier_broken_off_attempt_left_is_gone(odd: postgres.Server) -> None:
    assert sorted(path.name for path in odd.data.iterdir()) == [".lock", "cluster"]


@pytest.mark.skipif(not ROOT, reason="only root runs PostgreSQL as another")
def test_root_leaves_a_closed_folder_closed_and_keeps_the_cluster_elsewhere(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    server = postgres.start(closed / "data", durable=False)
    elsewhere = (closed / "data" / "cluster").resolve()
    owner = Path(f"/proc/{postmaster_pid(server)}").owner()
    postgres.remove(server.data)

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert elsewhere.parent.parent in postgres.PUBLIC_FOLDERS
    assert owner == "nobody"
    assert not elsewhere.parent.exists()


# --- Folders that are not a cluster ------------------------------------------------------------------


def test_another_major_version_is_refused_with_the_way_out(server: postgres.Server) -> None:
    version = server.data / "cluster" / "PG_VERSION"
    right = version.read_text()
    postgres.stop(server)
    version.write_text("14\n")

    with pytest.raises(postgres.VersionMismatch, match=r"PostgreSQL 14.*restore FILE"):
        postgres.start(server.data)

    assert postgres.running(server.data) is None
    version.write_text(right)


def test_a_half_made_cluster_is_said_and_left_alone(folder: Path) -> None:
    cluster = folder / "half" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("18\n")

    with pytest.raises(postgres.HalfMade, match="not a finished cluster"):
        postgres.start(folder / "half")

    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


# --- Who may come in, and as what --------------------------------------------------------------------


def test_there_is_no_network_and_no_way_in_but_the_roles(server: postgres.Server) -> None:
    (listening,) = ask(server, "samen_super", "SHOW listen_addresses")
    ask(server, "samen_super", "DROP ROLE IF EXISTS zoe; CREATE ROLE zoe LOGIN")

    assert listening == ("",)
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        ask(server, "zoe", "SELECT 1")


def test_each_role_is_what_it_must_be_also_after_somebody_changed_it(server: postgres.Server) -> None:
    ask(server, "samen_super", "ALTER ROLE samen_app SUPERUSER; ALTER ROLE samen_owner LOGIN")

    postgres.prepare(server)

    roles = ask(
        server,
        "samen_super",
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, pg_has_role(oid, 'samen_owner', 'MEMBER')"
        " FROM pg_roles WHERE rolname ~ '^samen_' AND rolname <> 'samen_super' ORDER BY 1",
    )
    assert roles == [
        ("samen_app", True, False, False, False),
        ("samen_backup", True, False, True, False),
        ("samen_migrate", True, False, True, True),
        ("samen_owner", False, False, False, True),
        ("samen_worker", True, False, False, False),
    ]


@pytest.mark.parametrize("role", ["samen_app", "samen_worker"])
def test_who_serves_makes_nothing(server: postgres.Server, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, role, "CREATE TABLE mine (n int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server, role, "SET ROLE samen_owner")


def test_a_copy_of_a_database_has_its_rows_and_its_doors(server: postgres.Server) -> None:
    keep(server, "copied")

    postgres.create_database(server, "copy of samen", template="samen")

    assert ask(server, "samen_backup", "SELECT word FROM copied", "copy of samen") == [("copied",)]
    doors = "SELECT has_database_privilege('public', 'copy of samen', 'CONNECT')"
    assert ask(server, "samen_super", doors) == [(False,)]
    postgres.drop_database(server, "copy of samen")
    assert ask(server, "samen_super", "SELECT FROM pg_database WHERE datname = 'copy of samen'") == []


def test_the_script_for_an_own_server_may_run_twice(odd: postgres.Server) -> None:
    script = database_command.script("zorg", passwords=False)
    psql = [str(postgres.client("psql")), "--no-psqlrc", odd.url("samen_super", "postgres")]

    for _ in range(2):
        subprocess.run(psql, input=script, text=True, check=True, capture_output=True)

    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'zorg'"
    assert ask(odd, "samen_super", owner, "zorg") == [("samen_owner",)]
    bypass = "SELECT rolname FROM pg_roles WHERE rolname ~ '^samen_[a-r]' AND rolbypassrls"
    assert ask(odd, "samen_super", bypass, "zorg") == [("samen_backup",)]
    with psycopg.connect(odd.url("samen_app", "zorg")) as connection:
        assert postgres.check_server(connection) == []


# --- What Samen asks of any server -------------------------------------------------------------------


def test_a_good_server_may_serve_and_a_forgetful_one_only_tests(server: postgres.Server) -> None:
    with psycopg.connect(server.url("samen_app")) as connection:
        assert postgres.check_server(connection, durable=False) == []
        problems = " ".join(postgres.check_server(connection))

    assert all(name in problems for name in ("fsync", "full_page_writes", "synchronous_commit"))


@pytest.mark.parametrize(
    ("role", "word"),
    [("samen_super", "superuser"), ("samen_migrate", "bypasses"), ("samen_backup", "bypasses")],
)
def test_no_role_that_sees_past_row_security_may_serve(server: postgres.Server, role: str, word: str) -> None:
    with psycopg.connect(server.url(role)) as connection:
        (problem,) = postgres.check_server(connection, durable=False)

    assert role in problem
    assert word in problem


def test_a_superuser_who_acts_as_the_app_may_not_serve(server: postgres.Server) -> None:
    with psycopg.connect(server.url("samen_super")) as connection:
        connection.execute("SET ROLE samen_app")

        assert "superuser" in " ".join(postgres.check_server(connection, durable=False))


def test_old_minors_and_missing_extensions_are_named(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    major = int(server.version.split(".")[0])
    monkeypatch.setattr(postgres, "MINIMUM_MINOR", {major: 99})

    with psycopg.connect(server.url("samen_super", "postgres")) as connection:
        problems = " ".join(postgres.check_server(connection, durable=False))

    assert f"{major}.99" in problems
    assert "btree_gist" in problems
