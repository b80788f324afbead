"""The evidence of a commit in its message: short trailers that anyone can hold against the commit itself.

Their form is that of git-interpret-trailers; a long one is told by repeating its key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

WIDTH = 100  # commitlint, @commitlint/config-conventional: footer-max-line-length
LENGTH = 12  # hex digits of a fingerprint

_LINE = re.compile(r"(?P<key>Task|Cases|Red|Green|Beai-Session): *(?P<value>\S.*)")
_RED = re.compile(r"(?P<case>[A-Za-z]{1,8}\d{1,6})(?P<how>[=~?])(?P<mark>[0-9a-f]{0,64})")
_CASE = re.compile(r"[A-Za-z]{1,8}\d{1,6}")
_HEX = re.compile(r"[0-9a-f]{4,64}")


class How(StrEnum):
    """How a test was seen red: before its code was there, with the code broken once, or never."""

    BEFORE = "="
    BROKEN = "~"
    NEVER = "?"


@dataclass(frozen=True, slots=True)
class Red:
    """That the test of ``case`` was seen red, and how; ``mark`` is the test's own (``edits/tamper/marks``)."""

    case: str
    mark: str
    how: How = How.BEFORE


@dataclass(frozen=True, slots=True)
class Trailers:
    """What a commit's message says of its evidence. ``green`` is the fingerprint of the files that were seen green.

    ``odd`` are lines of ours that say nothing that can be read.
    """

    task: str = ""
    cases: tuple[str, ...] = ()
    red: tuple[Red, ...] = ()
    green: str = ""
    session: str = ""
    odd: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return self != Trailers()


def fingerprint(files: Mapping[str, str]) -> str:
    """One short hash over ``files``: each path with the SHA-256 of its bytes, ``""`` where it was removed."""
    lines = "".join(f"{path}\0{files[path]}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()[:LENGTH]


def lines(told: Trailers) -> tuple[str, ...]:
    """The trailers as lines of a message, none longer than ``WIDTH`` but where a single word is."""
    reds = [f"{red.case}{red.how.value}{red.mark}" for red in told.red]
    rows = (("Task", [told.task]), ("Cases", told.cases), ("Red", reds), ("Green", [told.green]))
    return tuple(line for key, words in (*rows, ("Beai-Session", [told.session])) for line in _wrapped(key, words))


def retold(message: str, told: Trailers) -> str:
    """``message`` with ``told`` in place of what its last paragraph told of us; other trailers and words stay."""
    body, gap, last = message.rstrip().rpartition("\n\n")
    theirs = [line for line in last.splitlines() if not _LINE.fullmatch(line.strip())]
    if not gap or len(theirs) == len(last.splitlines()):
        return message
    return "\n".join((f"{body}\n", *lines(told), *theirs)) + "\n"


def read_all(message: str) -> tuple[Trailers, ...]:
    """Every paragraph of trailers, in order; more than one is what squashing leaves, which also indents them."""
    paragraphs = re.split(r"\n[ \t]*\n", message.replace("\r\n", "\n"))
    found = (_read(paragraph) for paragraph in paragraphs)
    return tuple(one for one in found if one.task or one.red or one.green or one.session or one.odd)


def _read(paragraph: str) -> Trailers:
    said: dict[str, list[str]] = {}
    for line in paragraph.splitlines():
        if matched := _LINE.fullmatch(line.strip()):
            said.setdefault(matched["key"], []).append(matched["value"].strip())
    cases = " ".join(said.get("Cases", ())).split()
    reds = " ".join(said.get("Red", ())).split()
    greens, sessions = said.get("Green", ()), said.get("Beai-Session", ())
    matches = [(word, _RED.fullmatch(word)) for word in reds]
    odd = [f"Cases: {word}" for word in cases if not _CASE.fullmatch(word)]
    odd += [f"Red: {word}" for word, found in matches if found is None]
    odd += [f"Green: {word}" for word in greens if not _HEX.fullmatch(word)]
    odd += [f"{key}: {word}" for key in ("Task", "Green", "Beai-Session") for word in said.get(key, ())[1:]]
    return Trailers(
        next(iter(said.get("Task", ())), ""),
        tuple(word for word in cases if _CASE.fullmatch(word)),
        tuple(Red(found["case"], found["mark"], How(found["how"])) for _, found in matches if found is not None),
        next((word for word in greens if _HEX.fullmatch(word)), ""),
        next(iter(sessions), ""),
        tuple(odd),
    )


def _wrapped(key: str, words: Sequence[str]) -> Iterator[str]:
    line = ""
    for word in filter(None, words):
        if line and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = ""
        line = f"{line} {word}" if line else f"{key}: {word}"
    if line:
        yield line
