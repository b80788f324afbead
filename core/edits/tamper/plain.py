"""Code in a form in which two ways of writing the same thing read alike, with constants in place of their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from beai.core.edits.shapes import arguments, key_of, string_value
from beai.core.edits.tamper.literals import member, members, prepares
from beai.core.edits.tamper.names import Binding, Kind, Names
from beai.core.project.expressions import FUNCTIONS, unwrap
from beai.core.project.syntax import Syntax

_LONG = 600  # characters of a value that is compared by its text; a longer one by its hash
_DEEP = 6  # names followed from one to the next
MOST = 100_000
"""Nodes that are read of one file."""
_TYPED = frozenset({"as_expression", "satisfies_expression", "non_null_expression"})
_WRITTEN = frozenset({"string", "template_string", "number", "true", "false", "null", "undefined", "object", "array"})


@dataclass(frozen=True, slots=True)
class Value:
    """What a node evaluates to, as far as the text shows; ``node`` is what it says it by, in ``env``."""

    node: Node | None
    env: Env
    text: str = ""
    path: tuple[str, ...] = ()
    loose: bool = False  # nothing is known of it


Env = Mapping[tuple[int, str], Value]
"""What parameters stand for: the function's node id and the name."""
NOTHING: Env = {}


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

    @property
    def text(self) -> str:
        """The place in one word."""
        return ".".join((self.root, *self.path))


@dataclass
class Plain:
    """Reads the nodes of one file; the leaves read are counted, so that no text makes it slow."""

    names: Names
    read: int = 0
    known: dict[int, str] = field(default_factory=dict)

    @property
    def syntax(self) -> Syntax:
        """The file."""
        return self.names.syntax

    def text(self, node: Node, env: Env = NOTHING, depth: int = 0) -> str:
        """``node`` without blank space, comments, types, kinds of quotes and names of constants."""
        if not env and depth == 0 and node.id in self.known:
            return self.known[node.id]
        pieces: list[str] = []
        stack = [node]
        while stack:
            one = stack.pop()
            self.read += 1
            if self.read > MOST:
                pieces.append(self.syntax.code(one)[:_LONG])
                continue
            if not self._leaf(one, env, depth, pieces):
                stack += reversed(one.children[:1] if one.type in _TYPED else one.children)
        text = "".join(pieces)
        for closer in ")]}":
            text = text.replace(f",{closer}", closer)
        if len(text) > _LONG:
            text = f"{text[:24]}…{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
        if not env and depth == 0:
            self.known[node.id] = text
        return text

    def _leaf(self, node: Node, env: Env, depth: int, pieces: list[str]) -> bool:
        match node.type:
            case "comment" | ";" | "type_annotation" | "type_arguments" | "type_parameters" | "optional_chain":
                if node.type == "optional_chain":
                    pieces.append(".")
                return True
            case "string" | "template_string" if (said := string_value(self.syntax, node)) is not None:
                pieces.append(json.dumps(said, ensure_ascii=False))
                return True
            case "number":
                pieces.append(self.syntax.code(node).replace("_", ""))
                return True
            case "pair" if (key := key_of(self.syntax, node)) is not None and depth <= _DEEP:
                value = node.child_by_field_name("value")
                pieces.append(f"{key}:{self.text(value, env, depth + 1) if value else ''}")
                return True
            case "object" if depth <= _DEEP and (each := members(node)) is not None:
                ordered = sorted(self.text(one, env, depth + 1) for one in each)
                pieces.append(f"{{{','.join(ordered)}}}")
                return True
            case "member_expression" if (scalar := self._scalar(node, env)) is not None:
                pieces.append(self.text(scalar, NOTHING, depth + 1))
                return True
            case "identifier" | "shorthand_property_identifier":
                name = self.syntax.code(node)
                said = self._named(node, name, env, depth)
                pieces.append(said if node.type == "identifier" else f"{name}:{said}")
                return True
            case _ if not node.children:
                code = self.syntax.code(node)
                pieces.append(f"{code} " if code.isalpha() and code not in ("true", "false", "null") else code)
                return True
            case _:
                return False

    def _scalar(self, node: Node, env: Env) -> Node | None:
        """The string or number that ``session.user.id`` is, where ``session`` is written out."""
        path: tuple[str, ...] = ()
        root: Node | None = node
        while root is not None and root.type == "member_expression" and len(path) < _DEEP:
            path, root = (self._key(root, env), *path), root.child_by_field_name("object")
        if root is None or root.type != "identifier":
            return None
        found = self.into(Value(root, env, "", path))
        written = found.node is not None and not found.path and found.node.type in ("string", "number")
        return found.node if written else None

    def _named(self, node: Node, name: str, env: Env, depth: int) -> str:
        value = self.follow(Value(node, env), 1)
        if depth >= _DEEP or value.node is None or value.node.id == node.id:
            return value.text or name
        text = self.text(value.node, value.env, depth + 1)
        return ".".join((text, *value.path))

    def follow(self, value: Value, hops: int = _DEEP) -> Value:
        """What a name stands for: the value of a constant, or what was handed over for a parameter."""
        while value.node is not None and hops > 0:
            node = unwrap(value.node)
            if node.type not in ("identifier", "shorthand_property_identifier"):
                return Value(node, value.env, value.text, value.path)
            binding = self.names.find(self.syntax.code(node), node.start_byte)
            if binding is None:
                return Value(node, value.env, value.text, value.path)
            if binding.kind is Kind.PARAMETER:
                handed = value.env.get((binding.owner, self.syntax.code(node)))
                if handed is None or handed.node is None:
                    return handed or Value(node, value.env, "", value.path)
                value = Value(handed.node, handed.env, "", (*handed.path, *value.path))
            elif binding.kind is Kind.VALUE and binding.node is not None:
                value = Value(binding.node, value.env, "", (*binding.path, *value.path))
            else:
                return Value(node, value.env, value.text, value.path)
            hops -= 1
        return value

    def into(self, value: Value) -> Value:
        """``value`` with its path walked into the literal that it is, as far as that is written out."""
        while value.path and value.node is not None:
            node = self.follow(Value(value.node, value.env)).node
            inner = member(self.syntax, node, value.path[0]) if node is not None else None
            if inner is None:
                return value
            value = self.follow(Value(inner, value.env, "", value.path[1:]))
        return value

    def place(self, node: Node, env: Env) -> Place:
        """What ``node`` looks at."""
        path: tuple[str, ...] = ()
        awaited, thrown, value = False, False, Value(node, env)
        for _ in range(40):
            current = value.node
            while current is not None and current.type in ("parenthesized_expression", *_TYPED, "await_expression"):
                awaited = awaited or current.type == "await_expression"
                current = next((one for one in current.named_children if one.type != "comment"), None)
            if current is None:
                break
            match current.type:
                case "member_expression" | "subscript_expression":
                    path = (self._key(current, value.env), *path)
                    value = Value(current.child_by_field_name("object"), value.env)
                    continue
                case "identifier":
                    found = self.into(self.follow(Value(current, value.env), 1))
                    if found.node is None or found.node.id == current.id:
                        return self._rooted(current, found, path, awaited)
                    if found.node.type in ("object", "array"):  # what is in it may have changed since
                        return self._rooted(current, Value(None, found.env, "", found.path), path, awaited)
                    path, value = (*found.path, *path), Value(found.node, found.env)
                    continue
                case "call_expression" if (promise := self._caught(current)) is not None:
                    thrown, value = True, Value(promise, value.env)
                    continue
                case _:
                    return replace(self._called(current, value.env, path, awaited), thrown=thrown)
        return Place("?", "?", path, awaited=awaited, thrown=thrown)

    def _caught(self, call: Node) -> Node | None:
        """The call whose error ``f().catch((error) => error)`` gives."""
        callee = call.child_by_field_name("function")
        promise = callee.child_by_field_name("object") if callee is not None else None
        caught = callee is not None and promise is not None and self._key(callee, NOTHING) == "catch"
        return promise if caught and promise is not None and promise.type == "call_expression" else None

    def _key(self, node: Node, env: Env) -> str:
        key = node.child_by_field_name("property")
        if key is not None:
            return self.syntax.code(key)
        index = node.child_by_field_name("index")
        return self.text(index, env).strip('"') if index is not None else ""

    def _rooted(self, node: Node, found: Value, path: tuple[str, ...], awaited: bool) -> Place:
        name = self.syntax.code(node)
        binding = self.names.find(name, node.start_byte)
        path = (*found.path, *path)
        if found.text and binding is not None and binding.kind is Kind.PARAMETER:
            return Place(found.text, found.text, path, awaited=awaited, written=True)
        match binding:
            case Binding(kind=Kind.VARIABLE) if self.names.caught(name, node.start_byte):
                return Place("?", "?", path, thrown=True)
            case Binding(kind=Kind.CAUGHT):
                return Place("?", "?", (*binding.path, *path), thrown=True)
            case Binding(kind=Kind.IMPORT):
                return Place(name, name, path, awaited=awaited)
            case Binding(kind=Kind.VARIABLE | Kind.PARAMETER) | None:
                literal = binding is None and name == "undefined"
                return Place(name, name if literal else "?", path, awaited=awaited, written=literal)
            case _:
                return Place(name, "?", path, awaited=awaited)

    def _called(self, node: Node, env: Env, path: tuple[str, ...], awaited: bool) -> Place:
        text = self.text(node, env)
        if node.type != "call_expression":
            open_ = node.type not in _WRITTEN or not self.written(node, env)
            inner = node.type in FUNCTIONS or node.type in ("ternary_expression", "binary_expression", "new_expression")
            return Place(text, "?" if open_ and not inner else text, path, awaited=awaited, written=not open_)
        given = arguments(node)
        plain = given and all(self.written(one, env) for one in given)
        args = ",".join(self.text(one, env) for one in given) if plain else ""
        callee = node.child_by_field_name("function")
        names: list[str] = []
        while callee is not None and callee.type == "member_expression" and len(names) < 20:
            names.insert(0, self._key(callee, env))
            callee = callee.child_by_field_name("object")
        if names:
            return Place(text, ".".join(names), path, args, awaited)
        name = self.syntax.code(callee) if callee is not None and callee.type == "identifier" else "?"
        binding = self.names.find(name, node.start_byte)
        local = binding is None or binding.kind is not Kind.IMPORT or prepares(binding.module, name)
        return Place(text, "?" if local else name, path, "" if local else args, awaited)

    def written(self, node: Node, env: Env) -> bool:
        """Whether ``node`` is a literal, constants in it followed."""
        stack: list[tuple[Node, Env, int]] = [(node, env, 0)]
        for _ in range(400):
            if not stack:
                return True
            one, around, depth = stack.pop()
            value = self.into(self.follow(Value(one, around)))
            found = value.node
            if found is None or value.path or depth > 12:
                return False
            match found.type:
                case "string" | "number" | "true" | "false" | "null" | "undefined":
                    continue
                case "template_string" if string_value(self.syntax, found) is not None:
                    continue
                case "unary_expression" | "object" | "array":
                    stack += [
                        (child, value.env, depth + 1) for child in found.named_children if child.type != "comment"
                    ]
                case "pair" if (inner := found.child_by_field_name("value")) is not None:
                    stack.append((inner, value.env, depth + 1))
                case "identifier" if self.syntax.code(found) == "undefined":
                    continue
                case _:
                    return False
        return False
