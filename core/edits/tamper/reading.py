"""A test file as tests with the assertions that they make, also in those functions of the file that they call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, parsed
from beai.core.edits.place.suites import Declared, Role, written_tests
from beai.core.edits.tamper.claims import Links, Steps, claim, links
from beai.core.edits.tamper.exits import Exits
from beai.core.edits.tamper.facts import Claim, Fact, facts
from beai.core.edits.tamper.guards import Guard, below, waited
from beai.core.edits.tamper.inner import BODIES, kept
from beai.core.edits.tamper.loops import Loops
from beai.core.edits.tamper.names import Kind, Names, parameters
from beai.core.edits.tamper.places import place_of
from beai.core.edits.tamper.plain import MOST, NOTHING, Env, Plain, Value
from beai.core.edits.tamper.speaking import Speaking
from beai.core.project.expressions import FUNCTIONS
from beai.core.project.syntax import Syntax

ASSERTS = re.compile(r"(?:expect|assert)(?:[A-Z]\w*)?")
_DECLARE = ("variable_declarator", "function_declaration")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NOT_COUNTED = frozenset({"assertions", "hasAssertions", "extend", "addSnapshotSerializer", "setState", "getState"})
_HOPS = 4


Key = tuple[tuple[str, ...], int]
"""The names of a test with those of its suites, and how many of these names stand before it."""
Step = tuple[Node, frozenset[Guard], int, Env]
"""A node to be read: what keeps it from running, where its function begins, and what names stand for in it."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion of a test: where it stands, what it says, and what keeps it from running."""

    node: Node
    claim: Claim
    facts: tuple[Fact, ...]
    guards: frozenset[Guard]
    code: str

    @property
    def words(self) -> str:
        """The matcher as it is written."""
        kept = [one for one in self.claim.modifiers if one == "not"]
        return ".".join((*kept, self.claim.matcher or "assert"))


@dataclass(frozen=True)
class Reading:
    """One test file, read as far as it is asked about."""

    text: str
    path: str = ""
    same: Mapping[str, str] = field(default_factory=dict)
    """What is called otherwise than in the file that this one is held against, and what it is called there."""

    @cached_property
    def syntax(self) -> Syntax:
        """The tree."""
        return parsed(self.text, self.path)

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """Every suite and test."""
        return tuple(one for one in written_tests(self.syntax) if "step" not in one.modifiers)

    @cached_property
    def tests(self) -> dict[Key, Declared]:
        """The tests by their names, and by which of those of the same names each is."""
        often: Counter[tuple[str, ...]] = Counter()
        found: dict[Key, Declared] = {}
        for one in self.declared:
            if one.role is Role.TEST:
                found[one.path, often[one.path]] = one
                often[one.path] += 1
        return found

    @cached_property
    def declarations(self) -> tuple[Node, ...]:
        """Every variable and function that is declared, in document order."""
        return tuple(node for node in self.plain.names.nodes if node.type in _DECLARE)

    @cached_property
    def outside(self) -> str:
        """The text around the tests."""
        pieces: list[str] = []
        at = 0
        for one in self.declared:
            span = self.syntax.span(one.call) if one.role is Role.TEST else None
            if span is not None and span.start >= at:
                pieces.append(self.text[at : span.start])
                at = span.end
        return " ".join(" ".join((*pieces, self.text[at:])).split())

    @cached_property
    def functions(self) -> tuple[tuple[int, str, Node], ...]:
        """The functions that have a name, with where they begin, in document order."""
        found: list[tuple[int, str, Node]] = []
        for node in self.declarations:
            value = node.child_by_field_name("value") if node.type == "variable_declarator" else node
            name = node.child_by_field_name("name")
            if name is not None and value is not None and value.type in FUNCTIONS:
                found.append((node.start_byte, self.syntax.code(name), value))
        return tuple(found)

    @cached_property
    def plain(self) -> Plain:
        """Reads values."""
        return Plain(Names(self.syntax), self.same)

    @cached_property
    def loops(self) -> Loops:
        """What is done once for each element of a list."""
        return Loops(self.plain)

    @cached_property
    def speaking(self) -> Speaking:
        """Where it may assert."""
        return Speaking(self.syntax, {name: self.syntax.code(node) for _, name, node in self.functions})

    @cached_property
    def exits(self) -> Exits:
        """What ends a function, a loop or a test early."""
        return Exits(self.plain)

    @cached_property
    def _made(self) -> dict[int, tuple[Assertion, ...]]:
        return {}

    def function(self, one: Declared) -> Node | None:
        """The callback of a test, also one that is declared elsewhere in the file and handed over by name."""
        if one.body is not None:
            return one.body.parent
        for given in arguments(one.call)[1:]:
            found = self._local(given) if given.type == "identifier" else None
            if found is not None:
                return found
        return None

    def assertions(self, one: Declared) -> tuple[Assertion, ...]:
        """The assertions of a test, each once per row of its table."""
        known = self._made.get(one.call.id)
        if known is not None:
            return known
        function = self.function(one)
        found: list[Assertion] = []
        for env in self.loops.rows(one, function) if function is not None and not self.plain.tired else ():
            found += self.within(function, env) if function is not None else ()
        if self.plain.rest():
            self.unread.add(one.call.id)
            found = []
        self._made[one.call.id] = tuple(found)
        return self._made[one.call.id]

    @cached_property
    def unread(self) -> set[int]:
        """The calls of the tests that were too large to be read to their end; they assert what nobody knows."""
        return set()

    def within(self, function: Node, env: Env = NOTHING) -> Iterator[Assertion]:
        """The assertions that a call of ``function`` makes."""
        guards = frozenset({Guard.NEVER}) if function.type == "generator_function" else frozenset[Guard]()
        yield from self._walk(function, env, guards, 0)

    def _walk(self, start: Node, env: Env, guards: frozenset[Guard], hops: int) -> Iterator[Assertion]:
        stack = [(start, guards, start.start_byte, env)]
        while stack:
            node, around, owner, env = stack.pop()
            if not self.speaking.within(node):
                continue
            self.plain.read += 1
            if self.plain.read > MOST:
                return
            if node.type == "call_expression" or node.type == "member_expression":
                chain = links(self.syntax, node)
                made = self._assertion(node, chain, env, around)
                if made is not None:
                    yield from made
                    continue
                if node.type == "call_expression" and hops < _HOPS:
                    yield from self._called(node, env, around, hops)
            if node.type in BODIES and node.id != start.id:
                guard = kept(self.syntax, start, node)
                if guard is Guard.UNCALLED:
                    continue
                around = around | {guard} if guard else around
            owner = node.start_byte if node.type in BODIES else owner
            if node.type in ("statement_block", "program"):
                stack += reversed(self._in_order(node, around, owner, env))
                continue
            each = [
                (child, around | {guard} if guard else around, owner, inner)
                for child, guard in below(self.plain, node, env)
                for inner in self.loops.each(node, child, env)
            ]
            stack += reversed(each)

    def _in_order(self, block: Node, guards: frozenset[Guard], owner: int, env: Env) -> list[Step]:
        found: list[Step] = []
        for child in block.named_children:
            found.append((child, guards, owner, env))
            after = self.exits.after(child, owner)
            if after is not None:
                guards = guards | {after}
        return found

    def _assertion(self, node: Node, chain: Links, env: Env, guards: frozenset[Guard]) -> tuple[Assertion, ...] | None:
        """The assertion that ``node`` is, none where it only speaks to ``expect``, None where it is something else."""
        base, steps = chain
        if base is None or not ASSERTS.fullmatch(base):
            return self._http(node, steps, env, guards)
        if steps and not steps[0][0] and base != "expect" and self._local_name(base, node) is not None:
            return None  # a function of this file, which is followed
        if base == "expect" and steps and steps[0][0] in _NOT_COUNTED:
            return ()
        made = claim(base, steps, env)
        if made is None:
            return ()
        if any(name == "catch" for name, _ in steps[1:]):
            guards = guards | {Guard.SWALLOWED}
        later = {"resolves", "rejects"} & set(made.modifiers)
        if later and not waited(node):
            guards = guards | {Guard.UNAWAITED}
        found = facts(self.plain, made)
        return (Assertion(node, made, found, guards, self.plain.text(node, env)),)

    def _http(self, node: Node, steps: Steps, env: Env, guards: frozenset[Guard]) -> tuple[Assertion, ...] | None:
        """``request(app).get("/").expect(409)``, as supertest asserts."""
        asked = [call for name, call in steps if name == "expect" and call is not None]
        if not asked:
            return None
        made: list[Assertion] = []
        for call in asked:
            given = tuple(arguments(call))
            said = Claim(asked[0].child_by_field_name("function") or call, env, (), "expect", given)
            place = place_of(self.plain, asked[0], env)
            value = ",".join(self.plain.text(one, env) for one in given)
            made.append(Assertion(node, said, (Fact(place, "expect", value),), guards, value))
        return tuple(made)

    def _called(self, call: Node, env: Env, guards: frozenset[Guard], hops: int) -> Iterator[Assertion]:
        """The assertions in a function of this file that ``call`` calls."""
        callee = call.child_by_field_name("function")
        function = self._local(callee) if callee is not None and callee.type == "identifier" else None
        if function is not None:
            given = arguments(call)
            inner = {
                (function.id, name): self.plain.into(Value(given[int(path[0])], env, "", path[1:]))
                for name, path in parameters(self.syntax, function)
                if int(path[0]) < len(given)
            }
            late = self.syntax.code(function)[:9].startswith("async")
            later = late or function.type == "arrow_function"
            for one in self._made_by(function, inner, guards, hops + 1):
                promised = later and {"resolves", "rejects"} & set(one.claim.modifiers)
                async_ = (late or promised) and not waited(call)
                yield replace(one, guards=one.guards | {Guard.UNAWAITED}) if async_ else one
        for given_one in arguments(call):
            handed = self._local(given_one) if given_one.type == "identifier" else None
            if handed is not None:
                yield from self._walk(handed, NOTHING, guards, hops + 1)

    def _made_by(self, function: Node, env: Env, guards: frozenset[Guard], hops: int) -> Iterator[Assertion]:
        """The assertions in a function that is called, read once where no argument has a say in them."""
        body = function.child_by_field_name("body") or function
        asserting = [self.syntax.code(one) for one in body.named_children if self.speaking.within(one)]
        said = frozenset(_WORD.findall("\n".join(asserting)))
        if any(name in said for _, name in env):
            yield from self._walk(function, env, guards, hops)
            return
        if function.id not in self._of_functions:
            self._of_functions[function.id] = tuple(self._walk(function, NOTHING, frozenset(), hops))
        yield from (replace(one, guards=one.guards | guards) for one in self._of_functions[function.id])

    @cached_property
    def _of_functions(self) -> dict[int, tuple[Assertion, ...]]:
        return {}

    def _local(self, node: Node) -> Node | None:
        return self._local_name(self.syntax.code(node), node)

    def _local_name(self, name: str, node: Node) -> Node | None:
        binding = self.plain.names.find(name, node.start_byte)
        found = binding.node if binding is not None and binding.kind is Kind.FUNCTION else None
        return found if found is not None and found.type in FUNCTIONS and not _around(found, node) else None


def _around(function: Node, node: Node) -> bool:
    """Whether ``node`` stands in ``function``: a function that calls itself is not followed."""
    return function.start_byte <= node.start_byte < function.end_byte
