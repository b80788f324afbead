"""Rule globs matched against repository paths; no pattern raises or takes long."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

_LONGEST = 200
_STARS = 8
_MOST = 64
_BRACES = re.compile(r"\{([^{}]*)\}")


def matches(glob: str, path: str) -> bool:
    """Whether ``path`` fits ``glob``: ``**``, ``*``, ``?`` and ``{a,b}``; a glob with no slash speaks of base names."""
    subject = path if "/" in glob else posixpath.basename(path)
    return any(pattern.fullmatch(subject) for pattern in _patterns(glob))


@lru_cache(maxsize=512)
def _patterns(glob: str) -> tuple[re.Pattern[str], ...]:
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
    return tuple(re.compile(_translated(pattern)) for pattern in plain)


def _translated(glob: str) -> str:
    out, at = "", 0
    while at < len(glob):
        if glob.startswith("**/", at):
            out, at = out + "(?:[^/]+/)*+", at + 3
        elif glob.startswith("**", at):
            out, at = out + ".*", at + 2
        elif glob[at] == "*":
            out, at = out + "[^/]*", at + 1
        else:
            out, at = out + ("[^/]" if glob[at] == "?" else re.escape(glob[at])), at + 1
    return out
