"""What a model is told of the project's API and of its models, a line for each thing."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.project.facts import AccessLevel, Builder, Model, Project, Router, SchemaField

WHOLE = 6_000  # characters up to which the API is told whole
_MANY = 200  # lines of a list that is told at all


def api(project: Project, near: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Builders, routers with their procedures, root router and runner, then less: text, and what it leaves out.

    ``near`` are keys of routers whose procedures are told by name in any case.
    """
    routers = [(router, _router(router)) for router in project.api.routers]
    whole = "\n".join((*_builders(project), *(line for _, line in routers), *_frame(project)))
    if len(whole) <= WHOLE:
        yield whole, ""
    counted = [line if router.key in near else _counted(router) for router, line in routers]
    frame = (*_builders(project)[:_MANY], *_frame(project)[:_MANY])
    yield "\n".join((*frame, *counted[:_MANY])), _less(len(routers), "the other routers' procedures are only counted")
    own = [line for router, line in routers if router.key in near]
    yield "\n".join((*frame, *own)), _less(len(routers), "other routers are not listed")


def _less(count: int, what: str) -> str:
    return f"there are {count} routers; {what}"


def _builders(project: Project) -> tuple[str, ...]:
    return tuple(f"builder {each.name} in {each.file}{_callers(each)}" for each in project.api.builders)


def _callers(builder: Builder) -> str:
    """Who may call what is built on it; of a guard that hangs on more than the caller, what it hangs on."""
    access = builder.access
    if access.level is AccessLevel.ROLES:
        who = f", only callers with the role {' or '.join(access.roles)}" if access.roles else f", {access.reason}"
    elif builder.protected:
        who = ", signed-in callers only"
    else:
        who = "" if builder.open else f", {access.reason}"
    return f"{who}, may refuse by {', '.join(access.guards)}" if who and access.guards else who


def _frame(project: Project) -> tuple[str, ...]:
    lines = [f"not understood: {each.what} at {each.file}:{each.line}" for each in project.api.unresolved[:20]]
    if project.api.root_file:
        lines.append(f"root router {project.api.root_variable} in {project.api.root_file}")
    if project.runner:
        lines.append(f"tests run with {project.runner.name} in folder {project.runner.package or '.'}")
    return tuple(lines)


def _counted(router: Router) -> str:
    return f"router {router.variable} at {router.key or '(root)'} in {router.file}: {len(router.procedures)} procedures"


def _router(router: Router) -> str:
    procedures = ", ".join(f"{each.name} ({each.kind}, {each.builder})" for each in router.procedures)
    return f"router {router.variable} at {router.key or '(root)'} in {router.file}: {procedures or 'no procedures'}"


def described(model: Model) -> str:
    """A model's fields, ids and uniques, without its comments."""
    unique = "".join(f"\n  @@unique({', '.join(names)})" for names in model.uniques)
    key = f"\n  @@id({', '.join(model.ids)})" if model.ids else ""
    return f"model {model.name}" + "".join(f"\n  {_field(field)}" for field in model.fields) + key + unique


def _field(field: SchemaField) -> str:
    suffix = "[]" if field.many else "?" if field.optional else ""
    return f"{field.name} {field.type}{suffix} {' '.join(field.attributes.split())}".rstrip()
