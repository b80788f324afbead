"""A text is edited in $EDITOR where the terminal can be lent out, else in a window of ours."""

from __future__ import annotations

import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from textual.app import App, SuspendNotSupported

from beai.core.text import printable

Edited = Callable[[str], None]
"""Gets the text as it was left; not called where the person gave up or changed nothing."""


def edit(app: App[Any], text: str, name: str, edited: Edited) -> None:
    """Let the person edit ``text``; ``name`` gives the editor its file ending.

    The editor blocks the screen, which it has taken over, and nothing else: tests and suggester are other processes.
    """
    command = _words(getattr(app, "editor", ""))
    if command:
        try:
            with app.suspend():
                left = outside(command, text, PurePosixPath(name).suffix)
        except SuspendNotSupported:
            left = None
        if isinstance(left, str):
            if left != text:
                edited(left)
            return
        if left is not None:
            app.notify(printable(f"{command[0]} did not work: {left.strerror or left}."), markup=False)
    _inside(app, text, edited)


def rejoined(before: str, after: str) -> str:
    """``after`` with the line ends of ``before``: editors like line feeds, files may not."""
    plain = after.replace("\r\n", "\n")
    plain += "\n" if before.endswith("\n") and plain and not plain.endswith("\n") else ""
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain


def outside(command: list[str], text: str, suffix: str) -> str | OSError:
    """The text as the editor left it, or why there is none; raises nothing, for the terminal must be taken back.

    A ctrl+c in the editor is the editor's: it reaches us too, and we let it pass.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with tempfile.TemporaryDirectory(prefix="beai-") as folder:
            path = Path(folder) / f"edit{suffix}"
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
            code = subprocess.run([*command, str(path)], check=False).returncode
            return (
                path.read_bytes().decode("utf-8", "surrogateescape") if code == 0 else OSError(f"it ended with {code}")
            )
    except OSError as error:
        return error
    finally:
        signal.signal(signal.SIGINT, before)


def _words(editor: str) -> list[str]:
    try:
        return shlex.split(editor)
    except ValueError:
        return editor.split()


def _inside(app: App[Any], text: str, edited: Edited) -> None:
    from beai.tui.screens.edit import EditCard  # TextArea costs more than all of our widgets: only when it is needed

    if printable(text) != text.replace("\r\n", "\n").replace("\t", "    "):
        app.notify("It holds control characters, which only an editor shows safely: set $EDITOR.", markup=False)
        return
    app.push_screen(EditCard(text), lambda after: edited(after) if after is not None and after != text else None)
