"""The clipboard's text, by the system's own tools: whichever is there is used, none is ever installed.

Read: pbpaste(1) on macOS, wl-paste(1) on Wayland, xclip(1) or xsel(1) on X11, PowerShell's Get-Clipboard under WSL,
termux-clipboard-get on Android. Written: pbcopy(1), wl-copy(1), xclip(1) or xsel(1), clip.exe, termux-clipboard-set.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from beai.core.fault import Fault, FaultKind

_PATIENCE = 10.0
_POWERSHELL = "[Console]::OutputEncoding=[Text.Encoding]::UTF8; Get-Clipboard -Raw"

OSC_MOST = 74_994
"""Bytes of text that terminals take by OSC 52: 100,000 in base64 with the sequence around them (xterm, hterm, tmux)."""

Command = tuple[str, ...]


def read_clipboard(env: Mapping[str, str], limit: int, platform: str = sys.platform) -> str | Fault:
    """The text of the clipboard; a fault where no tool is there, or it holds no text.

    ``limit`` are the most bytes that are taken.
    """
    known = tuple(_readers(env, platform))
    tool = _there(known, env)
    if tool is None:
        remedy = "Pipe the text in instead (beai review < FILE), or save it to a file and name that."
        names = ", ".join(dict.fromkeys(command[0] for command in known))
        return Fault(
            FaultKind.MISSING, f"No tool that reads the clipboard is here (looked for {names}).", remedy=remedy
        )
    try:
        done = subprocess.run(
            tool, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False, env=dict(env)
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Fault(FaultKind.MISSING, f"{tool[0]} does not read the clipboard.", str(error))
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode != 0 or not done.stdout.strip():
        return Fault(FaultKind.USAGE, f"{tool[0]} finds no text in the clipboard.", said, "Copy the text first.")
    if len(done.stdout) > limit:
        return Fault(FaultKind.USAGE, f"The clipboard holds more than {limit:,} bytes.")
    return done.stdout.decode("utf-8", "surrogateescape")


def write_clipboard(
    text: str, env: Mapping[str, str], platform: str = sys.platform, patience: float = _PATIENCE
) -> str | Fault:
    """Put ``text`` on the clipboard; the name of the tool that took it, a fault where none is there or none took it.

    Under X11 and Wayland whoever offers a text has to stay alive for it: xclip(1), xsel(1) and wl-copy(1) go on in the
    background until something else is copied, and keep what they were started with. So nothing of theirs is read, and
    only the one in the foreground is waited for, ``patience`` seconds, after which all that it started is ended.
    """
    known = tuple(_writers(env, platform))
    tool = _there(known, env)
    if tool is None:
        names = ", ".join(dict.fromkeys(command[0] for command in known))
        return Fault(FaultKind.MISSING, f"No tool that writes the clipboard is here (looked for {names}).")
    data = text.encode("utf-16-le" if tool[0] == "clip.exe" else "utf-8", "replace")
    try:
        with tempfile.TemporaryFile() as source:
            source.write(data)
            source.seek(0)
            process = subprocess.Popen(
                tool,
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(env),
                start_new_session=True,
            )
            code = _waited(process, patience)
    except OSError as error:
        return Fault(FaultKind.MISSING, f"{tool[0]} does not write the clipboard.", str(error))
    if code != 0:
        why = f"ended with {code}" if code is not None else f"did not end within {patience:g} seconds"
        return Fault(FaultKind.MISSING, f"{tool[0]} {why}, so nothing is on the clipboard.")
    return tool[0]


def for_terminal(text: str) -> str | None:
    """What a terminal has to be sent to put ``text`` on its clipboard (xterm, "Operating System Commands", 52); None
    where it is more than one takes, which would cut it off or drop it in silence.
    """
    data = text.encode("utf-8", "replace")
    return None if len(data) > OSC_MOST else f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"


def _waited(process: subprocess.Popen[bytes], patience: float) -> int | None:
    """The code that it ends with; None where it did not, and was ended with all its children."""
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def _there(known: Sequence[Command], env: Mapping[str, str]) -> Command | None:
    """The first of the tools that is installed."""
    return next((command for command in known if shutil.which(command[0], path=env.get("PATH"))), None)


def _writers(env: Mapping[str, str], platform: str) -> Iterator[Command]:
    """The tools that fit the system, the likeliest first."""
    if platform == "darwin":
        yield ("pbcopy",)
        return
    if "WAYLAND_DISPLAY" in env:
        yield ("wl-copy", "--type", "text/plain;charset=utf-8")
    if _x11(env):
        yield ("xclip", "-selection", "clipboard", "-in")
        yield ("xsel", "--clipboard", "--input")
    if "WSL_DISTRO_NAME" in env:
        yield ("clip.exe",)
    if "TERMUX_VERSION" in env:
        yield ("termux-clipboard-set",)


def _x11(env: Mapping[str, str]) -> bool:
    return "DISPLAY" in env or not env.keys() & {"WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION"}


def _readers(env: Mapping[str, str], platform: str) -> Iterator[Command]:
    """The tools that fit the system, the likeliest first."""
    if platform == "darwin":
        yield ("pbpaste",)
        return
    if "WAYLAND_DISPLAY" in env:
        yield ("wl-paste", "--no-newline", "--type", "text")
    if _x11(env):
        yield ("xclip", "-selection", "clipboard", "-out")
        yield ("xsel", "--clipboard", "--output")
    if "WSL_DISTRO_NAME" in env:
        yield ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)
    if "TERMUX_VERSION" in env:
        yield ("termux-clipboard-get",)
