"""Checks of the Prisma schema and its migrations: indexes, names of relations, times, money, history left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from tree_sitter import Node

from beai.core.project.expressions import arguments, literal, property_name, unwrap
from beai.core.project.facts import Model, Span
from beai.core.project.places import is_source
from beai.core.project.syntax import Syntax
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.subject import Subject, World

_MIGRATION = re.compile(r"(?:^|/)migrations?/[^/]+/(?:migration|down)\.sql$")
_UPDATES = frozenset({"update", "updateMany", "updateManyAndReturn", "upsert"})
_UPDATING = re.compile(r"\.\s*(?:update(?:Many(?:AndReturn)?)?|upsert)\s*\(")
_TOLD = re.compile(
    r"updat|modif|chang|edit|^last|^synced|expire", re.IGNORECASE
)  # when it changed, or that it is short-lived
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MONEY = frozenset({"price", "amount", "balance", "salary", "revenue", "subtotal", "fee", "payout", "refund"})
_CURRENCIES = frozenset({"usd", "eur", "gbp", "chf", "jpy", "inr"})
_QUANTITY = frozenset({"unit", "units", "uom", "measure", "ingredient", "ingredientid"})  # an amount of something else
_AUDIT = re.compile(
    r"(?:[a-z]ed|[a-z]ten|[a-z]de)(?:By|_by)(?:\w*)$"
)  # who did it: kept for reading, seldom looked up by
_NO_DECIMAL = frozenset({"mongodb"})  # Prisma docs, "Fields & types", "Working with Decimal"
_INDEXING = frozenset({"mysql"})  # makes an index for every foreign key (MySQL manual, "FOREIGN KEY Constraints")


def foreign_key_unindexed(subject: Subject) -> Iterator[Hit]:
    """The scalar fields of a relation that lead no index."""
    if _indexes_itself(subject.world):
        return
    for model in _own(subject):
        for field in model.fields:
            key = field.relation.fields if field.relation else ()
            if not key or _is_indexed(model, key) or (field.optional and _AUDIT.search(key[0])):
                continue
            names = ", ".join(key)
            message = f"{_named(key)} of {model.name} leads no index: joins and deletes of {field.type} scan the table."
            yield Hit(
                _place(subject, model, key[0]), message, f"Add `@@index([{names}])` and document it for a person."
            )


def _is_indexed(model: Model, key: tuple[str, ...]) -> bool:
    """Whether a key leads an index, or stands in one that was made to begin with something else (a tenant)."""
    return any(lead[0] in key for lead in leads(model)) or any(set(key) & set(index) for index in model.indexes)


def relation_unnamed(subject: Subject) -> Iterator[Hit]:
    """Two fields of one model that refer to the same model, and have no name to tell their relations apart."""
    for model in _own(subject):
        unnamed = [one for one in model.fields if one.relation and not one.relation.name]
        by_type = sorted(unnamed, key=lambda one: one.type)
        for target, group in groupby(by_type, key=lambda one: one.type):
            same = list(group)
            if len(same) < 2:
                continue
            names = " and ".join(f"`{one.name}`" for one in same)
            message = f"{names} of {model.name} all refer to {target}; without names Prisma cannot pair them."
            fix = f'Name both sides of each relation: `@relation("{same[1].name}", …)`.'
            yield Hit(_place(subject, model, same[1].name), message, fix)


def money_float(subject: Subject) -> Iterator[Hit]:
    """Money kept as a binary fraction."""
    schema = subject.world.project.schema
    for model in _own(subject):
        if any(one.name.lower() in _QUANTITY for one in model.fields):
            continue
        for field in model.fields:
            if field.type == "Float" and _is_money(field.name):
                message = f"`{field.name}` of {model.name} is money in a `Float`, which cannot hold most cents exactly."
                decimal = "" if schema and schema.provider in _NO_DECIMAL else "`Decimal`, or "
                fix = f"Take {decimal}an `Int` of the smallest unit (`{field.name}Cents`), with a migration's plan."
                yield Hit(_place(subject, model, field.name), message, fix)


def updated_at_missing(subject: Subject) -> Iterator[Hit]:
    """A model that keeps when its rows were made, and is updated, without keeping when."""
    for model in _own(subject):
        made = any(one.type == "DateTime" and "now()" in one.default for one in model.fields)
        if not made or any(one.updated_at for one in model.fields):
            continue
        if any(one.type == "DateTime" and _TOLD.search(one.name) for one in model.fields):
            continue
        if where := subject.world.once(_updated).get(model.delegate):
            message = f"{model.name} is updated ({where}), and nothing in its rows tells when."
            fix = "Add `updatedAt DateTime @updatedAt`, with `@default(now())` where there are rows."
            yield Hit(_head(subject, model), message, fix)


def migration_edited(subject: Subject) -> Iterator[Hit]:
    """A migration that git has, and that differs from what git has."""
    given = subject.world.given
    if _MIGRATION.search(subject.path) and subject.path in given.changed and subject.path not in given.new:
        end = subject.text.find("\n")
        message = "This migration is history: where it was applied, Prisma refuses to go on once its text differs."
        fix = "Restore the file, and put the change into a migration of its own (`migrate dev`, run by a person)."
        yield Hit(Span(0, end if end >= 0 else len(subject.text)), message, fix)


def leads(model: Model) -> tuple[tuple[str, ...], ...]:
    """The fields of everything in ``model`` that the database can look up by: ids, uniques and indexes."""
    single = tuple((one.name,) for one in model.fields if one.id or one.unique)
    return tuple(lead for lead in (*single, model.ids, *model.uniques, *model.indexes) if lead)


def _own(subject: Subject) -> Iterable[Model]:
    """The models that this file of the schema declares."""
    schema = subject.world.project.schema
    return (model for model in schema.models if model.file == subject.path) if schema else ()


def _indexes_itself(world: World) -> bool:
    """Whether the database makes an index for each foreign key; where Prisma emulates those, it makes none."""
    schema = world.project.schema
    if schema is None or schema.provider not in _INDEXING:
        return False
    return schema.datasource is None or schema.datasource.relation_mode != "prisma"


def _updated(world: World) -> dict[str, str]:
    """Each delegate that source code updates, with the first place where it does."""
    found: dict[str, str] = {}
    for path in world.tree.paths():
        text = world.tree.text(path) if is_source(path) else None
        module = world.modules.module(path) if text and _UPDATING.search(text) else None
        if module is None:
            continue
        for call in module.syntax.calls(module.syntax.root):
            callee = call.child_by_field_name("function")
            if callee is None or callee.type != "member_expression":
                continue
            if property_name(module.syntax, callee) not in _UPDATES:
                continue
            owner = callee.child_by_field_name("object")
            owner = unwrap(owner) if owner is not None else None
            if owner is not None and owner.type == "member_expression" and _changes(module.syntax, call):
                delegate = property_name(module.syntax, owner)
                found.setdefault(delegate, f"{path}:{call.start_point.row + 1}")
    return found


def _changes(syntax: Syntax, call: Node) -> bool:
    """Whether an update says what it changes; an upsert with an empty ``update`` only makes the row."""
    given = arguments(call)
    pairs = given[0].named_children if given and given[0].type == "object" else []
    for pair in pairs:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if literal(syntax, key) == "update" and value is not None:
            return not (value.type == "object" and not value.named_children)
    return bool(given)


def _is_money(name: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1] in _CURRENCIES:
        words.pop()
    if not words:
        return False
    if words[0] == "total" and len(words) == 1:
        return True
    return words[-1] in _MONEY or words in (["price", "total"], ["amount", "total"], ["amount", "paid"])


def _named(key: tuple[str, ...]) -> str:
    return " with ".join(f"`{name}`" for name in key)


def _head(subject: Subject, model: Model) -> Span:
    """The line that opens a model."""
    return _line(subject, model.line - 1)


def _place(subject: Subject, model: Model, field: str) -> Span:
    """The line of a model that declares ``field``."""
    found = model.field(field)
    return _line(subject, (found.line if found and found.line else model.line) - 1)


def _line(subject: Subject, number: int) -> Span:
    lines = subject.once(_lines)
    start, line = lines[min(number, len(lines) - 1)]
    return Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))


def _lines(subject: Subject) -> list[tuple[int, str]]:
    """Each line with the offset that it begins at."""
    found, start = list[tuple[int, str]](), 0
    for line in subject.text.split("\n"):
        found.append((start, line))
        start += len(line) + 1
    return found
