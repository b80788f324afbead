"""The store writes accepted hunks and nothing else, refuses what it must, and takes everything back."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from beai.core.edits.change import Change, Decision, DeleteFile, Edit, FileChange, Receipt, Verdict, WholeFile
from beai.core.edits.match import file_change, match
from beai.core.edits.policy import barred
from beai.core.edits.store import Recovery, Store
from beai.core.edits.store.transaction import Ledger
from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree

BOM = "\ufeff"
ACL = shutil.which("setfacl")
OLD = "one\ntwo\nthree\n"
NEW = "ONE\ntwo\nTHREE\n"


def yes(change: Change, *but: str) -> list[Decision]:
    return [Decision(h.id, Verdict.REJECTED if h.id in but else Verdict.ACCEPTED) for h in change.hunks()]


def change(*files: FileChange) -> Change:
    return Change(files)


def all_bytes(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def save_aside(root: Path) -> None:
    """Save into the old file, as an editor that has found it by its name already."""
    (aside,) = (path for path in (root / "src").iterdir() if path.name != "a.ts")
    with suppress(BlockingIOError):  # a lease: whoever saves waits, and that is seen
        handle = os.open(aside, os.O_WRONLY | os.O_NONBLOCK | os.O_APPEND)
        os.write(handle, b"mine\n")
        os.close(handle)


class StoreContract:
    """What every store of accepted hunks must do; a suite for another one gives its own ``make``."""

    def make(self, root: Path, state: Path, step: Callable[[str], None] = lambda _: None) -> Store:
        return Store(root, state, step)

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "repository"
        (root / "src").mkdir(parents=True)
        (root / "src/a.ts").write_bytes(OLD.encode())
        return root

    @pytest.fixture
    def store(self, root: Path, tmp_path: Path) -> Store:
        return self.make(root, tmp_path / "state")

    def test_exactly_the_accepted_hunks_are_written(self, store: Store, root: Path) -> None:
        two = change(file_change("src/a.ts", OLD, NEW), file_change("src/new/deep/b.ts", None, "b\n"))
        seen: list[str] = []
        receipt = store.apply(two, yes(two, "src/a.ts#2"), seen.append)
        assert isinstance(receipt, Receipt)
        assert all_bytes(root) == {"src/a.ts": b"ONE\ntwo\nthree\n", "src/new/deep/b.ts": b"b\n"}
        assert seen == [written.path for written in receipt.files] == ["src/a.ts", "src/new/deep/b.ts"]

    def test_nothing_accepted_touches_nothing(self, store: Store, root: Path) -> None:
        before = (root / "src/a.ts").stat()
        none = change(file_change("src/a.ts", OLD, NEW), file_change("n.ts", None, "b\n"))
        assert store.apply(none, []) == Receipt("", ())
        assert (root / "src/a.ts").stat() == before
        assert list(all_bytes(root)) == ["src/a.ts"]

    def test_an_edited_hunk_is_written_as_edited(self, store: Store, root: Path) -> None:
        one = change(file_change("src/a.ts", OLD, "one\nTWO\nthree\n"))
        store.apply(one, [Decision("src/a.ts#1", Verdict.ACCEPTED, edited="mine\n")])
        assert (root / "src/a.ts").read_text() == "one\nmine\nthree\n"

    def test_a_file_changed_meanwhile_is_stale_and_no_file_is_written(self, store: Store, root: Path) -> None:
        (root / "src/z.ts").write_text(OLD)
        both = change(file_change("src/a.ts", OLD, NEW), file_change("src/z.ts", OLD, NEW))
        (root / "src/z.ts").write_text("somebody else\n")
        fault = store.apply(both, yes(both))
        assert isinstance(fault, Fault)
        assert fault.kind is FaultKind.STALE
        assert "src/z.ts" in fault.summary
        assert "Nothing was written" in fault.summary
        assert all_bytes(root) == {"src/a.ts": OLD.encode(), "src/z.ts": b"somebody else\n"}

    def test_a_new_file_that_exists_by_now_and_an_old_one_that_is_gone_are_stale(
        self, store: Store, root: Path
    ) -> None:
        new, gone = change(file_change("src/a.ts", None, "x\n")), change(file_change("src/gone.ts", OLD, NEW))
        for one in (new, gone):
            fault = store.apply(one, yes(one))
            assert isinstance(fault, Fault)
            assert fault.kind is FaultKind.STALE

    def test_applying_again_what_is_on_disk_gives_the_same_receipt(
        self, store: Store, root: Path, tmp_path: Path
    ) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        first = store.apply(one, yes(one))
        assert self.make(root, tmp_path / "state").apply(one, yes(one)) == first

    def test_restore_puts_back_and_removes_what_was_made(self, store: Store, root: Path) -> None:
        two = change(file_change("src/a.ts", OLD, NEW), file_change("src/new/b.ts", None, "b\n"))
        receipt = store.apply(two, yes(two))
        assert isinstance(receipt, Receipt)
        assert store.restore((receipt,)) == (receipt,)
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}
        assert not (root / "src/new").exists()
        assert store.restore((receipt,)) == (receipt,)

    def test_trouble_while_several_are_restored_leaves_all_of_them(self, root: Path, tmp_path: Path) -> None:
        def full(step: str) -> None:
            if step == "rename src/b.ts":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        store, receipts = self.make(root, tmp_path / "state"), []
        for one in (change(file_change("src/a.ts", OLD, NEW)), change(file_change("src/b.ts", None, "b\n"))):
            receipt = store.apply(one, yes(one))
            assert isinstance(receipt, Receipt)
            receipts.append(receipt)
        before = all_bytes(root)
        assert isinstance(self.make(root, tmp_path / "state", full).restore(receipts), Fault)
        assert all_bytes(root) == before
        assert store.restore(receipts) == tuple(receipts)
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}

    def test_writes_that_cancel_out_are_restored_without_a_write(self, store: Store, root: Path) -> None:
        there, back = change(file_change("src/a.ts", OLD, NEW)), change(file_change("src/a.ts", NEW, OLD))
        receipts = [store.apply(one, yes(one)) for one in (there, back)]
        both = tuple(receipt for receipt in receipts if isinstance(receipt, Receipt))
        assert len(both) == 2
        assert store.restore(both) == both
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}
        assert store.restore(both) == both

    def test_after_a_restore_the_same_change_can_be_applied_again(self, store: Store, root: Path) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        first = store.apply(one, yes(one))
        assert isinstance(first, Receipt)
        store.restore((first,))
        second = store.apply(one, yes(one))
        assert isinstance(second, Receipt)
        assert second.id != first.id
        assert (root / "src/a.ts").read_text() == NEW

    def test_restore_refuses_a_file_that_changed_between_two_writes(self, store: Store, root: Path) -> None:
        receipts = []
        for before, after in ((OLD, NEW), ("mine\n", "mine\nours\n")):
            (root / "src/a.ts").write_text(before)
            one = change(file_change("src/a.ts", before, after))
            receipt = store.apply(one, yes(one))
            assert isinstance(receipt, Receipt)
            receipts.append(receipt)
        fault = store.restore(receipts)
        assert isinstance(fault, Fault) and fault.kind is FaultKind.STALE
        assert (root / "src/a.ts").read_text() == "mine\nours\n"

    def test_restore_refuses_a_file_that_changed_since(self, store: Store, root: Path) -> None:
        two = change(file_change("src/a.ts", OLD, NEW), file_change("src/b.ts", None, "b\n"))
        receipt = store.apply(two, yes(two))
        assert isinstance(receipt, Receipt)
        (root / "src/a.ts").write_text("mine\n")
        fault = store.restore((receipt,))
        assert isinstance(fault, Fault)
        assert fault.kind is FaultKind.STALE
        assert all_bytes(root) == {"src/a.ts": b"mine\n", "src/b.ts": b"b\n"}

    def test_a_probe_is_put_back_by_restore_or_by_the_next_start(
        self, store: Store, root: Path, tmp_path: Path
    ) -> None:
        probe = store.overwrite("src/a.ts", "broken\n")
        assert isinstance(probe, Receipt)
        assert (root / "src/a.ts").read_text() == "broken\n"
        assert store.restore((probe,)) == (probe,)
        assert (root / "src/a.ts").read_text() == OLD
        store.overwrite("src/a.ts", "broken again\n")
        fresh = self.make(root, tmp_path / "state")
        assert fresh.recover() == Recovery(back=("src/a.ts",))
        assert (root / "src/a.ts").read_text() == OLD
        assert fresh.recover() == Recovery()

    def test_probes_over_each_other_are_all_put_back_by_the_next_start(self, store: Store, root: Path) -> None:
        for text in ("a probe\n", "another\n"):
            assert isinstance(store.overwrite("src/a.ts", text), Receipt)
        assert store.recover() == Recovery(("src/a.ts", "src/a.ts"))
        assert (root / "src/a.ts").read_text() == OLD

    def test_a_probe_that_somebody_saved_over_is_left(self, store: Store, root: Path) -> None:
        store.overwrite("src/a.ts", "broken\n")
        (root / "src/a.ts").write_text("mine\n")
        assert store.recover() == Recovery(left=("src/a.ts",))
        assert (root / "src/a.ts").read_text() == "mine\n"
        assert store.recover() == Recovery()

    def test_a_start_leaves_committed_changes_alone(self, store: Store, root: Path) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        store.apply(one, yes(one))
        assert store.recover() == Recovery()
        assert (root / "src/a.ts").read_text() == NEW

    def test_bytes_mode_and_line_ends_are_kept(self, store: Store, root: Path) -> None:
        raw = b"\xef\xbb\xbf#!x\r\n\xe9 latin\r\nlast"
        path = root / "src/run.ts"
        path.write_bytes(raw)
        path.chmod(0o754)
        text = raw.decode("utf-8", "surrogateescape")
        one = change(file_change("src/run.ts", text, text.replace("last", "LAST")))
        assert isinstance(store.apply(one, yes(one)), Receipt)
        assert path.read_bytes() == raw.replace(b"last", b"LAST")
        assert stat.S_IMODE(path.stat().st_mode) == 0o754

    @pytest.mark.parametrize("text", ["a\0b\n", "x\udce9\n", "x\ud800\n", "x" * 2_000_001])
    def test_text_that_is_no_plain_text_is_refused(self, store: Store, root: Path, text: str) -> None:
        bad = change(file_change("src/a.ts", OLD, NEW), file_change("src/b.ts", None, text))
        fault = store.apply(bad, yes(bad))
        assert isinstance(fault, Fault)
        assert fault.kind is FaultKind.REFUSED
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}

    @pytest.mark.parametrize(
        "path", ["../out.ts", "/tmp/out.ts", ".git/config", ".env", "src/a\n.ts", "node_modules/a.js"]
    )
    def test_a_path_that_nothing_may_write_is_refused(self, store: Store, root: Path, path: str) -> None:
        bad = change(file_change(path, None, "x\n"))
        for fault in (store.apply(bad, yes(bad)), store.overwrite(path, "x\n")):
            assert isinstance(fault, Fault)
            assert fault.kind is FaultKind.REFUSED
            assert "\n" not in fault.summary
        assert list(all_bytes(root.parent)) == ["repository/src/a.ts", "state/writes.lock"]

    def test_links_out_of_the_root_are_refused_and_links_inside_are_followed(self, store: Store, root: Path) -> None:
        outside = root.parent / "outside"
        outside.mkdir()
        (outside / "x.ts").write_text(OLD)
        (root / ".git").mkdir()
        (root / ".git/config").write_text(OLD)
        (root / "out").symlink_to(outside)
        (root / "x.ts").symlink_to(outside / "x.ts")
        (root / "config.ts").symlink_to(".git/config")
        (root / "inside.ts").symlink_to("src/a.ts")
        for path in ("out/x.ts", "x.ts", "config.ts"):
            bad = change(file_change(path, OLD, NEW))
            fault = store.apply(bad, yes(bad))
            assert isinstance(fault, Fault)
            assert fault.kind is FaultKind.REFUSED
        good = change(file_change("inside.ts", OLD, NEW))
        assert isinstance(store.apply(good, yes(good)), Receipt)
        assert (root / "inside.ts").is_symlink()
        assert (root / "src/a.ts").read_text() == NEW
        assert (outside / "x.ts").read_text() == (root / ".git/config").read_text() == OLD

    def test_a_save_into_the_old_file_once_the_new_one_is_in_place_stops_the_write(
        self, store: Store, root: Path
    ) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        fault = store.apply(one, yes(one), lambda _: save_aside(root))
        assert isinstance(fault, Fault) and fault.kind is FaultKind.STALE
        assert (root / "src/a.ts").read_text() in (OLD, f"{OLD}mine\n")

    def test_an_old_file_that_is_saved_as_the_write_is_committed_has_its_place_again(
        self, root: Path, tmp_path: Path
    ) -> None:
        def save(step: str) -> None:
            if step == "commit":
                save_aside(root)

        one = change(file_change("src/a.ts", OLD, NEW))
        assert isinstance(self.make(root, tmp_path / "state", save).apply(one, yes(one)), Receipt)
        assert all_bytes(root).keys() == {"src/a.ts"}
        assert (root / "src/a.ts").read_text() in (OLD, f"{OLD}mine\n")

    @pytest.mark.parametrize("again", [False, True], ids=["alone", "beside a newer save"])
    def test_an_old_file_saved_after_the_commit_of_a_write_that_was_cut_off_is_not_lost(
        self, store: Store, root: Path, tmp_path: Path, again: bool
    ) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        assert isinstance(store.apply(one, yes(one)), Receipt)
        (written,) = Ledger(tmp_path / "state/writes").every()
        (root / written.images[0].temp).write_text("mine\n")
        if again:
            (root / "src/a.ts").write_text("newer\n")
        found = self.make(root, tmp_path / "state").recover()
        assert isinstance(found, Recovery) and found.left == ("src/a.ts",)
        assert all_bytes(root) == {"src/a.ts": b"newer\n" if again else b"mine\n"}
        assert [Path(copy).read_text() for copy in found.kept] == (["mine\n"] if again else [])

    def test_a_folder_swapped_for_a_link_while_writing_does_not_lead_out(self, root: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()

        def swap(step: str) -> None:
            if step == "temp src/a.ts":
                (root / "src").rename(root / "was")
                (root / "src").symlink_to(outside)

        one = change(file_change("src/a.ts", OLD, NEW))
        assert isinstance(self.make(root, tmp_path / "state", swap).apply(one, yes(one)), Fault)
        assert list(outside.iterdir()) == []
        assert (root / "was/a.ts").read_text() == OLD

    def test_a_file_saved_between_check_and_rename_survives(self, root: Path, tmp_path: Path) -> None:
        (root / "src/b.ts").write_text(OLD)

        def save(step: str) -> None:
            if step == "rename src/a.ts":
                (root / "src/b.ts").write_text("mine\n")

        both = change(file_change("src/a.ts", OLD, NEW), file_change("src/b.ts", OLD, NEW))
        fault = self.make(root, tmp_path / "state", save).apply(both, yes(both))
        assert isinstance(fault, Fault)
        assert fault.kind is FaultKind.STALE
        assert all_bytes(root) == {"src/a.ts": OLD.encode(), "src/b.ts": b"mine\n"}

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
    def test_trouble_at_any_step_is_one_fault_and_nothing_half_done(
        self, root: Path, tmp_path: Path, number: int
    ) -> None:
        before = all_bytes(root)
        two = change(file_change("src/a.ts", OLD, NEW), file_change("src/new/b.ts", None, "b\n"))
        for at in range(1, 20):
            seen: list[str] = []

            def fail(step: str, seen: list[str] = seen, at: int = at) -> None:
                seen.append(step)
                if len(seen) == at:
                    raise OSError(number, os.strerror(number))

            outcome = self.make(root, tmp_path / "state", fail).apply(two, yes(two))
            if isinstance(outcome, Receipt):
                break
            assert outcome.kind is FaultKind.DISK
            assert outcome.remedy
            assert all_bytes(root) == before
            assert not (root / "src/new").exists()
        else:
            pytest.fail("no write ever got through")
        assert at == 8, "plan, folder, two temps, two renames, commit"

    def test_a_roll_back_that_fails_too_is_finished_by_the_next_start(self, root: Path, tmp_path: Path) -> None:
        seen: list[str] = []

        def full(step: str) -> None:
            seen.append(step)
            if len(seen) > 5:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        two = change(file_change("src/a.ts", OLD, NEW), file_change("src/new/b.ts", None, "b\n"))
        fault = self.make(root, tmp_path / "state", full).apply(two, yes(two))
        assert isinstance(fault, Fault)
        assert "start beai again" in fault.remedy
        assert isinstance(self.make(root, tmp_path / "state").recover(), Recovery)
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}

    def test_a_read_only_file_and_a_read_only_state_folder_are_one_fault(
        self, store: Store, root: Path, tmp_path: Path
    ) -> None:
        (root / "src/a.ts").chmod(0o444)
        one = change(file_change("src/a.ts", OLD, NEW))
        fault = store.apply(one, yes(one))
        assert isinstance(fault, Fault)
        assert "src/a.ts is read-only" in fault.summary
        (tmp_path / "file").write_text("")
        fault = self.make(root, tmp_path / "file/state").apply(one, yes(one))
        assert isinstance(fault, Fault)
        assert fault.kind is FaultKind.DISK

    def test_a_folder_or_a_pipe_in_the_place_of_a_file_is_refused(self, store: Store, root: Path) -> None:
        (root / "folder.ts").mkdir()
        os.mkfifo(root / "pipe.ts")
        for path in ("folder.ts", "pipe.ts"):
            assert isinstance(store.overwrite(path, "x\n"), Fault)

    def test_a_second_writer_is_told_so(self, root: Path, tmp_path: Path) -> None:
        second: list[object] = []
        one = change(file_change("src/a.ts", OLD, NEW))
        other = self.make(root, tmp_path / "state")
        store = self.make(root, tmp_path / "state", lambda _: second.append(other.apply(one, yes(one))))
        assert isinstance(store.apply(one, yes(one)), Receipt)
        assert {fault.kind for fault in second if isinstance(fault, Fault)} == {FaultKind.REFUSED}

    def test_a_receipt_whose_images_are_gone_is_a_fault(self, store: Store) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        receipt = store.apply(one, yes(one))
        assert isinstance(receipt, Receipt)
        assert isinstance(store.restore((Receipt("../../000009-x", receipt.files),)), Fault)

    def test_what_was_restored_can_be_done_again_and_restored_again(self, store: Store, root: Path) -> None:
        two = change(file_change("src/a.ts", OLD, NEW), file_change("src/new/b.ts", None, "b\n"))
        receipt = store.apply(two, yes(two))
        assert isinstance(receipt, Receipt)
        for _ in range(2):
            assert store.restore((receipt,)) == (receipt,)
            assert all_bytes(root) == {"src/a.ts": OLD.encode()}
            assert not (root / "src/new").exists()
            assert store.redo(receipt) == receipt
            assert all_bytes(root) == {"src/a.ts": NEW.encode(), "src/new/b.ts": b"b\n"}
        assert store.recover() == Recovery()

    def test_nothing_is_done_again_over_later_work_or_without_a_restore(self, store: Store, root: Path) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        receipt = store.apply(one, yes(one))
        assert isinstance(receipt, Receipt)
        stands = store.redo(receipt)
        assert isinstance(stands, Fault) and stands.kind is FaultKind.REFUSED
        store.restore((receipt,))
        (root / "src/a.ts").write_text("mine\n")
        fault = store.redo(receipt)
        assert isinstance(fault, Fault) and fault.kind is FaultKind.STALE and "src/a.ts" in fault.summary
        assert (root / "src/a.ts").read_text() == "mine\n"

    def test_the_past_tells_what_was_written_when_in_which_session_and_what_is_undone(
        self, store: Store, root: Path
    ) -> None:
        began = time.time()
        one = change(file_change("src/a.ts", OLD, NEW))
        first = store.apply(one, yes(one), session="7")
        two = change(file_change("src/b.ts", None, "b\n"))
        second = store.apply(two, yes(two))
        assert isinstance(first, Receipt) and isinstance(second, Receipt)
        store.restore((second,))
        past = store.history()
        assert not isinstance(past, Fault)
        assert [(one.receipt, one.session, bool(one.undone)) for one in past] == [
            (second, "", True),
            (first, "7", False),
        ]
        assert all(began - 5 < one.at < time.time() + 5 for one in past)
        assert store.images(first) == (("src/a.ts", OLD.encode(), NEW.encode()),)

    def test_an_accepted_removal_removes_the_file_and_restore_brings_it_back(self, store: Store, root: Path) -> None:
        (root / "src/a.ts").chmod(0o640)
        gone = change(file_change("src/a.ts", OLD, None))
        receipt = store.apply(gone, yes(gone))
        assert isinstance(receipt, Receipt)
        assert all_bytes(root) == {}
        assert store.restore((receipt,)) == (receipt,)
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}

    @pytest.mark.parametrize("source", ["removed", "kept"])
    def test_a_new_file_that_was_renamed_or_copied_has_the_mode_of_its_source(
        self, store: Store, root: Path, source: str
    ) -> None:
        (root / "run.sh").write_text("#!/bin/sh\n")
        (root / "run.sh").chmod(0o755)
        edits: tuple[Edit, ...] = (
            DeleteFile("run.sh"),
            WholeFile("bin/go.sh", "#!/bin/sh\n", like="run.sh", fresh=True),
        )
        found = match(edits if source == "removed" else edits[1:], {"run.sh": "#!/bin/sh\n"}.get)
        assert isinstance(found, Change)
        receipt = store.apply(found, yes(found))
        assert isinstance(receipt, Receipt)
        assert stat.S_IMODE((root / "bin/go.sh").stat().st_mode) == 0o755
        assert (root / "run.sh").exists() == (source == "kept")
        store.restore((receipt,))
        assert all_bytes(root).keys() == {"run.sh", "src/a.ts"} and (root / "run.sh").stat().st_mode & 0o777 == 0o755

    @pytest.mark.parametrize("mode", [0o600, 0o755, 0o2775])
    def test_a_removed_file_comes_back_with_its_mode_and_its_attributes(
        self, store: Store, root: Path, mode: int
    ) -> None:
        path = root / "src/a.ts"
        path.chmod(mode)
        with suppress(OSError):
            os.setxattr(path, "user.note", b"kept\0\xff")
        before = {name: os.getxattr(path, name) for name in os.listxattr(path)}, stat.S_IMODE(path.stat().st_mode)
        gone = change(file_change("src/a.ts", OLD, None))
        receipt = store.apply(gone, yes(gone))
        assert isinstance(receipt, Receipt) and not path.exists()
        assert store.restore((receipt,)) == (receipt,)
        assert ({name: os.getxattr(path, name) for name in os.listxattr(path)}, stat.S_IMODE(path.stat().st_mode)) == (
            before
        )

    def test_a_made_file_that_was_made_executable_is_so_again_when_it_is_done_again(
        self, store: Store, root: Path
    ) -> None:
        made = change(file_change("run.ts", None, "run\n"))
        receipt = store.apply(made, yes(made))
        assert isinstance(receipt, Receipt)
        (root / "run.ts").chmod(0o755)
        assert store.restore((receipt,)) == (receipt,)
        assert store.redo(receipt) == receipt
        assert stat.S_IMODE((root / "run.ts").stat().st_mode) == 0o755

    def test_images_that_are_damaged_are_told_and_never_put_back(
        self, store: Store, root: Path, tmp_path: Path
    ) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        receipt = store.apply(one, yes(one))
        assert isinstance(receipt, Receipt)
        (kept,) = (tmp_path / "state").glob("writes/*.done")
        whole = kept.read_bytes()
        for damaged in (whole[:-1], whole[: whole.index(b"\n") + 3], whole.replace(b"\none", b"\nONE")):
            kept.write_bytes(damaged)
            told = store.images(receipt)
            assert isinstance(told, Fault) and told.kind is FaultKind.DISK and "damaged" in told.detail
        fault = store.restore((receipt,))
        assert isinstance(fault, Fault) and fault.kind is FaultKind.DISK
        assert all_bytes(root) == {"src/a.ts": NEW.encode()}
        kept.unlink()
        assert isinstance(store.images(receipt), Fault)

    @pytest.mark.parametrize("mode", [0o600, 0o755, 0o2775, 0o664])
    def test_mode_attributes_and_access_list_are_kept(self, store: Store, root: Path, mode: int) -> None:
        path = root / "src/a.ts"
        path.chmod(mode)
        listed = subprocess.run(["setfacl", "-m", "u:1:r", path], capture_output=True, check=False) if ACL else None
        try:
            os.setxattr(path, "user.note", b"kept")
        except OSError:
            pytest.skip("this file system keeps no extended attributes")
        before = {name: os.getxattr(path, name) for name in os.listxattr(path)}
        kept = stat.S_IMODE(path.stat().st_mode)
        one = change(file_change("src/a.ts", OLD, NEW))
        assert isinstance(store.apply(one, yes(one)), Receipt)
        assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == before
        assert stat.S_IMODE(path.stat().st_mode) == kept
        assert len(before) == 2 or listed is None or listed.returncode != 0

    @pytest.mark.parametrize("char", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069", ids=lambda char: f"{ord(char):x}")
    def test_a_change_brings_no_turning_character_into_code_but_one_that_is_there_stays(
        self, store: Store, root: Path, char: str
    ) -> None:
        bad = change(file_change("src/b.ts", None, f"// {char}x\n"))
        fault = store.apply(bad, yes(bad))
        assert isinstance(fault, Fault) and fault.kind is FaultKind.REFUSED
        assert f"U+{ord(char):04X}" in fault.summary and char not in fault.sentence()
        text = f"const s = '{char}';\n"
        (root / "src/c.ts").write_text(text)
        for good in (
            change(file_change("src/c.ts", text, text.replace("s", "t"))),
            change(file_change("docs/a.md", None, text)),
        ):
            assert isinstance(store.apply(good, yes(good)), Receipt)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
    def test_wide_text_is_refused_in_a_sentence(self, store: Store, root: Path, encoding: str) -> None:
        data = f"{'' if encoding in ('utf-16', 'utf-32') else BOM}{OLD}".encode(encoding)
        (root / "src/w.ts").write_bytes(data)
        text = data.decode("utf-8", "surrogateescape")
        one = change(file_change("src/w.ts", text, text + "x\n"))
        fault = store.apply(one, yes(one))
        assert isinstance(fault, Fault) and "UTF-16" in fault.summary
        assert (root / "src/w.ts").read_bytes() == data

    def test_a_file_with_two_names_is_refused_rather_than_parted(self, store: Store, root: Path) -> None:
        os.link(root / "src/a.ts", root / "src/other.ts")
        one = change(file_change("src/a.ts", OLD, NEW))
        fault = store.apply(one, yes(one))
        assert isinstance(fault, Fault) and "2 names" in fault.summary and fault.remedy
        assert set(all_bytes(root).values()) == {OLD.encode()}

    @pytest.mark.parametrize(
        ("there", "new"),
        [
            ("Wishlist.ts", "wishlist.ts"),
            ("caf\u00e9.ts", "cafe\u0301.ts"),
            ("STRASSE.ts", "stra\u00dfe.ts"),
            ("Sub/x.ts", "sub/y.ts"),
        ],
        ids=["case", "composition", "folding", "folder"],
    )
    def test_a_new_name_that_many_systems_take_for_one_that_is_there_is_refused(
        self, store: Store, root: Path, there: str, new: str
    ) -> None:
        (root / there).parent.mkdir(exist_ok=True)
        (root / there).write_text("x\n")
        one = change(file_change(new, None, "y\n"))
        fault = store.apply(one, yes(one))
        assert isinstance(fault, Fault) and fault.kind is FaultKind.REFUSED and "is there" in fault.summary
        assert len(all_bytes(root)) == 2
        both = change(file_change("n/A.ts", None, "y\n"), file_change("n/a.ts", None, "y\n"))
        assert isinstance(store.apply(both, yes(both)), Fault)

    @pytest.mark.parametrize("name", ["con.ts", "src/NUL", "aux/x.ts", "lpt1.test.ts"])
    def test_a_new_name_that_windows_keeps_for_a_device_is_refused(self, store: Store, name: str) -> None:
        one = change(file_change(name, None, "y\n"))
        fault = store.apply(one, yes(one))
        assert isinstance(fault, Fault) and "Windows" in fault.summary

    def test_a_name_as_long_as_a_name_may_be_is_written(self, store: Store, root: Path) -> None:
        name = f"{'ž' * 126}.ts"
        one = change(file_change(name, None, "y\n"))
        assert isinstance(store.apply(one, yes(one)), Receipt)
        assert (root / name).read_text() == "y\n"

    @pytest.mark.skipif(sys.platform != "linux", reason="a lease is what tells, and only Linux has them")
    def test_a_file_that_a_program_has_open_for_writing_is_left_to_it(self, store: Store, root: Path) -> None:
        one = change(file_change("src/a.ts", OLD, NEW))
        with (root / "src/a.ts").open("a"):
            fault = store.apply(one, yes(one))
        assert isinstance(fault, Fault) and fault.kind is FaultKind.STALE and "another program" in fault.summary
        assert all_bytes(root) == {"src/a.ts": OLD.encode()}
        assert isinstance(store.apply(one, yes(one)), Receipt)

    @pytest.mark.parametrize("moment", ["temp src/a.ts", "rename src/a.ts", "commit"])
    def test_a_folder_that_becomes_a_link_at_any_moment_leads_nowhere(
        self, root: Path, tmp_path: Path, moment: str
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "a.ts").write_text(OLD)

        def swap(step: str) -> None:
            if step == moment:
                (root / "src").rename(root / "was")
                (root / "src").symlink_to(outside)

        one = change(file_change("src/a.ts", OLD, NEW))
        self.make(root, tmp_path / "state", swap).apply(one, yes(one))
        assert all_bytes(outside) == {"a.ts": OLD.encode()}
        (root / "src").unlink()
        (root / "was").rename(root / "src")
        assert isinstance(self.make(root, tmp_path / "state").recover(), Recovery)
        assert all_bytes(root) in ({"src/a.ts": OLD.encode()}, {"src/a.ts": NEW.encode()})

    def test_a_person_may_write_what_a_suggestion_may_not(self, root: Path, tmp_path: Path) -> None:
        theirs = Store(root, tmp_path / "state", never=barred)
        for path in ("AGENTS.md", "prisma/migrations/1/migration.sql", ".github/workflows/ci.yml", ".env.example"):
            one = change(file_change(path, None, "x\n"))
            assert isinstance(theirs.apply(one, yes(one)), Receipt)
        secret = change(file_change(".env", None, "x\n"))
        assert isinstance(theirs.apply(secret, yes(secret)), Fault)

    def test_old_images_are_forgotten_beyond_a_bound_but_never_those_of_the_open_session(
        self, store: Store, root: Path, tmp_path: Path
    ) -> None:
        receipts = []
        for number in range(6):
            one = change(file_change(f"src/n{number}.ts", None, "x\n"))
            receipt = store.apply(one, yes(one), session="open" if number == 1 else "")
            assert isinstance(receipt, Receipt)
            receipts.append(receipt)
        store.restore((receipts[5],))
        Ledger(tmp_path / "state/writes").prune("open", most=3)
        past = self.make(root, tmp_path / "state").history()
        assert not isinstance(past, Fault)
        assert [receipts.index(one.receipt) for one in past] == [5, 4, 1]
        assert [bool(one.undone) for one in past] == [True, False, False]
        assert isinstance(store.restore((receipts[0],)), Fault)
        assert store.restore((receipts[1],)) == (receipts[1],)

    def test_old_images_are_forgotten_beyond_so_many_bytes(self, store: Store, root: Path, tmp_path: Path) -> None:
        receipts = []
        for number in range(3):
            one = change(file_change(f"src/n{number}.ts", None, "x" * 10_000))
            receipt = store.apply(one, yes(one))
            assert isinstance(receipt, Receipt)
            receipts.append(receipt)
        Ledger(tmp_path / "state/writes").prune("", room=25_000)
        past = self.make(root, tmp_path / "state").history()
        assert not isinstance(past, Fault)
        assert [receipts.index(one.receipt) for one in past] == [2, 1]


class TestStore(StoreContract):
    """The store on a real disk."""


FILES = {
    "src/a.ts": b"a\r\n\xe9",
    "node_modules/m/i.js": b"x",
    ".env": b"K=1",
    ".env.local": b"K",
    ".cursor/rules/tdd.mdc": b"r",
    ".cursor/secret.json": b"{}",
    ".claude/x.md": b"x",
    "bin.dat": b"\0",
    "big.ts": b"x" * 2_000_001,
    "ignored.ts": b"i",
    ".gitignore": b"ignored.ts\nnode_modules\n",
    "name with\nnewline.ts": b"n",
    "žluť.ts": b"z",
}


@pytest.fixture
def tree_root(tmp_path: Path) -> Path:
    root = tmp_path / "r"
    for name, data in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    (tmp_path / "secret.ts").write_text("secret")
    (root / "out.ts").symlink_to(tmp_path / "secret.ts")
    (root / "in.ts").symlink_to("src/a.ts")
    (root / "env.ts").symlink_to(".env")
    os.mkfifo(root / "pipe.ts")
    return root


READABLE = {"src/a.ts", ".cursor/rules/tdd.mdc", "bin.dat", ".gitignore", "name with\nnewline.ts", "žluť.ts", "in.ts"}


def test_without_git_a_walk_lists_the_files(tree_root: Path) -> None:
    assert DiskTree(tree_root).paths() == tuple(sorted({*READABLE, "ignored.ts"}))


def test_with_git_its_ignores_hold_also_below_the_work_trees_root(tree_root: Path) -> None:
    git = ["git", "-C", str(tree_root.parent), "-c", "core.hooksPath=/dev/null"]
    subprocess.run([*git, "init", "-q"], check=True, timeout=20)
    subprocess.run([*git, "add", "r/src/a.ts"], check=True, timeout=20)
    assert DiskTree(tree_root).paths() == tuple(sorted(READABLE))
    (tree_root / "src/a.ts").unlink()
    assert "src/a.ts" not in DiskTree(tree_root).paths()


def test_listing_runs_no_program_that_the_repository_names(tree_root: Path) -> None:
    git = ["git", "-C", str(tree_root)]
    subprocess.run([*git, "init", "-q"], check=True, timeout=20)
    subprocess.run([*git, "config", "core.fsmonitor", f"touch {tree_root}/ran; false"], check=True, timeout=20)
    assert "src/a.ts" in DiskTree(tree_root).paths()
    assert not (tree_root / "ran").exists()


def test_paths_are_kept_until_refresh(tree_root: Path) -> None:
    tree = DiskTree(tree_root)
    tree.paths()
    (tree_root / "later.ts").write_text("l")
    assert "later.ts" not in tree.paths()
    assert tree.text("later.ts") == "l"
    tree.refresh()
    assert "later.ts" in tree.paths()


def test_text_is_byte_exact_or_none(tree_root: Path) -> None:
    tree = DiskTree(tree_root)
    assert tree.text("src/a.ts") == tree.text("in.ts") == "a\r\n\udce9"
    for path in (
        "bin.dat",
        "big.ts",
        ".env",
        "out.ts",
        "env.ts",
        "pipe.ts",
        "../secret.ts",
        "none.ts",
        "src",
        "",
        "a\0",
        "/etc/hostname",
    ):
        assert tree.text(path) is None, path


def test_a_root_that_is_not_there_is_an_empty_tree(tmp_path: Path) -> None:
    assert DiskTree(tmp_path / "none").paths() == ()


def test_a_stamp_tells_an_edit_and_counts_only_once_it_has_settled(tree_root: Path) -> None:
    tree, later = DiskTree(tree_root), DiskTree(tree_root, now=lambda: time.time_ns() + 10**10)
    assert "src/a.ts" in tree.paths() and tree.stamp("src/a.ts") is None  # another write could leave it as it is
    later.paths()
    before = later.stamp("src/a.ts")
    status = (tree_root / "src/a.ts").stat()
    (tree_root / "src/a.ts").write_bytes(b"A\r\n\xe9")  # as long as it was
    os.utime(tree_root / "src/a.ts", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert later.stamp("src/a.ts") == before  # what the last listing saw
    later.refresh()
    assert "src/a.ts" in later.paths()
    assert before is not None and later.stamp("src/a.ts") not in (None, before)
    assert later.stamp("none.ts") is None and later.stamp("out.ts") is None
