"""What keeps an assertion from running, or from being heard: returns, conditions, loops, catches, callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.tamper.heard import heard, leaves, sure_to_fail
from beai.core.edits.tamper.plain import Env, Plain, Value
from beai.core.project.expressions import FUNCTIONS, unwrap

_FALSE = frozenset({"false", "0", "null", "undefined", '""', "!true", "!1", "1===2", "true===false"})
_LATER = frozenset(
    {"setTimeout", "setImmediate", "setInterval", "queueMicrotask", "nextTick", "fn", "mockImplementation", "on"}
    | {"once", "addEventListener", "mockImplementationOnce", "addListener", "afterAll"}
)
_ITERATE = ("spread_element", "for_in_statement", "yield_expression", "member_expression", "array", "arguments")
EACH = frozenset({"forEach", "map", "every", "some", "filter", "flatMap"})
"""Methods of a list that call a function for each element."""


class Guard(StrEnum):
    """Why an assertion may not count, as the beginning of a sentence that ends in the test's name."""

    RETURNS = "returns before an assertion in"
    THROWS = "throws before an assertion in"
    MAY_RETURN = "may return before an assertion in"
    LEAVES = "leaves a block or a loop before an assertion in"
    MAY_LEAVE = "may leave a loop before an assertion in"
    FIRST = "asserts only in the first round of a loop in"
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


def below(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    """The children of ``node``, each with what keeps it from running."""
    match node.type:
        case "if_statement" | "ternary_expression":
            yield from _branches(plain, node, env)
        case "binary_expression":
            yield from _operands(plain, node, env)
        case "augmented_assignment_expression" if plain.syntax.code(node.children[1]) in ("??=", "||=", "&&="):
            right = node.child_by_field_name("right")
            yield from ((one, Guard.CONDITION if one == right else None) for one in node.named_children)
        case "switch_case" | "switch_default":
            yield from ((child, Guard.CONDITION) for child in node.named_children)
        case "for_in_statement":
            yield from _loop(plain, node, env)
        case "for_statement" | "while_statement" | "do_statement":
            condition = node.child_by_field_name("condition")
            never = condition is not None and _never(plain, condition, env)
            yield from ((child, Guard.NEVER if never else Guard.LOOP) for child in node.named_children)
        case "try_statement":
            yield from _attempt(plain, node)
        case "call_expression":
            yield from _callbacks(plain, node, env)
        case "new_expression":
            name = node.child_by_field_name("constructor")
            lost = name is not None and plain.syntax.code(name) == "Promise" and not waited(node)
            yield from ((child, Guard.UNAWAITED if lost else None) for child in node.named_children)
        case "required_parameter" | "optional_parameter" | "assignment_pattern":
            yield from ((child, Guard.CONDITION) for child in node.named_children)
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
        first = any(one.type == "break_statement" for one in body.named_children)
        yield body, Guard.FIRST if first else over(plain, right, env)


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
    silenced = last is not None and leaves(last)
    if body is not None:
        yield body, Guard.SWALLOWED if silenced or (handler is not None and not _passed_on(plain, handler)) else None
        if handler is not None:
            yield handler, None if sure_to_fail(plain, body) else Guard.CAUGHT
    if last is not None:
        yield last, None


def _passed_on(plain: Plain, handler: Node) -> bool:
    """Whether a ``catch`` lets anybody hear of what it caught."""
    body, name = handler.child_by_field_name("body"), handler.child_by_field_name("parameter")
    return body is not None and heard(plain, body, plain.syntax.code(name) if name is not None else "")


def _callbacks(plain: Plain, node: Node, env: Env) -> Iterator[tuple[Node, Guard | None]]:
    callee = node.child_by_field_name("function")
    name = ""
    if callee is not None:
        key = callee.child_by_field_name("property")
        name = plain.syntax.code(key if key is not None else callee) if callee.type != "call_expression" else ""
        yield callee, _at_once(plain, node, unwrap(callee))
    nothing = _nothing(plain, node, callee, env) if callee is not None else None
    owner = callee.child_by_field_name("object") if callee is not None else None
    for one in arguments(node):
        guard = Guard.SWALLOWED if name in ("allSettled", "any", "race") and one.type == "array" else nothing
        if one.type in FUNCTIONS:
            if name in _LATER:
                guard = Guard.LATER
            elif name == "catch":
                guard = Guard.CAUGHT
            elif name in ("then", "finally") and not waited(node):
                guard = Guard.LATER
            elif name in EACH:
                guard = over(plain, owner, env)
        yield one, guard


def _at_once(plain: Plain, call: Node, function: Node) -> Guard | None:
    """What calling a function where it stands means for what is in it."""
    if function.type == "generator_function":
        parent = call.parent
        return None if parent is not None and parent.type in _ITERATE else Guard.NEVER
    late = function.type in FUNCTIONS and plain.syntax.code(function)[:9].startswith("async")
    return Guard.UNAWAITED if late and not waited(call) else None


def _nothing(plain: Plain, call: Node, callee: Node, env: Env) -> Guard | None:
    """What ``undefined?.(…)`` means for its arguments, which are computed only where something is called."""
    if not any(child.type in ("optional_chain", "?.") for child in (*call.children, *callee.children)):
        return None
    owner = callee.child_by_field_name("object")
    text = _condition(plain, owner, env) if owner is not None else ""
    return Guard.NEVER if text in (*_FALSE, "void0") else Guard.CONDITION


def waited(node: Node) -> bool:
    """Whether somebody waits for the promise that ``node`` is: awaited, returned, handed on, or kept."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "member_expression", "call_expression"):
        if parent.type == "call_expression" and parent.child_by_field_name("function") != node:
            return True
        node, parent = parent, parent.parent
    if parent is not None and parent.type == "unary_expression":
        return False  # void, which is how one says that nobody waits
    return parent is not None and parent.type not in ("expression_statement", "statement_block", "program")


def runs(function: Node) -> bool:
    """Whether a function within a test is handed to somebody who may call it, or is called where it stands."""
    parent = function.parent
    while parent is not None and parent.type in ("parenthesized_expression", "await_expression"):
        parent = parent.parent
    return parent is not None and parent.type in ("arguments", "call_expression", "new_expression")


def _never(plain: Plain, condition: Node, env: Env) -> bool:
    return _condition(plain, condition, env) in _FALSE


def _condition(plain: Plain, node: Node, env: Env) -> str:
    """A condition without blank space; constants are followed where they are scalars."""
    text = plain.text(unwrap(node), env)
    return text.replace(" ", "").strip("()") if len(text) < 40 else text
