"""A text that came back from a chat outside becomes a reply, as strictly as one that a model sent, or a fault.

A reply without its end mark is never taken, not even to be looked at: a chat's page cuts long answers off, and a mouse
copies less than was meant, so that a change that looks whole may lack its last file. Nothing but the mark can tell, and
the chat can still write it: it is asked for the mark alone, and what came before counts with it. What is odd in form,
as a patch of another tool, is read too where the mark counts what was found. What came whole is read as it came.
"""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import SearchReplace
from beai.core.fault import Fault
from beai.core.suggest.exchange import ProposeEdits, Purpose, Reply, Request
from beai.core.suggest.outside.mend import AS_HERE, as_typed, mended
from beai.core.suggest.reply import REPLY_LIMIT, parse
from beai.core.suggest.reply.blocks import RATIONALE_LIMIT
from beai.core.suggest.reply.envelope import opened
from beai.core.suggest.reply.headings import EDITS, End, end
from beai.core.suggest.reply.pasted import read_any
from beai.core.suggest.reply.scan import scan
from beai.core.text import clip

_WORDS = 400  # characters that may stand beside an end mark which is sent alone


def read(text: str, request: Request, before: str = "") -> Reply | Fault:
    """``text`` as the answer to ``request``; ``before`` is what the chat sent before it without an end mark, if so."""
    if len(text) > REPLY_LIMIT:
        return parse(text, request)
    first: Fault | None = None
    for reading in mended(text):
        found = parse(reading.text, request)
        if isinstance(found, ProposeEdits):
            return (
                replace(found, altered=reading.altered) if reading.altered else _as_here(reading.text, found, request)
            )
        if not isinstance(found, Fault):
            return found
        first = first or found
    assert first is not None
    mark = alone(text, request.nonce)
    if before and mark is not None:
        return read(f"{before.rstrip()}\n\n{mark}\n", request)
    return _odd(text, request) or first


def closing(text: str, nonce: str) -> End | None:
    """The end mark with ``nonce`` in ``text``."""
    return next((found for found in marks(text) if found.nonce == nonce), None)


def marks(text: str) -> tuple[End, ...]:
    """Every end mark in ``text``, whatever stands around it."""
    return tuple(found for line in opened(text).split("\n") if (found := end(line)))


def alone(text: str, nonce: str) -> str | None:
    """The end mark with ``nonce`` where ``text`` holds nothing else but a few words, as a line."""
    found = [line for line in opened(text).split("\n") if end(line)]
    if len(found) != 1 or closing(text, nonce) is None or len(text) > _WORDS:
        return None
    cut = scan(text)
    return None if cut.blocks or any(len(fence.lines) > 1 for fence in cut.loose) else found[0].strip()


def _as_here(text: str, found: ProposeEdits, request: Request) -> ProposeEdits:
    """The same edits as they were typed, where what they look for stands in its file only so; else as they came."""
    typed = parse(as_typed(text), request) if _lost(found, request) else found
    if not isinstance(typed, ProposeEdits) or len(typed.edits) != len(found.edits):
        return found
    return found if typed == found or _lost(typed, request) else replace(typed, altered=AS_HERE)


def _lost(found: ProposeEdits, request: Request) -> bool:
    """Whether a replacement looks for lines that its file, which was sent, does not hold."""
    searched = ((request.source(edit.file), edit.search) for edit in found.edits if isinstance(edit, SearchReplace))
    return any(text is not None and search not in text for text, search in searched)


def _odd(text: str, request: Request) -> ProposeEdits | None:
    """Edits in a form of another tool, where the end mark counts them, or the files that they change."""
    mark = closing(text, request.nonce)
    if mark is None or not mark.edits or mark.cases or request.purpose is Purpose.CASES:
        return None
    bare = "\n".join(line for line in opened(text).split("\n") if not end(line))
    if any(block.verb in EDITS for block in scan(bare).blocks):
        return None  # our own form, whose count is of its headings
    found = read_any(bare, request.source)
    if isinstance(found, Fault) or found.lost or found.stuck or not found.edits:
        return None
    if mark.edits not in (len(found.edits), len({edit.file for edit in found.edits})):
        return None
    notes = [note for note in found.notes if "end mark" not in note]
    return None if notes else ProposeEdits(found.edits, clip(found.rationale, RATIONALE_LIMIT))
