"""The worker process: gone when it should be, replaced when it is needed, blind to the repository."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.fault import Fault
from beai.core.settings import Settings
from beai.core.suggest.exchange import ProposeCases
from beai.core.suggest.model import Deadlines, ModelSuggester
from beai.core.suggest.model.spare import Workers
from beai.core.suggest.progress import Grew
from tests.real.pair import CAPS, CASES, KEY, QUICK, USUAL, ignore, model, request
from tests.real.provider import Provider, Say, Trouble, provider

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def workers() -> AsyncIterator[Workers]:
    """Those of all tests here, for each start takes seconds; a test that ends one leaves the next to the others."""
    shared = Workers({**os.environ, "BEAI_TEST_KEY": KEY}, keep=False)
    yield shared
    await shared.close()


def asking(
    running: Provider, workers: Workers, deadlines: Deadlines = USUAL, model: str = "loopback"
) -> ModelSuggester:
    """A suggester that asks ``running`` by a shared worker."""
    return ModelSuggester(
        Settings(model, running.base, steps="whole"), workers.env, None, deadlines, QUICK, CAPS, shared=workers
    )


async def test_nothing_of_the_repository_is_read(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={KEY}\nLITELLM_CALLBACKS=langfuse\nNO_SUCH_VARIABLE={KEY}\n")
    (tmp_path / "litellm.py").write_text("raise SystemExit('the repository was imported')\n")
    monkeypatch.chdir(tmp_path)
    await workers.drop()
    async with provider(Say(CASES)) as running:
        reply = await asking(running, workers).suggest(request(), ignore)
        named = Settings("loopback", running.base, "NO_SUCH_VARIABLE", steps="whole")
        keyless = await ModelSuggester(named, workers.env, shared=workers).suggest(request(), ignore)

    assert isinstance(reply, ProposeCases)
    assert isinstance(keyless, Fault) and "NO_SUCH_VARIABLE is not set" in keyless.summary
    assert len(running.headers) == 1 and KEY not in running.headers[0]


async def test_suggesters_that_share_workers_start_one(workers: Workers) -> None:
    others = children() - workers_of(workers)
    async with provider(Say(CASES)) as running:
        one, other = asking(running, workers), asking(running, workers, model="openai/another")
        replies = await asyncio.gather(one.suggest(request(), ignore), other.suggest(request(), ignore))
        await other.close()

        assert all(isinstance(reply, ProposeCases) for reply in replies)
        assert {sent["model"] for sent in running.requests} == {"loopback", "another"}
        assert children() - others == workers_of(workers) and len(workers_of(workers)) == 1


async def test_a_reply_past_the_total_deadline_is_a_fault_and_the_worker_goes_on(workers: Workers) -> None:
    drip = Say(CASES * 50, pieces=1000, pause=0.05)
    async with provider(drip, Say(CASES)) as running:
        suggester = asking(running, workers, Deadlines(first=30.0, idle=30.0, total=1.0))
        assert await suggester.start() is None
        before = workers_of(workers)
        reply, suggester.deadlines = await suggester.suggest(request(), ignore), USUAL

        assert isinstance(reply, Fault)
        assert "did not finish within 1 seconds" in reply.summary
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        assert workers_of(workers) == before


@pytest.mark.parametrize("way", ["killed", "its parent is gone"])
async def test_a_worker_that_ends_in_the_middle_of_a_request_is_a_fault_and_replaced(
    workers: Workers, way: str
) -> None:
    async with provider(Trouble.HANG, Say(CASES)) as running:
        suggester = asking(running, workers)
        task = asyncio.create_task(suggester.suggest(request(), ignore))
        await asyncio.wait_for(running.asked.wait(), 30)
        link = workers.current
        assert link is not None and link.process.stdin is not None
        if way == "killed":
            link.process.kill()
        else:
            link.process.stdin.close()
        reply = await asyncio.wait_for(task, 5)

        # 255 is how asyncio tells an end that its transport's close saw before its watcher did (unix_events)
        assert await link.process.wait() in (-9 if way == "killed" else 0, 255)
        assert isinstance(reply, Fault)
        assert "ended unexpectedly" in reply.summary
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)


async def test_closing_during_a_request_ends_it_with_a_fault_and_leaves_no_process(workers: Workers) -> None:
    others = children() - workers_of(workers)
    async with provider(Trouble.HANG) as running:
        task = asyncio.create_task(asking(running, workers).suggest(request(), ignore))
        await asyncio.wait_for(running.asked.wait(), 30)
        await workers.close()
        reply = await asyncio.wait_for(task, 5)

    assert isinstance(reply, Fault)
    assert children() == others


async def test_cancelling_kills_the_worker_the_provider_sees_it_and_the_spare_answers_the_next() -> None:
    others = children()
    script = (Say(CASES), Trouble.SILENT_MIDWAY, Say(CASES))
    async with provider(*script) as running, model(running, spare=True) as suggester:
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        warming = suggester.workers.warm()
        assert warming is not None
        await warming
        first = workers_of(suggester.workers)
        (spare,) = children() - others - first
        streaming = asyncio.Event()
        task = asyncio.create_task(
            suggester.suggest(request(), lambda told: streaming.set() if isinstance(told, Grew) else None)
        )
        await asyncio.wait_for(streaming.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(running.hung_up.wait(), 5)

        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)
        assert workers_of(suggester.workers) == {spare} and not first & children()
        await suggester.close()
        assert children() == others


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


def workers_of(workers: Workers) -> set[int]:
    """The process that is asked."""
    return {link.process.pid for link in (workers.current,) if link is not None}


def children() -> set[int]:
    """The processes that this one started and that still run."""
    found: set[int] = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = status.read_text().rpartition(")")[2].split()
            if words[1] == str(os.getpid()) and words[0] != "Z":
                found.add(int(status.parent.name))
    return found
