"""What a heading or a list item calls its task: an ID, a number, and the status that stands beside the title."""

from __future__ import annotations

import re

from beai.core.project.facts import Span
from beai.core.project.markdown import Line, plain
from beai.core.project.task_words import BOX, KNOWN_STATUS, MARKS

TASK_ID = re.compile(
    r"(?<![\w-])[A-Z][A-Z0-9]{0,9}(?:[-_.]{1,2}[A-Za-z0-9]{1,20}){0,4}?[-_]{1,2}\d{1,6}[a-z]?(?:\.\d{1,3}){0,3}(?![\w-])"
)
"""``BE-S3-001``, ``BE-S_X_-002``, ``BE-12.1``."""

LONGEST = 80
"""Characters of a title that stands in for an ID."""

_SHORT = re.compile(r"(?:T|TASK|BE|US)\d{1,4}(?:\.\d{1,3}){0,3}(?![\w-])")  # as some planners number: T001
_LEAD = re.compile(r"(?:[\W_]|(?:task|story|ticket|issue)\b(?![-_.]\w)|\d{1,3}[.)]\s)*+", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^(?:\*\*)?(?:(?:task|tarea|tarefa|aufgabe|tâche|задача|タスク|任务|작업)\s{0,3}#?)?(\d{1,3}(?:\.\d{1,3}){0,3})"
    r"(?:[.):][ \t]+|：[ \t]*|[ \t]+)(?:\*\*[ \t]*)?(\S.*)$",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[\"'`*\[(#]{0,3}([^\W_][\w.#-]{0,39})[\"'`*\])]{0,3}[ \t]*+(?:#.*|\|.*|·.*)?$")
_BOXED = re.compile(r"\W{0,12}?(\[[ xX✓✔~/-]\])")
_TAIL = re.compile(r"(?:[(\[]|[–—-][ \t])[ \t*_`]{0,4}([^()\[\]\n]{1,40}?)[ \t*_`]{0,4}[)\]]?[*_`\s]{0,4}$")
_BEFORE = " \t:：.-–—*_])~"
_BEHIND = " \t*_([~"
_NEAR = 80  # characters at the end of a line where a status may stand


def heading_id(title: str) -> tuple[str, str] | None:
    """ID and title of a heading that opens with an ID, or ends with one in brackets."""
    lead = _LEAD.match(title)
    at = lead.end() if lead else 0
    if match := TASK_ID.match(title, at) or _SHORT.match(title, at):
        return match.group(), clean(title[match.end() :])
    tail = len(title) - min(len(title), _NEAR)
    for match in TASK_ID.finditer(title, tail):
        closed = re.fullmatch(r"[)\]`*\s]{1,6}", title[match.end() :])
        if closed and re.search(r"[(\[]`?\s?$", title[max(match.start() - 4, 0) : match.start()]):
            return match.group(), clean(title[: match.start()])
    return None


def item_id(match: re.Match[str], status: bool) -> tuple[str, str] | None:
    """ID and title of a list item that opens with its ID and is check-boxed, bold, or has a Status below it.

    Without an ID an item above a Status is known by its number, else by its words.
    """
    body = match.group(3)
    opening = re.match(r"[*_`~\[(]{0,6}", body)
    at = opening.end() if opening else 0
    marked = bool(match.group(2)) or body[:at].startswith(("**", "__")) or status
    found = (TASK_ID.match(body, at) or _SHORT.match(body, at)) if marked else None
    if found is not None:
        return found.group(), clean(body[found.end() :])
    if not status:
        return None
    number = re.match(r"[ \t]*(\d{1,4})[.)]", match.string)
    title = clean(body)
    return numbered(body) or ((number.group(1) if number else title[:LONGEST].strip()), title) if title else None


def numbered(title: str) -> tuple[str, str] | None:
    """Number and title of words that open with a number."""
    match = _NUMBERED.match(plain(title.lstrip("#-–— \t")))
    return (match.group(1), clean(match.group(2))) if match else None


def named_by(value: str) -> str:
    """The ID that is the value of an ``ID`` label, ``""`` where it is no single word."""
    match = _VALUE.match(value.strip())
    return match.group(1) if match else ""


def mark_of(line: Line) -> Span | None:
    """The status beside a title: a check box before it, a word, box or emoji behind it, or an emoji before it."""
    text = line.text
    if match := _BOXED.match(text):
        return Span(line.start + match.start(1), line.start + match.end(1))
    if found := _behind(text):
        return Span(line.start + found[0], line.start + found[1])
    lead = re.match(r"[^\w]{0,20}", text)
    at = next((at for at in range(lead.end() if lead else 0) if text[at] in MARKS), None)
    return None if at is None else Span(line.start + at, line.start + at + 1 + (text[at + 1 : at + 2] == "\ufe0f"))


def clean(title: str) -> str:
    """A title without the separators, marks and status around it; a code span at an end stays whole."""
    title = title.strip()
    if behind := _behind(title):
        title = title[: behind[0]].rstrip(" \t*_`([-–—")
    title = title.lstrip(_BEFORE).rstrip(_BEHIND).strip("".join(MARKS) + "\ufe0f").strip()
    return title.strip("`") if title.count("`") % 2 else title


def _behind(text: str) -> tuple[int, int] | None:
    """Where a status stands behind a title: ``(Done)``, ``- In Progress``, ``[x]``, ``✅``."""
    bare = len(text.rstrip(" \t*_`"))
    near = max(bare - _NEAR, 0)
    if box := next((match for match in BOX.finditer(text, near) if match.end() == bare), None):
        return box.span()
    end = bare - (text[bare - 1 : bare] == "\ufe0f")
    if end and text[end - 1] in MARKS:
        return end - 1, bare
    tail = _TAIL.search(text, near)
    if tail and (word := KNOWN_STATUS.fullmatch(tail.group(1))):
        return tail.start(1), tail.start(1) + len(word.group())
    return None
