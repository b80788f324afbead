"""The JSON Schema of what ``beai map --json`` prints, with what each key means (JSON Schema, draft 2020-12)."""

from __future__ import annotations

from typing import Any

from beai.core.project.map_plain import VERSION

Schema = dict[str, Any]


def map_schema() -> Schema:
    """The schema of one map."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"beai:map:{VERSION}",
        "title": "The tRPC and Prisma side of a repository",
        **_object(
            version=_of({"const": VERSION}, "grows when a key is renamed, removed or means something else"),
            package=_text("folder of the backend's package.json; empty for the repository's root"),
            root=_maybe(_object(file=_FILE, variable=_text("the root router's variable"))),
            inits=_list(_INIT, "calls of initTRPC"),
            constructors=_list(_text("what routers are made with, such as t.router"), "sorted"),
            builders=_list(_BUILDER, "procedure builders, by file and name"),
            routers=_list({"$ref": "#/$defs/router"}, "routers below the root, each before those mounted in it"),
            unmounted=_list(_UNMOUNTED, "routers and procedures that the root does not reach"),
            schema_reader=_text("what read the Prisma schema: its own tooling, or our reader and why; empty for none"),
            models=_list(_MODEL, "of the Prisma schema, in its order"),
            unresolved=_list(_object(file=_FILE, line=_LINE, what=_text("what could not be followed")), "dead ends"),
            missing=_list(
                _object(what=_text("what is not there"), looked_for=_text("where it was looked for")), "gaps"
            ),
        ),
        "$defs": {"router": _ROUTER, "procedure": _PROCEDURE, "access": _ACCESS, "shape": _SHAPE, "step": _STEP},
    }


def _of(kind: Schema, meaning: str) -> Schema:
    return {**kind, "description": meaning}


def _text(meaning: str) -> Schema:
    return _of({"type": "string"}, meaning)


def _flag(meaning: str) -> Schema:
    return _of({"type": "boolean"}, meaning)


def _list(items: Schema, meaning: str) -> Schema:
    return _of({"type": "array", "items": items}, meaning)


def _maybe(kind: Schema) -> Schema:
    return {"anyOf": [kind, {"type": "null"}]}


def _object(**keys: Schema) -> Schema:
    return {"type": "object", "properties": keys, "required": sorted(keys), "additionalProperties": False}


_FILE = _text("path from the repository's root; empty where it comes from outside")
_LINE = _of({"type": "integer", "minimum": 0}, "line, from 1; 0 where there is none")
_ACCESS = _object(
    level=_of(
        {"enum": ["public", "signed-in", "roles", "unknown"]},
        "who may call, as far as middlewares say; unknown also where a guard hangs on more than the caller",
    ),
    roles=_list({"type": "string"}, "what the middlewares ask for; none where that could not be followed"),
    builder=_of({"type": ["string", "null"]}, "the builder that decides; null where the procedure's own chain does"),
    guards=_list({"type": "string"}, "error codes by which middlewares may turn away those callers too"),
    reason=_text("why"),
    file=_FILE,
    line=_LINE,
)
_SHAPE = _object(
    code=_text("the schema's expression as written in the chain"),
    name=_text("the name it is written under; empty where it stands inline"),
    file=_FILE,
    line=_LINE,
    module=_text("the specifier of a schema from outside the files"),
    builder=_text("the builder whose chain carries it; empty for the procedure itself"),
)
_STEP = _object(
    name=_text("the middleware's name or call; (inline)"),
    file=_FILE,
    line=_LINE,
    builder=_text("the builder whose chain carries it; empty for the procedure itself"),
    refuses=_flag("whether it throws UNAUTHORIZED or FORBIDDEN"),
)
_SHAPES, _STEPS = {"$ref": "#/$defs/shape"}, {"$ref": "#/$defs/step"}
_INIT = _object(
    file=_FILE,
    line=_LINE,
    variable=_text("what it is called"),
    context=_maybe(_object(type=_text("the context type as written"), file=_FILE, line=_LINE)),
    meta=_text("the meta type"),
    transformer=_text("the data transformer"),
    error_formatter=_flag("whether errors are formatted"),
)
_BUILDER = _object(
    name=_text("its name"),
    file=_FILE,
    line=_LINE,
    base=_maybe(_object(name=_text("the builder it is made from"), file=_FILE)),
    access={"$ref": "#/$defs/access"},
    narrows=_flag("whether a middleware passes a changed context on"),
    inputs=_list(_SHAPES, "base first"),
    middlewares=_list(_STEPS, "base first"),
)
_PROCEDURE = _object(
    path=_text("what a caller writes: wishlist.addItem"),
    name=_text("its name in its router"),
    kind={"enum": ["query", "mutation", "subscription"]},
    builder=_text("the builder its chain begins with, by its name there"),
    file=_FILE,
    line=_LINE,
    lazy=_flag("whether its router is loaded lazily"),
    access={"$ref": "#/$defs/access"},
    inputs=_list(_SHAPES, "those of its builder first"),
    output=_maybe(_SHAPES),
    meta=_text("the expression given to .meta()"),
    middlewares=_list(_STEPS, "those of its builder first"),
    models=_list(
        _object(
            name=_text("the model"),
            reads=_flag("whether it is read"),
            writes=_flag("whether it is written"),
            handle=_text("the database handle, such as ctx.db"),
        ),
        "models touched, also through the functions it calls",
    ),
    handler=_maybe(_object(name=_text("the function that answers, in another file"), file=_FILE, line=_LINE)),
    tests=_list(
        _object(
            file=_FILE,
            line=_LINE,
            through=_of({"enum": ["caller", "router caller", "client", "http"]}, "how the test calls it"),
        ),
        "calls by tests",
    ),
)
_ROUTER = _object(
    key=_text("its path below the root; empty for the root itself"),
    variable=_text("its variable"),
    file=_FILE,
    line=_LINE,
    constructor=_text("what it is made with; empty for a plain object"),
    lazy=_flag("whether it is loaded lazily"),
    procedures=_list({"$ref": "#/$defs/procedure"}, "in written order"),
)
_UNMOUNTED = _object(
    file=_FILE,
    line=_LINE,
    variable=_text("the router's or procedure's name; empty where it has none"),
    why=_text("no router mounts it, or what it is an API of its own for"),
    routers=_list({"$ref": "#/$defs/router"}, "with paths that begin at this router"),
)
_MODEL = _object(
    name=_text("its name"),
    kind={"enum": ["model", "view", "type"]},
    file=_FILE,
    line=_LINE,
    fields=_list(
        _object(
            name=_text("its name"),
            type=_text("scalar, enum or model"),
            optional=_flag("may be null"),
            many=_flag("a list"),
            relation=_flag("holds the foreign key of a relation, or its other side"),
        ),
        "in written order",
    ),
    keys=_list(
        _object(
            kind={"enum": ["id", "unique", "index", "fulltext"]},
            fields=_list({"type": "string"}, "in order"),
            name=_text("what the client calls it"),
        ),
        "primary key, uniques, indexes",
    ),
    read_by=_list({"type": "string"}, "paths of procedures"),
    written_by=_list({"type": "string"}, "paths of procedures"),
)
