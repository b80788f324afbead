"""The list items of a file: how deep each is, where it ends, and whether a Status stands below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beai.core.project.markdown import Heading, Line, indent
from beai.core.project.task_fields import Label

_ITEM = re.compile(r"^([ \t]*)(?:[-*+•]|\d{1,4}[.)])[ \t]+(\[[ xX✓✔~/-]\][ \t]+)?(.*)$")


@dataclass(frozen=True, slots=True)
class Item:
    """One list item; ``match`` has its indentation, its check box and the rest of its line."""

    line: int
    depth: int
    stop: int
    match: re.Match[str]
    status: bool = False

    @property
    def extent(self) -> tuple[int, int, int]:
        """Its line, the first one below, and the one after its last."""
        return self.line, self.line + 1, self.stop


def items(
    found: Sequence[Line], heads: Sequence[Heading], labels: Mapping[int, Label]
) -> tuple[dict[int, Item], dict[int, int]]:
    """Every list item by its line, and for each label the line of the item that it stands in."""
    limits = {head.line for head in heads}
    made: list[tuple[int, int, re.Match[str]]] = []
    stops: dict[int, int] = {}
    parents: dict[int, int] = {}
    with_status: set[int] = set()
    open_: list[tuple[int, int]] = []
    for index, line in enumerate(found):
        if not line.text or line.text.isspace():
            continue
        depth = indent(line.text)
        while open_ and (open_[-1][1] >= depth or index in limits):
            stops[open_.pop()[0]] = index
        if open_ and index in labels:
            parents[index] = open_[-1][0]
            if labels[index].key == "status":
                with_status.add(open_[-1][0])
        if (line.fence is None or line.fence in ("yaml", "yml", "")) and (match := _ITEM.match(line.text)):
            made.append((index, depth, match))
            open_.append((index, depth))
    end = len(found)
    listed = (Item(index, depth, stops.get(index, end), match, index in with_status) for index, depth, match in made)
    return {item.line: item for item in listed}, parents
