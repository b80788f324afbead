"""git as people have it: signing, filters, odd states, hooks of every kind, many files; others' work stays as it is."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.edits.change import Receipt
from beai.core.fault import Fault, FaultKind
from beai.core.loop.commit import draw
from beai.core.loop.planned import CommitPlan, Committed, Preview
from beai.core.loop.session import CommitDraft, Session
from beai.core.project.facts import RepoState
from beai.core.verify.history import History
from beai.core.verify.outcome import Outcome
from beai.core.verify.span import Span, spanned
from beai.core.verify.verifying import Wanted, verify
from tests.real.test_repo import CONFIG, LINES, MESSAGE, Checkout, changed, checkout

__all__ = ["checkout"]
BRANCH = "feature/wishlist"


def theirs(at: Checkout) -> None:
    """Somebody else's work: staged, unstaged, untracked."""
    at.save("staged.ts", "staged\n")
    at.git("add", "staged.ts")
    at.save("staged.ts", "staged, then edited\r\n")
    at.save("src/[id].ts", "export const dirty = 1;\n")
    at.save("untracked.ts", "untracked\r\n")


def known(at: Checkout, *ours: str) -> tuple[dict[str, str], dict[str, bytes]]:
    """The index and the tree without ``ours``."""
    index = {path: entry for path, entry in at.index().items() if path not in ours}
    return index, {path: data for path, data in at.files().items() if path not in ours}


def run(folder: Path, *words: str, told: str = "", fails: bool = False) -> None:
    """Run a program in ``folder``, which ends well unless it ``fails``."""
    done = subprocess.run(words, cwd=folder, input=told.encode(), capture_output=True, timeout=60, check=False)
    assert (done.returncode != 0) == fails, done.stderr


async def committed(at: Checkout, *receipts: Receipt, **plan: object) -> Committed:
    made = await at.repository.commit(replace(CommitPlan(MESSAGE, BRANCH, receipts, "t-1"), **plan))
    assert isinstance(made, Committed), getattr(made, "detail", made)
    return made


async def seen(at: Checkout, *receipts: Receipt, **plan: object) -> Preview:
    preview = await at.repository.preview(replace(CommitPlan(MESSAGE, BRANCH, receipts, "t-1"), **plan))
    assert isinstance(preview, Preview), preview
    return preview


# Files, hunks, and the person's own edits.


async def test_a_hunk_left_out_stays_in_the_tree_and_comes_with_the_next_commit(checkout: Checkout) -> None:
    theirs(checkout)
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n", _12="ours too\n"))
    before, whole = known(checkout, "router.ts"), (checkout.root / "router.ts").read_bytes()
    file = (await seen(checkout, receipt)).files[0]
    assert [hunk.old_start + 1 for hunk in file.hunks] == [3, 12] and file.whole == file.hash
    left = (file.hunks[1].id,)
    part = (await seen(checkout, receipt, without=left)).files[0]
    assert part.more and part.hash != file.hash
    await committed(checkout, receipt, without=left, seen=(("router.ts", file.whole),))
    assert checkout.at_head("router.ts") == changed(LINES, _3="ours\n")
    assert (known(checkout, "router.ts"), (checkout.root / "router.ts").read_bytes()) == (before, whole)
    await committed(checkout, receipt, token="t-2", message=MESSAGE.replace("t-1", "t-2"))
    assert checkout.at_head("router.ts") == changed(LINES, _3="ours\n", _12="ours too\n")
    assert known(checkout, "router.ts") == before


async def test_a_hand_save_right_beside_our_insertion_does_not_block_the_commit(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", changed(LINES, _3="line 3\nours\n"))
    checkout.save("router.ts", changed(LINES, _3="line 3\nours\n", _4="by hand\n"))
    file = (await seen(checkout, receipt)).files[0]
    assert (file.problem, file.more, file.edited) == ("", True, True)
    await committed(checkout, receipt)
    assert checkout.at_head("router.ts") == changed(LINES, _3="line 3\nours\n")
    assert (checkout.root / "router.ts").read_text() == changed(LINES, _3="line 3\nours\n", _4="by hand\n")


async def test_lines_that_cannot_be_told_apart_are_a_choice_and_can_be_taken_in(checkout: Checkout) -> None:
    checkout.save("router.ts", changed(LINES, _3="theirs\n"))
    receipts = checkout.write("router.ts", changed(LINES, _3="theirs and ours\n")), checkout.write("new.ts", "new\n")
    troubled, fine = (await seen(checkout, *receipts)).files
    assert "overlap" in troubled.problem and not troubled.edited and not troubled.closed
    assert (fine.path, fine.problem) == ("new.ts", "")
    await committed(checkout, *receipts, whole=("router.ts",))
    assert checkout.at_head("router.ts") == changed(LINES, _3="theirs and ours\n")


async def test_what_is_other_than_it_was_shown_is_not_committed(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    head = checkout.head()
    fault = await checkout.repository.commit(CommitPlan(MESSAGE, BRANCH, (receipt,), "t-1", seen=(("router.ts", "x"),)))
    assert isinstance(fault, Fault) and "other than it was shown" in fault.summary and checkout.head() == head


# Taking a commit back.


async def test_our_commit_is_taken_back_and_tree_and_index_stay_byte_for_byte(checkout: Checkout) -> None:
    theirs(checkout)
    head, receipt = checkout.head(), checkout.write("router.ts", changed(LINES, _3="ours\n"))
    made = await committed(checkout, receipt)
    index, files = (checkout.root / ".git/index").read_bytes(), checkout.files()
    for _ in range(2):  # the second after a crash
        state = await checkout.repository.uncommit(made.sha, "t-1")
        assert isinstance(state, RepoState) and state.head == head == checkout.head()
        assert ((checkout.root / ".git/index").read_bytes(), checkout.files()) == (index, files)
    await committed(checkout, receipt)
    assert checkout.at_head("router.ts") == changed(LINES, _3="ours\n")


@pytest.mark.parametrize("case", ["pushed", "merged", "tagged", "not ours", "not the newest", "amended", "rebasing"])
async def test_a_commit_that_others_have_or_that_is_not_ours_stays(checkout: Checkout, case: str) -> None:
    made = await committed(checkout, checkout.write("router.ts", changed(LINES, _3="ours\n")))
    token = "another" if case == "not ours" else "t-1"
    match case:
        case "pushed":
            checkout.git("update-ref", "refs/remotes/origin/feature/wishlist", made.sha)
        case "merged":
            checkout.git("branch", "release", made.sha)
        case "tagged":
            checkout.git("tag", "v1", made.sha)
        case "not the newest":
            checkout.git("commit", "-q", "--allow-empty", "-m", "mine")
        case "amended":
            checkout.git("commit", "-q", "--amend", "-m", "mine")
        case "rebasing":
            (checkout.root / ".git/rebase-merge").mkdir()
    head, index = checkout.head(), checkout.index()
    fault = await checkout.repository.uncommit(made.sha, token)
    assert isinstance(fault, Fault) and fault.kind is FaultKind.REFUSED
    assert fault.summary.startswith("The commit stays:") and (checkout.head(), checkout.index()) == (head, index)


# Signing.


def _key(at: Checkout, passphrase: str = "") -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    key = at.root.parent / "key"
    words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(key))
    subprocess.run(words, check=True, timeout=30, stdin=subprocess.DEVNULL)
    for name, value in {"gpg.format": "ssh", "user.signingkey": str(key), "commit.gpgSign": "true"}.items():
        at.git("config", name, value)


async def test_a_commit_is_signed_as_the_repository_wants(checkout: Checkout) -> None:
    _key(checkout)
    await committed(checkout, checkout.write("router.ts", "ours\n"))
    assert "-----BEGIN SSH SIGNATURE-----" in checkout.git("cat-file", "commit", "HEAD")


@pytest.mark.parametrize("case", ["passphrase", "no key", "gpg without a key"])
async def test_a_signer_that_fails_or_asks_ends_in_one_sentence_and_nothing_changes(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    _key(checkout, "secret" if case == "passphrase" else "")
    for name in ("DISPLAY", "SSH_AUTH_SOCK", "SSH_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GNUPGHOME", str(checkout.root.parent / "gnupg"))
    if case == "no key":
        (checkout.root.parent / "key").unlink()
    if case == "gpg without a key":
        (checkout.root.parent / "gnupg").mkdir(mode=0o700)
        checkout.git("config", "gpg.format", "openpgp")
        checkout.git("config", "user.signingkey", "0xDEADBEEF")
    theirs(checkout)
    receipt = checkout.write("router.ts", "ours\n")
    before = checkout.head(), checkout.index(), checkout.files()
    fault = await asyncio.wait_for(checkout.commit(receipt), 20)
    assert isinstance(fault, Fault) and fault.summary.startswith("The commit could not be signed"), fault
    assert fault.remedy and "\n" not in fault.sentence()
    assert (checkout.head(), checkout.index(), checkout.files()) == before


# Filters and line ends.


async def test_files_behind_a_clean_and_smudge_filter_are_committed_as_pointers(checkout: Checkout) -> None:
    checkout.save(".gitattributes", "*.dat filter=rot\n*.md text eol=crlf\n")
    checkout.git("config", "filter.rot.clean", "tr a-z n-za-m")
    checkout.git("config", "filter.rot.smudge", "tr n-za-m a-z")
    checkout.save("big.dat", "hello\nworld\n")
    checkout.save("notes.md", "one\r\ntwo\r\n")
    checkout.git("add", "-A")
    checkout.git("commit", "-q", "-m", "chore: filters")
    receipts = checkout.write("big.dat", "hello\nthere\n"), checkout.write("notes.md", "one\r\nours\r\n")
    files = checkout.files()
    await committed(checkout, *receipts)
    assert checkout.at_head("big.dat") == "uryyb\ngurer\n"
    assert checkout.at_head("notes.md") == "one\nours\n"
    assert checkout.git("status", "--porcelain") == "" and checkout.files() == files


async def test_green_is_the_fingerprint_of_what_is_committed_whatever_lies_on_disk(checkout: Checkout) -> None:
    """Hunks left out, other edits in the same file, a clean filter, CRLF, and a file that was committed by hand."""
    checkout.save(".gitattributes", "*.dat filter=rot\n*.md text eol=crlf\n")
    checkout.git("config", "filter.rot.clean", "tr a-z n-za-m")
    checkout.git("config", "filter.rot.smudge", "tr n-za-m a-z")
    for path, text in (
        ("big.dat", "hello\n"),
        ("notes.md", "one\r\ntwo\r\n"),
        ("cut.ts", "".join(LINES)),
        ("raw.ts", "a\r\n"),
    ):
        checkout.save(path, text)
    for path in ("cut.ts", "by-hand.ts"):
        checkout.save(path, "".join(LINES))
    checkout.git("add", "-A")
    checkout.git("commit", "-q", "-m", "chore: filters")
    theirs(checkout)
    checkout.save("router.ts", changed(LINES, _15="theirs\n"))
    receipts = (
        checkout.write("router.ts", changed(LINES, _3="ours\n", _15="theirs\n")),
        checkout.write("cut.ts", changed(LINES, _3="ours\n", _12="left out\n")),
        checkout.write("big.dat", "hello\nthere\n"),
        checkout.write("notes.md", "one\r\nours\r\n"),
        checkout.write("raw.ts", "a\r\nb\r\n"),
        checkout.write("by-hand.ts", changed(LINES, _3="ours\n")),
    )
    checkout.git("commit", "-q", "-m", "chore: by hand", "--only", "--", "by-hand.ts")
    cut = next(file for file in (await seen(checkout, *receipts)).files if file.path == "cut.ts").hunks[1].id
    files = (await seen(checkout, *receipts, without=(cut,))).files
    message = draw(Session(draft=CommitDraft(MESSAGE, BRANCH, (), files=files, worded=True))).draft.message
    assert "\nGreen: " in message
    assert [file.path for file in files if file.same] == ["by-hand.ts"]
    made = await committed(checkout, *receipts, without=(cut,), message=message)
    assert "by-hand.ts" not in made.paths and "cut.ts" in made.paths
    history = History(checkout.root)
    try:
        span = spanned(history, "HEAD^..HEAD", {})
        assert isinstance(span, Span)
        outcome = await verify(history, span, Wanted())
    finally:
        history.close()
    assert isinstance(outcome, Outcome)
    assert [one.rule for commit in outcome.commits for one in commit.findings if one.rule.startswith("green")] == []


# Hooks.


async def test_what_hooks_print_is_heard_while_they_run(checkout: Checkout) -> None:
    os.mkfifo(checkout.root / ".git/go")
    checkout.hook("pre-commit", "echo linting; cat .git/go; echo done")
    plan, heard = CommitPlan(MESSAGE, BRANCH, (checkout.write("router.ts", "ours\n"),), "t-1"), asyncio.Event()
    said: list[str] = []

    def tell(text: str) -> None:
        said.append(text)
        heard.set()

    work = asyncio.create_task(checkout.repository.commit(plan, tell))
    await asyncio.wait_for(heard.wait(), 20)
    assert said == ["linting\n"] and not work.done()
    await asyncio.to_thread((checkout.root / ".git/go").write_text, "")
    made = await asyncio.wait_for(work, 20)
    assert isinstance(made, Committed) and made.output == "linting\ndone"


async def test_files_that_hooks_change_in_the_commit_and_on_disk_are_told_apart(checkout: Checkout) -> None:
    checkout.save("staged.ts", "staged\n")
    checkout.git("add", "staged.ts")
    checkout.hook("pre-commit", "echo formatted > router.ts; git add router.ts; echo more >> new.ts")
    receipts = checkout.write("router.ts", "ours\n"), checkout.write("new.ts", "new\n")
    made = await committed(checkout, *receipts)
    assert (made.changed, made.touched) == (("router.ts",), ("new.ts", "router.ts"))
    assert checkout.git("status", "--porcelain") == " M new.ts\nA  staged.ts\n"


async def test_lint_staged_under_husky_sees_our_files_alone_and_leaves_others_work(
    checkout: Checkout, lint_staged_packages: Path
) -> None:
    (checkout.root / "node_modules").symlink_to(lint_staged_packages, target_is_directory=True)
    checkout.save(".git/info/exclude", "node_modules\n.husky/_\n")
    checkout.save("package.json", '{"lint-staged": {"*.ts": "node upper.cjs"}}\n')
    upper = "f.writeFileSync(p, f.readFileSync(p, 'utf8').replace(/ours|new/g, (word) => word.toUpperCase()))"
    checkout.save("upper.cjs", f"const f = require('fs');\nfor (const p of process.argv.slice(2)) {upper};\n")
    checkout.save(".husky/pre-commit", "npx lint-staged\n")
    checkout.git("add", "-A")
    checkout.git("commit", "-q", "-m", "chore: hooks")
    run(checkout.root, "node", "node_modules/husky/bin.js")
    theirs(checkout)
    checkout.save("router.ts", changed(LINES, _18="theirs\n"))
    receipts = (
        checkout.write("router.ts", changed(LINES, _3="ours\n", _18="theirs\n")),
        checkout.write("new.ts", "new\n"),
    )
    before = known(checkout, "router.ts", "new.ts")
    made = await asyncio.wait_for(committed(checkout, *receipts), 60)
    assert made.paths == ("new.ts", "router.ts") and set(made.changed) == {"new.ts", "router.ts"}
    assert checkout.at_head("router.ts") == changed(LINES, _3="OURS\n")
    assert known(checkout, "router.ts", "new.ts") == before
    assert "theirs\n" in (checkout.root / "router.ts").read_text()


# Odd states, in words.


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("BISECT_LOG", "bisect"),
        ("rebase-apply/applying", "git am"),
        ("sequencer/todo", "several commits"),
        ("HEAD.lock", "remove .git/HEAD.lock"),
        ("refs/heads/feature/wishlist.lock", "remove .git/refs/heads/feature/wishlist.lock"),
    ],
)
async def test_what_is_under_way_is_said_and_nothing_changes(checkout: Checkout, name: str, word: str) -> None:
    receipt = checkout.write("router.ts", "ours\n")
    checkout.save(f".git/{name}", checkout.head() + "\n")
    before = checkout.index(), checkout.files()
    fault = await checkout.commit(receipt)
    assert isinstance(fault, Fault) and word in fault.summary
    assert (checkout.index(), checkout.files()) == before


async def test_a_stale_lock_is_told_with_its_age(checkout: Checkout) -> None:
    checkout.save(".git/index.lock", "")
    hours = time.time() - 3 * 3600 - 60
    os.utime(checkout.root / ".git/index.lock", (hours, hours))
    state = await checkout.repository.state()
    assert isinstance(state, RepoState) and "since 3 hours: if none runs, remove .git/index.lock" in state.trouble


async def test_a_commit_in_a_real_rebase_and_in_conflicts_is_refused_in_words(checkout: Checkout) -> None:
    checkout.save("router.ts", changed(LINES, _3="mine\n"))
    checkout.git("commit", "-qam", "mine")
    checkout.git("switch", "-q", "main")
    checkout.save("router.ts", changed(LINES, _3="yours\n"))
    checkout.git("commit", "-qam", "yours")
    checkout.git("switch", "-q", BRANCH)
    run(checkout.root, "git", "rebase", "-q", "main", fails=True)
    state = await checkout.repository.state()
    assert isinstance(state, RepoState) and "rebase is in progress" in state.trouble and state.branch == ""
    shutil.rmtree(checkout.root / ".git/rebase-merge")
    state = await checkout.repository.state()
    assert isinstance(state, RepoState) and "in conflict, first of all router.ts" in state.trouble


async def test_a_branch_that_moved_meanwhile_keeps_the_other_commit(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    whole = (await seen(checkout, receipt)).files[0].whole
    checkout.git("commit", "-q", "--allow-empty", "-m", "somebody else")
    other = checkout.head()
    await committed(checkout, receipt, seen=(("router.ts", whole),))
    assert checkout.git("rev-parse", "HEAD^").strip() == other
    checkout.hook("pre-commit", "unset GIT_INDEX_FILE; git update-ref refs/heads/feature/wishlist main")
    fault = await checkout.commit(checkout.write("other.ts", "ours\n"), token="t-2")
    assert isinstance(fault, Fault) and fault.kind is FaultKind.GIT  # git itself holds the branch against what it was


async def test_a_commit_that_a_person_put_another_on_is_not_made_twice(checkout: Checkout) -> None:
    receipt = checkout.write("router.ts", changed(LINES, _3="ours\n"))
    made = await committed(checkout, receipt)
    checkout.git("commit", "-q", "--allow-empty", "-m", "somebody else")
    again = await committed(checkout, receipt)
    assert again.sha == made.sha and checkout.git("rev-list", "--count", "main..HEAD").strip() == "2"


async def test_a_file_in_a_submodule_is_refused_and_that_works_by_itself(checkout: Checkout, tmp_path: Path) -> None:
    inner = Checkout(tmp_path / "inner")
    inner.root.mkdir()
    inner.git("init", "-q", "-b", "main")
    for name, value in CONFIG.items():
        inner.git("config", name, value)
    inner.save("a.ts", "a\n")
    inner.git("add", "-A")
    inner.git("commit", "-q", "-m", "begin")
    checkout.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), "sub")
    checkout.git("commit", "-qm", "chore: submodule")
    file = (await seen(checkout, checkout.write("sub/a.ts", "ours\n"))).files[0]
    assert "sub, which is a submodule" in file.problem and file.closed
    sub = Checkout(checkout.root / "sub")
    for name, value in (CONFIG | {"core.hooksPath": "hooks"}).items():
        sub.git("config", name, value)
    sub.git("switch", "-q", "--detach")
    state = await sub.repository.state()
    assert isinstance(state, RepoState) and "in this submodule" in state.trouble
    sub.git("switch", "-q", "-c", BRANCH)
    sub.git("checkout", "-q", "--", "a.ts")
    made = await sub.commit(sub.write("a.ts", "ours\n"))
    assert isinstance(made, Committed), getattr(made, "detail", made)


async def test_a_note_is_kept_beside_the_commit_and_its_failure_is_a_sentence(checkout: Checkout) -> None:
    await committed(checkout, checkout.write("router.ts", "ours\n"), note='{"format": "beai.evidence/1"}\n')
    assert "beai.evidence/1" in checkout.git("notes", "--ref=beai", "show", "HEAD")
    checkout.save(".git/refs/notes/beai.lock", "")
    plan = {"token": "t-2", "message": MESSAGE.replace("t-1", "t-2"), "note": "more"}
    made = await committed(checkout, checkout.write("other.ts", "ours\n"), **plan)
    assert "note of this commit was not kept" in made.output


async def test_a_shallow_and_sparse_checkout_of_many_files_is_committed_to(tmp_path: Path) -> None:
    source = Checkout(tmp_path / "source")
    source.root.mkdir()
    source.git("init", "-q", "-b", "main")
    many = 10_000  # tests/bench/commits.py has ten times as many
    stream = ["blob\nmark :1\ndata 2\nx\n", "commit refs/heads/main\ncommitter A <a@b> 0 +0000\ndata 5\nbegin\n"]
    stream += [f"M 100644 :1 pkg{n // 1000}/f{n}.ts\n" for n in range(many)] + ["M 100644 :1 src/router.ts\n"]
    run(source.root, "git", "fast-import", "--quiet", told="".join(stream))
    at = Checkout(tmp_path / "clone")
    words = ("git", "clone", "-q", "--depth", "1", "--sparse", "--no-local", f"file://{source.root}", str(at.root))
    run(tmp_path, *words)
    for name, value in CONFIG.items():
        at.git("config", name, value)
    at.git("sparse-checkout", "set", "src")
    at.git("switch", "-q", "-c", BRANCH)
    at.hook("pre-commit", 'test -z "$(git diff --name-only)"')  # nothing looks deleted to a hook
    receipt = at.write("src/router.ts", "ours\n")
    made = await asyncio.wait_for(committed(at, receipt), 60)
    assert made.paths == ("src/router.ts",) and at.git("status", "--porcelain") == ""
    assert at.git("ls-tree", "-r", "HEAD").count("\n") == many + 1
