"""What goes to a chat outside and comes back from it by way of the clipboard, a paste into the terminal, or a file."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from textual.app import App

from beai.core.clipboard import OSC_MOST, read_clipboard, write_clipboard
from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Suggest
from beai.core.loop.events.deeds import ReplyPasted
from beai.core.loop.events.passing import HandoutTold
from beai.core.loop.session import OpenHandout, Session
from beai.core.suggest.handout import HandOut
from beai.core.text import one_line
from beai.tui import handout
from beai.tui.deeds import Happened
from beai.tui.keys import Place
from beai.tui.next_step import places

_MOST = 4_000_000  # bytes that are read of a clipboard
_TYPED = "Keys came faster than anybody types, so they were read as a paste, which was not taken."
_NO_TOOL = "No tool here reads the clipboard: paste the answer into this window, with your terminal's own key."


class Courier:
    """Copies a prompt when it is handed out; takes an answer only where it is one, and says why where it is not.

    A prompt that waits since an earlier start is not copied unasked: the answer to it may be on the clipboard already.
    ``env`` is where clipboard tools are looked for, ``root`` the repository.
    """

    def __init__(self, app: App[Any], env: Mapping[str, str], root: str = "") -> None:
        self._app, self._env, self._root = app, env, root
        self._doubted: tuple[str, str] = ("", "")

    def follow(self, before: Session, session: Session) -> None:
        """Copy what was handed out just now, and have the file hold the prompt that waits, an older one too."""
        if session.handout is not None and (before.handout is None or before.handout.out != session.handout.out):
            self.keep(session.handout)
        fresh = isinstance(before.pending, Suggest) and session.handout is not None
        if fresh and session.handout is not None and session.handout is not before.handout:
            self.copy(session.handout)

    def keep(self, open_: OpenHandout) -> None:
        """Write the prompt's file again where it holds another text; where its folder is gone, nothing is made."""

        async def write() -> None:
            fault = await asyncio.to_thread(_kept, open_.out)
            if fault is not None:
                self.tell(open_, fault.sentence())

        self._run(write())

    def carry(self, session: Session, act: str, text: str | None) -> None:
        """Do what a key or a paste asks for, as the session is; say why where it cannot be."""
        if session.handout is None:
            self._app.notify("No prompt waits for an answer, so the paste was left.")
        elif act in ("brought", "typed") and Place.HANDOUT not in places(session):
            self.tell(session.handout, handout.unasked(session))
        else:
            self.do(act, session.handout, text)

    def do(self, act: str, open_: OpenHandout, text: str | None) -> None:
        """Do what a key or a paste asks for."""
        match act:
            case "copy":
                self.copy(open_)
            case "take":
                self.take(open_)
            case "save":
                self.save(open_, text or "")
            case "typed":
                self.typed(open_, text)
            case _:
                self.brought(open_, text or "")

    def copy(self, open_: OpenHandout) -> None:
        """Put the prompt on the clipboard: the terminal's, as far as it takes that much, and the system's."""
        text = open_.out.text
        size = len(text.encode("utf-8", "replace"))
        if size <= OSC_MOST:
            self._app.copy_to_clipboard(text)

        async def write() -> None:
            tool = await asyncio.to_thread(write_clipboard, text, self._env)
            self.tell(open_, handout.copied(tool if isinstance(tool, str) else "", size))

        self._run(write())

    def take(self, open_: OpenHandout) -> None:
        """Take the answer from the clipboard."""

        async def read() -> None:
            text = await asyncio.to_thread(read_clipboard, self._env, _MOST)
            if isinstance(text, Fault):
                self.tell(open_, _NO_TOOL if text.kind is FaultKind.MISSING else text.sentence())
                return
            await self._look(open_, text, "The clipboard was not taken.")

        self._run(read())

    def brought(self, open_: OpenHandout, text: str) -> None:
        """Take the answer from a paste into the terminal."""
        self._run(self._look(open_, text, "The paste was not taken."))

    def typed(self, open_: OpenHandout, text: str | None) -> None:
        """Take the answer from a paste that the terminal typed, where it is surely one: none of it was a command."""
        if text is None:
            self.tell(open_, f"{_TYPED} Not every character came through: save it as reply.md beside the prompt.")
        else:
            self._run(self._look(open_, text, _TYPED, sure=True))

    def save(self, open_: OpenHandout, name: str) -> None:
        """Write the prompt into a file of the person's; one that is there already stays as it is."""

        async def write() -> None:
            self.tell(open_, await asyncio.to_thread(_saved, open_.out.text, name, self._root))

        self._run(write())

    async def _look(self, open_: OpenHandout, text: str, refused: str, sure: bool = False) -> None:
        from beai.core.suggest.outside.brought import No, brought  # reads replies by syntax tree: not before the first

        found = await asyncio.to_thread(brought, text, open_.out, open_.asks.pasted)
        doubt = (open_.out.nonce, text)
        if isinstance(found, No) and sure:
            self.tell(open_, f"{refused} {found.why if found.sure else 'It reads like no answer to the prompt.'}")
            return
        if isinstance(found, No) and (found.sure or self._doubted != doubt):
            self._doubted = ("", "") if found.sure else doubt
            self.tell(open_, f"{refused} {found.why}")
            return
        self._app.post_message(Happened(ReplyPasted(text if isinstance(found, No) else found, open_.out.nonce)))

    def tell(self, open_: OpenHandout, words: str) -> None:
        """Say one sentence on the prompt."""
        self._app.post_message(Happened(HandoutTold(open_.out.nonce, one_line(words, 400))))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._app.run_worker(work, group="courier", exit_on_error=False)


def _kept(out: HandOut) -> Fault | None:
    from beai.core.suggest.outside import keep  # packs requests: not before the first prompt

    file = Path(out.file)
    try:
        if not out.file or not file.parent.is_dir():
            return None
        if file.is_file() and file.read_bytes() == out.text.encode("utf-8", "replace"):
            return None
    except (OSError, ValueError) as error:
        return Fault(FaultKind.DISK, f"The prompt's file cannot be read: {file}.", str(error))
    return keep(file, out.text)


def _saved(text: str, name: str, root: str = "") -> str:
    """What came of saving ``text`` in the file ``name``, which says so where that is in the repository ``root``."""
    path = Path(name)
    try:
        path = path.expanduser()
        with path.open("x", encoding="utf-8", errors="replace") as opened:
            path.chmod(0o600)
            opened.write(text)
        whole = path.resolve()
        inside = bool(root) and whole.is_relative_to(Path(root).resolve())
    except FileExistsError:
        return f"{path} is there already, and was left as it is."
    except (OSError, ValueError, RuntimeError) as error:  # no such user is a RuntimeError
        return f"{path} cannot be written: {getattr(error, 'strerror', None) or str(error).rstrip('.')}."
    return f"Saved as {whole}{', inside the repository: git sees it there' if inside else ''}."
