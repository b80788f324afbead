"""What a change means for rows that exist: flags, with what the database does meanwhile and a query that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from beai.core.project.facts import Key, KeyKind, Relation, SchemaField
from beai.core.record.handoff.risk import Database, Flag, Risk, lock, quoted

# Defaults that Prisma's client fills in and no database knows (Prisma schema reference, "Attribute functions").
_CLIENT_SIDE = re.compile(r"^(?:uuid|cuid|ulid|nanoid|auto)\(")
_ROW_BY_ROW = re.compile(
    r"^(?:autoincrement|sequence)\(|gen_random|uuid|random|nextval|clock_timestamp|NEWID|RAND", re.I
)
_NUMBERS = re.compile(r"\d+")
# What each scalar fits into without a loss.
_WIDER = {
    "Int": ("BigInt", "Decimal", "Float", "String"),
    "BigInt": ("Decimal", "String"),
    "Float": ("String",),
    "Decimal": ("String",),
    "Boolean": ("String",),
    "DateTime": ("String",),
}
_SIZES = ("TinyInt", "SmallInt", "MediumInt", "Int", "Integer", "BigInt")
_TEXTS = ("Char", "NChar", "VarChar", "NVarChar", "String", "TinyText", "Text", "MediumText", "LongText")


def of_new_field(where: Database, table: str, column: str, field: SchemaField) -> tuple[Risk, ...]:
    """The flags of a field that is added to a table with rows."""
    name = f"{table}.{column}"
    stored_default = field.default and not _CLIENT_SIDE.match(field.default)
    risks: list[Risk] = []
    if not (field.optional or field.many or stored_default) and where is not Database.MONGO:
        why = "its value comes from Prisma's client, not from the database" if field.default or field.updated_at else ""
        words = f"rows that exist have no value for `{name}`{', since ' + why if why else ''}, and the migration fails"
        risks.append(Risk(Flag.REQUIRED, name, words, check=_count(where, table)))
    if not (field.optional or field.many or field.default) and where is Database.MONGO:
        words = f"documents that exist have no `{name}`, and reading one of them fails in the client"
        risks.append(Risk(Flag.REQUIRED, name, words))
    if stored_default and (_ROW_BY_ROW.search(field.default) or (where is Database.SQLITE and "(" in field.default)):
        risks += _locked(where, "rewrite", Flag.REWRITE, name)
    return tuple(risks)


def of_field(where: Database, table: str, column: str, old: SchemaField, new: SchemaField) -> tuple[Risk, ...]:
    """The flags of a column whose type or nullability is another one."""
    name = f"{table}.{column}"
    risks: list[Risk] = []
    if old.optional and not new.optional and not new.many:
        words = f"a row without `{name}` makes the migration fail"
        check = f"SELECT count(*) FROM {_table(where, table)} WHERE {quoted(where, column)} IS NULL;"
        risks.append(Risk(Flag.REQUIRED, name, words, check=check if where is not Database.MONGO else ""))
        risks += _locked(where, "required", Flag.LOCK, name)
    if old.many != new.many:
        words = f"a list and a single value are different columns: the values of `{name}` would be dropped"
        risks.append(Risk(Flag.LOSS, name, words))
    elif (old.type, old.native) != (new.type, new.native):
        risks += _typed(where, name, old, new)
    return tuple(risks)


def _typed(where: Database, name: str, old: SchemaField, new: SchemaField) -> Iterator[Risk]:
    if not _widens(old, new):
        words = (
            f"not every `{_worded(old)}` is a `{_worded(new)}`: a value that does not fit fails, is cut or rounded, "
            "and where the database has no cast Prisma drops the column and makes it anew"
        )
        yield Risk(Flag.NARROW, name, words)
    yield from _locked(where, "type", Flag.LOCK, name)


def _widens(old: SchemaField, new: SchemaField) -> bool:
    """Whether every value of the old type is one of the new type."""
    if old.type != new.type:
        return new.type in _WIDER.get(old.type, ()) and not (new.type == "String" and _length(new))
    mine, theirs = _native(old), _native(new)
    if mine != theirs and {mine, theirs} <= set(_SIZES):
        return _SIZES.index(mine) <= _SIZES.index(theirs)
    if mine in _TEXTS and theirs in _TEXTS:
        room = _length(new)
        unlimited = not room and not theirs.endswith("Char")
        return unlimited or (0 < _length(old) <= room)
    if mine == theirs:
        before, after = (tuple(map(int, _NUMBERS.findall(one.native))) for one in (old, new))
        return len(before) == len(after) and all(one <= other for one, other in zip(before, after, strict=True))
    return False


def _native(field: SchemaField) -> str:
    return field.native.partition("(")[0] or field.type


def _length(field: SchemaField) -> int:
    found = _NUMBERS.search(field.native)
    return int(found[0]) if found else 0


def _worded(field: SchemaField) -> str:
    return f"{field.type} @db.{field.native}" if field.native else field.type


def of_key(where: Database, table: str, columns: Sequence[str], key: Key, empty: bool) -> tuple[Risk, ...]:
    """The flags of a key that is made over rows; over a new column that is ``empty`` nothing can be equal."""
    name = f"{table} ({', '.join(columns)})"
    risks: list[Risk] = []
    if key.kind in (KeyKind.UNIQUE, KeyKind.ID) and (not empty or where in (Database.SQLSERVER, Database.MONGO)):
        words = f"rows that are equal by {name} make the migration fail"
        if empty:
            words = f"{where} takes rows without a value as equal: with more than one row the migration fails"
        risks.append(Risk(Flag.UNIQUE, name, words, check=_equal(where, table, columns)))
    if key.kind is not KeyKind.ID:
        risks += _locked(where, "index", Flag.LOCK, name)
    elif told := lock(where, "type")[0]:
        risks.append(Risk(Flag.LOCK, name, f"with another primary key {told}", lock(where, "type")[1]))
    return tuple(risks)


def of_foreign(
    where: Database, table: str, columns: Sequence[str], relation: Relation, empty: bool
) -> tuple[Risk, ...]:
    """The flags of a foreign key over rows; ``empty`` where its columns are new and hold nothing."""
    if where is Database.MONGO:
        return ()
    name = f"{table} ({', '.join(columns)})"
    risks: list[Risk] = []
    if not empty:
        words = f"a row of `{table}` whose {', '.join(columns)} names no `{relation.model}` makes the migration fail"
        risks.append(Risk(Flag.FOREIGN, name, words))
    risks += _locked(where, "foreign", Flag.LOCK, name)
    return tuple(risks)


def of_enum(where: Database, name: str, gained: Sequence[str], lost: Sequence[str]) -> tuple[Risk, ...]:
    """The flags of an enum with other values."""
    risks: list[Risk] = []
    if lost:
        words = f"a row that still holds {', '.join(lost)} makes the migration fail"
        if where in (Database.SQLITE, Database.MONGO):
            words = f"a row that still holds {', '.join(lost)} can no longer be read by the client"
        risks.append(Risk(Flag.ENUM, name, words))
        risks += _locked(where, "enum", Flag.LOCK, name)
    elif gained and where is Database.POSTGRES:
        words = f"{', '.join(gained)} cannot be used in the migration that adds it: write such rows in a later one"
        risks.append(Risk(Flag.ENUM, name, words, 'PostgreSQL documentation, "ALTER TYPE", Notes'))
    return tuple(risks)


def _locked(where: Database, what: str, flag: Flag, name: str) -> Iterator[Risk]:
    words, page = lock(where, what)
    if words:
        yield Risk(flag, name, words, page)


def _table(where: Database, table: str) -> str:
    return ".".join(quoted(where, part) for part in table.split("."))


def _count(where: Database, table: str) -> str:
    return f"SELECT count(*) FROM {_table(where, table)};"


def _equal(where: Database, table: str, columns: Sequence[str]) -> str:
    if where is Database.MONGO:
        return ""
    listed = ", ".join(quoted(where, name) for name in columns)
    return f"SELECT {listed}, count(*) FROM {_table(where, table)} GROUP BY {listed} HAVING count(*) > 1;"
