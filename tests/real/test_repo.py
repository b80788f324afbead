"""The git adapter on real repositories: what is committed, what stays as it was, and what hooks can do."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beai.core.edits.change import Receipt, Written
from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.project.facts import RepoState
from beai.core.repo import GitRepository
from tests.core.contracts.repository import RepositoryContract

MESSAGE = "feat(wishlist): add wishlist.addItem\n\n# kept\n\nTask: BE-S3-001\nBeai-Session: t-1\n"
LINES = [f"line {number}\n" for number in range(1, 21)]
CONFIG = {
    "user.name": "Ada",
    "user.email": "ada@example.org",
    "commit.gpgSign": "false",
    "core.hooksPath": ".git/hooks",
    "core.autocrlf": "false",
    "core.excludesFile": "/dev/null",
}


@dataclass
class Checkout:
    """A repository on disk with a person at work in it, and us."""

    root: Path
    images: dict[str, bytes] = field(default_factory=dict)

    @property
    def repository(self) -> GitRepository:
        return GitRepository(self.root, self.images.get)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def save(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def write(self, path: str, text: str) -> Receipt:
        before = self._keep(path)
        self.save(path, text)
        return Receipt(f"r{len(self.images)}", (Written(path, before, self._keep(path)),))

    def remove(self, path: str) -> Receipt:
        before = self._keep(path)
        (self.root / path).unlink()
        return Receipt("gone", (Written(path, before, ""),))

    def hook(self, name: str, script: str) -> None:
        file = self.root / ".git/hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def index(self) -> dict[str, str]:
        rows = (row.split("\t") for row in self.git("ls-files", "--stage", "-z").split("\0") if row)
        return {path: entry for entry, path in rows}

    def files(self) -> dict[str, bytes]:
        found = (file for file in self.root.rglob("*") if file.is_file() and ".git" not in file.parts)
        return {str(file.relative_to(self.root)): file.read_bytes() for file in found}

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def at_head(self, path: str) -> str:
        return self.git("show", f"HEAD:{path}")

    async def commit(
        self, *receipts: Receipt, branch: str = "feature/wishlist", token: str = "t-1"
    ) -> Committed | Fault:
        return await self.repository.commit(CommitPlan(MESSAGE, branch, receipts, token))

    def _keep(self, path: str) -> str:
        file = self.root / path
        if not file.exists():
            return ""
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        self.images[digest] = data
        return digest


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "shop [1]"
    root.mkdir()
    made = Checkout(root)
    made.git("init", "-q", "-b", "main")
    for name, value in CONFIG.items():
        made.git("config", name, value)
    made.save("router.ts", "".join(LINES))
    made.save("src/[id].ts", "export {};\n")
    made.save("other.ts", "other\n")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "feat: begin")
    made.git("switch", "-q", "-c", "feature/wishlist")
    return made


def changed(lines: list[str], **at: str) -> str:
    """``lines`` as one text, with line ``_n`` (1-based) replaced."""
    return "".join(at.get(f"_{number}", line) for number, line in enumerate(lines, 1))


class TestContract(RepositoryContract):
    @pytest.fixture
    def bench(self, checkout: Checkout) -> Checkout:
        return checkout


# What is committed, and what stays.


async def test_other_peoples_work_stays_byte_for_byte(checkout: Checkout) -> None:
    checkout.git("mv", "other.ts", "renamed.ts")
    checkout.save("staged.ts", "staged\n")
    checkout.git("add", "staged.ts")
    checkout.save("staged.ts", "staged, then edited\n")
    checkout.save("untracked.ts", "untracked\r\n")
    checkout.save("src/[id].ts", "export const dirty = 1;\n")
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    index, files = checkout.index(), checkout.files()
    done = await checkout.commit(receipt)
    assert isinstance(done, Committed), done
    assert (done.paths, done.output) == (("router.ts",), "")
    assert checkout.files() == files
    after = checkout.index()
    assert after.pop("router.ts") != index.pop("router.ts")
    assert after == index
    assert checkout.git("diff", "--cached", "--name-status").split() == [
        "R100",
        "other.ts",
        "renamed.ts",
        "A",
        "staged.ts",
    ]


async def test_a_file_named_like_a_pattern_is_itself(checkout: Checkout) -> None:
    checkout.save("src/i.ts", "mine\n")
    done = await checkout.commit(
        checkout.write("src/[id].ts", "export const a = 1;\n"), checkout.write("src/[new].ts", "b\n")
    )
    assert isinstance(done, Committed), done
    assert done.paths == ("src/[id].ts", "src/[new].ts")
    assert checkout.git("status", "--porcelain") == "?? src/i.ts\n"


async def test_edits_made_in_the_file_before_us_are_left_out(checkout: Checkout) -> None:
    checkout.save("router.ts", changed(LINES, _18="theirs\n"))
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n", _18="theirs\n"))
    done = await checkout.commit(receipt)
    assert isinstance(done, Committed), done
    assert checkout.at_head("router.ts") == changed(LINES, _3="ours\n")
    assert (checkout.root / "router.ts").read_text() == changed(LINES, _3="ours\n", _18="theirs\n")
    assert checkout.git("diff", "--cached", "--name-only") == ""


async def test_edits_made_in_the_file_after_and_between_ours_are_left_out(checkout: Checkout) -> None:
    first = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    checkout.save("router.ts", changed(LINES, _3="ours\n", _10="theirs\n"))
    second = checkout.write("router.ts", changed(LINES, _3="ours\n", _10="theirs\n", _18="ours too\n"))
    checkout.save("router.ts", changed(LINES, _1="late\n", _3="ours\n", _10="theirs\n", _18="ours too\n"))
    done = await checkout.commit(first, second)
    assert isinstance(done, Committed), done
    assert checkout.at_head("router.ts") == changed(LINES, _3="ours\n", _18="ours too\n")


async def test_what_a_person_staged_in_our_file_stays_staged(checkout: Checkout) -> None:
    checkout.save("router.ts", changed(LINES, _18="theirs\n"))
    checkout.git("add", "router.ts")
    done = await checkout.commit(checkout.write("router.ts", changed(LINES, _3="ours\n", _18="theirs\n")))
    assert isinstance(done, Committed), done
    assert checkout.at_head("router.ts") == changed(LINES, _3="ours\n")
    assert checkout.git("show", ":router.ts") == changed(LINES, _3="ours\n", _18="theirs\n")
    assert checkout.git("diff", "--name-only") == ""


async def test_a_staged_version_that_overlaps_is_kept_and_told(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    checkout.save("router.ts", changed(LINES, _3="staged by hand\n"))
    checkout.git("add", "router.ts")
    checkout.save("router.ts", changed(LINES, _3="ours\n"))
    done = await checkout.commit(receipt)
    assert isinstance(done, Committed), done
    assert checkout.git("show", ":router.ts") == changed(LINES, _3="staged by hand\n")
    assert "router.ts: what you staged there overlaps" in done.output


async def test_overlapping_edits_of_others_are_a_fault_and_nothing_changes(checkout: Checkout) -> None:
    checkout.save("router.ts", changed(LINES, _3="theirs\n"))
    receipt = checkout.write("router.ts", changed(LINES, _3="theirs and ours\n"))
    head, index = checkout.head(), checkout.index()
    fault = await checkout.commit(receipt)
    assert isinstance(fault, Fault)
    assert (fault.kind, "router.ts" in fault.summary) == (FaultKind.STALE, True)
    assert (checkout.head(), checkout.index()) == (head, index)


async def test_a_file_that_was_never_committed_cannot_be_taken_apart(checkout: Checkout) -> None:
    checkout.save("draft.ts", "theirs\n")
    fault = await checkout.commit(checkout.write("draft.ts", "theirs\nours\n"))
    assert isinstance(fault, Fault)
    assert "draft.ts was not under version control" in fault.summary


async def test_steps_that_cancel_out_and_deletions_are_followed(checkout: Checkout) -> None:
    receipts = (
        checkout.write("router.ts", "probe\n"),
        checkout.write("router.ts", "".join(LINES)),
        checkout.write("new.ts", "new\n"),
        checkout.remove("new.ts"),
        checkout.remove("other.ts"),
    )
    done = await checkout.commit(*receipts)
    assert isinstance(done, Committed), done
    assert done.paths == ("other.ts",)
    assert checkout.git("status", "--porcelain") == ""


async def test_a_file_deleted_after_the_review_is_stale(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", "ours\n")
    (checkout.root / "router.ts").unlink()
    fault = await checkout.commit(receipt)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.STALE


@pytest.mark.parametrize(
    ("before", "ours", "now"),
    [
        ({}, {"_3": "ours\n"}, {}),
        ({}, {"_3": "ours\n", "_12": "ours too\n"}, {"_12": "ours too\n"}),
        ({}, {"_3": "ours\n"}, {"_3": "reworded by hand\n"}),
        ({}, {"_3": ""}, {}),
        ({"_18": "theirs\n"}, {"_3": "ours\n", "_18": "theirs\n"}, {"_18": "theirs\n"}),
    ],
    ids=["all", "one of two", "reworded", "a deletion", "beside other edits"],
)
async def test_what_the_person_undid_by_hand_is_stale_and_not_committed(
    checkout: Checkout, before: dict[str, str], ours: dict[str, str], now: dict[str, str]
) -> None:
    checkout.save("router.ts", changed(LINES, **before))
    receipt = checkout.write("router.ts", changed(LINES, **ours))
    checkout.save("router.ts", changed(LINES, **now))
    head = checkout.head()
    fault = await checkout.commit(receipt, checkout.write("new.ts", "new\n"))
    assert isinstance(fault, Fault), fault
    assert (fault.kind, "router.ts" in fault.summary) == (FaultKind.STALE, True)
    assert checkout.head() == head


async def test_what_was_undone_by_hand_between_two_of_our_writes_is_stale(checkout: Checkout) -> None:
    first = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    checkout.save("router.ts", "".join(LINES))
    second = checkout.write("router.ts", changed(LINES, _18="ours too\n"))
    fault = await checkout.commit(first, second)
    assert isinstance(fault, Fault), fault
    assert (fault.kind, "router.ts" in fault.summary) == (FaultKind.STALE, True)


async def test_a_new_file_that_was_emptied_or_replaced_is_stale(checkout: Checkout) -> None:
    receipt = checkout.write("new.ts", "one\ntwo\n")
    for text in ("", "one\n", "other\n"):
        checkout.save("new.ts", text)
        fault = await checkout.commit(receipt)
        assert isinstance(fault, Fault), fault
        assert (fault.kind, "new.ts" in fault.summary) == (FaultKind.STALE, True)


async def test_a_file_we_removed_that_is_there_again_is_stale(checkout: Checkout) -> None:
    receipt = checkout.remove("other.ts")
    checkout.save("other.ts", "other\n")
    fault = await checkout.commit(receipt)
    assert isinstance(fault, Fault), fault
    assert (fault.kind, "other.ts" in fault.summary) == (FaultKind.STALE, True)


@pytest.mark.parametrize(
    ("head", "ours", "late"),
    [
        ("", "one\ntwo\n", "one\nlate\ntwo\nlater\n"),
        ("a\nb\nc\n", "a\nours\nb\nc\n", "a\nours\nlate\nb\nc\n"),
        ("a\nb\nc\n", "a\nb\nours\nc\n", "late\na\nb\nours\nc\nlate\n"),
    ],
    ids=["in a new file", "right below", "around"],
)
async def test_lines_added_later_beside_ours_are_left_out(checkout: Checkout, head: str, ours: str, late: str) -> None:
    if head:
        checkout.save("list.ts", head)
        checkout.git("add", "list.ts")
        checkout.git("commit", "-q", "-m", "feat: a list")
    receipt = checkout.write("list.ts", ours)
    checkout.save("list.ts", late)
    done = await checkout.commit(receipt)
    assert isinstance(done, Committed), done
    assert (checkout.at_head("list.ts"), (checkout.root / "list.ts").read_text()) == (ours, late)


async def test_images_that_are_lost_are_a_fault(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", "ours\n")
    checkout.save("router.ts", "edited since\n")
    checkout.images.clear()
    fault = await checkout.commit(receipt)
    assert isinstance(fault, Fault)
    assert (fault.kind, "router.ts" in fault.summary) == (FaultKind.STALE, True)


async def test_an_ignored_file_is_left_out_and_told(checkout: Checkout) -> None:
    checkout.save(".git/info/exclude", "tasks/\n")
    done = await checkout.commit(checkout.write("router.ts", "ours\n"), checkout.write("tasks/be.md", "done\n"))
    assert isinstance(done, Committed), done
    assert done.paths == ("router.ts",)
    assert done.output == "tasks/be.md is ignored by git and was left out."


async def test_line_ends_that_git_converts_are_no_foreign_edit(checkout: Checkout) -> None:
    checkout.git("config", "core.autocrlf", "true")
    (checkout.root / "router.ts").unlink()
    checkout.git("checkout", "-q", "--", "router.ts")
    crlf = [line.replace("\n", "\r\n") for line in LINES]
    assert (checkout.root / "router.ts").read_bytes() == "".join(crlf).encode()
    done = await checkout.commit(checkout.write("router.ts", changed(crlf, _3="ours\r\n")))
    assert isinstance(done, Committed), done
    assert checkout.git("diff", "--numstat", "HEAD^", "HEAD").split() == ["1", "1", "router.ts"]
    assert checkout.git("status", "--porcelain") == ""


async def test_the_message_is_committed_to_the_letter(checkout: Checkout) -> None:
    await checkout.commit(checkout.write("router.ts", "ours\n"))
    assert checkout.git("log", "-1", "--format=%B").strip() == MESSAGE.strip()


async def test_a_linked_worktree_has_an_index_of_its_own(checkout: Checkout, tmp_path: Path) -> None:
    checkout.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Checkout(tmp_path / "side")
    done = await side.commit(side.write("router.ts", "ours\n"), branch="side")
    assert isinstance(done, Committed), done
    assert side.git("status", "--porcelain") == ""
    assert checkout.git("status", "--porcelain") == ""


# Hooks.


async def test_a_failing_hook_leaves_everything_as_it_was(checkout: Checkout) -> None:
    checkout.hook("pre-commit", "echo lint: 3 problems; echo second line >&2; exit 1")
    receipt = checkout.write("router.ts", "ours\n")
    head, index, files = checkout.head(), checkout.index(), checkout.files()
    fault = await checkout.commit(receipt)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.detail) == (FaultKind.GIT, "lint: 3 problems\nsecond line\n")
    assert "lint: 3 problems" in fault.summary
    assert (checkout.head(), checkout.index(), checkout.files()) == (head, index, files)


async def test_a_commit_msg_hook_in_another_folder_is_respected(checkout: Checkout) -> None:
    checkout.git("config", "core.hooksPath", ".husky")
    checkout.save(".husky/commit-msg", "#!/bin/sh\ngrep -q '^chore' \"$1\" || { echo 'only chores'; exit 1; }\n")
    (checkout.root / ".husky/commit-msg").chmod(0o755)
    fault = await checkout.commit(checkout.write("router.ts", "ours\n"))
    assert isinstance(fault, Fault)
    assert fault.detail == "only chores\n"


async def test_what_a_hook_prints_is_handed_on(checkout: Checkout) -> None:
    checkout.hook("pre-commit", "echo all is well")
    done = await checkout.commit(checkout.write("router.ts", "ours\n"))
    assert isinstance(done, Committed), done
    assert done.output == "all is well"


async def test_a_hook_that_formats_and_adds_is_told(checkout: Checkout) -> None:
    checkout.hook("pre-commit", "echo formatted > router.ts; git add router.ts")
    done = await checkout.commit(checkout.write("router.ts", "ours\n"))
    assert isinstance(done, Committed), done
    assert checkout.at_head("router.ts") == "formatted\n"
    assert done.output.splitlines() == [
        "A hook changed router.ts in the commit.",
        "Changed on disk while the hooks ran: router.ts.",
    ]
    assert checkout.git("status", "--porcelain") == ""


async def test_a_hook_that_adds_somebody_elses_file_is_told(checkout: Checkout) -> None:
    checkout.save("other.ts", "theirs\n")
    checkout.hook("pre-commit", "git add -A")
    done = await checkout.commit(checkout.write("router.ts", "ours\n"))
    assert isinstance(done, Committed), done
    assert done.paths == ("other.ts", "router.ts")
    assert "A hook changed other.ts in the commit." in done.output


async def test_a_hook_that_leaves_a_daemon_behind_does_not_hold_us(checkout: Checkout) -> None:
    held = checkout.root / ".git/held"
    os.mkfifo(held)
    checkout.hook("pre-commit", "cat .git/held & exit 0")
    done = await asyncio.wait_for(checkout.commit(checkout.write("router.ts", "ours\n")), 10)
    os.close(os.open(held, os.O_WRONLY | os.O_NONBLOCK))  # the daemon reads the end of file, and ends
    assert isinstance(done, Committed), done


async def test_a_hanging_hook_is_cancelled_with_its_children(checkout: Checkout) -> None:
    for name in ("up", "never"):
        os.mkfifo(checkout.root / ".git" / name)
    checkout.hook("pre-commit", "trap '' TERM; cat .git/never & echo $$ $! > .git/up; wait; cat .git/never")
    receipt = checkout.write("router.ts", "ours\n")
    head, index, files = checkout.head(), checkout.index(), checkout.files()
    task = asyncio.create_task(checkout.commit(receipt))
    processes = [int(word) for word in (await _line(checkout.root / ".git/up")).split()]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any(_alive(process) for process in processes)
    assert not list((checkout.root / ".git").glob("*.lock"))
    assert (checkout.head(), checkout.index(), checkout.files()) == (head, index, files)
    checkout.hook("pre-commit", "exit 0")
    assert isinstance(await checkout.commit(receipt), Committed)


async def test_a_commit_cancelled_after_it_was_made_is_whole(checkout: Checkout) -> None:
    for name in ("up", "never"):
        os.mkfifo(checkout.root / ".git" / name)
    checkout.hook("post-commit", "echo up > .git/up; cat .git/never")
    task = asyncio.create_task(checkout.commit(receipt := checkout.write("router.ts", "ours\n")))
    await _line(checkout.root / ".git/up")
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    made = await task
    assert isinstance(made, Committed), made
    assert (made.sha, made.paths) == (checkout.head(), ("router.ts",))
    assert "stopped" in made.output
    assert checkout.git("status", "--porcelain") == ""
    again = await checkout.commit(receipt)
    assert isinstance(again, Committed), again
    assert (again.sha, again.paths) == (checkout.head(), ("router.ts",))


async def test_a_crash_between_the_commit_and_the_index_is_mended(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", "ours\n")
    index = (checkout.root / ".git/index").read_bytes()
    assert isinstance(await checkout.commit(receipt), Committed)
    (checkout.root / ".git/index").write_bytes(index)
    assert checkout.git("diff", "--cached", "--name-only") == "router.ts\n"
    assert isinstance(await checkout.commit(receipt), Committed)
    assert checkout.git("status", "--porcelain") == ""


# Trouble, in words.


async def test_an_empty_repository_is_trouble(tmp_path: Path) -> None:
    empty = Checkout(tmp_path)
    empty.git("init", "-q", "-b", "trunk")
    for name, value in CONFIG.items():
        empty.git("config", name, value)
    state = await empty.repository.state()
    assert isinstance(state, RepoState)
    assert (state.branch, state.head, state.branches) == ("trunk", "", ())
    assert "no commit yet" in state.trouble
    assert isinstance(await empty.commit(empty.write("a.ts", "a\n"), branch="trunk"), Fault)


async def test_a_detached_head_is_trouble(checkout: Checkout) -> None:
    checkout.git("switch", "-q", "--detach")
    state = await checkout.repository.state()
    assert isinstance(state, RepoState)
    assert (state.branch, state.head) == ("", checkout.head())
    assert "detached" in state.trouble
    head = checkout.head()
    assert isinstance(await checkout.commit(checkout.write("router.ts", "ours\n"), branch=""), Fault)
    assert checkout.head() == head


@pytest.mark.parametrize(
    ("name", "word"), [("index.lock", "index.lock"), ("MERGE_HEAD", "merge"), ("rebase-merge", "rebase")]
)
async def test_what_is_under_way_is_trouble(checkout: Checkout, name: str, word: str) -> None:
    checkout.save(f".git/{name}", checkout.head() + "\n")
    state = await checkout.repository.state()
    assert isinstance(state, RepoState)
    assert word in state.trouble
    fault = await checkout.commit(checkout.write("router.ts", "ours\n"))
    assert isinstance(fault, Fault)
    assert word in fault.summary


async def test_no_identity_is_trouble(checkout: Checkout) -> None:
    checkout.git("config", "user.name", "")
    state = await checkout.repository.state()
    assert isinstance(state, RepoState)
    assert "user.name" in state.trouble


async def test_a_bare_repository_is_trouble(tmp_path: Path) -> None:
    bare = Checkout(tmp_path)
    bare.git("init", "-q", "--bare")
    state = await bare.repository.state()
    assert isinstance(state, RepoState)
    assert "bare" in state.trouble


async def test_a_folder_without_git_is_a_fault(tmp_path: Path) -> None:
    fault = await GitRepository(tmp_path).state()
    assert isinstance(fault, Fault)
    assert (fault.kind, "git init" in fault.remedy) == (FaultKind.REPOSITORY, True)


@pytest.mark.parametrize("branch", ["-f", "--orphan", "a..b", "@{-1}", ""])
async def test_a_branch_name_is_never_an_option(checkout: Checkout, branch: str) -> None:
    assert isinstance(await checkout.repository.switch(branch, create=False), Fault)
    assert isinstance(await checkout.repository.switch(branch, create=True), Fault)
    assert checkout.git("branch", "--show-current") == "feature/wishlist\n"


async def test_a_switch_that_would_lose_work_is_refused(checkout: Checkout) -> None:
    checkout.save("router.ts", "theirs, committed\n")
    checkout.git("commit", "-q", "-a", "-m", "feat: more")
    checkout.save("router.ts", "theirs, unsaved\n")
    fault = await checkout.repository.switch("main", create=False)
    assert isinstance(fault, Fault)
    assert "router.ts" in fault.detail
    assert (checkout.root / "router.ts").read_text() == "theirs, unsaved\n"


async def test_looking_starts_no_program_and_writes_nothing(checkout: Checkout) -> None:
    monitor = checkout.root / ".git/monitor"
    monitor.write_text("#!/bin/sh\ntouch .git/started\n")
    monitor.chmod(0o755)
    checkout.git("config", "core.fsmonitor", ".git/monitor")
    index = (checkout.root / ".git/index").read_bytes()
    os.utime(checkout.root / "router.ts", (1, 1))
    assert isinstance(await checkout.repository.state(), RepoState)
    assert not (checkout.root / ".git/started").exists()
    assert (checkout.root / ".git/index").read_bytes() == index


async def _line(fifo: Path) -> str:
    """The first line that somebody writes into ``fifo``."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()
    handle = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    try:
        loop.add_reader(handle, arrived.set)
        await asyncio.wait_for(arrived.wait(), 10)
        return os.read(handle, 4096).decode()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
