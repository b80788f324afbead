"""A schema as Prisma's own tooling understands it, with the places and words that only the files have.

Prisma tells what its client can reach (``get_datamodel`` of its schema module, the DMMF). It leaves out positions, raw
attributes, whether a block is a view, and whatever is ignored or unsupported: that is taken from our own reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from beai.core.project.facts import Key, KeyColumn, KeyKind, Model, ModelKind, Schema, SchemaEnum, SchemaField
from beai.core.project.relations import related

Json = Mapping[str, object]
_Keys = tuple[
    Mapping[str, list[Key]], Mapping[str, list[Key]]
]  # all of a model's, and those that its fields do not carry
_KINDS = {"id": KeyKind.ID, "unique": KeyKind.UNIQUE, "normal": KeyKind.INDEX, "fulltext": KeyKind.FULLTEXT}
_QUOTED = frozenset({"String", "Json", "DateTime", "Bytes"})
_SORTS = {"asc": "Asc", "desc": "Desc"}


def merged(ours: Schema, told: Json, reader: str) -> Schema:
    """``ours`` as ``told`` by Prisma; what ``reader`` says nothing of stays where it is ignored or unsupported."""
    keys: dict[str, list[Key]] = {}
    whole: dict[str, list[Key]] = {}
    for index in _list(told, "indexes"):
        keys.setdefault(_text(index, "model"), []).append(_key(index))
        if index.get("isDefinedOnField") is not True:
            whole.setdefault(_text(index, "model"), []).append(keys[_text(index, "model")][-1])
    known = (keys, whole) if "indexes" in told else None
    models = [_model(ours.model(_text(one, "name")), one, known) for one in _list(told, "models")]
    aside = {one.name: one for one in ours.types}
    types = [_model(aside.get(_text(one, "name")), one, None) for one in _list(told, "types")]
    names = {model.name for model in models}
    left = [model for model in ours.models if model.ignored and model.name not in names]
    order = {model.name: at for at, model in enumerate(ours.models)}
    models = sorted((*models, *left), key=lambda model: order.get(model.name, len(order)))
    return replace(
        ours,
        models=related(tuple(models)),
        types=tuple(replace(one, kind=ModelKind.TYPE) for one in types),
        enums=tuple(_enum(ours, one) for one in _list(told, "enums")),
        reader=reader,
    )


def _enum(ours: Schema, told: Json) -> SchemaEnum:
    known = next((enum for enum in ours.enums if enum.name == _text(told, "name")), SchemaEnum("", ()))
    values = _list(told, "values")
    return replace(
        known,
        name=_text(told, "name"),
        values=tuple(_text(value, "name") for value in values),
        mapped=tuple((_text(value, "name"), _text(value, "dbName")) for value in values if _text(value, "dbName")),
        map=_text(told, "dbName"),
        documentation=_text(told, "documentation"),
    )


def _model(known: Model | None, told: Json, keys: _Keys | None) -> Model:
    name = _text(told, "name")
    base = known if known is not None else Model(name, "")
    fields = {_text(one, "name"): _field(base.field(_text(one, "name")), one) for one in _list(told, "fields")}
    left = {field.name: field for field in base.fields if field.ignored or field.unsupported}
    order = {field.name: at for at, field in enumerate(base.fields)}
    both = sorted((left | fields).values(), key=lambda field: order.get(field.name, len(order)))
    primary = told.get("primaryKey")
    ids = _names(primary.get("fields")) if isinstance(primary, dict) else ()
    found, whole = (_in_order(part.get(name, []), base.keys) for part in keys) if keys else (base.keys, ())
    return replace(
        base,
        fields=tuple(both),
        ids=ids or base.ids,
        uniques=tuple(key.fields for key in whole if key.kind is KeyKind.UNIQUE) if keys else base.uniques,
        indexes=tuple(key.fields for key in whole if key.kind is KeyKind.INDEX) if keys else base.indexes,
        keys=found,
        map=_text(told, "dbName"),
        schema=_text(told, "schema") or base.schema,
        documentation=_text(told, "documentation"),
    )


def _field(known: SchemaField | None, told: Json) -> SchemaField:
    base = known if known is not None else SchemaField("", "")
    relation = base.relation
    if relation is not None:
        relation = replace(
            relation,
            fields=_names(told.get("relationFromFields")),
            references=_names(told.get("relationToFields")),
            on_delete=_text(told, "relationOnDelete") or relation.on_delete,
        )
    many = told.get("isList") is True
    return replace(
        base,
        name=_text(told, "name"),
        type=_text(told, "type"),
        optional=told.get("isRequired") is False and not many,
        many=many,
        id=told.get("isId") is True,
        unique=base.unique or told.get("isUnique") is True,  # Prisma does not repeat it of a primary key
        default=base.default or default(told),
        updated_at=told.get("isUpdatedAt") is True,
        relation=relation,
        native=_native(told.get("nativeType")) or base.native,
        map=_text(told, "dbName"),
        documentation=_text(told, "documentation"),
    )


def default(told: Json) -> str:
    """A field's default as a schema would have it; ``""`` for none."""
    value = told.get("default")
    if not isinstance(value, dict):
        return "" if value is None else _written(value, _text(told, "type") in _QUOTED)
    given = value.get("args")
    words = ", ".join(_written(one, isinstance(one, str)) for one in given) if isinstance(given, list) else ""
    name = _text(value, "name")
    return name if name.endswith(")") else f"{name}({words})"  # Prisma 5 has arguments of some in the name too


def _written(value: object, quoted: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_written(one, quoted) for one in value)}]"
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted and isinstance(value, str) else text


def _key(told: Json) -> Key:
    return Key(
        _KINDS.get(_text(told, "type"), KeyKind.INDEX),
        tuple(
            KeyColumn(
                _text(one, "name"),
                _SORTS.get(_text(one, "sortOrder"), ""),
                length if isinstance(length := one.get("length"), int) else 0,
                _text(one, "operatorClass"),
            )
            for one in _list(told, "fields")
        ),
        _text(told, "name"),
        _text(told, "dbName"),
        _text(told, "algorithm"),
    )


def _in_order(told: Iterable[Key], ours: tuple[Key, ...]) -> tuple[Key, ...]:
    """``told`` in the order in which the keys are written."""
    exact = {key: at for at, key in enumerate(ours)}
    alike = {(key.kind, key.fields): at for at, key in enumerate(ours)}
    return tuple(sorted(told, key=lambda key: exact.get(key, alike.get((key.kind, key.fields), len(ours)))))


def _native(value: object) -> str:
    if not isinstance(value, list) or not value:
        return ""
    given = value[1] if len(value) > 1 and isinstance(value[1], list) else []
    return str(value[0]) + (f"({', '.join(map(str, given))})" if given else "")


def _list(value: Json, key: str) -> list[Json]:
    found = value.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: Json, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _names(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
