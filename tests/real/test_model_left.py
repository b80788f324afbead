"""What a key command and a killed process leave behind: nothing."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import pytest

from beai.core.suggest.model.link import Link, open_link
from beai.core.suggest.worker.keys import key_of, renewed
from beai.core.suggest.worker.order import Limits, Order
from beai.core.suggest.worker.providers import Provider
from beai.core.suggest.worker.trouble import Trouble

NOBODY = Provider("m", "openai")
STARTS = "sleep 600 > {} & wait"
COUNTS = "echo once >> {0}; wc -l < {0}"


def order(script: str, seconds: float = 20.0) -> Order:
    return Order(1, "openai/m", key={"command": ["sh", "-c", script]}, limits=Limits(key=seconds))


@pytest.mark.skipif(sys.platform == "win32", reason="a command in the words of a POSIX shell")
async def test_a_key_command_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    open_while_it_runs = tmp_path / "child"
    os.mkfifo(open_while_it_runs)
    gone = asyncio.create_task(asyncio.to_thread(open_while_it_runs.read_text))
    with pytest.raises(Trouble, match="took longer"):
        await asyncio.wait_for(key_of(order(STARTS.format(open_while_it_runs), 0.5), NOBODY, dict(os.environ)), 10)

    assert await asyncio.wait_for(gone, 10) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a command in the words of a POSIX shell")
async def test_a_key_command_is_run_once_until_its_key_is_refused(tmp_path: Path) -> None:
    asked, env = order(COUNTS.format(tmp_path / "runs")), dict(os.environ)
    first = [await key_of(asked, NOBODY, env) for _ in range(3)]

    assert first == ["1", "1", "1"]
    assert await renewed(asked, NOBODY, env, "1") == "2"
    assert await key_of(asked, NOBODY, env) == "2"


async def test_the_folder_of_a_process_that_was_killed_is_taken_away() -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    left, kept = (Path(tempfile.mkdtemp(prefix=f"beai-model-{pid}-")) for pid in (ended.pid, os.getpid()))
    link = await open_link(os.environ, local=True)
    assert isinstance(link, Link)
    await link.close()

    assert not left.exists()
    assert kept.exists()
    kept.rmdir()
