"""Functions that are made within a test, and whether anything there runs them."""

from __future__ import annotations

import re

from tree_sitter import Node

from beai.core.edits.tamper.guards import Guard, runs
from beai.core.project.expressions import FUNCTIONS
from beai.core.project.syntax import Syntax

BODIES = frozenset({*FUNCTIONS, "generator_function", "method_definition"})
"""What has statements of its own, which run when it is called."""


def kept(syntax: Syntax, start: Node, node: Node) -> Guard | None:
    """What keeps a function that is made in ``start`` from running, UNCALLED where nothing runs it."""
    if node.type in FUNCTIONS and runs(node):
        return None
    holder = node if node.type == "method_definition" else node.parent
    key = holder.child_by_field_name("name") or holder.child_by_field_name("key") if holder is not None else None
    if key is None or holder is None or holder.type not in ("method_definition", "pair"):
        return None if node.type == "generator_function" and runs(node) else Guard.UNCALLED
    name = syntax.code(key)
    words = re.findall(rf"(?<![\w$]){re.escape(name)}(?![\w$])", syntax.code(start))
    called = name == "constructor" or len(words) > 1 or node.id == start.id
    return None if called or _handed_over(holder) else Guard.UNCALLED


def _handed_over(member: Node) -> bool:
    """Whether the object that ``member`` is in is given to somebody, who may call it."""
    parent = member.parent.parent if member.parent is not None else None
    return parent is not None and parent.type in ("arguments", "pair", "array")
