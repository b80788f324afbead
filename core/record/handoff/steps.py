"""A change that rows or running code cannot take in one step is taken in several: expand first, contract later."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.record.handoff.risk import Database, Flag, Risk

_STEPS: dict[Flag, tuple[str, ...]] = {
    Flag.RENAME: (
        "Where only the name in the code is to change, keep the old name in the database with `@map` or `@@map`: "
        "then there is no SQL at all.",
        "Where the database is to change as well, make the migration with --create-only and replace its DROP and ADD "
        "by one RENAME, or else: add the new one as optional, let the code write both, copy the old values in batches, "
        "read the new one alone, and drop the old one in a later migration.",
    ),
    Flag.LOSS: (
        "Deploy code that neither reads nor writes it, and see for a while that nothing misses it.",
        "Keep a copy of the values (a backup, or a table of their own).",
        "Drop it in a migration of its own, after that deployment.",
    ),
    Flag.REQUIRED: (
        "Add it as optional, or with a default that the database knows.",
        "Let the code write it, then fill the rows that exist, in batches.",
        "Make it required in a second migration, once no row is without it.",
    ),
    Flag.UNIQUE: (
        "Look for rows that are equal, with the query above, and decide what becomes of them.",
        "Let the code refuse new ones.",
        "Make it unique in a migration of its own.",
    ),
    Flag.NARROW: (
        "Add a new field of the new type, as optional.",
        "Let the code write both, and copy what exists with a cast; look at what does not fit.",
        "Read the new one alone, then drop the old one in a later migration.",
    ),
    Flag.ENUM: (
        "Deploy code that no longer writes the value.",
        "Update the rows that hold it.",
        "Take the value away in a migration of its own.",
    ),
    Flag.FOREIGN: (
        "Look for rows that name nothing, and mend or delete them.",
        "Add the foreign key; where the table is large, without checking first and with a check in a later migration, "
        "as far as the database can.",
    ),
    Flag.REWRITE: (
        "Add it without a default, as optional.",
        "Give new rows their value by a default in a second migration, and fill the others in batches.",
    ),
    Flag.LOCK: ("Run it when little is written, with a limit on how long it may wait for its lock.",),
}
_BY_DATABASE = {
    (Database.POSTGRES, Flag.LOCK): (
        "Begin the migration with `SET lock_timeout = '5s';`, so that it gives up before it holds everybody up.",
        "Make an index of a large table with `CREATE INDEX CONCURRENTLY`, alone in a migration file of its own.",
    ),
    (Database.POSTGRES, Flag.FOREIGN): (
        "Look for rows that name nothing, and mend or delete them.",
        "Add the constraint with `NOT VALID` in one migration, and `VALIDATE CONSTRAINT` in the next.",
    ),
}


def steps(where: Database, risks: Sequence[Risk]) -> tuple[tuple[Flag, tuple[str, ...]], ...]:
    """For each flag that is raised, in the order of their weight, what to do in numbered steps."""
    raised = {risk.flag for risk in risks}
    ordered = [flag for flag in _STEPS if flag in raised]
    return tuple((flag, _BY_DATABASE.get((where, flag), _STEPS[flag])) for flag in ordered)
