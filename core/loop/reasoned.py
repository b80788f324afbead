"""Each hunk of a record says why it is there: what it rests on, run, case or answer; facts that touch are cut apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from beai.core.edits.change import Change, FileChange, Hunk
from beai.core.record.story import Why
from beai.core.suggest.exchange import ProposeEdits, Reply


def whys(reply: Reply) -> tuple[Why, ...]:
    """What a reply says its lines rest on; only our own recorder says so."""
    return reply.whys if isinstance(reply, ProposeEdits) else ()


def reasoned(change: Change, told: Sequence[Why]) -> Change:
    """``change`` whose hunks carry what their lines rest on; new lines that rest on different things are parted."""
    return replace(change, files=tuple(_file(file, told) for file in change.files)) if told else change


def _file(file: FileChange, told: Sequence[Why]) -> FileChange:
    words = {one.line: one.words for one in told if one.file == file.path}
    whole = next((one.words for one in told if one.file == file.path and not one.line), "")
    parts = (part for hunk in file.hunks for part in _parts(hunk, words, whole))
    return replace(file, hunks=tuple(parts))


def _parts(hunk: Hunk, words: dict[str, str], whole: str) -> list[Hunk]:
    """The hunk with its reason; one that only adds lines is cut where the next line rests on something else."""
    reasons = [words.get(line.rstrip("\r\n"), "") for line in hunk.new]
    known = list(dict.fromkeys(reason for reason in reasons if reason))
    if whole or len(known) < 2 or hunk.old:
        return [replace(hunk, why=whole or "; ".join(known))]
    starts = [at for at, reason in enumerate(reasons) if reason and reason != _before(reasons, at)]
    bounds = [0, *starts[1:], len(hunk.new)]
    return [
        replace(hunk, id=f"{hunk.id}.{n}", new=hunk.new[a:b], why=next(filter(None, reasons[a:b]), ""))
        for n, (a, b) in enumerate(pairwise(bounds), 1)
    ]


def _before(reasons: Sequence[str], at: int) -> str:
    return next((reason for reason in reversed(reasons[:at]) if reason), "")
