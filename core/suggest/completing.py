"""Edits made whole: the imports that their code needs, where a file of the repository shows them, and the mount.

A weak model is asked for one procedure or one test; what follows from it alone is added here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from beai.core.edits.change import AddImport, MountRouter, UpsertProcedure, UpsertTest, WholeFile
from beai.core.edits.place.imported import imports
from beai.core.project.facts import Schema
from beai.core.project.syntax import parse, walk
from beai.core.project.targets import targets
from beai.core.suggest.drafter.code_files import import_of, module_of
from beai.core.suggest.drafter.conventions import Conventions, learn
from beai.core.suggest.exchange import ProposeEdits, Request

_NAMES = re.compile(r"[A-Za-z_$][\w$]*")
# what needs no import: ECMAScript's globals and those of Node.js ("Global objects" in its documentation), utility types
_GLOBAL = frozenset(
    _NAMES.findall(
        """
    Array ArrayBuffer AbortController AbortSignal BigInt Blob Boolean Buffer Date Error EvalError File FormData Function
    Headers Infinity Intl JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Request
    Response Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URL URLSearchParams Uint8Array WeakMap
    WeakSet arguments atob btoa clearInterval clearTimeout console crypto decodeURIComponent encodeURIComponent fetch
    global globalThis isFinite isNaN parseFloat parseInt performance process queueMicrotask setImmediate setInterval
    setTimeout structuredClone undefined module exports require __dirname __filename
    Record Partial Pick Omit Readonly Required ReturnType Awaited Parameters Exclude Extract NonNullable Iterable
    AsyncIterable ReadonlyArray NodeJS const
    """
    )
)
_TESTERS = frozenset(
    {"afterAll", "afterEach", "beforeAll", "beforeEach", "describe", "expect", "it", "jest", "test", "vi"}
)
"""What a test runner may have made global: added where a file shows its import, and never asked for."""
_WITH_CODE = (UpsertProcedure, UpsertTest)
_USES = frozenset({"identifier", "type_identifier", "shorthand_property_identifier"})
_PATTERNS = frozenset({"array_pattern", "rest_pattern", "import_clause", "namespace_import", "labeled_statement"})
_BINDING = frozenset({
    "required_parameter", "optional_parameter", "variable_declarator", "function_declaration", "function_expression",
    "generator_function_declaration", "class_declaration", "abstract_class_declaration", "class", "catch_clause",
    "arrow_function", "assignment_pattern", "object_assignment_pattern", "for_in_statement", "type_parameter",
    "enum_declaration", "interface_declaration", "type_alias_declaration", "import_specifier",
})  # fmt: skip
_FIELDS = ("name", "pattern", "parameter", "left", "alias")  # of a node that binds


def completed(reply: ProposeEdits, request: Request) -> tuple[ProposeEdits, tuple[tuple[str, tuple[str, ...]], ...]]:
    """``reply`` with the imports and the mount that it needs, and by file the names whose import nothing shows."""
    known = _known(request)
    added = list[AddImport]()
    unbound = list[tuple[str, tuple[str, ...]]]()
    for file in dict.fromkeys(edit.file for edit in reply.edits if isinstance(edit, _WITH_CODE)):
        lost = list[str]()
        for name in _missing(file, reply, request):
            statement = import_of(name, file, known, request.project)
            if statement is not None:
                added.append(AddImport(file, statement + known.layout.semicolon))
            elif name not in _TESTERS:
                lost.append(name)
        if lost:
            unbound.append((file, tuple(lost)))
    return replace(reply, edits=(*added, *reply.edits, *_mount(reply, request, known))), tuple(unbound)


def free(code: str, path: str) -> tuple[str, ...]:
    """The names that ``code`` uses and does not bind, in the order they come."""
    syntax = parse(code, path)
    bound = {name for node in walk(syntax.root) for name in _binds(node)}
    used = [
        node.text.decode("utf-8", "replace")
        for node in walk(syntax.root)
        if node.type in _USES and node.text and not _is_right_of_a_dot(node)
    ]
    return tuple(dict.fromkeys(name for name in used if name not in bound and name not in _GLOBAL))


def _missing(file: str, reply: ProposeEdits, request: Request) -> tuple[str, ...]:
    """The names that the code for ``file`` uses and that the file, as the edits leave it, does not have."""
    text = request.source(file) or ""
    stated = "\n".join(edit.statement for edit in reply.edits if isinstance(edit, AddImport) and edit.file == file)
    there = _top_level(text, file) | _top_level(stated, file)
    code = [edit.code for edit in reply.edits if isinstance(edit, _WITH_CODE) and edit.file == file]
    return tuple(dict.fromkeys(name for one in code for name in free(f"({one}\n)", file) if name not in there))


def _top_level(text: str, path: str) -> frozenset[str]:
    """What a file imports, and every name that it declares anywhere."""
    syntax = parse(text, path)
    brought = {name.local for one in imports(syntax) for name in one.names}
    kinds = ("_declaration", "_declarator")
    declared = {name for node in walk(syntax.root) if node.type.endswith(kinds) for name in _binds(node)}
    return frozenset(brought | declared)


def _binds(node: Node) -> Iterator[str]:
    """The names that ``node`` itself binds."""
    if node.type == "shorthand_property_identifier_pattern":
        yield (node.text or b"").decode("utf-8", "replace")
        return
    for field in _FIELDS if node.type in _BINDING else ():
        for child in node.children_by_field_name(field):
            yield from _patterned(child)
    if node.type in _PATTERNS:
        for child in node.named_children:
            yield from _patterned(child)
    if node.type == "pair_pattern" and (value := node.child_by_field_name("value")) is not None:
        yield from _patterned(value)


def _is_right_of_a_dot(node: Node) -> bool:
    return node.type == "type_identifier" and node.parent is not None and node.parent.type == "nested_type_identifier"


def _patterned(node: Node) -> Iterator[str]:
    if node.type in ("identifier", "type_identifier", "statement_identifier"):
        yield (node.text or b"").decode("utf-8", "replace")


def _mount(reply: ProposeEdits, request: Request, known: Conventions) -> Iterator[MountRouter]:
    """The mount of a router that ``reply`` makes in a new file; nothing where the root is not known."""
    target, root = targets(request.task, request.project), request.project.api.root_file
    if target.router is None or target.router.exists or target.router_file is None or not root:
        return
    if any(isinstance(edit, MountRouter) for edit in reply.edits):
        return
    made = next(
        (one for one in reply.edits if isinstance(one, WholeFile) and one.file == target.router_file.value), None
    )
    variable = target.router_variable.value if target.router_variable else ""
    if made is None or variable not in _NAMES.findall(made.text):
        return
    sibling = next((one for one in request.project.api.routers if one.file != root), None)
    module = module_of(made.file, root, sibling.file if sibling else "", known)
    yield MountRouter(root, target.router.value, variable, module)


def _known(request: Request) -> Conventions:
    """What the files of the request show: where names come from, and how statements end."""
    target = targets(request.task, request.project).router_file
    routers = tuple(dict.fromkeys(one.file for one in request.project.api.routers))
    schema = request.project.schema or Schema((), ())
    return learn(request.sources, routers, schema, target.value if target else "")
