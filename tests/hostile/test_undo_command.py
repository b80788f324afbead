"""``beai undo``: takes back what was written last, writes it again, lists it, and never touches later work."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beai.core.edits.change import Change, Decision, FileChange, Receipt, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.store import Store
from beai.core.fault import Fault
from beai.core.loop.events.deeds import Opened
from beai.core.loop.journal import Journal, home
from beai.tui.main import main


class Repository:
    """A repository in which two tasks were worked on: each wrote one file."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "shop", folder / "state"
        self.root.mkdir()
        subprocess.run(("git", "init", "-q"), cwd=self.root, check=True, timeout=30)
        (self.root / "a.ts").write_text("one\ntwo\n")
        self.folder = home(self.state, self.root)
        self.store = Store(self.root, self.folder)
        self.write("BE-1", file_change("a.ts", "one\ntwo\n", "ONE\ntwo\nthree\n"))
        self.write("BE-2", file_change("new/b.ts", None, "b\n"))

    def write(self, task: str, *files: FileChange) -> None:
        journal = Journal.open(self.folder)
        assert not isinstance(journal, Fault)
        journal.begin(1.0)
        journal.append(Opened(task, "drafter", "nonce"), 1.0)
        change = Change(files)
        decisions = [Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks()]
        assert isinstance(self.store.apply(change, decisions, session=str(journal.session)), Receipt)
        journal.close()

    def undo(self, *words: str) -> Result:
        done = CliRunner().invoke(main, ["undo", str(self.root), *words], env={"BEAI_STATE": str(self.state)})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def files(self) -> dict[str, str]:
        found = (path for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {str(path.relative_to(self.root)): path.read_text() for path in found}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_the_newest_write_is_taken_back_then_the_one_before_then_there_is_none(repository: Repository) -> None:
    first = repository.undo("--yes")
    assert (first.exit_code, first.stdout, first.stderr) == (0, "", "beai: Taken back: new/b.ts.\n")
    assert repository.files() == {"a.ts": "ONE\ntwo\nthree\n"}
    assert repository.undo("-y").exit_code == 0
    assert repository.files() == {"a.ts": "one\ntwo\n"}
    last = repository.undo("-y")
    assert (last.exit_code, last.stderr) == (1, "beai: There is no write to take back.\n")


def test_what_was_taken_back_last_is_written_again_first(repository: Repository) -> None:
    for words in (["-y"], ["-y"], ["--redo", "-y"]):
        assert repository.undo(*words).exit_code == 0
    assert repository.files() == {"a.ts": "ONE\ntwo\nthree\n"}
    assert repository.undo("--redo", "-y").stderr == "beai: Written again: new/b.ts.\n"
    assert repository.files() == {"a.ts": "ONE\ntwo\nthree\n", "new/b.ts": "b\n"}
    none = repository.undo("--redo", "-y")
    assert (none.exit_code, none.stderr) == (1, "beai: Nothing was taken back that could be written again.\n")


def test_every_write_is_listed_with_its_task_and_its_lines(repository: Repository) -> None:
    repository.undo("-y")
    told = json.loads(repository.undo("--list", "--json").stdout)
    assert [(one["task"], one["undone"], one["files"]) for one in told["writes"]] == [
        ("BE-2", True, [{"path": "new/b.ts", "added": 1, "removed": 0}]),
        ("BE-1", False, [{"path": "a.ts", "added": 2, "removed": 1}]),
    ]
    shown = repository.undo("--list").stdout.splitlines()
    assert shown[0].endswith("  BE-2  (taken back)") and shown[1:2] + shown[3:] == [
        "  new/b.ts  +1 -0",
        "  a.ts  +2 -1",
    ]


def test_all_writes_of_a_task_are_taken_back_at_once_and_json_says_so(repository: Repository) -> None:
    repository.write("BE-1", file_change("c.ts", None, "c\n"))
    told = json.loads(repository.undo("--all-of", "BE-1", "--json", "--yes").stdout)
    assert [one["files"][0]["path"] for one in told["writes"]] == ["c.ts", "a.ts"]
    assert all(one["undone"] for one in told["writes"])
    assert repository.files() == {"a.ts": "one\ntwo\n", "new/b.ts": "b\n"}
    assert repository.undo("--all-of", "BE-9", "-y").exit_code == 1
    assert repository.undo("--redo", "-y").exit_code == 0
    assert set(repository.files()) == {"a.ts", "new/b.ts", "c.ts"}


def test_a_file_that_changed_since_is_named_and_nothing_is_touched(repository: Repository) -> None:
    (repository.root / "new/b.ts").write_text("mine\n")
    done = repository.undo("-y")
    assert (
        done.exit_code == 1 and "new/b.ts changed since, in the lines" in done.stderr and done.stderr.count("\n") == 1
    )
    assert "Ask again" not in done.stderr
    assert repository.files() == {"a.ts": "ONE\ntwo\nthree\n", "new/b.ts": "mine\n"}


def test_later_lines_of_one_file_stay_and_the_others_are_taken_back_whole(repository: Repository) -> None:
    repository.write(
        "BE-3", file_change("a.ts", "ONE\ntwo\nthree\n", "ONE\ntwo\n3\n"), file_change("c.ts", None, "c\n")
    )
    (repository.root / "a.ts").write_text("ONE\n// mine\ntwo\n3\n// mine too\n")
    asked = repository.undo()
    assert asked.exit_code == 2 and "beai: a.ts: your later lines stay.\n" in asked.stderr
    done = repository.undo("-y")
    assert done.stderr == "beai: Taken back: a.ts, c.ts.\nbeai: a.ts: your later lines stay.\n"
    assert repository.files()["a.ts"] == "ONE\n// mine\ntwo\nthree\n// mine too\n" and "c.ts" not in repository.files()
    again = json.loads(repository.undo("--redo", "--yes", "--json").stdout)
    assert again["stay"] == [] and repository.files()["a.ts"] == "ONE\n// mine\ntwo\n3\n// mine too\n"
    assert json.loads(repository.undo("--yes", "--json").stdout)["stay"] == ["a.ts"]
    whole = repository.undo("-y", "--all-of", "BE-1")
    assert (whole.exit_code, repository.files()["a.ts"]) == (0, "one\n// mine\ntwo\n// mine too\n"), whole.stderr


def test_a_file_with_later_work_in_the_same_lines_is_left_out_where_the_person_says_so(repository: Repository) -> None:
    repository.write(
        "BE-3", file_change("a.ts", "ONE\ntwo\nthree\n", "ONE\ntwo\n3\n"), file_change("c.ts", None, "c\n")
    )
    (repository.root / "a.ts").write_text("ONE\ntwo\nmine\n")
    refused = repository.undo("-y")
    assert (
        refused.exit_code == 1 and "--but a.ts leaves it as now; the rest (c.ts) can be taken back." in refused.stderr
    )
    assert repository.undo("-y", "--but", "zzz.ts").exit_code == 2 and "c.ts" in repository.files()
    assert repository.undo("-y", "--but", "a.ts").stderr == "beai: Taken back: c.ts.\n"
    assert repository.files()["a.ts"] == "ONE\ntwo\nmine\n" and "c.ts" not in repository.files()


def test_without_a_terminal_it_shows_and_asks_for_a_yes(repository: Repository) -> None:
    done = repository.undo()
    assert done.exit_code == 2 and done.stdout == ""
    assert "new/b.ts  +1 -0" in done.stderr and "--yes" in done.stderr.splitlines()[-1]
    assert "new/b.ts" in repository.files()


def test_json_asks_nobody_and_so_writes_nothing_without_a_yes(repository: Repository) -> None:
    for words in (["--json"], ["--json", "--all-of", "BE-1"]):
        done = repository.undo(*words)
        assert (done.exit_code, done.stdout) == (2, "") and "--yes" in done.stderr
    assert "new/b.ts" in repository.files()
    assert repository.undo("-y").exit_code == 0
    again = repository.undo("--json", "--redo")
    assert (again.exit_code, again.stdout) == (2, "") and "new/b.ts" not in repository.files()


@pytest.mark.parametrize("words", [["--list"], ["--list", "--json"], ["-y"], ["-y", "--json"], []], ids=" ".join)
def test_a_write_whose_images_are_damaged_is_told_and_not_shown_as_one_without_files(
    repository: Repository, words: list[str]
) -> None:
    newest = max((repository.folder / "writes").glob("*.done"))
    newest.write_bytes(newest.read_bytes()[:-1])
    done = repository.undo(*words)
    assert (done.exit_code, done.stdout) == (1, "") and "could not be" in done.stderr
    assert "new/b.ts" in repository.files()


def test_an_open_beai_keeps_the_writes_but_not_the_list(repository: Repository) -> None:
    journal = Journal.open(repository.folder)
    assert not isinstance(journal, Fault)
    refused, listed = repository.undo("-y"), repository.undo("--list")
    journal.close()
    assert refused.exit_code == 1 and "already open" in refused.stderr
    assert listed.exit_code == 0 and "a.ts  +2 -1" in listed.stdout


@pytest.mark.parametrize("words", [["--list"], ["--list", "--json"], ["-y"]], ids=" ".join)
def test_what_a_crash_left_is_put_back_and_said_by_the_list_too(repository: Repository, words: list[str]) -> None:
    assert isinstance(repository.store.overwrite("a.ts", "half\n"), Receipt)
    assert isinstance(repository.store.overwrite("new/b.ts", "half\n"), Receipt)
    (repository.root / "new/b.ts").write_text("mine\n")
    done = repository.undo(*words)
    assert done.stderr.splitlines()[:2] == [
        "beai: A write that was interrupted was put back: a.ts.",
        "beai: A write that was interrupted was left as you saved it: new/b.ts.",
    ]
    assert repository.files()["a.ts"] == "ONE\ntwo\nthree\n" and repository.files()["new/b.ts"] == "mine\n"


def test_a_repository_that_beai_never_wrote_to_leaves_no_trace(tmp_path: Path) -> None:
    subprocess.run(("git", "init", "-q", "bare"), cwd=tmp_path, check=True, timeout=30)
    for words in (["--list"], ["-y"], ["--redo", "-y"]):
        done = CliRunner().invoke(
            main, ["undo", str(tmp_path / "bare"), *words], env={"BEAI_STATE": str(tmp_path / "s")}
        )
        assert done.exit_code == (0 if words == ["--list"] else 1)
    assert not (tmp_path / "s").exists()
    assert CliRunner().invoke(main, ["undo", "--redo", "--all-of", "X"]).exit_code == 2
