"""The two sides of each relation: which field points back, and how many rows stand on either side.

Source: Prisma docs, "Relations": a relation has a field in both models, and a name where two lead to the same model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from beai.core.project.facts import Model, Relation, RelationKind, SchemaField

_Fields = Mapping[tuple[str, str, str], Sequence[SchemaField]]


def related(models: tuple[Model, ...]) -> tuple[Model, ...]:
    """``models`` with every field that leads to one of them as a relation that knows its other side."""
    known = {model.name for model in models}
    fields: dict[tuple[str, str, str], list[SchemaField]] = {}
    for model in models:
        for field in model.fields:
            if field.type in known and not field.unsupported:
                key = (model.name, field.type, field.relation.name if field.relation else "")
                fields.setdefault(key, []).append(field)
    return tuple(
        replace(model, fields=tuple(_seen(model, field, known, fields) for field in model.fields)) for model in models
    )


def _seen(model: Model, field: SchemaField, known: set[str], fields: _Fields) -> SchemaField:
    if field.type not in known or field.unsupported:
        return field
    relation = field.relation or Relation(field.type)
    sides = fields.get((field.type, model.name, relation.name), ())
    back = [side for side in sides[:3] if side is not field]
    if len(back) != 1:  # none, or several that only names could tell apart
        return replace(field, relation=relation)
    other = back[0]
    if field.many and other.many:
        kind = RelationKind.MANY_TO_MANY
    else:
        kind = RelationKind.ONE_TO_MANY if field.many or other.many else RelationKind.ONE_TO_ONE
    return replace(field, relation=replace(relation, kind=kind, opposite=other.name))
