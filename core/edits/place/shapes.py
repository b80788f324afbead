"""The parts of a TypeScript file that edits are placed by: strings, object literals of routers, single expressions."""

from __future__ import annotations

import re
from functools import lru_cache

from tree_sitter import Node

from beai.core.project.syntax import Syntax, parse, walk

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WRAPPERS = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"})
_DECLARATORS = "(variable_declarator) @found"
_EXPORTS = "(export_statement) @found"
_BLOCKS = frozenset({"program", "statement_block"})
_FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
_SAME = 50  # declarations of one name that are told apart
_DOTTED = frozenset({"identifier", "member_expression", "property_identifier"})


@lru_cache(maxsize=4)
def parsed(text: str, path: str) -> Syntax:
    """The syntax of a file that edits are made in; several that follow each other parse each state of it once."""
    return parse(text, path)


def string_value(syntax: Syntax, node: Node | None) -> str | None:
    """What a string literal, or a template without substitutions, says; None for anything else."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    if any(child.type == "template_substitution" for child in node.named_children):
        return None
    return _ESCAPE.sub(_unescaped, syntax.code(node)[1:-1])


def key_of(syntax: Syntax, node: Node) -> str | None:
    """The key of one element of an object literal; None for a spread or a computed key."""
    if node.type == "shorthand_property_identifier":
        return syntax.code(node)
    key = node.child_by_field_name("key") or node.child_by_field_name("name")
    if key is not None and key.type == "computed_property_name":
        key = key.named_children[0] if key.named_children else None
        return string_value(syntax, key)
    if key is None:
        return None
    return syntax.code(key) if key.type != "string" else string_value(syntax, key)


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, without comments."""
    holder = call.child_by_field_name("arguments")
    return [node for node in holder.named_children if node.type != "comment"] if holder else []


def declarations(syntax: Syntax, variable: str) -> list[Node]:
    """The declarators of ``variable``: those of the file itself, or where it has none, the ones inside functions."""
    found = _declarators(syntax, variable)
    return [node for node in found if _outermost(node)] or found


def declared(syntax: Syntax, variable: str) -> Node | None:
    """The value that ``variable`` is declared with, in one place; ``default`` means the default export."""
    if variable == "default":
        found = (node.child_by_field_name("value") for node in syntax.matching(_EXPORTS))
        return next((value for value in found if value is not None), None)
    there = declarations(syntax, variable)
    return there[0].child_by_field_name("value") if len(there) == 1 else None


def bound(syntax: Syntax, at: Node, name: str) -> Node | None:
    """The one declarator that ``name`` means at ``at``; None where it is a parameter, or nothing here declares it."""
    owned: dict[int, list[Node]] = {}
    for one in _declarators(syntax, name)[:_SAME]:
        blocks = [node for node in _around(syntax, one) if node.type in _BLOCKS]
        owned.setdefault(blocks[-1].id, []).append(one)
    for scope in reversed(_around(syntax, at)):
        if scope.type not in _BLOCKS and _takes(syntax, scope, name):
            return None
        if scope.id in owned:
            return owned[scope.id][0] if len(owned[scope.id]) == 1 else None
    return None


def literals(syntax: Syntax, value: Node | None) -> list[Node]:
    """The object literals that define what ``value`` evaluates to, when it is an object, or a call made with objects.

    Calls are followed only where the callee is a plain name (``router``, ``t.router``, ``mergeRouters``): a chain of
    calls means something else. What stands beside a router in a call that makes none is its settings. Names are
    followed inside the file.
    """
    found: list[Node] = []
    queue: list[tuple[Node | None, bool]] = [(value, True)]
    seen = set[str]()
    while queue:
        node, taken = queue.pop(0)
        while node is not None and node.type in _WRAPPERS:
            node = node.named_children[0] if node.named_children else None
        if node is None:
            continue
        callee = node.child_by_field_name("function")
        if node.type == "object" and taken:
            found.append(node)
        elif node.type == "identifier" and (name := syntax.code(node)) not in seen:
            seen.add(name)
            there = bound(syntax, node, name)
            queue.append((there.child_by_field_name("value") if there else None, taken))
        elif node.type == "call_expression" and callee is not None and _plain(callee):
            given = arguments(node)
            makes = "router" in syntax.code(callee).lower() or (taken and len(given) == 1)
            queue.extend((one, makes) for one in given)
    return found


def one_expression(code: str, path: str) -> str | None:
    """``code`` without blank space, comma or semicolon around its one expression; None if it is not one."""
    bare = code.strip().rstrip(",;").rstrip()
    syntax = parse(f"({bare}\n)", path)
    statements = [node for node in syntax.root.named_children if node.type != "comment"]
    if syntax.broken() is not None or len(statements) != 1 or statements[0].type != "expression_statement":
        return None
    outer = statements[0].named_children[0]
    inner = [node for node in outer.named_children if node.type != "comment"]
    if outer.type != "parenthesized_expression" or len(inner) != 1 or inner[0].type == "sequence_expression":
        return None
    if outer.end_byte != len(syntax.source):
        return None
    return bare[: syntax.offset(inner[0].end_byte) - 1]


def says(syntax: Syntax, node: Node, code: str, path: str) -> bool:
    """Whether ``node`` reads as ``code`` does, blank space and parentheses around ``code`` aside."""
    other = parse(code, path)
    wanted = _words(other, other.root)
    if code.startswith("(") and wanted[:1] == ["("] and wanted[-1:] == [")"]:
        wanted = wanted[1:-1]
    return _words(syntax, node) == wanted


def _words(syntax: Syntax, node: Node) -> list[str]:
    """What stands at the leaves of ``node``; strings and templates whole, comments without indentation."""
    found, stack = list[str](), [node]
    while stack:
        one = stack.pop()
        if one.children and one.type not in ("string", "template_string", "regex"):
            stack.extend(reversed(one.children))
            continue
        text = syntax.code(one).replace("\r\n", "\n")
        found.append("\n".join(line.strip() for line in text.split("\n")) if one.type == "comment" else text)
    return found


def _declarators(syntax: Syntax, variable: str) -> list[Node]:
    every = ((node, node.child_by_field_name("name")) for node in syntax.matching(_DECLARATORS))
    return [node for node, name in every if name is not None and syntax.code(name) == variable]


def _outermost(declarator: Node) -> bool:
    """Whether the file itself declares it, rather than a function or a block."""
    holder = declarator.parent.parent if declarator.parent else None
    if holder is not None and holder.type == "export_statement":
        holder = holder.parent
    return holder is not None and holder.type == "program"


def _around(syntax: Syntax, node: Node) -> list[Node]:
    """The blocks and functions that ``node`` stands in, the outermost first; found from above, whatever the depth."""
    cursor, found = syntax.root.walk(), list[Node]()
    while (here := cursor.node) is not None and here.id != node.id:
        if here.type in _BLOCKS or here.type in _FUNCTIONS:
            found.append(here)
        if cursor.goto_first_child_for_byte(node.start_byte) is None:
            break
    return found


def _takes(syntax: Syntax, function: Node, name: str) -> bool:
    """Whether one of its parameters is called so."""
    given = [function.child_by_field_name(field) for field in ("parameters", "parameter")]
    return any(one.type == "identifier" and syntax.code(one) == name for some in given if some for one in walk(some))


def _plain(callee: Node) -> bool:
    return all(node.type in _DOTTED or not node.is_named for node in walk(callee))


def _unescaped(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] in "ux" and len(body) > 1:
        code = int(body.strip("ux{}"), 16)
        return chr(code) if code < 0x110000 else match[0]
    return _LETTERS.get(body, body)
