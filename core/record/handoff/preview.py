"""The SQL that Prisma's own engine would write for a schema change, as a value; nobody has executed it."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.facts import Schema
from beai.core.project.prisma import read_schema


@dataclass(frozen=True, slots=True)
class Against:
    """One comparison: what the schema was held against, and the SQL, or in one sentence why there is none.

    ``from_schema`` is the text of the older schema, for reading it in words as well.
    """

    what: str
    sql: str = ""
    why: str = ""
    from_schema: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SqlPreview:
    """What ``engine`` makes of the change in ``ms`` milliseconds, without a database; ``drift`` is by names alone.

    ``unknown`` is whether the commit to compare with does not exist, ``compared`` whether SQL was asked for at all.
    """

    engine: str
    against: tuple[Against, ...] = ()
    drift: tuple[str, ...] = ()
    ms: float = 0.0
    unknown: bool = False
    compared: bool = True


def older(sql: SqlPreview | None, otherwise: Schema | None) -> Schema:
    """The schema to compare with: that of the commit that ``sql`` begins at, else ``otherwise``, else an empty one."""
    files = sql.against[0].from_schema if sql is not None and sql.against else ()
    return read_schema(files) if files else otherwise or Schema(())


def is_idle(sql: str) -> bool:
    """Whether there is nothing in ``sql`` but comments."""
    return all(not line.strip() or line.lstrip().startswith("--") for line in sql.split("\n"))
