"""An import statement is made true in a file, merged into what the file imports already."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits import lists
from beai.core.edits.ends import eol_at, eol_of, with_eol
from beai.core.edits.import_order import Entry, order_of, sorted_by, stated
from beai.core.edits.layout import layout_of
from beai.core.edits.shapes import parsed, string_value
from beai.core.edits.unplaced import Unplaced, require_unharmed
from beai.core.project.syntax import Syntax, line_of, parse, walk

_DECLARING = frozenset(
    {
        "variable_declarator",
        "function_declaration",
        "generator_function_declaration",
        "class_declaration",
        "abstract_class_declaration",
        "enum_declaration",
        "interface_declaration",
        "type_alias_declaration",
    }
)


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
    for node in parsed(text, path).root.named_children:
        if node.has_error and (node.text or b"").lstrip().startswith(b"import"):
            require_unharmed(node, "an import")
    if not want.names:
        there = any(found.module == want.module and not found.type_only for found in imports(parsed(text, path)))
        return text if there else _stated(parsed(text, path), "", want.module, tail)
    file = parsed(text, path)
    present = imports(file)
    if all(found.module != want.module for found in present):
        taken = {other.local for found in present for other in found.names}
        clause = next((node for node in want.node.named_children if node.type == "import_clause"), None)
        if clause is not None and taken.isdisjoint(name.local for name in want.names):
            _free(file, want.names)
            word = "type " if want.type_only else ""
            written = with_eol(syntax.code(clause), eol_of(text))
            return _stated(file, word + written, want.module, tail)
    for name in sorted(want.names, key=lambda name: name.type_only):
        text = _bound(parsed(text, path), want, name, tail)
    return text


def _free(syntax: Syntax, names: tuple[Name, ...]) -> None:
    """Raise where the file declares one of ``names`` itself."""
    for node in syntax.root.named_children:
        inner = node.child_by_field_name("declaration") or node
        parts = inner.named_children if inner.type in ("lexical_declaration", "variable_declaration") else [inner]
        for part in parts:
            name = part.child_by_field_name("name") if part.type in _DECLARING else None
            if name is not None and syntax.code(name) in {one.local for one in names}:
                raise Unplaced(f"`{syntax.code(name)}` is declared in the file already (line {line_of(name)})")


def _bound(syntax: Syntax, want: Import, name: Name, tail: str) -> str:
    """The text with one binding more, unless it is there."""
    present = imports(syntax)
    same = ((one, other) for one in present for other in one.names if other.local == name.local)
    for one, other in same:
        if (one.module, other.imported) != (want.module, name.imported):
            raise Unplaced(f"`{name.local}` is imported from {one.module!r} already")
        return _as_value(syntax, one, other) if other.type_only and not name.type_only else syntax.text
    _free(syntax, (name,))
    inline = not want.type_only or any(
        other.type_only for found in present if not found.type_only for other in found.names
    )
    hosts = [found for found in present if found.module == want.module and _attributes(found) == _attributes(want)]
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
    keys = [_imported_name(syntax, node) for node in items]
    key = sorted_by(keys, order_of([[one.imported for one in found.names] for found in imports(syntax)]))
    after = [node for node, other in zip(items, keys, strict=True) if key and key(other) > key(name.imported)]
    if after:
        return lists.insert_before(syntax, holder, item, after[0], layout)
    return lists.append(syntax, holder, item, layout)


def _imported_name(syntax: Syntax, node: Node) -> str:
    name = node.child_by_field_name("name")
    return syntax.code(name or node)


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


def _attributes(found: Import) -> list[str]:
    """What stands behind ``with``, word by word."""
    clause = next((node for node in found.node.children if node.type == "import_attribute"), None)
    leaves = [node for node in walk(clause) if not node.children] if clause else []
    return [(node.text or b"").decode("utf-8", "replace") for node in leaves]


def _as_value(syntax: Syntax, found: Import, name: Name) -> str:
    """The text with the ``type`` taken off a binding that is now needed as a value, and put on the others."""
    owner = found.node if found.type_only else name.node
    word = next((node for node in owner.children if node.type == "type"), None) if owner else None
    if word is None:
        return syntax.text
    others = [other.node for other in found.names if other.node and other is not name] if found.type_only else []
    text = syntax.text
    for node in reversed(others):
        at = syntax.offset(node.start_byte)
        text = f"{text[:at]}type {text[at:]}"
    start, end = syntax.offset(word.start_byte), syntax.offset(word.end_byte)
    return text[:start] + text[end:].lstrip(" ")


def _stated(syntax: Syntax, clause: str, module: str, tail: str) -> str:
    """The text with a statement more: beside its module, else in its group and in order where the file keeps one."""
    layout, text, present = layout_of(syntax), syntax.text, imports(syntax)
    source = f"{clause} from {layout.quoted(module)}" if clause else layout.quoted(module)
    ended = [syntax.code(found.node).endswith(";") for found in present]
    semicolon = layout.semicolon if not ended else ";" * (sum(ended) * 2 >= len(ended))
    line = f"import {source}{tail}{semicolon}"
    if present:
        entries = [Entry(found.node, found.module, not found.names) for found in present]
        return stated(syntax, line, module, entries)
    at = _top(syntax)
    eol, rest = eol_at(text, at), text[at:]
    gap = "" if not rest or rest.startswith(("\n", "\r\n")) else eol
    if text[:at].strip("\ufeff") and not text[:at].endswith("\n"):
        return f"{text}{eol}{line}"
    return f"{text[:at]}{line}{eol}{gap}{rest}"


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
