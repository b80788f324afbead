"""Search/replace pairs as other tools have models write them are read here: aider, Cline, Roo Code, and merge marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from beai.core.suggest.reply.complaint import Complaint

_OPENS = re.compile(
    r"\s*(?:<{4,9} ?(?:SEARCH|ORIGINAL|HEAD|OLD|BEFORE)\b.*|-{5,9} ?SEARCH>?|\[SEARCH\]|<SEARCH>)\s*", re.IGNORECASE
)
_TURNS = re.compile(r"\s*(?:={5,9}|\[REPLACE\]|<REPLACE>)\s*", re.IGNORECASE)
_CLOSES = re.compile(
    r"\s*(?:[>+]{4,9} ?(?:REPLACE|UPDATED|NEW|AFTER)\b.*|>{5,9}(?: ?[\w./-]+)?|\[/REPLACE\]|</REPLACE>)\s*",
    re.IGNORECASE,
)
_SIDE_ENDS = re.compile(r"\s*(?:\[/SEARCH\]|</SEARCH>)\s*", re.IGNORECASE)
_STARTS_AT = re.compile(r"\s*:?(?:start|end)_line:\s*\d*\s*", re.IGNORECASE)
_RULE = re.compile(r"-{5,9}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Lines to find and lines to put there; ``above`` is what stands before, where other tools name the file."""

    search: str
    replace: str
    line: int
    above: str = ""


def has_marks(lines: Iterable[str]) -> bool:
    """Whether a line opens a search/replace pair."""
    return any(_OPENS.fullmatch(line) for line in lines if line.lstrip()[:1] in ("<", "-", "["))


def pairs(lines: Sequence[str], line: int = 0, above: str = "") -> tuple[Pair, ...] | Complaint:
    """The pairs in ``lines``, of which ``line`` (1-based) stands above the first; what is between them is left out."""
    found: list[Pair] = []
    search: list[str] | None = None
    replacement: list[str] | None = None
    opened = 0
    for number, each in enumerate(lines, line + 1):
        if search is None:
            if _OPENS.fullmatch(each):
                search, opened = [], number
            elif each.strip():
                above = each.strip()
        elif replacement is None:
            if _TURNS.fullmatch(each):
                replacement = []
            elif _OPENS.fullmatch(each) or _CLOSES.fullmatch(each):
                return _crossed(number, each)
            elif not _SIDE_ENDS.fullmatch(each):
                search.append(each)
        elif _CLOSES.fullmatch(each):
            found.append(Pair(_text(_without_position(search)), _text(replacement), opened, above))
            search = replacement = None
        elif _TURNS.fullmatch(each) or _OPENS.fullmatch(each):
            return _crossed(number, each)
        else:
            replacement.append(each)
    if search is not None:
        return Complaint(
            f"the search/replace pair opened in its line {opened} never closes",
            "Close it with a line `>>>>>>> REPLACE`, or write two fences.",
        )
    return tuple(found)


def _without_position(search: list[str]) -> list[str]:
    """Roo Code's pairs say where they start, above a rule; those are no lines of the file."""
    said = 0
    while said < len(search) and _STARTS_AT.fullmatch(search[said]):
        said += 1
    ruled = said and said < len(search) and _RULE.fullmatch(search[said].strip())
    return search[said + 1 :] if ruled else search[said:]


def _crossed(number: int, line: str) -> Complaint:
    return Complaint(
        f'the mark "{line.strip()[:40]}" in its line {number} stands where none can',
        "Write each pair as two fences: first the lines as they are, then the lines that take their place.",
    )


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
