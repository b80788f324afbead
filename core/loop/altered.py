"""Code that may not be what was sent, after its way through a clipboard, warns of it in every hunk of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from beai.core.edits.change import Change, Hunk
from beai.core.suggest.exchange import ProposeEdits, Reply


def doubts(reply: Reply) -> dict[str, str]:
    """The files that a reply changes by code that may be altered, and how."""
    if not isinstance(reply, ProposeEdits) or not reply.altered:
        return {}
    return {edit.file: reply.altered for edit in reply.edits}


def doubted(change: Change, said: Mapping[str, str]) -> Change:
    """``change`` with what is said of its files on each of their hunks, so that each is decided alone."""
    return replace(
        change,
        files=tuple(replace(file, hunks=tuple(_doubted(hunk, said) for hunk in file.hunks)) for file in change.files),
    )


def _doubted(hunk: Hunk, said: Mapping[str, str]) -> Hunk:
    words = said.get(hunk.file, "")
    return replace(hunk, warnings=tuple(dict.fromkeys((*hunk.warnings, words)))) if words else hunk
