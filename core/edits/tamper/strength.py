"""Which facts hold wherever others do, so that an assertion may be worded anew, or made stronger, without alarm."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from beai.core.edits.tamper.facts import Fact
from beai.core.edits.tamper.places import KEYS, Place

_FALSY = frozenset({"false", "0", "null", "undefined", '""', "NaN"})
_SHAPES = frozenset({"is", "exact", "strict", "length", "type", "contains", "matches", "instance", "defined", "truthy"})
_CALLED = re.compile(r"([\w$]+)\(")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


def implies(now: Fact, was: Fact) -> bool:
    """Whether ``was`` cannot fail where ``now`` holds."""
    if now.rejects != was.rejects:
        return False
    if (now.kind, now.negated) == (was.kind, was.negated) and (now.value == was.value or _made_alike(now, was)):
        return same_place(now.place, was.place)
    if was.negated:
        other = was.kind == "is" and now.kind == "is" and not now.negated and _written(now.value)
        empty = was.kind == "truthy" and now.kind == "is" and not now.negated and now.value in _FALSY
        return (other or empty) and same_place(now.place, was.place)
    return not now.negated and _stronger(now, was)


def _made_alike(now: Fact, was: Fact) -> bool:
    """Whether two values that calls make are written alike, from no new literal, and not by what is asserted on."""
    if now.made is None or was.made is None or now.made.text != was.made.text:
        return False
    asked = {*_CALLED.findall(now.place.root), now.place.sig.rpartition(".")[2]}
    return now.made.literals <= was.made.literals and asked.isdisjoint(now.made.called - was.made.called)


def same_place(one: Place, other: Place) -> bool:
    """Whether two assertions look at the same thing, as far as names tell; what is made elsewhere may be anything."""
    if one.args and other.args and one.args != other.args and one.sig == other.sig:
        return False
    return _same_root(one, other) and _same_path(one, other, one.path, other.path)


def _same_root(one: Place, other: Place) -> bool:
    if one.written != other.written:
        return False
    if one.brief and one.brief == other.brief:
        return True
    longer, shorter = sorted((one.sig, other.sig), key=len, reverse=True)
    return longer == shorter or "?" in (longer, shorter) or longer.endswith(f".{shorter}")


def _same_path(one: Place, other: Place, path: tuple[str, ...], others: tuple[str, ...]) -> bool:
    if path == others:
        return True
    path, others = _plainly(path), _plainly(others)
    if path == others:
        return True
    longer, shorter = (path, others) if len(path) > len(others) else (others, path)
    unknown = "?" in (one.sig, other.sig) and len(shorter) < len(longer)
    return unknown and bool(shorter) and longer[-len(shorter) :] == shorter


def _plainly(path: tuple[str, ...]) -> tuple[str, ...]:
    """Keys that are spelled alike: ``project_id`` is ``projectId`` where another layer reads it."""
    return tuple(key.replace("_", "").lower() for key in path)


def _below(now: Place, was: Place) -> bool:
    """Whether ``now`` is ``was`` or a part of it."""
    return _same_root(now, was) and (now.path[: len(was.path)] == was.path or _same_path(now, was, now.path, was.path))


def _stronger(now: Fact, was: Fact) -> bool:
    exactly = now.kind == "is" and same_place(now.place, was.place)
    match was.kind:
        case "length" if was.place.path[-1:] == (KEYS,):
            keys = replace(was.place, path=was.place.path[:-1])
            return (
                now.kind == "exact" and len(now.value.split(",")) == _count(was.value) and same_place(now.place, keys)
            )
        case "truthy":
            held = now.kind in _SHAPES - {"is", "defined", "truthy"} and _below(now.place, was.place)
            return (exactly and now.value not in _FALSY) or held or len(now.place.path) > len(was.place.path) > 0
        case "defined":
            given = now.kind in _SHAPES and (now.kind, now.value) not in {("is", "undefined"), ("is", "null")}
            return (given or len(now.place.path) > len(was.place.path)) and _below(now.place, was.place)
        case "type":
            return (exactly and _typed(now.value, was.value)) or (
                now.kind in ("exact", "length", "matches", "contains") and same_place(now.place, was.place)
            )
        case "contains":
            return exactly and was.value.strip("\"'[]") in now.value
        case "matches":
            return exactly and now.value.startswith('"')
        case "called":
            calls = now.kind == "times" and now.value != "0" and same_place(now.place, was.place)
            given = "()" in now.place.path and _below(now.place, was.place)
            return calls or given or (now.kind in ("nth", "last") and same_place(now.place, was.place))
        case ">" | ">=" | "<" | "<=":
            return exactly and _ordered(now.value, was.kind, was.value)
        case "throws":
            return _throws(now, was)
        case "instance" if now.kind == "type":
            return now.value == was.value and same_place(now.place, was.place)
        case "instance":
            return now.place.path[-1:] in (("code",), ("name",)) or (now.kind == "throws" and now.value == was.value)
        case "snapshot":
            return now.kind in ("is", "exact") and same_place(now.place, was.place)
        case _:
            return False


def _throws(now: Fact, was: Fact) -> bool:
    if not was.value:
        return True
    said = was.value.strip("\"'/")
    if now.kind in ("is", "contains", "matches", "throws") and said and said in now.value:
        return True
    of_class = was.value[:1].isupper() and was.value.isidentifier()
    return of_class and (now.place.path[-1:] == ("code",) or (now.kind == "instance" and now.value == was.value))


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1


def _typed(value: str, wanted: str) -> bool:
    match wanted.strip('"').lower():
        case "string":
            return value.startswith('"')
        case "number":
            return bool(_NUMBER.fullmatch(value))
        case "boolean":
            return value in ("true", "false")
        case "date":
            return "Date" in value
        case _:
            return value[:1] in "{[" or "new" in value


def _ordered(value: str, sign: str, bound: str) -> bool:
    both = _NUMBER.fullmatch(value) and _NUMBER.fullmatch(bound)
    return bool(both) and _ORDER[sign](float(value), float(bound))


def _written(value: str) -> bool:
    return value[:1] in '"{[-' or value[:1].isdigit() or value in ("true", "false", "null", "undefined")
