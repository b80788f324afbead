"""Edits placed by syntax tree: a procedure in its router, a router at its root, an import, a test."""

from __future__ import annotations

import re

from tree_sitter import Node

from beai.core.edits.change import AddImport, MountRouter, UpsertProcedure, UpsertTest
from beai.core.edits.place import lists
from beai.core.edits.place.imported import imports
from beai.core.edits.place.imports import add_import
from beai.core.edits.place.layout import laid_out, layout_of, line_indent
from beai.core.edits.place.shapes import bound, declarations, declared, key_of, literals, one_expression, parsed, says
from beai.core.edits.place.suites import upsert_test
from beai.core.edits.unplaced import Unplaced, require_parsing, require_unharmed
from beai.core.project.syntax import Syntax, line_of, walk

Placed = UpsertProcedure | AddImport | MountRouter | UpsertTest

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_ROOTS = ("appRouter", "rootRouter", "mainRouter")


def place(edit: Placed, text: str) -> str:
    """``text`` with ``edit`` made in it; every other byte stays. Raises ``Unplaced`` with the reason.

    The file parses after as well as it did before, and what is put in or replaced stood in code without an error.
    """
    match edit:
        case UpsertProcedure(file, variable, name, code):
            after = _procedure(parsed(text, file), variable, name, code, file)
        case AddImport(file, statement):
            after = add_import(text, statement, file)
        case MountRouter(file, key, variable, module):
            after = _mount(parsed(text, file), key, variable, module, file)
        case UpsertTest(file, describe, name, code):
            after = upsert_test(text, describe, name, code, file)
    if after != text:
        require_parsing(parsed(text, edit.file), parsed(after, edit.file))
    return after


def _procedure(syntax: Syntax, variable: str, name: str, code: str, path: str) -> str:
    value = one_expression(re.sub(rf"\A\s*[\"']?{re.escape(name)}[\"']?\s*:\s*", "", code), path)
    if value is None:
        raise Unplaced("the code is not one expression")
    holder = _router(syntax, variable, name)
    element = _element(syntax, holder, name)
    layout = layout_of(syntax)
    if element is None:
        indent = lists.element_indent(syntax, holder, layout)
        return lists.append(
            syntax, holder, f"{_key(name, layout.quoted(name))}: {laid_out(value, indent, layout)}", layout
        )
    target = element.child_by_field_name("value") if element.type == "pair" else element
    if target is not None and says(syntax, target, f"({value}\n)", path):
        return syntax.text
    start, end = syntax.offset((target or element).start_byte), syntax.offset(lists.code_end(target or element))
    new = laid_out(value, line_indent(syntax.text, syntax.offset(element.start_byte)), layout)
    if element.type != "pair":
        new = f"{_key(name, layout.quoted(name))}: {new}"
    return syntax.text[:start] + new + syntax.text[end:]


def _router(syntax: Syntax, variable: str, name: str) -> Node:
    """The object literal of ``variable`` that has ``name``, or that a new procedure goes in."""
    there = declarations(syntax, variable)
    if len(there) > 1:
        rows = ", ".join(str(line_of(one)) for one in there[:5])
        raise Unplaced(f"`{variable}` is declared {len(there)} times (lines {rows}): which is meant is not clear")
    value = declared(syntax, variable)
    if value is None:
        raise Unplaced(f"`{variable}` is not declared in the file")
    found = literals(syntax, value)
    having = [holder for holder in found if _element(syntax, holder, name) is not None]
    if len(having or found) > 1:
        raise Unplaced(f"`{variable}` is merged from {len(found)} objects: name the one to add to")
    if not found:
        require_unharmed(syntax.root, "the file")
        raise Unplaced(f"`{variable}` holds no router written as an object literal in this file")
    holder = (having or found)[0]
    require_unharmed(holder, f"`{variable}`")
    return holder


def _mount(syntax: Syntax, key: str, variable: str, module: str, path: str) -> str:
    holder, layout = _root(syntax), layout_of(syntax)
    element, text = _element(syntax, holder, key), syntax.text
    if element is None:
        item = key if key == variable else f"{_key(key, layout.quoted(key))}: {variable}"
        text = lists.append(syntax, holder, item, layout)
    else:
        value = element.child_by_field_name("value")
        mounted = syntax.code(value) if value else syntax.code(element)
        if mounted != variable:
            raise Unplaced(f"`{key}` is mounted already, as something else than `{variable}`")
    imported = any(name.local == variable for found in imports(syntax) for name in found.names)
    if imported or bound(syntax, holder, variable) is not None:
        return text
    return add_import(text, f"import {{ {variable} }} from {layout.quoted(module)}", path)


def _root(syntax: Syntax) -> Node:
    """The object literal of the root router: of the router with the usual name, or of the file's only one."""
    names = [
        syntax.code(name)
        for node in walk(syntax.root)
        if node.type == "variable_declarator"
        and (name := node.child_by_field_name("name")) is not None
        and _makes_router(syntax, node.child_by_field_name("value"))
    ]
    usual = [name for name in _ROOTS if name in names]
    chosen = usual[:1] or (names if len(names) == 1 else [])
    if not chosen and not names and _makes_router(syntax, declared(syntax, "default")):
        chosen = ["default"]
    if not chosen:
        raise Unplaced(f"the root router is not clear: {', '.join(names) or 'the file makes no router'}")
    found = literals(syntax, declared(syntax, chosen[0]))
    if len(found) != 1:
        raise Unplaced(f"`{chosen[0]}` is not written as one object literal")
    require_unharmed(found[0], f"`{chosen[0]}`")
    return found[0]


def _makes_router(syntax: Syntax, value: Node | None) -> bool:
    calls = [node for node in walk(value) if node.type == "call_expression"][:1] if value else []
    callee = calls[0].child_by_field_name("function") if calls else None
    return callee is not None and "router" in syntax.code(callee).lower() and bool(literals(syntax, value))


def _element(syntax: Syntax, holder: Node, name: str) -> Node | None:
    """The last element called ``name``: the one that counts in JavaScript."""
    return next((node for node in reversed(lists.elements(holder)) if key_of(syntax, node) == name), None)


def _key(name: str, quoted: str) -> str:
    return name if _NAME.fullmatch(name) else quoted
