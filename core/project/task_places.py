"""Where the tasks of a file stand: below headings, in list items, or behind ``id`` labels, all of them in one file."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from beai.core.project.facts import Span
from beai.core.project.markdown import Heading, Line, front_matter
from beai.core.project.task_asides import asides, openings
from beai.core.project.task_fields import Label, label
from beai.core.project.task_ids import LONGEST, TASK_ID, clean, heading_id, item_id, mark_of, named_by, numbered
from beai.core.project.task_items import Item, items
from beai.core.project.task_titles import attributes_at
from beai.core.project.task_words import canonical

_MOST_NESTED = 6
_TABLE_RULE = re.compile(r"^[ \t]*\|[ \t:|-]*-[ \t:|-]*$")
_TASK_WORD = re.compile(r"\W{0,6}(?:task|tarea|tarefa|aufgabe|tâche|задача|タスク|任务|작업)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one task stands.

    Its lines are ``first`` to ``stop`` (exclusive) without ``holes``; ``body`` is the first line that may hold
    attributes. ``mark`` is a status of its own beside any label: a check box, an emoji, a word behind the title.
    """

    id: str
    title: str
    first: int
    body: int
    stop: int
    mark: Span | None = None
    holes: tuple[tuple[int, int], ...] = ()

    def tail(self, found: Sequence[Line]) -> Line | None:
        """What stands behind the title on its line when that are attributes."""
        line = found[self.first]
        at = attributes_at(line.text) if self.body > self.first else -1
        return line._replace(text=line.text[at:], start=line.start + at) if at > 0 else None

    def lines(self, found: Sequence[Line]) -> tuple[Line, ...]:
        """The lines that are this task's own; a label that shares its line with the task's bullet comes without it."""
        own: list[Line] = []
        at = self.body
        for first, stop in self.holes:
            own += found[at : max(first, at)]
            at = max(at, stop)
        own += found[at : self.stop]
        if own and self.body == self.first:
            own[0] = own[0]._replace(text=re.sub(r"^([ \t]*)[-*+•](?=[ \t])", r"\1 ", own[0].text))
        return tuple(own)


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of one file with what was found on them."""

    found: Sequence[Line]
    heads: Sequence[Heading]
    labels: dict[int, Label]
    items: dict[int, Item]
    parents: dict[int, int]  # a label's innermost list item
    aside: bytearray  # lines that are the value of an attribute
    openings: dict[int, int]  # for a line in a fence the one that opens it

    @property
    def breaks(self) -> list[int]:
        """The lines of headings that are no labels."""
        return [head.line for head in self.heads if not self.is_label(head)]

    def is_flat(self, index: int) -> bool:
        """Whether a label stands beside others and not, as the first line of a list item does, above them."""
        item = self.items.get(index)
        nested = item is not None and any(at in self.labels for at in range(index + 1, min(item.stop, index + 20)))
        return self.labels[index].width == 0 and not nested

    def is_label(self, head: Heading) -> bool:
        """Whether a heading is the label of an attribute."""
        return bool((one := self.labels.get(head.line)) and one.key) or bool(canonical(head.title))


def places(found: Sequence[Line], heads: Sequence[Heading], rows: Iterable[int] = ()) -> list[Place]:
    """Every task of the lines, in order; a task inside another one is a hole in it.

    ``rows`` are the lines of those that are rows of a table: a heading above them is none.
    """
    page = _page(found, heads)
    named = [*_headed(page), *_front(page)]
    named += _keyed(page, _covered(named, len(found)), {place.id for place in named})
    named += _listed(page, _covered(named, len(found)), {place.id for place in named})
    named += _unnamed(page, named, [*rows, *(place.first for place in named)])
    named += _counted(page, _covered(named, len(found)))
    return _with_holes(named, page.openings)


def checked(found: Sequence[Line], heads: Sequence[Heading]) -> list[Place]:
    """Check boxes without ID or number, for a file that has no other tasks: the wording is the ID."""
    page = _page(found, heads)
    made = []
    for item in page.items.values():
        title = clean(item.match.group(3))
        if item.match.group(2) and not item.depth and not page.aside[item.line] and title:
            made.append(Place(title[:LONGEST].strip(), title, *item.extent, mark_of(found[item.line])))
    return made


def _page(found: Sequence[Line], heads: Sequence[Heading]) -> _Page:
    labels = {index: one for index, line in enumerate(found) if (one := label(line)) is not None}
    listed, parents = items(found, heads, labels)
    return _Page(found, heads, labels, listed, parents, asides(found, labels), openings(found))


def _headed(page: _Page) -> Iterator[Place]:
    """Tasks that are a heading with an ID, or a heading above one ``ID`` label."""
    ids = [heading_id(head.title) for head in page.heads]
    ends = _ends(page)
    marked = [head.line for head, one in zip(page.heads, ids, strict=True) if one]
    breaks = page.breaks
    covered = 0
    for head, one, stop in zip(page.heads, ids, ends, strict=True):
        inner = marked[at] if (at := bisect_right(marked, head.line)) < len(marked) else len(page.found)
        mark = mark_of(page.found[head.line])
        if one:
            covered = min(stop, inner)
            yield Place(*one, head.line, _body(page, head), covered, mark)
        elif head.line >= covered and not page.is_label(head):
            following = breaks[at] if (at := bisect_right(breaks, head.line)) < len(breaks) else len(page.found)
            keys = [index for index in range(head.line + 1, following) if _id_of(page, index)]
            if len(keys) == 1 and page.is_flat(keys[0]) and following <= inner:
                covered = min(stop, inner)
                own = any(page.labels[at].key == "title" for at in range(head.line + 1, following) if at in page.labels)
                title = "" if own else clean(head.title)
                yield Place(_id_of(page, keys[0]), title, head.line, _body(page, head), covered, mark)


def _ends(page: _Page) -> list[int]:
    """For each heading the line that ends its task: one of its level or above, attribute labels of its level aside."""
    found = [len(page.found)] * len(page.heads)
    open_: list[int] = []
    for at, head in enumerate(page.heads):
        aside = page.is_label(head)
        while open_ and page.heads[open_[-1]].level >= head.level + aside:
            found[open_.pop()] = head.line
        open_.append(at)
    return found


def _body(page: _Page, head: Heading) -> int:
    """The first line below a heading, and below its underline where it has one."""
    atx = page.found[head.line].text.lstrip().startswith("#")
    return min(head.line + (1 if atx else 2), len(page.found))


def _front(page: _Page) -> Iterator[Place]:
    """A file that is one task: its front matter has an ID and a status."""
    stop = front_matter(page.found)
    keys = {page.labels[index].key: index for index in range(1, stop) if index in page.labels}
    if "id" in keys and "status" in keys and (named := _id_of(page, keys["id"])):
        yield Place(named, "", 0, 1, len(page.found))


def _id_of(page: _Page, index: int) -> str:
    """The ID that a label gives, ``""`` for a line that gives none."""
    one = page.labels.get(index)
    if one is None or one.key != "id":
        return ""
    header = one.bold and page.found[index].text.lstrip().startswith("|") and index + 1 < len(page.found)
    return "" if header and _TABLE_RULE.match(page.found[index + 1].text) else named_by(one.value)


def _keyed(page: _Page, covered: bytearray, known: set[str]) -> list[Place]:
    """Tasks that open with an ``id`` label: in YAML, fenced or bare, or below one another with bold keys."""
    made: list[Place] = []
    runs = _runs(page.found)
    breaks = page.breaks
    ordered = sorted(page.labels)
    for index in ordered:
        named = _id_of(page, index)
        if covered[index] and (named in known or not _is_apart(page, index, named)):
            continue
        width = page.labels[index].width
        if not named or (made and index < made[-1].stop and width > page.labels[_key_line(page, made[-1])].width):
            continue
        first = page.parents.get(index, index)
        first = first if first in page.labels and page.labels[first].key else index
        if made and made[-1].stop > first:
            made[-1] = replace(made[-1], stop=first)
        stop = breaks[at] if (at := bisect_right(breaks, index)) < len(breaks) else len(page.found)
        item = page.items.get(first)
        deeper = ordered[at] if (at := bisect_right(ordered, first)) < len(ordered) else len(page.found)
        if item is not None and deeper < item.stop:
            stop = min(stop, item.stop)
        made.append(Place(named, "", first, first, min(stop, runs[index])))
    return [place for place in made if _says_more(page, ordered, place)]


def _is_apart(page: _Page, index: int, named: str) -> bool:
    """Whether an ``id`` label inside another task opens one of its own: in a fence or an item, and no one's value."""
    opening = page.openings.get(index, index)
    inside = page.found[index].fence is not None or not page.is_flat(index)
    return inside and TASK_ID.fullmatch(named) is not None and not page.aside[opening]


def _key_line(page: _Page, place: Place) -> int:
    return next(index for index in range(place.first, place.stop) if _id_of(page, index))


def _says_more(page: _Page, ordered: list[int], place: Place) -> bool:
    """Whether a status or a title stands beside the ID, as none does in an example of an answer."""
    inside = ordered[bisect_left(ordered, place.first) : bisect_left(ordered, place.stop)]
    return any(page.labels[index].key in ("status", "title") for index in inside)


def _listed(page: _Page, covered: bytearray, known: set[str]) -> Iterator[Place]:
    """Tasks that are list items with an ID; inside another task only those with a state, and no value of it."""
    for item in page.items.values():
        one = item_id(item.match, item.status)
        if one is None or page.aside[item.line]:
            continue
        stated = item.match.group(2) or (item.status and TASK_ID.fullmatch(one[0]))
        if covered[item.line] and (one[0] in known or not stated):
            continue
        yield Place(*one, *item.extent, mark_of(page.found[item.line]))


def _counted(page: _Page, covered: bytearray) -> Iterator[Place]:
    """Tasks that are numbered check boxes."""
    for item in page.items.values():
        if covered[item.line] or page.aside[item.line] or item.depth or not item.match.group(2):
            continue
        if one := numbered(item.match.group(3)):
            yield Place(*one, *item.extent, mark_of(page.found[item.line]))


def _unnamed(page: _Page, named: Sequence[Place], starts: list[int]) -> Iterator[Place]:
    """Tasks that are a heading without ID above a ``Status`` label, where no other task stands below it."""
    starts.sort()
    covered = _covered(named, len(page.found))
    breaks = page.breaks
    until = 0
    for head, stop in zip(page.heads, _ends(page), strict=True):
        if covered[head.line] or page.is_label(head) or head.line < until:
            continue
        if (head.level == 1 and starts) or bisect_left(starts, head.line) != bisect_left(starts, stop):
            continue
        following = breaks[at] if (at := bisect_right(breaks, head.line)) < len(breaks) else len(page.found)
        keys = {page.labels[index].key for index in range(head.line + 1, following) if index in page.labels}
        if "status" in keys or (_TASK_WORD.match(head.title) and len(keys - {""}) > 1):
            until = stop
            one = numbered(head.title) or (clean(head.title)[:LONGEST].strip(), clean(head.title))
            if one[0]:
                yield Place(*one, head.line, _body(page, head), stop, mark_of(page.found[head.line]))


def _runs(found: Sequence[Line]) -> list[int]:
    """For each line where the fence, or the text between two fences, that it is part of ends."""
    ends = [len(found)] * len(found)
    for index in range(len(found) - 2, -1, -1):
        same = (found[index].fence is None) == (found[index + 1].fence is None)
        ends[index] = ends[index + 1] if same else index + 1
    return ends


def _covered(made: Iterable[Place], count: int) -> bytearray:
    covered = bytearray(count + 1)
    for place in made:
        covered[place.first : place.stop] = b"\1" * (place.stop - place.first)
    return covered


def _with_holes(made: list[Place], openings: dict[int, int]) -> list[Place]:
    """The places in order, each without what stands in a place inside it; what is nested too deep is no task.

    The line that opens a fence belongs to the place that begins below it.
    """
    kept: list[Place] = []
    holes: dict[int, list[tuple[int, int]]] = {}
    open_: list[int] = []
    for place in sorted(made, key=lambda place: (place.first, -place.stop)):
        while open_ and kept[open_[-1]].stop <= place.first:
            open_.pop()
        if len(open_) >= _MOST_NESTED:
            continue
        opened = openings.get(place.first, place.first) == place.first - 1
        if open_ and kept[open_[-1]].first < place.first:
            holes.setdefault(open_[-1], []).append((max(kept[open_[-1]].body, place.first - opened), place.stop))
        open_.append(len(kept))
        kept.append(place)
    return [replace(place, holes=tuple(holes.get(at, ()))) for at, place in enumerate(kept)]
