"""A text or a file is edited in $EDITOR where the terminal can be lent out; a text else in a window of ours."""

from __future__ import annotations

import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, assert_never

from textual.app import App, SuspendNotSupported

from beai.core.text import one_line, printable

Drafts = dict[tuple[str, str], str]
"""What was typed in place of a text and not taken, by the name and the text."""


@dataclass(frozen=True, slots=True)
class Typed:
    """How the text was when the window was left, and whether it is to be ``taken``."""

    text: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The editor ended in an error, as ``:cq`` of vim does: the person wants nothing of it."""

    code: int


_NOT_STARTED = (126, 127)
"""How env(1) and sh(1) end where there is no such program, or none that can be run."""

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
            edit_inside(app, text, name, edited)
            return
        match left:
            case str():
                if left != text:
                    edited(left)
                return
            case Unsaved():
                app.notify(f"{one_line(command[0], 40)} was left without saving: nothing changed.", markup=False)
                return
            case OSError():
                app.notify(printable(f"{command[0]} did not start: {left.strerror or left}."), markup=False)
            case _:
                assert_never(left)
    edit_inside(app, text, name, edited)


def edit_inside(app: App[Any], text: str, name: str, edited: Edited) -> None:
    """Let the person edit ``text`` in a window of ours, where nothing in it could move the cursor.

    What was typed in it and not taken is there again the next time.
    """
    from beai.tui.screens.edit import EditCard  # TextArea costs more than all of our widgets: only when it is needed

    if printable(text) != text.replace("\r\n", "\n").replace("\t", "    "):
        app.notify("It holds control characters, which only an editor shows safely: set $EDITOR.", markup=False)
        return
    drafts: Drafts = getattr(app, "drafts", {})

    def left(after: Typed | None) -> None:
        if after is None:
            return
        drafts.pop((name, text), None)
        if after.text == text:
            return
        if after.taken:
            edited(after.text)
            return
        drafts[name, text] = after.text
        app.notify("Nothing changed; what you typed is kept, and there when you edit this here again.", markup=False)

    app.push_screen(EditCard(text, drafts.get((name, text), "")), left)


def visit(app: App[Any], file: str, line: int) -> None:
    """Let the person edit ``file`` of the repository at ``line`` (0: anywhere); what they save, the watcher sees."""
    root, command = Path(getattr(app, "root", "") or "."), _words(getattr(app, "editor", ""))
    path, place = inside(root, file), printable(f"{file}:{line}" if line else file)
    if path is None:
        app.notify(f"{place} is no file of this repository.", markup=False)
        return
    if not command:
        app.notify(f"Set $EDITOR to open {place}.", markup=False)
        return
    try:
        with app.suspend():
            failed = _waited([*at_line(command, str(path), line)])
    except SuspendNotSupported:
        app.notify(f"An editor cannot be opened here: {place}", markup=False)
        return
    if isinstance(failed, OSError):
        app.notify(printable(f"{command[0]} did not start: {failed.strerror or failed}."), markup=False)


def at_line(command: list[str], path: str, line: int) -> list[str]:
    """``command`` as it opens ``path`` at ``line``; an editor that is not known opens it where it likes."""
    style = _STYLES.get(PurePath(command[0]).name.removesuffix(".exe")) if line > 0 and command else None
    return [*command, *(part.format(path=path, line=line) for part in style or ("{path}",))]


def inside(root: Path, file: str) -> Path | None:
    """The file as it is on disk, None where it is none or lies outside of ``root``: its name comes from a runner."""
    try:
        path = (root / file).resolve()
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None
    except (OSError, ValueError):
        return None


_PLUS, _COLON = ("+{line}", "{path}"), ("{path}:{line}",)
_STYLES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("vi", "vim", "nvim", "gvim", "view", "nano", "pico", "emacs", "emacsclient", "micro"), _PLUS),
    **dict.fromkeys(("kak", "joe", "ne", "mg", "jed", "mcedit", "vis", "gedit"), _PLUS),
    **dict.fromkeys(("hx", "helix", "zed", "zeditor", "subl", "mate"), _COLON),
    **dict.fromkeys(("code", "codium", "code-insiders", "cursor", "windsurf"), ("-g", "{path}:{line}")),
    **dict.fromkeys(("idea", "webstorm", "pycharm", "kate"), ("--line", "{line}", "{path}")),
}


def rejoined(before: str, after: str) -> str:
    """``after`` with the line ends of ``before``: editors like line feeds, files may not."""
    plain = after.replace("\r\n", "\n")
    plain += "\n" if before.endswith("\n") and plain and not plain.endswith("\n") else ""
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain


def outside(command: list[str], text: str, suffix: str) -> str | Unsaved | OSError:
    """The text as the editor left it, or why there is none; raises nothing, for the terminal must be taken back."""
    try:
        with tempfile.TemporaryDirectory(prefix="beai-") as folder:
            path = Path(folder) / f"edit{suffix}"
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
            return _waited([*command, str(path)]) or path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        return error


def _waited(command: list[str]) -> Unsaved | OSError | None:
    """How the editor failed, None where it did not. A ctrl+c in it is its own: it reaches us too, and may pass."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        return error
    finally:
        signal.signal(signal.SIGINT, before)
    if code in _NOT_STARTED:
        return OSError(f"its command ended with {code}")
    return Unsaved(code) if code else None


def _words(editor: str) -> list[str]:
    try:
        return shlex.split(editor)
    except ValueError:
        return editor.split()
