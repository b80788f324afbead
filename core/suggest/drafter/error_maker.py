"""How tests make the error that Prisma throws for a failed query."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, key_of, string_value
from beai.core.project.syntax import Syntax, walk
from beai.core.suggest.drafter.conventions import File

CODE = "%CODE%"
_FUNCTIONS = ("arrow_function", "function_expression", "function", "function_declaration")


@dataclass(frozen=True, slots=True)
class ErrorMaker:
    """How tests make a Prisma error, with ``%CODE%`` for the literal."""

    template: str
    names: tuple[str, ...]


def error_maker(files: tuple[File, ...]) -> ErrorMaker | None:
    """The way of the first file that shows one, else the client's own error class."""
    return next((made for one in files if (made := _error_maker(one))), None) or _plain_error(files)


def _error_maker(one: File) -> ErrorMaker | None:
    syntax = one.syntax
    for node in walk(syntax.root):
        made = node.child_by_field_name("constructor") if node.type == "new_expression" else None
        if made is None or not syntax.code(made).endswith("PrismaClientKnownRequestError"):
            continue
        entries = {
            key_of(syntax, entry): entry
            for given in walk(node)
            if given.type == "object"
            for entry in given.named_children
        }
        code = entries.get("code")
        value = code.child_by_field_name("value") if code is not None else None
        if value is not None and string_value(syntax, value):
            names = tuple(sorted(names_in(syntax, node)))
            return ErrorMaker(_neutral(syntax, node).replace(syntax.code(value), CODE), names)
        maker = _maker(syntax, node, syntax.code(value) if value is not None else "code")
        if code is not None and maker:
            return ErrorMaker(f"{maker}({CODE})", (maker,))
    return None


def _plain_error(files: tuple[File, ...]) -> ErrorMaker | None:
    """The error class itself, where some file shows which client module exports it (Prisma Client reference)."""
    if not any(one.binding("Prisma") or one.binding("PrismaClient") for one in files):
        return None
    made = f'new Prisma.PrismaClientKnownRequestError("Prisma failed", {{ code: {CODE}, clientVersion: "test" }})'
    return ErrorMaker(made, ("Prisma",))


def _neutral(syntax: Syntax, node: Node) -> str:
    """The expression with a message that suits every code."""
    first = next(iter(arguments(node)), None)
    text = syntax.code(node)
    if first is None or first.type != "string":
        return text
    quote = syntax.code(first)[0]
    return text.replace(syntax.code(first), f"{quote}Prisma failed{quote}", 1)


def _maker(syntax: Syntax, node: Node, code: str) -> str:
    """The function around ``node`` whose first parameter is the code, and which needs no other."""
    function: Node | None = node
    while function is not None and function.type not in _FUNCTIONS:
        function = function.parent
    if function is None:
        return ""
    holder = function.child_by_field_name("parameters")
    given = holder.named_children if holder is not None else []
    first = syntax.code(given[0]) if given else ""
    needed = [one for one in given[1:] if one.type == "required_parameter" and "=" not in syntax.code(one)]
    if not re.match(rf"{re.escape(code)}\b", first) or needed:
        return ""
    name = function.child_by_field_name("name")
    if name is None and function.parent is not None and function.parent.type == "variable_declarator":
        name = function.parent.child_by_field_name("name")
    return syntax.code(name) if name is not None else ""


def names_in(syntax: Syntax, node: Node) -> set[str]:
    """The identifiers below a node."""
    return {syntax.code(one) for one in walk(node) if one.type in ("identifier", "shorthand_property_identifier")}
