"""What is done to the runner's words from afar: set on the global object, or changed in ``expect`` itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, key_of, string_value
from beai.core.edits.tamper.found import Tamper, quoted, rows
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.plain import NOTHING, Value
from beai.core.edits.tamper.reading import Reading

_GLOBAL = frozenset({"globalThis", "global", "window", "self"})
_WORDS = frozenset({"expect", "it", "test", "describe", "assert", "suite"})
_SETTERS = frozenset({"Object.assign", "Object.defineProperty", "Object.defineProperties", "Reflect.set"}) | {
    "Reflect.defineProperty"
}
_OF_CHAI = re.compile(r"(?:overwrite|add)(?:Method|Property|ChainableMethod)")
_BUILT_IN = re.compile(
    r"to(?:Be|Equal|StrictEqual|MatchObject|Throw\w*|Contain\w*|Have\w+|Match\w*|Be\w+|Satisfy|Resolve\w*)"
)
_SAID = re.compile(r"\"([^\"]*)\"")


def set_from_afar(pair: Pairs) -> Iterator[Tamper]:
    """``Object.assign(globalThis, { expect })``, ``globalThis["exp" + "ect"] = …``, ``expect.toBe = …``."""
    if not any(word in pair.fresh_text for word in ("expect", "Object.", "Reflect.", "[", "Assertion")):
        return
    before = {words for words, _ in _set(pair.old)}
    for words, node in _set(pair.new):
        if words not in before:
            yield Tamper(words, new=rows(node))


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (set_from_afar,)


def _set(reading: Reading) -> Iterator[tuple[str, Node]]:
    for node in reading.syntax.assignments(reading.syntax.root):
        left = node.child_by_field_name("left")
        owner = left.child_by_field_name("object") if left is not None else None
        if left is None or owner is None:
            continue
        if reading.syntax.code(owner)[:40].split(".")[0] == "expect":
            yield f"changes expect itself ({quoted(reading.syntax.code(left))})", node
        elif left.type == "subscript_expression" and _is_global(reading, owner):
            word = _spelled(reading, left.child_by_field_name("index"))
            if word in _WORDS:
                yield f"puts something else in place of {word}", node
    for call in reading.syntax.calls(reading.syntax.root):
        callee, given = call.child_by_field_name("function"), arguments(call)
        code = reading.syntax.code(callee)[:60] if callee is not None else ""
        if given and code in _SETTERS:
            yield from _given(reading, call, given)
        elif given and _OF_CHAI.fullmatch(code.rpartition(".")[2]) and string_value(reading.syntax, given[-2:][0]):
            yield f"changes how chai asserts ({quoted(code)})", call
        elif given and code == "expect.extend":
            yield from ((f"replaces the matcher {name}", call) for name in _keys(reading, given[0], _BUILT_IN))


def _given(reading: Reading, call: Node, given: list[Node]) -> Iterator[tuple[str, Node]]:
    target = reading.syntax.code(given[0])
    if target == "expect":
        yield "changes expect itself", call
    if not _is_global(reading, given[0]):
        return
    for one in given[1:]:
        word = _spelled(reading, one)
        names = [word] if word in _WORDS else _keys(reading, one, re.compile("|".join(sorted(_WORDS))))
        yield from ((f"puts something else in place of {name}", call) for name in names)


def _keys(reading: Reading, node: Node, wanted: re.Pattern[str]) -> list[str]:
    found = reading.plain.follow(Value(node, NOTHING)).node
    each = found.named_children if found is not None and found.type == "object" else []
    names = [
        reading.syntax.code(one.child_by_field_name("name") or one)
        if one.type in ("shorthand_property_identifier", "method_definition")
        else key_of(reading.syntax, one) or ""
        for one in each
    ]
    return [name for name in names if wanted.fullmatch(name)]


def _is_global(reading: Reading, node: Node) -> bool:
    found = reading.plain.follow(Value(node, NOTHING)).node
    code = reading.syntax.code(found)[:60] if found is not None else ""
    return code.split(" as ")[0].strip("()") in _GLOBAL


def _spelled(reading: Reading, node: Node | None) -> str:
    """The word that a key is, also where it is put together of pieces."""
    text = reading.plain.text(node, NOTHING) if node is not None and node.type not in ("object", "identifier") else ""
    return "".join(_SAID.findall(text)) if len(text) < 100 else ""
