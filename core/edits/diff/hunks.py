"""A file's diff as hunks that are decided one by one, and the text that any set of decisions makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from beai.core.edits.change import Change, Decision, FileChange, Hunk, Verdict
from beai.core.edits.diff.ends import eol_of, split_lines, with_eol
from beai.core.edits.diff.script import changed
from beai.core.edits.diff.sliding import slid


def hunks(path: str, before: str | None, after: str | None, cites: tuple[str, ...] = ()) -> tuple[Hunk, ...]:
    """The contiguous changed blocks from ``before`` to ``after``, ids ``path#1``…; lines keep their ends.

    A file that is removed is one hunk, also where it holds no line.
    """
    old, new = split_lines(before or ""), split_lines(after or "")
    if after is None:
        return (Hunk(f"{path}#1", path, 0, tuple(old), (), cites),)
    return tuple(
        Hunk(f"{path}#{number}", path, i1, tuple(old[i1:i2]), tuple(new[j1:j2]), cites)
        for number, (i1, i2, j1, j2) in enumerate(slid(changed(old, new), old, new), 1)
    )


def assemble(file: FileChange, decisions: Mapping[str, Decision], before: Sequence[str] | None = None) -> str | None:
    """The text with exactly the accepted hunks, as a person edited them; undecided is not accepted.

    None where the file is to go. ``before`` are the file's lines, for who has cut them already.
    """
    if file.after is None and all(_removes(decisions.get(hunk.id)) for hunk in file.hunks):
        return None
    lines = list(split_lines(file.before or "") if before is None else before)
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
    return "".join(ended(out + lines[at:], eol))


def ended(pieces: list[str], eol: str) -> list[str]:
    """``pieces`` with a line end wherever more follows: the last line of a file without one may get a neighbour."""
    last = next((n for n in range(len(pieces) - 1, -1, -1) if pieces[n]), 0)
    return [f"{piece}{eol}" if piece[-1:] not in ("", "\n") and n < last else piece for n, piece in enumerate(pieces)]


def as_edited(change: Change, decisions: Sequence[Decision]) -> Change:
    """``change`` with the person's text in the hunks that they edited, all others as they were proposed."""
    edits = {one.hunk: one for one in decisions if one.edited is not None}
    return replace(change, files=tuple(_edited(file, edits) for file in change.files))


def _edited(file: FileChange, edits: Mapping[str, Decision]) -> FileChange:
    taken = {hunk.id: edits.get(hunk.id) or Decision(hunk.id, Verdict.ACCEPTED) for hunk in file.hunks}
    length, eol = len(split_lines(file.before or "")), eol_of(file.before or file.after or "")

    def new(hunk: Hunk) -> Hunk:
        if (decision := edits.get(hunk.id)) is None:
            return hunk
        text = _as_edited(decision.edited or "", hunk, eol, hunk.old_start + len(hunk.old) == length)
        return replace(hunk, new=tuple(split_lines(text)))

    return replace(file, after=assemble(file, taken), hunks=tuple(new(hunk) for hunk in file.hunks))


def _removes(decision: Decision | None) -> bool:
    return decision is not None and decision.verdict is Verdict.ACCEPTED and decision.edited is None


def _as_edited(text: str, hunk: Hunk, eol: str, last: bool) -> str:
    """A person's text in the file's line ends, ended unless it is the end of a file that does not end its last line."""
    if "\r\n" not in text:
        text = with_eol(text, eol)
    open_end = last and bool(hunk.new or hunk.old) and not (hunk.new or hunk.old)[-1].endswith("\n")
    return text if open_end or not text or text.endswith("\n") else text + eol
