"""What a schema says differently from an older one: a sentence each, by what it is about, with its database names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from beai.core.project.facts import Model, ModelKind, Schema, SchemaEnum, SchemaField
from beai.core.record.handoff.difference import Difference, Kind, column, named, table
from beai.core.record.handoff.existing import of_enum, of_field, of_new_field
from beai.core.record.handoff.keys import joins, keys, relations
from beai.core.record.handoff.risk import Database, Flag, Risk, database, lock


def differences(before: Schema, after: Schema) -> tuple[Difference, ...]:
    """Every change of ``after`` against ``before``; what has another name in the client alone says so."""
    where = database(after.provider or before.provider)
    prisma_only = after.datasource is not None and after.datasource.relation_mode == "prisma"
    found = (
        *_models(before, after, where, not prisma_only),
        *joins(before, after),
        *_enums(before, after, where),
    )
    order = list(Kind)
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


def _models(before: Schema, after: Schema, where: Database, keyed: bool) -> Iterator[Difference]:
    old = {table(model): model for model in before.models}
    new = {table(model): model for model in after.models}
    gone = [model for name, model in old.items() if name not in new]
    for name, model in new.items():
        past = old.get(name)
        if past is None:
            yield _new_model(model, next((one for one in gone if _alike(one, model)), None))
        else:
            yield from _model(past, model, where, keyed)
    for model in gone:
        yield _gone_model(
            model, next((one for name, one in new.items() if name not in old and _alike(model, one)), None)
        )


def _new_model(model: Model, was: Model | None) -> Difference:
    if model.kind is ModelKind.VIEW:
        words = f"View {named(model.name, table(model))} is new: Prisma Migrate writes no SQL for it."
        return Difference(Kind.MODEL, words, slug=f"view_{model.name}")
    names = ", ".join(f"`{field.name} {_type(field)}`" for field in model.fields if not field.relation)
    like = f" It reads like `{was.name}`, which is gone." if was else ""
    words = f"Model {named(model.name, table(model))} is new, with {names or 'no fields'}.{like}"
    return Difference(Kind.MODEL, words, slug=f"add_{model.name}")


def _gone_model(model: Model, now: Model | None) -> Difference:
    words = f"Model {named(model.name, table(model))} is gone: its table and every row in it would be dropped."
    if model.kind is ModelKind.VIEW:
        return Difference(Kind.MODEL, f"View {named(model.name, table(model))} is gone.", slug=f"drop_{model.name}")
    risks = [Risk(Flag.LOSS, model.name, f"every row of `{table(model)}` would be lost")]
    if now is not None:
        advice = f'add `@@map("{model.map or model.name}")` to `{now.name}` and the table stays as it is'
        risks.insert(0, Risk(Flag.RENAME, model.name, f"`{now.name}` has its fields: if it is a rename, {advice}"))
    return Difference(Kind.MODEL, words, tuple(risks), f"drop_{model.name}")


def _alike(old: Model, new: Model) -> bool:
    """Whether most of what ``old`` holds is in ``new``: two tables that share so much are a rename more often."""
    mine, theirs = _shape(old), _shape(new)
    return old.kind is new.kind and bool(mine) and 2 * len(mine & theirs) >= len(mine | theirs) + 1


def _shape(model: Model) -> set[tuple[str, str, bool]]:
    return {(column(field), field.type, field.many) for field in model.fields if not field.relation}


def _model(old: Model, new: Model, where: Database, keyed: bool) -> Iterator[Difference]:
    if old.name != new.name:
        words = f"`{old.name}` is called `{new.name}` in the client; its table `{table(new)}` stays as it is."
        yield Difference(Kind.MODEL, words)
    yield from _fields(old, new, where)
    yield from relations(old, new, where, keyed)
    yield from keys(old, new, where)


def _fields(old: Model, new: Model, where: Database) -> Iterator[Difference]:
    mine = {column(field): field for field in old.fields if not field.relation}
    theirs = {column(field): field for field in new.fields if not field.relation}
    added = [field for name, field in theirs.items() if name not in mine]
    for name, field in theirs.items():
        past = mine.get(name)
        if past is None:
            words = f"{_of(new, field)} is new: `{_signature(field)}`."
            risks = of_new_field(where, table(new), column(field), field)
            if any(risk.flag is Flag.REQUIRED for risk in risks):
                words += " It is required and existing rows have no value for it."
            yield Difference(Kind.FIELD, words, risks, f"add_{field.name}_to_{new.name}")
        else:
            yield from _field(new, past, field, where)
    for name, field in mine.items():
        if name not in theirs:
            yield _gone_field(old, new, field, _successor(field, added), where)


def _field(model: Model, past: SchemaField, field: SchemaField, where: Database) -> Iterator[Difference]:
    if past.name != field.name:
        words = f"`{model.name}.{past.name}` is called `{field.name}` in the client; column `{column(field)}` stays."
        yield Difference(Kind.FIELD, words)
    if _stored(past) == _stored(field):
        return
    words = f"{_of(model, field)} was `{_signature(past)}` and is `{_signature(field)}`."
    risks = of_field(where, table(model), column(field), past, field)
    yield Difference(Kind.FIELD, words, risks, f"alter_{field.name}_of_{model.name}")


def _gone_field(old: Model, new: Model, field: SchemaField, now: SchemaField | None, where: Database) -> Difference:
    words = f"{_of(old, field)} is gone: its column and the values in it would be dropped."
    subject = f"{new.name}.{field.name}"
    risks = [Risk(Flag.LOSS, subject, f"the values of `{table(new)}.{column(field)}` would be lost")]
    if now is not None:
        advice = f'write `{now.name} … @map("{column(field)}")` and the column stays as it is'
        risks.insert(0, Risk(Flag.RENAME, subject, f"`{now.name}` has its type: if it is a rename, {advice}"))
    if told := lock(where, "drop"):
        words_, page = told
        risks += [Risk(Flag.LOCK, subject, words_, page)] if words_ else []
    return Difference(Kind.FIELD, words, tuple(risks), f"drop_{field.name}_of_{new.name}")


def _successor(field: SchemaField, added: Iterable[SchemaField]) -> SchemaField | None:
    return next(
        (one for one in added if (one.type, one.many, one.native) == (field.type, field.many, field.native)), None
    )


def _enums(before: Schema, after: Schema, where: Database) -> Iterator[Difference]:
    old = {enum.map or enum.name: enum for enum in before.enums}
    for enum in after.enums:
        past = old.pop(enum.map or enum.name, None)
        name = named(enum.name, enum.map or enum.name)
        if past is None:
            yield Difference(Kind.ENUM, f"Enum {name} is new: {', '.join(enum.values)}.", slug=f"add_{enum.name}")
        elif _values(past) != _values(enum):
            yield _enum(name, past, enum, where)
    for name, enum in old.items():
        yield Difference(Kind.ENUM, f"Enum {named(enum.name, name)} is gone.", slug=f"drop_{enum.name}")


def _enum(name: str, old: SchemaEnum, new: SchemaEnum, where: Database) -> Difference:
    gained = [value for value in _values(new) if value not in _values(old)]
    lost = [value for value in _values(old) if value not in _values(new)]
    words = [f"gained {', '.join(gained)}"] if gained else []
    words += [f"lost {', '.join(lost)}, which rows may still hold"] if lost else []
    said = f"Enum {name} {' and '.join(words) or 'has its values in another order'}."
    return Difference(Kind.ENUM, said, of_enum(where, new.name, gained, lost), f"alter_{new.name}")


def _values(enum: SchemaEnum) -> tuple[str, ...]:
    """What the database stores for each value."""
    mapped = dict(enum.mapped)
    return tuple(mapped.get(value, value) for value in enum.values)


def _of(model: Model, field: SchemaField) -> str:
    """``Model.field``, with table and column where they have other names."""
    stored = f"{table(model)}.{column(field)}"
    return named(f"{model.name}.{field.name}", stored)


def _type(field: SchemaField) -> str:
    return f"{field.type}{'[]' if field.many else '?' if field.optional else ''}"


def _stored(field: SchemaField) -> tuple[object, ...]:
    """What of a field the database sees."""
    return (field.type, field.many, field.optional, field.native, field.default, field.updated_at)


def _signature(field: SchemaField) -> str:
    """Type and attributes but for keys and names, which have sentences of their own."""
    kept = re.sub(r"@(?:unique|id|map|relation)\b(?:\((?:[^()]|\([^()]*\))*\))?", "", field.attributes)
    return " ".join(f"{_type(field)} {kept}".split())
