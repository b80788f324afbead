"""An import statement is made true in a file, merged into what the file imports already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.diff.ends import eol_at, with_eol
from beai.core.edits.place import lists
from beai.core.edits.place.import_order import Entry, order_of, sorted_by, stated
from beai.core.edits.place.imported import Import, Name, imports
from beai.core.edits.place.layout import Layout, layout_of
from beai.core.edits.place.shapes import parsed
from beai.core.edits.unplaced import Unplaced, require_parsing, require_unharmed
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


class Imports:
    """The imports of a file while statements are made true in it, one after the other; only what holds them is read.

    How a file is laid out and what it declares is taken from all of it, once.
    """

    def __init__(self, text: str, path: str) -> None:
        file = parsed(text, path)
        self._path = path
        self._whole = _Whole(layout_of(file), _declared(file))
        self._head, self._rest = _cut(file)

    def text(self) -> str:
        """The whole file."""
        return self._head + self._rest

    def add(self, statement: str) -> None:
        """Make ``statement`` true. Raises ``Unplaced`` for no import, or a taken name."""
        before = parsed(self._head, self._path)
        head = _added(before, statement, self._path, self._whole)
        if head == self._head:
            return
        after = parsed(head, self._path)
        require_parsing(before, after)
        self._head, rest = (head, "") if self._rest else _cut(after)
        self._rest = self._rest or rest


def add_import(text: str, statement: str, path: str) -> str:
    """``text`` with ``statement`` true in it. Raises ``Unplaced`` for no import, or a taken name."""
    file = Imports(text, path)
    file.add(statement)
    return file.text()


@dataclass(frozen=True, slots=True)
class _Whole:
    """What of the whole file counts for its imports; ``declared`` are names with their nodes' lines."""

    layout: Layout
    declared: Mapping[str, int]


def _declared(file: Syntax) -> dict[str, int]:
    """The names that the file itself declares, with the line of each."""
    found: dict[str, int] = {}
    for node in file.root.named_children:
        inner = node.child_by_field_name("declaration") or node
        parts = inner.named_children if inner.type in ("lexical_declaration", "variable_declaration") else [inner]
        for part in parts:
            name = part.child_by_field_name("name") if part.type in _DECLARING else None
            if name is not None:
                found.setdefault(file.code(name), line_of(name))
    return found


def _cut(file: Syntax) -> tuple[str, str]:
    """The text up to the line that ends the last import, and the rest; all of it where that is not sure."""
    nodes = file.root.named_children if not file.root.has_error else []
    last = next((node for node in reversed(nodes) if node.type == "import_statement"), None)
    end = file.text.find("\n", file.offset(last.end_byte)) + 1 if last is not None else 0
    after = last.next_named_sibling if last is not None else None
    if not end or (after is not None and file.offset(after.start_byte) < end):
        return file.text, ""
    return file.text[:end], file.text[end:]


def _added(file: Syntax, statement: str, path: str, whole: _Whole) -> str:
    syntax = parse(statement.strip(), path)
    wanted = imports(syntax)
    if syntax.broken() is not None or len(wanted) != 1 or len(syntax.root.named_children) != 1:
        raise Unplaced("the statement is not one import")
    want = wanted[0]
    tail = syntax.code(want.node).rstrip("; ").rpartition(want.module)[2][1:]
    for node in file.root.named_children if file.root.has_error else ():
        if node.has_error and (node.text or b"").lstrip().startswith(b"import"):
            require_unharmed(node, "an import")
    present = imports(file)
    if not want.names:
        there = any(found.module == want.module and not found.type_only for found in present)
        return file.text if there else _stated(file, present, "", want.module, tail, whole)
    if all(found.module != want.module for found in present):
        taken = {other.local for found in present for other in found.names}
        clause = next((node for node in want.node.named_children if node.type == "import_clause"), None)
        if clause is not None and taken.isdisjoint(name.local for name in want.names):
            _free(whole, want.names)
            word = "type " if want.type_only else ""
            written = with_eol(syntax.code(clause), whole.layout.eol)
            return _stated(file, present, word + written, want.module, tail, whole)
    text = file.text
    for name in sorted(want.names, key=lambda name: name.type_only):
        text = _bound(parsed(text, path), want, name, tail, whole)
    return text


def _free(whole: _Whole, names: tuple[Name, ...]) -> None:
    """Raise where the file declares one of ``names`` itself."""
    for name in names:
        if name.local in whole.declared:
            line = whole.declared[name.local]
            raise Unplaced(f"`{name.local}` is declared in the file already (line {line})")


def _bound(syntax: Syntax, want: Import, name: Name, tail: str, whole: _Whole) -> str:
    """The text with one binding more, unless it is there."""
    present = imports(syntax)
    same = ((one, other) for one in present for other in one.names if other.local == name.local)
    for one, other in same:
        if (one.module, other.imported) != (want.module, name.imported):
            raise Unplaced(f"`{name.local}` is imported from {one.module!r} already")
        return _as_value(syntax, one, other) if other.type_only and not name.type_only else syntax.text
    _free(whole, (name,))
    inline = not want.type_only or any(
        other.type_only for found in present if not found.type_only for other in found.names
    )
    hosts = [found for found in present if found.module == want.module and _attributes(found) == _attributes(want)]
    if name.imported not in ("default", "*"):
        for host in hosts:
            if host.clause("named_imports") and (host.type_only == name.type_only or (inline and not host.type_only)):
                return _listed(syntax, present, host, name, whole)
    if not name.type_only:
        for host in hosts:
            merged = None if host.type_only else _beside(syntax, host, name)
            if merged is not None:
                return merged
    clause = {"default": name.local, "*": f"* as {name.local}"}.get(name.imported, f"{{ {name.written(True)} }}")
    return _stated(syntax, present, f"type {clause}" if name.type_only else clause, want.module, tail, whole)


def _listed(syntax: Syntax, present: Sequence[Import], host: Import, name: Name, whole: _Whole) -> str:
    """The binding inside the braces of ``host``, in order where the others are."""
    holder = host.clause("named_imports")
    assert holder is not None  # the caller looked
    layout, item = whole.layout, name.written(host.type_only)
    items = lists.elements(holder)
    keys = [_imported_name(syntax, node) for node in items]
    key = sorted_by(keys, order_of([[one.imported for one in found.names] for found in present]))
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


def _stated(syntax: Syntax, present: Sequence[Import], clause: str, module: str, tail: str, whole: _Whole) -> str:
    """The text with a statement more: beside its module, else in its group and in order where the file keeps one."""
    layout, text = whole.layout, syntax.text
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
