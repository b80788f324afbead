"""A file's diff as hunks that are decided one by one, and the text that any set of decisions makes."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from beai.core.edits.change import Change, Decision, FileChange, Hunk, Verdict
from beai.core.edits.layout import eol_of, with_eol

_BUDGET = 2_000_000
"""The most that one difflib comparison may cost, in the measure of ``_cost``; beyond it a stretch is one hunk."""

Block = tuple[int, int, int, int]
"""Lines ``[0]:[1]`` before become lines ``[2]:[3]`` after."""


def hunks(path: str, before: str | None, after: str | None, cites: tuple[str, ...] = ()) -> tuple[Hunk, ...]:
    """The contiguous changed blocks from ``before`` to ``after``, ids ``path#1``…; lines keep their ends.

    A file that is removed is one hunk, also where it holds no line.
    """
    old, new = split_lines(before or ""), split_lines(after or "")
    if after is None:
        return (Hunk(f"{path}#1", path, 0, tuple(old), (), cites),)
    return tuple(
        Hunk(f"{path}#{number}", path, i1, tuple(old[i1:i2]), tuple(new[j1:j2]), cites)
        for number, (i1, i2, j1, j2) in enumerate(_blocks(old, new), 1)
    )


def assemble(file: FileChange, decisions: Mapping[str, Decision]) -> str | None:
    """The text with exactly the accepted hunks, as a person edited them; undecided is not accepted.

    None where the file is to go.
    """
    if file.after is None and all(_removes(decisions.get(hunk.id)) for hunk in file.hunks):
        return None
    lines = split_lines(file.before or "")
    eol = eol_of(file.before or file.after or "")
    out, at = list[str](), 0
    for hunk in file.hunks:
        out += lines[at : hunk.old_start]
        at = hunk.old_start + len(hunk.old)
        decision = decisions.get(hunk.id)
        if decision is None or decision.verdict is not Verdict.ACCEPTED:
            out += hunk.old
        elif decision.edited is None:
            out += hunk.new
        else:
            out.append(_as_edited(decision.edited, hunk, eol, at == len(lines)))
    return "".join(out + lines[at:])


def as_edited(change: Change, decisions: Sequence[Decision]) -> Change:
    """``change`` with the person's text in the hunks that they edited, all others as they were proposed."""
    edits = {one.hunk: one for one in decisions if one.edited is not None}
    return replace(change, files=tuple(_edited(file, edits) for file in change.files))


def _edited(file: FileChange, edits: Mapping[str, Decision]) -> FileChange:
    taken = {hunk.id: edits.get(hunk.id) or Decision(hunk.id, Verdict.ACCEPTED) for hunk in file.hunks}
    hunks = (
        replace(hunk, new=tuple(split_lines(edits[hunk.id].edited or ""))) if hunk.id in edits else hunk
        for hunk in file.hunks
    )
    return replace(file, after=assemble(file, taken), hunks=tuple(hunks))


def _removes(decision: Decision | None) -> bool:
    return decision is not None and decision.verdict is Verdict.ACCEPTED and decision.edited is None


def split_lines(text: str) -> list[str]:
    """Lines with their ends, cut after ``\\n`` alone: a form feed or U+2028 in a string literal is content."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _as_edited(text: str, hunk: Hunk, eol: str, last: bool) -> str:
    """A person's text in the file's line ends, ended unless it is the end of a file that does not end its last line."""
    if "\r\n" not in text:
        text = with_eol(text, eol)
    open_end = last and bool(hunk.new or hunk.old) and not (hunk.new or hunk.old)[-1].endswith("\n")
    return text if open_end or not text or text.endswith("\n") else text + eol


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    found: list[Block] = []
    for i1, i2, j1, j2 in _compared(old, new, head, len(old) - tail, head, len(new) - tail):
        if found and found[-1][1] == i1 and found[-1][3] == j1:
            found[-1] = (found[-1][0], i2, found[-1][2], j2)
        else:
            found.append((i1, i2, j1, j2))
    return found


def _compared(old: Sequence[str], new: Sequence[str], i1: int, i2: int, j1: int, j2: int) -> Iterator[Block]:
    """Changed blocks in order; what difflib cannot afford is cut at lines unique on either side."""
    if i1 == i2 and j1 == j2:
        return
    a, b = old[i1:i2], new[j1:j2]
    if _cost(a, b) <= _BUDGET:
        for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if tag != "equal":
                yield i1 + a1, i1 + a2, j1 + b1, j1 + b2
        return
    anchors = _anchors(a, b)
    if not anchors:
        yield i1, i2, j1, j2
        return
    at, to = 0, 0
    for x, y in anchors:
        yield from _gap(old, new, i1 + at, i1 + x, j1 + to, j1 + y)
        at, to = x + 1, y + 1
    yield from _gap(old, new, i1 + at, i2, j1 + to, j2)


def _gap(old: Sequence[str], new: Sequence[str], i1: int, i2: int, j1: int, j2: int) -> Iterator[Block]:
    while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    if _cost(old[i1:i2], new[j1:j2]) <= _BUDGET:
        yield from _compared(old, new, i1, i2, j1, j2)
    else:
        yield i1, i2, j1, j2


def _cost(a: Sequence[str], b: Sequence[str]) -> int:
    """Equal pairs, which difflib looks at once per match it finds; lines that repeat make it slow."""
    left, right = Counter(a), Counter(b)
    pairs = sum(count * right[line] for line, count in left.items())
    return pairs * max(1, min(len(a), len(b)) // 100)


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that occur once in either text and in the same order: the longest such chain, as in patience diff."""
    left, right = Counter(a), Counter(b)
    places = {line: index for index, line in enumerate(b) if right[line] == 1}
    pairs = [(index, places[line]) for index, line in enumerate(a) if left[line] == 1 and line in places]
    ends, piles = list[int](), list[int]()
    came_from = [-1] * len(pairs)
    for index, (_, y) in enumerate(pairs):
        pile = bisect_left(ends, y)
        came_from[index] = piles[pile - 1] if pile else -1
        ends[pile : pile + 1] = [y]
        piles[pile : pile + 1] = [index]
    chain, index = list[tuple[int, int]](), piles[-1] if piles else -1
    while index >= 0:
        chain.append(pairs[index])
        index = came_from[index]
    return chain[::-1]
