"""The map of a repository as text for a person: a tree of routers, who may call what, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.project.facts import Access, AccessLevel, Procedure, Project, Router
from beai.core.project.map_plain import touching

_WIDTH = 44  # of a procedure's name with its indentation
_INPUT = 40
_SHOWN = 3
_TOLD = frozenset({"FORBIDDEN", "PAYMENT_REQUIRED", "PRECONDITION_FAILED", "PRECONDITION_REQUIRED"})


def routers_text(project: Project, routers: tuple[Router, ...]) -> Iterator[str]:
    """The tree of ``routers``, one procedure a line: kind, access, input, models, tests."""
    api = project.api
    if api.root_file:
        yield f"{api.root_variable or 'root router'}  {api.root_file}"
    for key, group in _by_key(routers).items():
        depth, router = (key.count(".") + 1 if key else 0), group[0]
        if key:
            lazy = "  lazy" if router.lazy else ""
            yield f"{'  ' * depth}{key.rpartition('.')[2]}  {router.file}:{router.line}{lazy}"
        for procedure in (one for each in group for one in each.procedures):
            yield _line(procedure, depth + 1)


def _by_key(routers: tuple[Router, ...]) -> dict[str, list[Router]]:
    """The routers at each key: several where some are merged or spread into another."""
    found: dict[str, list[Router]] = {}
    for router in routers:
        found.setdefault(router.key, []).append(router)
    return found


def models_text(project: Project, routers: tuple[Router, ...]) -> Iterator[str]:
    """Each model with the procedures that read and write it."""
    for model in project.schema.models if project.schema else ():
        read, written = touching(routers, model.name)
        yield f"{model.name}  {model.file}:{model.line}"
        yield f"  read by     {', '.join(read) or 'no procedure'}"
        yield f"  written by  {', '.join(written) or 'no procedure'}"


def rest_text(project: Project) -> Iterator[str]:
    """What nothing mounts, and what could not be followed."""
    api = project.api
    for apart in api.unmounted:
        count = sum(len(router.procedures) for router in apart.routers)
        held = "1 procedure" if count == 1 else f"{count} procedures"
        yield f"unmounted: {apart.variable or '(no name)'} at {apart.file}:{apart.line}, {held}: {apart.why}"
    for one in api.unresolved:
        yield f"unresolved: {one.what} at {one.file}:{one.line}"


def counts_text(project: Project, routers: tuple[Router, ...]) -> str:
    """How much there is, in one line."""
    procedures = [procedure for router in routers for procedure in router.procedures]
    tested = sum(bool(procedure.tests) for procedure in procedures)
    parts = [
        f"{len(_by_key(routers))} routers",
        f"{len(procedures)} procedures, {tested} of them called by tests",
        f"{len(project.schema.models) if project.schema else 0} models",
        f"{len(project.api.unmounted)} unmounted",
        f"{len(project.api.unresolved)} unresolved",
    ]
    return " · ".join(parts)


def chosen(project: Project, under: str) -> tuple[Router, ...]:
    """The routers at and below ``under``, or the one with the procedure of that path; all where it is empty."""
    if not under:
        return project.api.routers
    below = tuple(router for router in project.api.routers if router.key == under or router.key.startswith(under + "."))
    if below:
        return below
    found = []
    for router in project.api.routers:
        named = tuple(procedure for procedure in router.procedures if procedure.path == under)
        if named:
            found.append(
                Router(router.key, router.variable, router.file, router.constructor, router.line, named, router.lazy)
            )
    return tuple(found)


def _line(procedure: Procedure, depth: int) -> str:
    name = f"{'  ' * depth}{procedure.name}"
    tests = f"{len(procedure.tests)} tests" if len(procedure.tests) != 1 else "1 test"
    parts = [
        f"{name:<{_WIDTH}}",
        f"{procedure.kind.value:<12}",
        f"{_access(procedure.access):<18}",
        f"{_models(procedure)}",
        tests if procedure.tests else "no test",
        _input(procedure),
        f"{procedure.file}:{procedure.line}",
        _note(procedure.access),
    ]
    return "  ".join(part for part in parts if part)


def _access(access: Access) -> str:
    if access.level is AccessLevel.ROLES:
        return f"roles {', '.join(access.roles) or '?'}"
    return access.level.value


def _note(access: Access) -> str:
    """What the one word for the access leaves out."""
    if access.level is AccessLevel.UNKNOWN or (access.level is AccessLevel.ROLES and not access.roles):
        return f"({access.reason})" if access.reason else ""
    further = [code for code in access.guards if code in _TOLD]
    return f"(also {', '.join(further)})" if further else ""


def _models(procedure: Procedure) -> str:
    """``Post rw`` and the like; more than three are counted."""
    marks: dict[str, tuple[bool, bool]] = {}
    for touch in procedure.touches:
        read, written = marks.get(touch.model, (False, False))
        marks[touch.model] = (read or touch.reads, written or touch.writes)
    shown = [f"{name} {'r' * read}{'w' * written}" for name, (read, written) in list(marks.items())[:_SHOWN]]
    more = f", and {len(marks) - _SHOWN} more" if len(marks) > _SHOWN else ""
    return (", ".join(shown) + more) or "no model"


def _input(procedure: Procedure) -> str:
    text = " & ".join(" ".join((shape.name or shape.code).split()) for shape in procedure.inputs)
    return f"({text if len(text) <= _INPUT else text[: _INPUT - 1] + '…'})" if text else "()"
