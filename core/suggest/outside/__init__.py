"""A chat in a browser as a suggester: it is handed a text by a person, who brings back what it answers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.hooked import whole
from beai.core.suggest.choice import Way
from beai.core.suggest.exchange import Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.outside import message
from beai.core.suggest.pack import Window, pack
from beai.core.suggest.privacy.leaks import refusal
from beai.core.suggest.privacy.masking import masked
from beai.core.suggest.progress import Progress
from beai.core.tokens import tokens

PROMPT, REPLY = "prompt.md", "reply.md"
"""In the repository's folder of state: what is to be carried to the chat, and where its answer may be saved."""


@dataclass(frozen=True, slots=True)
class ClipboardSuggester:
    """Packs each request into one message, keeps it in ``folder`` for the person alone, and hands it out."""

    folder: Path
    window: Window
    name: str = Way.CLIPBOARD.value

    async def start(self) -> Fault | None:
        """There is nothing to warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> HandOut | Fault:
        """The message for the chat; the first of a conversation holds everything, a later one what is missing."""
        return await whole(asyncio.to_thread(self._hand_out, request))  # a later prompt is never overwritten by it

    async def close(self) -> None:
        """There is nothing to close."""

    def _hand_out(self, request: Request) -> HandOut | Fault:
        text = masked(message.later(request), request.secrets)[0] if request.follows else self._first(request)
        if isinstance(text, Fault):
            return text
        file = self.folder / PROMPT
        fault = refusal((("the prompt", text),), request.secrets) or keep(file, text)
        return fault or HandOut(text, request.nonce, request.round, str(file), tokens(text))

    def _first(self, request: Request) -> str | Fault:
        packed = pack(request, message.room(self.window))
        if packed.fits:
            return message.whole(packed)
        summary = f"The prompt takes {packed.tokens:,} tokens, and the window has room for {packed.window.room:,}."
        remedy = "The setting window says how much your chat takes; M asks another one."
        return Fault(FaultKind.USAGE, summary, packed.window.why, remedy)


def keep(file: Path, text: str) -> Fault | None:
    """Write ``text`` whole or not at all, to be read by nobody but its owner."""
    half = file.with_name(f".{file.name}.half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            half.unlink()
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(text.encode("utf-8", "replace"))
        half.replace(file)
    except OSError as error:
        return Fault(
            FaultKind.DISK, f"The prompt cannot be written to {file}.", str(error), "Free some space, then press t."
        )
    return None
