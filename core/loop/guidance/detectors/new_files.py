"""A new file under review that others could use, a service or a utility, which no plan names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from beai.core.edits.change import Change, FileChange
from beai.core.edits.policy import is_test_side
from beai.core.loop.guidance.detectors.cards import guide, ways
from beai.core.loop.guidance.detectors.written import plans, speak_of
from beai.core.loop.question import OpenQuestion
from beai.core.project.declared import Module, read_module
from beai.core.project.facts import Project, Task
from beai.core.project.places import is_source
from beai.core.project.syntax import line_of
from beai.core.suggest.exchange import Trigger

TOPIC = "shared"

_PROCEDURE = re.compile(r"\.\s*(?:query|mutation|subscription)\s*\(")
_SHAPE = re.compile(r"\s*z\s*\.")
_ABOUT_PLACES = re.compile(r"(?:^|/)(?:technical|architecture|directory_structure|implement_principles)\.mdc?$")
_TELLING = re.compile(r"[a-z\d][A-Z]|_")  # a name that is no word of the language
_LONG = 2_000_000  # characters of a file that is parsed


def not_planned(project: Project, task: Task, change: Change) -> Iterator[OpenQuestion]:
    """One card for each new file that exports what others may call and that neither task nor design names."""
    texts = plans(project, task)
    for file in change.files:
        if file.before is not None or not file.after or len(file.after) > _LONG:
            continue
        if not is_source(file.path) or is_test_side(file.path) or _PROCEDURE.search(file.after):
            continue
        module = read_module(file.path, file.after)
        exports = _offered(module)
        if exports and not _named(texts, file.path, exports) and not _has_its_like(project, file.path):
            yield _card(project, task, file, module, exports)


def _card(project: Project, task: Task, file: FileChange, module: Module, exports: tuple[str, ...]) -> OpenQuestion:
    listed = ", ".join(f"`{name}`" for name in exports)
    return guide(
        f"{TOPIC}:{file.path}",
        Trigger.SHARED,
        f"{file.path} would be new and exports {listed}; neither {task.id} nor its design names it.",
        ways("Others may use it from now on", "within the files that the task names"),
        task=task.id,
        cites=(f"{task.file}:{task.line}", "@common#K1", "@directory_structure"),
        considered=(
            *(f"{file.path}:{_line(module, name)} exports `{name}`." for name in exports[:6]),
            f"Deliverables of {task.id}: {', '.join(task.deliverables) or 'none are named'}.",
            *_said_of(project, file.path),
        ),
        advised=1,
    )


def _offered(module: Module) -> tuple[str, ...]:
    """The exported names that hold something to call or to use; types and Zod shapes are none."""
    return tuple(
        outer
        for outer, local in module.exports.items()
        if (value := module.values.get(local)) is not None and not _SHAPE.match(module.syntax.code(value.node))
    )


def _named(texts: tuple[str, ...], path: str, exports: tuple[str, ...]) -> bool:
    """Whether a plan names the file, by its path or the end of that, or what it exports."""
    steps = path.split("/")
    ends = ("/".join(steps[at:]) for at in range(len(steps)))
    files = [re.compile(rf"(?<![\w/.-]){re.escape(end)}(?!\w)") for end in ends]
    told = any(pattern.search(text) for pattern in files for text in texts)
    return told or any(speak_of(texts, name) for name in exports if _TELLING.search(name))


def _has_its_like(project: Project, path: str) -> bool:
    """Whether procedures are kept this way here: a handler or a shape in a file of its own with the same ending."""
    ending = ".".join(posixpath.basename(path).split(".")[1:])
    if ending.count(".") < 1:
        return False
    every = [one for router in project.api.routers for one in router.procedures]
    files = {one.handler.file for one in every if one.handler} | {shape.file for one in every for shape in one.inputs}
    return any(file.endswith(f".{ending}") for file in files if file != path)


def _line(module: Module, name: str) -> int:
    value = module.values.get(module.exports.get(name, name))
    return line_of(value.node) if value is not None else 1


def _said_of(project: Project, path: str) -> tuple[str, ...]:
    """What the conventions say of the folder it would stand in."""
    folder = posixpath.dirname(path)
    last = posixpath.basename(folder)
    if not last:
        return ()
    wanted = re.compile(
        rf"{re.escape(folder)}|(?<![\w-]){re.escape(last)}/|\b(?:services?|utilit(?:y|ies)|helpers?)\b", re.I
    )
    found = [
        f"{document.path}:{section.line + at + (1 if section.level else 0)} says “{' '.join(line.split())[:160]}”"
        for document in project.documents
        if _ABOUT_PLACES.search(document.path)
        for section in document.sections
        for at, line in enumerate(section.text.split("\n"))
        if wanted.search(line[:1_000])
    ]
    found += [
        f"{rule.path}:{rule.begins + at} says “{' '.join(line.split())[:160]}”"
        for rule in project.rules
        if not rule.shipped
        for at, line in enumerate(rule.text.split("\n"))
        if wanted.search(line[:1_000])
    ]
    return tuple(dict.fromkeys(found))[:3]
