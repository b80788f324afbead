"""A change of the schema under review that neither the task nor a section about it names, or no answer allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.edits.change import Change, FileChange
from beai.core.loop.guidance.detectors.cards import guide, ways
from beai.core.loop.guidance.detectors.written import plans, speak_of
from beai.core.loop.question import OpenQuestion
from beai.core.project.facts import Key, Model, Project, Schema, SchemaEnum, SchemaField, Task
from beai.core.project.prisma import read_schema
from beai.core.suggest.exchange import Trigger

TOPIC = "schema-off"

_SHOWN = 4  # changes in the question's own sentence
_MOST = 200  # changes of one file that are looked up


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a schema, in words: ``names`` are what a plan must name, ``line`` is where it stands afterwards."""

    words: str
    names: tuple[str, ...]
    model: str
    line: int
    needs: str = ""  # the model that a relation leads to: a plan for that one is a plan for this


def off_the_design(project: Project, task: Task, change: Change, allowed: frozenset[str]) -> Iterator[OpenQuestion]:
    """One card for all that the change does to the schema unplanned; ``allowed`` are ``Model`` and ``Model.field``."""
    files = [file for file in change.files if file.path.endswith(".prisma")]
    steps = [(file.path, step) for file in files for step in steps_of(file)[:_MOST]]
    texts = plans(project, task) if steps else ()
    planned = {one.model for _, one in steps if len(one.names) == 1 and speak_of(texts, *one.names)}
    loose = [
        (path, one)
        for path, one in steps
        if one.model not in planned
        and one.needs not in planned
        and not speak_of(texts, *one.names)
        and not ({one.model, ".".join(one.names)} & allowed)
    ]
    if loose:
        yield _card(task, loose)


def _card(task: Task, loose: list[tuple[str, Step]]) -> OpenQuestion:
    words = [one.words for _, one in loose]
    listed = "; ".join(words[:_SHOWN]) + (f"; and {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")
    return guide(
        f"{TOPIC}:{','.join(dict.fromkeys('.'.join(one.names) for _, one in loose))}",
        Trigger.SCHEMA,
        f"The schema would change as neither {task.id} nor its design says: {listed}.",
        ways("A person migrates what the hand-off says", "without that change of the schema"),
        task=task.id,
        cites=(f"{task.file}:{task.line}", "@common#K2", "@prisma_best_practices#B1"),
        considered=(
            *(f"{path}:{one.line} {one.words}." for path, one in loose),
            f"Looked for {', '.join(dict.fromkeys(name for _, one in loose for name in one.names))} in the task and in"
            " the sections of the proposal that it names.",
        ),
        advised=1,
    )


def steps_of(file: FileChange) -> list[Step]:
    """What the change of one schema file does, by model, field, key and enum."""
    before, after = read_schema(((file.path, file.before or ""),)), read_schema(((file.path, file.after or ""),))
    return [*_models(before, after), *_enums(before, after)]


def _models(before: Schema, after: Schema) -> Iterator[Step]:
    for model in after.models:
        old = before.model(model.name)
        if old is None:
            yield Step(f"model `{model.name}` is new", (model.name,), model.name, model.line)
        else:
            yield from _fields(old, model)
            yield from _keys(old, model)
    for model in before.models:
        if after.model(model.name) is None:
            yield Step(f"model `{model.name}` goes", (model.name,), model.name, 1)


def _fields(old: Model, new: Model) -> Iterator[Step]:
    for field in new.fields:
        past, name = old.field(field.name), f"{new.name}.{field.name}"
        target = field.relation.model if field.relation else ""
        if past is None:
            words = f"`{name}` is new (`{_signature(field)}`)"
            yield Step(words, (new.name, field.name), new.name, field.line, target)
        elif _signature(past) != _signature(field):
            words = f"`{name}` was `{_signature(past)}` and is `{_signature(field)}`"
            yield Step(words, (new.name, field.name), new.name, field.line)
    for field in old.fields:
        if new.field(field.name) is None:
            yield Step(f"`{new.name}.{field.name}` goes", (new.name, field.name), new.name, new.line)


def _keys(old: Model, new: Model) -> Iterator[Step]:
    """Keys of several fields: those of one field are part of its signature."""
    past, now = ({_said(key): key for key in model.keys if len(key.columns) > 1 or key.kind.value == "index"}
                 for model in (old, new))  # fmt: skip
    for said in now.keys() - past.keys():
        yield Step(f"`{new.name}` gets `{said}`", (new.name, now[said].kind.value), new.name, new.line)
    for said in past.keys() - now.keys():
        yield Step(f"`{new.name}` loses `{said}`", (new.name, past[said].kind.value), new.name, new.line)


def _enums(before: Schema, after: Schema) -> Iterator[Step]:
    known = {one.name: one for one in before.enums}
    for one in after.enums:
        old = known.pop(one.name, None)
        if old is None:
            yield Step(f"enum `{one.name}` is new", (one.name,), one.name, one.line)
        else:
            yield from _values(old, one)
    for one in known.values():
        yield Step(f"enum `{one.name}` goes", (one.name,), one.name, 1)


def _values(old: SchemaEnum, new: SchemaEnum) -> Iterator[Step]:
    for value in (*new.values, *old.values):
        if (value in old.values) != (value in new.values):
            verb = "gets" if value in new.values else "loses"
            yield Step(f"enum `{new.name}` {verb} `{value}`", (new.name, value), new.name, new.line)


def _signature(field: SchemaField) -> str:
    marks = (" @unique" if field.unique else "") + (f" @default({field.default})" if field.default else "")
    return f"{field.type}{'[]' if field.many else ''}{'?' if field.optional else ''}{marks}"


def _said(key: Key) -> str:
    return f"@@{key.kind.value}([{', '.join(key.fields)}])"
