"""A provider and a model suggester that asks it, for the tests of the litellm worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest_asyncio

from beai.core.fault import Fault
from beai.core.project.facts import Criterion, Project, Task
from beai.core.settings import Settings
from beai.core.suggest.exchange import Purpose, Reply, Request
from beai.core.suggest.meter import NO_CAP, Allowance
from beai.core.suggest.model import Caps, Deadlines, ModelSuggester, Retries
from beai.core.suggest.progress import Noted, Progress, Spending
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
QUICK = Retries(attempts=3, base=0.01, most=2.0)
USUAL = Deadlines()
SOON = Deadlines(first=4.0, idle=1.0, total=30.0)
LIMIT = 20_000
CAPS = Caps(line=512 * 1024, body=8 * 1024 * 1024, text=LIMIT)


def request(purpose: Purpose = Purpose.CASES) -> Request:
    return Request(purpose, TASK, Project("shop"), nonce="k7f3")


@dataclass
class Pair:
    """A provider and a suggester that asks it, shared because a worker takes seconds to start."""

    provider: Provider
    suggester: ModelSuggester
    told: list[Progress] = field(default_factory=list)

    @property
    def spent(self) -> list[Spending]:
        """What the last requests cost."""
        return [each for each in self.told if isinstance(each, Spending)]

    @property
    def noted(self) -> list[str]:
        """What was said beside the reply."""
        return [each.words for each in self.told if isinstance(each, Noted)]

    async def ask(
        self,
        *script: Say | Trouble,
        purpose: Purpose = Purpose.CASES,
        deadlines: Deadlines = SOON,
        allowance: Allowance = NO_CAP,
    ) -> Reply | Fault:
        """What the suggester answers when the provider does ``script``."""
        self.provider.play(*script)
        self.told.clear()
        self.suggester.deadlines = deadlines
        asked = replace(request(purpose), allowance=allowance)
        return await asyncio.wait_for(self.suggester.suggest(asked, self.told.append), 30)

    def other(self, settings: Settings) -> Pair:
        """The same provider, asked as other settings say, by the same worker."""
        workers = self.suggester.workers
        return Pair(self.provider, ModelSuggester(settings, workers.env, None, SOON, QUICK, CAPS, shared=workers))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pair() -> AsyncIterator[Pair]:
    async with provider(Say(CASES)) as running, model(running, SOON) as suggester:
        yield Pair(running, suggester)


@asynccontextmanager
async def model(
    running: Provider, deadlines: Deadlines = USUAL, env: Mapping[str, str] | None = None, spare: bool = False
) -> AsyncIterator[ModelSuggester]:
    """A suggester that asks ``running``, closed at the end; ``env`` is added to the environment."""
    settings = Settings("loopback", running.base, "BEAI_TEST_KEY", steps="whole")
    person = {**os.environ, "BEAI_TEST_KEY": KEY, **(env or {})}
    suggester = ModelSuggester(settings, person, None, deadlines, QUICK, CAPS, spare=spare)
    try:
        yield suggester
    finally:
        await suggester.close()


def ignore(told: Progress) -> None:
    """Nobody watches it stream."""
