"""What stands for a secret in a prompt is no text to write: an edit that repeats it has no place, no file gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from beai.core.edits.change import (
    AddImport,
    Change,
    Decision,
    DeleteFile,
    Edit,
    FileChange,
    MountRouter,
    PatchLines,
    SearchReplace,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.edits.diff.hunks import assemble
from beai.core.fault import Fault, FaultKind
from beai.core.suggest.privacy.values import MASK

EDITED = f"Not taken: it holds {MASK}, which stands for a secret. Write the real text; i shows what you typed."
"""What a person is told whose own text holds the mask."""


def adds_mask(before: str | None, after: str | None) -> bool:
    """Whether a text has more of our masks in it than it had."""
    return (after or "").count(MASK) > (before or "").count(MASK)


def repeats_mask(edit: Edit, text: str | None) -> str:
    """Why ``edit`` has no place in a file that reads ``text``: it writes or looks for our mask; ``""`` otherwise."""
    if MASK in (text or ""):
        return ""
    if any(MASK in new for new in _new(edit)):
        return f"it holds {MASK}, which stands for a secret that was not sent: leave that line as it is"
    if any(MASK in old for old in _old(edit)):
        return f"it looks for {MASK}, which stands for a secret and is no text of the file: quote lines without it"
    return ""


def would_write_mask(change: Change, chosen: Mapping[str, Decision]) -> Fault | None:
    """The fault of accepted hunks that would write our mask into a file; None where they do not."""
    accepted = {one.hunk for one in chosen.values()}
    for file in change.files:
        if accepted.isdisjoint(hunk.id for hunk in file.hunks):
            continue
        if adds_mask(file.before, assemble(file, chosen)):
            return _fault(file)
    return None


def _fault(file: FileChange) -> Fault:
    summary = f"{file.path} would get {MASK}, which stands for a secret in what is sent. Nothing was written."
    return Fault(FaultKind.REFUSED, summary, remedy="Reject that hunk, or edit the real text into it.")


def _new(edit: Edit) -> Iterator[str]:
    match edit:
        case UpsertProcedure() | UpsertModel() | UpsertEnum():
            yield from (edit.name, edit.code)
        case UpsertField():
            yield from (edit.model, edit.name, edit.code)
        case UpsertTest():
            yield from (edit.describe, edit.name, edit.code)
        case AddImport():
            yield edit.statement
        case MountRouter():
            yield from (edit.key, edit.variable, edit.module)
        case SearchReplace():
            yield edit.replace
        case PatchLines():
            yield "\n".join(edit.new)
        case WholeFile():
            yield edit.text
        case DeleteFile():
            return
        case _:
            assert_never(edit)


def _old(edit: Edit) -> Iterator[str]:
    match edit:
        case SearchReplace():
            yield edit.search
        case PatchLines():
            yield "\n".join(edit.old)
        case _:
            return
