"""The map of a repository as plain data of a documented shape, for ``beai map --json`` and whoever reads it."""

from __future__ import annotations

from typing import Any

from beai.core.project.facts import (
    Access,
    Apart,
    Builder,
    Init,
    Middleware,
    Model,
    Procedure,
    Project,
    Router,
    SchemaField,
    Shape,
    Touch,
)

VERSION = 1
"""Grows when a key is renamed, removed or means something else; a new key does not change it."""

Plain = dict[str, Any]
_OF_THE_MAP = ("tRPC initialisation", "root router", "Prisma schema", "backend package")


def plain_map(project: Project, routers: tuple[Router, ...] | None = None) -> Plain:
    """The map of ``project`` as JSON data; with ``routers`` only those, as a filter left them."""
    api = project.api
    chosen = api.routers if routers is None else routers
    models = project.schema.models if project.schema else ()
    return {
        "version": VERSION,
        "package": project.package,
        "root": {"file": api.root_file, "variable": api.root_variable} if api.root_file else None,
        "inits": [_init(init) for init in api.inits],
        "constructors": list(api.constructors),
        "builders": [_builder(builder) for builder in api.builders],
        "routers": [_router(router) for router in chosen],
        "unmounted": [_apart(apart) for apart in api.unmounted],
        "schema_reader": project.schema.reader if project.schema else "",
        "models": [_model(model, chosen) for model in models],
        "unresolved": [{"file": one.file, "line": one.line, "what": one.what} for one in api.unresolved],
        "missing": [
            {"what": gap.what, "looked_for": gap.looked_for} for gap in project.missing if gap.what in _OF_THE_MAP
        ],
    }


def _init(init: Init) -> Plain:
    return {
        "file": init.file,
        "line": init.line,
        "variable": init.variable,
        "context": {"type": init.context, "file": init.context_file, "line": init.context_line}
        if init.context
        else None,
        "meta": init.meta,
        "transformer": init.transformer,
        "error_formatter": init.error_formatter,
    }


def _builder(builder: Builder) -> Plain:
    return {
        "name": builder.name,
        "file": builder.file,
        "line": builder.line,
        "base": {"name": builder.base, "file": builder.base_file} if builder.base else None,
        "access": _access(builder.access),
        "narrows": builder.narrows,
        "inputs": [_shape(shape) for shape in builder.inputs],
        "middlewares": [_middleware(step) for step in builder.middlewares],
    }


def _router(router: Router) -> Plain:
    return {
        "key": router.key,
        "variable": router.variable,
        "file": router.file,
        "line": router.line,
        "constructor": router.constructor,
        "lazy": router.lazy,
        "procedures": [_procedure(procedure) for procedure in router.procedures],
    }


def _procedure(procedure: Procedure) -> Plain:
    handler = procedure.handler
    return {
        "path": procedure.path,
        "name": procedure.name,
        "kind": procedure.kind.value,
        "builder": procedure.builder,
        "file": procedure.file,
        "line": procedure.line,
        "lazy": procedure.lazy,
        "access": _access(procedure.access),
        "inputs": [_shape(shape) for shape in procedure.inputs],
        "output": _shape(procedure.output) if procedure.output else None,
        "meta": procedure.meta,
        "middlewares": [_middleware(step) for step in procedure.middlewares],
        "models": [_touch(touch) for touch in procedure.touches],
        "handler": {"name": handler.name, "file": handler.file, "line": handler.line} if handler else None,
        "tests": [{"file": call.file, "line": call.line, "through": call.through} for call in procedure.tests],
    }


def _apart(apart: Apart) -> Plain:
    return {
        "file": apart.file,
        "line": apart.line,
        "variable": apart.variable,
        "why": apart.why,
        "routers": [_router(router) for router in apart.routers],
    }


def _access(access: Access) -> Plain:
    return {
        "level": access.level.value,
        "roles": list(access.roles),
        "builder": access.builder or None,
        "guards": list(access.guards),
        "reason": access.reason,
        "file": access.file,
        "line": access.line,
    }


def _shape(shape: Shape) -> Plain:
    return {
        "code": shape.code,
        "name": shape.name,
        "file": shape.file,
        "line": shape.line,
        "module": shape.module,
        "builder": shape.builder,
    }


def _middleware(step: Middleware) -> Plain:
    return {
        "name": step.name,
        "file": step.file,
        "line": step.line,
        "builder": step.builder,
        "refuses": step.refuses,
    }


def _touch(touch: Touch) -> Plain:
    return {"name": touch.model, "reads": touch.reads, "writes": touch.writes, "handle": touch.handle}


def _model(model: Model, routers: tuple[Router, ...]) -> Plain:
    read, written = touching(routers, model.name)
    return {
        "name": model.name,
        "kind": model.kind.value,
        "file": model.file,
        "line": model.line,
        "fields": [_field(field) for field in model.fields],
        "keys": [{"kind": key.kind.value, "fields": list(key.fields), "name": key.name} for key in model.keys],
        "read_by": read,
        "written_by": written,
    }


def _field(field: SchemaField) -> Plain:
    return {
        "name": field.name,
        "type": field.type,
        "optional": field.optional,
        "many": field.many,
        "relation": field.relation is not None,
    }


def touching(routers: tuple[Router, ...], model: str) -> tuple[list[str], list[str]]:
    """The paths of the procedures that read ``model``, and of those that write it."""
    touched = [
        (procedure.path, touch)
        for router in routers
        for procedure in router.procedures
        for touch in procedure.touches
        if touch.model == model
    ]
    read = dict.fromkeys(path for path, touch in touched if touch.reads)
    written = dict.fromkeys(path for path, touch in touched if touch.writes)
    return list(read), list(written)
