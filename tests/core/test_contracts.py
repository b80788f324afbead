"""The fakes keep the promises of the ports: what a test of ours believes of them is true of the real ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from beai.core.edits.change import Receipt, Written
from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes.repository import FakeRepository
from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.fakes.workspace import FakeWorkspace, digest
from beai.core.project.facts import Project, RepoState, Task
from beai.core.project.layout import read
from beai.core.runner.report import FileOutcome, RunRequest, TestError, TestKey, TestOutcome, TestState
from beai.core.suggest.exchange import (
    NothingToDo,
    Purpose,
    Request,
)
from tests.core.contracts.repository import RepositoryContract
from tests.core.contracts.tests import ENDLESS, MIXED, OTHER, TestsContract
from tests.core.contracts.workspace import FILES, WorkspaceContract
from tests.core.test_project_trees import DictTree


@dataclass
class MemoryRepository:
    """A ``RepositoryBench`` without a disk."""

    repository: FakeRepository = field(
        default_factory=lambda: FakeRepository(
            RepoState("feature/wishlist", "0" * 40, (), ("feature/wishlist", "main"))
        )
    )
    texts: dict[str, str] = field(default_factory=lambda: {"router.ts": "old\n"})

    def write(self, path: str, text: str) -> Receipt:
        before = digest(self.texts.get(path))
        self.save(path, text)
        return Receipt(f"r-{path}-{digest(text)[:6]}", (Written(path, before, digest(text)),))

    def save(self, path: str, text: str) -> None:
        self.texts[path] = text
        here = self.repository.here
        self.repository.here = replace(here, dirty=tuple(sorted({*here.dirty, path})))


class TestFakeRepository(RepositoryContract):
    @pytest.fixture
    def bench(self) -> MemoryRepository:
        return MemoryRepository()


@dataclass
class MemoryTree:
    """A ``WorkspaceBench`` without a disk."""

    workspace: FakeWorkspace

    def save(self, path: str, text: str) -> None:
        self.workspace.files[path] = text

    def remove(self, path: str) -> None:
        del self.workspace.files[path]

    def files(self) -> dict[str, str]:
        return dict(self.workspace.files)


class TestFakeWorkspace(WorkspaceContract):
    @pytest.fixture
    def bench(self) -> MemoryTree:
        return MemoryTree(FakeWorkspace(read(DictTree(dict(FILES)), "notes"), dict(FILES), dict(FILES)))


@dataclass
class MemoryTests:
    """A ``TestsBench`` without a process."""

    tests: FakeTests

    def processes(self) -> frozenset[int]:
        return frozenset() if self.tests.closed else frozenset({1})

    async def begun(self) -> None:
        """A fake run is under way as soon as its task had one turn."""
        while not self.tests.requests:  # noqa: ASYNC110 - one turn, not a wait
            await asyncio.sleep(0)


class TestFakeTests(TestsContract):
    __test__ = True

    @pytest.fixture
    def bench(self) -> MemoryTests:
        return MemoryTests(FakeTests(_outcome, endless=lambda request: request.files == (ENDLESS,)))


async def test_a_fake_suggester_gives_its_replies_in_order_and_then_a_fault() -> None:
    suggester = FakeSuggester([NothingToDo("a"), Fault(FaultKind.MODEL, "b")])
    task = Task("BE-1", "Add a note", "tasks/be_tasks.md")
    request = Request(Purpose.CASES, task, Project("notes", tasks=(task,)))
    given = [await suggester.suggest(request, lambda _: None) for _ in range(3)]
    assert given[:2] == [NothingToDo("a"), Fault(FaultKind.MODEL, "b")]
    assert isinstance(given[2], Fault)
    assert suggester.asked == [request] * 3


def _outcome(request: RunRequest) -> tuple[FileOutcome, ...]:
    error = TestError("AssertionError", "expected 1 to be 2", expected="2", actual="1")
    good = TestOutcome(TestKey(MIXED, "good"), TestState.PASS)
    bad = TestOutcome(TestKey(MIXED, "bad"), TestState.FAIL, errors=(error,))
    other = TestOutcome(TestKey(OTHER, "other"), TestState.PASS)
    return (FileOutcome(MIXED, (good, bad)), FileOutcome(OTHER, (other,)))
