"""Every table is walled in as its class demands: the database itself is asked, not the models.

Owned tables belong to an organisation; room and world tables come with the circle and the calendars; plumbing is
listed here by name, with its reason and with exactly the rights it needs.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import connection

APP, WORKER = "samen_app", "samen_worker"
PROGRAMS = {APP, WORKER}
ALL = "SELECT INSERT UPDATE DELETE"


class Plumbing(NamedTuple):
    """A table without an organisation."""

    reason: str
    app: str = ""
    worker: str = ""


PLUMBING = {
    "public.base_organisation": Plumbing("the tenants themselves: a slug and a name", "SELECT", "SELECT"),
    "public.base_login": Plumbing("one address may serve more organisations; no name", "SELECT UPDATE", "SELECT"),
    "public.clock_offset": Plumbing("one row, moved by the owner only", "SELECT", "SELECT"),
    "sec.key": Plumbing("the tenancy key: only definer functions read it"),
    "public.django_migrations": Plumbing("which migrations were applied", "SELECT", "SELECT"),
    "public.django_session": Plumbing("by the hash of their key", ALL),
    "public.django_content_type": Plumbing("Django's auth asks for it; unused"),
    "public.auth_group": Plumbing("Django's auth brings it; unused"),
    "public.auth_permission": Plumbing("Django's auth brings it; unused"),
    "public.auth_group_permissions": Plumbing("Django's auth brings it; unused"),
    "public.account_emailaddress": Plumbing("signing in: which addresses a login has", "SELECT INSERT UPDATE"),
    "public.account_emailconfirmation": Plumbing("allauth brings it; unused, logins are invited"),
    "public.procrastinate_jobs": Plumbing("jobs hold ids only", ALL, ALL),
    "public.procrastinate_events": Plumbing("what became of jobs", ALL, ALL),
    "public.procrastinate_periodic_defers": Plumbing("which alarms went off", ALL, ALL),
    "public.procrastinate_workers": Plumbing("which workers live", ALL, ALL),
}
ROOM: set[str] = set()  # the circle brings them
WORLD = {"public.people_postcode", "public.people_border", "public.visits_schoolbreak"}  # written by the owner only

APPEND_ONLY = {"public.base_journalline": "SELECT INSERT", "public.base_journalsubject": "SELECT INSERT"}
WRITTEN_BY_FUNCTION = {"public.base_audit": "SELECT"}
DOORS = {  # asked before an organisation is known: table -> the one index without org_id in front
    "public.base_link": "link_door",
    "public.teams_colleague": "colleague_door",
}
SOFT = {("public.teams_colleague", "login_id"): "a login may serve more organisations, so it is no reference"}
FUNCTIONS = {  # in schema sec: whether it runs as its owner, and who may call it
    "sec.entered()": (False, PROGRAMS),
    "sec.current_org()": (True, PROGRAMS),
    "sec.audit(text,text,uuid,text,text,text)": (True, PROGRAMS),
    "sec.audit_month(date)": (True, {WORKER}),
    "sec.organisations()": (True, PROGRAMS),
    "sec.link_behind(bytea)": (True, PROGRAMS),
    "sec.count_rows(regclass)": (True, PROGRAMS),
    "sec.memberships(bigint)": (True, PROGRAMS),
    "sec.sign_out(bigint)": (True, PROGRAMS),
    "sec.found_organisation(text,text)": (True, {APP}),
    "sec.found_practice(text,text)": (True, {APP}),
    "sec.login_for(text)": (True, {APP}),
    "sec.choose_words(text,text)": (True, {APP}),
    "sec.rename_organisation(text)": (True, {APP}),
}

pytestmark = pytest.mark.usefixtures("db")


def ask(query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = pg_catalog")
        cursor.execute(query, parameters)
        return cursor.fetchall()


TABLES = """
SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
       c.relowner::regrole::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'sec') AND c.relkind IN ('r', 'p')
"""


class Table(NamedTuple):
    oid: int
    name: str
    is_partition: bool
    has_walls: bool
    walls_for_owner: bool
    owner: str


def tables() -> list[Table]:
    return [Table(*row) for row in ask(f"{TABLES} ORDER BY 2")]


def classes(table: Table) -> list[str]:
    """The classes this table is in; it has to be one."""
    columns = {
        name for (name,) in ask("SELECT attname FROM pg_attribute WHERE attrelid = %s AND attnum > 0", table.oid)
    }
    belongs = {
        "owned": "org_id" in columns,
        "room": table.name in ROOM,
        "world": table.name in WORLD,
        "plumbing": table.name in PLUMBING,
    }
    return [name for name, is_in in belongs.items() if is_in]


def owned() -> list[Table]:
    return [table for table in tables() if classes(table) == ["owned"]]


def whole() -> list[Table]:
    """Owned tables, not the parts of which one is made up."""
    return [table for table in owned() if not table.is_partition]


def grants(oid: int, kind: str = "r") -> dict[str, set[str]]:
    """Who besides the owner may do what with this relation."""
    rows = ask(
        """SELECT CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type
             FROM pg_class, aclexplode(coalesce(relacl, acldefault(%s::"char", relowner)))
            WHERE oid = %s AND grantee <> relowner""",
        kind,
        oid,
    )
    found: dict[str, set[str]] = {}
    for who, what in rows:
        found.setdefault(who, set()).add(what)
    return found


def expected_grants(app: str, worker: str) -> dict[str, set[str]]:
    return {role: set(words.split()) for role, words in ((APP, app), (WORKER, worker)) if words}


# --- Classes -----------------------------------------------------------------------------------------


def test_every_table_is_in_exactly_one_class() -> None:
    wrong = {table.name: found for table in tables() if len(found := classes(table)) != 1}

    assert wrong == {}
    assert len(owned()) > 20


def test_no_table_is_listed_that_is_not_there() -> None:
    there = {table.name for table in tables()}

    assert (
        PLUMBING.keys() | ROOM | WORLD | APPEND_ONLY.keys() | WRITTEN_BY_FUNCTION.keys() | DOORS.keys()
    ) - there == set()


def test_the_owner_owns_everything() -> None:
    rows = ask(
        """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('public', 'sec') AND relowner::regrole::text <> 'samen_owner'
           UNION ALL
           SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('public', 'sec') AND proowner::regrole::text <> 'samen_owner'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
    )

    assert rows == []


# --- Owned tables ------------------------------------------------------------------------------------


def test_an_owned_row_knows_its_organisation_and_has_two_names() -> None:
    wanted = {"org_id": ("bigint", True), "id": ("bigint", True), "public_id": ("uuid", True)}
    for table in owned():
        columns = ask(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
            " WHERE attrelid = %s AND attname = ANY(%s)",
            table.oid,
            list(wanted),
        )

        assert {name: (kind, required) for name, kind, required in columns} == wanted, table.name


def test_an_owned_row_is_unique_inside_its_organisation() -> None:
    for table in whole():
        # A partitioned table can only promise it together with the column it is parted by.
        parted = ["at"] if table.name in WRITTEN_BY_FUNCTION else []
        unique = [columns for columns, is_unique, _name in indexes(table) if is_unique]

        assert ["org_id", "id", *parted] in unique, table.name
        assert ["org_id", "public_id", *parted] in unique, table.name


def indexes(table: Table) -> list[tuple[list[str], bool, str]]:
    """The columns of each index in order (an expression is empty), whether it is unique, and its name."""
    return [
        (columns, is_unique, name)
        for columns, is_unique, name in ask(
            """SELECT (SELECT array_agg(coalesce(attname::text, '') ORDER BY place)
                         FROM unnest(indkey::int[]) WITH ORDINALITY AS k(number, place)
                         LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = number AND number > 0
                        WHERE place <= indnkeyatts),
                      indisunique, indexrelid::regclass::text
                 FROM pg_index WHERE indrelid = %s""",
            table.oid,
        )
    ]


def test_every_index_leads_with_the_organisation() -> None:
    faults = [
        f"{table.name}: {name} {columns}"
        for table in owned()
        for columns, _unique, name in indexes(table)
        if columns[0] != "org_id" and columns != ["id"] and name.rpartition(".")[2] != DOORS.get(table.name)
    ]

    assert faults == []


def references(table: Table) -> Iterator[tuple[str, str, list[tuple[str, str]], bool]]:
    """Each foreign key: its name, the table it leads to, its pairs of columns, whether it may wait."""
    yield from ask(
        """SELECT conname, n.nspname || '.' || c.relname,
                  (SELECT array_agg(ARRAY[a.attname::text, b.attname::text] ORDER BY place)
                     FROM unnest(conkey, confkey) WITH ORDINALITY AS k(mine, theirs, place)
                     JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = mine
                     JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = theirs),
                  condeferrable
             FROM pg_constraint JOIN pg_class c ON c.oid = confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE contype = 'f' AND conrelid = %s""",
        table.oid,
    )


def test_no_reference_leaves_its_organisation() -> None:
    mine, faults = {table.name for table in owned()}, []
    for table in owned():
        for name, to, pairs, _waits in references(table):
            if to in mine and ["org_id", "org_id"] not in pairs:
                faults.append(f"{table.name}: {name} leads to {to} without the organisation")
            if to not in mine and (to, pairs) != ("public.base_organisation", [["org_id", "id"]]):
                faults.append(f"{table.name}: {name} leads to {to}, which no organisation owns")

    assert faults == []


def test_every_number_of_another_row_is_a_reference() -> None:
    faults = []
    for table in whole():
        held = {mine for _name, _to, pairs, _waits in references(table) for mine, _theirs in pairs}
        columns = ask(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s AND attname LIKE %s AND atttypid = 'int8'::regtype",
            table.oid,
            "%\\_id",
        )
        faults += [f"{table.name}.{name}" for (name,) in columns if name not in held and (table.name, name) not in SOFT]

    assert faults == []


def test_no_promise_waits_until_the_commit() -> None:
    # Procrastinate's tables are its own business.
    waiting = ask(
        """SELECT conrelid::regclass::text, conname FROM pg_constraint
            WHERE condeferrable AND connamespace = 'public'::regnamespace
              AND conrelid::regclass::text NOT LIKE '%%procrastinate%%'"""
    )

    assert waiting == []


def test_row_level_security_is_on_and_holds_for_the_owner_too() -> None:
    assert [table.name for table in owned() if not (table.has_walls and table.walls_for_owner)] == []


OWN_ORGANISATION = "(org_id = ( SELECT (current_setting('app.org'::text))::bigint AS current_setting))"
ENTERED = f"(( SELECT sec.entered() AS entered) AND {OWN_ORGANISATION})"  # a new row is judged by this one first
SIGNED_CONTEXT = "(( SELECT sec.entered() AS entered) AND (org_id = ( SELECT sec.current_org() AS current_org)))"
WALLS = {
    ("own_organisation", True, "*", ("samen_app", "samen_worker"), OWN_ORGANISATION, ENTERED),
    ("signed_context", False, "*", ("samen_app", "samen_worker"), SIGNED_CONTEXT, SIGNED_CONTEXT),
}
DOOR = ("door", True, "r", ("samen_owner",), "true", None)
FUNCTION_WRITES = ("written_by_function", True, "a", ("samen_owner",), None, "(org_id = sec.current_org())")


def policies(table: Table) -> set[tuple[Any, ...]]:
    rows = ask(
        """SELECT polname::text, polpermissive, polcmd::text,
                  ARRAY(SELECT role::regrole::text FROM unnest(polroles) AS role ORDER BY 1),
                  pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
             FROM pg_policy WHERE polrelid = %s""",
        table.oid,
    )
    return {(name, permissive, command, tuple(roles), *rest) for name, permissive, command, roles, *rest in rows}


def test_every_owned_table_has_the_two_walls_and_only_named_doors() -> None:
    for table in whole():
        expected = set(WALLS)
        expected |= {DOOR} if table.name in DOORS else set()
        expected |= {FUNCTION_WRITES} if table.name in WRITTEN_BY_FUNCTION else set()

        assert policies(table) == expected, table.name


def test_parts_of_a_table_are_reached_by_the_whole_only() -> None:
    parts = [table for table in owned() if table.is_partition]

    assert parts
    assert [table.name for table in parts if grants(table.oid) or policies(table)] == []


def test_the_programs_may_do_with_an_owned_table_what_its_kind_allows() -> None:
    for table in whole():
        words = APPEND_ONLY.get(table.name) or WRITTEN_BY_FUNCTION.get(table.name) or ALL

        assert grants(table.oid) == expected_grants(words, words), table.name


# --- Plumbing, functions, schemas --------------------------------------------------------------------


def test_plumbing_gives_exactly_the_rights_that_are_listed() -> None:
    for table in tables():
        if listed := PLUMBING.get(table.name):
            assert listed.reason
            assert grants(table.oid) == expected_grants(listed.app, listed.worker), table.name


def test_the_world_is_read_and_never_written() -> None:
    for table in tables():
        if table.name in WORLD:
            assert grants(table.oid) == expected_grants("SELECT", "SELECT"), table.name


def test_numbers_are_handed_out_by_named_sequences_only() -> None:
    sequences = ask("SELECT oid, relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace")
    given = {name: found for oid, name in sequences if (found := grants(oid, "s"))}

    assert {name for name in given if not name.startswith("procrastinate_")} == set()
    assert all(found == {APP: {"USAGE"}, WORKER: {"USAGE"}} for found in given.values())


def test_no_column_has_rights_of_its_own() -> None:
    assert (
        ask("SELECT attrelid::regclass, attname FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid > 16384") == []
    )


def test_the_functions_of_the_context_are_pinned_and_not_for_everybody() -> None:
    rows = ask(
        """SELECT p.oid::regprocedure::text, prosecdef, proconfig,
                  ARRAY(SELECT CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
                          FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee <> proowner)
             FROM pg_proc p WHERE pronamespace = 'sec'::regnamespace"""
    )

    assert {name: (definer, set(callers)) for name, definer, _settings, callers in rows} == FUNCTIONS
    for name, _definer, settings, _callers in rows:
        (path,) = settings or [""]
        assert path in ("search_path=pg_catalog, pg_temp", "search_path=pg_catalog, public, pg_temp"), name


def test_a_function_of_ours_that_runs_as_its_owner_is_pinned_wherever_it_is() -> None:
    loose = ask(
        """SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE prosecdef AND p.oid > 16384 AND NOT coalesce(proconfig::text, '') LIKE '%%search_path=%%pg_temp%%'"""
    )

    assert loose == []


def test_nobody_but_the_owner_makes_anything() -> None:
    rows = ask(
        """SELECT nspname, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type
             FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
            WHERE nspname IN ('public', 'sec') AND grantee <> nspowner ORDER BY 1, 2, 3"""
    )
    users = ("samen_app", "samen_backup", "samen_worker")

    assert [row for row in rows if row[1] != "samen_owner"] == [
        (schema, user, "USAGE") for schema in ("public", "sec") for user in users
    ]


def test_the_programs_own_nothing_and_bypass_nothing() -> None:
    rows = ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, pg_has_role(oid, 'samen_owner', 'MEMBER')"
        " FROM pg_roles WHERE rolname IN ('samen_app', 'samen_worker', 'samen_owner') ORDER BY 1"
    )

    assert rows == [
        ("samen_app", False, False, False, False, False),
        ("samen_owner", False, False, False, False, True),
        ("samen_worker", False, False, False, False, False),
    ]
