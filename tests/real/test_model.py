"""The litellm worker, for real, against a provider on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from beai.core.edits.change import UpsertTest
from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import Criterion, Project, Task
from beai.core.settings import Settings
from beai.core.suggest.exchange import Ask, CaseIdea, CaseKind, ProposeCases, ProposeEdits, Purpose, Reply, Request
from beai.core.suggest.model import Deadlines, ModelSuggester, Usage
from tests.core.contracts.suggester import SuggesterContract
from tests.real.provider import Provider, Say, Trouble, provider

TASK = Task("BE-1", "wishlist.addItem", "tasks/be_tasks.md", criteria=(Criterion("Adds once"), Criterion("CONFLICT")))
CASES = """Two cases cover the task.

### cases
- [happy path] adds the product (criterion: 1)
- [error condition] answers CONFLICT (criterion: 2)

### end {nonce} edits=0 cases=2
"""
TEST = """The test for the first case.

### test "C1 adds the product" in "wishlist.addItem" of src/wishlist.test.ts
```ts
it("C1 adds the product", async () => {
  expect(await caller.wishlist.addItem({ productId: "p1" })).toEqual(item);
});
```

### end {nonce} edits=1 cases=0
"""
UNFINISHED = "### cases\n- [happy path] adds the product\n"
KEY = "sk-a-key-that-nobody-may-see"
SOON = Deadlines(first=4.0, idle=1.0, total=30.0)
LIMIT = 20_000

pytestmark = pytest.mark.asyncio(loop_scope="module")


def request(purpose: Purpose = Purpose.CASES) -> Request:
    return Request(purpose, TASK, Project("shop"), nonce="k7f3")


@dataclass
class Pair:
    """A provider and a suggester that asks it, shared because a worker takes seconds to start."""

    provider: Provider
    suggester: ModelSuggester
    spent: list[Usage] = field(default_factory=list)

    async def ask(self, *script: Say | Trouble, purpose: Purpose = Purpose.CASES) -> Reply | Fault:
        """What the suggester answers when the provider does ``script``."""
        self.provider.play(*script)
        self.spent.clear()
        return await asyncio.wait_for(self.suggester.suggest(request(purpose), ignore), 30)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pair() -> AsyncIterator[Pair]:
    async with provider(Say(CASES)) as running, model(running, SOON) as suggester:
        shared = Pair(running, suggester)
        suggester.spent = shared.spent.append
        yield shared


@asynccontextmanager
async def model(running: Provider, deadlines: Deadlines = Deadlines()) -> AsyncIterator[ModelSuggester]:  # noqa: B008
    """A suggester that asks ``running``, closed at the end."""
    env = {**os.environ, "BEAI_TEST_KEY": KEY}
    suggester = ModelSuggester(Settings("loopback", running.base, "BEAI_TEST_KEY"), env, deadlines, LIMIT)
    try:
        yield suggester
    finally:
        await suggester.close()


def ignore(text: str) -> None:
    """Nobody watches it stream."""


class TestContract(SuggesterContract):
    @pytest.fixture(autouse=True)
    def _shared(self, pair: Pair) -> None:
        pair.provider.play(Say(CASES))
        self.pair = pair

    def opened(self) -> AbstractAsyncContextManager[ModelSuggester]:
        return nullcontext(self.pair.suggester)

    def request(self) -> Request:
        return request()


async def test_streamed_cases_become_cases_with_their_criteria(pair: Pair) -> None:
    pair.provider.play(Say(CASES, pieces=12, pause=0.05))
    grown: list[str] = []
    reply = await pair.suggester.suggest(request(), grown.append)

    assert reply == ProposeCases(
        (
            CaseIdea("adds the product", CaseKind.HAPPY, "Adds once"),
            CaseIdea("answers CONFLICT", CaseKind.ERROR, "CONFLICT"),
        ),
        "Two cases cover the task.",
    )
    assert len(grown) > 3
    assert grown[-1].endswith("cases=2\n")


async def test_streamed_code_becomes_edits(pair: Pair) -> None:
    reply = await pair.ask(Say(TEST), purpose=Purpose.TEST)

    assert isinstance(reply, ProposeEdits)
    (edit,) = reply.edits
    assert isinstance(edit, UpsertTest)
    assert (edit.file, edit.describe, edit.name) == ("src/wishlist.test.ts", "wishlist.addItem", "C1 adds the product")


async def test_what_is_sent_is_a_streaming_chat_with_the_named_key(pair: Pair) -> None:
    await pair.ask(Say(CASES))

    (sent,) = pair.provider.requests
    assert sent["model"] == "loopback"
    assert sent["stream"] is True
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert f"authorization: bearer {KEY}" in pair.provider.headers[0].lower()


async def test_usage_adds_up_over_requests(pair: Pair) -> None:
    before = pair.suggester.usage
    await pair.ask(Say(UNFINISHED, tokens=(100, 20)), Say(CASES, tokens=(10, 2)))

    into, out = before.tokens_in, before.tokens_out
    assert pair.spent == [
        Usage(before.requests + 1, into + 100, out + 20, None),
        Usage(before.requests + 2, into + 110, out + 22, None),
    ]


async def test_an_incomplete_reply_is_repaired_in_the_same_conversation(pair: Pair) -> None:
    reply = await pair.ask(Say(UNFINISHED), Say(CASES))

    assert isinstance(reply, ProposeCases)
    repaired = pair.provider.requests[1]["messages"]
    assert [message["role"] for message in repaired] == ["system", "user", "assistant", "user"]
    assert repaired[2]["content"] == UNFINISHED
    assert "no end mark" in repaired[3]["content"]


async def test_a_reply_that_stays_incomplete_is_a_fault_after_three_repairs(pair: Pair) -> None:
    reply = await pair.ask(Say(UNFINISHED))

    assert isinstance(reply, Fault)
    assert reply.kind is FaultKind.MODEL
    assert "no end mark" in reply.summary
    assert len(pair.provider.requests) == 4


async def test_a_question_is_an_answer(pair: Pair) -> None:
    options = "- Delete => history is lost\n- Mark"
    reply = await pair.ask(
        Say(f"### question soft-delete\nDelete or mark?\n{options}\n### end {{nonce}} edits=0 cases=0")
    )

    assert isinstance(reply, Ask)
    assert [option.label for option in reply.question.options] == ["Delete", "Mark"]


async def test_without_a_named_key_none_is_sent_to_an_address_of_ones_own() -> None:
    async with provider(Say(CASES)) as running:
        suggester = ModelSuggester(Settings("loopback", running.base), {**os.environ, "OPENAI_API_KEY": KEY})
        reply = await suggester.suggest(request(), ignore)
        await suggester.close()

    assert isinstance(reply, ProposeCases)
    assert KEY not in running.headers[0]


async def test_cancelling_kills_the_worker_and_the_provider_sees_it() -> None:
    others = children()
    async with provider(Trouble.SILENT_MIDWAY, Say(CASES)) as running, model(running) as suggester:
        streaming = asyncio.Event()
        task = asyncio.create_task(suggester.suggest(request(), lambda text: streaming.set()))
        await asyncio.wait_for(streaming.wait(), 30)
        workers = children() - others
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        took = time.monotonic() - begun
        await asyncio.wait_for(running.hung_up.wait(), 5)

        assert workers
        assert not workers & children()
        assert took < 1.0
        assert isinstance(await suggester.suggest(request(), ignore), ProposeCases)


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
        order = {"do": "complete", "id": 1, "model": "loopback", "base": running.base, "key_env": "", "messages": []}
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


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        (Trouble.HANG, FaultKind.NETWORK, "sent nothing for 4 seconds"),
        (Trouble.SILENT_MIDWAY, FaultKind.NETWORK, "sent nothing for 1 seconds"),
        (Trouble.EMPTY, FaultKind.MODEL, "empty reply"),
        (Trouble.HTML, FaultKind.NETWORK, "web page"),
        (Trouble.HTML_STREAM, FaultKind.NETWORK, "web page"),
        (Trouble.CUT_OFF, FaultKind.MODEL, "output limit"),
        (Trouble.FILTERED, FaultKind.MODEL, "content filter"),
        (Trouble.ERROR_500, FaultKind.NETWORK, "out of reach or failing"),
        (Trouble.UNAUTHORIZED, FaultKind.MODEL, "refused the key"),
        (Trouble.UNKNOWN_MODEL, FaultKind.MODEL, "not known"),
        (Trouble.RATE_LIMITED, FaultKind.NETWORK, "rate limit"),
        (Trouble.TOO_LONG, FaultKind.MODEL, "this long"),
        (Trouble.RESET, FaultKind.NETWORK, "connection"),
        (Trouble.HANG_UP, FaultKind.MODEL, "no end mark"),
        (Trouble.WRONG_JSON, FaultKind.NETWORK, "connection"),
        (Trouble.FLOOD, FaultKind.MODEL, "more than 20000 characters"),
    ],
)
async def test_each_trouble_is_one_sentence(pair: Pair, trouble: Trouble, kind: FaultKind, words: str) -> None:
    reply = await pair.ask(trouble)

    assert isinstance(reply, Fault)
    assert words in reply.summary
    assert reply.kind is kind
    assert reply.remedy
    assert "\n" not in reply.sentence()
    assert KEY not in reply.summary + reply.detail


async def test_a_reply_that_drips_past_the_total_deadline_is_a_fault() -> None:
    others = children()
    drip = Say(CASES * 50, pieces=1000, pause=0.05)
    async with provider(drip) as running, model(running, Deadlines(first=30.0, idle=30.0, total=8.0)) as suggester:
        reply = await suggester.suggest(request(), ignore)

        assert isinstance(reply, Fault)
        assert "did not finish within 8 seconds" in reply.summary
        assert children() == others


async def test_nobody_at_the_address_is_one_sentence() -> None:
    suggester = ModelSuggester(Settings("loopback", "http://127.0.0.1:9/v1"))
    reply = await suggester.suggest(request(), ignore)
    await suggester.close()

    assert isinstance(reply, Fault)
    assert reply.kind is FaultKind.NETWORK


async def test_a_dotenv_file_of_the_repository_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"BEAI_TEST_KEY={KEY}\nOPENAI_API_KEY={KEY}\nHTTP_PROXY=http://127.0.0.1:9\n")
    (tmp_path / "litellm.py").write_text("raise SystemExit('the repository was imported')\n")
    monkeypatch.chdir(tmp_path)
    async with provider(Say(CASES)) as running:
        suggester = ModelSuggester(Settings("loopback", running.base, "BEAI_TEST_KEY"))
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
        if name != "beai.core.suggest.worker" and parts[-1] != "__main__" and "shop" not in parts:
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
