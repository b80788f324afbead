"""Rule files read leniently: no frontmatter, two in a row, empty or invalid ``globs`` all give a rule.

Format: Cursor docs, "Rules" (``description``, ``globs``, ``alwaysApply``); ``AGENTS.md`` and its kin apply always.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.project.facts import RuleFile

_BLOCK = re.compile(r"\s{0,40}---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(
    r"^(?:[ \t]{1,8}(?=(?:description|globs|alwaysApply)[ \t]*:))?([A-Za-z][\w-]{0,40})[ \t]*:(.*)$", re.IGNORECASE
)
_OPEN = re.compile(
    r"\s{0,40}---[ \t]*\r?\n((?:[ \t]*(?:description|globs|alwaysApply)[ \t]*:[^\n]*(?:\n|\Z)){1,12})", re.IGNORECASE
)
_RAN_ON = re.compile(r"\n[ \t]*\r?\n#{1,6} ")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.*)$")
_STACKED = 3
CONVENTIONS = {"AGENTS.md": "AGENTS", "CLAUDE.md": "CLAUDE", ".cursorrules": "cursorrules"}


@dataclass(frozen=True, slots=True)
class Block:
    """One frontmatter: its keys in lower case, its text, the 1-based line that begins on, and the offset behind it.

    ``closed`` is false where its last line ``---`` is missing.
    """

    keys: Mapping[str, str]
    text: str
    line: int
    end: int
    closed: bool = True


def read_rule(path: str, text: str, shipped: bool = False) -> RuleFile:
    """The rule in ``text``; of two stacked frontmatters the first that says something wins, key by key."""
    base = posixpath.basename(path)
    if base in CONVENTIONS:
        return RuleFile(path, CONVENTIONS[base], always=True, text=text.removeprefix("\ufeff"), shipped=shipped)
    keys: dict[str, str] = {}
    at = 0
    for block in blocks(text):
        keys = {**block.keys, **{key: value for key, value in keys.items() if value}}
        at = block.end
    body = text[at:].removeprefix("\ufeff").lstrip("\r\n")
    return RuleFile(
        path=path,
        name=_name(path),
        description=_unquoted(keys.get("description", "")),
        globs=_globs(keys.get("globs", "")),
        always=_unquoted(keys.get("alwaysapply", "").partition(" #")[0]).lower() == "true",
        text=body,
        shipped=shipped,
        head=text[: len(text) - len(body)],
    )


def blocks(text: str) -> tuple[Block, ...]:
    """The frontmatters that ``text`` begins with, in order; one with words but no key is none."""
    found: list[Block] = []
    at = 1 if text.startswith("\ufeff") else 0
    for _ in range(_STACKED):
        block = _BLOCK.match(text, at)
        closed = block is not None and not _RAN_ON.search(block.group(1))
        block = block if closed else _OPEN.match(text, at)
        if block is None:
            break
        keys = _keys(block.group(1))
        if block.group(1).strip() and not keys:
            break
        line = text.count("\n", 0, block.start(1)) + 1
        found.append(Block(keys, block.group(1), line, block.end(), closed))
        at = block.end()
    return tuple(found)


def _name(path: str) -> str:
    """The base name; of a rule that is a folder with a ``RULE.md``, the folder's (Cursor docs, "Rules", 2.2)."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    folder = posixpath.basename(posixpath.dirname(path))
    return folder if stem == "RULE" and folder not in ("", "rules") else stem


def _keys(block: str) -> dict[str, str]:
    """``key: value`` lines and the lists below them; what is neither is passed over."""
    found: dict[str, list[str]] = {}
    value: list[str] = []  # pieces, joined once: a value of a million lines is not copied for each
    for line in block.split("\n"):
        line = line.rstrip("\r")
        if match := _KEY.match(line):
            value = found[match.group(1).lower()] = [match.group(2).strip()]
        elif value and (item := _ITEM.match(line)):
            value += [",", item.group(1).strip()] if value[0] or len(value) > 1 else [item.group(1).strip()]
        elif value and line.startswith((" ", "\t")) and line.strip():
            if len(value) == 1:
                value[0] = value[0].removesuffix(">-").removesuffix("|").removesuffix(">")
            value += [" ", line.strip()]
    return {key: "".join(pieces).strip() for key, pieces in found.items()}


def _globs(value: str) -> tuple[str, ...]:
    """Comma-separated patterns, quoted or not, in brackets or not; a comma inside braces separates nothing."""
    value = value.strip()
    if len(value) > 1 and value[0] in "\"'" and value.find(value[0], 1) == len(value) - 1:
        value = value[1:-1]
    if value.startswith("[") and (value.endswith("]") or "]" not in value):
        value = value[1:].removesuffix("]")
    parts, depth, start = [], 0, 0
    for at, char in enumerate(value):
        depth += (char == "{") - (char == "}")
        if char == "," and depth <= 0:
            parts.append(value[start:at])
            start = at + 1
    parts.append(value[start:])
    return tuple(glob for part in parts if (glob := _unquoted(part)) and glob not in ("null", "~"))


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return value
