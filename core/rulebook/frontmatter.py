"""Rule files read leniently: no frontmatter, two in a row, empty or invalid ``globs`` all give a rule.

Format: Cursor docs, "Rules" (``description``, ``globs``, ``alwaysApply``); ``AGENTS.md`` and its kin apply always.
"""

from __future__ import annotations

import posixpath
import re

from beai.core.project.facts import RuleFile

_BLOCK = re.compile(r"\A\s{0,40}---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^([A-Za-z][\w-]{0,40})[ \t]*:(.*)$")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.*)$")
_STACKED = 3
CONVENTIONS = {"AGENTS.md": "AGENTS", "CLAUDE.md": "CLAUDE", ".cursorrules": "cursorrules"}


def read_rule(path: str, text: str, shipped: bool = False) -> RuleFile:
    """The rule in ``text``; of two stacked frontmatters the first that says something wins, key by key."""
    base = posixpath.basename(path)
    if base in CONVENTIONS:
        return RuleFile(path, CONVENTIONS[base], always=True, text=text, shipped=shipped)
    keys: dict[str, str] = {}
    body = text.removeprefix("\ufeff")
    for _ in range(_STACKED):
        block = _BLOCK.match(body)
        if block is None or not (found := _keys(block.group(1))):
            break
        keys = {**found, **{key: value for key, value in keys.items() if value}}
        body = body[block.end() :]
    return RuleFile(
        path=path,
        name=posixpath.splitext(base)[0],
        description=_unquoted(keys.get("description", "")),
        globs=_globs(keys.get("globs", "")),
        always=_unquoted(keys.get("alwaysapply", "")).lower() == "true",
        text=body.lstrip("\r\n"),
        shipped=shipped,
    )


def _keys(block: str) -> dict[str, str]:
    """``key: value`` lines and the lists below them; what is neither is passed over."""
    found: dict[str, str] = {}
    last = ""
    for line in block.split("\n"):
        line = line.rstrip("\r")
        if match := _KEY.match(line):
            last = match.group(1).lower()
            found[last] = match.group(2).strip()
        elif last and (item := _ITEM.match(line)):
            found[last] = f"{found[last]},{item.group(1).strip()}".lstrip(",")
        elif last and line.startswith((" ", "\t")) and line.strip():
            found[last] = f"{found[last].removesuffix('>-').removesuffix('|').removesuffix('>')} {line.strip()}".strip()
    return found


def _globs(value: str) -> tuple[str, ...]:
    """Comma-separated patterns, quoted or not, in brackets or not; a comma inside braces separates nothing."""
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        value = value[1:-1]
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
