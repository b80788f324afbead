"""``beai log --cost``: what was spent, by task, session, step and model; read while beai is open, and never written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beai.core.fault import Fault
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Opened, Resumed
from beai.core.loop.events.facts import Cancelled, Failed
from beai.core.loop.events.seen import ModelAsked, ModelSpent
from beai.core.loop.journal import FORMAT, Journal, home
from beai.core.suggest.progress import Price, Sending, Spending
from beai.tui.main import main

CLAUDE = Spending("anthropic/claude", "cases", "", 10_000, 500, 8_000, 0.04, first=1.0, seconds=11.0)
CODE = Spending("anthropic/claude", "code", "C1", 12_000, 900, 9_000, 0.05, first=2.0, seconds=20.0)
STOPPED = Spending("company/model", "code", "C1", 3_000, 40, cost=None, estimated=True, seconds=4.0, ended="cancelled")
LOCAL = Spending("ollama/qwen", "test", "C2", 2_000, 300, cost=0.0, first=0.5, seconds=6.5)


class Repository:
    """A repository with a journal."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "shop", folder / "state"
        self.root.mkdir()
        subprocess.run(("git", "init", "-q"), cwd=self.root, check=True, timeout=30)
        self.folder = home(self.state, self.root)

    def open(self) -> Journal:
        journal = Journal.open(self.folder)
        assert not isinstance(journal, Fault)
        return journal

    def session(self, *events: Event, at: float = 1_700_000_000.0) -> None:
        journal = self.open()
        journal.begin(at)
        for second, event in enumerate(events):
            assert journal.append(event, at + second) is None
        journal.close()

    def log(self, *words: str) -> Result:
        done = CliRunner().invoke(main, ["log", str(self.root), *words], env={"BEAI_STATE": str(self.state)})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def data(self, *words: str) -> dict[str, object]:
        done = self.log("--cost", "--json", *words)
        assert done.exit_code == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found

    def digest(self) -> str:
        return hashlib.sha256((self.folder / "journal.db").read_bytes()).hexdigest()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    opened = Opened("BE-1", "anthropic/claude", "nonce")
    made.session(opened, ModelSpent(CLAUDE, "BE-1"), ModelSpent(CODE, "BE-1"), ModelSpent(STOPPED, "BE-1"))
    made.session(Opened("BE-2", "ollama/qwen", "nonce"), ModelSpent(LOCAL, "BE-2"), at=1_700_100_000.0)
    return made


def test_every_task_has_its_sums_by_session_step_and_model(repository: Repository) -> None:
    done = repository.log("--cost")
    assert done.exit_code == 0 and done.stderr == ""
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert rows[0] == "BE-1 requests in cached out cost time tok/s"
    assert rows[1].startswith("session 1, 2023-11-")
    assert rows[1].endswith(" 3 25.0k 17.0k 1.4k ≥ $0.09 35s 50 1 cancelled")
    assert "cases 1 10.0k 8.0k 500 $0.04 11s 50" in rows
    assert "code C1 2 15.0k 9.0k 940 ≥ $0.05 24s 50 1 cancelled" in rows
    assert "anthropic/claude 2 22.0k 17.0k 1.4k $0.09 31s 50" in rows
    assert "company/model 1 3.0k – 40 $? 4.0s – 1 cancelled" in rows
    assert "ollama/qwen 1 2.0k – 300 $0.00 6.5s 50" in rows
    assert "all tasks 4 27.0k 17.0k 1.7k ≥ $0.09 42s 50 1 cancelled" in rows
    assert "No price is known for 1 request; they are not in the cost." in rows


def test_the_columns_are_straight(repository: Repository) -> None:
    lines = [line for line in repository.log("--cost").stdout.splitlines() if "tok/s" in line or "$" in line]
    ends = lines[0].index("tok/s") + len("tok/s")
    assert len(lines) == 13 and all(line[ends - 1] != " " and line[ends : ends + 1] in ("", " ") for line in lines)


def test_one_task_can_be_asked_for(repository: Repository) -> None:
    found = repository.data("--task", "BE-2")
    assert [task["task"] for task in found["tasks"]] == ["BE-2"] and found["total"]["requests"] == 1
    none = repository.log("--cost", "--task", "BE-9")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "beai: Nothing was sent to a model for task BE-9.\n")


def test_json_has_exact_figures_and_marks_what_is_not_known(repository: Repository) -> None:
    found = repository.data()
    first, second = found["tasks"]
    assert (first["cost"], first["unpriced"], first["estimated"]) == (0.09, 1, 1)
    assert first["ended"] == {"done": 2, "cancelled": 1}
    assert first["models"][1]["model"] == "company/model" and first["models"][1]["cost"] is None
    assert (second["cost"], second["unpriced"], second["tokens_per_second"]) == (0.0, 0, 50.0)
    assert first["sessions"] == [{**first["sessions"][0], "session": 1, "began": 1_700_000_000.0}]
    assert [(step["purpose"], step["case"]) for step in first["steps"]] == [("cases", ""), ("code", "C1")]
    assert found["total"]["tokens_in"] == 27_000


def test_it_is_read_while_beai_is_open_there_and_nothing_is_written(repository: Repository) -> None:
    writer = repository.open()
    writer.begin(1_700_200_000.0)
    writer.append(ModelSpent(LOCAL, "BE-3"), 1_700_200_001.0)
    before = repository.digest()
    assert [task["task"] for task in repository.data()["tasks"]] == ["BE-1", "BE-2", "BE-3"]
    assert repository.digest() == before
    assert writer.append(ModelSpent(LOCAL, "BE-3"), 1_700_200_002.0) is None
    assert repository.data()["total"]["requests"] == 6
    writer.close()


def test_a_session_of_another_version_is_told_and_the_others_are_counted(repository: Repository) -> None:
    with sqlite3.connect(repository.folder / "journal.db") as connection:
        connection.execute("UPDATE session SET format = 99 WHERE id = 1")
        entry = "INSERT INTO entry (session, seq, at, event, hash) VALUES (?, ?, 0, ?, '')"
        connection.execute(entry, (2, 90, '{"spending":{"model":3},"x":"ModelSpent"}'))
        connection.execute("INSERT INTO session (format, began) VALUES (?, 5)", (FORMAT,))
        connection.execute(entry, (3, 1, '{"nothing":"of ours","is":"ModelSpent"}'))
    connection.close()
    done = repository.log("--cost")
    assert done.exit_code == 0 and "BE-2" in done.stdout and "BE-1" not in done.stdout
    assert "Session 1 is not counted" in done.stderr and "Session 3 is not counted" in done.stderr
    assert [one["session"] for one in repository.data()["unread"]] == [1, 3]


def test_a_request_whose_end_nobody_heard_is_counted_by_its_size_and_marked(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    asked = ModelAsked(Sending("anthropic/claude", "code", "C1", 7_000, Price(0.00001, 0.00003)), "BE-1")
    repository.session(Opened("BE-1", "m", "n"), asked, Resumed("m"), asked, Failed(1, Fault("model", "no")), asked)
    found = repository.data()["total"]
    assert (found["requests"], found["lost"], found["cost"], found["ended"]) == (2, 2, 0.14, {"lost": 2})
    assert "Of 2 requests no end was heard, or not yet" in repository.log("--cost").stdout


def test_a_request_that_was_stopped_is_counted_once(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    asked = ModelAsked(Sending("company/model", "code", "C1", 3_000), "BE-1")
    repository.session(Opened("BE-1", "m", "n"), asked, ModelSpent(STOPPED, "BE-1"), Cancelled(3), Resumed("m"))
    assert repository.data()["total"]["ended"] == {"cancelled": 1}


def test_without_a_session_there_is_nothing_and_that_is_an_answer(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    done = repository.log("--cost")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "beai: Nothing was sent to a model.\n")
    assert repository.data()["tasks"] == [] and not repository.folder.exists()


def test_a_file_that_is_no_journal_ends_in_one_sentence(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.folder.mkdir(parents=True)
    (repository.folder / "journal.db").write_bytes(b"not a database, though it is long enough to look at" * 40)
    done = repository.log("--cost")
    assert done.exit_code == 1 and done.stderr.startswith("beai: ") and done.stderr.count("\n") == 1


def test_names_from_outside_are_printed_on_one_line_without_control_characters(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    evil = Spending("evil\x1b[31m\nmodel" + "x" * 500, "co\nde", "C\x071", 1, 1, cost=0.0)
    repository.session(ModelSpent(evil, "BE\r\n1"))
    done = repository.log("--cost")
    assert done.exit_code == 0 and not set("\x1b\x07\r") & set(done.stdout)
    assert len(done.stdout.splitlines()) == 6 and max(map(len, done.stdout.splitlines())) < 130


LOOSE = (
    "CREATE TABLE loose AS SELECT * FROM {0}",
    "DROP TABLE {0}",
    "ALTER TABLE loose RENAME TO {0}",
)  # columns without a kind, which hold anything
TAMPERED = [
    ("entry", "at = 'x'"),
    ("entry", "at = 1e300"),
    ("entry", "at = 9e999"),
    ("entry", "at = NULL"),
    ("entry", "event = x'ff00'"),
    ("entry", "event = CAST(x'ff00' AS TEXT)"),
    ("entry", "event = 7"),
    ("entry", "seq = 'q'"),
    ("entry", "seq = 1.5"),
    ("entry", "number = 'n'"),
    ("entry", "session = 'n'"),
    ("entry", "hash = x'00'"),
    ("session", "began = 'y'"),
    ("session", "last = 'z'"),
    ("session", "head = 1"),
]


@pytest.mark.parametrize(("table", "change"), TAMPERED, ids=[f"{table}: {change}" for table, change in TAMPERED])
def test_values_that_were_never_kept_break_the_chain_and_stop_no_command(
    repository: Repository, table: str, change: str
) -> None:
    with sqlite3.connect(repository.folder / "journal.db") as database:
        for statement in (*(one.format(table) for one in LOOSE), f"UPDATE {table} SET {change}"):
            database.execute(statement)
    assert repository.log("--check").exit_code == 1
    found = json.loads(repository.log("--check", "--json").stdout, parse_constant=pytest.fail)
    assert found["holds"] is False and found["why"]
    for words in ((), ("--json",), ("--decisions",), ("--cost",), ("--session", "1"), ("--all", "--hashes")):
        assert repository.log(*words).exit_code in (0, 1), words


def test_a_hash_that_is_none_is_not_contained(repository: Repository) -> None:
    assert repository.log("--check", "--contains", "\udcff").exit_code == 1


def test_a_journal_that_is_made_takes_no_values_of_other_kinds(repository: Repository) -> None:
    with sqlite3.connect(repository.folder / "journal.db") as database, pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE entry SET at = 'x'")
