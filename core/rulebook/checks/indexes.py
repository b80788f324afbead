"""Lists that a database answers only by reading a whole table: no index begins with what they filter or sort by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from beai.core.project.expressions import arguments, literal, property_name, unwrap
from beai.core.project.facts import Model
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.schemas import leads
from beai.core.rulebook.checks.subject import Subject

_LOOKED_UP = frozenset({"equals", "in", "gt", "gte", "lt", "lte", "startsWith"})  # what a B-tree answers
_ONE_OFF = re.compile(r"migration", re.IGNORECASE)  # what runs once may read everything
_UNSORTED = frozenset({"Boolean", "Json", "Bytes"})


@dataclass(slots=True)
class _Filter:
    """What a ``where`` surely asks: its scalar fields with their places; ``open`` when more may be asked."""

    fields: list[tuple[str, Node]] = field(default_factory=list)
    helped: bool = False
    open: bool = False


def index_missing(subject: Subject) -> Iterator[Hit]:
    """A ``findMany`` none of whose filters an index begins with, or that sorts a whole table by an unindexed field."""
    schema = subject.world.project.schema
    if schema is None or subject.module is None or _ONE_OFF.search(subject.path):
        return
    for call in subject.of("call_expression"):
        model = _listed(subject, call)
        given = arguments(call)
        if model is None or not given or given[0].type != "object":
            continue
        asked = _pairs(subject, given[0])
        first = {lead[0] for lead in leads(model)}
        where = asked.get("where")
        if "..." in asked or "cursor" in asked:
            continue
        if where is not None and not (where.type == "object" and not where.named_children):
            yield from _filtered(subject, model, where, first)
        elif "take" in asked and "orderBy" in asked:
            yield from _sorted(subject, model, asked["orderBy"], first)


def _filtered(subject: Subject, model: Model, where: Node, first: set[str]) -> Iterator[Hit]:
    found = _Filter()
    _read(subject, model, where, found, first)
    if found.open or found.helped or not found.fields:
        return
    names = list(dict.fromkeys(name for name, _ in found.fields))
    some = " or ".join(f"`{name}`" for name in names)
    message = f"The list of {model.name} is filtered by {some}, which no index begins with: every row is read."
    yield subject.hit(found.fields[0][1], message, _fix(model, names))


def _sorted(subject: Subject, model: Model, order: Node, first: set[str]) -> Iterator[Hit]:
    node = order
    if node.type == "array":
        items = [child for child in node.named_children if child.type != "comment"]
        node = items[0] if items else node
    pairs = _pairs(subject, node) if node.type == "object" else {}
    name = next(iter(pairs), "")
    column = model.field(name)
    if column is None or column.relation or column.type in _UNSORTED or name in first or len(pairs) != 1:
        return
    if pairs[name].type not in ("string", "object"):
        return  # the direction is chosen at run time, and so may be the field
    message = f"The page of {model.name} is sorted by `{name}`, which no index begins with: the whole table is sorted."
    yield subject.hit(node, message, _fix(model, [name]))


def _read(subject: Subject, model: Model, where: Node, found: _Filter, first: set[str]) -> None:
    pending = [where]
    while pending:
        node = unwrap(pending.pop())
        if node.type == "array":
            pending += [child for child in node.named_children if child.type != "comment"]
            continue
        if node.type != "object":
            found.open = True
            return
        for name, value in _pairs(subject, node).items():
            column = model.field(name)
            if name == "AND":
                pending.append(value)
            elif name in ("OR", "NOT"):
                continue
            elif name == "..." or column is None or column.relation or column.many:
                found.open = True  # a spread, a relation, a compound unique: something else may lead
            elif name in first:
                found.helped = True
            elif column.type not in _UNSORTED and _looks_up(subject, value):
                found.fields.append((name, value.parent or value))


def _looks_up(subject: Subject, value: Node) -> bool:
    """Whether a filter narrows to what an index could find; null and negations leave most rows."""
    if value.type in ("null", "undefined"):
        return False
    if value.type == "ternary_expression":  # there or not: every way that asks anything must be one an index answers
        ways = [unwrap(one) for one in value.named_children if one.type != "comment"][1:]
        asking = [one for one in ways if one.type not in ("null", "undefined", "ternary_expression")]
        return bool(asking) and len(ways) == 2 and all(_looks_up(subject, one) for one in asking)
    if value.type != "object":
        return True
    asked = _pairs(subject, value)
    return "mode" not in asked and any(name in _LOOKED_UP for name in asked)


def _listed(subject: Subject, call: Node) -> Model | None:
    """The model that a ``findMany`` lists."""
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "member_expression" or property_name(subject.syntax, callee) != "findMany":
        return None
    owner = callee.child_by_field_name("object")
    owner = unwrap(owner) if owner is not None else None
    schema = subject.world.project.schema
    if owner is None or owner.type != "member_expression" or schema is None:
        return None
    return schema.model(subject.world.delegates.get(property_name(subject.syntax, owner), ""))


def _pairs(subject: Subject, node: Node) -> dict[str, Node]:
    """The properties of an object; ``...`` stands for a spread or a computed name, a shorthand for itself."""
    found: dict[str, Node] = {}
    for child in node.named_children:
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            name = literal(subject.syntax, key)
            found[name if name is not None else "..."] = unwrap(value) if value is not None else child
        elif child.type == "shorthand_property_identifier":
            found[subject.code(child)] = child
        elif child.type != "comment":
            found["..."] = child
    return found


def _fix(model: Model, names: list[str]) -> str:
    return (
        f"Add `@@index([{', '.join(names)}])` to {model.name}; a schema change is documented for a person to migrate."
    )
