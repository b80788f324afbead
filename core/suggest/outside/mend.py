"""What a page or an editor does to a reply on its way through the clipboard is taken back where it can mean one thing.

The text as it came is the first reading; another counts only where that cannot be read. White space that is no space,
labels of the page's buttons, and fences that the page drew instead of copying are put right beside the code, which
stays as it is as long as a fence tells where it is. A reading that does change code, or guesses where it ends, says so:
nobody takes it unread. What a mended text says is read as strictly, and counted, as any other. Pure and linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.suggest.reply.envelope import opened
from beai.core.suggest.reply.headings import EDITS, Verb, end, heading

_SPACES = re.compile("[\u00a0\u2007\u202f]")
_INDENTATION = re.compile("^[ \t\u00a0\u2007\u202f]+", re.MULTILINE)
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
_ROUND = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})
_FENCE = re.compile(r"[ \t]*(?P<mark>`{3,}|~{3,})")
_BUTTONS = frozenset({"copy code", "copy", "edit", "download", "wrap", "run", "copied!", "copy snippet", "code"})
_LANGUAGES = frozenset(
    ("ts", "tsx", "typescript", "js", "javascript", "json", "prisma", "sql", "md", "markdown", "text", "txt", "diff")
)
_BULLET = re.compile(r"^[ \t]*[•◦▪‣·*] *(?=\[)")
_MARKED = re.compile(
    r"(?:cites|(?:test )?cases|question(?:[ :].{1,120})?|nothing to do|the test is wrong|beyond me)", re.I
)
_LONGEST = 300


DRAWN = "the page took the fences away: where this code begins and ends is a guess, so read all of it"
SPACED = "look-alikes of spaces were made spaces and unseen characters left out, also in code"
AS_HERE = "spaces and quotes that the page had changed were made what they are in the file"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it can be read; ``altered`` says what may be another code than was sent, ``""`` where nothing is."""

    text: str
    altered: str = ""


def mended(text: str) -> Iterator[Reading]:
    """Readings of a pasted text: the text as it came, then those that change the least."""
    yield Reading(text)
    plain = opened(text)
    if _FENCE.search(plain) is None:
        yield Reading(_redrawn(plain), DRAWN)
        if (spaced := _spaced(plain)) != plain:
            yield Reading(_redrawn(spaced), f"{DRAWN}; {SPACED}")
        return
    if (beside := _beside_code(plain)) != plain:
        yield Reading(beside)
    if (spaced := _spaced(plain)) != plain:
        yield Reading(spaced, SPACED)


def as_typed(text: str) -> str:
    """``text`` with plain indentation, and with straight quotes where no straight one is left in it."""
    text = _INDENTATION.sub(lambda found: _SPACES.sub(" ", found[0]), opened(text))
    double = ("“" in text or "”" in text) and '"' not in text
    single = "‘" in text and "'" not in text
    return text.translate(_ROUND) if double or single else text


def _spaced(text: str) -> str:
    return _SPACES.sub(" ", _UNSEEN.sub("", text))


def _beside_code(text: str) -> str:
    """The text with the lines mended that stand in no fence, and every line in one as it came."""
    lines = text.split("\n")
    inside = [False] * len(lines)
    mark = ""
    for at, line in enumerate(lines):
        plain = _spaced(line)
        bare = plain.strip()
        if mark and not (len(bare) >= len(mark) and not bare.strip(mark[0])):
            inside[at] = True
            continue
        opening = None if mark else _FENCE.match(plain)
        mark = opening["mark"] if opening else ""
        lines[at] = plain
    return "\n".join(_without_buttons(lines, inside))


def _without_buttons(lines: list[str], inside: list[bool]) -> list[str]:
    """The lines without the labels of a page's buttons, which stand in a row beside a fence, a language or a heading.

    What is ``inside`` of a fence is no label, nor is what is indented.
    """
    kept: list[str] = []
    row: list[str] = []
    edge = False
    for line, code in zip(lines, inside, strict=True):
        if not code and _label(line) in _BUTTONS:
            row.append(line)
            continue
        near = not code and _edge(line)
        kept += [] if edge or near else row
        row, edge = [], near
        kept.append(line)
    return kept + ([] if edge else row)


def _label(line: str) -> str:
    return line.rstrip().lower() if len(line) < 40 else ""


def _edge(line: str) -> bool:
    return _label(line) in _LANGUAGES or any(
        found is not None for found in (_FENCE.match(line), heading(line), end(line))
    )


def _redrawn(text: str) -> str:
    """The reply with fences where a page left a language's name above each piece of code.

    Without such a name nobody can tell where words end and code begins, so no fence is put there.
    """
    every = text.split("\n")
    out: list[str] = []
    verb: Verb | None = None
    inside = False

    def close() -> None:
        while inside and not out[-1].strip():
            out.pop()
        out.extend(["````", ""] if inside else [])

    for line in _without_buttons(every, [False] * len(every)):
        found = _begun(line)
        if found is not None or end(line):
            close()
            verb, inside = found, False
            out.append(line if found is None or line.lstrip().startswith("#") else f"### {line.strip()}")
        elif verb in EDITS and _label(line) in _LANGUAGES:
            close()
            out.append(f"````{_label(line)}")
            inside = True
        else:
            out.append(_BULLET.sub("- ", line) if verb is Verb.CASES else line)
    close()
    return "\n".join(out)


def _begun(line: str) -> Verb | None:
    """What a line begins, also where the page took the marks of its heading away."""
    if found := heading(line):
        return found.verb
    if len(line) > _LONGEST or not _MARKED.fullmatch(line.strip()):
        return None
    marked = heading(f"### {line.strip()}")
    return marked.verb if marked else None
