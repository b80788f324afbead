"""A text is edited in $EDITOR where the terminal can be lent out, else in a window of ours."""

from __future__ import annotations

import os
import shlex
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
    editor = getattr(app, "editor", "")
    if editor:
        try:
            with app.suspend():
                after = _outside(shlex.split(editor), text, PurePosixPath(name).suffix)
        except (SuspendNotSupported, OSError, ValueError, subprocess.SubprocessError):
            pass
        else:
            if after is not None and after != text:
                edited(after)
            return
    _inside(app, text, edited)


def rejoined(before: str, after: str) -> str:
    """``after`` with the line ends of ``before``: editors like line feeds, files may not."""
    plain = after.replace("\r\n", "\n")
    plain += "\n" if before.endswith("\n") and plain and not plain.endswith("\n") else ""
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain


def _outside(command: list[str], text: str, suffix: str) -> str | None:
    """The text as the editor left it; None where the editor failed. Raises OSError where it cannot be started."""
    handle, name = tempfile.mkstemp(suffix=suffix, prefix="beai-")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
        done = subprocess.run([*command, name], check=False)
        return path.read_bytes().decode("utf-8", "surrogateescape") if done.returncode == 0 else None
    finally:
        path.unlink(missing_ok=True)


def _inside(app: App[Any], text: str, edited: Edited) -> None:
    from beai.tui.screens.edit import EditCard  # TextArea costs more than all of our widgets: only when it is needed

    if printable(text) != text.replace("\r\n", "\n").replace("\t", "    "):
        app.notify("It holds control characters, which only an editor shows safely: set $EDITOR.", markup=False)
        return
    app.push_screen(EditCard(text), lambda after: edited(after) if after is not None and after != text else None)
