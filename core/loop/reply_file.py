"""An answer that is saved into a file is taken as soon as all of it is there, while a prompt waits for one."""

from __future__ import annotations

import asyncio
import glob
from collections.abc import Callable
from pathlib import Path

from beai.core.loop.events.deeds import ReplyPasted
from beai.core.loop.session import OpenHandout, Session
from beai.core.suggest.outside.brought import No, brought, complete
from beai.core.suggest.reply import REPLY_LIMIT

PAUSE = 0.5
"""Seconds between two looks."""

MOST = 4 * REPLY_LIMIT  # bytes of as many characters

Sign = tuple[int, int, int]


class ReplyFile:
    """Give it every session; it looks at ``path`` while one hands a prompt out, and posts the answer that is in it.

    An answer is known by the word of its prompt: what was saved before, or for another prompt, is left alone, and what
    was saved while nobody looked is found.
    """

    def __init__(self, path: Path, post: Callable[[ReplyPasted], None], pause: float = PAUSE) -> None:
        self._path, self._post, self._pause = path, post, pause
        self._wanted: OpenHandout | None = None
        self._work: asyncio.Task[None] | None = None

    def follow(self, session: Session) -> None:
        """Begin to look, go on, or stop."""
        wanted = session.handout if session.pending is None and session.question is None else None
        before, self._wanted = self._wanted, wanted
        if wanted is not None and (before is None or before.out.nonce != wanted.out.nonce):
            self._end()
            self._work = asyncio.create_task(self._look(wanted), name="reply file")
        elif wanted is None:
            self._end()

    async def close(self) -> None:
        """Stop looking."""
        work = self._work
        self._end()
        if work is not None:
            await asyncio.gather(work, return_exceptions=True)

    def _end(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None

    async def _look(self, open_: OpenHandout) -> None:
        seen: Sign | None = None
        while True:
            sign = await asyncio.to_thread(_sign, self._path)
            if sign is not None and sign != seen:
                reply = await asyncio.to_thread(_whole, self._path, open_)
                if reply is not None:
                    self._post(ReplyPasted(reply, open_.out.nonce))
                    return
                seen = sign
            await asyncio.sleep(self._pause)


def text_in(path: Path) -> str:
    """What a file holds now; nothing where it cannot be read, is no file, or is far too large for an answer."""
    try:
        if not path.is_file():  # a pipe would never end
            return ""
        with path.open("rb") as opened:
            data = opened.read(MOST + 1)
    except (OSError, ValueError):
        return ""
    return "" if len(data) > MOST else data.decode("utf-8", "surrogateescape")


def found(patterns: tuple[str, ...], open_: OpenHandout) -> str | None:
    """The answer to the prompt in one of the files that ``patterns`` name, the newest first; None for none."""
    names = {name for pattern in patterns for name in glob.glob(pattern, recursive=True)}  # noqa: PTH207 - also absolute ones
    signed = sorted(((sign, name) for name in names if (sign := _sign(Path(name)))), reverse=True)
    for _, name in signed:
        if (reply := _whole(Path(name), open_)) is not None:
            return reply
    return None


def answer(text: str, open_: OpenHandout) -> str:
    """What of a whole ``text`` is the answer."""
    taken = brought(text, open_.out, open_.asks.pasted)
    return text if isinstance(taken, No) else taken


def _whole(path: Path, open_: OpenHandout) -> str | None:
    """The answer in a file that holds all of one; long texts take a while, so this is no work for an event loop."""
    text = text_in(path)
    return answer(text, open_) if complete(text, open_.out.nonce) else None


def _sign(path: Path) -> Sign | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
