"""Which lines of a task file are the value of an attribute: an ID in them is a mention, and no task of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from beai.core.project.markdown import ITEM, Line
from beai.core.project.task_fields import Label

_ONE_LINE = frozenset(("status", "role"))  # attributes that are said when their line is


def asides(found: Sequence[Line], labels: Mapping[int, Label]) -> bytearray:
    """For each line whether it is the value of an attribute; labels themselves are not, titles and IDs have none."""
    aside = bytearray(len(found) + 1)
    current: Label | None = None
    outer: Label | None = None  # the label that a fence stands below
    fenced = apart = False
    for index, line in enumerate(found):
        if current is None and not fenced and line.fence is None and index not in labels:
            apart = not line.text or line.text.isspace()
            continue
        if fenced and line.fence is None:
            current = outer
        bare = line.text.lstrip()
        inside = fenced and line.fence is not None
        if current is not None and bare and not (inside and current is outer) and _ended(current, line, apart):
            current = None
        if not inside and line.fence is not None:
            outer = current
        fenced, apart = line.fence is not None, not bare
        one = labels.get(index)
        if one is not None and (one.key or current is None or not (one.bulleted and not current.bulleted)):
            current = one if one.key and one.key not in ("id", "title") else None
        elif current is not None:
            aside[index] = 1
    return aside


def openings(found: Sequence[Line]) -> dict[int, int]:
    """For each line of a fence the line that opens it."""
    made: dict[int, int] = {}
    for index in (index for index, line in enumerate(found) if line.fence is not None):
        made[index] = made.get(index - 1, index)
    return made


def _ended(current: Label, line: Line, apart: bool) -> bool:
    """Whether a line stands outside of what a label has below it.

    At the label's own depth a list item ends one that is an item; what stands ``apart``, below an empty line, or in a
    fence, does so too (CommonMark 5.2), and ends one that was said in full on its own line.
    """
    depth = len(line.text) - len(line.text.lstrip())
    if current.heading or depth > current.width:
        return False
    if depth < current.width:
        return True
    if current.bulleted:
        return apart or line.fence is not None or ITEM.match(line.text) is not None
    said = current.value.strip()
    return bool(said) and said[-1] not in ":：" and (apart or current.key in _ONE_LINE)
