"""What can go wrong when a schema change meets rows that exist, by database, with the page that says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Database(StrEnum):
    """The databases that Prisma migrates, and MongoDB, which it pushes indexes to."""

    POSTGRES = "PostgreSQL"
    COCKROACH = "CockroachDB"
    MYSQL = "MySQL"
    SQLITE = "SQLite"
    SQLSERVER = "SQL Server"
    MONGO = "MongoDB"
    UNKNOWN = "the database"


_PROVIDERS = {
    "postgresql": Database.POSTGRES,
    "postgres": Database.POSTGRES,
    "cockroachdb": Database.COCKROACH,
    "mysql": Database.MYSQL,
    "sqlite": Database.SQLITE,
    "sqlserver": Database.SQLSERVER,
    "mongodb": Database.MONGO,
}


def database(provider: str) -> Database:
    """The database that a datasource's ``provider`` names."""
    return _PROVIDERS.get(provider.strip("\"' ").lower(), Database.UNKNOWN)


class Flag(StrEnum):
    """What to look at before a migration runs."""

    LOSS = "data loss"
    REQUIRED = "required without a value"
    UNIQUE = "unique on existing data"
    RENAME = "rename seen as drop"
    NARROW = "type change"
    ENUM = "enum value removed"
    LOCK = "long lock"
    FOREIGN = "foreign key on existing rows"
    REWRITE = "table rewritten"


@dataclass(frozen=True, slots=True)
class Risk:
    """One flag on one change; ``page`` is the documentation that it rests on, ``check`` a query that shows it."""

    flag: Flag
    subject: str
    words: str
    page: str = ""
    check: str = ""


_PG = 'PostgreSQL documentation, "ALTER TABLE", Notes'
_PG_INDEX = 'PostgreSQL documentation, "CREATE INDEX", Building Indexes Concurrently'
_PG_ENUM = 'PostgreSQL documentation, "Enumerated Types", 8.7.4'
_CRDB = 'CockroachDB documentation, "Online Schema Changes"'
_MYSQL = 'MySQL Reference Manual, "Online DDL Operations"'
_MYSQL_COMMIT = 'MySQL Reference Manual, "Statements That Cause an Implicit Commit"'
_SQLITE = 'SQLite documentation, "ALTER TABLE", Making Other Kinds Of Table Schema Changes'
_MSSQL = 'Microsoft Learn, "ALTER TABLE (Transact-SQL)"'
_MSSQL_INDEX = 'Microsoft Learn, "Perform index operations online"'
_MONGO = 'MongoDB Manual, "Index Builds on Populated Collections"'
_PRISMA_MONGO = 'Prisma documentation, "MongoDB", Migrate is not supported'

_LOCKS: dict[tuple[Database, str], tuple[str, str]] = {
    (Database.POSTGRES, "index"): (
        "CREATE INDEX blocks writes to the table until it is built; CREATE INDEX CONCURRENTLY does not, but cannot run "
        "in a transaction, so it needs a migration file of its own with that one statement",
        _PG_INDEX,
    ),
    (Database.COCKROACH, "index"): ("the index is built in the background, and the table stays writable", _CRDB),
    (Database.MYSQL, "index"): (
        "the index is built in place while rows may be written; a long transaction still holds it up at both ends",
        _MYSQL,
    ),
    (Database.SQLITE, "index"): ("the whole database is locked for writing while the index is built", _SQLITE),
    (Database.SQLSERVER, "index"): (
        "the table is locked while the index is built, unless with ONLINE = ON, which not every edition has",
        _MSSQL_INDEX,
    ),
    (Database.MONGO, "index"): ("the collection is locked at the start and at the end of the build", _MONGO),
    (Database.POSTGRES, "required"): (
        "SET NOT NULL reads the whole table under a lock that stops reads and writes, unless a valid CHECK "
        "constraint already proves it",
        _PG,
    ),
    (Database.MYSQL, "required"): ("the table is rebuilt in place", _MYSQL),
    (Database.SQLITE, "required"): ("the table is made anew and every row is copied", _SQLITE),
    (Database.SQLSERVER, "required"): ("ALTER COLUMN holds a schema lock while every row is checked", _MSSQL),
    (Database.POSTGRES, "type"): (
        "the table and its indexes are rewritten under a lock that stops reads and writes, unless the old type is "
        "binary compatible",
        _PG,
    ),
    (Database.COCKROACH, "type"): ("the column is rewritten in the background where the types differ", _CRDB),
    (Database.MYSQL, "type"): ("the table is copied, and no row can be written meanwhile", _MYSQL),
    (Database.SQLITE, "type"): ("the table is made anew and every row is copied", _SQLITE),
    (Database.SQLSERVER, "type"): ("a schema lock is held while every row is converted", _MSSQL),
    (Database.POSTGRES, "foreign"): (
        "ADD FOREIGN KEY checks every row while it locks both tables against writes; NOT VALID, then VALIDATE "
        "CONSTRAINT in a later migration, does not hold them up",
        _PG,
    ),
    (Database.COCKROACH, "foreign"): ("every row is checked in the background before it holds", _CRDB),
    (Database.MYSQL, "foreign"): (
        "with foreign_key_checks on, which is the default, the table is copied and no row can be written meanwhile",
        _MYSQL,
    ),
    (Database.SQLITE, "foreign"): ("the table is made anew and every row is copied", _SQLITE),
    (Database.SQLSERVER, "foreign"): ("every row is checked under a schema lock, unless WITH NOCHECK is added", _MSSQL),
    (Database.POSTGRES, "rewrite"): (
        "a default that differs row by row makes ADD COLUMN rewrite the table and its indexes under a lock that stops "
        "reads and writes",
        _PG,
    ),
    (Database.COCKROACH, "rewrite"): ("every row gets its value in the background", _CRDB),
    (Database.MYSQL, "rewrite"): ("the table is rebuilt, since the value is not a constant", _MYSQL),
    (Database.SQLITE, "rewrite"): ("the table is made anew, since ADD COLUMN takes constant defaults alone", _SQLITE),
    (Database.SQLSERVER, "rewrite"): ("every row is written, since the default is not a runtime constant", _MSSQL),
    (Database.SQLITE, "drop"): ("the table may be made anew and every row copied", _SQLITE),
    (Database.MYSQL, "drop"): ("the table is rebuilt in place", _MYSQL),
    (Database.POSTGRES, "enum"): (
        "PostgreSQL cannot take a value from an enum: Prisma makes a new type and rewrites every column that has it",
        _PG_ENUM,
    ),
    (Database.MYSQL, "enum"): ("taking a value away, or changing their order, copies the table", _MYSQL),
}


def lock(where: Database, what: str) -> tuple[str, str]:
    """What ``where`` does to the table while it changes ``what``, and the page that says so; empty for nothing."""
    return _LOCKS.get((where, what), ("", ""))


def atomic(where: Database) -> str:
    """What a migration that fails half way leaves behind."""
    match where:
        case Database.MYSQL:
            return f"MySQL commits after every statement: what ran before a failure stays ({_MYSQL_COMMIT})."
        case Database.MONGO:
            return f"Prisma migrates no MongoDB: db push makes indexes, and no document is changed ({_PRISMA_MONGO})."
        case Database.COCKROACH:
            return f"CockroachDB does not roll back every schema change of a transaction that fails ({_CRDB})."
        case _:
            return ""


def quoted(where: Database, name: str) -> str:
    """``name`` as SQL of ``where`` writes it."""
    match where:
        case Database.MYSQL:
            return "`" + name.replace("`", "``") + "`"
        case Database.SQLSERVER:
            return "[" + name.replace("]", "]]") + "]"
        case _:
            return '"' + name.replace('"', '""') + '"'
