"""The list items of a file: how deep each is, where it ends, and whether a Status stands below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
    made: dict[int, Item] = {}
    parents: dict[int, int] = {}
    open_: list[Item] = []
    for index, line in enumerate(found):
        if not line.text.strip():
            continue
        depth = indent(line.text)
        while open_ and (open_[-1].depth >= depth or index in limits):
            closed = open_.pop()
            made[closed.line] = replace(made[closed.line], stop=index)
        if index in labels and open_:
            parent = open_[-1].line
            parents[index] = parent
            if labels[index].key == "status":
                made[parent] = replace(made[parent], status=True)
        fenced = line.fence is not None and line.fence not in ("yaml", "yml", "")
        if not fenced and (match := _ITEM.match(line.text)):
            item = Item(index, depth, len(found), match)
            made[index] = item
            open_.append(item)
    return made, parents
