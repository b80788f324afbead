"""The roles that a middleware compares a caller's role with, also where a factory was given them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.expressions import literal, property_name, unwrap
from beai.core.project.follow import Place, follow
from beai.core.project.modules import Modules

_NAME = rb"([A-Za-z_$][\w$]{0,60}(?:\.[\w$]{1,60}){0,3})(?![\w$.(?])"
_LIST = rb"(?<![\w$.?])([A-Za-z_$][\w$]{0,60})\.(?:includes|has|indexOf)\(\s*"
_ROLE = rb"(?i:[\w.?!]{0,80}\b(?:role|permission|scope))"
_COMPARED = (
    re.compile(rb"(?i:\b(?:role|permission|scope))\s*[!=]==?\s*" + _NAME),
    re.compile(rb"(?<![\w$.?])" + _NAME + rb"\s*[!=]==?\s*" + _ROLE + rb"\b"),
    re.compile(_LIST + _ROLE + rb"\b"),
    re.compile(rb"\bhas(?:Any)?(?:Role|Permission|Scope)s?\(\s*(?:[\w.?!]{1,80}\s*,\s*)?" + _NAME),
    re.compile(rb"(?i:\b(?:roles|permissions|scopes))\??\.(?:includes|has)\(\s*" + _NAME),
)
_MOST = 20  # comparisons in one middleware
_LONGEST = 40_000  # bytes of one


@dataclass(frozen=True, slots=True)
class Compared:
    """The roles, and the name of one that a factory is given and that could not be followed."""

    roles: tuple[str, ...] = ()
    lost: str = ""


def compared_roles(modules: Modules, place: Place) -> Compared:
    """What the code of ``place`` compares a role with, by names whose values are known where it stands."""
    place = follow(modules, place)
    modules.inquiry.note("text", place.module.path)
    source, start = place.module.syntax.source, place.node.start_byte
    end = min(place.node.end_byte, start + _LONGEST)
    given = dict(place.given)
    roles: list[str] = []
    lost = ""
    spans = {match.span(1) for pattern in _COMPARED for match in pattern.finditer(source, start, end)}
    for first, last in sorted(spans)[:_MOST]:
        node = place.node.descendant_for_byte_range(first, last)
        if node is None or node.type not in ("identifier", "member_expression"):
            continue
        words = list(_words(modules, place.at(node)))
        roles += words
        name = place.module.syntax.code(node)
        lost = lost or (name if not words and name in given else "")
    return Compared(tuple(dict.fromkeys(roles)), lost)


def _words(modules: Modules, place: Place) -> list[str]:
    """The texts that a name stands for; ``Role.ADMIN`` stands for its last word where a factory is given it."""
    found: list[str] = []
    pending: list[tuple[Place, Node]] = [(place, place.node)]
    for depth in range(3):
        following: list[tuple[Place, Node]] = []
        for at, node in pending:
            meant = follow(modules, at.at(unwrap(node)))
            modules.inquiry.note("text", meant.module.path)
            if meant.node.type in ("array", "arguments"):
                following += [(meant, child) for child in meant.node.named_children if child.type != "comment"]
            elif meant.node.type == "string":
                found.append(literal(meant.module.syntax, meant.node) or "")
            elif meant.node.type == "member_expression" and (depth or meant.key != place.key):
                word = property_name(meant.module.syntax, meant.node)
                found += [word] if meant.module.syntax.code(meant.node)[:1].isupper() else []
        pending = following
    return [word for word in found if word]
