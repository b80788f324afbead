"""How a test ended, as the protocol has it, from the words that reports of any runner use."""

from __future__ import annotations

import re
from typing import Any

from .serve import TEXT

_PAIRS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^\s*Expected(?: value)?:?\s+(?P<expected>[^\n]+)\n(?:\s*\n)?"
        r"\s*(?:Received|Actual|Got)(?: value)?:?\s+(?P<actual>[^\n]+)",
        r"expected:?\s+(?P<actual>.{1,400}?)\s+to (?:be|(?:deeply |strictly )?equal)\s+(?P<expected>.{1,400}?)"
        r"(?:\s//.*)?$",
        r"^(?:E\s+)?(?:AssertionError: )?assert (?P<actual>.{1,400}?) == (?P<expected>.{1,400}?)$",
        r"^(?:AssertionError: )?(?P<actual>.{1,400}?) != (?P<expected>.{1,400}?)(?: : .*)?$",
        r"^(?P<actual>.{1,200}?) !== (?P<expected>.{1,200}?)$",
    )
)
_NAMED = re.compile(r"^(?:Uncaught )?(?P<name>[A-Z]\w*(?:Error|Exception|Failure|Warning))\b(?: \[(?P<code>\w+)\])?:")
_PLACE = re.compile(
    r"(?:\(|\s|^)(?:file://)?(?P<file>[\w@./-]{1,400}\.\w{1,4}):(?P<line>\d{1,7})(?::\d{1,7})?\)?", re.M
)
_FRAMES = 30


def ended(
    file: str, names: list[str], state: str, ms: float, line: int, errors: list[dict[str, Any]], log: str = ""
) -> dict[str, Any]:
    """One ``test`` event."""
    name = " > ".join(part for part in names if part) or "(no name)"
    return {"file": file, "name": name, "state": state, "ms": ms, "line": line, "errors": errors, "log": log}


def error_of(kind: str, message: str, text: str = "") -> dict[str, Any]:
    """An error from what a report says: its type, its message, and the text with the stack."""
    whole = f"{message}\n{text}"
    named = _NAMED.match(message) or _NAMED.search(text)
    name = kind.rpartition(".")[2] or (named["name"] if named else "") or "Error"
    expected, actual = compared(whole)
    stack = [cut(line.strip(), 400) for line in text.splitlines() if _PLACE.search(line)][:_FRAMES]
    place = next(iter(_PLACE.finditer(text)), None)
    return {
        "name": "AssertionError" if name in ("failure", "Error", "testCodeFailure") and expected is not None else name,
        "message": cut(message or text),
        "code": (named["code"] or "") if named else "",
        "expected": expected,
        "actual": actual,
        "file": place["file"] if place else "",
        "line": int(place["line"]) if place else 0,
        "stack": stack,
    }


def compared(text: str) -> tuple[str | None, str | None]:
    """What an assertion expected and got, in the words that runners use; None twice where they do not say."""
    for pattern in _PAIRS:
        if match := pattern.search(text[:TEXT]):
            return match["expected"].strip(), match["actual"].strip()
    return None, None


def cut(text: str, limit: int = TEXT) -> str:
    """``text`` within bounds."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def local(path: str, root: str) -> str:
    """``path`` relative to the package where it is inside, else as it is."""
    path = path[7:] if path.startswith("file://") else path
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else path
