"""What stands around a line of a file and can be sent whole: a procedure, a test, a model, or a small file."""

from __future__ import annotations

from itertools import chain

from tree_sitter import Node

from beai.core.edits.change import Edit, UpsertEnum, UpsertModel, UpsertProcedure, UpsertTest, WholeFile
from beai.core.edits.headings import heading
from beai.core.edits.place import lists
from beai.core.edits.place.shapes import declared, key_of, literals, parsed
from beai.core.edits.place.suites import Role, declared_tests
from beai.core.project.prisma_blocks import block_spans
from beai.core.project.syntax import Syntax

SMALL = 200  # lines of a file that may be sent whole
SOURCES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


def whole_around(text: str, path: str, line: int) -> str:
    """How a reply heads what stands around ``line`` (1-based, 0 unknown), sent whole; empty for nothing."""
    found = _around(text, path, line) if line else None
    if found is None and text.count("\n") < SMALL:
        found = WholeFile(path, "")
    return heading(found) if found is not None else ""


def _around(text: str, path: str, line: int) -> Edit | None:
    if path.endswith(".prisma"):
        for kind, name, first, last in block_spans(text):
            if first <= line <= last:
                edits: dict[str, Edit] = {"enum": UpsertEnum(path, name, ""), "model": UpsertModel(path, name, "")}
                return edits.get(kind)
        return None
    if not path.endswith(SOURCES):
        return None
    syntax = parsed(text, path)
    return _test(syntax, path, line - 1) or _procedure(syntax, path, line - 1)


def _test(syntax: Syntax, path: str, row: int) -> UpsertTest | None:
    """The test, where its suite is the only one of its name."""
    found = declared_tests(syntax)
    for one in found:
        if one.role is not Role.TEST or not _covers(one.call, row):
            continue
        describe = one.parents[-1] if one.parents else ""
        if not describe or [other.name for other in found if other.role is Role.SUITE].count(describe) == 1:
            return UpsertTest(path, describe, one.name, "")
    return None


def _procedure(syntax: Syntax, path: str, row: int) -> UpsertProcedure | None:
    """The outermost element of a router; of nested routers it is the one that can be sent."""
    declaring = (node for node in syntax.matching("(variable_declarator) @found") if _covers(node, row))
    names = (node.child_by_field_name("name") for node in declaring)
    variables = (syntax.code(name) for name in names if name is not None)
    for variable in chain(variables, ("default",)):
        for holder in literals(syntax, declared(syntax, variable)):
            for element in lists.elements(holder):
                name = key_of(syntax, element)
                if name is not None and element.type != "shorthand_property_identifier" and _covers(element, row):
                    return UpsertProcedure(path, variable, name, "")
    return None


def _covers(node: Node, row: int) -> bool:
    return node.start_point.row <= row <= node.end_point.row
