"""Where an import statement goes among those of a file: in its group, in order where the file keeps one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tree_sitter import Node

from beai.core.edits.diff.ends import eol_at
from beai.core.project.syntax import Syntax

Key = Callable[[str], str]

_ALIAS = re.compile(r"(?:@|~|#|\$)/|[~#$]\w|src/")
_BOUND = re.compile(r"eslint-disable-next-line|@ts-ignore|@ts-expect-error|prettier-ignore")
"""Comments that speak of the next line alone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One import that is there: its statement and its module; ``bare`` is one without names."""

    node: Node
    module: str
    bare: bool


def order_of(lists: Sequence[Sequence[str]]) -> Key:
    """How a file sorts: without regard to case, unless more of its lists are in order only with capitals first."""
    several = [one for one in lists if len(one) > 1]
    either = [(_in_order(one, str.casefold), _in_order(one, str)) for one in several]
    return (
        str
        if sum(plain > folded for folded, plain in either) > sum(folded > plain for folded, plain in either)
        else str.casefold
    )


def sorted_by(items: Sequence[str], preferred: Key) -> Key | None:
    """The key that ``items`` are in order by; None where they are in none, or too few to say."""
    keys = (preferred, str.casefold, str)
    return next((key for key in keys if len(items) > 1 and _in_order(items, key)), None)


def stated(syntax: Syntax, line: str, module: str, present: Sequence[Entry]) -> str:
    """The text with the statement ``line`` in its place among those ``present``, of which there is at least one."""
    same = [one for one in present if one.module == module]
    if same:
        return _below(syntax, same[-1], line)
    groups = _groups(syntax, present)
    rank = _rank(module)
    own = [group for group in groups if any(_rank(one.module) == rank for one in group)]
    pure = len(groups) > 1 and all(len({_rank(one.module) for one in group}) == 1 for group in groups)
    if not own and pure:
        return _new_group(syntax, line, groups, rank)
    group = max(
        own or groups[-1:], key=lambda some: (sum(_rank(one.module) == rank for one in some), some[0].node.start_byte)
    )
    return _in_group(syntax, line, module, group, groups)


def _in_group(syntax: Syntax, line: str, module: str, group: list[Entry], groups: list[list[Entry]]) -> str:
    """In order where the group is in order: all of it, or those of the module's kind that stand together in it."""
    preferred = order_of([[one.module for one in some] for some in groups])
    orderly = (
        len(group) == 1 and any(len(some) > 1 for some in groups) and all(_kept(some, preferred) for some in groups)
    )
    alike = [one for one in group if _rank(one.module) == _rank(module)]
    for some in (group, [one for one in group if not one.bare], alike, [one for one in alike if not one.bare]):
        key = sorted_by([one.module for one in some], preferred) or (preferred if orderly and some else None)
        if key is None or (some is not group and len(some) == 1 and not orderly):
            continue
        before = [one for one in some if key(one.module) <= key(module)]
        return _below(syntax, before[-1], line) if before else _above(syntax, some[0], line)
    if alike:
        return _below(syntax, alike[-1], line)
    lower = [one for one in group if _rank(one.module) < _rank(module)]
    ranked = all(_rank(a.module) <= _rank(b.module) for a, b in pairwise(group))
    if ranked and len(group) > 1:
        return _below(syntax, lower[-1], line) if lower else _above(syntax, group[0], line)
    return _below(syntax, group[-1], line)


def _new_group(syntax: Syntax, line: str, groups: list[list[Entry]], rank: int) -> str:
    """Set apart by a blank line: packages, then aliases, then relative modules, as far as the file has it so."""
    lower = [group for group in groups if _rank(group[0].module) < rank]
    text = syntax.text
    if lower:
        at = _line_end(syntax, lower[-1][-1])
        eol = eol_at(text, at)
        return f"{text[:at]}{eol}{eol}{line}{text[at:]}"
    at = _start(syntax, groups[0][0])
    eol = eol_at(text, at)
    return f"{text[:at]}{line}{eol}{eol}{text[at:]}"


def _groups(syntax: Syntax, present: Sequence[Entry]) -> list[list[Entry]]:
    """The imports between blank lines, or other statements."""
    groups: list[list[Entry]] = [[present[0]]]
    for before, one in pairwise(present):
        between = syntax.text[syntax.offset(before.node.end_byte) : syntax.offset(one.node.start_byte)]
        other = before.node.next_named_sibling
        while other is not None and other.type == "comment":
            other = other.next_named_sibling
        apart = any(not row.strip() for row in between.split("\n")[1:-1])
        if apart or other is None or other.start_byte != one.node.start_byte:
            groups.append([])
        groups[-1].append(one)
    return groups


def _below(syntax: Syntax, one: Entry, line: str) -> str:
    text, at = syntax.text, _line_end(syntax, one)
    return f"{text[:at]}{eol_at(text, at)}{line}{text[at:]}"


def _above(syntax: Syntax, one: Entry, line: str) -> str:
    text, at = syntax.text, _start(syntax, one)
    return f"{text[:at]}{line}{eol_at(text, at)}{text[at:]}"


def _line_end(syntax: Syntax, one: Entry) -> int:
    """Where the line on which the statement ends does, its line end not counted."""
    end = syntax.text.find("\n", syntax.offset(one.node.end_byte))
    return len(syntax.text) if end < 0 else end - syntax.text[:end].endswith("\r")


def _start(syntax: Syntax, one: Entry) -> int:
    """Where the statement starts, or a comment above it that speaks of its line."""
    above = one.node.prev_named_sibling
    near = above is not None and above.type == "comment" and above.end_point.row + 1 == one.node.start_point.row
    node = above if above is not None and near and _BOUND.search(syntax.code(above)) else one.node
    return syntax.offset(node.start_byte)


def _kept(group: list[Entry], key: Key) -> bool:
    return _in_order([one.module for one in group], key)


def _in_order(items: Sequence[str], key: Key) -> bool:
    return all(key(a) <= key(b) for a, b in pairwise(items))


def _rank(module: str) -> int:
    """Packages come first, then what an alias reaches, then what is reached by a relative path."""
    return 2 if module.startswith(".") else 1 if _ALIAS.match(module) else 0
