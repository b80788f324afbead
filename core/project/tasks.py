"""Task files in the shapes people write them, mixed as they come; of a task only the status token is ever changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from beai.core.project.facts import Task
from beai.core.project.markdown import Line, headings, lines, plain
from beai.core.project.task_fields import LEAD, Entry, criteria, entries, listed, status
from beai.core.project.task_ids import TASK_ID
from beai.core.project.task_places import Place, checked, places
from beai.core.project.task_tables import Row, rows
from beai.core.project.task_words import BOX, LABELS, MARKS, State, is_done, is_nothing, plain_words, state

__all__ = ["TASK_ID", "is_done", "read_tasks", "with_status"]

_RANGE = re.compile(r"[ \t]*(?:\.{2,3}|…|[–—-](?=[ \tA-Z\d]|\Z)|\b(?:to|through|thru|until|bis|a|à|até)\b|〜|~)[ \t]*")
_SERIAL = re.compile(r"^(.*?)(\d{1,6})$")
_MOST_OF_A_RANGE = 100
_SAYS_SOMETHING = re.compile(r"[#\"'`“«]?[^\W_a-z]")
_DEPENDS = re.compile(
    r"(?<!\w)(?P<not>(?:no longer|not|never) )?(?:depend(?:s|ing)? (?:up)?on|blocked by|depende de|hängt ab von"
    r"|abhängig von|dépend de|зависит от)[:：]?[ \t]{1,4}(?P<on>[^().;\n]{1,200})",
    re.IGNORECASE,
)
_LONGEST_LINE = 2_000  # characters in which a title may say what it depends on
_FIELDS = ("description", "role", "dependencies", "status", "deliverables", "criteria", "unit_tests", "done_when")
_LENT = ("title", *(name for name in _FIELDS if name != "status"))
_EMOJI = {
    State.DONE: "✅",
    State.IN_PROGRESS: "⏳",
    State.IN_REVIEW: "👀",
    State.BLOCKED: "⛔",
    State.OPEN: "⬜",
    State.CANCELLED: "❌",
}


def read_tasks(path: str, text: str) -> tuple[Task, ...]:
    """Every task of ``text``, in the order they stand.

    Where an ID heads several places the fullest is the task, ``also`` has the others' lines, and a row or list item
    lends what the fullest lacks, so that a status kept in an overview table counts.
    """
    found = lines(text)
    heads = headings(found)
    tabled = rows(found)
    made = [_task(path, text, found, place) for place in places(found, heads, [row.line for row in tabled])]
    made += [_tabled(path, text, found, row) for row in tabled]
    if not made:
        made = [_task(path, text, found, place) for place in checked(found, heads)]
    by_id: dict[str, list[Task]] = {}
    for task in made:
        by_id.setdefault(task.id, []).append(task)
    return tuple(sorted((_joined(same) for same in by_id.values()), key=lambda task: task.line))


def with_status(text: str, task: Task, new: str) -> str:
    """``text`` with the task's status token replaced by ``new`` and every other character kept.

    A check box stays one, ``[x]`` for a word that means done, and an emoji that stands alone stays one. A label
    without a value gets it. When ``text`` changed since ``task`` was read, the task is looked up again by its ID; a
    task or status that is not there leaves ``text`` as it is.
    """
    span = task.status_span
    if span is None or text[span.start : span.end] != task.status or not task.status:
        again = next((other for other in read_tasks(task.file, text) if other.id == task.id), None)
        if again is None or again.status_span is None:
            return text
        task, span = again, again.status_span
    word = _worded(task.status, " ".join(new.split()))
    if span.start == span.end and text[span.start - 1 : span.start] not in ("", " ", "\t"):
        word = f" {word}"
    return text[: span.start] + word + text[span.end :]


def _worded(old: str, new: str) -> str:
    """The new status as the old one is written."""
    box = BOX.match(old)
    if box and not BOX.match(new):
        ticked = "[x]" if is_done(new) else "[ ]"
        return ticked + (old[box.end() : box.end() + 1] + new if len(old) > box.end() else "")
    if old.rstrip("\ufe0f") in MARKS and not any(char in MARKS for char in new):
        return _EMOJI.get(state(new), new)
    return new


def _task(path: str, text: str, found: Sequence[Line], place: Place) -> Task:
    own = entries(place.lines(found))
    if tail := place.tail(found):
        own = {key: entry for key, entry in entries([tail]).items() if key} | own
    if "dependencies" not in own and (said := _said(own.get("status"), found[place.first])):
        own["dependencies"] = said
    word, span = status(own.get("status"), text)
    if not word and place.mark is not None:
        word, span = text[place.mark.start : place.mark.end], place.mark
    stop = found[place.stop].start if place.stop < len(found) else len(text)
    body = text[found[place.first].start : stop]
    title = place.title or (plain(own["title"].text.split("\n")[0]) if "title" in own else "")
    return _filled(Task(place.id, title, path, found[place.first].number, word, span, text=body), own)


def _tabled(path: str, text: str, found: Sequence[Line], row: Row) -> Task:
    line, span = found[row.line], row.status
    word = text[span.start : span.end] if span else ""
    return _filled(Task(row.id, row.title, path, line.number, word, span, text=line.text), row.entries)


def _filled(task: Task, own: dict[str, Entry]) -> Task:
    described = own.get("description") or _prose(own.get(LEAD))
    full = replace(
        task,
        description=described.text if described else "",
        role=plain(own["role"].text) if "role" in own else "",
        dependencies=tuple(dict.fromkeys(_dependencies(own.get("dependencies")))),
        deliverables=tuple(item for item in listed(own.get("deliverables")) if not is_nothing(item)),
        criteria=tuple(item for item in criteria(own.get("criteria")) if not is_nothing(item.text)),
        unit_tests=own["unit_tests"].text if "unit_tests" in own else "",
        done_when=own["done_when"].text if "done_when" in own else "",
    )
    read = {"description": full.description, "status": full.status}
    empty = [key for key in LABELS if not read.get(key, own[key].text if key in own else "")]
    return replace(
        full,
        unread=tuple(LABELS[key] for key in empty if key in own),
        absent=tuple(LABELS[key] for key in empty if key not in own),
    )


def _prose(entry: Entry | None) -> Entry | None:
    """What stands below no label, unless it is the head of a table of attributes."""
    if entry is None or all(line.text.lstrip().startswith("|") for line in entry.below if line.text.strip()):
        return None
    return entry


def _joined(same: list[Task]) -> Task:
    """The fullest of the tasks with one ID, with what it lacks and a row or an item of one line has."""
    best = min(same, key=lambda task: (len(task.unread) + len(task.absent), _is_short(task), task.line))
    others = [task for task in same if task is not best]
    for other in filter(_is_short, others):
        lent = {name: getattr(best, name) or getattr(other, name) for name in _LENT}
        best = replace(best, **lent)
        if not best.status and other.status:
            best = replace(best, status=other.status, status_span=other.status_span)
    lacking = {LABELS[key] for key, name in zip(LABELS, _FIELDS, strict=True) if not getattr(best, name)}
    return replace(
        best,
        also=tuple(task.line for task in others),
        unread=tuple(label for label in best.unread if label in lacking),
        absent=tuple(label for label in best.absent if label in lacking),
    )


def _is_short(task: Task) -> bool:
    return "\n" not in task.text.strip()


def _dependencies(entry: Entry | None) -> Iterable[str]:
    """IDs, ranges of them spelled out, and wordings that name no ID."""
    if entry is None or (entry.inline.strip() and is_nothing(entry.inline)):
        return
    has_list = bool(entry.below)
    any_id = TASK_ID.search(entry.text) is not None
    for part in listed(entry):
        words = plain_words(part)
        if is_nothing(part):
            continue
        if ids := _ids(part):
            yield from ids
        elif has_list or not any_id or _SAYS_SOMETHING.match(words):
            yield words


def _said(state_said: Entry | None, line: Line) -> Entry | None:
    """The dependencies that a status, or a title, gives in passing: ``Open, depends on BE-2``."""
    for text, start in ((state_said.inline, state_said.start) if state_said else ("", 0), (line.text, line.start)):
        match = _DEPENDS.search(text[:_LONGEST_LINE])
        if match and not match["not"] and TASK_ID.search(match["on"]):
            return Entry("dependencies", match["on"], start + match.start("on"))
    return None


def _ids(text: str) -> list[str]:
    """The IDs of ``text``; ``BE-1 to BE-3`` and ``BE-1..3`` are three."""
    found: list[str] = []
    end = 0
    for match in TASK_ID.finditer(text):
        span = _RANGE.fullmatch(text[end : match.start()]) if found and match.start() - end < 12 else None
        found += _between(found[-1], match.group()) if span else []
        found.append(match.group())
        end = match.end()
        if (open_ := _RANGE.match(text, end)) and (last := re.compile(r"\d{1,6}(?![\w-])").match(text, open_.end())):
            prefix = _SERIAL.match(match.group())
            width = len(prefix.group(2)) if prefix else 0
            upto = f"{prefix.group(1)}{last.group().zfill(width)}" if prefix else last.group()
            found += [*_between(match.group(), upto), upto]
            end = last.end()
    return found


def _between(first: str, last: str) -> list[str]:
    """The IDs between two of one series."""
    low, high = _SERIAL.match(first), _SERIAL.match(last)
    if low is None or high is None or low.group(1) != high.group(1):
        return []
    numbers = range(int(low.group(2)) + 1, min(int(high.group(2)), int(low.group(2)) + _MOST_OF_A_RANGE))
    return [f"{low.group(1)}{number:0{len(low.group(2))}d}" for number in numbers]
