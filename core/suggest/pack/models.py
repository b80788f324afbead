"""The schema as parts: whole when it is short, else the blocks that the task reaches, else the bare bones of these."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.project.facts import Model, Schema, Task
from beai.core.project.schema_cut import cut, reached
from beai.core.project.targets import Target
from beai.core.suggest.exchange import CaseIdea, Source
from beai.core.suggest.pack.part import Form
from beai.core.suggest.pack.quoting import CHANGE_BY_PIECE, quoted
from beai.core.suggest.prompts.project import described

WHOLE = 12_000  # characters of all schema files together up to which they go along whole


def schema(schema: Schema, files: tuple[Source, ...], names: tuple[frozenset[str], frozenset[str]]) -> Iterator[Form]:
    """The schema files in one part; ``names`` are the blocks that the task reaches, and of these the nearest."""
    near, nearest = names
    if files and sum(len(source.text) for source in files) <= WHOLE:
        text = "\n".join(_headed(source.path, source.text, files) for source in files)
        yield quoted(_title(files), text, "prisma")
    for shown in (near, nearest):
        text = "\n".join(_headed(one.path, part, files) for one in files if (part := cut(one.text, shown)))
        if text:
            yield quoted(_title(files), text, "prisma", *_missing(schema, shown, CHANGE_BY_PIECE))
    found = [model for model in schema.models if model.name in near]
    bones = "\n".join(described(model) for model in found)
    if bones:
        said, _, others = _missing(schema, near)
        yield quoted("The database", bones, cut=f"fields only; {said}", names=others)


def names(
    schema: Schema, task: Task, target: Target, cases: tuple[tuple[str, CaseIdea], ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """The models, views and enums that the task reaches: with relations one step away, and without."""
    main = target.model.value if target.model else ""
    said = "\n".join(
        (
            task.title,
            task.text,
            task.description,
            *(one.text for one in task.criteria),
            *(case.text for _, case in cases),
        )
    )
    near = reached(schema, said, main)
    own = frozenset(model.name for model in schema.models if model.name in near and _is_named(model, said, main))
    types = {field.type for model in schema.models if model.name in own for field in model.fields}
    return near, own | frozenset(enum.name for enum in schema.enums if enum.name in types)


def _is_named(model: Model, said: str, main: str) -> bool:
    return model.name == main or model.name in said


def _missing(schema: Schema, shown: frozenset[str], note: str = "") -> tuple[str, str, tuple[str, ...]]:
    """How many models are not shown, the note that follows from it, and their names."""
    others = tuple(model.name for model in schema.models if model.name not in shown)
    said = f"{len(others)} of {len(schema.models)} models are not shown" if others else "settings alone are not shown"
    return said, note, others


def _title(files: tuple[Source, ...]) -> str:
    return f"File {files[0].path}" if len(files) == 1 else f"The schema in {len(files)} files"


def _headed(path: str, text: str, files: tuple[Source, ...]) -> str:
    return text if len(files) == 1 else f"// {path}\n{text}"
