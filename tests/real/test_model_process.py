"""The worker process: gone when it should be, replaced when it is needed, blind to the repository."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.settings import Settings
from beai.core.suggest.exchange import ProposeCases
from beai.core.suggest.model import Deadlines, ModelSuggester
from beai.core.suggest.progress import Grew
from tests.real.pair import CASES, KEY, ignore, model, request
from tests.real.provider import Say, Trouble, provider


async def test_cancelling_kills_the_worker_and_the_provider_sees_it() -> None:
    others = children()
    async with provider(Trouble.SILENT_MIDWAY, Say(CASES)) as running, model(running) as suggester:
        streaming = asyncio.Event()
        task = asyncio.create_task(
            suggester.suggest(request(), lambda told: streaming.set() if isinstance(told, Grew) else None)
        )
        await asyncio.wait_for(streaming.wait(), 30)
        workers = children() - others
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(running.hung_up.wait(), 5)

        assert workers
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        await suggester.close()
        assert children() == others


async def test_a_spare_answers_after_a_request_was_cancelled() -> None:
    others = children()
    async with provider(Say(CASES), Trouble.HANG, Say(CASES)) as running, model(running, spare=True) as suggester:
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        warming = suggester.workers.warm()
        assert warming is not None
        await warming
        (first,) = {link.process.pid for link in (suggester.workers.current,) if link}
        (spare,) = children() - others - {first}
        running.asked.clear()
        task = asyncio.create_task(suggester.suggest(request(), ignore))
        await asyncio.wait_for(running.asked.wait(), 30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        assert suggester.workers.current is not None and suggester.workers.current.process.pid == spare
        await suggester.close()
        assert children() == others


async def test_suggesters_that_share_workers_start_one() -> None:
    others = children()
    async with provider(Say(CASES)) as running, model(running) as suggester:
        other = ModelSuggester(Settings("openai/another", running.base), shared=suggester.workers)
        replies = await asyncio.gather(suggester.suggest(request(), ignore), other.suggest(request(), ignore))
        await other.close()

        assert all(isinstance(reply, ProposeCases) for reply in replies)
        assert {sent["model"] for sent in running.requests} == {"loopback", "another"}
        assert len(children() - others) == 1


async def test_closing_leaves_no_process() -> None:
    others = children()
    async with provider(Say(CASES)) as running, model(running) as suggester:
        assert await suggester.start() is None
        workers = children() - others
        await suggester.suggest(request(), ignore)
        assert workers
        await suggester.close()
        assert not workers & children()


async def test_closing_during_a_request_ends_it_with_a_fault() -> None:
    others = children()
    async with provider(Trouble.HANG) as running, model(running) as suggester:
        task = asyncio.create_task(suggester.suggest(request(), ignore))
        await asyncio.wait_for(running.asked.wait(), 30)
        await suggester.close()
        reply = await asyncio.wait_for(task, 5)

    assert isinstance(reply, Fault)
    assert children() == others


async def test_a_worker_leaves_in_the_middle_of_a_request_when_its_parent_is_gone(tmp_path: Path) -> None:
    command = (sys.executable, "-P", "-m", "beai.core.suggest.worker")
    pipe = asyncio.subprocess.PIPE
    async with provider(Trouble.HANG) as running:
        worker = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdin=pipe, stdout=pipe)
        order = {"do": "complete", "id": 1, "model": "loopback", "base": running.base, "messages": []}
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(order).encode() + b"\n")
        await asyncio.wait_for(running.asked.wait(), 30)
        worker.stdin.close()

        assert await asyncio.wait_for(worker.wait(), 5) == 0


async def test_a_worker_that_dies_is_a_fault_and_replaced() -> None:
    others = children()
    async with provider(Trouble.HANG, Say(CASES)) as running, model(running) as suggester:
        task = asyncio.create_task(suggester.suggest(request(), ignore))
        await asyncio.wait_for(running.asked.wait(), 30)
        for worker in children() - others:
            os.kill(worker, 9)
        reply = await asyncio.wait_for(task, 5)

        assert isinstance(reply, Fault)
        assert "ended unexpectedly" in reply.summary
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)


async def test_a_reply_past_the_total_deadline_is_a_fault_and_the_worker_goes_on() -> None:
    others = children()
    drip = Say(CASES * 50, pieces=1000, pause=0.05)
    soon = Deadlines(first=30.0, idle=30.0, total=2.0)
    async with provider(drip, Say(CASES)) as running, model(running, soon) as suggester:
        reply = await suggester.suggest(request(), ignore)
        workers, suggester.deadlines = children() - others, Deadlines()

        assert isinstance(reply, Fault)
        assert "did not finish within 2 seconds" in reply.summary
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        assert children() - others == workers


async def test_a_dotenv_file_of_the_repository_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"BEAI_TEST_KEY={KEY}\nOPENAI_API_KEY={KEY}\nHTTP_PROXY=http://127.0.0.1:9\n")
    (tmp_path / "litellm.py").write_text("raise SystemExit('the repository was imported')\n")
    monkeypatch.chdir(tmp_path)
    async with provider(Say(CASES)) as running:
        suggester = ModelSuggester(Settings("loopback", running.base), spare=False)
        reply = await suggester.suggest(request(), ignore)
        await suggester.close()

    assert isinstance(reply, ProposeCases)
    assert KEY not in running.headers[0]


async def test_only_the_worker_imports_litellm_and_core_imports_no_screen() -> None:
    program = """
import importlib, pathlib, sys
import beai.core, beai.tui

def load(package):
    root = pathlib.Path(package.__file__).parent
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join((package.__name__, *parts)).removesuffix(".__init__")
        if not name.startswith("beai.core.suggest.worker") and parts[-1] != "__main__" and "shop" not in parts:
            importlib.import_module(name)
    return {name.partition(".")[0] for name in sys.modules}

assert not load(beai.core) & {"litellm", "openai", "textual", "rich"}
assert not load(beai.tui) & {"litellm", "openai"}
"""
    ended = await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", program, stderr=asyncio.subprocess.PIPE)
    _, printed = await asyncio.wait_for(ended.communicate(), 60)
    assert ended.returncode == 0, printed.decode()


def children() -> set[int]:
    """The processes that this one started and that still run."""
    found: set[int] = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = status.read_text().rpartition(")")[2].split()
            if words[1] == str(os.getpid()) and words[0] != "Z":
                found.add(int(status.parent.name))
    return found
