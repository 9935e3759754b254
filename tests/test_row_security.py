"""The walls by raw SQL, as the programs that serve: every table, every kind of context, every kind of statement."""

import itertools
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction
from psycopg import errors

from samen.base import tenancy
from samen.people.models import Household, Person
from samen.visits.models import Assignment
from tests import conftest, environment
from tests import world as worlds

PROGRAMS = ("samen_app", "samen_worker")
ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
NONE: frozenset[str] = frozenset()
READ = frozenset({"SELECT"})
DENIED = errors.InsufficientPrivilege
SIGNED = f"COLLEAGUE:{uuid.uuid4()}"  # an actor as good as any
NO_ORGANISATION, FORGED, EXPIRED = "SM001", "SM002", "SM003"

# Owned tables that may do less than the others.
LESS = {
    "base_journalline": READ | {"INSERT"},
    "base_journalsubject": READ | {"INSERT"},
    "base_audit": READ,
}
# Tables of no organisation: what the web and the worker may do with them, and why that is enough.  They hold no name,
# no address and no text of a person.
PLUMBING: dict[str, tuple[frozenset[str], frozenset[str], str]] = {
    "account_emailaddress": (READ | {"INSERT", "UPDATE"}, NONE, "which addresses a login proved"),
    "account_emailconfirmation": (NONE, NONE, "allauth's, not used"),
    "auth_group": (NONE, NONE, "Django's, not used"),
    "auth_group_permissions": (NONE, NONE, "Django's, not used"),
    "auth_permission": (NONE, NONE, "Django's, not used"),
    "base_login": (READ | {"UPDATE"}, READ, "signing in comes before any organisation"),
    "base_organisation": (READ, READ, "the slug in an address names one"),
    "clock_offset": (READ, READ, "the one clock"),
    "django_content_type": (NONE, NONE, "Django's, not used"),
    "django_migrations": (READ, READ, "which shape the database has"),
    "django_session": (ALL, NONE, "who is signed in, under the hash of the key"),
    "people_border": (READ, READ, "outlines of municipalities, the same for everybody"),
    "people_postcode": (READ, READ, "where a postcode is, the same for everybody"),
    "procrastinate_events": (ALL, ALL, "what became of a job"),
    "procrastinate_jobs": (ALL, ALL, "jobs hold numbers only"),
    "procrastinate_periodic_defers": (ALL, ALL, "when a job that returns was last deferred"),
    "procrastinate_workers": (ALL, ALL, "which workers live"),
    "visits_schoolbreak": (READ, READ, "when schools are closed is the same for everybody"),
    "sec.key": (NONE, NONE, "the key of the proofs"),
}
# Indexes that do not begin with the organisation, because a door asks before any is known.
DOORS = {"link_door", "colleague_door"}

cells: Counter[str] = Counter()


@dataclass(frozen=True)
class Table:
    """A table as the catalogue knows it."""

    name: str
    owned: bool
    partition: bool
    parent: bool

    def allowed(self, program: str) -> frozenset[str]:
        """What this program may do with it: by its class, never by what is granted."""
        if self.partition:
            return NONE
        if self.owned:
            return LESS.get(self.name, ALL)
        return PLUMBING[self.name][PROGRAMS.index(program)]


@dataclass(frozen=True)
class Copy:
    """A database of its own with two agencies in it."""

    urls: dict[str, str]
    own: int
    foreign: int
    tables: tuple[Table, ...]
    rows: dict[tuple[str, int], int]
    theirs: dict[str, str]  # the public id of a row of the other organisation
    lines: dict[tuple[str, bool], tuple["Talk", "Talk"]] = field(default_factory=dict)

    def talks(self, program: str, *, untouched: bool) -> tuple["Talk", "Talk"]:
        """Two connections of this program that stay open; on those that are untouched nobody ever set a context."""
        if (program, untouched) not in self.lines:
            url = self.urls["SAMEN_DATABASE_URL" if program == "samen_app" else "SAMEN_WORKER_URL"]
            talk, other = (psycopg.connect(url, prepare_threshold=None) for _ in range(2))  # nothing is asked twice
            self.lines[program, untouched] = talk, other
        return self.lines[program, untouched]

    def hang_up(self) -> None:
        for line in itertools.chain(*self.lines.values()):
            line.close()


@pytest.fixture(scope="module")
def copy(request, django_db_setup, django_db_blocker) -> Iterator[Copy]:
    """Both agencies in the middle of their morning, committed, where no other test comes."""
    name = f"{environment.DATABASE}_walls"
    urls = environment.new_database(name, environment.TEMPLATE)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), elsewhere(name):
        for variable, url in urls.items():
            patch.setenv(variable, url)
        conftest.set_clock(worlds.MORNING)
        world = worlds.build()
        copy = _look(urls, world.home.organisation.pk, world.abroad.organisation.pk)
        yield copy
        copy.hang_up()
    environment.postgres.drop_database(environment.SERVER, name)
    worlds.tell(request, f"row security: {cells.total()} statements, {dict(cells)}")


@contextmanager
def elsewhere(database: str) -> Iterator[None]:
    """Django talks to another database for a while."""
    here = connections["default"]
    there = here.copy()
    there.settings_dict = here.settings_dict | {"NAME": database}
    connections["default"] = there
    try:
        yield
    finally:
        there.close()
        connections["default"] = here


def _look(urls: dict[str, str], own: int, foreign: int) -> Copy:
    with psycopg.connect(urls["SAMEN_MIGRATE_URL"], autocommit=True) as everything:
        tables = tuple(
            Table(*row)
            for row in everything.execute(
                "SELECT CASE nspname WHEN 'sec' THEN 'sec.' ELSE '' END || c.relname,"
                " EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id'), c.relispartition,"
                " c.relkind = 'p'"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE nspname IN ('public', 'sec') AND relkind NOT IN ('i', 'I', 'S', 't', 'c') ORDER BY 1"
            )
        )
        rows, theirs = {}, {}
        for table in tables:
            if table.owned:
                sql = f"SELECT max(public_id::text) FROM {table.name} WHERE org_id = {foreign}"
                row = everything.execute(sql).fetchone()
                theirs[table.name] = str((row and row[0]) or uuid.uuid4())
            for org in (own, foreign):
                where = f"WHERE org_id = {org}" if table.owned else ""
                row = everything.execute(f"SELECT count(*) FROM {table.name} {where}").fetchone()
                rows[table.name, org] = row[0] if row else 0
        return Copy(urls, own, foreign, tables, rows, theirs)


def unclassified(copy: Copy) -> set[str]:
    return {table.name for table in copy.tables if not table.owned} ^ PLUMBING.keys()


def test_every_table_is_of_one_class(copy):
    assert unclassified(copy) == set(), "owned tables have org_id, the others are named in PLUMBING"
    assert {table.name for table in copy.tables if table.owned} >= LESS.keys()
    assert not [table.name for table in copy.tables if table.partition and not table.name.startswith("base_audit")]


def test_both_agencies_have_rows_in_every_table(copy):
    empty = [
        table.name
        for table in copy.tables
        if table.owned and not table.partition
        if not (copy.rows[table.name, copy.own] and copy.rows[table.name, copy.foreign])
    ]

    assert empty == [], "without rows nothing is proved: make them in tests/world.py"


# --- Contexts -------------------------------------------------------------------------------------

Talk = psycopg.Connection[tuple[object, ...]]


def proof(org: int, actor: str, pid: int, *, until: float) -> str:
    """A proof as the program makes it, which has the key."""
    return f"{int(until)}:{tenancy.sign('|'.join((str(org), actor, str(pid), str(int(until)))))}"


def none(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return {}


def left(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    """What an earlier transaction on this connection leaves behind."""
    return {"app.org": "", "app.actor": "", "app.proof": ""}


def own(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return _context(copy.own, SIGNED, proof(copy.own, SIGNED, talk.info.backend_pid, until=time.time() + 300))


def foreign_with_own_proof(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return own(copy, talk, other) | {"app.org": str(copy.foreign)}


def forged(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    until = int(time.time() + 300)
    return _context(copy.foreign, SIGNED, f"{until}:{'0' * 64}")


def without_proof(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return {"app.org": str(copy.foreign), "app.actor": SIGNED}


def expired(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return _context(copy.own, SIGNED, proof(copy.own, SIGNED, talk.info.backend_pid, until=time.time() - 1))


def of_another_connection(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return _context(copy.foreign, SIGNED, proof(copy.foreign, SIGNED, other.info.backend_pid, until=time.time() + 300))


def with_another_actor(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return own(copy, talk, other) | {"app.actor": "SYSTEM:"}


def later_than_signed(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    until, _, signature = expired(copy, talk, other)["app.proof"].partition(":")
    return _context(copy.own, SIGNED, f"{int(until) + 3600}:{signature}")


def not_a_number(copy: Copy, talk: Talk, other: Talk) -> dict[str, str]:
    return own(copy, talk, other) | {"app.org": f"{copy.own} "}


def _context(org: int, actor: str, signed: str) -> dict[str, str]:
    return {"app.org": str(org), "app.actor": actor, "app.proof": signed}


CONTEXTS: dict[Callable[[Copy, Talk, Talk], dict[str, str]], str | None] = {
    own: None,
    none: NO_ORGANISATION,
    left: NO_ORGANISATION,
    foreign_with_own_proof: FORGED,
    forged: FORGED,
    without_proof: FORGED,
    expired: EXPIRED,
    of_another_connection: FORGED,
    with_another_actor: FORGED,
    later_than_signed: FORGED,
    not_a_number: FORGED,
}


# --- Statements -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What the server said: rows, or the code of its refusal."""

    rows: int = -1
    refused: str = ""


STATEMENTS = {
    "SELECT": ("SELECT", "SELECT * FROM {table}"),
    "SELECT FOR UPDATE": ("SELECT UPDATE", "SELECT * FROM {table} FOR UPDATE"),
    "INSERT": ("INSERT", "INSERT INTO {table} ({column}) VALUES ({value})"),
    "INSERT foreign": ("INSERT", "INSERT INTO {table} (org_id) VALUES ({foreign})"),
    "UPDATE": ("SELECT UPDATE", "UPDATE {table} SET {column} = {column}"),
    "UPDATE to foreign": ("SELECT UPDATE", "UPDATE {table} SET org_id = {foreign}"),
    "UPDATE of foreign": ("SELECT UPDATE", "UPDATE {table} SET org_id = org_id WHERE org_id = {foreign}"),
    "DELETE": ("DELETE", "DELETE FROM {table}"),
    "DELETE of foreign": ("SELECT DELETE", "DELETE FROM {table} WHERE org_id = {foreign}"),
    "ON CONFLICT DO NOTHING": (
        "INSERT",
        "INSERT INTO {table} (org_id) VALUES ({foreign}) ON CONFLICT DO NOTHING",
    ),
    "ON CONFLICT DO UPDATE": (
        "SELECT INSERT UPDATE",
        "INSERT INTO {table} (org_id, public_id) VALUES ({foreign}, '{theirs}')"
        " ON CONFLICT (org_id, public_id) DO UPDATE SET org_id = {own}",
    ),
    "MERGE": (
        "SELECT UPDATE DELETE",
        "MERGE INTO {table} AS theirs USING (SELECT 1) AS ours ON theirs.org_id = {foreign} WHEN MATCHED THEN DELETE",
    ),
    "COPY TO": ("SELECT", "COPY {table} TO STDOUT"),
    "COPY query TO": ("SELECT", "COPY (SELECT * FROM {table}) TO STDOUT"),
    "COPY FROM": ("INSERT", "COPY {table} FROM STDIN"),
    "TRUNCATE": ("TRUNCATE", "TRUNCATE {table} CASCADE"),
}
NO_SUCH_CONFLICT = [Outcome(refused=errors.InvalidColumnReference.sqlstate)]  # the audit is unique per month only
OWNED_ONLY = {word for word, (_, sql) in STATEMENTS.items() if "org_id" in sql}


def attempt(talk: Talk, sql: str) -> Outcome:
    """Do it, note what was said, undo it; all in one breath, because it is done some fifty thousand times."""
    try:
        with talk.cursor() as cursor:
            if sql.startswith("COPY"):
                return _moved(cursor, sql)
            cursor.execute(f"{BEFORE}; {sql}; {UNDO}")
            cursor.nextset()
            return Outcome(cursor.rowcount)
    except errors.Error as refusal:
        talk.execute(UNDO)
        return Outcome(refused=refusal.sqlstate or "?")


BEFORE = "SAVEPOINT before"
UNDO = "ROLLBACK TO SAVEPOINT before; RELEASE SAVEPOINT before"


def _moved(cursor: psycopg.Cursor[tuple[object, ...]], sql: str) -> Outcome:
    """The same of rows that go in or out: they have the connection to themselves."""
    cursor.execute(BEFORE)
    with cursor.copy(sql) as moving:
        rows = sum(1 for _ in moving.rows()) if "STDOUT" in sql else 0
    cursor.execute(UNDO)
    return Outcome(rows)


@contextmanager
def inside(copy: Copy, program: str, context: Callable[[Copy, Talk, Talk], dict[str, str]]) -> Iterator[Talk]:
    """A connection of this program with this context in its transaction."""
    talk, other = copy.talks(program, untouched=context is none)
    try:
        for name, value in context(copy, talk, other).items():
            talk.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield talk
    finally:
        talk.rollback()


def expected(copy: Copy, table: Table, program: str, word: str, refusal: str | None) -> list[Outcome]:
    """What must come of this statement, by the class of the table and nothing else."""
    may = table.allowed(program)
    if not set(STATEMENTS[word][0].split()) <= may:
        return [Outcome(refused=DENIED.sqlstate), *NO_SUCH_CONFLICT]
    if not table.owned:
        return []
    if word == "COPY TO" and table.parent:
        return [Outcome(0)]  # the rows are in its partitions
    if word == "COPY FROM":
        return [Outcome(refused=errors.FeatureNotSupported.sqlstate)]
    if refusal:
        # Of a new row it is asked first whether it is of the organisation in the context, then whether that is true.
        judged_first = refusal != NO_ORGANISATION and word.startswith(("INSERT", "ON CONFLICT"))
        return [Outcome(refused=code) for code in (refusal, *([DENIED.sqlstate] if judged_first else []))]
    mine = copy.rows[table.name, copy.own]
    if word in ("INSERT foreign", "UPDATE to foreign", "ON CONFLICT DO NOTHING", "ON CONFLICT DO UPDATE"):
        return [Outcome(refused=DENIED.sqlstate)]
    if word in ("UPDATE of foreign", "DELETE of foreign", "MERGE"):
        return [Outcome(0)]
    if word == "INSERT":
        return [Outcome(1), Outcome(refused=errors.NotNullViolation.sqlstate)]
    if word == "DELETE":
        return [Outcome(mine), Outcome(refused=errors.ForeignKeyViolation.sqlstate)]
    return [Outcome(mine)]


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.__name__)
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_statement_on_every_table_ends_as_its_class_says(copy, program, context):
    wrong = []
    with inside(copy, program, context) as talk:
        for table in copy.tables:
            for word, (_, sql) in STATEMENTS.items():
                if word in OWNED_ONLY and not table.owned:
                    continue
                column = "org_id" if table.owned else _first_column(talk, table)
                value = copy.own if table.owned else "DEFAULT"
                said = attempt(
                    talk,
                    sql.format(
                        table=table.name,
                        own=copy.own,
                        foreign=copy.foreign,
                        theirs=copy.theirs.get(table.name),
                        column=column,
                        value=value,
                    ),
                )
                cells[word] += 1
                wanted = expected(copy, table, program, word, CONTEXTS[context])
                if said not in wanted and (wanted or said.refused in ("42501", *CONTEXTS.values())):
                    wrong.append(f"{word} {table.name}: {said}, not {wanted}")

    assert wrong == []


def _first_column(talk: Talk, table: Table) -> str:
    row = talk.execute(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum = 1", [table.name]
    ).fetchone()
    return str(row[0]) if row else "id"


@pytest.fixture(scope="module")
def empty(copy) -> Iterator[Copy]:
    """The same tables without a single row."""
    name = f"{environment.DATABASE}_empty"
    urls = environment.new_database(name, environment.TEMPLATE)
    with psycopg.connect(urls["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        owner.execute(f"TRUNCATE {', '.join(table.name for table in copy.tables if table.owned)} CASCADE")
    empty = Copy(urls, copy.own, copy.foreign, copy.tables, dict.fromkeys(copy.rows, 0), copy.theirs)
    yield empty
    empty.hang_up()
    environment.postgres.drop_database(environment.SERVER, name)


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_empty_table_refuses_by_name_too(empty, program):
    with inside(empty, program, none) as talk:
        for table in empty.tables:
            if table.owned and not table.partition:
                for sql in ("SELECT * FROM {}", "SELECT count(*) FROM {}", "SELECT * FROM {} WHERE org_id = 1 LIMIT 1"):
                    with pytest.raises(psycopg.Error, match="NoOrganisation") as refused, talk.transaction():
                        talk.execute(sql.format(table.name))

                    assert refused.value.sqlstate == NO_ORGANISATION
                    cells["empty"] += 1


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.__name__)
def test_every_statement_on_an_empty_table_ends_the_same(empty, context):
    with inside(empty, "samen_app", context) as talk:
        for table in empty.tables:
            for word in ("SELECT", "UPDATE", "DELETE", "COPY TO") if table.owned else ():
                sql = STATEMENTS[word][1].format(table=table.name, column="org_id")

                assert attempt(talk, sql) in expected(empty, table, "samen_app", word, CONTEXTS[context])
                cells["empty"] += 1


# --- The shape of an owned table ------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue(copy) -> Iterator[Talk]:
    """Somebody who may read everything."""
    with psycopg.connect(copy.urls["SAMEN_MIGRATE_URL"], autocommit=True) as talk:
        yield talk


def column(talk: Talk, sql: str, *arguments: object) -> list[object]:
    return [row[0] for row in talk.execute(sql, arguments)]


def owned(copy: Copy) -> list[str]:
    return [table.name for table in copy.tables if table.owned]


def test_row_security_is_on_and_forced_for_every_owned_table(copy, catalogue):
    open_ones = column(
        catalogue,
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind IN ('r', 'p')"
        " AND NOT (relrowsecurity AND relforcerowsecurity)",
        owned(copy),
    )

    assert open_ones == []


def test_every_owned_table_has_the_two_policies_and_no_other(copy, catalogue):
    policies: dict[str, set[tuple[object, ...]]] = {
        table.name: set() for table in copy.tables if table.owned and not table.partition
    }
    for table, name, permissive, command, roles, using, check in catalogue.execute(
        "SELECT tablename, policyname, permissive, cmd, roles::text[], qual, with_check FROM pg_policies"
    ):
        judged = bool(using) and str(using).strip("()") in str(check)
        policies[str(table)].add((name, permissive, command, tuple(sorted(roles)), judged))
    programs = tuple(sorted(PROGRAMS))
    walls = {
        ("own_organisation", "PERMISSIVE", "ALL", programs, True),
        ("signed_context", "RESTRICTIVE", "ALL", programs, True),
    }
    doors = {
        "base_link": {("door", "PERMISSIVE", "SELECT", ("samen_owner",), None)},
        "teams_colleague": {("door", "PERMISSIVE", "SELECT", ("samen_owner",), None)},
        "base_audit": {("written_by_function", "PERMISSIVE", "INSERT", ("samen_owner",), None)},
    }

    for table, found in policies.items():
        extra = {(*policy[:4], None) for policy in found - walls}
        assert walls <= found, table
        assert extra == doors.get(table, set()), table


def test_every_owned_row_has_an_organisation_and_an_id_of_its_own(copy, catalogue):
    nullable = column(
        catalogue,
        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attrelid::regclass::text = ANY(%s)"
        " AND attname IN ('org_id', 'id', 'public_id') AND NOT attnotnull",
        owned(copy),
    )

    assert nullable == []


def test_every_index_of_an_owned_table_begins_with_the_organisation(copy, catalogue):
    others = {
        str(name)
        for name, columns in catalogue.execute(
            "SELECT i.indexrelid::regclass::text, array_agg(a.attname ORDER BY k.place) FROM pg_index i"
            " CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k (number, place)"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number"
            " WHERE i.indrelid::regclass::text = ANY(%s) GROUP BY 1",
            [owned(copy)],
        )
        if columns[0] != "org_id" and columns != ["id"]
    }

    assert others == DOORS


# --- References -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """A foreign key of an owned table."""

    name: str
    table: str
    columns: list[str]
    to: str
    to_columns: list[str]


@pytest.fixture(scope="module")
def references(copy, catalogue) -> list[Reference]:
    return [
        Reference(*row)
        for row in catalogue.execute(
            "SELECT conname, conrelid::regclass::text,"
            " (SELECT array_agg(attname::text ORDER BY n) FROM unnest(conkey) WITH ORDINALITY k (num, n)"
            "  JOIN pg_attribute ON attrelid = conrelid AND attnum = num), confrelid::regclass::text,"
            " (SELECT array_agg(attname::text ORDER BY n) FROM unnest(confkey) WITH ORDINALITY k (num, n)"
            "  JOIN pg_attribute ON attrelid = confrelid AND attnum = num)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)"
            " AND confrelid <> 'base_organisation'::regclass",
            [owned(copy)],
        )
    ]


def test_every_reference_carries_the_organisation(references):
    assert len(references) > 30
    for reference in references:
        assert (reference.columns[0], reference.to_columns[0]) == ("org_id", "org_id"), reference.name


def test_every_column_that_refers_is_kept_by_a_reference(copy, catalogue, references):
    """Numbers of rows are called …_id; each is in a foreign key with the organisation, or is soft on purpose."""
    soft = {("teams_colleague", "login_id")}
    kept = {(reference.table, name) for reference in references for name in reference.columns}
    numbers = {
        (str(table), str(name))
        for table, name in catalogue.execute(
            "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attrelid::regclass::text = ANY(%s)"
            " AND attname LIKE '%%\\_id' AND attname <> 'org_id' AND atttypid = 'bigint'::regtype",
            [owned(copy)],
        )
    }

    assert numbers - kept == soft


def test_no_row_can_point_into_another_organisation(copy, references):
    wrong = []
    with inside(copy, "samen_app", own) as talk:
        for reference in references:
            said = attempt(talk, _pointing_away(copy, talk, reference))
            cells["reference"] += 1
            if said.refused != errors.ForeignKeyViolation.sqlstate:
                wrong.append(f"{reference.table}.{reference.name}: {said}")

    assert wrong == []


def _pointing_away(copy: Copy, talk: Talk, reference: Reference) -> str:
    """A row of ours that points to a row of theirs: changed where rows may be changed, else added."""
    theirs = _a_row_of(copy, copy.foreign, reference.to, reference.to_columns[1:])
    values = dict(zip(reference.columns[1:], theirs, strict=True))
    if "UPDATE" in LESS.get(reference.table, ALL):
        (one,) = _a_row_of(copy, copy.own, reference.table, ["id"])
        changes = ", ".join(
            [f"{name} = '{value}'" for name, value in values.items()]
            + [f"{name} = NULL" for name in _instead_of(talk, reference)]
        )
        return f"UPDATE {reference.table} SET {changes} WHERE id = {one}"
    columns = column(
        talk,
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND attgenerated = ''"
        " AND attname NOT IN ('id', 'public_id')",
        reference.table,
    )
    taken = [f"'{values[str(name)]}'" if name in values else str(name) for name in columns]
    return (
        f"INSERT INTO {reference.table} (public_id, {', '.join(map(str, columns))})"
        f" SELECT '{uuid.uuid4()}', {', '.join(taken)} FROM {reference.table} LIMIT 1"
    )


def _instead_of(talk: Talk, reference: Reference) -> list[object]:
    """Where a check lets a row be about one or about another, the other: it is asked before any reference is."""
    return column(
        talk,
        "SELECT DISTINCT other.attname FROM pg_constraint c"
        " JOIN pg_attribute mine ON mine.attrelid = c.conrelid AND mine.attnum = ANY(c.conkey)"
        " JOIN pg_attribute other ON other.attrelid = c.conrelid AND other.attnum = ANY(c.conkey)"
        " JOIN pg_constraint f ON f.conrelid = c.conrelid AND f.contype = 'f' AND other.attnum = ANY(f.conkey)"
        " WHERE c.contype = 'c' AND c.conrelid = to_regclass(%s) AND mine.attname = ANY(%s)"
        " AND other.attname <> ALL(%s)",
        reference.table,
        reference.columns[1:],
        reference.columns,
    )


def _a_row_of(copy: Copy, org: int, table: str, columns: list[str]) -> tuple[object, ...]:
    with psycopg.connect(copy.urls["SAMEN_MIGRATE_URL"]) as everything:
        row = everything.execute(
            f"SELECT {', '.join(columns)} FROM {table} WHERE org_id = {org} ORDER BY id DESC LIMIT 1"
        ).fetchone()
    assert row, f"{table} has no row of organisation {org}"
    return row


def test_no_reference_waits_for_the_commit(catalogue):
    assert column(catalogue, "SELECT conname FROM pg_constraint WHERE contype = 'f' AND condeferrable") == []


def test_a_broken_reference_breaks_inside_the_verb(stage, inside):
    with inside(), pytest.raises(IntegrityError, match="household_team_kept"), transaction.atomic():
        Household.objects.create(name="familie Nergens", team_id=2**40)


def test_an_assignment_cannot_keep_another_time_than_its_visit(stage, inside):
    with inside():
        one = Assignment.objects.standing().select_related("visit").earliest("pk")
        later = one.starts_at + timedelta(days=365), one.ends_at + timedelta(days=365)
        with pytest.raises(IntegrityError, match="assignment_visit_kept"), transaction.atomic():
            Assignment.objects.filter(pk=one.pk).update(starts_at=later[0], ends_at=later[1])


# --- Ways around ----------------------------------------------------------------------------------

AROUND = [
    "SET ROLE samen_owner",
    "SET ROLE samen_migrate",
    "SET ROLE samen_backup",
    "SET ROLE samen_super",
    "SELECT set_config('role', 'samen_owner', false)",
    "SET SESSION AUTHORIZATION samen_owner",
    "SELECT set_config('session_authorization', 'samen_super', false)",
    "SELECT * FROM sec.key",
    "SELECT inner_pad FROM sec.key",
    "COPY sec.key TO STDOUT",
    "UPDATE sec.key SET inner_pad = outer_pad",
    "TABLE pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY people_person TO '/tmp/people'",
    "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE people_person OWNER TO CURRENT_USER",
    "DROP POLICY signed_context ON people_person",
    "CREATE POLICY mine ON people_person USING (true)",
    "ALTER POLICY signed_context ON people_person USING (true)",
    "GRANT samen_owner TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE ROLE sneak SUPERUSER",
    "CREATE TABLE public.mine (n int)",
    "CREATE VIEW public.mine AS SELECT * FROM people_person",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION sec.current_org() RETURNS bigint LANGUAGE sql AS 'SELECT 2::bigint'",
    "CREATE FUNCTION sec.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TRIGGER sneak BEFORE INSERT ON people_person EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION dblink",
    "UPDATE clock_offset SET ahead = '1 day'",
    "INSERT INTO base_organisation (slug, name, is_maker) VALUES ('x', 'x', true)",
    "UPDATE base_organisation SET slug = 'x'",
    "DELETE FROM base_login",
    "SET session_replication_role = replica",
    "LOCK TABLE base_audit IN ACCESS EXCLUSIVE MODE",
]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("sql", AROUND)
def test_there_is_no_way_around(copy, program, sql):
    with inside(copy, program, own) as talk:
        assert attempt(talk, sql).refused == DENIED.sqlstate
    cells["around"] += 1


@pytest.mark.parametrize("program", PROGRAMS)
def test_row_security_cannot_be_switched_off(copy, program):
    with inside(copy, program, own) as talk:
        talk.execute("SET LOCAL row_security = off")
        for name in (table.name for table in copy.tables if table.owned):
            assert attempt(talk, f"SELECT * FROM {name}").refused == DENIED.sqlstate


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("context", [none, own])
def test_what_was_written_in_journal_and_audit_stays(copy, program, context):
    with inside(copy, program, context) as talk:
        for table in copy.tables:
            if table.name.startswith(("base_audit", "base_journal")):
                for sql in (
                    "UPDATE {} SET org_id = org_id",
                    "DELETE FROM {}",
                    "TRUNCATE {}",
                    "SELECT * FROM {} FOR SHARE",
                ):
                    assert attempt(talk, sql.format(table.name)).refused == DENIED.sqlstate, table.name


def test_the_audit_is_written_for_the_organisation_entered_and_no_other(copy):
    call = f"SELECT sec.audit('READ', 'helper', '{uuid.uuid4()}', 'COLLEAGUE', 'helper', '')"
    for context, refusal in CONTEXTS.items():
        with inside(copy, "samen_app", context) as talk:
            assert attempt(talk, call) == (Outcome(refused=refusal) if refusal else Outcome(1))
    with inside(copy, "samen_app", own) as talk:
        talk.execute(call)
        assert talk.execute("SELECT org_id, actor_kind FROM base_audit ORDER BY id DESC LIMIT 1").fetchone() == (
            copy.own,
            "COLLEAGUE",
        )


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_sequence_tells_how_many_rows_others_have(copy, catalogue, program):
    sequences = column(
        catalogue,
        "SELECT s.oid::regclass::text FROM pg_class s"
        " JOIN pg_depend d ON d.objid = s.oid AND d.refclassid = 'pg_class'::regclass"
        " WHERE s.relkind = 'S' AND d.refobjid::regclass::text = ANY(%s)",
        owned(copy),
    )
    assert len(sequences) == len([table for table in copy.tables if table.owned and not table.partition])
    with inside(copy, program, own) as talk:
        for sequence in sequences:
            for sql in (
                "SELECT last_value FROM {}",
                "SELECT nextval('{}')",
                "SELECT currval('{}')",
                "SELECT setval('{}', 1)",
            ):
                assert attempt(talk, sql.format(sequence)).refused == DENIED.sqlstate
        known = column(talk, "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")
        assert not set(known) & set(sequences)


# What each program may call in the schema of the walls; whatever is not here, nobody may.
BOTH = set(PROGRAMS)
CALLS = {
    "audit": BOTH,
    "audit_month": {"samen_worker"},
    "count_rows": BOTH,
    "current_org": BOTH,
    "entered": BOTH,
    "link_behind": BOTH,
    "memberships": BOTH,
    "organisations": BOTH,
    "sign_out": BOTH,
    "found_organisation": {"samen_app"},
    "found_practice": {"samen_app"},
    "login_for": {"samen_app"},
    "choose_words": {"samen_app"},
    "rename_organisation": {"samen_app"},
}


def test_functions_of_the_walls_are_called_by_whom_they_are_for(catalogue):
    may: dict[str, set[str]] = {}
    for name, role in catalogue.execute(
        "SELECT p.proname, r.rolname FROM pg_proc p CROSS JOIN pg_roles r WHERE p.pronamespace = 'sec'::regnamespace"
        " AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND NOT r.rolsuper"
        " AND r.rolname NOT IN ('samen_owner', 'samen_migrate')"
    ):
        may.setdefault(str(name), set()).add(str(role))

    assert may == CALLS


def test_a_function_that_acts_as_its_owner_finds_only_what_it_was_written_for(catalogue):
    """A definer function without a search path of its own runs whatever its caller put in the way."""
    loose = column(
        catalogue,
        "SELECT p.oid::regprocedure::text FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'"
        " WHERE p.prosecdef AND d.objid IS NULL AND p.pronamespace::regnamespace::text NOT LIKE 'pg\\_%%'"
        " AND NOT coalesce(array_to_string(p.proconfig, ' '), '') ~ '^search_path=pg_catalog.*pg_temp$'",
    )

    assert loose == []


def test_doors_hand_out_numbers_and_ids_only(catalogue):
    kinds = set()
    for (kind,) in catalogue.execute(
        "SELECT DISTINCT unnest(coalesce(proallargtypes, ARRAY[prorettype]))::regtype::text FROM pg_proc"
        " WHERE pronamespace = 'sec'::regnamespace AND proname IN ('organisations', 'memberships', 'link_behind')"
    ):
        kinds.add(kind)

    assert kinds <= {"bigint", "uuid", "bytea", "boolean"}


def test_nothing_of_the_walls_belongs_to_a_superuser(catalogue):
    owners = column(
        catalogue,
        "SELECT DISTINCT pg_get_userbyid(owner) FROM (SELECT relowner AS owner FROM pg_class"
        " WHERE relnamespace IN ('public'::regnamespace, 'sec'::regnamespace)"
        " UNION SELECT proowner FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'"
        " WHERE d.objid IS NULL AND pronamespace IN ('public'::regnamespace, 'sec'::regnamespace)) AS all_of_it",
    )

    assert owners == ["samen_owner"]


# --- Connections that live on ---------------------------------------------------------------------


def what_is_left() -> list[str]:
    """The context that the connection Django keeps for the next visitor still has."""
    with connections["default"].cursor() as cursor:
        found = []
        for name in ("app.org", "app.actor", "app.proof"):
            cursor.execute("SELECT current_setting(%s, true)", [name])
            found += [value for (value,) in cursor.fetchall() if value]
        return found


@pytest.fixture
def kept(copy) -> int:
    """A connection outside any transaction, as the web keeps it between two visitors."""
    assert not connections["default"].in_atomic_block
    return copy.own


def test_who_leaves_takes_the_context_along(kept):
    with tenancy.enter(kept, tenancy.SYSTEM):
        assert Person.objects.exists()

    assert what_is_left() == []
    with pytest.raises(tenancy.NoOrganisation):
        Person.objects.exists()


def test_who_stumbles_leaves_no_context_either(kept):
    with pytest.raises(ZeroDivisionError), tenancy.enter(kept, tenancy.SYSTEM):
        raise ZeroDivisionError

    assert what_is_left() == []


def test_a_broken_statement_leaves_no_context(kept):
    with pytest.raises(IntegrityError), tenancy.enter(kept, tenancy.SYSTEM):
        Household.objects.create(name="familie Nergens", team_id=2**40)

    assert what_is_left() == []


def test_inside_a_larger_transaction_the_context_ends_with_its_own_part(kept):
    with transaction.atomic():
        with tenancy.enter(kept, tenancy.SYSTEM):
            assert Person.objects.exists()

        assert what_is_left() == []
        with pytest.raises(tenancy.NoOrganisation), transaction.atomic():
            Person.objects.exists()


def test_a_visitor_leaves_no_context_on_the_connection(kept):
    anja = worlds.signed_in("Anja")
    for path, status in (("/o/zorgzaam/", 200), ("/o/buren/", 404), (f"/o/zorgzaam/hulp/{uuid.uuid4()}/", 404)):
        assert anja.get(path).status == status
        assert what_is_left() == []
