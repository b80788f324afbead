"""A review without a screen: verdicts named on a command line, and all of it as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from beai.core.edits.change import Decision, FileChange, Hunk, Verdict
from beai.core.fault import Fault, FaultKind
from beai.core.loop.alone.brought import Brought
from beai.core.loop.alone.feedback import feedback
from beai.core.loop.alone.state import Alone
from beai.core.loop.codec import plain
from beai.core.text import one_line

ALL = "all"


@dataclass(frozen=True, slots=True)
class Named:
    """The verdicts that were named; ``held`` is a sentence that says why nothing of them is carried out, or ``""``."""

    decisions: tuple[Decision, ...]
    held: str = ""


def decide(brought: Brought, accept: Sequence[str], reject: Sequence[str]) -> Named | Fault:
    """The verdicts of ``accept`` (IDs of hunks, or ``all``) and ``reject`` (``ID``, ``ID=reason``, or ``all``).

    ``all`` means each hunk that is not named. To accept all is to accept the whole patch as it is: where an edit has no
    place, or a hunk carries a warning and is not named itself, nothing is written.
    """
    hunks = {hunk.id: hunk for hunk in brought.change.hunks()}
    refused = dict(_reason(one, hunks) for one in reject)
    taken = dict.fromkeys(accept)
    named = {*taken, *refused} - {ALL}
    if unknown := next((id for id in (*taken, *refused) if id != ALL and id not in hunks), None):
        known = ", ".join(list(hunks)[:8]) or "none"
        return Fault(FaultKind.USAGE, f"There is no hunk {one_line(unknown, 120)}.", remedy=f"There are: {known}.")
    if both := next((id for id in taken if id in refused), None):
        return Fault(FaultKind.USAGE, f"{one_line(both, 120)} is both accepted and rejected.", remedy="Decide for one.")
    rest = [id for id in hunks if id not in named]
    yes = {*(id for id in taken if id != ALL), *(rest if ALL in taken else ())}
    no = {id: why for id, why in refused.items() if id != ALL}
    no |= dict.fromkeys(rest, refused[ALL]) if ALL in refused else {}
    decisions = tuple(
        Decision(id, Verdict.ACCEPTED) if id in yes else Decision(id, Verdict.REJECTED, no[id])
        for id in hunks
        if id in yes or id in no
    )
    return Named(decisions, _held(brought, [hunks[id] for id in rest]) if ALL in taken else "")


def outline(state: Alone, root: str) -> dict[str, Any]:
    """The review as plain data, whose keys do not change between versions."""
    brought, review = state.brought, state.review
    verdicts = [(hunk.id, review.decision(hunk.id)) for hunk in review.change.hunks()]
    return {
        "source": brought.source,
        "root": root,
        "edits": brought.edits,
        "placed": brought.placed,
        "files": [_file(state, file) for file in review.change.files],
        "left": plain(brought.left),
        "notes": list(brought.notes),
        "rationale": review.change.rationale,
        "accepted": [id for id, one in verdicts if one is not None and one.verdict is Verdict.ACCEPTED],
        "rejected": [
            {"id": id, "reason": one.reason}
            for id, one in verdicts
            if one is not None and one.verdict is Verdict.REJECTED
        ],
        "undecided": [id for id, one in verdicts if one is None],
        "receipt": None if state.receipt is None else plain(state.receipt),
        "feedback": feedback(state) if review.decisions or brought.missing else "",
    }


def _reason(written: str, hunks: dict[str, Hunk]) -> tuple[str, str]:
    """``ID=reason`` as a pair; an ID may hold ``=`` itself."""
    if written in hunks:
        return written, ""
    known = next((id for id in (*hunks, ALL) if written.startswith(f"{id}=")), None)
    return (written, "") if known is None else (known, written[len(known) + 1 :].strip())


def _held(brought: Brought, rest: Sequence[Hunk]) -> str:
    if missing := brought.missing:
        first = f"{one_line(missing[0].file, 120)}: {one_line(missing[0].reason, 200)}"
        said = f"{len(missing)} of {brought.edits} edits have no place ({first})."
        return f"{said} Name the hunks that you want all the same."
    alone = [hunk for hunk in rest if hunk.alone]
    if alone:
        words = one_line(alone[0].warnings[0] if alone[0].warnings else alone[0].conflict, 200)
        return f"{one_line(alone[0].id, 120)} carries a warning ({words}). Name it as well to accept it."
    return ""


def _file(state: Alone, file: FileChange) -> dict[str, Any]:
    return {
        "path": file.path,
        "new": file.before is None,
        "removed": file.after is None,
        "hunks": [_hunk(state, hunk) for hunk in file.hunks],
    }


def _hunk(state: Alone, hunk: Hunk) -> dict[str, Any]:
    found = (state.findings or {}).get(hunk.id, hunk.findings)
    return {
        "id": hunk.id,
        "line": hunk.old_start + 1,
        "old": list(hunk.old),
        "new": list(hunk.new),
        "warnings": list(hunk.warnings),
        "findings": plain(found),
    }
