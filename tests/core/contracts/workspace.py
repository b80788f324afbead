"""What holds for every ``Workspace``; a subclass gives the ``bench`` that arranges a working tree for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import pytest

from beai.core.edits.change import Change, Decision, Edit, Miss, OnDisk, Receipt, SearchReplace, Verdict, WholeFile
from beai.core.edits.match import digest
from beai.core.edits.review import Review
from beai.core.edits.review.rebase import rebase
from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Workspace
from beai.core.project.facts import Project
from beai.core.suggest.exchange import Purpose, Request
from beai.core.suggest.privacy.masking import MASK

CODE, TEST, TASKS, CONTEXT = "src/notes.ts", "src/notes.test.ts", "tasks/be_tasks.md", "tasks/active_context.md"
ROOT = "src/root.ts"
TASK_ID = "BE-S1-001"
BODY = "".join(f"// {number}\n" for number in range(1, 10))
FILES = {
    "package.json": '{"name": "notes", "devDependencies": {"vitest": "4.0.0", "@trpc/server": "11.0.0"}}\n',
    "src/trpc.ts": "import { initTRPC } from '@trpc/server'\nexport const t = initTRPC.create()\n",
    ROOT: "import { t } from './trpc'\nimport { notes } from './notes'\nexport const app = t.router({ notes })\n",
    CODE: "import { t } from './trpc'\n// first\n" + BODY + "export const notes = t.router({\n})\n// last\n",
    TEST: "import { it } from 'vitest'\nit('old', () => {})\n",
    TASKS: (
        f"# Tasks\n\n## {TASK_ID}: Add `notes.add`\n\n- **Description**: Implement `notes.add`, a mutation.\n"
        f"- **Status**: Open\n- **Deliverables**:\n  - `{CODE}`\n  - `{TEST}`\n"
        "- **Acceptance Criteria**:\n  - Adds a note.\n"
    ),
    CONTEXT: "# Active context\n\n**Branch:** `feature/x`\n",
}
FIRST, LAST = SearchReplace(CODE, "// first\n", "// FIRST\n"), SearchReplace(CODE, "// last\n", "// LAST\n")


class WorkspaceBench(Protocol):
    """A tree that holds ``FILES``, all of them committed."""

    @property
    def workspace(self) -> Workspace:
        """What is tested."""

    def save(self, path: str, text: str) -> None:
        """Write a whole file as somebody else."""

    def remove(self, path: str) -> None:
        """Delete a file as somebody else."""

    def files(self) -> dict[str, str]:
        """Every file as it is now."""


class WorkspaceContract:
    """The promises of the port."""

    @pytest.fixture
    def bench(self) -> WorkspaceBench:
        """A fresh bench."""
        raise NotImplementedError

    async def test_it_reads_the_project_with_its_task(self, bench: WorkspaceBench) -> None:
        task = (await _project(bench)).task(TASK_ID)
        assert task is not None
        assert task.file == TASKS

    async def test_a_file_is_read_as_it_is_now(self, bench: WorkspaceBench) -> None:
        bench.save(CODE, "// mine\r\n")
        assert await bench.workspace.text(CODE) == "// mine\r\n"
        assert await bench.workspace.text("src/none.ts") is None

    async def test_a_suggester_gets_the_files_of_the_task_as_they_are_now(self, bench: WorkspaceBench) -> None:
        bench.save(TEST, "// mine\n")
        sent = await _sources(bench, Purpose.TEST)
        assert (sent[CODE], sent[TEST]) == (FILES[CODE], "// mine\n")

    async def test_the_record_gets_the_task_file_the_context_and_what_was_touched(self, bench: WorkspaceBench) -> None:
        sent = await _sources(bench, Purpose.RECORD, (CODE, "src/gone.ts"))
        assert {path: sent.get(path) for path in (TASKS, CONTEXT, CODE)} == {
            p: FILES[p] for p in (TASKS, CONTEXT, CODE)
        }
        assert "src/gone.ts" not in sent

    async def test_the_values_of_keys_are_told_as_they_are_now(self, bench: WorkspaceBench) -> None:
        request = await _request(bench, Purpose.CODE)
        assert (await bench.workspace.private(request)).secrets == ()
        bench.save(".env", "SESSION_SECRET=hunter2-hunter2\nNODE_ENV=development\n")
        first = (await bench.workspace.private(request)).secrets
        bench.save(".env", "SESSION_SECRET=correct-horse-9\n")
        second = (await bench.workspace.private(request)).secrets
        assert [(one.told, one.value) for one in (*first, *second)] == [
            ("SESSION_SECRET of .env", "hunter2-hunter2"),
            ("SESSION_SECRET of .env", "correct-horse-9"),
        ]

    async def test_a_file_that_is_never_read_is_told_with_the_reason_where_the_task_names_it(
        self, bench: WorkspaceBench
    ) -> None:
        bench.save("server.pem", "x\n")
        request = await _request(bench, Purpose.CODE)
        request = replace(request, task=replace(request.task, text="See `server.pem` and `lost.pem`."))
        (one,) = (await bench.workspace.private(request)).withheld
        assert (one.path, one.reason) == ("server.pem", "it is on the never-read list: it is a key file")
        assert "server.pem" not in await _sources(bench, Purpose.RECORD, ("server.pem",))

    async def test_no_file_gets_the_mask_of_a_secret(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        edited = Decision(change.hunks()[0].id, Verdict.ACCEPTED, "", f"// {MASK}\n")
        done = await bench.workspace.apply(change, (edited,))
        assert isinstance(done, Fault) and done.kind is FaultKind.REFUSED and f"{CODE} would get" in done.summary
        assert bench.files() == FILES

    async def test_matching_writes_nothing(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, LAST, WholeFile("src/new.ts", "new\n"))
        assert [file.path for file in change.files] == [CODE, "src/new.ts"]
        assert bench.files() == FILES

    async def test_one_edit_that_misses_makes_the_whole_match_miss(self, bench: WorkspaceBench) -> None:
        lost = SearchReplace(TEST, "it('never', () => {})\n", "x\n")
        missed = await bench.workspace.match((FIRST, lost), (), "")
        assert isinstance(missed, tuple)
        assert [(type(miss), miss.edit) for miss in missed] == [(Miss, lost)]
        assert bench.files() == FILES

    async def test_what_is_on_disk_is_read_anew_with_the_hash_that_a_change_names(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        there, missing = await bench.workspace.on_disk((CODE, "src/never.ts"))
        assert (there.path, there.text, there.hash) == (CODE, FILES[CODE], change.files[0].before_hash)
        assert missing == OnDisk("src/never.ts", None, "")
        bench.save(CODE, "// mine\n" + FILES[CODE])
        (now,) = await bench.workspace.on_disk((CODE,))
        assert now.text == "// mine\n" + FILES[CODE] and now.hash != there.hash

    async def test_a_review_that_was_carried_over_is_written_with_what_was_saved(self, bench: WorkspaceBench) -> None:
        review = Review(await _matched(bench, FIRST))
        bench.save(CODE, FILES[CODE] + "// mine\n")
        (now,) = await bench.workspace.on_disk((CODE,))
        review = rebase(review, CODE, now.text, now.hash)
        (hunk,) = review.change.hunks()
        receipt = await bench.workspace.apply(review.change, (_yes(hunk.id),))
        assert isinstance(receipt, Receipt)
        assert bench.files()[CODE] == FILES[CODE].replace("// first\n", "// FIRST\n") + "// mine\n"

    async def test_a_hunk_carries_what_the_checks_find_on_its_lines(self, bench: WorkspaceBench) -> None:
        bench.save(CODE, FILES[CODE].replace("// 5\n", "const old = {} as any;\n"))
        edits = (
            SearchReplace(CODE, "// first\n", "// a line more\n// FIRST\n"),
            SearchReplace(CODE, "// last\n", "const made = {} as any;\n"),
        )
        first, last = (await _matched(bench, *edits)).hunks()
        assert first.findings == ()
        (found,) = last.findings
        assert (found.check, found.rule, found.line) == ("any", "implement_principles#P3", 15)
        assert found.message and found.fix

    async def test_the_findings_of_an_edited_hunk_are_those_of_the_edit(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, LAST)
        first, last = change.hunks()
        edited = Decision(first.id, Verdict.ACCEPTED, edited="const a = 1;\nconst made = {} as any;\n")
        checked = await bench.workspace.recheck(change, (edited,))
        assert [hunk.id for hunk in checked.hunks()] == [first.id, last.id]
        assert [[(one.check, one.line) for one in hunk.findings] for hunk in checked.hunks()] == [[("any", 3)], []]
        worse = await _matched(bench, SearchReplace(CODE, "// last\n", "const made = {} as any;\n"))
        mended = Decision(worse.hunks()[0].id, Verdict.ACCEPTED, edited="const made = 1;\n")
        assert [hunk.findings for hunk in (await bench.workspace.recheck(worse, (mended,))).hunks()] == [()]
        assert bench.files() == FILES

    async def test_findings_keep_no_hunk_from_being_written(self, bench: WorkspaceBench) -> None:
        made = WholeFile("src/new.ts", "export const made = {} as any;\n")
        change = await _matched(bench, made)
        assert [finding.check for hunk in change.hunks() for finding in hunk.findings] == ["any"]
        await _applied(bench, change, *_all(change))
        assert bench.files()["src/new.ts"] == made.text

    async def test_exactly_the_accepted_hunks_are_written(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, LAST, WholeFile("src/new.ts", "new\n"))
        first, last, new = change.hunks()
        receipt = await _applied(bench, change, _no(first.id), _yes(last.id), _yes(new.id))
        after = FILES[CODE].replace("// last\n", "// LAST\n")
        assert bench.files() == FILES | {CODE: after, "src/new.ts": "new\n"}
        assert [(w.path, w.before_hash, w.after_hash) for w in receipt.files] == [
            (CODE, digest(FILES[CODE]), digest(after)),
            ("src/new.ts", "", digest("new\n")),
        ]

    async def test_a_hunk_is_written_as_the_person_edited_it(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        decision = Decision(change.hunks()[0].id, Verdict.ACCEPTED, edited="// edited\n")
        await _applied(bench, change, decision)
        assert bench.files()[CODE] == FILES[CODE].replace("// first\n", "// edited\n")

    async def test_an_undecided_hunk_is_not_written(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, LAST)
        await _applied(bench, change, _yes(change.hunks()[1].id))
        assert bench.files()[CODE] == FILES[CODE].replace("// last\n", "// LAST\n")

    async def test_with_nothing_accepted_nothing_is_written(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        receipt = await _applied(bench, change, _no(change.hunks()[0].id))
        assert receipt.files == ()
        assert bench.files() == FILES

    async def test_a_file_saved_meanwhile_is_refused_and_no_other_is_written(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, WholeFile("src/a.ts", "a\n"), FIRST, WholeFile("src/z.ts", "z\n"))
        bench.save(CODE, "// mine\n")
        refused = await bench.workspace.apply(change, _all(change))
        assert isinstance(refused, Fault)
        assert refused.kind is FaultKind.STALE and CODE in refused.summary
        assert bench.files() == FILES | {CODE: "// mine\n"}

    async def test_applying_again_gives_the_same_receipt(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, WholeFile("src/new.ts", "new\n"))
        receipt = await _applied(bench, change, *_all(change))
        after = bench.files()
        assert await _applied(bench, change, *_all(change)) == receipt
        assert bench.files() == after
        assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == FILES

    async def test_restoring_puts_back_every_file_and_removes_new_ones(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, WholeFile("src/deep/new.ts", "new\n"))
        receipt = await _applied(bench, change, *_all(change))
        assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == FILES
        assert await bench.workspace.restore((receipt,)) == (receipt,)  # again, as after a crash
        assert bench.files() == FILES

    async def test_two_writes_are_restored_one_after_the_other(self, bench: WorkspaceBench) -> None:
        one = await _matched(bench, FIRST)
        earlier = await _applied(bench, one, *_all(one))
        two = await _matched(bench, LAST)
        later = await _applied(bench, two, *_all(two))
        assert isinstance(await bench.workspace.restore((earlier,)), Fault)
        for receipt in (later, earlier):
            assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == FILES

    async def test_several_writes_are_restored_at_once_in_any_order(self, bench: WorkspaceBench) -> None:
        earlier, later = await _two_writes(bench)
        assert await bench.workspace.restore((later, earlier)) == (later, earlier)
        assert bench.files() == FILES
        assert await bench.workspace.restore((earlier, later)) == (earlier, later)  # again, as after a crash
        assert bench.files() == FILES

    async def test_where_one_of_several_was_saved_over_nothing_is_restored(self, bench: WorkspaceBench) -> None:
        receipts = await _two_writes(bench)
        bench.save("src/new.ts", "mine\n")
        before = bench.files()
        refused = await bench.workspace.restore(receipts)
        assert isinstance(refused, Fault)
        assert (refused.kind, "src/new.ts" in refused.summary) == (FaultKind.STALE, True)
        assert bench.files() == before

    async def test_an_edit_made_between_two_writes_is_not_restored_over(self, bench: WorkspaceBench) -> None:
        one = await _matched(bench, FIRST)
        earlier = await _applied(bench, one, *_all(one))
        bench.save(CODE, bench.files()[CODE].replace("// 5\n", "// mine\n"))
        two = await _matched(bench, LAST)
        later = await _applied(bench, two, *_all(two))
        before = bench.files()
        assert isinstance(await bench.workspace.restore((earlier, later)), Fault)
        assert bench.files() == before

    async def test_what_is_restored_already_is_left_out_of_several(self, bench: WorkspaceBench) -> None:
        earlier, later = await _two_writes(bench)
        assert await bench.workspace.restore((later,)) == (later,)
        assert await bench.workspace.restore((earlier, later)) == (earlier, later)
        assert bench.files() == FILES

    async def test_what_was_put_back_is_written_again_and_put_back_again(self, bench: WorkspaceBench) -> None:
        earlier, later = await _two_writes(bench)
        written = bench.files()
        for _ in range(2):
            assert await bench.workspace.restore((earlier, later)) == (earlier, later)
            assert bench.files() == FILES
            assert await bench.workspace.redo((earlier, later)) == (earlier, later)
            assert await bench.workspace.redo((earlier, later)) == (earlier, later)  # again, as after a crash
            assert bench.files() == written

    async def test_work_saved_since_is_not_written_over_again(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        receipt = await _applied(bench, change, *_all(change))
        await bench.workspace.restore((receipt,))
        bench.save(CODE, "// mine\n")
        refused = await bench.workspace.redo((receipt,))
        assert isinstance(refused, Fault) and refused.kind is FaultKind.STALE
        assert bench.files()[CODE] == "// mine\n"
        assert await bench.workspace.redo(()) == ()

    async def test_nothing_to_restore_is_restored(self, bench: WorkspaceBench) -> None:
        assert await bench.workspace.restore(()) == ()
        assert await bench.workspace.restore((Receipt("", ()),)) == (Receipt("", ()),)

    async def test_work_saved_since_is_not_restored_over(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST, WholeFile("src/new.ts", "new\n"))
        receipt = await _applied(bench, change, *_all(change))
        bench.save("src/new.ts", "mine\n")
        before = bench.files()
        refused = await bench.workspace.restore((receipt,))
        assert isinstance(refused, Fault)
        assert refused.kind is FaultKind.STALE
        assert bench.files() == before

    async def test_a_probe_is_written_and_taken_back(self, bench: WorkspaceBench) -> None:
        receipt = await bench.workspace.overwrite(CODE, "broken\n")
        assert isinstance(receipt, Receipt)
        assert bench.files()[CODE] == "broken\n"
        assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == FILES

    async def test_handwritten_files_are_adopted_since_the_last_commit(self, bench: WorkspaceBench) -> None:
        bench.save(CODE, "// mine\n")
        bench.save("src/new.ts", "// mine too\n")
        receipt = await _adopted(bench, (CODE, "src/new.ts", TEST))
        assert [(w.path, w.before_hash, w.after_hash) for w in receipt.files] == [
            (CODE, digest(FILES[CODE]), digest("// mine\n")),
            ("src/new.ts", "", digest("// mine too\n")),
        ]
        assert bench.files() == FILES | {CODE: "// mine\n", "src/new.ts": "// mine too\n"}
        assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == FILES

    async def test_handwritten_files_are_adopted_since_our_own_last_write(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        ours = await _applied(bench, change, *_all(change))
        bench.save(CODE, "// mine\n")
        receipt = await _adopted(bench, (CODE,), (ours,))
        assert receipt.files[0].before_hash == ours.files[0].after_hash
        for one in (receipt, ours):
            assert await bench.workspace.restore((one,)) == (one,)
        assert bench.files() == FILES

    async def test_one_hunk_written_by_hand_and_another_accepted_make_one_chain_of_writes(
        self, bench: WorkspaceBench
    ) -> None:
        review = Review(await _matched(bench, FIRST, LAST))
        now = FILES[CODE].replace("// first\n", "// FIRST\n")
        bench.save(CODE, now)
        review = rebase(review, CODE, now, digest(now))
        (left,) = review.change.hunks()
        mine = await _adopted(bench, (CODE,))
        ours = await _applied(bench, review.change, _yes(left.id))
        after = now.replace("// last\n", "// LAST\n")
        assert [(w.before_hash, w.after_hash) for receipt in (mine, ours) for w in receipt.files] == [
            (digest(FILES[CODE]), digest(now)),
            (digest(now), digest(after)),
        ]
        assert bench.files()[CODE] == after

    async def test_a_file_removed_by_hand_is_adopted_as_removed(self, bench: WorkspaceBench) -> None:
        bench.remove(TEST)
        receipt = await _adopted(bench, (TEST,))
        assert [(w.path, w.before_hash, w.after_hash) for w in receipt.files] == [(TEST, digest(FILES[TEST]), "")]
        assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == FILES

    async def test_what_was_dirty_when_the_session_began_is_no_part_of_what_is_adopted(
        self, bench: WorkspaceBench
    ) -> None:
        bench.save(CODE, "// not of the task\n")
        bench.remove(TEST)
        await _project(bench)
        bench.save(CODE, "// not of the task\n// by hand\n")
        bench.save(TEST, "// by hand\n")
        await _project(bench)  # only the first reading counts
        receipt = await _adopted(bench, (CODE, TEST))
        assert [(w.path, w.before_hash) for w in receipt.files] == [(CODE, digest("// not of the task\n")), (TEST, "")]
        assert await bench.workspace.restore((receipt,)) == (receipt,)
        assert bench.files() == {path: text for path, text in FILES.items() if path != TEST} | {
            CODE: "// not of the task\n"
        }

    async def test_with_no_path_named_every_change_since_is_adopted(self, bench: WorkspaceBench) -> None:
        bench.save("src/mine.ts", "dirty before\n")
        await _project(bench)
        change = await _matched(bench, FIRST, WholeFile("src/ours.ts", "ours\n"))
        ours = await _applied(bench, change, *_all(change))
        bench.save("src/ours.ts", "ours, then by hand\n")
        bench.save("src/new.ts", "by hand\n")
        bench.remove(TEST)
        receipt = await _adopted(bench, (), (ours,))
        assert {(w.path, w.before_hash) for w in receipt.files} == {
            ("src/ours.ts", digest("ours\n")),
            ("src/new.ts", ""),
            (TEST, digest(FILES[TEST])),
        }

    async def test_what_we_wrote_and_the_person_took_back_is_adopted(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        ours = await _applied(bench, change, *_all(change))
        bench.save(CODE, FILES[CODE])
        receipt = await _adopted(bench, (), (ours,))
        assert [(w.path, w.before_hash, w.after_hash) for w in receipt.files] == [
            (CODE, ours.files[0].after_hash, digest(FILES[CODE]))
        ]

    async def test_what_was_written_for_another_task_is_not_adopted(self, bench: WorkspaceBench) -> None:
        change = await _matched(bench, FIRST)
        await _applied(bench, change, *_all(change))
        bench.save("src/new.ts", "by hand\n")
        receipt = await _adopted(bench, ())
        assert [written.path for written in receipt.files] == ["src/new.ts"]

    async def test_a_path_that_nothing_of_ours_may_write_is_left_out_of_an_adoption(
        self, bench: WorkspaceBench
    ) -> None:
        for path in ("package-lock.json", ".env", CODE):
            bench.save(path, "by hand\n")
        for paths in (("package-lock.json", ".git/HEAD", ".env", CODE), ()):
            receipt = await _adopted(bench, paths)
            assert [written.path for written in receipt.files] == [CODE]

    async def test_with_nothing_written_by_hand_nothing_is_adopted(self, bench: WorkspaceBench) -> None:
        await _project(bench)
        assert (await _adopted(bench, ())).files == ()
        assert (await _adopted(bench, (CODE, "src/none.ts"))).files == ()


async def _project(bench: WorkspaceBench) -> Project:
    project = await bench.workspace.read()
    assert isinstance(project, Project), project
    return project


async def _request(bench: WorkspaceBench, purpose: Purpose, touched: tuple[str, ...] = ()) -> Request:
    project = await _project(bench)
    task = project.task(TASK_ID)
    assert task is not None
    return Request(purpose, task, project, touched=touched)


async def _sources(bench: WorkspaceBench, purpose: Purpose, touched: tuple[str, ...] = ()) -> dict[str, str]:
    sent = await bench.workspace.sources(await _request(bench, purpose, touched))
    assert isinstance(sent, tuple), sent
    return {source.path: source.text for source in sent}


async def _matched(bench: WorkspaceBench, *edits: Edit) -> Change:
    change = await bench.workspace.match(edits, ("@rule",), "why")
    assert isinstance(change, Change), change
    return change


async def _applied(bench: WorkspaceBench, change: Change, *decisions: Decision) -> Receipt:
    receipt = await bench.workspace.apply(change, decisions)
    assert isinstance(receipt, Receipt), receipt
    return receipt


async def _two_writes(bench: WorkspaceBench) -> tuple[Receipt, Receipt]:
    """The same file twice, with another file each time."""
    one = await _matched(bench, FIRST, WholeFile("src/new.ts", "new\n"))
    earlier = await _applied(bench, one, *_all(one))
    two = await _matched(bench, LAST, WholeFile("src/newer.ts", "newer\n"))
    return earlier, await _applied(bench, two, *_all(two))


async def _adopted(bench: WorkspaceBench, paths: Sequence[str], since: Sequence[Receipt] = ()) -> Receipt:
    receipt = await bench.workspace.adopt(paths, since)
    assert isinstance(receipt, Receipt), receipt
    return receipt


def _yes(hunk: str) -> Decision:
    return Decision(hunk, Verdict.ACCEPTED)


def _no(hunk: str) -> Decision:
    return Decision(hunk, Verdict.REJECTED)


def _all(change: Change) -> tuple[Decision, ...]:
    return tuple(_yes(hunk.id) for hunk in change.hunks())
