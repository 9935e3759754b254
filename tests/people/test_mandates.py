"""An older database: somebody decided for a resident before mandates were kept."""

import importlib

import psycopg

CONSTRAINT = "who_decides_for_others_has_a_mandate"


def test_an_upgrade_says_of_an_old_representative_that_no_mandate_was_noted(own_database):
    step = importlib.import_module("samen.people.migrations.0003_mandates")
    with psycopg.connect(own_database["SAMEN_BACKUP_URL"]) as reader:
        rule = reader.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [CONSTRAINT]
        ).fetchone()
    with psycopg.connect(own_database["SAMEN_MIGRATE_URL"]) as before:
        before.execute(f"ALTER TABLE people_householdmember DROP CONSTRAINT {CONSTRAINT}")
        before.execute(
            "UPDATE people_householdmember SET role = 'REPRESENTATIVE', mandate = '', mandate_date = NULL,"
            " mandate_by_kind = '' WHERE id = (SELECT min(id) FROM people_householdmember)"
        )

    with psycopg.connect(own_database["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        owner.execute(step.NOT_NOTED_YET)
        owner.execute(f"ALTER TABLE people_householdmember ADD CONSTRAINT {CONSTRAINT} {rule[0]}")

    with psycopg.connect(own_database["SAMEN_BACKUP_URL"]) as reader:
        noted = reader.execute(
            "SELECT mandate, mandate_by_kind FROM people_householdmember ORDER BY id LIMIT 1"
        ).fetchone()
        forced = reader.execute(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'people_householdmember'"
        ).fetchone()
    assert (noted, forced) == (("UNKNOWN", "SYSTEM"), (True,))
