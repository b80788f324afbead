"""What a heading or a list item calls its task: an ID, a number, and the status that stands beside the title."""

from __future__ import annotations

import re

from beai.core.project.facts import Span
from beai.core.project.markdown import Line
from beai.core.project.task_titles import NEAR, TASK_ID, clean, status_behind, titled
from beai.core.project.task_words import MARKS

__all__ = ["LONGEST", "TASK_ID", "clean", "heading_id", "item_id", "mark_of", "named_by", "numbered", "titled"]

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
_BOXED = re.compile(r"(?:[ \t]{0,60}\d{1,4}[.)][ \t])?\W{0,12}?(\[[ xX✓✔~/-]\])")


def heading_id(title: str) -> tuple[str, str] | None:
    """ID and title of a heading that opens with an ID, or ends with one in brackets."""
    lead = _LEAD.match(title)
    at = lead.end() if lead else 0
    if match := TASK_ID.match(title, at) or _SHORT.match(title, at):
        return match.group(), titled(title, match)
    tail = len(title) - min(len(title), NEAR)
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
        return found.group(), titled(body, found)
    if not status:
        return None
    number = re.match(r"[ \t]*(\d{1,4})[.)]", match.string)
    title = clean(body)
    return numbered(body) or ((number.group(1) if number else title[:LONGEST].strip()), title) if title else None


def numbered(title: str) -> tuple[str, str] | None:
    """Number and title of words that open with a number."""
    match = _NUMBERED.match(title.strip().lstrip("#-–—*_`~ \t"))
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
    if found := status_behind(text):
        return Span(line.start + found[0], line.start + found[1])
    lead = re.match(r"[^\w]{0,20}", text)
    at = next((at for at in range(lead.end() if lead else 0) if text[at] in MARKS), None)
    return None if at is None else Span(line.start + at, line.start + at + 1 + (text[at + 1 : at + 2] == "\ufe0f"))
