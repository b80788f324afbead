"""What files that only serve tests take from them: helpers that assert less, values that are others, mocks for all."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from itertools import islice

from tree_sitter import Node

from beai.core.edits.place.shapes import key_of
from beai.core.edits.tamper.compare import Pool, held_back, lost
from beai.core.edits.tamper.found import Rows, Tamper, named, quoted, rows
from beai.core.edits.tamper.mocks import mocked, spied
from beai.core.edits.tamper.origins import OURS
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.plain import NOTHING
from beai.core.edits.tamper.reading import Reading
from beai.core.project import jsonc
from beai.core.project.expressions import FUNCTIONS, above, unwrap

_SERVES = re.compile(
    r"(?:from|require\()\s*[\"'](?:vitest|@jest/globals|bun:test|node:test|chai|expect)[\"']|import\.meta\.vitest\b"
)
_MEMBERS = """[(method_definition) (pair value: [(arrow_function) (function_expression)])
(export_statement value: [(arrow_function) (function_expression)])
(export_statement declaration: (function_declaration))] @found"""
_HOLDERS = ("variable_declarator", "class_declaration", "abstract_class_declaration")
_SCALARS = frozenset({"string", "number", "true", "false", "null", "undefined", "template_string", "unary_expression"})
_SHOWN = 3
_MOST = 5_000  # values of one file
_FAR = 12

Values = dict[str, tuple[str, Rows | None]]
"""What is written out, by its name and keys, with where."""


def serves_tests(text: str | None) -> bool:
    """Whether a file takes something from a test runner, wherever it lies."""
    return text is not None and _SERVES.search(text) is not None


def weaker(pair: Pairs) -> Iterator[Tamper]:
    """A function beside the tests that asserts less than it did, in a file that other files take it from."""
    old, new = _functions(pair.old), _functions(pair.new)
    for name in (one for one in old if one in new):
        had, has = tuple(pair.old.within(old[name])), tuple(pair.new.within(new[name]))
        pool = Pool().add(has)
        place = rows(old[name]), rows(new[name])
        if gone := lost(had, pool):
            yield Tamper(f"takes {len(gone)} of {len(had)} assertions out of {name}(), which tests call", *place)
            continue
        guards = dict.fromkeys(guard for one in had for guard, _ in held_back(one, pool))
        if guards and not any(one.code in {each.code for each in has if not each.guards} for one in had):
            yield from (Tamper(f"{guard} {name}(), which tests call", *place) for guard in guards)


def removed(pair: Pairs, others: Iterator[Reading]) -> Iterator[Tamper]:
    """A function that asserts and is gone, where neither this file nor ``others`` assert the same."""
    old, new = _functions(pair.old), _functions(pair.new)
    gone = {name: had for name in old if name not in new and (had := tuple(pair.old.within(old[name])))}
    if not gone or not re.search(r"\bexport\b|\bexports\b", pair.old.text):
        return
    pool = Pool()
    for reading in (pair.new, *others):
        for node in _functions(reading).values():
            pool.add(tuple(reading.within(node)))
    for name, had in gone.items():
        if lost(had, pool):
            yield Tamper(f"removes {name}(), which tests assert with", old=rows(old[name]))


def other_values(pair: Pairs) -> Iterator[Tamper]:
    """A value that is written out, and that tests may expect or be given, is another."""
    if pair.old.text.strip():
        yield from _other(_values(pair.old), _values(pair.new))


def other_data(before: str, after: str) -> Iterator[Tamper]:
    """The same of a file of data."""
    yield from _other(_data(before), _data(after))


def mocks_for_all(pair: Pairs) -> Iterator[Tamper]:
    """A mock, new in the file, of what the repository has, for every test that loads the file."""
    folder, name = posixpath.split(pair.new.path)
    if not pair.old.text and folder.split("/")[-1:] == ["__mocks__"]:
        yield Tamper(f"is what tests get in place of {named(posixpath.join(posixpath.dirname(folder), name))}")
    before = {one for one, _ in (*mocked(pair.old), *spied(pair.old))}
    for one, call in mocked(pair.new):
        if one not in before and one.startswith(OURS):
            yield Tamper(f"mocks {named(one)} for every test that loads this file", new=rows(call))
    for one, call in spied(pair.new):
        if one not in before:
            yield Tamper(f"puts a mock in place of {quoted(one)} for every test that loads this file", new=rows(call))


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (weaker, other_values, mocks_for_all)


def _functions(reading: Reading) -> dict[str, Node]:
    """The functions of a file by name: also methods, members of objects, and what the file is by default."""
    found = {name: node for _, name, node in reading.functions}
    for node in reading.syntax.matching(_MEMBERS):
        if node.type == "export_statement":
            inner = node.child_by_field_name("value") or node.child_by_field_name("declaration")
            if inner is not None and "default" in (child.type for child in node.children):
                found["default"] = inner
            continue
        key = reading.syntax.code(node.child_by_field_name("name") or node) if node.type != "pair" else None
        body = node if node.type != "pair" else node.child_by_field_name("value")
        name = key if key is not None else key_of(reading.syntax, node)
        if body is not None and name is not None:
            found[".".join((*_holder(reading, node), name))] = body
    return found


def _holder(reading: Reading, node: Node) -> tuple[str, ...]:
    around = (one for one in islice(above(node), _FAR) if one.type in _HOLDERS)
    names = (reading.syntax.code(name) for one in around if (name := one.child_by_field_name("name")) is not None)
    return tuple(islice(names, 1))


def _other(old: Values, new: Values) -> Iterator[Tamper]:
    told = [(key, value, new[key]) for key, value in old.items() if key in new and new[key][0] != value[0]]
    for key, (was, before), (now, after) in told[:_SHOWN]:
        yield Tamper(f"changes a value that tests take from here ({quoted(key)}: {was} → {now})", before, after)
    if len(told) > _SHOWN:
        last = told[_SHOWN]
        words = f"changes {len(told) - _SHOWN} more values that tests take from here"
        yield Tamper(words, last[1][1], last[2][1])


def _values(reading: Reading) -> Values:
    found: Values = {}
    for node in reading.declarations:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        within = any(one.type in FUNCTIONS for one in islice(above(node), _FAR))
        if name is None or within:
            continue
        start = value if value is not None else node.child_by_field_name("body")
        stack = [(start, reading.syntax.code(name))] if start is not None else []
        while stack and len(found) < _MOST:
            one, key = stack.pop()
            found.update(_scalar(reading, one, key, found))
            stack += reversed(list(_within(reading, one, key)))
    return found


def _within(reading: Reading, node: Node, key: str) -> Iterator[tuple[Node, str]]:
    for at, child in enumerate(node.named_children):
        inner = child.child_by_field_name("value") if child.type == "pair" else None
        own = key_of(reading.syntax, child) if inner is not None else None
        if inner is not None and own is not None:
            yield inner, f"{key}.{own}"
        elif child.type != "comment":
            yield child, f"{key}.{at}" if node.type == "array" else key


def _scalar(reading: Reading, node: Node, key: str, found: Values) -> Values:
    parent, inner = node.parent, unwrap(node)
    held = parent is not None and parent.type in ("pair", "array", "variable_declarator")
    if not held or key in found or inner.type in FUNCTIONS or inner.type in ("object", "array"):
        return {}
    text = reading.plain.text(inner, NOTHING)
    plain = inner.type in _SCALARS or len(text) < 40
    return {key: (quoted(text), rows(node))} if plain else {}


def _data(text: str) -> Values:
    found: Values = {}
    stack: list[tuple[str, object]] = [("", jsonc.load(text))]
    while stack and len(found) < _MOST:
        key, value = stack.pop()
        each = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        stack += [(f"{key}.{name}" if key else str(name), inner) for name, inner in each]
        if not isinstance(value, dict | list):
            found[key] = (quoted(json.dumps(value, ensure_ascii=False)), None)
    return found
