"""A schema change is handed to a person as a sheet: what changed, in words, and commands that nobody has run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from beai.core.edits.change import WholeFile
from beai.core.project.facts import Model, Schema, SchemaEnum, SchemaField, Task


def differences(before: Schema, after: Schema) -> tuple[str, ...]:
    """What a person must know of ``after`` against ``before``, one sentence each, by model, enum and field."""
    return (*_models(before, after), *_enums(before, after))


def sheet(task: Task, before: Schema, after: Schema, today: date, package: str = "") -> WholeFile | None:
    """The hand-off sheet of ``task``, or None where the schema says the same as before; ``package`` is its folder."""
    changes = differences(before, after)
    if not changes:
        return None
    name = re.sub(r"[^a-z0-9]+", "-", task.id.lower()).strip("-")
    folder = f"cd {package}\n" if package else ""
    lines = "".join(f"- {change}\n" for change in changes)
    return WholeFile(
        f"tasks/handoff/{today.isoformat()}_{name}.md",
        f"# Migration for {task.id}: {task.title}\n\n"
        "**Status:** not executed\n\n"
        f"## What changed in {', '.join(after.files)}\n\n{lines}\n"
        "## Commands for a person to run (not executed)\n\n"
        f"```sh\n{folder}npx prisma migrate dev --name {name.replace('-', '_')} --create-only\n```\n\n"
        "Read the SQL it wrote, above all where rows exist already, then:\n\n"
        f"```sh\n{folder}npx prisma migrate dev\n```\n",
    )


def _models(before: Schema, after: Schema) -> Iterator[str]:
    for model in after.models:
        old = before.model(model.name)
        if old is None:
            names = ", ".join(f"`{field.name} {_type(field)}`" for field in model.fields if not field.relation)
            yield f"Model `{model.name}` is new, with {names or 'no fields'}."
        else:
            yield from _model(old, model)
    for model in before.models:
        if after.model(model.name) is None:
            yield f"Model `{model.name}` is gone: its table and every row in it would be dropped."


def _model(old: Model, new: Model) -> Iterator[str]:
    for field in new.fields:
        past = old.field(field.name)
        if past is None:
            yield _added(new.name, field)
        elif _signature(past) != _signature(field):
            yield f"`{new.name}.{field.name}` was `{_signature(past)}` and is `{_signature(field)}`."
    for field in old.fields:
        if new.field(field.name) is None:
            loss = "" if field.relation else ": its column and the values in it would be dropped"
            yield f"`{new.name}.{field.name}` is gone{loss}."
    if old.ids != new.ids:
        yield f"The primary key of `{new.name}` is now {_columns(new.ids)}."
    for unique in sorted(set(new.uniques) - set(old.uniques)):
        yield f"`{new.name}` is now unique by {_columns(unique)}: rows that are equal there make the migration fail."
    for unique in sorted(set(old.uniques) - set(new.uniques)):
        yield f"`{new.name}` is no longer unique by {_columns(unique)}."
    for index in sorted(set(new.indexes) ^ set(old.indexes)):
        yield f"The index of `{new.name}` on {_columns(index)} is {'new' if index in new.indexes else 'gone'}."


def _added(model: str, field: SchemaField) -> str:
    sentence = f"`{model}.{field.name}` is new: `{_signature(field)}`."
    needs_value = not (field.optional or field.many or field.relation or field.default or field.updated_at)
    return (
        f"{sentence} It is required and has no default, so existing rows need a value first."
        if needs_value
        else sentence
    )


def _enums(before: Schema, after: Schema) -> Iterator[str]:
    old = {enum.name: enum for enum in before.enums}
    for enum in after.enums:
        past = old.pop(enum.name, None)
        if past is None:
            yield f"Enum `{enum.name}` is new: {', '.join(enum.values)}."
        elif past.values != enum.values:
            yield _enum(past, enum)
    for name in old:
        yield f"Enum `{name}` is gone."


def _enum(old: SchemaEnum, new: SchemaEnum) -> str:
    gained = [value for value in new.values if value not in old.values]
    lost = [value for value in old.values if value not in new.values]
    words = [f"gained {', '.join(gained)}"] if gained else []
    words += [f"lost {', '.join(lost)}, which rows may still hold"] if lost else []
    return f"Enum `{new.name}` {' and '.join(words) or 'has its values in another order'}."


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _type(field: SchemaField) -> str:
    return f"{field.type}{'[]' if field.many else '?' if field.optional else ''}"


def _signature(field: SchemaField) -> str:
    return f"{_type(field)} {field.attributes}".strip()
