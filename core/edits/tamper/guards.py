"""What keeps an assertion from running, or from being heard: returns, conditions, loops, catches, callbacks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.shapes import arguments
from beai.core.edits.tamper.plain import Env, Plain, Value
from beai.core.project.expressions import FUNCTIONS, unwrap
from beai.core.project.syntax import Syntax

_EXITS = """[(return_statement) (throw_statement) (arrow_function) (function_expression) (function_declaration)
(method_definition)] @found"""
_EXIT_CALLS = "(call_expression function: (member_expression property: (property_identifier))) @found"
_SKIPS = re.compile(rb"(?:\w+\.){1,2}skip\(|process\.(?:exit|abort)\(")
_EXIT_WORDS = re.compile(rb"\breturn\b|\bskip\(|\bprocess\.")
_FAILS = re.compile(r"\b(?:expect|assert|fail|throw|unreachable|reject|done)\w*\b")
_FALSE = frozenset({"false", "0", "null", "undefined", '""', "!true", "!1", "1===2", "true===false"})
_LATER = frozenset(
    {"setTimeout", "setImmediate", "setInterval", "queueMicrotask", "nextTick", "fn", "mockImplementation", "on"}
    | {"once", "addEventListener", "mockImplementationOnce", "addListener", "afterAll"}
)
EACH = frozenset({"forEach", "map", "every", "some", "filter", "flatMap"})
"""Methods of a list that call a function for each element."""


class Guard(StrEnum):
    """Why an assertion may not count, as the beginning of a sentence that ends in the test's name."""

    RETURNS = "returns before an assertion in"
    THROWS = "throws before an assertion in"
    MAY_RETURN = "may return before an assertion in"
    SKIPS = "skips itself before an assertion in"
    NEVER = "puts an assertion where it never runs in"
    CONDITION = "asserts only under a condition in"
    LOOP = "asserts only in a loop that may not run in"
    EMPTY = "loops over an empty list to assert in"
    SWALLOWED = "swallows the error that an assertion throws in"
    CAUGHT = "asserts only if something is thrown in"
    LATER = "moves an assertion into a callback that may never run in"
    UNCALLED = "moves an assertion into a function that is never called in"
    UNAWAITED = "does not wait for an assertion in"
    PROMISE = "drops the await before what is asserted in"


@dataclass(frozen=True)
class Exits:
    """The returns, throws and self-made skips of a file, each with the function that it leaves."""

    syntax: Syntax

    def after(self, statement: Node, owner: int) -> Guard | None:
        """What ``statement``, of the function that begins at byte ``owner``, means for the statements after it."""
        match statement.type:
            case "return_statement":
                return Guard.RETURNS
            case "throw_statement":
                return Guard.THROWS
            case _:
                return self._within(statement, owner)

    @cached_property
    def _hints(self) -> list[int]:
        """The bytes at which one may begin."""
        return [found.start() for found in _EXIT_WORDS.finditer(self.syntax.source)]

    def _within(self, statement: Node, owner: int) -> Guard | None:
        hint = bisect_left(self._hints, statement.start_byte)
        if hint == len(self._hints) or self._hints[hint] >= statement.end_byte:
            return None
        starts, found = self._found
        at = bisect_left(starts, statement.start_byte)
        while at < len(found) and starts[at] < statement.end_byte:
            node, of = found[at]
            at += 1
            if of != owner or node.type == "throw_statement":
                continue
            if node.type == "call_expression":
                direct = statement.type == "expression_statement" and node.start_byte <= statement.start_byte
                return Guard.SKIPS if direct or "exit" not in self.syntax.code(node) else Guard.MAY_RETURN
            if not _FAILS.search(self.syntax.code(node)):
                return Guard.MAY_RETURN
        return None

    @cached_property
    def _found(self) -> tuple[list[int], list[tuple[Node, int]]]:
        around: list[tuple[int, int]] = []
        found: list[tuple[Node, int]] = []
        calls = self.syntax.matching(_EXIT_CALLS) if _SKIPS.search(self.syntax.source) else []
        calls = [call for call in calls if _SKIPS.match(self.syntax.source, call.start_byte)]
        both = sorted((*self.syntax.matching(_EXITS), *calls), key=lambda node: (node.start_byte, -node.end_byte))
        for node in both:
            while around and around[-1][1] <= node.start_byte:
                around.pop()
            if node.type in FUNCTIONS or node.type == "method_definition":
                around.append((node.start_byte, node.end_byte))
            else:
                found.append((node, around[-1][0] if around else 0))
        return [node.start_byte for node, _ in found], found


def below(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    """The children of ``node``, each with what keeps it from running."""
    match node.type:
        case "if_statement" | "ternary_expression":
            yield from _branches(plain, node, env)
        case "binary_expression":
            yield from _operands(plain, node, env)
        case "switch_case" | "switch_default":
            yield from ((child, Guard.CONDITION) for child in node.named_children)
        case "for_in_statement":
            yield from _loop(plain, node, env)
        case "for_statement" | "while_statement":
            condition = node.child_by_field_name("condition")
            never = condition is not None and _never(plain, condition, env)
            yield from ((child, Guard.NEVER if never else Guard.LOOP) for child in node.named_children)
        case "try_statement":
            yield from _attempt(plain, node)
        case "call_expression":
            yield from _callbacks(plain, node, env)
        case _:
            yield from ((child, None) for child in node.named_children)


def _branches(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    condition = node.child_by_field_name("condition")
    text = _condition(plain, condition, env) if condition is not None else ""
    never, always = text in _FALSE, text in ("true", "1", "!false")
    for name in ("consequence", "alternative"):
        child = node.child_by_field_name(name)
        if child is not None:
            dead = never if name == "consequence" else always
            alive = always if name == "consequence" else never
            yield child, Guard.NEVER if dead else None if alive else Guard.CONDITION
    if condition is not None:
        yield condition, None


def _operands(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    sign = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    said = plain.syntax.code(sign) if sign is not None else ""
    guard = None
    if said in ("&&", "||", "??") and left is not None:
        text = _condition(plain, left, env)
        never = text in _FALSE if said == "&&" else text in ("true", "1")
        guard = Guard.NEVER if never else Guard.CONDITION
    yield from ((child, own) for child, own in ((left, None), (right, guard)) if child is not None)


def _loop(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    right, body = node.child_by_field_name("right"), node.child_by_field_name("body")
    if right is not None:
        yield right, None
    if body is not None:
        yield body, over(plain, right, env)


def over(plain: Plain, node: Node | None, env: Env) -> Guard | None:
    """What a loop over ``node`` means for its body: nothing, where it is a list that is written out."""
    found = plain.into(plain.follow(Value(node, env))).node if node is not None else None
    found = unwrap(found) if found is not None else None
    if found is not None and found.type == "call_expression" and plain.syntax.code(found).startswith("Object."):
        given = arguments(found)  # Object.entries({…})
        found = plain.follow(Value(given[0], env)).node if given else None
    if found is None or found.type not in ("array", "object"):
        return Guard.LOOP
    if any(one.type != "comment" for one in found.named_children):
        return None
    filled = node is not None and node.type == "identifier" and plain.syntax.code(node) in plain.filled
    return Guard.LOOP if filled else Guard.EMPTY


def _attempt(plain: Plain, node: Node) -> Iterator[tuple[Node, Guard | None]]:
    body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
    last = node.child_by_field_name("finalizer")
    caught = plain.syntax.code(handler) if handler is not None else "{ throw }"
    silenced = last is not None and "return" in plain.syntax.code(last)
    if body is not None:
        yield body, Guard.SWALLOWED if silenced or not _FAILS.search(_body_of(caught)) else None
        if handler is not None:
            sure = re.search(r"\b(?:fail|throw|unreachable)\b", plain.syntax.code(body))
            yield handler, None if sure else Guard.CAUGHT
    if last is not None:
        yield last, None


def _body_of(handler: str) -> str:
    return handler.partition("{")[2]


def _callbacks(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    callee = node.child_by_field_name("function")
    name = ""
    if callee is not None:
        key = callee.child_by_field_name("property")
        name = plain.syntax.code(key if key is not None else callee) if callee.type != "call_expression" else ""
        yield callee, None
    owner = callee.child_by_field_name("object") if callee is not None else None
    for one in arguments(node):
        guard = Guard.SWALLOWED if name in ("allSettled", "any", "race") and one.type == "array" else None
        if one.type in FUNCTIONS:
            if name in _LATER:
                guard = Guard.LATER
            elif name == "catch":
                guard = Guard.CAUGHT
            elif name == "then" and not waited(node):
                guard = Guard.LATER
            elif name in EACH:
                guard = over(plain, owner, env)
        yield one, guard


def waited(node: Node) -> bool:
    """Whether somebody waits for the promise that ``node`` is: awaited, returned, handed on, or kept."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "member_expression", "call_expression"):
        if parent.type == "call_expression" and parent.child_by_field_name("function") != node:
            return True
        node, parent = parent, parent.parent
    return parent is not None and parent.type not in ("expression_statement", "statement_block", "program")


def runs(function: Node) -> bool:
    """Whether a function within a test is handed to somebody who may call it, or is called where it stands."""
    parent = function.parent
    while parent is not None and parent.type in ("parenthesized_expression", "await_expression"):
        parent = parent.parent
    return parent is not None and parent.type in ("arguments", "call_expression")


def _never(plain: Plain, condition: Node, env: Env) -> bool:
    return _condition(plain, condition, env) in _FALSE


def _condition(plain: Plain, node: Node, env: Env) -> str:
    """A condition without blank space; constants are followed where they are scalars."""
    text = plain.text(unwrap(node), env)
    return text.replace(" ", "").strip("()") if len(text) < 40 else text
