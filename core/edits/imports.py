"""An import statement is made true in a file, merged into what the file imports already."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tree_sitter import Node

from beai.core.edits import lists
from beai.core.edits.layout import layout_of
from beai.core.edits.shapes import string_value
from beai.core.project.syntax import Syntax, parse


class Unplaced(Exception):
    """An edit has no place in the file; the message is the reason. Caught in ``match``."""


@dataclass(frozen=True, slots=True)
class Name:
    """One binding of an import: ``imported`` is ``default``, ``*`` or the exported name."""

    imported: str
    local: str
    type_only: bool
    node: Node | None = None

    def written(self, in_type_statement: bool) -> str:
        """The binding as it stands between braces."""
        alias = self.imported if self.imported == self.local else f"{self.imported} as {self.local}"
        return f"type {alias}" if self.type_only and not in_type_statement else alias


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement."""

    node: Node
    module: str
    type_only: bool
    names: tuple[Name, ...]

    def clause(self, kind: str) -> Node | None:
        """The part of the statement of this node type: ``named_imports``, ``namespace_import`` or ``identifier``."""
        clause = next((node for node in self.node.named_children if node.type == "import_clause"), None)
        return next((node for node in clause.named_children if node.type == kind), None) if clause else None


def imports(syntax: Syntax) -> tuple[Import, ...]:
    """Every static import of a file, in order."""
    nodes = [node for node in syntax.root.named_children if node.type == "import_statement"]
    return tuple(found for node in nodes if (found := _read(syntax, node)) is not None)


def add_import(text: str, statement: str, path: str) -> str:
    """``text`` with ``statement`` true in it. Raises ``Unplaced`` for no import, or a taken name."""
    syntax = parse(statement.strip(), path)
    wanted = imports(syntax)
    if syntax.broken() is not None or len(wanted) != 1 or len(syntax.root.named_children) != 1:
        raise Unplaced("the statement is not one import")
    want = wanted[0]
    tail = syntax.code(want.node).rstrip("; ").rpartition(want.module)[2][1:]
    if not want.names:
        present = any(found.module == want.module and not found.type_only for found in imports(parse(text, path)))
        return text if present else _stated(parse(text, path), "", want.module, tail)
    for name in sorted(want.names, key=lambda name: name.type_only):
        text = _bound(parse(text, path), want, name, tail)
    return text


def _bound(syntax: Syntax, want: Import, name: Name, tail: str) -> str:
    """The text with one binding more, unless it is there."""
    present = imports(syntax)
    same = ((one, other) for one in present for other in one.names if other.local == name.local)
    for one, other in same:
        if (one.module, other.imported) != (want.module, name.imported):
            raise Unplaced(f"`{name.local}` is imported from {one.module!r} already")
        return _as_value(syntax, one, other) if other.type_only and not name.type_only else syntax.text
    inline = not want.type_only or any(
        other.type_only for found in present if not found.type_only for other in found.names
    )
    hosts = [found for found in present if found.module == want.module]
    if name.imported not in ("default", "*"):
        for host in hosts:
            if host.clause("named_imports") and (host.type_only == name.type_only or (inline and not host.type_only)):
                return _listed(syntax, host, name)
    if not name.type_only:
        for host in hosts:
            merged = None if host.type_only else _beside(syntax, host, name)
            if merged is not None:
                return merged
    clause = {"default": name.local, "*": f"* as {name.local}"}.get(name.imported, f"{{ {name.written(True)} }}")
    return _stated(syntax, f"type {clause}" if name.type_only else clause, want.module, tail)


def _listed(syntax: Syntax, host: Import, name: Name) -> str:
    """The binding inside the braces of ``host``, in order where the others are."""
    holder = host.clause("named_imports")
    assert holder is not None  # the caller looked
    layout, item = layout_of(syntax), name.written(host.type_only)
    items = lists.elements(holder)
    keys = [syntax.code(node).removeprefix("type ").casefold() for node in items]
    after = [node for node, key in zip(items, keys, strict=True) if key > name.imported.casefold()]
    if len(keys) > 1 and after and all(a <= b for a, b in pairwise(keys)):
        return lists.insert_before(syntax, holder, item, after[0], layout)
    return lists.append(syntax, holder, item, layout)


def _beside(syntax: Syntax, host: Import, name: Name) -> str | None:
    """``import a, { b }``: the default joins the names, or the names join it; None where ``host`` has no room."""
    default, names = host.clause("identifier"), host.clause("named_imports")
    if name.imported == "default" and default is None and names is not None:
        at = syntax.offset(names.start_byte)
        return f"{syntax.text[:at]}{name.local}, {syntax.text[at:]}"
    if name.imported not in ("default", "*") and default and not names and not host.clause("namespace_import"):
        at = syntax.offset(default.end_byte)
        return f"{syntax.text[:at]}, {{ {name.written(False)} }}{syntax.text[at:]}"
    return None


def _as_value(syntax: Syntax, found: Import, name: Name) -> str:
    """The text with the ``type`` taken off a binding that is now needed as a value."""
    owner = found.node if found.type_only else name.node
    word = next((node for node in owner.children if node.type == "type"), None) if owner else None
    if word is None:
        return syntax.text
    start, end = syntax.offset(word.start_byte), syntax.offset(word.end_byte)
    return syntax.text[:start] + syntax.text[end:].lstrip(" ")


def _stated(syntax: Syntax, clause: str, module: str, tail: str) -> str:
    """The text with a statement more: beside its module, else in order where they are sorted, else last."""
    layout, text, present = layout_of(syntax), syntax.text, imports(syntax)
    source = f"{clause} from {layout.quoted(module)}" if clause else layout.quoted(module)
    line = f"import {source}{tail}{layout.semicolon}"
    modules = [found.module for found in present]
    if not present:
        at = _top(syntax)
        rest = text[at:]
        gap = "" if not rest or rest.startswith(("\n", "\r\n")) else layout.eol
        return f"{text[:at]}{line}{layout.eol}{gap}{rest}"
    host = next((found for found in reversed(present) if found.module == module), present[-1])
    if module not in modules and len(modules) > 1 and all(a <= b for a, b in pairwise(modules)):
        before = [found for found in present if found.module < module]
        if not before:
            at = syntax.offset(present[0].node.start_byte)
            return f"{text[:at]}{line}{layout.eol}{text[at:]}"
        host = before[-1]
    end = text.find("\n", syntax.offset(host.node.end_byte))
    at = len(text) if end < 0 else end - text[:end].endswith("\r")
    return f"{text[:at]}{layout.eol}{line}{text[at:]}"


def _top(syntax: Syntax) -> int:
    """Where a first import goes: below byte order mark, hash-bang, directives and a comment that stands apart."""
    at, text = len(syntax.text) - len(syntax.text.lstrip("\ufeff")), syntax.text
    for node in syntax.root.named_children:
        end = text.find("\n", syntax.offset(node.end_byte))
        below = len(text) if end < 0 else end + 1
        directive = node.type == "expression_statement" and node.named_children[0].type == "string"
        apart = node.type == "comment" and text[below:].startswith(("\n", "\r\n"))
        if node.type == "hash_bang_line" or directive:
            at = below
        elif apart:
            at = text.index("\n", below) + 1
        elif node.type != "comment":
            break
    return at


def _read(syntax: Syntax, node: Node) -> Import | None:
    source = node.child_by_field_name("source")
    module = string_value(syntax, source)
    if module is None:
        return None
    type_only = any(child.type == "type" for child in node.children)
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    names = tuple(
        name for part in (clause.named_children if clause else ()) for name in _names(syntax, part, type_only)
    )
    return Import(node, module, type_only, names)


def _names(syntax: Syntax, part: Node, type_only: bool) -> list[Name]:
    match part.type:
        case "identifier":
            return [Name("default", syntax.code(part), type_only)]
        case "namespace_import":
            return [Name("*", syntax.code(part.named_children[-1]), type_only)]
        case "named_imports":
            return [
                _specified(syntax, node, type_only) for node in part.named_children if node.type == "import_specifier"
            ]
        case _:
            return []


def _specified(syntax: Syntax, node: Node, type_only: bool) -> Name:
    name = node.child_by_field_name("name")
    alias = node.child_by_field_name("alias")
    imported = syntax.code(name) if name else syntax.code(node)
    inline = any(child.type == "type" for child in node.children)
    return Name(imported, syntax.code(alias) if alias else imported, type_only or inline, node)
