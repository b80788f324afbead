"""A plan that speaks of a model, field, type or key which the schema has otherwise or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.loop.guidance.detectors.cards import guide
from beai.core.loop.guidance.detectors.claims import Claim, claims_in, written
from beai.core.loop.guidance.detectors.written import Part, parts_about, parts_named, task_lines
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.project.facts import Model, Project, Schema, Task
from beai.core.project.targets import targets
from beai.core.suggest.exchange import Trigger

TOPIC = "schema"
"""How the topic of such a card begins, as that of the drafter's own question on a field that is not there."""

_PLANNED = re.compile(r"\.prisma\b|schema change|\bmigrat", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Apart:
    """One thing the schema has otherwise, ``has`` as it is there with its place; ``""`` where it is not at all."""

    claim: Claim
    name: str
    said: str
    has: str = ""
    place: str = ""


def off_the_schema(project: Project, task: Task) -> Iterator[OpenQuestion]:
    """A card for each model that the plan and the schema differ on: what is not there, then what is there otherwise."""
    schema = project.schema
    if schema is None or not schema.models:
        return
    procedures = targets(task, project).procedures[:4]
    about = (part for found in procedures for part in parts_about(project, task, found.value))
    parts = tuple(dict.fromkeys((*parts_named(project, task), *about)))
    claims = [claim for part in parts for claim in claims_in(part.lines(), schema, part.section.title)]
    claims += claims_in(task_lines(task), schema)
    found: dict[str, _Apart] = {}
    for claim in claims:
        if apart := _against(claim, schema):
            known = found.get(apart.name)
            if known is None or (apart.claim.type and not known.claim.type):
                found[apart.name] = apart
    for absent in (True, False):
        for model in dict.fromkeys(one.claim.model for one in found.values()):
            these = [one for one in found.values() if one.claim.model == model and bool(one.has) is not absent]
            if these:
                yield _card(project, task, parts, these, absent)


def _against(claim: Claim, schema: Schema) -> _Apart | None:
    model = schema.model(claim.model)
    if model is None:
        said = f"model `{claim.model}`"
        return _Apart(claim, claim.model, said) if not claim.field and not claim.key else None
    if claim.key:
        return _against_keys(claim, model)
    field = model.field(claim.field) if claim.field else None
    name = f"{claim.model}.{claim.field}"
    if field is None:
        typed = f" (`{claim.type}`)" if claim.type else ""
        return _Apart(claim, name, f"`{name}`{typed}") if claim.field else None
    place = f"{model.file}:{field.line or model.line}"
    if claim.type and claim.type != written(field):
        return _Apart(claim, name, f"`{name}` `{claim.type}`", f"`{written(field)}`", place)
    alone = field.unique or field.id or (claim.field,) in model.uniques
    return _Apart(claim, name, f"`{name}` unique", "not unique", place) if claim.unique and not alone else None


def _against_keys(claim: Claim, model: Model) -> _Apart | None:
    keys = [frozenset(fields) for fields in (*model.uniques, model.ids) if fields]
    keys += [frozenset({field.name}) for field in model.fields if field.unique or field.id]
    if frozenset(claim.key) in keys or not all(model.field(name) for name in claim.key):
        return None
    listed = ", ".join(claim.key)
    name = f"{claim.model}@@{listed.replace(', ', '+')}"
    return _Apart(claim, name, f"`{claim.model}` unique by `{listed}`", "no such key", f"{model.file}:{model.line}")


def _card(project: Project, task: Task, parts: tuple[Part, ...], these: list[_Apart], absent: bool) -> OpenQuestion:
    model = these[0].claim.model
    topic = f"{TOPIC}:{these[0].name if len(these) == 1 else model}"
    said = "; ".join(one.said for one in these)
    has = "; ".join(dict.fromkeys(one.has for one in these))
    issue = f"The plan of {task.id} speaks of {said}: the schema has {has or 'no such thing'}."
    if absent and len(these) == 1:
        issue = f"The plan of {task.id} speaks of {said}, which the schema does not have."
    places = tuple(f"{one.claim.clause.place} says {one.said}; {_there(project, one)}." for one in these)
    within = {one.claim.clause.path for one in these}
    cited = tuple(part.cite for part in parts if part.path in within) or tuple(part.cite for part in parts)
    return guide(
        topic,
        Trigger.CONTRADICTION,
        issue,
        _absent_rows() if absent else _otherwise_rows(said, has),
        task=task.id,
        cites=(f"{task.file}:{task.line}", *cited[:3], "@prisma_best_practices#B1"),
        considered=places,
        advised=2 if absent and not _PLANNED.search(task.text) else 0,
    )


def _there(project: Project, one: _Apart) -> str:
    """What the schema has in its place."""
    if one.has:
        return f"{one.place} has {one.has}"
    model = project.schema.model(one.claim.model) if project.schema else None
    if model is None:
        return "no file of the schema declares it"
    names = ", ".join(field.name for field in model.fields if field.relation is None)
    return f"{model.file}:{model.line} has {names}"


def _absent_rows() -> tuple[tuple[Choice, str, str], ...]:
    return (
        (
            Choice.ANSWER,
            "Document the schema change for human migration",
            "It is part of this task: shown as a diff and handed off; a person migrates and regenerates the client.",
        ),
        (Choice.STAY, "The name in the documents is wrong", "They are corrected first; nothing is begun."),
        (Choice.STAY, "The migration comes first", "A person changes the schema; nothing is begun until then."),
    )


def _otherwise_rows(said: str, has: str) -> tuple[tuple[Choice, str, str], ...]:
    return (
        (Choice.ANSWER, f"As the schema: {has}", "The proposal is out of date; say so where it is kept."),
        (Choice.ANSWER, f"As the proposal: {said}", "The schema changes, documented for human migration."),
        (Choice.STAY, "The documents are mended first", "Nothing is begun; enter asks again."),
    )
