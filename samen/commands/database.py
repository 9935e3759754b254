"""What a database administrator needs to give Samen a PostgreSQL of its own."""

import argparse

from samen.base import postgres

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """`database roles` prints the script."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    roles = actions.add_parser("roles", help="print the script that makes Samen's roles and database")
    roles.add_argument("--database", default="samen", help="the name of the database (samen)")
    roles.add_argument(
        "--no-passwords",
        action="store_true",
        help="ask for no passwords: the roles sign in by the system's account or a certificate",
    )


def run(options: argparse.Namespace) -> int:
    """The script is on standard output, for psql and for reading."""
    print(script(options.database, passwords=not options.no_passwords), end="")
    return 0


def script(database: str, *, passwords: bool) -> str:
    """A psql script that may be run again at any time: it says what must be true, not what must change."""
    ask = "".join(f"\\password {role}\n" for role in postgres.LOGINS) if passwords else ""
    return _SCRIPT.format(
        oldest=min(postgres.MINIMUM_MINOR),
        newest=max(postgres.MINIMUM_MINOR),
        roles=postgres.roles_sql(embedded=False).decode(),
        database=database,
        literal=database.replace("'", "''"),
        owner=postgres.OWNER,
        rights=postgres.database_sql(database).decode(),
        contents=postgres.contents_sql().decode(),
        passwords=_PASSWORDS.format(ask=ask) if passwords else "",
    )


_SCRIPT = """\
-- Samen's roles and database on your own PostgreSQL, {oldest} to {newest}.  It may be run again at any time.
--
--   bin/samen database roles > roles.sql
--   psql --username postgres --dbname postgres --file roles.sql
--
-- Afterwards Samen is told where it is, each role with its own address:
--
--   SAMEN_DATABASE_URL=postgresql://samen_app:…@host/{database}
--   SAMEN_WORKER_URL=postgresql://samen_worker:…@host/{database}
--   SAMEN_MIGRATE_URL=postgresql://samen_migrate:…@host/{database}
--   SAMEN_BACKUP_URL=postgresql://samen_backup:…@host/{database}
--
-- samen_owner owns everything and cannot sign in.  samen_migrate may act as the owner; only bin/samen migrate
-- uses it.  samen_app and samen_worker serve and own nothing: row-level security holds for them.
-- samen_backup reads past it: keep its password where your backups are made, and nowhere else.

\\set ON_ERROR_STOP on
\\set database '{literal}'

{roles}

-- Texts are sorted byte by byte, the same on every machine; Samen keeps Dutch order itself.
SELECT :SERVER_VERSION_NUM >= 170000 AS builtin \\gset
\\if :builtin
  \\set locale 'LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'' LOCALE ''C'''
\\else
  \\set locale 'LOCALE ''C.UTF-8'''
\\endif
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8'' %s',
              :'database', '{owner}', :'locale')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec

{rights}

\\connect :"database"

{contents}
{passwords}"""

_PASSWORDS = """
-- psql asks for each password twice and sends only its hash; nothing of it reaches a log.
{ask}"""
