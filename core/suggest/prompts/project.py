"""What a model is told of the project: its API, the models the task touches, the documents that name the task."""

from __future__ import annotations

import re

from beai.core.project.docs import relevant
from beai.core.project.facts import Model, Project, Router, SchemaField, Section
from beai.core.suggest.exchange import Request
from beai.core.suggest.prompts.quote import cut, fenced

API_LIMIT = 12_000
DOCUMENT_LIMIT = 16_000
DESIGN_LIMIT = 48_000


def api(project: Project) -> str:
    """Builders, routers with their procedures, root router and test runner."""
    lines = [
        *(
            f"builder {each.name} in {each.file}{', signed-in callers only' if each.protected else ''}"
            for each in project.api.builders
        ),
        *(_router(router) for router in project.api.routers),
        *(f"not understood: {each.what} at {each.file}:{each.line}" for each in project.api.unresolved),
    ]
    if project.api.root_file:
        lines.append(f"root router {project.api.root_variable} in {project.api.root_file}")
    if project.runner:
        lines.append(f"tests run with {project.runner.name} in folder {project.runner.package or '.'}")
    return fenced(cut("\n".join(lines), API_LIMIT)) if lines else ""


def models(request: Request) -> str:
    """The models that the task names, those they relate to, and the names of all others; nothing beside the schema."""
    schema = request.project.schema
    if schema is None or not schema.models or any(source.path in schema.files for source in request.sources):
        return ""
    words = _words(_task_text(request))
    named = [model for model in schema.models if _mentions(words, model)]
    near = {field.type for model in named for field in model.fields}
    shown = [model for model in schema.models if model in named or model.name in near]
    rest = ", ".join(model.name for model in schema.models if model not in shown)
    enums = [f"enum {enum.name}: {', '.join(enum.values)}" for enum in schema.enums if enum.name in near]
    lines = [*(_model(model) for model in shown), *enums, *([f"other models: {rest}"] if rest else [])]
    return fenced(cut("\n".join(lines), API_LIMIT))


def designs(request: Request) -> str:
    """The sections of proposals and documents that concern the task, nearest first, as far as they fit."""
    texts: list[str] = []
    for section, path, reason in relevant(request.project, request.task):
        text = f"{path} ({reason}):\n\n{fenced(cut(_markdown(section), DOCUMENT_LIMIT), 'md')}"
        if sum(map(len, texts)) + len(text) > DESIGN_LIMIT:
            texts.append(f"{path}, section {section.title}: left out for its length\n")
        else:
            texts.append(text)
    return "\n".join(texts)


def active_context(project: Project) -> str:
    """The active context's sections as they stand."""
    if project.context is None or not project.context.sections:
        return ""
    text = "\n".join(_top_level(project.context.sections))
    return fenced(cut(text, DOCUMENT_LIMIT), "md")


def _router(router: Router) -> str:
    procedures = ", ".join(f"{each.name} ({each.kind}, {each.builder})" for each in router.procedures)
    return f"router {router.variable} at {router.key or '(root)'} in {router.file}: {procedures or 'no procedures'}"


def _model(model: Model) -> str:
    unique = "".join(f"\n  @@unique({', '.join(names)})" for names in model.uniques)
    key = f"\n  @@id({', '.join(model.ids)})" if model.ids else ""
    return f"model {model.name}" + "".join(f"\n  {_field(field)}" for field in model.fields) + key + unique


def _field(field: SchemaField) -> str:
    suffix = "[]" if field.many else "?" if field.optional else ""
    return f"{field.name} {field.type}{suffix} {' '.join(field.attributes.split())}".rstrip()


def _mentions(words: frozenset[str], model: Model) -> bool:
    return not words.isdisjoint({model.name.lower(), f"{model.name.lower()}s"})


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in re.findall(r"[A-Za-z_]\w*", text))


def _task_text(request: Request) -> str:
    task = request.task
    asked = (case.text for _, case in request.cases)
    return " ".join((task.title, task.text, task.description, *(each.text for each in task.criteria), *asked))


def _top_level(sections: tuple[Section, ...]) -> tuple[str, ...]:
    """Sections that no other one holds: a section's text goes on to the next heading of its level."""
    texts: list[str] = []
    inside = 0
    for section in sections:
        if inside and section.level > inside:
            continue
        inside = section.level
        texts.append(_markdown(section))
    return tuple(texts)


def _markdown(section: Section) -> str:
    return f"{'#' * max(section.level, 1)} {section.title}\n{section.text}"
