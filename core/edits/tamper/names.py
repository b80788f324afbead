"""What a name in a test file stands for where it is used: a constant, a parameter, an import, a caught error."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.place.imported import import_of
from beai.core.project.expressions import FUNCTIONS, unwrap
from beai.core.project.syntax import Syntax

_FOUND = """[(program) (statement_block) (arrow_function) (function_expression) (function_declaration)
(method_definition) (catch_clause) (for_in_statement) (for_statement) (variable_declarator)
(import_statement)] @found"""
_SCOPES = frozenset(
    {"program", "statement_block", "method_definition", "catch_clause", "for_in_statement", "for_statement", *FUNCTIONS}
)
_LOOKED_AT = 200  # declarations of one name before the place where it is used


class Kind(Enum):
    """How a name comes to stand for something."""

    VALUE = "value"
    VARIABLE = "variable"
    PARAMETER = "parameter"
    FUNCTION = "function"
    IMPORT = "import"
    CAUGHT = "caught"


@dataclass(frozen=True, slots=True)
class Binding:
    """One declaration: ``path`` leads from ``node`` to the name; ``owner`` is a parameter's function or loop."""

    kind: Kind
    node: Node | None
    path: tuple[str, ...] = ()
    owner: int = 0
    module: str = ""


@dataclass(frozen=True)
class Names:
    """The declarations of one file, each with the bytes where it holds."""

    syntax: Syntax
    _all: dict[str, list[tuple[int, int, Binding]]] = field(default_factory=dict)

    def find(self, name: str, at: int) -> Binding | None:
        """What ``name`` is at byte ``at``: the innermost declaration around it."""
        known = self._found.get(name, [])
        last = bisect_right(known, at, key=lambda one: one[0])
        for start, end, binding in reversed(known[max(0, last - _LOOKED_AT) : last]):
            if start <= at < end:
                return binding
        return None

    @cached_property
    def imported(self) -> dict[str, str]:
        """The module that each imported name comes from."""
        return {
            name: one.module for name, found in self._found.items() for _, _, one in found if one.kind is Kind.IMPORT
        }

    @property
    def all(self) -> frozenset[str]:
        """Every name that the file binds."""
        return frozenset(self._found)

    def alike(self, name: str, other: Names, was: str) -> bool:
        """Whether ``name`` is bound here as ``was`` is in the other file: declared in both, or of the same module."""
        here, there = self._found.get(name, ()), other._found.get(was, ())
        ways = {(one.kind, one.module) for _, _, one in here}
        return bool(ways) and ways == {(one.kind, one.module) for _, _, one in there}

    def caught(self, name: str, at: int) -> bool:
        """Whether the variable ``name`` is given what a ``catch`` caught."""
        mine = self.find(name, at)
        return any(
            (binding := self.find(value, where)) is not None
            and binding.kind is Kind.CAUGHT
            and self.find(name, where) is mine
            for value, where in self._given.get(name, ())[:_LOOKED_AT]
        )

    @cached_property
    def _given(self) -> dict[str, list[tuple[str, int]]]:
        """The names that are assigned to each name, with where."""
        found: dict[str, list[tuple[str, int]]] = {}
        for node in self.syntax.assignments(self.syntax.root):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            right = unwrap(right) if right is not None else None
            if left is not None and right is not None and left.type == right.type == "identifier":
                found.setdefault(self.syntax.code(left), []).append((self.syntax.code(right), node.start_byte))
        return found

    @cached_property
    def nodes(self) -> list[Node]:
        """Scopes, declarations and imports, in document order."""
        return self.syntax.matching(_FOUND)

    @cached_property
    def _found(self) -> dict[str, list[tuple[int, int, Binding]]]:
        found: dict[str, list[tuple[int, int, Binding]]] = {}
        around: list[tuple[int, int]] = []
        for node in self.nodes:
            while around and around[-1][1] <= node.start_byte:
                around.pop()
            if node.type == "function_declaration" and (name := node.child_by_field_name("name")) is not None:
                scope = around[-1] if around else (0, node.end_byte)
                found.setdefault(self.syntax.code(name), []).append((*scope, Binding(Kind.FUNCTION, node)))
            if node.type in _SCOPES:
                around.append((node.start_byte if around else 0, node.end_byte))
            scope = around[-1] if around else (0, len(self.syntax.source))
            for name_of, binding in _declared(self.syntax, node):
                found.setdefault(name_of, []).append((*scope, binding))
        for known in found.values():
            known.sort(key=lambda one: one[0])
        return found


def _declared(syntax: Syntax, node: Node) -> Iterator[tuple[str, Binding]]:
    match node.type:
        case "variable_declarator":
            value = node.child_by_field_name("value")
            constant = node.parent is not None and node.parent.children[:1] and node.parent.children[0].type == "const"
            kind = Kind.VALUE if constant and value is not None else Kind.VARIABLE
            if constant and value is not None and value.type in FUNCTIONS:
                kind = Kind.FUNCTION
            for name, path in _pattern(syntax, node.child_by_field_name("name")):
                yield name, Binding(kind, value, path)
        case "import_statement" if (found := import_of(syntax, node)) is not None:
            for one in found.names:
                path = () if one.imported == "*" else (one.imported,)
                yield one.local, Binding(Kind.IMPORT, node, path, module=found.module)
        case "catch_clause":
            for name, path in _pattern(syntax, node.child_by_field_name("parameter")):
                yield name, Binding(Kind.CAUGHT, node.parent, path)
        case "for_in_statement":
            for name, path in loop_names(syntax, node):
                yield name, Binding(Kind.PARAMETER, node, path, owner=node.id)
        case _ if node.type in FUNCTIONS:
            for name, path in parameters(syntax, node):
                yield name, Binding(Kind.PARAMETER, node, path, owner=node.id)


def parameters(syntax: Syntax, function: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a function takes, each with its way from the arguments: ``("0", "code")``."""
    alone = function.child_by_field_name("parameter")
    given = function.child_by_field_name("parameters")
    each = [alone] if alone is not None else [one for one in (given.named_children if given else []) if _real(one)]
    for at, one in enumerate(each):
        for name, path in _pattern(syntax, one.child_by_field_name("pattern") or one):
            yield name, (str(at), *path)


def loop_names(syntax: Syntax, loop: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a loop gives each element, each with its way from the element."""
    yield from _pattern(syntax, loop.child_by_field_name("left"))


def _real(node: Node) -> bool:
    return node.type in ("required_parameter", "optional_parameter", "identifier")


def _pattern(syntax: Syntax, pattern: Node | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    stack: list[tuple[Node | None, tuple[str, ...]]] = [(pattern, ())]
    while stack:
        node, path = stack.pop()
        if node is None:
            continue
        match node.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                own = (syntax.code(node),) if node.type != "identifier" else ()
                yield syntax.code(node), (*path, *own)
            case "object_pattern":
                stack += [(child, path) for child in node.named_children]
            case "pair_pattern":
                key = node.child_by_field_name("key")
                stack.append((node.child_by_field_name("value"), (*path, syntax.code(key) if key else "")))
            case "array_pattern":
                stack += [(child, (*path, str(at))) for at, child in enumerate(node.named_children)]
            case "object_assignment_pattern" | "assignment_pattern":
                stack.append((node.child_by_field_name("left"), path))
            case _:
                continue
