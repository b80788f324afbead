"""A suggester that keeps what another one answers, and changes nothing of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import assert_never

from beai.core.fault import Fault, FaultKind
from beai.core.loop.codec import Said
from beai.core.loop.ports import Suggester
from beai.core.suggest.choice import Turn, Way
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.pack import messages
from beai.core.suggest.progress import Grew, Noted, Progress, Sending, Sent, Spending, Withheld
from beai.core.suggest.recording.entry import Entry, Piece
from beai.core.suggest.recording.stamp import stamped
from beai.core.suggest.recording.tape import Writing
from beai.core.suggest.reply import parse


@dataclass(slots=True)
class Heard:
    """What one request told while it was under way."""

    now: Callable[[], float]
    began: float
    last: float
    asked: str = ""  # the model that a request went to last
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    spent: list[Spending] = field(default_factory=list)

    def hear(self, told: Progress) -> None:
        """Keep what was told, with the time that it took."""
        match told:
            case Grew():
                self._grow(told.text)
            case Noted():
                self.noted.append(told.words)
            case Turn():
                self.asked = told.chosen.name
            case Sent():
                self.asked = told.to
            case Sending():
                self.asked = told.model
            case Withheld():
                self.asked = told.sending.model
            case Spending():
                self.asked = told.model
                self.spent.append(told)
            case _:
                assert_never(told)

    def _grow(self, text: str) -> None:
        goes_on = bool(self.pieces) and text.startswith(self.text)
        piece = text[len(self.text) :] if goes_on else text
        if not piece:
            return
        now = self.now()
        self.pieces.append((round((now - self.last) * 1_000), int(goes_on), piece))
        self.text, self.last = text, now


class Recording:
    """The ``Suggester`` port around ``inner``, with a line in a file for each request that was answered.

    Where the file can no longer be written the session goes on, and says so with each request.
    """

    def __init__(
        self,
        inner: Suggester,
        file: Writing,
        prompts: bool = False,
        who: Callable[[Request], str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._file = file
        self._prompts = prompts
        self._who = who or (lambda request: request.by.name if request.by else inner.name)
        self._now = now
        self._rounds = Counter((each.purpose, each.task, each.case) for each in file.entries)
        self._brought = {each.nonce for each in file.entries if each.by == Way.CLIPBOARD}
        self._lost = ""
        self._keeping: set[asyncio.Future[None]] = set()
        self._thread = ThreadPoolExecutor(1)  # one: lines come in the order of what they tell

    @classmethod
    def open(
        cls,
        inner: Suggester,
        path: Path,
        prompts: bool = False,
        who: Callable[[Request], str] | None = None,
        session: str = "",
    ) -> Recording | Fault:
        """A recording of ``inner`` at ``path``, or why there can be none; ``who`` names whom a request goes to.

        One that is there is gone on with where it is of the same ``session``.
        """
        file = Writing.open(path, _today(), _version(), session)
        return file if isinstance(file, Fault) else cls(inner, file, prompts, who)

    @property
    def name(self) -> str:
        """Who is asked."""
        return self._inner.name

    async def start(self) -> Fault | None:
        """Warm up who is asked."""
        return await self._inner.start()

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """What ``inner`` answers; a request that was cancelled is kept too, for whoever asks why."""
        began = self._now()
        heard = Heard(self._now, began, began)

        def both(told: Progress) -> None:
            heard.hear(told)
            tell(told)

        if self._lost:
            tell(Noted(self._lost))
        try:
            answer = await self._inner.suggest(request, both)
        except asyncio.CancelledError:
            self._begin_keeping(request, heard, Fault(FaultKind.CANCELLED, "The person stopped it."))
            raise
        if not isinstance(answer, HandOut):
            await asyncio.shield(self._begin_keeping(request, heard, answer))
            if self._lost:
                tell(Noted(self._lost))
        return answer

    async def keep(self, request: Request, text: str, reply: Reply) -> None:
        """A line for what a person brought from a chat; a conversation that is gone through again adds none."""
        if request.nonce in self._brought:
            return
        self._brought.add(request.nonce)
        now = self._now()
        heard = Heard(self._now, now, now)
        heard.hear(Grew(text))
        await asyncio.shield(self._begin_keeping(request, heard, reply))

    async def close(self) -> None:
        """Close who is asked, and the file once everything is in it."""
        await self._inner.close()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        self._thread.shutdown(wait=False)
        self._file.close()

    def _begin_keeping(self, request: Request, heard: Heard, answer: Said) -> asyncio.Future[None]:
        """Keep it in a thread: hashing what was asked takes longer than a key may wait."""
        kept = asyncio.get_running_loop().run_in_executor(self._thread, self._keep, request, heard, answer)
        self._keeping.add(kept)
        kept.add_done_callback(self._keeping.discard)
        return kept

    def _keep(self, request: Request, heard: Heard, answer: Said) -> None:
        if self._lost:
            return
        fault = self._file.add(self._entry(request, heard, answer), request.secrets)
        if fault is not None:
            self._lost = f"{fault.summary} What follows is not recorded."

    def _entry(self, request: Request, heard: Heard, answer: Said) -> Entry:
        key = request.purpose, request.task.id, request.case_id
        self._rounds[key] += 1
        stamp, packed = stamped(request)
        return Entry(
            *key,
            round=self._rounds[key],
            by=self._by(request, heard),
            at=_today(),
            fingerprint=stamp.whole(drafted=not heard.pieces and not heard.spent),
            stamp=stamp,
            answer=answer,
            nonce=request.nonce,
            stream=tuple(heard.pieces),
            parsed=not isinstance(answer, Fault) and bool(heard.text) and parse(heard.text, request) == answer,
            took=round((self._now() - heard.began) * 1_000),
            noted=tuple(heard.noted),
            spent=tuple(heard.spent),
            prompt=tuple(message.content for message in messages(packed)) if self._prompts else (),
        )

    def _by(self, request: Request, heard: Heard) -> str:
        """Who answered: whom the last request to a provider went to, else whom the person or the settings chose."""
        return heard.asked or self._who(request)


def _today() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version() -> str:
    try:
        return version("beai")
    except PackageNotFoundError:
        return ""
