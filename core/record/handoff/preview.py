"""The SQL that Prisma's own engine would write for a schema change, as a value; nobody has executed it."""

from __future__ import annotations

from dataclasses import dataclass


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
    """What ``engine`` makes of the change in ``ms`` milliseconds, without a database; ``drift`` is by names alone."""

    engine: str
    against: tuple[Against, ...] = ()
    drift: tuple[str, ...] = ()
    ms: float = 0.0
