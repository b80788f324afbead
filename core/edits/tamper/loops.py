"""What is done once for each element of a list that is written out: tables, loops, and the tests that they declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.place.suites import Declared
from beai.core.edits.tamper.guards import EACH
from beai.core.edits.tamper.names import loop_names, parameters
from beai.core.edits.tamper.plain import NOTHING, Env, Plain, Value
from beai.core.project.expressions import FUNCTIONS, unwrap

ROWS = 60
"""Rows of a table whose assertions are read one by one."""
_AROUND = 4  # nodes between a test and the loop that declares it


Repeated = tuple[int, list[tuple[str, tuple[str, ...]]], Node]
"""The owner of a loop's names, the names with their ways from the element, and the list."""


@dataclass(frozen=True, slots=True)
class Loops:
    """The loops of one file."""

    plain: Plain

    def table(self, one: Declared) -> tuple[Node, ...]:
        """The rows of ``it.each([…])``, or of the loop that declares the test, where they are written out."""
        loop = self.repeating(one)
        if loop is not None:
            return tuple(child for child in loop[2].named_children if child.type != "comment")
        callee = one.call.child_by_field_name("function")
        if callee is None or callee.type != "call_expression" or not {"each", "for"} & set(one.modifiers):
            return ()
        given = arguments(callee)
        found = self.plain.follow(Value(given[0], NOTHING)).node if given else None
        found = unwrap(found) if found is not None else None
        if found is None or found.type != "array":
            return ()
        return tuple(child for child in found.named_children if child.type != "comment")

    def rows(self, one: Declared, function: Node) -> Iterator[Env]:
        """What the names of a test stand for, once for each row of its table."""
        rows, loop = self.table(one), self.repeating(one)
        if not rows:
            yield NOTHING
        if loop is not None:
            for row in rows[:ROWS]:
                yield {(loop[0], name): self.plain.into(Value(row, NOTHING, "", path)) for name, path in loop[1]}
            return
        taken = list(parameters(self.plain.syntax, function)) if rows else []
        for row in rows[:ROWS]:
            env: dict[tuple[int, str], Value] = {}
            for name, path in taken:
                spread = row.type == "array" and "each" in one.modifiers
                env[function.id, name] = Value(row, NOTHING, "", path if spread else path[1:])
            yield {key: self.plain.into(value) for key, value in env.items()}

    def rows_code(self, one: Declared) -> str:
        """What the loop goes over that declares the test."""
        loop = self.repeating(one) if "${" in one.name or " + " in one.name else None
        return self.plain.syntax.code(loop[2]) if loop is not None else ""

    def repeating(self, one: Declared) -> Repeated | None:
        """The loop that declares a test once for each element: its owner, the names that it gives, and its list."""
        child, node = one.call, one.call.parent
        for _ in range(_AROUND):
            if node is None or (child.type in FUNCTIONS and node.type != "arguments"):
                return None
            call = node.parent if node.type == "arguments" and child.type in FUNCTIONS else node
            if call is None or (node.type == "arguments" and call.type != "call_expression"):
                return None
            over, taken = self._loop(call, child)
            found = self.plain.follow(Value(over, NOTHING)).node if over is not None else None
            list_ = unwrap(found) if found is not None else None
            if list_ is not None and list_.type == "array":
                return (call.id if call.type == "for_in_statement" else child.id), taken, list_
            if over is not None or node.type == "arguments":
                return None
            child, node = node, node.parent
        return None

    def each(self, node: Node, child: Node, env: Env) -> Iterator[Env]:
        """What the names of a loop over a list that is written out stand for, each time that ``child`` runs."""
        over, taken = self._loop(node, child)
        found = self.plain.follow(Value(over, env)) if over is not None else None
        list_ = unwrap(found.node) if found is not None and found.node is not None else None
        rows = [one for one in list_.named_children if one.type != "comment"] if list_ is not None else []
        if found is None or list_ is None or list_.type != "array" or not rows or len(rows) > ROWS:
            yield env
            return
        owner = node.id if node.type == "for_in_statement" else child.id
        for row in rows:
            own = {(owner, name): self.plain.into(Value(row, found.env, "", path)) for name, path in taken}
            yield {**env, **own}

    def _loop(self, node: Node, child: Node) -> tuple[Node | None, list[tuple[str, tuple[str, ...]]]]:
        """What a loop goes over and the names that it gives each element, where ``child`` is what it repeats."""
        if node.type == "for_in_statement" and child == node.child_by_field_name("body"):
            return node.child_by_field_name("right"), list(loop_names(self.plain.syntax, node))
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        key = callee.child_by_field_name("property") if callee is not None else None
        if key is None or callee is None or child.type not in FUNCTIONS or self.plain.syntax.code(key) not in EACH:
            return None, []
        taken = [(name, path[1:]) for name, path in parameters(self.plain.syntax, child) if path[0] == "0"]
        return callee.child_by_field_name("object"), taken
