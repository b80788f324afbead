"""What holds for every ``Repository``; a subclass gives the ``bench`` that arranges a repository for it."""

from __future__ import annotations

from typing import Protocol

import pytest

from beai.core.edits.change import Receipt
from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import CommitPlan, Committed, Repository
from beai.core.project.facts import RepoState

MESSAGE = "feat(wishlist): add wishlist.addItem\n\nTask: BE-S3-001\n"


class RepositoryBench(Protocol):
    """A clean repository on branch ``feature/wishlist``, with a branch ``main`` and a committed ``router.ts``."""

    @property
    def repository(self) -> Repository:
        """What is tested."""

    def write(self, path: str, text: str) -> Receipt:
        """Write a whole file as we do, with a receipt."""

    def save(self, path: str, text: str) -> None:
        """Write a whole file as somebody else."""


class RepositoryContract:
    """The promises of the port."""

    @pytest.fixture
    def bench(self) -> RepositoryBench:
        """A fresh bench."""
        raise NotImplementedError

    async def test_a_clean_repository_has_a_branch_a_head_and_no_trouble(self, bench: RepositoryBench) -> None:
        state = await _state(bench)
        assert (state.branch, state.dirty, state.trouble) == ("feature/wishlist", (), "")
        assert state.head
        assert set(state.branches) == {"feature/wishlist", "main"}

    async def test_saved_and_written_files_are_dirty(self, bench: RepositoryBench) -> None:
        bench.save("notes.md", "mine\n")
        bench.write("router.ts", "changed\n")
        assert (await _state(bench)).dirty == ("notes.md", "router.ts")

    async def test_a_branch_is_created_and_left_again(self, bench: RepositoryBench) -> None:
        created = await bench.repository.switch("feature/other", create=True)
        assert isinstance(created, RepoState)
        assert created.branch == "feature/other"
        back = await bench.repository.switch("feature/wishlist", create=False)
        assert isinstance(back, RepoState)
        assert (back.branch, "feature/other" in back.branches) == ("feature/wishlist", True)

    @pytest.mark.parametrize(("branch", "create"), [("no/such", False), ("main", True)])
    async def test_a_switch_that_cannot_be_is_a_fault_and_stays(
        self, bench: RepositoryBench, branch: str, create: bool
    ) -> None:
        assert isinstance(await bench.repository.switch(branch, create), Fault)
        assert (await _state(bench)).branch == "feature/wishlist"

    async def test_a_commit_holds_what_the_receipts_wrote_and_nothing_else(self, bench: RepositoryBench) -> None:
        before = await _state(bench)
        bench.save("notes.md", "mine\n")
        receipts = (bench.write("router.ts", "changed\n"), bench.write("router.test.ts", "new\n"))
        done = await bench.repository.commit(CommitPlan(MESSAGE, "feature/wishlist", receipts))
        assert isinstance(done, Committed), done
        assert (done.branch, done.subject) == ("feature/wishlist", MESSAGE.splitlines()[0])
        assert set(done.paths) == {"router.ts", "router.test.ts"}
        after = await _state(bench)
        assert after.head == done.sha != before.head
        assert after.dirty == ("notes.md",)

    async def test_a_commit_for_another_branch_is_refused(self, bench: RepositoryBench) -> None:
        before = await _state(bench)
        receipt = bench.write("router.ts", "changed\n")
        refused = await bench.repository.commit(CommitPlan(MESSAGE, "main", (receipt,)))
        assert isinstance(refused, Fault)
        assert refused.kind is FaultKind.REFUSED
        assert (await _state(bench)).head == before.head

    async def test_main_is_committed_to_when_the_plan_names_it(self, bench: RepositoryBench) -> None:
        await bench.repository.switch("main", create=False)
        receipt = bench.write("router.ts", "changed\n")
        assert isinstance(await bench.repository.commit(CommitPlan(MESSAGE, "feature/wishlist", (receipt,))), Fault)
        done = await bench.repository.commit(CommitPlan(MESSAGE, "main", (receipt,)))
        assert isinstance(done, Committed), done
        assert done.branch == "main"

    async def test_a_plan_whose_token_is_at_head_is_done_already(self, bench: RepositoryBench) -> None:
        receipt = bench.write("router.ts", "changed\n")
        plan = CommitPlan(MESSAGE + "Beai-Session: t-1\n", "feature/wishlist", (receipt,), "t-1")
        first, second = await bench.repository.commit(plan), await bench.repository.commit(plan)
        assert isinstance(first, Committed), first
        assert isinstance(second, Committed), second
        assert (first.sha, first.paths) == (second.sha, second.paths)

    async def test_nothing_written_is_nothing_to_commit(self, bench: RepositoryBench) -> None:
        before = await _state(bench)
        assert isinstance(await bench.repository.commit(CommitPlan(MESSAGE, "feature/wishlist", ())), Fault)
        assert (await _state(bench)).head == before.head


async def _state(bench: RepositoryBench) -> RepoState:
    state = await bench.repository.state()
    assert isinstance(state, RepoState), state
    return state
