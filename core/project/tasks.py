"""Task files in the shapes people write them: headings, checklists or tables, known by their IDs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from beai.core.project.facts import Span, Task
from beai.core.project.markdown import Heading, Line, headings, lines, plain
from beai.core.project.task_fields import LABELS, Entry, canonical, criteria, entries, is_nothing, listed, status, token

TASK_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,9}(?:[-_.][A-Za-z0-9_]{1,20}){0,4}?[-_]\d{1,6}[a-z]?(?![\w-])")
_LEAD = re.compile(r"(?:[\W_]|(?:task|story|ticket|issue)\b(?![-_.]\w)|\d{1,3}[.)]\s)*", re.IGNORECASE)
_ITEM = re.compile(r"^([ \t]*)(?:[-*+]|\d{1,4}[.)])[ \t]+(\[[ xX✓✔~/-]\][ \t]+)?(.*)$")
_NUMBERED = re.compile(r"^(?:\*\*)?(?:task\s+)?(\d{1,3}(?:\.\d{1,3}){0,3})[.):]?(?:\*\*)?[ \t]+(\S.*)$", re.IGNORECASE)
_MARK = re.compile(r"\[[ xX✓✔~/-]\]")
_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}[-:| \t]*$")
_DONE = re.compile(r"done|complete|closed|finished|✅|✔|完了|완료|\[x\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one task stands: its lines ``first`` to ``stop`` (exclusive), what it calls itself, its own check mark."""

    id: str
    title: str
    first: int
    stop: int
    mark: Span | None = None


def read_tasks(path: str, text: str) -> tuple[Task, ...]:
    """Every task of ``text``, in the order they stand; of two with one ID the fuller one counts."""
    found = lines(text)
    heads = headings(found)
    places = [*_headed(found, heads)]
    if not places:
        places = [*_listed(found, heads)]
    tasks = [_task(path, text, found, place) for place in places]
    tasks += _tabled(path, text, found)
    best: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: (len(task.unread), task.line)):
        best.setdefault(task.id, task)
    return tuple(sorted(best.values(), key=lambda task: task.line))


def with_status(text: str, task: Task, new: str) -> str:
    """``text`` with the task's status token replaced by ``new`` and every other character kept.

    A check mark stays one: ``[x]`` for a word that means done, else ``[ ]``. When ``text`` changed since ``task`` was
    read, the task is looked up again by its ID; a task or status that is not there leaves ``text`` as it is.
    """
    span = task.status_span
    if span is None or text[span.start : span.end] != task.status:
        again = next((other for other in read_tasks(task.file, text) if other.id == task.id), None)
        if again is None or again.status_span is None:
            return text
        task, span = again, again.status_span
    word = " ".join(new.split())
    if _MARK.fullmatch(task.status) and not _MARK.fullmatch(word):
        word = "[x]" if is_done(word) else "[ ]"
    return text[: span.start] + word + text[span.end :]


def is_done(status: str) -> bool:
    """Whether a status word or mark means that the task is finished."""
    return bool(_DONE.search(status)) and not re.search(r"\bnot\b", status, re.IGNORECASE)


def _headed(found: tuple[Line, ...], heads: tuple[Heading, ...]) -> Iterator[Place]:
    """Tasks that are a heading with an ID, or a heading above an ``ID`` or ``Status`` label."""
    marked = [_heading_id(head.title) for head in heads]
    for at, head in enumerate(heads):
        stop = next((other.line for other in heads[at + 1 :] if _ends(other, head)), len(found))
        if marked[at] is None:
            following = heads[at + 1].line if at + 1 < len(heads) else len(found)
            own = entries(found[head.line + 1 : following])
            if any(marked) or "status" not in own or canonical(head.title):
                continue
            named = plain(own["id"].inline) if "id" in own else ""
            number, shown = _numbered(head.title)
            if named or number:
                yield Place(named or number, shown, head.line, stop)
            continue
        inner = next((other.line for other, mark in zip(heads[at + 1 :], marked[at + 1 :], strict=True) if mark), stop)
        identifier, title = marked[at] or ("", "")
        yield Place(identifier, title, head.line, min(stop, inner), _mark(found[head.line]))


def _ends(other: Heading, head: Heading) -> bool:
    """Whether a heading ends the task of ``head``: one of its level does, unless it is the label of an attribute."""
    return other.level < head.level or (other.level == head.level and not canonical(other.title))


def _heading_id(title: str) -> tuple[str, str] | None:
    """ID and title of a heading that opens with an ID, or ends with one in brackets."""
    lead = _LEAD.match(title)
    if lead and (match := TASK_ID.match(title, lead.end())):
        return match.group(), _clean(title[match.end() :])
    match = TASK_ID.search(title)
    if (
        match
        and re.fullmatch(r"[)\]`*\s]{1,6}", title[match.end() :])
        and re.search(r"[(\[]`?\s*$", title[: match.start()])
    ):
        return match.group(), _clean(title[: match.start()])
    return None


def _numbered(title: str) -> tuple[str, str]:
    match = _NUMBERED.match(plain(title))
    return (match.group(1), _clean(match.group(2))) if match else (plain(title), plain(title))


def _listed(found: tuple[Line, ...], heads: tuple[Heading, ...]) -> Iterator[Place]:
    """Tasks that are list items: with an ID, or numbered check boxes where nothing has an ID."""
    rows = [
        (index, match) for index, line in enumerate(found) if line.fence is None and (match := _ITEM.match(line.text))
    ]
    limits = {head.line for head in heads}
    with_id = [(index, match, named) for index, match in rows if (named := _item_id(match))]
    if not with_id:
        with_id = [
            (index, match, (number.group(1), number.group(2)))
            for index, match in rows
            if match.group(2) and not match.group(1) and (number := _NUMBERED.match(match.group(3)))
        ]
    starts = {index for index, _, _ in with_id}
    for index, match, (identifier, title) in with_id:
        indent, stop = len(match.group(1)), index + 1
        while stop < len(found) and stop not in limits and stop not in starts:
            text = found[stop].text
            if text.strip() and len(text) - len(text.lstrip()) <= indent:
                break
            stop += 1
        yield Place(identifier, _clean(title), index, stop, _mark(found[index]))


def _item_id(match: re.Match[str]) -> tuple[str, str] | None:
    """ID and title of a list item that is check-boxed or bold and opens with its ID."""
    body = match.group(3)
    opening = re.match(r"[*_`~\[(]{0,6}", body)
    at = opening.end() if opening else 0
    found = TASK_ID.match(body, at)
    if found is None or not (match.group(2) or body[:at].startswith(("**", "__"))):
        return None
    return found.group(), _clean(body[found.end() :])


def _mark(line: Line) -> Span | None:
    match = _MARK.search(line.text, 0, 40)
    return Span(line.start + match.start(), line.start + match.end()) if match else None


def _clean(title: str) -> str:
    """A title without the separators and marks around it; a code span at an end stays whole."""
    title = re.sub(r"^[\s:：.\-–—*_\])]+|[\s*_(\[]+$", "", title)
    return title.strip("`") if title.count("`") % 2 else title


def _task(path: str, text: str, found: tuple[Line, ...], place: Place) -> Task:
    own = entries(found[place.first + 1 : place.stop])
    word, span = status(own.get("status"), text)
    if span is None and place.mark is not None:
        word, span = text[place.mark.start : place.mark.end], place.mark
    stop = found[place.stop].start if place.stop < len(found) else len(text)
    body = text[found[place.first].start : stop]
    return _filled(Task(place.id, place.title, path, found[place.first].number, word, span, text=body), own)


def _filled(task: Task, own: dict[str, Entry]) -> Task:
    full = replace(
        task,
        description=own["description"].text if "description" in own else "",
        role=plain(own["role"].text) if "role" in own else "",
        dependencies=_dependencies(own.get("dependencies")),
        deliverables=tuple(item for item in listed(own.get("deliverables")) if not is_nothing(item)),
        criteria=tuple(item for item in criteria(own.get("criteria")) if not is_nothing(item.text)),
        unit_tests=own["unit_tests"].text if "unit_tests" in own else "",
        done_when=own["done_when"].text if "done_when" in own else "",
    )
    unread = [label for key, label in LABELS.items() if key not in own or not own[key].text]
    return replace(full, unread=tuple(label for label in unread if not (label == "Status" and full.status)))


def _dependencies(entry: Entry | None) -> tuple[str, ...]:
    if entry is None:
        return ()
    named = tuple(dict.fromkeys(match.group() for match in TASK_ID.finditer(entry.text)))
    return named or tuple(part for part in map(plain, listed(entry)) if not is_nothing(part))


def _tabled(path: str, text: str, found: tuple[Line, ...]) -> list[Task]:
    """Tasks that are rows below a header with an ID (or task) and a status column."""
    tasks: list[Task] = []
    columns: list[str] = []
    for index, line in enumerate(found):
        if "|" not in line.text or line.fence is not None:
            columns = []
        elif index + 1 < len(found) and _RULE.match(found[index + 1].text) and "|" in found[index + 1].text:
            columns = [canonical(plain(cell)) for cell, _ in _cells(line)]
            if "status" not in columns or not {"id", "title"} & set(columns):
                columns = []
        elif columns and not _RULE.match(line.text) and (task := _row(path, text, line, columns)):
            tasks.append(task)
    return tasks


def _row(path: str, text: str, line: Line, columns: list[str]) -> Task | None:
    own: dict[str, Entry] = {}
    for key, (cell, start) in zip(columns, _cells(line), strict=False):
        if key and key not in own:
            own[key] = Entry(key, cell, start)
    named = TASK_ID.search(own["id"].text if "id" in own else own["title"].text if "title" in own else "")
    identifier = named.group() if named else plain(own["id"].text) if "id" in own else ""
    if not identifier:
        return None
    begin, end = token(own["status"].inline) if "status" in own else (0, 0)
    span = Span(own["status"].start + begin, own["status"].start + end) if end > begin else None
    word = text[span.start : span.end] if span else ""
    title = own.get("title") or own.get("description")
    shown = _clean(title.text.replace(identifier, "", 1)) if title else ""
    return _filled(Task(identifier, shown, path, line.number, word, span, text=line.text), own)


def _cells(line: Line) -> list[tuple[str, int]]:
    """Cells of a table row with their offsets; ``\\|`` is no border (GFM tables)."""
    borders = [match.start() for match in _CELL.finditer(line.text)]
    if not borders or line.text[: borders[0]].strip():
        borders = [-1, *borders]
    if line.text[borders[-1] + 1 :].strip():
        borders.append(len(line.text))
    found = []
    for left, right in pairwise(borders):
        cell = line.text[left + 1 : right]
        found.append((cell.strip(), line.start + left + 1 + len(cell) - len(cell.lstrip())))
    return found
