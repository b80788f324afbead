"""The sessions that tests call with, and what can be read of their users."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.syntax import Syntax, walk
from beai.core.suggest.drafter.conventions import File

NOBODY = ("null", "undefined")


@dataclass(frozen=True, slots=True)
class Session:
    """One session that tests use: its expression, the user's id and role where they can be read; no id is nobody."""

    expression: str
    id: str = ""
    role: str = ""


def sessions_of(passed: Iterable[str], files: tuple[File, ...], id_name: str) -> tuple[Session, ...]:
    """Every session that a test passes, and those declared beside them; the commonest first."""
    counted = Counter(passed)
    found = [_session(said, files, id_name) for said, _ in counted.most_common()]
    known = {one.expression for one in found}
    for name in [one.expression for one in found if one.id]:
        for one in files:
            declared = _constant(one.syntax, name)
            if declared is None or declared.parent is None:
                continue
            kind = declared.child_by_field_name("type")
            for node in walk(one.syntax.root):
                other = node.child_by_field_name("name") if node.type == "variable_declarator" else None
                if other is None or one.syntax.code(other) in known or kind is None:
                    continue
                same = node.child_by_field_name("type")
                if same is not None and one.syntax.code(same) == one.syntax.code(kind):
                    known.add(one.syntax.code(other))
                    found.append(_session(one.syntax.code(other), files, id_name))
    return tuple(found)


def _session(said: str, files: tuple[File, ...], id_name: str) -> Session:
    if said in NOBODY:
        return Session(said)
    text = said
    if re.fullmatch(r"\w+", said):
        for one in files:
            declared = _constant(one.syntax, said)
            value = declared.child_by_field_name("value") if declared is not None else None
            if value is not None:
                text = one.syntax.code(value)
                break
    alone = re.fullmatch(r"([\"'])(.*)\1", text)
    if alone:
        return Session(said, alone[2])
    ident = re.search(rf"\b(?:{re.escape(id_name) if id_name else 'id'}|id|userId|sub)\s*:\s*([\"'])(.*?)\1", text)
    role = re.search(r"\brole\s*:\s*(?:[\"'](\w+)[\"']|\w+\.(\w+))", text)
    passed = re.match(r"\w+\(\s*([\"'])([^\"']+)\1", text) if not ident else None
    return Session(said, ident[2] if ident else passed[2] if passed else "", (role[1] or role[2]) if role else "")


def _constant(syntax: Syntax, name: str) -> Node | None:
    for node in walk(syntax.root):
        declared = node.child_by_field_name("name") if node.type == "variable_declarator" else None
        if declared is not None and syntax.code(declared) == name and node.child_by_field_name("value") is not None:
            return node
    return None
