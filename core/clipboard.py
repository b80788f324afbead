"""The clipboard's text, by the system's own tools: whichever is there is used, none is ever installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping

from beai.core.fault import Fault, FaultKind

_PATIENCE = 10.0
_POWERSHELL = "[Console]::OutputEncoding=[Text.Encoding]::UTF8; Get-Clipboard -Raw"

Command = tuple[str, ...]


def read_clipboard(env: Mapping[str, str], limit: int, platform: str = sys.platform) -> str | Fault:
    """The text of the clipboard; a fault where no tool is there, or it holds no text.

    pbpaste(1) on macOS, wl-paste(1) on Wayland, xclip(1) or xsel(1) on X11, PowerShell's Get-Clipboard under WSL,
    termux-clipboard-get on Android. ``limit`` are the most bytes that are taken.
    """
    known = tuple(_commands(env, platform))
    tool = next((command for command in known if shutil.which(command[0], path=env.get("PATH"))), None)
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
        return Fault(
            FaultKind.USAGE, f"{tool[0]} finds no text in the clipboard.", said, "Copy the patch or the answer first."
        )
    if len(done.stdout) > limit:
        return Fault(FaultKind.USAGE, f"The clipboard holds more than {limit:,} bytes.")
    return done.stdout.decode("utf-8", "surrogateescape")


def _commands(env: Mapping[str, str], platform: str) -> Iterator[Command]:
    """The tools that fit the system, the likeliest first."""
    if platform == "darwin":
        yield ("pbpaste",)
        return
    if "WAYLAND_DISPLAY" in env:
        yield ("wl-paste", "--no-newline", "--type", "text")
    if "DISPLAY" in env or not env.keys() & {"WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION"}:
        yield ("xclip", "-selection", "clipboard", "-out")
        yield ("xsel", "--clipboard", "--output")
    if "WSL_DISTRO_NAME" in env:
        yield ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)
    if "TERMUX_VERSION" in env:
        yield ("termux-clipboard-get",)
