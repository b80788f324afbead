"""What an assertion looks at, as a place: a path from what is called, or from a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.tamper.literals import prepares
from beai.core.edits.tamper.names import Binding, Kind
from beai.core.edits.tamper.plain import NOTHING, TYPED, WRITTEN, Env, Plain, Value
from beai.core.project.expressions import FUNCTIONS

ITEM, KEYS, INSTANT = "[]", "Object.keys()", "toISOString()"
"""Steps of a path: through each element of a list, the keys of an object, the text of a date."""
_MOCK = re.compile(rb"(?:vi|jest|mock)\.(?:fn|hoisted)\b")
_RUNS = frozenset({"step", "waitFor", "waitUntil"})
_INSTANT = re.compile(r"(?:new Date\()?\"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{3})?Z\"\)?")
_MADE = ("ternary_expression", "binary_expression", "new_expression")


@dataclass(frozen=True, slots=True)
class Place:
    """What an assertion looks at: ``path`` from ``root``; ``sig`` is what is called there (``order.cancel``).

    ``args`` are the arguments of that call where they are all written out. ``sig`` is ``?`` where it is made elsewhere.
    """

    root: str
    sig: str
    path: tuple[str, ...] = ()
    args: str = ""
    awaited: bool = False
    thrown: bool = False
    written: bool = False  # a literal
    brief: str = ""  # an expression, with what calls give called by its name

    @property
    def text(self) -> str:
        """The place in one word."""
        return ".".join((self.root, *self.path))


def place_of(plain: Plain, node: Node, env: Env) -> Place:
    """What ``node`` looks at."""
    path: tuple[str, ...] = ()
    awaited, thrown, value = False, False, Value(node, env)
    for _ in range(40):
        current = value.node
        while current is not None and current.type in ("parenthesized_expression", *TYPED, "await_expression"):
            awaited = awaited or current.type == "await_expression"
            current = next((one for one in current.named_children if one.type != "comment"), None)
        if current is None:
            break
        match current.type:
            case "member_expression" | "subscript_expression":
                path = (plain.key(current, value.env), *path)
                value = Value(current.child_by_field_name("object"), value.env)
                continue
            case "identifier":
                found = plain.follow(Value(current, value.env), 1)
                if found.node is not None and _stands_in(plain, found.node):
                    name = plain.word(plain.syntax.code(current))
                    return Place(name, name, tuple(plain.word(key) for key in path), awaited=awaited)
                found = plain.into(found)
                if found.node is None or found.node.id == current.id:
                    return _rooted(plain, current, found, path, awaited)
                if found.node.type in ("object", "array"):  # what is in it may have changed since
                    return _rooted(plain, current, Value(None, found.env, "", found.path), path, awaited)
                path, value = (*found.path, *path), Value(found.node, found.env)
                continue
            case "call_expression" if (inner := _through(plain, current, value.env)) is not None:
                step, value = inner
                path = (*step, *path)
                continue
            case "call_expression" if (promise := _caught(plain, current)) is not None:
                thrown, value = True, Value(promise, value.env)
                continue
            case _:
                return replace(_called(plain, current, value.env, path, awaited), thrown=thrown)
    return Place("?", "?", path, awaited=awaited, thrown=thrown)


def _stands_in(plain: Plain, value: Node) -> bool:
    """Whether a value is a mock, which is known by its name: ``vi.fn()`` is another each time that it is called."""
    return bool(_MOCK.match(plain.syntax.source, value.start_byte))


def _through(plain: Plain, call: Node, env: Env) -> tuple[tuple[str, ...], Value] | None:
    """The value that a call only hands on, in steps that other assertions speak of by a path."""
    callee = call.child_by_field_name("function")
    owner = callee.child_by_field_name("object") if callee is not None else None
    name = plain.key(callee, NOTHING) if callee is not None and owner is not None else ""
    given = arguments(call)
    if owner is None or (name not in _RUNS and len(given) > 1):
        return None
    match name:
        case "toISOString" if not given:
            return (INSTANT,), Value(owner, env)
        case "keys" if given and owner.type == "identifier" and plain.syntax.code(owner) == "Object":
            return (KEYS,), Value(given[0], env)
        case "at" if given and given[0].type == "number":
            return (plain.syntax.code(given[0]),), Value(owner, env)
        case "map" if given and (keys := _picked(plain, given[0])):
            return (ITEM, *keys), Value(owner, env)
        case _ if name in _RUNS and given and given[-1].type == "arrow_function":
            body = given[-1].child_by_field_name("body")
            return ((), Value(body, env)) if body is not None and body.type != "statement_block" else None
        case _:
            return None


def _picked(plain: Plain, function: Node) -> tuple[str, ...]:
    """``("id",)`` of ``(order) => order.id``."""
    body, alone = function.child_by_field_name("body"), function.child_by_field_name("parameter")
    taken = function.child_by_field_name("parameters")
    name = alone or (taken.named_children[0] if taken is not None and len(taken.named_children) == 1 else None)
    keys: tuple[str, ...] = ()
    while body is not None and body.type == "member_expression":
        keys, body = (plain.key(body, NOTHING), *keys), body.child_by_field_name("object")
    if body is None or name is None or body.type != "identifier":
        return ()
    return keys if plain.syntax.code(name) == plain.syntax.code(body) else ()


def instant(text: str) -> str:
    """A moment as ISO 8601 with milliseconds, where ``text`` is a string that says one, or a date made of it."""
    found = _INSTANT.fullmatch(text)
    return f'"{found[1]}{found[2] or ".000"}Z"' if found else text


def _caught(plain: Plain, call: Node) -> Node | None:
    """The call whose error ``f().catch((error) => error)`` gives."""
    callee = call.child_by_field_name("function")
    promise = callee.child_by_field_name("object") if callee is not None else None
    caught = callee is not None and promise is not None and plain.key(callee, NOTHING) == "catch"
    whole = caught and promise is not None and promise.type == "call_expression" and _hands_on(plain, call)
    return promise if whole else None


def _hands_on(plain: Plain, call: Node) -> bool:
    """Whether what catches gives the error as it is: one that makes another of it answers by itself."""
    given = arguments(call)
    function = given[0] if len(given) == 1 and given[0].type in FUNCTIONS else None
    names = function.child_by_field_name("parameters") if function is not None else None
    alone = function.child_by_field_name("parameter") if function is not None else None
    first = alone or next((one for one in (names.named_children if names is not None else ())), None)
    body = function.child_by_field_name("body") if function is not None else None
    while body is not None and body.type in ("statement_block", "return_statement", "parenthesized_expression", *TYPED):
        inner = [one for one in body.named_children if one.type != "comment"]
        body = inner[0] if inner and (len(inner) == 1 or body.type in TYPED) else None
    if first is None or body is None:
        return False
    name = first.child_by_field_name("pattern") or first
    return body.type == "identifier" and plain.syntax.code(body) == plain.syntax.code(name)


def _rooted(plain: Plain, node: Node, found: Value, path: tuple[str, ...], awaited: bool) -> Place:
    name = plain.syntax.code(node)
    binding = plain.names.find(name, node.start_byte)
    path, name = tuple(plain.word(key) for key in (*found.path, *path)), plain.word(name)
    if found.text and binding is not None and binding.kind is Kind.PARAMETER:
        return Place(found.text, found.text, path, awaited=awaited, written=True)
    match binding:
        case Binding(kind=Kind.VARIABLE) if plain.names.caught(plain.syntax.code(node), node.start_byte):
            return Place("?", "?", path, thrown=True)
        case Binding(kind=Kind.CAUGHT):
            return Place("?", "?", (*binding.path, *path), thrown=True)
        case Binding(kind=Kind.IMPORT):
            return Place(name, name, path, awaited=awaited)
        case Binding(kind=Kind.PARAMETER) if len(binding.path) > 1:  # ({ input }) is what (opts) calls opts.input
            return Place(name, "?", (*(plain.word(key) for key in binding.path[1:]), *path), awaited=awaited)
        case Binding(kind=Kind.VARIABLE | Kind.PARAMETER) | None:
            literal = binding is None and name == "undefined"
            return Place(name, name if literal else "?", path, awaited=awaited, written=literal)
        case _:
            return Place(name, "?", path, awaited=awaited)


def _called(plain: Plain, node: Node, env: Env, path: tuple[str, ...], awaited: bool) -> Place:
    path = tuple(plain.word(key) for key in path)
    text = plain.text(node, env)
    if node.type != "call_expression":
        open_ = node.type not in WRITTEN or not plain.written(node, env)
        inner = node.type in (*FUNCTIONS, *_MADE) or plain.syntax.code(node).startswith(("typeof ", "void "))
        brief = plain.closed.text(node, env) if inner else ""
        sig = "?" if open_ and not inner else text
        return Place(text, sig, path, awaited=awaited, written=not open_, brief=brief)
    given = arguments(node)
    whole = given and all(plain.written(one, env) for one in given)
    args = ",".join(plain.text(one, env) for one in given) if whole else ""
    callee = node.child_by_field_name("function")
    names: list[str] = []
    while callee is not None and callee.type == "member_expression" and len(names) < 20:
        names.insert(0, plain.key(callee, env))
        callee = callee.child_by_field_name("object")
    if names:
        return Place(text, ".".join(names), path, args, awaited)
    name = plain.syntax.code(callee) if callee is not None and callee.type == "identifier" else "?"
    binding = plain.names.find(name, node.start_byte)
    local = binding is None or binding.kind is not Kind.IMPORT or prepares(binding.module, name)
    name = plain.word(name)
    return Place(text, "?" if local else name, path, "" if local else args, awaited)
