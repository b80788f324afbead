"""A suggester whose answers come from a recording, where it was made of the same context, and from nowhere else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Suggester
from beai.core.suggest.choice import Way
from beai.core.suggest.exchange import ProposeCases, ProposeEdits, Purpose, Reply, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.progress import Grew, Noted, Progress
from beai.core.suggest.recording.entry import Entry
from beai.core.suggest.recording.pace import frames
from beai.core.suggest.recording.stamp import Stamp, stamped
from beai.core.suggest.recording.tape import Tape, load
from beai.core.suggest.reply import parse
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.paths import path as below_root
from beai.core.text import one_line, printable

ANYWAY = "--replay-anyway takes its replies in their order."
_SOME = 4  # of what differs, told by name
_NONCE = re.compile(r"\w{4,64}", re.ASCII)


class Replay:
    """The ``Suggester`` port over a recording.

    A request is answered by the next entry that was made of the same context, the last one again where there is no
    other (somebody took a step back); ``anyway`` takes the next one for the same purpose and case. Who is chosen by the
    person meanwhile is asked of ``beside``, where there is one.
    """

    name = Way.REPLAY.value

    def __init__(
        self,
        path: Path,
        tape: Tape,
        anyway: bool = False,
        pace: float = 1.0,
        beside: Suggester | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._file = printable(path.name).replace("\n", " ")
        self._entries = [entry for entry in tape.entries if not _stopped(entry)]
        self._used: set[int] = set()
        self._cut = tape.cut
        self._anyway, self._pace, self._beside, self._wait = anyway, pace, beside, wait

    @classmethod
    def open(
        cls, path: Path, anyway: bool = False, pace: float = 1.0, beside: Suggester | None = None
    ) -> Replay | Fault:
        """The replay of the recording at ``path``, or why it is none."""
        tape = load(path)
        return tape if isinstance(tape, Fault) else cls(path, tape, anyway, pace, beside)

    def holds(self, purpose: Purpose) -> bool:
        """Whether anything was answered for ``purpose``."""
        return any(entry.purpose is purpose for entry in self._entries)

    async def start(self) -> Fault | None:
        """There is nothing to warm; whom the person chooses instead warms up then."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """The recorded answer, read again with the present word; a fault where it was made of another context."""
        if self._beside is not None and request.by is not None and request.by.way is not Way.REPLAY:
            return await self._beside.suggest(request, tell)
        stamp, _ = await asyncio.to_thread(stamped, request)
        at = self._same(request, stamp)
        if at is None:
            at = self._next(request) if self._anyway else None
            if at is None:
                return self._refused(request, stamp)
            told = _differences(self._entries[at], stamp)
            tell(Noted(f"Taken from {self._file} anyway: {_some(told)}."))
        entry = self._entries[at]
        async for text in self._streamed(entry, request.nonce):
            tell(Grew(text))
        self._used.add(at)
        return await asyncio.to_thread(_answer, entry, request)

    async def close(self) -> None:
        """Close whom the person may choose instead."""
        if self._beside is not None:
            await self._beside.close()

    def _same(self, request: Request, stamp: Stamp) -> int | None:
        """The entry made of this very context: the first that was not told yet, else the last one."""
        fitting = [
            at
            for at, entry in enumerate(self._entries)
            if entry.purpose is request.purpose and entry.fingerprint == stamp.whole(entry.drafted)
        ]
        return next((at for at in fitting if at not in self._used), fitting[-1] if fitting else None)

    def _next(self, request: Request) -> int | None:
        """The next entry for the purpose and the case, of this task before others."""
        left = [
            (entry.task != request.task.id, at)
            for at, entry in enumerate(self._entries)
            if at not in self._used and (entry.purpose, entry.case) == (request.purpose, request.case_id)
        ]
        return min(left)[1] if left else None

    def _refused(self, request: Request, stamp: Stamp) -> Fault:
        """Why nothing is answered: what differs from the nearest entry, by name."""
        key = request.purpose, request.task.id, request.case_id
        made = [entry for entry in self._entries if (entry.purpose, entry.task, entry.case) == key]
        if not made or self._anyway:
            of = f"{request.purpose} {request.case_id}".strip()
            which, end = ("no more replies", "") if made else ("no reply", " Its end is missing." if self._cut else "")
            summary = f"{self._file} holds {which} for {of} of {one_line(request.task.id, 60)}.{end}"
            return Fault(FaultKind.REFUSED, summary, remedy="M in the app asks somebody else." if self._beside else "")
        told = min((_differences(entry, stamp) for entry in made), key=len)
        summary = f"{self._file} was made of another context: {_some(told)}."
        return Fault(FaultKind.REFUSED, summary, "\n".join(told), ANYWAY)

    async def _streamed(self, entry: Entry, nonce: str) -> AsyncIterator[str]:
        for wait, text in frames(entry.stream, self._pace):
            if wait:
                await self._wait(wait)
            yield _closed(text, entry.nonce, nonce)


def _answer(entry: Entry, request: Request) -> Reply | Fault:
    """What ``entry`` answers to ``request``: its text read again, or its value where there is no such text."""
    if isinstance(entry.answer, Fault):
        return entry.answer
    if not entry.parsed:
        return _fitting(entry.answer, request)
    return parse(_closed(entry.text, entry.nonce, request.nonce), request)


def _fitting(reply: Reply, request: Request) -> Reply | Fault:
    """A recorded value as the reader of texts would let it through: it answers what is asked, below the root alone."""
    cases = request.purpose is Purpose.CASES
    if (isinstance(reply, ProposeCases) and not cases) or (isinstance(reply, ProposeEdits) and cases):
        return Fault(FaultKind.MODEL, f"The recording answers {request.purpose} with something else.", remedy=ANYWAY)
    match reply:
        case ProposeCases():
            stated = {criterion.text for criterion in request.task.criteria}
            kept = ((idea, tuple(one for one in idea.criteria if one in stated)) for idea in reply.cases)
            ideas = (replace(idea, criterion="".join(named[:1]), further=named[1:]) for idea, named in kept)
            return replace(reply, cases=tuple(ideas))
        case ProposeEdits():
            wrong = next((edit.file for edit in reply.edits if isinstance(below_root(edit.file), Complaint)), None)
            if wrong is None:
                return reply
            return Fault(FaultKind.REFUSED, f"The recording writes to {one_line(wrong, 80)}, outside the repository.")
        case _:
            return reply


def _closed(text: str, then: str, now: str) -> str:
    """``text`` with the word that closes it now; one that is too short to be a word of ours stays."""
    return text.replace(then, now) if _NONCE.fullmatch(then) else text


def _stopped(entry: Entry) -> bool:
    """Whether the person or their budget stopped it, so that it is no answer."""
    return isinstance(entry.answer, Fault) and entry.answer.kind in (FaultKind.CANCELLED, FaultKind.CAP)


def _differences(entry: Entry, stamp: Stamp) -> tuple[str, ...]:
    return entry.stamp.differences(stamp, entry.drafted) or ("the same parts stand in another order",)


def _some(told: tuple[str, ...]) -> str:
    more = (f"and {len(told) - _SOME} more",) if len(told) > _SOME else ()
    return ", ".join((*told[:_SOME], *more))
