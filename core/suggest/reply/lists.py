"""Test cases, written as a plain list."""

from __future__ import annotations

import re

from beai.core.suggest.exchange import CaseIdea, CaseKind
from beai.core.suggest.reply.complaint import Complaint

CASE_LIMIT = 60

_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?P<text>\S.*)")
_NAMES = re.compile(
    r"(?:(?P<bracket>[(\[])\s?(?:(?:serves|covers|for|see)\s)?|\s[–—-]\s)(?:acceptance\s)?(?:criteri(?:on|a)s?|ACs?)(?![a-z])"
    r"[\s:#.-]{0,3}",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[\s,;&/+#]{0,4}(?:and\s|or\s)?\s?(?:(?:criterion|AC)[\s:#-]{0,2})?#?(?P<first>\d{1,3})(?!\w)"
    r"(?:\s?[–-]\s?(?P<last>\d{1,3})(?!\w))?",
    re.IGNORECASE,
)
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
    text, served = _criteria(text.strip(" :–—-"), criteria)
    if not text:
        return Complaint("a test case has no text")
    return CaseIdea(text, known, "".join(served[:1]), served[1:])


def _criteria(text: str, criteria: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The case's text, and the criteria that it names at its end: by number (1-based) or by their words."""
    opening = max(_NAMES.finditer(text), key=lambda found: found.start(), default=None)
    if opening is None:
        return text, ()
    bracket, closed = opening["bracket"], text.rstrip(". ")
    if bracket and not closed.endswith({"(": ")", "[": "]"}[bracket]):
        return text, ()
    words = (closed[:-1] if bracket else closed)[opening.end() :].strip(" :#\"'“”")
    named = _by_words(words, criteria) or _by_number(words, criteria)
    return (text[: opening.start()].strip(" :–—-"), named) if bracket or named else (text, ())


def _by_words(words: str, criteria: tuple[str, ...]) -> tuple[str, ...]:
    """The criterion whose words these are, with its number before them or without; the words count, not the number."""
    bare = re.sub(r"^#?\d{1,3}\s*[.):–—-]+\s*", "", words).strip(" \"'“”")
    return tuple(criterion for criterion in criteria if _plain(criterion) == _plain(bare))[:1]


def _by_number(words: str, criteria: tuple[str, ...]) -> tuple[str, ...]:
    """The criteria of a list of numbers: ``2``, ``1, 3 and 4``, ``2–4``, ``AC1/AC2``."""
    found: list[int] = []
    at = 0
    while len(found) < CASE_LIMIT and (number := _NUMBER.match(words, at)):
        first, last = int(number["first"]), int(number["last"] or number["first"])
        found += range(first, min(last, len(criteria)) + 1)
        at = number.end()
    return tuple(dict.fromkeys(criteria[one - 1] for one in found if 0 < one <= len(criteria)))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[`*_]", "", text).casefold().split()).strip(".:;")
