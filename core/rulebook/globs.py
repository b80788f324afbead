"""Rule globs matched against repository paths; no pattern raises or takes long."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

_LONGEST = 200
_STARS = 8
_MOST = 64
_Pattern = tuple[re.Pattern[str] | None, ...]
"""The parts of a glob between slashes; None stands for any number of folders."""

_BRACES = re.compile(r"\{([^{}]*)\}")


def matches(glob: str, path: str) -> bool:
    """Whether ``path`` fits ``glob``: ``**``, ``*``, ``?`` and ``{a,b}``; a glob with no slash speaks of base names."""
    subject = path if "/" in glob else posixpath.basename(path)
    return any(_fits(pattern, subject.split("/")) for pattern in _patterns(glob))


@lru_cache(maxsize=512)
def _patterns(glob: str) -> tuple[_Pattern, ...]:
    glob = re.sub(r"(?:\*\*/)+", "**/", re.sub(r"\*{2,}", "**", glob.removeprefix("./").removeprefix("/")))
    if len(glob) > _LONGEST or glob.count("*") > 2 * _STARS:
        return ()
    pending: list[str] = [glob]
    plain: list[str] = []
    while pending and len(pending) + len(plain) <= _MOST:
        current = pending.pop()
        if match := _BRACES.search(current):
            pending += [current[: match.start()] + part + current[match.end() :] for part in match.group(1).split(",")]
        else:
            plain.append(current)
    return tuple(_pattern(one) for one in plain)


def _pattern(glob: str) -> _Pattern:
    """A glob folder by folder; where ``**`` stands beside other signs it may cross folders there as well."""
    parts = re.sub(r"(?<=[^/])\*\*", "*/**", re.sub(r"\*\*(?=[^/])", "**/*", glob)).split("/")
    return tuple(None if part == "**" else re.compile(_translated(part)) for part in parts)


def _fits(pattern: _Pattern, parts: list[str]) -> bool:
    """Whether the parts fit, each looked at once for each part of the pattern; a last ``**`` takes one at least."""
    reached = {0}
    for number, part in enumerate(pattern):
        if part is None:
            first = min(reached, default=len(parts) + 1) + (number == len(pattern) - 1)
            reached = set(range(first, len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and part.fullmatch(parts[at])}
    return len(parts) in reached


def _translated(glob: str) -> str:
    out, at = "", 0
    while at < len(glob):
        if glob[at] == "*":
            out, at = out + "[^/]*", at + 1
        else:
            out, at = out + ("[^/]" if glob[at] == "?" else re.escape(glob[at])), at + 1
    return out
