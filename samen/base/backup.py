"""Everything in one file, and the way back.

The file is a plain tar of `manifest.json` and `dump.pgc` (pg_dump's custom format), and behind it one line:
the SHA-256 of every byte before it.  The manifest and the dump see the same moment.  The manifest says what
must be there again: per table the number of rows and a sum over them that forgets their order, every
sequence, and every wall: owners, row-level security, policies, rights, constraints, indexes, functions.  The
tenancy key stays behind: whoever holds a backup cannot make a context.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import IO, Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from samen.base import postgres

# The tenancy key: `bin/samen migrate` writes it anew from the installation's secret.
LEFT_OUT = ("sec", "key")
MEMBERS = ["manifest.json", "dump.pgc"]
BLOCK = 512  # tar counts in these
SEAL_BYTES = 65  # 64 hexadecimal digits and the end of the line
SCRATCH = "samen_verify_"


class BackupError(Exception):
    """The backup or the restore cannot be done."""


class Blind(BackupError):
    """The role would not see every row, so the backup would be empty or half."""


class Damaged(BackupError):
    """The file is not byte for byte what was written."""


class NotEmpty(BackupError):
    """The database that should receive the backup holds something."""


class CannotCreate(BackupError):
    """No role at hand may make a database."""


class ToolFailed(BackupError):
    """PostgreSQL's own program refused."""


@dataclass(frozen=True)
class Manifest:
    """What was there at the moment of the backup."""

    samen: str
    postgres: str
    made_at: str
    migrations: list[str]
    tables: dict[str, list[int]]  # name: number of rows, sum over their hashes
    sequences: dict[str, int]
    walls: list[str]

    @property
    def digest(self) -> str:
        """The walls in one number."""
        return hashlib.sha256("\n".join(self.walls).encode()).hexdigest()


@dataclass(frozen=True)
class Check:
    """One thing that was compared after a restore."""

    name: str
    expected: str
    found: str
    equal: bool


# --- Making one -----------------------------------------------------------------------------------


def make(url: str, file: Path, *, samen: str) -> Manifest:
    """`file` holds everything in this database as it was at one moment; it appears when it is whole.

    Raises `Blind` when the role of the address would not see every row.
    """
    if file.exists():
        raise BackupError(f"{file} is already there, and a backup never writes over another.")
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(f"SET {limit} = 0")  # the snapshot must live until pg_dump is done
        _insist_on_sight(connection)
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        manifest = describe(connection, samen=samen)
        _insist_on_rows(connection, manifest)
        with _appears_when_whole(file) as handle:
            _write(handle, manifest, _dump(url, snapshot, connection.info.server_version // 10_000))
    return manifest


def _insist_on_sight(connection: psycopg.Connection) -> None:
    """Row-level security shows an ordinary role nothing: pg_dump would write an empty file and be content."""
    role, sees_all = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone() or ("", False)
    if not sees_all:
        raise Blind(
            f"The role {role} does not bypass row-level security, so it would save empty tables.  "
            f"Make backups as samen_backup: set SAMEN_BACKUP_URL."
        )


def _insist_on_rows(connection: psycopg.Connection, manifest: Manifest) -> None:
    """All protected tables read empty and PostgreSQL's own count says otherwise: then it is no backup."""
    protected: dict[str, float] = dict(connection.execute(_PROTECTED).fetchall())
    seen = sum(manifest.tables[name][0] for name in protected)
    if not seen and any(protected.values()):
        fullest = max(protected, key=lambda name: protected[name])
        raise Blind(
            f"No row of any organisation can be read, but {fullest} holds about {protected[fullest]:.0f}.  "
            f"If everything was really removed, run ANALYZE and try again."
        )


_PROTECTED = """
SELECT relnamespace::regnamespace || '.' || relname, greatest(reltuples, 0)
  FROM pg_class WHERE relrowsecurity AND relkind = 'r'
"""


@contextlib.contextmanager
def _appears_when_whole(file: Path) -> Iterator[BufferedRandom]:
    """What is written here gets the name of the file once it is on disk; only its owner may read it."""
    number, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
    part = Path(name)
    try:
        with os.fdopen(number, "w+b") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(handle: BufferedRandom, manifest: Manifest, dump: "_Dump") -> None:
    """The tar, of which the length of the dump is only known afterwards, and the seal behind it."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    handle.write(_header(MEMBERS[0], len(text)) + text + _padding(len(text)))
    place = handle.tell()
    handle.write(bytes(BLOCK))
    length = dump.into(handle)
    handle.write(_padding(length) + bytes(2 * BLOCK))
    handle.seek(place)
    handle.write(_header(MEMBERS[1], length))
    handle.seek(0)
    seal = hashlib.file_digest(handle, "sha256").hexdigest()
    handle.write(f"{seal}\n".encode())


def _header(name: str, length: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = length, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def _padding(length: int) -> bytes:
    return bytes(-length % BLOCK)


# --- What is there --------------------------------------------------------------------------------


def describe(connection: psycopg.Connection, *, samen: str) -> Manifest:
    """What this connection finds in its database, in words that are the same on PostgreSQL 15 to 18."""
    for setting in _SPEECH:
        connection.execute(setting)
    return Manifest(
        samen=samen,
        postgres=connection.info.parameter_status("server_version") or "",
        made_at=_one(connection, "SELECT now()").isoformat(timespec="seconds"),
        migrations=_migrations(connection),
        tables={".".join(name): _sum(connection, *name) for name in _named(connection, "r") if name != LEFT_OUT},
        sequences={".".join(name): _position(connection, *name) for name in _named(connection, "S")},
        walls=sorted(line for (line,) in connection.execute(_WALLS)),
    )


# A row is compared as text, so everything that colours the text is fixed.  With row_security off, a policy
# that hides a row is an error instead of a smaller number.
_SPEECH = (
    "SET row_security = off",
    "SET search_path = pg_catalog",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
)


def _named(connection: psycopg.Connection, kind: str) -> list[tuple[str, str]]:
    """Schema and name of everything of this kind that is ours."""
    return connection.execute(
        f"""SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = %s AND {_OURS} ORDER BY 1, 2""",  # noqa: S608  a constant of ours
        [kind],
    ).fetchall()


def _sum(connection: psycopg.Connection, schema: str, table: str) -> list[int]:
    hashed = "('x' || substr(md5(one::text), 1, 15))::bit(60)::bigint"
    query = sql.SQL(f"SELECT count(*), coalesce(sum({hashed}), 0) FROM {{}} one")  # noqa: S608  a constant of ours
    rows, total = connection.execute(query.format(sql.Identifier(schema, table))).fetchone() or (0, 0)
    return [int(rows), int(total)]


def _position(connection: psycopg.Connection, schema: str, sequence: str) -> int:
    query = sql.SQL("SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {}")
    return int(_one(connection, query.format(sql.Identifier(schema, sequence))))


def _migrations(connection: psycopg.Connection) -> list[str]:
    if _one(connection, "SELECT to_regclass('public.django_migrations')") is None:
        raise BackupError(f"{connection.info.dbname} is not a database of Samen: it was never migrated.")
    rows = connection.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY app, name")
    return [name for (name,) in rows]


def _one(connection: psycopg.Connection, query: Any, parameters: list[Any] | None = None) -> Any:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None


_OURS = """n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.objid = c.oid)"""

# One line for each promise.  MAINTAIN is new in PostgreSQL 17 and only ever the owner's; since 17 a partition
# shows its parent's identity; NOT NULL became a constraint in 18 and is read from the column; a chain of ANDs
# loses its brackets and a list of words its casts when they are read again: none of these is a difference.
_WALLS = f"""
WITH ours AS (
    SELECT c.*, n.nspname, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'S', 'v', 'm', 'c', 'f') AND {_OURS}
), functions AS (
    SELECT c.*, c.oid::regprocedure::text AS name
      FROM pg_proc c JOIN pg_namespace n ON n.oid = c.pronamespace WHERE {_OURS}
), rights AS (
    SELECT 'relation ' || name AS what,
           coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)) AS acl
      FROM ours WHERE relkind <> 'c'
    UNION ALL
    SELECT 'function ' || name, coalesce(proacl, acldefault('f', proowner)) FROM functions
    UNION ALL
    SELECT 'schema ' || n.nspname, coalesce(n.nspacl, acldefault('n', n.nspowner))
      FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT format('column %s.%I', name, attname), attacl
      FROM ours JOIN pg_attribute ON attrelid = ours.oid WHERE attacl IS NOT NULL
    UNION ALL
    SELECT format('later %s %s %s', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype),
           defaclacl
      FROM pg_default_acl
)
SELECT format('schema %s of %s', n.nspname, n.nspowner::regrole)
  FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT format('relation %s %s of %s, row security %s, forced %s %s', name, relkind, relowner::regrole,
              relrowsecurity, relforcerowsecurity, pg_get_expr(relpartbound, oid))
  FROM ours
UNION ALL
SELECT format('column %s.%I %s, not null %s, identity [%s], generated [%s], default [%s]', name, attname,
              format_type(atttypid, atttypmod), attnotnull,
              CASE WHEN relispartition THEN '' ELSE attidentity END, attgenerated,
              pg_get_expr(adbin, adrelid))
  FROM ours JOIN pg_attribute ON attrelid = ours.oid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'S'
UNION ALL
SELECT format('policy %s on %s, permissive %s, for %s, to %s, using [%s], check [%s]', polname, name,
              polpermissive, polcmd,
              (SELECT string_agg(CASE WHEN role = 0 THEN 'public' ELSE role::regrole::text END, ' '
                                 ORDER BY role::regrole::text) FROM unnest(polroles) role),
              pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
  FROM ours JOIN pg_policy ON polrelid = ours.oid
UNION ALL
SELECT format('right %s: %s %s%s', what, CASE WHEN grantee = 0 THEN 'public' ELSE grantee::regrole::text END,
              privilege_type, CASE WHEN is_grantable THEN ' and may pass it on' ELSE '' END)
  FROM rights, aclexplode(acl) WHERE privilege_type <> 'MAINTAIN'
UNION ALL
SELECT format('constraint %s on %s: %s, deferrable %s, validated %s', conname, name,
              regexp_replace(translate(pg_get_constraintdef(con.oid), '()', ''),
                             '::(character varying|text)(\\[\\])?', '', 'g'),
              condeferrable, convalidated)
  FROM ours JOIN pg_constraint con ON conrelid = ours.oid WHERE contype <> 'n'
UNION ALL
SELECT 'index ' || translate(pg_get_indexdef(indexrelid), '()', '')
  FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT format('trigger %s, enabled %s', pg_get_triggerdef(t.oid), tgenabled)
  FROM ours JOIN pg_trigger t ON tgrelid = ours.oid WHERE NOT tgisinternal
UNION ALL
SELECT format('function %s of %s, definer %s, %s, settings %s, body %s', name, proowner::regrole, prosecdef,
              provolatile, proconfig, md5(prosrc))
  FROM functions
UNION ALL
SELECT format('value %s of %s', enumlabel, enumtypid::regtype) FROM pg_enum
"""  # noqa: S608  a constant of ours


# --- Reading one ----------------------------------------------------------------------------------


def read(file: Path) -> Manifest:
    """What the file says it holds; `Damaged` when a single bit of it is not as it was written."""
    with file.open("rb") as handle:
        return _open(handle).manifest


class _Open(NamedTuple):
    """A file whose seal was found unbroken."""

    manifest: Manifest
    start: int
    length: int


def _open(handle: BufferedReader) -> _Open:
    whole = handle.seek(0, os.SEEK_END) - SEAL_BYTES
    digest = hashlib.sha256()
    handle.seek(0)
    for piece in _pieces(handle, max(whole, 0)):
        digest.update(piece)
    if whole < 0 or handle.read() != f"{digest.hexdigest()}\n".encode():
        raise Damaged(f"{handle.name} is damaged, or no backup of Samen: its seal does not fit its content.")
    handle.seek(0)
    with tarfile.open(fileobj=handle, mode="r:") as archive:
        members = archive.getmembers()
        if [member.name for member in members] != MEMBERS:
            raise Damaged(f"{handle.name} does not hold {' and '.join(MEMBERS)}.")
        text = archive.extractfile(members[0])
        manifest = Manifest(**json.load(text)) if text else None
    if manifest is None:
        raise Damaged(f"{handle.name} has no manifest.")
    return _Open(manifest, members[1].offset_data, members[1].size)


def _pieces(handle: BufferedReader, length: int) -> Iterator[bytes]:
    while length > 0 and (piece := handle.read(min(length, 1 << 20))):
        length -= len(piece)
        yield piece


# --- Bringing one back ----------------------------------------------------------------------------


def restore(file: Path, *, owner: str, reader: str) -> list[Check]:
    """The empty database of these two addresses holds what the file holds, with the same owners and rights.

    `owner` may act as samen_owner, `reader` sees past row-level security.  Returns everything that was
    compared afterwards: the restore is good when every check is equal.  Raises `NotEmpty` before anything is
    touched, and leaves the database empty when pg_restore fails.
    """
    with file.open("rb") as handle:
        opened = _open(handle)
        with psycopg.connect(owner) as connection:
            _insist_on_empty(connection)
            _insist_on_new_enough(connection, opened.manifest)
            major = connection.info.server_version // 10_000
        _load(handle, opened, owner, major)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"SET ROLE {postgres.OWNER}")
        connection.execute("ANALYZE")
    with psycopg.connect(reader) as connection:
        return compare(opened.manifest, describe(connection, samen=opened.manifest.samen))


def _insist_on_empty(connection: psycopg.Connection) -> None:
    held = [".".join(name) for kind in "rpvmSf" for name in _named(connection, kind)]
    if held:
        raise NotEmpty(
            f"The database {connection.info.dbname} is not empty: it holds {held[0]} and {len(held) - 1} "
            f"more.  A restore never writes over anything; give it an empty database."
        )


def _insist_on_new_enough(connection: psycopg.Connection, manifest: Manifest) -> None:
    made_by, here = int(re.split(r"\D", manifest.postgres)[0]), connection.info.server_version // 10_000
    if here < made_by:
        raise BackupError(f"The backup is of PostgreSQL {made_by}; this is {here}, and it cannot read it.")


def compare(expected: Manifest, found: Manifest) -> list[Check]:
    """Everything that must be the same, each with both sides."""
    checks = [
        _rows(name, expected.tables.get(name), found.tables.get(name))
        for name in sorted(expected.tables.keys() | found.tables.keys())
    ]
    # A sequence goes on counting while pg_dump reads, so it may stand further, never less far.
    behind = [name for name, at in expected.sequences.items() if found.sequences.get(name, -1) < at]
    return [
        *checks,
        _counted("sequences", expected.sequences, behind),
        _counted("walls", expected.walls, _difference(expected.walls, found.walls)),
        _counted("migrations", expected.migrations, _difference(expected.migrations, found.migrations)),
    ]


def _rows(name: str, expected: list[int] | None, found: list[int] | None) -> Check:
    words = [f"{rows[0]}" if rows else "no such table" for rows in (expected, found)]
    if expected != found and words[0] == words[1]:
        words[1] += ", with another content"
    return Check(name, words[0], words[1], expected == found)


def _counted(name: str, expected: Collection[str], wrong: list[str]) -> Check:
    return Check(name, str(len(expected)), "; ".join(wrong) or str(len(expected)), not wrong)


def _difference(expected: list[str], found: list[str]) -> list[str]:
    gone, new = set(expected) - set(found), set(found) - set(expected)
    return [*(f"gone: {line}" for line in sorted(gone)), *(f"new: {line}" for line in sorted(new))]


# --- A database to try it in ----------------------------------------------------------------------


@contextlib.contextmanager
def scratch(url: str) -> Iterator[str]:
    """The name of a new, empty database on this server, which is gone afterwards.

    A verification that was killed leaves a copy of everything, so the next one clears it away: while somebody
    works with one, a connection to it is open and PostgreSQL refuses.
    """
    name = SCRATCH + secrets.token_hex(4)
    with _maker(url) as maker:
        _clear_scratches(maker)
        try:
            create(maker, name)
            with psycopg.connect(url, dbname=name):
                yield name
        finally:
            _drop(maker, name)


def _clear_scratches(maker: psycopg.Connection) -> None:
    for (left,) in maker.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{SCRATCH}%"]):
        with contextlib.suppress(psycopg.errors.ObjectInUse):
            _drop(maker, left)


def _drop(maker: psycopg.Connection, name: str) -> None:
    """The database is gone.

    Not WITH (FORCE): ending the connections of another role takes a superuser.  Without it PostgreSQL waits five
    seconds for those that are just leaving, and that is all there are.
    """
    maker.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _maker(url: str) -> psycopg.Connection:
    """A connection that may make databases: the embedded server's superuser, else the role of the address."""
    parts = conninfo_to_dict(url)
    local = str(parts.get("host") or "").startswith("/")
    for role in (postgres.SUPERUSER, parts.get("user")) if local else (parts.get("user"),):
        with contextlib.suppress(psycopg.OperationalError):
            connection = psycopg.connect(url, dbname="postgres", user=role, autocommit=True)
            if _one(connection, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"):
                return connection
            connection.close()
    raise CannotCreate(
        "No role at hand may make a database.  Make an empty one with the script of "
        "`bin/samen database roles --database NAME` and add: --into NAME"
    )


def create(maker: psycopg.Connection, name: str) -> None:
    """An empty database of samen_owner's that only Samen's roles may enter."""
    maker.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
            sql.Identifier(name), sql.Identifier(postgres.OWNER)
        )
    )
    maker.execute(postgres.database_sql(name))
    inside = make_conninfo(maker.info.dsn, dbname=name, password=maker.info.password or None)
    with psycopg.connect(inside, autocommit=True) as connection:
        connection.execute(postgres.contents_sql())


# --- PostgreSQL's programs ------------------------------------------------------------------------


class _Dump(NamedTuple):
    """A pg_dump that has not started."""

    command: list[str]
    environment: dict[str, str]

    def into(self, handle: BufferedRandom) -> int:
        """Its output is in the file; returns how long it is."""
        before = handle.tell()
        with tempfile.TemporaryFile() as complaints:
            with subprocess.Popen(  # noqa: S603  no shell, every word is ours or an address
                self.command, env=self.environment, stdout=subprocess.PIPE, stderr=complaints
            ) as process:
                assert process.stdout is not None  # noqa: S101  it was asked for
                for piece in iter(lambda: process.stdout.read(1 << 20), b""):  # type: ignore[union-attr]
                    handle.write(piece)
            _insist_on_success(process.returncode, self.command, complaints)
        return handle.tell() - before


def _dump(url: str, snapshot: str, major: int) -> _Dump:
    address, environment = _address(url)
    options = ["--format=custom", f"--snapshot={snapshot}", f"--exclude-table-data={'.'.join(LEFT_OUT)}"]
    options += [
        "--no-comments",
        "--no-tablespaces",
        "--no-publications",
        "--no-subscriptions",
        "--no-security-labels",
    ]
    return _Dump([tool("pg_dump", major), *options, f"--dbname={address}"], environment)


def _load(handle: BufferedReader, opened: _Open, url: str, major: int) -> None:
    """pg_restore has put everything into the database, or nothing."""
    address, environment = _address(url)
    program = tool("pg_restore", major)
    with tempfile.NamedTemporaryFile("w", suffix=".list") as contents:
        listed = _feed([program, "--list"], environment, handle, opened)
        # The extensions stand already, and samen_owner may not make every one that somebody else put there.
        contents.write("\n".join(line for line in listed.splitlines() if " EXTENSION " not in line))
        contents.flush()
        command = [program, f"--dbname={address}", f"--role={postgres.OWNER}", f"--use-list={contents.name}"]
        _feed([*command, "--single-transaction", "--exit-on-error"], environment, handle, opened)


def _feed(command: list[str], environment: dict[str, str], handle: BufferedReader, opened: _Open) -> str:
    """The program has read the dump; returns what it said."""
    handle.seek(opened.start)
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # noqa: S603  no shell, every word is ours or an address
            command, env=environment, stdin=subprocess.PIPE, stdout=said, stderr=complaints
        ) as process:
            assert process.stdin is not None  # noqa: S101  it was asked for
            with contextlib.suppress(BrokenPipeError):  # it has read enough, or it complains
                for piece in _pieces(handle, opened.length):
                    process.stdin.write(piece)
                process.stdin.close()
        _insist_on_success(process.returncode, command, complaints)
        said.seek(0)
        return said.read().decode()


def _insist_on_success(code: int, command: list[str], complaints: IO[bytes]) -> None:
    if code:
        complaints.seek(0)
        words = complaints.read().decode(errors="replace").strip()
        raise ToolFailed(f"{Path(command[0]).name} failed:\n{words[-4000:]}")


def _address(url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, which goes by the environment: everybody may read a command line."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    return make_conninfo("", **parts), dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})


def tool(name: str, major: int) -> str:
    """The program of the server's own major version if it is installed, else one that is newer."""
    nearest = [Path(f"/usr/lib/postgresql/{major}/bin/{name}")]
    with contextlib.suppress(postgres.BinariesMissing):
        nearest.insert(0, postgres.client(name))
    versions = {program: _major(program) for program in nearest if program.exists()}
    fitting = [program for program, version in versions.items() if version >= major]
    if not fitting:
        raise postgres.BinariesMissing(
            f"{name} {major} or newer is not installed.  On Debian: apt-get install postgresql-client-{major}"
        )
    return str(min(fitting, key=lambda program: versions[program]))


def _major(program: Path) -> int:
    told = subprocess.run([program, "--version"], text=True, capture_output=True, check=True)  # noqa: S603
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found[1]) if found else 0
