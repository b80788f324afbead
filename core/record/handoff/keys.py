"""Keys, indexes and relations that differ between two schemas."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.project.facts import Key, KeyKind, Model, RelationKind, Schema, SchemaField
from beai.core.record.handoff.difference import Difference, Kind, column_of, table
from beai.core.record.handoff.existing import of_foreign, of_key
from beai.core.record.handoff.risk import Database, Flag, Risk


def relations(old: Model, new: Model, where: Database, keyed: bool) -> Iterator[Difference]:
    """Foreign keys that came, went or act otherwise; ``keyed`` is whether the database has any."""
    mine = {_link(field): field for field in old.fields if field.relation and field.relation.fields}
    theirs = {_link(field): field for field in new.fields if field.relation and field.relation.fields}
    for link, field in theirs.items():
        past, relation = mine.get(link), field.relation
        assert relation is not None
        through = f"`{', '.join(relation.fields)}` → `{relation.model}.{', '.join(relation.references)}`"
        if past is None:
            columns = tuple(column_of(new, name) for name in relation.fields)
            fresh = all(old.field(name) is None for name in relation.fields)
            optional = all((one := new.field(name)) is not None and one.optional for name in relation.fields)
            empty = fresh and optional
            risks = of_foreign(where, table(new), columns, relation, empty) if keyed else ()
            words = f"`{new.name}.{field.name}` is a new relation: {through}{_deleting(relation.on_delete)}."
            yield Difference(Kind.RELATION, words, risks, f"relate_{new.name}_to_{relation.model}")
        elif past.relation and (past.relation.on_delete, past.relation.on_update) != (
            relation.on_delete,
            relation.on_update,
        ):
            words = f"`{new.name}.{field.name}` ({through}) {_acts(past)} and now {_acts(field)}."
            yield Difference(Kind.RELATION, words, slug=f"alter_{field.name}_of_{new.name}")
    for link, field in mine.items():
        if link not in theirs and field.relation:
            words = f"`{new.name}.{field.name}` no longer relates to `{field.relation.model}`: its foreign key goes."
            yield Difference(Kind.RELATION, words, slug=f"unrelate_{new.name}")


def _link(field: SchemaField) -> tuple[object, ...]:
    relation = field.relation
    return (relation.model, relation.fields, relation.references) if relation else ()


def _deleting(action: str) -> str:
    return f", on delete {action}" if action else ""


def _acts(field: SchemaField) -> str:
    relation = field.relation
    said = (
        [f"on {what} {how}" for what, how in (("delete", relation.on_delete), ("update", relation.on_update)) if how]
        if (relation)
        else []
    )
    return f"acts {' and '.join(said)}" if said else "acts as Prisma does without a word"


def joins(before: Schema, after: Schema) -> Iterator[Difference]:
    """Tables that Prisma makes for relations of many to many (Prisma docs, "Many-to-many relations")."""
    old, new = _implicit(before), _implicit(after)
    for name, sides in new.items():
        if name not in old:
            words = f"{sides} is new, many to many: Prisma makes the table `{name}` for it."
            yield Difference(Kind.RELATION, words, slug=f"join{name}")
    for name, sides in old.items():
        if name not in new:
            risk = Risk(Flag.LOSS, name, f"every pair in `{name}` would be lost")
            yield Difference(Kind.RELATION, f"{sides} is gone, and its table `{name}` with it.", (risk,), f"drop{name}")


def _implicit(schema: Schema) -> dict[str, str]:
    found: dict[str, str] = {}
    for relation in schema.relations():
        if relation.kind is RelationKind.MANY_TO_MANY:
            models = sorted(side.partition(".")[0] for side in (relation.one, relation.other))
            found["_" + (relation.name or "To".join(models))] = f"`{relation.one}` with `{relation.other}`"
    return found


def keys(old: Model, new: Model, where: Database) -> Iterator[Difference]:
    """Primary keys, unique constraints and indexes that came, went or have another name."""
    mine = {_mark(old, key): key for key in old.keys}
    theirs = {_mark(new, key): key for key in new.keys}
    for mark, key in theirs.items():
        past = mine.get(mark)
        if past is None:
            yield _new_key(old, new, key, where)
        elif past.map != key.map and key.map:
            yield Difference(Kind.INDEX, f"The {_what(key)} of `{new.name}` on {_columns(key)} is named `{key.map}`.")
    for mark, key in mine.items():
        if mark in theirs or key.kind is KeyKind.ID:
            continue
        words = f"The {_what(key)} of `{new.name}` on {_columns(key)} is gone."
        yield Difference(Kind.INDEX, words, slug=f"drop_index_of_{new.name}")


def _new_key(old: Model, new: Model, key: Key, where: Database) -> Difference:
    columns = tuple(column_of(new, name) for name in key.fields)
    named = f", called `{key.map}`" if key.map else ""
    if key.kind is KeyKind.ID:
        words = f"The primary key of `{new.name}` is now {_columns(key)}{named}."
        slug = f"key_of_{new.name}"
    elif key.kind is KeyKind.UNIQUE:
        words = (
            f"`{new.name}` is now unique by {_columns(key)}{named}: rows that are equal there make the migration fail."
        )
        slug = f"unique_{'_'.join(key.fields)}_of_{new.name}"
    else:
        words = f"The {_what(key)} of `{new.name}` on {_columns(key)} is new{named}."
        slug = f"index_{'_'.join(key.fields)}_of_{new.name}"
    fresh = all(old.field(name) is None for name in key.fields)
    optional = all((one := new.field(name)) is not None and one.optional and not one.default for name in key.fields)
    return Difference(Kind.INDEX, words, of_key(where, table(new), columns, key, fresh and optional), slug)


def _mark(model: Model, key: Key) -> tuple[object, ...]:
    columns = tuple(
        (column_of(model, one.field), one.sort.replace("Asc", ""), one.length, one.ops) for one in key.columns
    )
    return (key.kind, columns, key.type)


def _what(key: Key) -> str:
    match key.kind:
        case KeyKind.UNIQUE:
            return "unique constraint"
        case KeyKind.FULLTEXT:
            return "full-text index"
        case KeyKind.ID:
            return "primary key"
        case KeyKind.INDEX:
            return f"{key.type} index" if key.type else "index"


def _columns(key: Key) -> str:
    return ", ".join(f"`{name}`" for name in key.fields) or "none"
