"""The static imports of a TypeScript file: each statement, its module and the names that it binds."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.shapes import string_value
from beai.core.project.syntax import Syntax


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
    return tuple(found for node in nodes if (found := import_of(syntax, node)) is not None)


def import_of(syntax: Syntax, node: Node) -> Import | None:
    """What the import statement ``node`` binds; None where it names no module."""
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
