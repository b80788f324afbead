"""Texts that a pattern may begin to match again and again, made from the pattern itself: its pieces, repeated."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

_LEAST = 12  # how often a part without a bound is written
_UNBOUND = 1_000
_INSIDE = ("SUBPATTERN", "BRANCH", "MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def patterns(*modules: ModuleType) -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of the modules, by the module and its name there; those in tuples with their place."""
    return dict(_patterns(modules))


def hostile(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Texts of about ``size`` characters: beginnings of what ``pattern`` matches and what it repeats, many times."""
    parser: Any = importlib.import_module("re._parser")
    parsed = parser.parse(pattern.pattern, pattern.flags)
    for before, inner in dict.fromkeys(_loops(parsed, "")):
        yield before + inner * (size // len(inner)) + "!"
    for whole in dict.fromkeys(_samples(parsed)):
        short = whole[:80]
        for end in sorted({1, 3, 5, len(short) // 2, len(short)}):
            piece = short[: max(end, 1)]
            for joint in ("", "-", "."):
                yield (piece + joint) * (size // len(piece + joint))
            yield piece + piece[-1:] * size + "!"


def _patterns(modules: Iterable[ModuleType]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in modules:
        waiting = [(f"{module.__name__.rpartition('.')[2]}.{name}", value) for name, value in vars(module).items()]
        while waiting:
            name, value = waiting.pop()
            if isinstance(value, re.Pattern):
                yield name, value
            elif isinstance(value, tuple):
                waiting += [(f"{name}[{at}]", one) for at, one in enumerate(value)]


def _loops(parsed: Any, before: str) -> Iterator[tuple[str, str]]:
    """What a part without a bound repeats, and what stands before it."""
    for kind, value in parsed:
        inner = value if str(kind) == "ATOMIC_GROUP" else value[-1] if str(kind) in _INSIDE else ()
        for one in inner if str(kind) == "BRANCH" else (inner,):
            yield from _loops(one, before)
        if str(kind).endswith("_REPEAT") and value[1] > _UNBOUND:
            yield from ((before, text) for text in _samples(inner) if text)
        before += _of(str(kind), value)[0]


def _samples(parsed: Any) -> list[str]:
    """One text for each branch of the pattern: of a repetition what must be there, and a little of what may."""
    told = [""]
    for kind, value in parsed:
        more = _of(str(kind), value)
        if len(more) > 1 and len(told) > 1:  # every branch once is enough
            told = [one + more[0] for one in told] + [told[0] + one for one in more[1:]]
        else:
            told = [one + each for one in told for each in more]
    return told


def _of(kind: str, value: Any) -> list[str]:
    match kind:
        case "LITERAL":
            return [chr(value)]
        case "NOT_LITERAL" | "ANY":
            return ["x"]
        case "IN":
            return [_one(value)]
        case "BRANCH":
            return [text for branch in value[1] for text in _samples(branch)]
        case "SUBPATTERN":
            return _samples(value[-1])
        case "ATOMIC_GROUP":
            return _samples(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            times = max(int(least), min(int(most), _LEAST))
            return [text * min(times, 40) for text in _samples(inner)]
    return [""]  # looking around, groups again, ends


def _one(parts: Any) -> str:
    """A character of a class."""
    for kind, value in parts:
        match str(kind):
            case "LITERAL":
                return chr(value)
            case "RANGE":
                return chr(value[0])
            case "CATEGORY":
                return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "a")
            case "NEGATE":
                excluded = {chr(one) for name, one in parts if str(name) == "LITERAL"}
                return next(char for char in "x1-_" if char not in excluded)
    return "x"
