"""Names that the migrations make and the schema does not have, or the other way round, read off their SQL.

Only a shadow database could replay migrations for what they come to; names need none. Prisma's own statements are read
(``CREATE TABLE``, ``ALTER TABLE … ADD COLUMN``, ``RENAME``, ``DROP``), and what a person wrote otherwise may be missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from beai.core.project.facts import ModelKind, RelationKind, Schema
from beai.core.record.handoff.difference import column

_NAME = r'(?:[`"\[]?\w+[`"\]]?\.)?[`"\[]?(\w+)[`"\]]?'
_STATEMENT = re.compile(
    rf"^[ \t]*(?:(CREATE)\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*\("
    rf"|(DROP)\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}"
    rf"|(ALTER)\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME})",
    re.IGNORECASE | re.MULTILINE,
)
_RENAMED = re.compile(rf"\bRENAME\s+TO\s+{_NAME}", re.IGNORECASE)
_COLUMN_RENAMED = re.compile(rf"\bRENAME\s+(?:COLUMN\s+)?{_NAME}\s+TO\s+{_NAME}", re.IGNORECASE)
_ADDED = re.compile(
    rf"\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?!CONSTRAINT|IF|PRIMARY|UNIQUE|INDEX|FOREIGN|FULLTEXT|CHECK){_NAME}\s",
    re.I,
)
_DROPPED = re.compile(rf"\bDROP\s+COLUMN\s+(?:IF\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_COLUMN = re.compile(r'^\s*[`"\[](\w+)[`"\]]\s', re.MULTILINE)
_LONGEST = 4_000_000  # characters of all migrations together
_SHOWN = 12  # lines


def drift(migrations: Iterable[str], schema: Schema) -> tuple[str, ...]:
    """A sentence for each table and column that one side has alone; nothing where there are no migrations."""
    made = _made("\n".join(migrations)[:_LONGEST])
    if not made:
        return ()
    lines = list(_lines(made, _wanted(schema)))
    more = len(lines) - _SHOWN
    return (*lines[:_SHOWN], *((f"and {more} more",) if more > 0 else ()))


def _made(sql: str) -> dict[str, set[str]]:
    """Each table that the statements leave, with its columns."""
    tables: dict[str, set[str]] = {}
    found = list(_STATEMENT.finditer(sql))
    for match, following in zip(found, [*found[1:], None], strict=False):
        end = following.start() if following else len(sql)
        body = sql[match.end() : end].partition(";")[0]
        create, created, drop, dropped, _, altered = match.groups()
        if create:
            tables[created] = set(_COLUMN.findall(body))
        elif drop:
            tables.pop(dropped, None)
        else:
            _alter(tables, altered, body)
    tables.pop("_prisma_migrations", None)
    return tables


def _alter(tables: dict[str, set[str]], name: str, body: str) -> None:
    if (match := _RENAMED.search(body)) and not _COLUMN_RENAMED.search(body):
        tables[match[1]] = tables.pop(name, set())
        return
    columns = tables.setdefault(name, set())
    for old, new in _COLUMN_RENAMED.findall(body):
        columns.discard(old)
        columns.add(new)
    columns.update(_ADDED.findall(body))
    columns.difference_update(_DROPPED.findall(body))


def _wanted(schema: Schema) -> dict[str, set[str]]:
    tables = {
        model.map or model.name: {column(field) for field in model.fields if not field.relation}
        for model in schema.models
        if model.kind is ModelKind.MODEL
    }
    for relation in schema.relations():
        if relation.kind is RelationKind.MANY_TO_MANY:
            sides = sorted(side.partition(".")[0] for side in (relation.one, relation.other))
            tables["_" + (relation.name or "To".join(sides))] = {"A", "B"}
    return tables


def _lines(made: dict[str, set[str]], wanted: dict[str, set[str]]) -> Iterator[str]:
    for name in sorted(wanted.keys() - made.keys()):
        yield f"table `{name}` is in the schema and in no migration"
    for name in sorted(made.keys() - wanted.keys()):
        yield f"table `{name}` is made by the migrations and not in the schema"
    for name in sorted(made.keys() & wanted.keys()):
        for one in sorted(wanted[name] - made[name]):
            yield f"column `{name}.{one}` is in the schema and in no migration"
        for one in sorted(made[name] - wanted[name]):
            yield f"column `{name}.{one}` is made by the migrations and not in the schema"
