"""The clipboard is written by whichever tool is there, and nothing of it is left hanging; tools here are scripts."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path

import pytest

from beai.core.clipboard import read_clipboard, write_clipboard
from beai.core.fault import Fault, FaultKind

TEXT = "a prompt “with” signs\n€ 5\n"
HELD = 'cat > "$HELD"'
STAYS = 'cat > "$HELD"; (exec 3>&1; while :; do sleep 60; done) & echo $! > "$HELD.pid"'


def tool(folder: Path, name: str, script: str) -> None:
    """A tool of that name which does ``script``."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)


def env(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": str(folder), "HELD": str(folder / "held"), **more}


@pytest.mark.parametrize(
    ("name", "platform", "more", "codec"),
    [
        ("pbcopy", "darwin", {}, "utf-8"),
        ("wl-copy", "linux", {"WAYLAND_DISPLAY": "w"}, "utf-8"),
        ("xclip", "linux", {"DISPLAY": ":0"}, "utf-8"),
        ("xsel", "linux", {}, "utf-8"),
        ("clip.exe", "linux", {"WSL_DISTRO_NAME": "u"}, "utf-16-le"),
        ("termux-clipboard-set", "linux", {"TERMUX_VERSION": "1"}, "utf-8"),
    ],
)
def test_the_tool_that_is_there_gets_the_text(
    tmp_path: Path, name: str, platform: str, more: dict[str, str], codec: str
) -> None:
    tool(tmp_path, name, HELD)
    assert write_clipboard(TEXT, env(tmp_path, **more), platform) == name
    assert (tmp_path / "held").read_bytes().decode(codec) == TEXT


def test_a_tool_that_stays_to_offer_the_text_is_not_waited_for_and_left_alive(tmp_path: Path) -> None:
    tool(tmp_path, "xclip", STAYS)
    assert write_clipboard(TEXT, env(tmp_path), "linux", patience=60) == "xclip"
    stayed = int((tmp_path / "held.pid").read_text())
    os.kill(stayed, 9)  # raises where it is gone


def test_a_tool_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    tool(tmp_path, "xclip", 'sleep 600 & echo $! > "$HELD.pid"; wait')
    fault = write_clipboard(TEXT, env(tmp_path), "linux", patience=0.3)
    assert isinstance(fault, Fault) and "did not end" in fault.summary
    started = int((tmp_path / "held.pid").read_text())
    with suppress(ProcessLookupError):
        ended = os.pidfd_open(started)
        assert select.select([ended], [], [], 20)[0], "it goes on"
        os.close(ended)


@pytest.mark.parametrize(
    ("script", "words"),
    [("exit 1", "ended with 1"), ("exec 0<&-; exit 3", "ended with 3")],
    ids=["fails", "reads none"],
)
def test_a_tool_that_fails_is_one_sentence(tmp_path: Path, script: str, words: str) -> None:
    tool(tmp_path, "xclip", script)
    fault = write_clipboard(TEXT * 10_000, env(tmp_path), "linux")
    assert isinstance(fault, Fault) and words in fault.summary and "\n" not in fault.sentence()


@pytest.mark.parametrize(("more", "names"), [({}, "xclip, xsel"), ({"WAYLAND_DISPLAY": "w"}, "wl-copy")])
def test_without_any_tool_it_says_which_were_looked_for(tmp_path: Path, more: dict[str, str], names: str) -> None:
    fault = write_clipboard(TEXT, {"PATH": str(tmp_path), **more}, "linux")
    assert isinstance(fault, Fault) and fault.kind is FaultKind.MISSING and names in fault.summary


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    tool(tmp_path, "xclip", 'case "$*" in *-out*) cat "$HELD";; *) cat > "$HELD";; esac')
    write_clipboard(TEXT, env(tmp_path), "linux")
    assert read_clipboard(env(tmp_path), 1_000, "linux") == TEXT
