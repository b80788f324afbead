"""A change under review of what others rely on: set-up, context, middleware, other procedures, exports."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.edits.change import Change, FileChange, Hunk
from beai.core.edits.policy import is_test_side
from beai.core.loop.guidance.detectors.cards import guide, ways
from beai.core.loop.guidance.detectors.written import plans, speak_of
from beai.core.loop.question import OpenQuestion
from beai.core.project.declared import Module, read_module
from beai.core.project.facts import ApiMap, Procedure, Project, Task
from beai.core.project.places import is_source
from beai.core.project.syntax import line_of
from beai.core.suggest.exchange import Trigger

TOPIC = "contract"

_IDLE = re.compile(r"\s*(?:$|//|/?\*|import\b|export \{[^}]*\} from|\} from )|[\w{},\s]*\bfrom ['\"]")
_ENDS = re.compile(r"\.\s*(?:query|mutation|subscription)\s*\(")
_NAME = re.compile(r"\b(?:const|let|function|class)\s+([A-Za-z_$][\w$]*)")
_LONG = 2_000_000


@dataclass(frozen=True, slots=True)
class _Touched:
    """One thing that others rely on and the change alters, with its line; ``words`` say how."""

    name: str
    words: str
    line: int


def changed_for_others(project: Project, task: Task, change: Change) -> Iterator[OpenQuestion]:
    """One card for each file in which the change alters, unplanned, what others rely on."""
    roles = _roles(project.api)
    texts = plans(project, task)
    for file in change.files:
        if file.before is None or is_test_side(file.path) or not is_source(file.path) or len(file.before) > _LONG:
            continue
        touched = [*_set_up(file, roles, texts), *_procedures(project.api, file, texts), *_exports(file, texts)]
        if touched:
            yield _card(task, file, touched)


def _card(task: Task, file: FileChange, touched: list[_Touched]) -> OpenQuestion:
    return guide(
        f"{TOPIC}:{file.path}:{','.join(dict.fromkeys(one.name for one in touched))}",
        Trigger.CONTRACT,
        f"{'; '.join(dict.fromkeys(one.words for one in touched))}. Neither {task.id} nor its design says so.",
        ways("Whoever relies on it gets it as it becomes", "without changing what others rely on"),
        task=task.id,
        cites=(f"{task.file}:{task.line}", "@common#K2"),
        considered=tuple(f"{file.path}:{one.line} {one.words}." for one in touched),
        advised=1,
    )


def _roles(api: ApiMap) -> dict[str, str]:
    """The files that hold set-up alone, and what they are; a file with procedures of its own is a router."""
    routers = {router.file for router in api.routers if router.procedures}
    found = [(one.file, "a procedure builder") for one in api.builders]
    found += [(step.file, "a middleware") for one in api.builders for step in one.middlewares]
    found += [(one.context_file, "the context") for one in api.inits]
    found += [(one.file, "the tRPC set-up") for one in api.inits]
    return {file: what for file, what in (*found, (api.init_file, "the tRPC set-up")) if file and file not in routers}


def _set_up(file: FileChange, roles: dict[str, str], texts: tuple[str, ...]) -> Iterator[_Touched]:
    what = roles.get(file.path)
    if what is None or speak_of(texts, file.path) or speak_of(texts, posixpath.basename(file.path)):
        return
    for hunk in file.hunks:
        lines = _working(hunk)
        named = {name for line in lines for name in _NAME.findall(line)}
        if lines and not any(speak_of(texts, name) for name in named):
            first = sum(len(one.new) - len(one.old) for one in file.hunks if one.old_start < hunk.old_start)
            yield _Touched(what, f"{file.path} holds {what}, which every procedure relies on, and would change",
                           hunk.old_start + first + 1)  # fmt: skip
            return


def _working(hunk: Hunk) -> list[str]:
    """The lines that go or come and do something: no comment, no import, nothing empty, nothing moved."""
    old, new = set(hunk.old), set(hunk.new)
    apart = [line for line in hunk.new if line not in old] + [line for line in hunk.old if line not in new]
    return [line for line in apart if not _IDLE.match(line)]


def _procedures(api: ApiMap, file: FileChange, texts: tuple[str, ...]) -> Iterator[_Touched]:
    """Procedures that no plan names and whose builder, input, output or kind changes, or that go."""
    after = "".join((file.after or "").split())
    for procedure in (one for router in api.routers for one in router.procedures if one.file == file.path):
        if not procedure.code or procedure.code not in (file.before or "") or _planned(procedure, texts):
            continue
        head = _head(procedure.code)
        if f"{procedure.name}:{''.join(head.split())}" in after:
            continue
        gone = re.search(rf"\b{re.escape(procedure.name)}\s*:", file.after or "") is None
        does = "would go" if gone else "would take or give something else, or let others in"
        yield _Touched(procedure.path, f"`{procedure.path}` {does}", procedure.line)


def _planned(procedure: Procedure, texts: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<![\w.]){re.escape(procedure.path)}(?!\w)", text) for text in texts)


def _head(code: str) -> str:
    """What a caller meets of a procedure: all before its resolver."""
    match = _ENDS.search(code)
    return code[: match.end()] if match else code


def _exports(file: FileChange, texts: tuple[str, ...]) -> Iterator[_Touched]:
    """Exports that go, and exported functions that take something else."""
    before = read_module(file.path, file.before or "")
    after = read_module(file.path, file.after or "")
    for name, local in before.exports.items():
        if name == "default" or speak_of(texts, name) or name in after.reexports:
            continue
        if name not in after.exports:
            line = line_of(before.values[local].node) if local in before.values else 1
            yield _Touched(name, f"`{name}` would no longer be exported by {file.path}", line)
        elif (was := _taken(before, name)) and (now := _taken(after, name)) and was != now:
            line = line_of(after.values[after.exports[name]].node)
            yield _Touched(name, f"`{name}` of {file.path} would take {now} in place of {was}", line)


def _taken(module: Module, name: str) -> str:
    """The parameters of an exported function as they are written; ``""`` for anything else."""
    value = module.values.get(module.exports.get(name, name))
    given = value.node.child_by_field_name("parameters") if value is not None and not value.key else None
    return " ".join(module.syntax.code(given).split())[:200] if given is not None else ""
