"""What a language server or a compiler says becomes diagnostics of ours; hostile until it is read here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from beai.core.runner.lamp import Diagnostic

MOST = 200
"""Complaints kept of one file; a broken import makes thousands alike."""

_MESSAGE = 2 * 1024  # characters
_ERROR = 1  # the protocol's severity; hints and suggestions are no errors
_LINE = re.compile(r"^(?P<file>[^\n:]*?)\((?P<line>\d+),(?P<column>\d+)\): error (?P<code>TS\d+): (?P<message>.*)$")


def from_server(items: object, repo: Path, file: str) -> tuple[Diagnostic, ...]:
    """The errors of a diagnostic report; ``file`` is whom they are about where they do not say so themselves."""
    listed = items if isinstance(items, list) else []
    found = (_one(raw, repo, file) for raw in listed[:MOST] if isinstance(raw, dict))
    return tuple(one for one in found if one is not None)


def from_output(text: str, repo: Path, folder: Path) -> tuple[Diagnostic, ...]:
    """The errors that the compiler printed in ``folder`` without colours, such as ``tsconfig.json(3,5): error …``."""
    found: list[Diagnostic] = []
    for match in filter(None, map(_LINE.match, text.splitlines())):
        place = relative(folder / match["file"], repo)
        if place is not None and len(found) < MOST:
            at = (int(match["line"]), int(match["column"]))
            found.append(Diagnostic(place, *at, match["code"], match["message"][:_MESSAGE]))
    return tuple(found)


def relative(path: Path, repo: Path) -> str | None:
    """``path`` in the repository with ``/``; None where it is outside."""
    try:
        return path.relative_to(repo).as_posix()
    except ValueError:
        return None


def path_of(uri: object) -> Path | None:
    """The file that a URI names."""
    if not isinstance(uri, str) or not uri.startswith("file:"):
        return None
    return Path(unquote(urlsplit(uri).path))


def _one(raw: dict[str, Any], repo: Path, file: str) -> Diagnostic | None:
    if raw.get("severity", _ERROR) != _ERROR:
        return None
    named = path_of(raw.get("uri"))
    place = (relative(named, repo) if named else None) or file
    span = raw.get("range")
    start = span.get("start") if isinstance(span, dict) else None
    line, column = (_count(start, "line"), _count(start, "character")) if isinstance(start, dict) else (0, 0)
    code = raw.get("code")
    number = f"TS{code}" if isinstance(code, int) else str(code or "")[:40]
    return Diagnostic(place, line + 1, column + 1, number, str(raw.get("message", ""))[:_MESSAGE])


def _count(place: dict[str, Any], name: str) -> int:
    value = place.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0
