"""Which tables a piece of raw SQL reads and writes, as far as its words say (SQL: FROM, JOIN, INTO, UPDATE)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.syntax import Syntax

_HEAD = 2_200  # bytes before a query's arguments: its name with the type that it is said to give
# Prisma Client API reference, "Raw queries".
_CALL = re.compile(
    rb"([\w.$?!\[\]()]{0,200})\.\$((?:query|execute)Raw(?:Unsafe|Typed)?)\s*(?:<.{0,2000}>)?\s*!?\s*$", re.S
)
_QUOTES = '"`[]'
_NAMED = re.compile(
    r"\b(DELETE\s+FROM|FROM|JOIN|INTO|UPDATE|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+|LATERAL\s+)?"
    r"(\$\{|[\"`\[]?[A-Za-z_]\w{0,100}[\"`\]]?(?:\.[\"`\[]?[A-Za-z_]\w{0,100}[\"`\]]?){0,2})(\s*\()?",
    re.IGNORECASE,
)
_CTE = re.compile(
    r"\b(\w{1,100})\s*(?:\([\w\s,\"]{0,300}\)\s*)?AS\s+(?:NOT\s+MATERIALIZED\s+|MATERIALIZED\s+)?\(", re.IGNORECASE
)
_COMMENT = re.compile(r"--[^\n]*|/\*.{0,2000}?\*/", re.DOTALL)
_NO_TABLE = frozenset({"set", "select", "nothing", "skip", "nowait", "of", "current_date", "now", "excluded"})
_LONGEST = 40_000


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables by name with whether they are written; ``dark`` where a table's name is put in from outside."""

    named: tuple[tuple[str, bool], ...] = ()
    dark: bool = False


@dataclass(frozen=True, slots=True)
class RawCall:
    """One raw query: its method, the handle that it runs on, and what it is given."""

    method: str
    handle: str
    given: Node


def raw_call(syntax: Syntax, call: Node) -> RawCall | None:
    """The raw query that ``call`` makes, with a tag or with arguments; None where it makes none."""
    given = call.child_by_field_name("arguments")
    if given is None:
        return None
    head = syntax.source[max(call.start_byte, given.start_byte - _HEAD) : given.start_byte]
    found = _CALL.search(head) if b"Raw" in head else None
    if found is None:
        return None
    handle, method = (part.decode("utf-8", "replace") for part in found.groups())
    return RawCall(method, handle, given)


def tables(text: str) -> Tables:
    """What ``text`` names; names that it defines itself by WITH are none."""
    text = _COMMENT.sub(" ", text[:_LONGEST])
    own = {name.lower() for name in _CTE.findall(text)}
    found: dict[str, bool] = {}
    dark = False
    for word, name, opens in _NAMED.findall(text):
        if name == "${":
            dark = True
            continue
        table = name.rpartition(".")[2].strip(_QUOTES)
        if table.lower() in own | _NO_TABLE or (opens and not word.upper().startswith("INTO")):
            continue
        writes = word.upper() != "FROM" and word.upper() != "JOIN"
        found[table] = found.get(table, False) or writes
    return Tables(tuple(found.items()), dark)
