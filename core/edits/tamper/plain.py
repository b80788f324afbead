"""Code in a form in which two ways of writing the same thing read alike, with constants in place of their names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, key_of, string_value
from beai.core.edits.tamper.literals import member, members
from beai.core.edits.tamper.names import Kind, Names
from beai.core.project.expressions import unwrap
from beai.core.project.syntax import Syntax

_LONG = 600  # characters of a value that is compared by its text; a longer one by its hash
_FILLS = re.compile(r"\b(\w{1,80})\.(?:push|unshift|splice)\(")
DEEP = 6  # names followed from one to the next
MOST = 100_000
"""Nodes that are read of one test."""
_ALL = 800_000  # nodes that are read of all tests of one file
TYPED = frozenset({"as_expression", "satisfies_expression", "non_null_expression"})
WRITTEN = frozenset({"string", "template_string", "number", "true", "false", "null", "undefined", "object", "array"})


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


@dataclass
class Plain:
    """Reads the nodes of one file; the leaves read are counted, so that no text makes it slow."""

    names: Names
    same: Mapping[str, str] = field(default_factory=dict)  # words that only a renaming made different
    opaque: bool = False  # what calls give is called by its name
    read: int = 0
    spent: int = 0
    known: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def syntax(self) -> Syntax:
        """The file."""
        return self.names.syntax

    @property
    def tired(self) -> bool:
        """Whether so much of the file was read that nothing more is."""
        return self.spent > _ALL

    def rest(self) -> bool:
        """Begin to count anew for the next test; whether the last one was not read to its end."""
        cut, self.spent, self.read = self.tired or self.read > MOST, self.spent + self.read, 0
        return cut

    def text(self, node: Node, env: Env = NOTHING, depth: int = 0) -> str:
        """``node`` without blank space, comments, types, kinds of quotes and names of constants."""
        if not env and (node.id, depth) in self.known:
            return self.known[node.id, depth]
        pieces: list[str] = []
        stack = [node]
        while stack:
            one = stack.pop()
            self.read += 1
            if self.read > MOST:
                pieces.append(self.syntax.code(one))
                continue
            if not self._leaf(one, env, depth, pieces):
                stack += reversed(one.children[:1] if one.type in TYPED else one.children)
        text = "".join(pieces)
        for closer in ")]}":
            text = text.replace(f",{closer}", closer)
        if len(text) > _LONG:
            text = f"{text[:24]}…{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
        if not env and self.read <= MOST:
            self.known[node.id, depth] = text
        return text

    def _leaf(self, node: Node, env: Env, depth: int, pieces: list[str]) -> bool:
        match node.type:
            case "comment" | ";" | "type_annotation" | "type_arguments" | "type_parameters" | "optional_chain":
                if node.type == "optional_chain":
                    pieces.append(".")
                return True
            case "string" | "template_string" if (said := string_value(self.syntax, node)) is not None:
                pieces.append(self.word(json.dumps(said, ensure_ascii=False)))
                return True
            case "number":
                pieces.append(self.syntax.code(node).replace("_", ""))
                return True
            case "pair" if (key := key_of(self.syntax, node)) is not None and depth <= DEEP:
                value = node.child_by_field_name("value")
                pieces.append(f"{self.word(key)}:{self.text(value, env, depth + 1) if value else ''}")
                return True
            case "object" if depth <= DEEP and (each := members(node)) is not None:
                ordered = sorted(self.text(one, env, depth + 1) for one in each)
                pieces.append(f"{{{','.join(ordered)}}}")
                return True
            case "subscript_expression" if (key := self._dotted(node)) is not None:
                owner = node.child_by_field_name("object")
                pieces.append(f"{self.text(owner, env, depth + 1) if owner else ''}.{key}")
                return True
            case "member_expression" | "call_expression" if depth <= DEEP and (scalar := self._plainly(node, env)):
                pieces.append(self.text(scalar, NOTHING, depth + 1))
                return True
            case "identifier" | "shorthand_property_identifier":
                name = self.syntax.code(node)
                said = self._named(node, name, env, depth)
                pieces.append(said if node.type == "identifier" else f"{self.word(name)}:{said}")
                return True
            case _ if not node.children:
                code = self.word(self.syntax.code(node))
                pieces.append(f"{code} " if code.isalpha() and not node.is_named else code)
                return True
            case _:
                return False

    def _dotted(self, node: Node) -> str | None:
        """``id`` of ``user["id"]``."""
        index = node.child_by_field_name("index")
        key = string_value(self.syntax, index) if index is not None else None
        return self.word(key) if key is not None and key.isidentifier() else None

    def _made(self, value: Value) -> bool:
        """Whether a value is what a call gives, or a part of that."""
        for _ in range(DEEP):
            node = unwrap(value.node) if value.node is not None else None
            while node is not None and node.type in ("member_expression", "subscript_expression"):
                node = node.child_by_field_name("object")
            if node is None or node.type != "identifier":
                return node is not None and node.type in ("call_expression", "await_expression")
            value = self.follow(Value(node, value.env), 1)
            if value.node is None or value.node.id == node.id:
                return False
        return False

    def _plainly(self, node: Node, env: Env) -> Node | None:
        """The literal that a member of another or a call of the simplest function is."""
        return self._given_back(node) if node.type == "call_expression" else self._scalar(node, env)

    def _scalar(self, node: Node, env: Env) -> Node | None:
        """The string or number that ``session.user.id`` is, where ``session`` is written out."""
        path: tuple[str, ...] = ()
        root: Node | None = node
        while root is not None and root.type == "member_expression" and len(path) < DEEP:
            path, root = (self.key(root, env), *path), root.child_by_field_name("object")
        if root is None or root.type != "identifier":
            return None
        found = self.into(Value(root, env, "", path))
        written = found.node is not None and not found.path and found.node.type in ("string", "number")
        return found.node if written else None

    def _named(self, node: Node, name: str, env: Env, depth: int) -> str:
        value = self.follow(Value(node, env), 1)
        if depth >= DEEP or value.node is None or value.node.id == node.id or (self.opaque and self._made(value)):
            return value.text or self.word(name)
        text = self.text(value.node, value.env, depth + 1)
        return ".".join((text, *value.path))

    @cached_property
    def closed(self) -> Plain:
        """The same, but what calls give is called by its name."""
        return Plain(self.names, self.same, opaque=True)

    @cached_property
    def filled(self) -> frozenset[str]:
        """The lists that something is put into."""
        return frozenset(_FILLS.findall(self.syntax.text))

    def word(self, name: str) -> str:
        """``name`` as it was called before the change."""
        return self.same.get(name, name)

    def follow(self, value: Value, hops: int = DEEP) -> Value:
        """What a name stands for: the value of a constant, or what was handed over for a parameter."""
        while value.node is not None and hops > 0:
            node = unwrap(value.node)
            if node.type == "call_expression" and (given := self._given_back(node)) is not None:
                return Value(given, NOTHING, value.text, value.path)
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

    def _given_back(self, call: Node) -> Node | None:
        """The literal that a function of this file gives, which does nothing else and takes nothing."""
        callee = call.child_by_field_name("function")
        if callee is None or callee.type != "identifier" or arguments(call):
            return None
        binding = self.names.find(self.syntax.code(callee), callee.start_byte)
        function = binding.node if binding is not None and binding.kind is Kind.FUNCTION else None
        body = function.child_by_field_name("body") if function is not None else None
        if body is not None and body.type == "statement_block":
            each = [one for one in body.named_children if one.type != "comment"]
            alone = each[0] if len(each) == 1 and each[0].type == "return_statement" else None
            body = alone.named_children[0] if alone is not None and alone.named_children else None
        found = unwrap(body) if body is not None else None
        return found if found is not None and found.type in ("object", "array", "string", "number") else None

    def into(self, value: Value) -> Value:
        """``value`` with its path walked into the literal that it is, as far as that is written out."""
        while value.path and value.node is not None:
            node = self.follow(Value(value.node, value.env)).node
            inner = member(self.syntax, node, value.path[0]) if node is not None else None
            if inner is None:
                return value
            value = self.follow(Value(inner, value.env, "", value.path[1:]))
        return value

    def key(self, node: Node, env: Env) -> str:
        """The key that a member or subscript asks for."""
        key = node.child_by_field_name("property")
        if key is not None:
            return self.word(self.syntax.code(key))
        index = node.child_by_field_name("index")
        return self.text(index, env).strip('"') if index is not None else ""

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
