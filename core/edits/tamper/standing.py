"""Whether the tests of a file are declared at all: not behind a return, under a condition, or where nothing gets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.place.suites import Declared, Role
from beai.core.edits.tamper.exits import Exits
from beai.core.edits.tamper.found import Tamper, first_row, named, quoted, rows
from beai.core.edits.tamper.guards import Guard, below
from beai.core.edits.tamper.inner import BODIES
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.plain import NOTHING, Value
from beai.core.edits.tamper.reading import Reading
from beai.core.project.expressions import FUNCTIONS, unwrap

_GUARDING = frozenset(
    {"if_statement", "ternary_expression", "binary_expression", "switch_case", "switch_default", "arguments"}
    | {"for_in_statement", "for_statement", "while_statement", "do_statement"}
)
_WORDS = {
    Guard.CONDITION: "declares {} only under a condition",
    Guard.MAY_RETURN: "may return before it declares {}",
    Guard.MAY_LEAVE: "may leave a loop before it declares {}",
    Guard.NEVER: "declares {} where it never runs",
    Guard.EMPTY: "declares {} for an empty list",
    Guard.RETURNS: "returns before it declares {}",
    Guard.LEAVES: "leaves a block or a loop before it declares {}",
    Guard.SKIPS: "ends the run before it declares {}",
    Guard.LATER: "declares {} in a callback, which may come too late or never",
    Guard.UNCALLED: "declares {} in a function that nothing calls",
}
_NEVER_WRONG = frozenset({Guard.NEVER, Guard.EMPTY, Guard.RETURNS, Guard.LEAVES, Guard.SKIPS, Guard.UNCALLED})
_ENDING = re.compile(r"(?:.*[.\s])?task(?:\.\w+)*\.(?:mode|result|fails|pending|state|retry)(?:\.\w+)*", re.DOTALL)
_NAMED = frozenset({"function_declaration", "generator_function_declaration", "variable_declarator"}) | {
    "method_definition",
    "pair",
}
_FAR = 200  # nodes between a test and what declares it

Reason = tuple[Guard, Node]


@dataclass(frozen=True)
class Standing:
    """Where the tests of one file stand."""

    reading: Reading
    _known: dict[int, tuple[Reason, ...]] = field(default_factory=dict)
    _tests: set[int] = field(default_factory=set)
    _left: dict[int, tuple[int, Guard] | None] = field(default_factory=dict)

    def reasons(self, one: Declared) -> tuple[Reason, ...]:
        """What keeps a test or suite from being declared."""
        found = [*self._table(one)]
        if one.role is Role.TEST:
            self._tests.add(one.call.id)
        child, node = one.call, one.call.parent
        for _ in range(_FAR):
            if node is None or node.id in self._known:
                found += self._known[node.id] if node is not None else ()
                found += [(Guard.LATER, node)] if node is not None and node.id in self._tests else []
                break
            found += self._kept(child, node)
            child, node = node, node.parent
        self._known[one.call.id] = tuple(found)
        return self._known[one.call.id]

    def _kept(self, child: Node, node: Node) -> Iterator[Reason]:
        if node.type in _GUARDING:
            whole = node.parent if node.type == "arguments" and node.parent is not None else node
            each = below(self.reading.plain, whole, NOTHING)
            guard = next((guard for one, guard in each if one.id == child.id), None)
            if guard in (Guard.CONDITION, Guard.NEVER, Guard.EMPTY, Guard.LATER):
                yield guard, node
        elif node.type in ("statement_block", "program"):
            left = self._leaving(node)
            if left is not None and left[0] < child.start_byte:
                yield left[1], node
        elif node.type in BODIES and self._uncalled(node):
            yield Guard.UNCALLED, node

    def _leaving(self, block: Node) -> tuple[int, Guard] | None:
        """The first statement of a block behind which others may not run."""
        if block.id not in self._left:
            owner: Node | None = block.parent
            for _ in range(_FAR):
                if owner is None or owner.type in FUNCTIONS:
                    break
                owner = owner.parent
            start = owner.start_byte if owner is not None and owner.type in FUNCTIONS else 0
            each = ((child, self.exits.after(child, start)) for child in block.named_children)
            found = ((child.start_byte, guard) for child, guard in each if guard is not None and guard in _WORDS)
            self._left[block.id] = next(found, None)
        return self._left[block.id]

    @property
    def exits(self) -> Exits:
        """The ways out."""
        return self.reading.exits

    def _uncalled(self, function: Node) -> bool:
        own = function.type.endswith("declaration") or function.type == "method_definition"
        holder = function if own else function.parent
        if holder is None or holder.type not in _NAMED:
            return False
        name, outer = holder.child_by_field_name("name") or holder.child_by_field_name("key"), holder.parent
        shown = [one for one in (outer, outer.parent if outer is not None else None) if one is not None]
        if name is None or any(one.type == "export_statement" for one in shown):
            return False
        return self._often[self.reading.syntax.code(name)] < 2

    @cached_property
    def _often(self) -> Counter[str]:
        syntax = self.reading.syntax
        found = syntax.matching("[(identifier) (shorthand_property_identifier) (property_identifier)] @found")
        idle = ("expression_statement", "unary_expression")  # void later; is no call
        return Counter(syntax.code(node) for node in found if node.parent is None or node.parent.type not in idle)

    def _table(self, one: Declared) -> Iterator[Reason]:
        callee = one.call.child_by_field_name("function")
        given = arguments(callee) if callee is not None and callee.type == "call_expression" else []
        if not given or not {"each", "for"} & set(one.modifiers):
            return
        value = self.reading.plain.follow(Value(given[0], NOTHING)).node
        table = unwrap(value) if value is not None else None
        if table is not None and table.type == "array" and all(each.type == "comment" for each in table.named_children):
            yield Guard.EMPTY, one.call


def undeclared(pair: Pairs) -> Iterator[Tamper]:
    """Tests that are declared no more, or only sometimes, though they stand there."""
    if not (pair.around_changed or pair.touched or pair.fresh):
        return
    old, new = Standing(pair.old), Standing(pair.new)
    had = {one.call.id: {guard for guard, _ in old.reasons(one)} for one in pair.old.declared}
    partners = {one.call.id: was.call.id for was, one in pair.partners}
    kept: dict[tuple[Guard, int], list[Declared]] = {}
    nodes: dict[tuple[Guard, int], Node] = {}
    for one in pair.new.declared:
        was = partners.get(one.call.id)
        for guard, node in new.reasons(one):
            fresh = guard not in had.get(was, ()) if was is not None else guard in _NEVER_WRONG
            if one.role is Role.TEST and fresh:
                kept.setdefault((guard, node.id), []).append(one)
                nodes[guard, node.id] = node
    for (guard, id_), tests in kept.items():
        more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
        node = nodes[guard, id_]
        yield Tamper(
            _WORDS[guard].format(named(tests[0].name) + more), new=(rows(node)[0], first_row(tests[-1].call)[1])
        )


def from_outside(pair: Pairs) -> Iterator[Tamper]:
    """A hook, or a function that one may call, that skips tests or says how they ended."""
    before = {said for said, _ in _outside(pair.old)}
    for said, node in _outside(pair.new):
        if said not in before:
            yield Tamper(f"skips tests, or says how they end, from outside of them ({quoted(said)})", new=rows(node))


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (undeclared,)
OF_ALL: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (from_outside,)
"""What is asked of the files too that only serve tests."""


def _outside(reading: Reading) -> Iterator[tuple[str, Node]]:
    spans = [(one.call.start_byte, one.call.end_byte) for one in reading.declared if one.role is Role.TEST]
    at, ends = 0, 0
    exits = reading.exits
    hooked = "skip" in reading.text or "process." in reading.text
    calls = [call for call in reading.syntax.calls(reading.syntax.root) if exits.skips(call)] if hooked else []
    told = [node for node in reading.syntax.assignments(reading.syntax.root) if _ends_tests(reading, node)]
    for node in sorted((*calls, *told), key=lambda one: one.start_byte):
        while at < len(spans) and spans[at][0] <= node.start_byte:
            ends, at = max(ends, spans[at][1]), at + 1
        if node.start_byte >= ends:
            yield reading.syntax.code(node), node


def _ends_tests(reading: Reading, node: Node) -> bool:
    left = node.child_by_field_name("left")
    code = reading.syntax.code(left) if left is not None else ""
    return len(code) < 200 and _ENDING.fullmatch(code) is not None
