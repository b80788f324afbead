"""Test cases, written as a plain list."""

from __future__ import annotations

import re

from beai.core.suggest.exchange import CaseIdea, CaseKind
from beai.core.suggest.reply.complaint import Complaint

CASE_LIMIT = 60

_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?P<text>\S.*)")
_KINDS = {kind.value: kind for kind in CaseKind} | {
    "happy": CaseKind.HAPPY,
    "edge": CaseKind.EDGE,
    "invalid": CaseKind.INVALID,
    "validation": CaseKind.INVALID,
    "input validation": CaseKind.INVALID,
    "error": CaseKind.ERROR,
    "auth": CaseKind.ACCESS,
    "authorization": CaseKind.ACCESS,
    "authentication": CaseKind.ACCESS,
    "access control": CaseKind.ACCESS,
    "business": CaseKind.BRANCH,
    "business rule": CaseKind.BRANCH,
    "branch": CaseKind.BRANCH,
}


def bullets(body: str) -> tuple[str, ...]:
    """The items of a list, each with its continuation lines; text before the first item is left out."""
    items: list[list[str]] = []
    for line in body.split("\n"):
        if bullet := _BULLET.fullmatch(line):
            items.append([bullet["text"].strip()])
        elif items and line.strip():
            items[-1].append(line.strip())
    return tuple(" ".join(item) for item in items)


def cases(body: str, criteria: tuple[str, ...]) -> tuple[CaseIdea, ...] | Complaint:
    """The test cases of a list; a criterion is taken over only where it is one of ``criteria``."""
    items = bullets(body)
    if not items or len(items) > CASE_LIMIT:
        return Complaint(f"it lists {len(items)} test cases", f"List between 1 and {CASE_LIMIT}.")
    ideas: list[CaseIdea] = []
    for item in items:
        idea = _case(item, criteria)
        if isinstance(idea, Complaint):
            return idea
        ideas.append(idea)
    return tuple(ideas)


def _case(item: str, criteria: tuple[str, ...]) -> CaseIdea | Complaint:
    kind, bracket, text = item.replace("**", "").lstrip().removeprefix("[").partition("]")
    known = _KINDS.get(" ".join(kind.replace("-", " ").lower().split()))
    if not bracket or known is None:
        return Complaint(f'"{item[:80]}" names no kind of test case', f"The kinds are: {', '.join(CaseKind)}.")
    text, criterion = _criterion(text.strip(" :–—-"), criteria)
    if not text:
        return Complaint("a test case has no text")
    return CaseIdea(text, known, criterion)


def _criterion(text: str, criteria: tuple[str, ...]) -> tuple[str, str]:
    """The case's text, and the criterion it names in brackets at its end: by number (1-based) or by its words."""
    at = max(text.lower().rfind("(criterion"), text.lower().rfind("(criteria"))
    closed = text.rstrip(". ")
    if at < 0 or not closed.endswith(")"):
        return text, ""
    words = closed[at + len("(criterion") - 1 : -1].lstrip("nN").lstrip(":# ").strip("\"'“” ")
    number = re.match(r"\d{1,3}(?!\w)", words)
    if number and 0 < int(number[0]) <= len(criteria):
        return text[:at].strip(), criteria[int(number[0]) - 1]
    same = (criterion for criterion in criteria if _plain(criterion) == _plain(words))
    return text[:at].strip(), next(same, "")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(".:;`")
