"""The working tree on disk keeps the port's promises, tells the watcher what it writes, and never half-does a thing."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from beai.core.edits.change import Change, Decision, Receipt, Verdict, WholeFile
from beai.core.edits.match import digest
from beai.core.edits.store import Recovery, Store
from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Probe
from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.perform import perform
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.project.facts import Project
from beai.core.repo import GitRepository
from beai.core.rulebook.select import Why, select
from beai.core.runner.report import TestKey
from beai.core.workspace import DiskWorkspace
from tests.core.contracts.workspace import CODE, FILES, FIRST, TEST, WorkspaceContract
from tests.core.worlds import World

GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgSign=false")


@dataclass
class DiskTree:
    """A ``WorkspaceBench`` on a git repository; ``announced`` is what the watcher would have been told."""

    root: Path
    state: Path
    announced: list[dict[str, str]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    session: str = ""

    def __post_init__(self) -> None:
        self.store = Store(self.root, self.state, self.steps.append)
        self.repository = repository = GitRepository(self.root, self.store.image)
        rules = (("mine.mdc", "Rule.\n"),)
        self.workspace = DiskWorkspace(
            self.root, self.store, repository, repository.at_head, self._announce, rules, self.session
        )

    def save(self, path: str, text: str) -> None:
        (self.root / path).write_bytes(text.encode())

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def files(self) -> dict[str, str]:
        found = (path for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {str(path.relative_to(self.root)): path.read_bytes().decode() for path in found}

    def _announce(self, digests: Mapping[str, str]) -> None:
        self.announced.append(dict(digests))


@pytest.fixture
def bench(tmp_path: Path) -> DiskTree:
    root = tmp_path / "notes"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for command in (("init", "-q", "-b", "feature/x"), ("add", "."), ("commit", "-q", "-m", "begin")):
        git(root, *command)
    return DiskTree(root, tmp_path / "state")


class TestDiskWorkspace(WorkspaceContract):
    @pytest.fixture
    def bench(self, bench: DiskTree) -> DiskTree:
        return bench


async def change_of(bench: DiskTree, *edits: WholeFile) -> tuple[Change, tuple[Decision, ...]]:
    change = await bench.workspace.match(edits or (FIRST,), (), "")
    assert isinstance(change, Change), change
    return change, tuple(Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks())


async def test_the_project_comes_with_the_state_of_git_and_the_shipped_rules(bench: DiskTree) -> None:
    bench.save("src/mine.ts", "mine\n")
    project = await bench.workspace.read()
    assert isinstance(project, Project)
    assert (project.repo.branch, project.repo.dirty) == ("feature/x", ("src/mine.ts",))
    assert [(rule.name, rule.shipped) for rule in project.rules] == [("mine", True)]


async def test_a_rule_of_the_repository_wins_over_a_shipped_one(bench: DiskTree) -> None:
    (bench.root / ".cursor/rules").mkdir(parents=True)
    bench.save(".cursor/rules/mine.mdc", "Their own.\n")
    project = await bench.workspace.read()
    assert isinstance(project, Project)
    found = select(project.rules, asked=("mine",))
    assert [(one.rule.text.strip(), one.why) for one in found.left] == [("Rule.", Why.SHADOWED)]
    assert [one.rule.text.strip() for one in found.attached] == ["Their own."]


async def test_outside_of_git_reading_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert isinstance(await DiskTree(tmp_path / "plain", tmp_path / "state").workspace.read(), Fault)


async def test_the_watcher_is_told_of_every_write_before_it_happens(bench: DiskTree) -> None:
    change, yes = await change_of(bench, FIRST)
    receipt = await bench.workspace.apply(change, yes)
    assert isinstance(receipt, Receipt)
    await bench.workspace.restore((receipt,))
    probe = await bench.workspace.overwrite(CODE, "broken\n")
    assert isinstance(probe, Receipt)
    await bench.workspace.restore((probe,))
    old, new = digest(FILES[CODE]), receipt.files[0].after_hash
    assert bench.announced == [{CODE: new}, {CODE: old}, {CODE: digest("broken\n")}, {CODE: old}]


@pytest.mark.parametrize("path", ["binary.ts", ".env", ".git/config", "../outside.ts"])
async def test_a_file_that_is_not_shown_is_not_edited(bench: DiskTree, path: str) -> None:
    (bench.root / "binary.ts").write_bytes(b"\0\1\2")
    (bench.root / ".env").write_text("KEY=1\n")
    (bench.root.parent / "outside.ts").write_text("theirs\n")
    before = (bench.root / path).read_bytes()
    refused = await bench.workspace.match((WholeFile(path, "new\n"),), (), "")
    assert isinstance(refused, Fault)
    assert refused.kind is FaultKind.REFUSED
    assert (bench.root / path).read_bytes() == before


@pytest.mark.parametrize("path", ["../new.ts", "/new.ts", ".git/hooks/new", "link/new.ts"])
async def test_nothing_is_written_outside_of_the_tree(bench: DiskTree, tmp_path: Path, path: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (bench.root / "link").symlink_to(tmp_path / "elsewhere")
    made = await bench.workspace.match((WholeFile(path, "new\n"),), (), "")
    if isinstance(made, Change):
        yes = tuple(Decision(hunk.id, Verdict.ACCEPTED) for hunk in made.hunks())
        made = await bench.workspace.apply(made, yes)
    assert not isinstance(made, Receipt)
    assert not (bench.root / ".git/hooks/new").exists()
    assert not any((tmp_path / "elsewhere").iterdir())
    assert not (tmp_path / "new.ts").exists()


async def cancelled(bench: DiskTree, work: asyncio.Task[object]) -> None:
    """Cancel ``work`` twice, as soon as its thread began to write."""
    bench.steps.clear()
    while not bench.steps:  # noqa: ASYNC110 - the thread sets no event of ours
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_a_cancelled_probe_leaves_the_code_as_it_was(bench: DiskTree) -> None:
    await cancelled(bench, asyncio.create_task(bench.workspace.overwrite(CODE, "broken\n")))
    assert bench.files() == FILES
    assert bench.store.recover() == Recovery()


async def test_a_cancelled_write_is_finished_and_known_when_it_is_asked_for_again(bench: DiskTree) -> None:
    change, yes = await change_of(bench, FIRST, WholeFile(TEST, "new\n"), WholeFile("src/new.ts", "new\n"))
    await cancelled(bench, asyncio.create_task(bench.workspace.apply(change, yes)))
    after = bench.files()
    assert (after[TEST], after["src/new.ts"]) == ("new\n", "new\n")
    assert isinstance(await bench.workspace.apply(change, yes), Receipt)
    assert bench.files() == after


async def test_a_cancelled_restore_is_finished(bench: DiskTree) -> None:
    change, yes = await change_of(bench, FIRST, WholeFile(TEST, "new\n"))
    receipt = await bench.workspace.apply(change, yes)
    assert isinstance(receipt, Receipt)
    await cancelled(bench, asyncio.create_task(bench.workspace.restore((receipt,))))
    assert bench.files() == FILES


async def test_what_a_session_found_is_kept_for_its_next_start_and_not_for_another_session(bench: DiskTree) -> None:
    bench.save(CODE, "// not of the task\n")
    await bench.workspace.read()
    for session, before in (("", "// not of the task\n"), ("other", "// not of the task\n// by hand\n")):
        bench.save(CODE, "// not of the task\n// by hand\n")
        later = DiskTree(bench.root, bench.state, session=session)
        await later.workspace.read()
        bench.save(CODE, "// not of the task\n// by hand\n// more\n")
        receipt = await later.workspace.adopt((), ())
        assert isinstance(receipt, Receipt)
        assert [(written.path, written.before_hash) for written in receipt.files] == [(CODE, digest(before))]


async def test_an_adoption_that_was_done_gives_its_receipt_again(bench: DiskTree) -> None:
    bench.save(CODE, "// by hand\n")
    first = await bench.workspace.adopt((), ())
    assert isinstance(first, Receipt) and first.files
    assert await bench.workspace.adopt((), ()) == first


async def test_run_products_links_and_files_that_are_too_large_are_not_swept_in(bench: DiskTree) -> None:
    for path in ("test.log", "dev.db", "coverage/index.html", "big.json"):
        (bench.root / path).parent.mkdir(exist_ok=True)
        (bench.root / path).write_text("x" * (2_000_001 if path == "big.json" else 1))
    (bench.root / "link.ts").symlink_to("package.json")
    bench.save("src/new.ts", "by hand\n")
    receipt = await bench.workspace.adopt((), ())
    assert isinstance(receipt, Receipt)
    assert [written.path for written in receipt.files] == ["src/new.ts"]


def git(root: Path, *command: str) -> str:
    return subprocess.run((*GIT, *command), cwd=root, check=True, timeout=30, capture_output=True, text=True).stdout


async def test_only_what_was_written_by_hand_is_committed_of_a_file_that_was_dirty(bench: DiskTree) -> None:
    dirty = FILES[CODE].replace("// 1\n", "// SECRET\n")
    bench.save(CODE, dirty)
    await bench.workspace.read()
    bench.save(CODE, dirty.replace("// last\n", "// last\n// by hand\n"))
    receipt = await bench.workspace.adopt((CODE,), ())
    assert isinstance(receipt, Receipt)
    for name, value in (("user.name", "t"), ("user.email", "t@example.com"), ("commit.gpgSign", "false")):
        git(bench.root, "config", name, value)
    done = await bench.repository.commit(CommitPlan("feat: by hand\n", "feature/x", (receipt,)))
    assert isinstance(done, Committed), done
    assert git(bench.root, "show", f"HEAD:{CODE}") == FILES[CODE] + "// by hand\n"


PROCEDURE = """import { t } from './trpc'
export const notes = t.router({
  add: t.procedure.mutation(() => {
    if (1 > 2) throw new Error('never')
    return 1
  }),
})
"""


async def test_a_probe_cancelled_while_its_tests_run_puts_the_file_back_first(bench: DiskTree) -> None:
    bench.save(CODE, PROCEDURE)
    tests = FakeTests(lambda _: (), endless=lambda _: True)
    ports = replace(World().ports(), tests=tests, workspace=bench.workspace)
    work = asyncio.create_task(perform(ports, 1, Probe(TestKey(TEST, "C1"), "notes.add"), lambda _: None))
    await tests.newer.wait()
    assert bench.files()[CODE] != PROCEDURE
    work.cancel()
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert bench.files()[CODE] == PROCEDURE
