"""The journal keeps every event of one process at a time, and a kill costs at most the event being written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from beai.core.edits.change import Change, Decision, FileChange, Hunk, Verdict
from beai.core.fault import Fault, FaultKind
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import HunkJudged, Opened, QuestionAnswered, Understood
from beai.core.loop.events.facts import Replied, TestsRan
from beai.core.loop.events.seen import Saved
from beai.core.loop.journal import Entry, Journal, home
from beai.core.loop.remembered import Remembered
from beai.core.project.facts import Span
from beai.core.rulebook.checks.finding import Finding
from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState

FOUND = Finding("any", "implement_principles#P3", "a.ts", 1, 2, Span(1, 3), "`any` \udcff", "Name it.", "any", "")
HUNK = Hunk("a.ts#1", "a.ts", 0, (), ("new\n",), findings=(FOUND,))
EVENTS: tuple[Event, ...] = (
    Opened("BE-S1-001", "drafter", "token"),
    TestsRan(
        1,
        Report(
            1, RunKind.CONFIRMED, (FileOutcome("a.test.ts", (TestOutcome(TestKey("a.test.ts", "x"), TestState.PASS),)),)
        ),
    ),
    Replied(2, Change((FileChange("a.ts", None, "new\n", "", (HUNK,)),), "because")),
    Understood(),
    HunkJudged(Decision("h1", Verdict.REJECTED, "nicht so – 日本語 \x1b[31m \udcff", edited="a\r\n")),
    QuestionAnswered(-1, "both\nof them"),
    Saved(("src/\udcff.ts",)),
)


def opened(folder: Path) -> Journal:
    journal = Journal.open(folder)
    assert isinstance(journal, Journal), journal
    return journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = opened(tmp_path / "state")
    yield journal
    journal.close()


def written(folder: Path, *sessions: tuple[Event, ...]) -> None:
    journal = opened(folder)
    for events in sessions:
        assert journal.begin(1.0) is None
        for at, event in enumerate(events):
            assert journal.append(event, float(at)) is None
    journal.close()


def decided_in(folder: Path) -> tuple[Remembered, ...]:
    journal = opened(folder)
    decided = journal.decisions()
    journal.close()
    assert isinstance(decided, tuple), decided
    return decided


def kept(folder: Path) -> tuple[Entry, ...]:
    journal = opened(folder)
    entries = journal.entries()
    journal.close()
    assert isinstance(entries, tuple), entries
    return entries


def fault(value: object) -> Fault:
    assert isinstance(value, Fault), value
    return value


def test_events_survive_in_order_with_their_times(tmp_path: Path) -> None:
    written(tmp_path, EVENTS)
    assert kept(tmp_path) == tuple(Entry(n, float(n - 1), event) for n, event in enumerate(EVENTS, start=1))


def test_only_the_newest_session_is_given_and_the_older_ones_stay(tmp_path: Path) -> None:
    written(tmp_path, EVENTS, (Understood(),))
    assert [entry.event for entry in kept(tmp_path)] == [Understood()]
    assert _count(tmp_path) == len(EVENTS) + 1


def test_a_reopened_journal_goes_on_with_its_last_session(tmp_path: Path) -> None:
    written(tmp_path, EVENTS[:2])
    journal = opened(tmp_path)
    journal.append(EVENTS[2], 9.0)
    journal.close()
    assert [(entry.seq, entry.event) for entry in kept(tmp_path)] == list(enumerate(EVENTS[:3], start=1))


def test_a_new_journal_has_no_events(journal: Journal) -> None:
    assert journal.entries() == ()


def test_an_event_is_on_disk_before_the_journal_is_closed(tmp_path: Path, journal: Journal) -> None:
    journal.begin(1.0)
    journal.append(Understood(), 2.0)
    assert _count(tmp_path / "state") == 1


def test_the_folder_is_the_persons_alone(tmp_path: Path, journal: Journal) -> None:
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


OTHER = """
import sys
from pathlib import Path
from beai.core.loop.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
print(getattr(journal, "summary", "open"), flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_and_admitted_once_the_first_has_gone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "open\n"
        refused = fault(Journal.open(tmp_path))
        assert (refused.kind, refused.summary) == (FaultKind.REFUSED, "beai is already open on this repository.")
        second = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=True)
        assert second.stdout == "beai is already open on this repository.\n"
        os.kill(first.pid, signal.SIGKILL)
        first.wait(timeout=30)
    opened(tmp_path).close()


def test_it_opens_again_at_once_though_a_process_that_was_begun_meanwhile_still_has_its_files(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # as between fork and exec: it has every open file of ours
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    os.close(reading)
    try:
        journal.close()
        opened(tmp_path).close()
    finally:
        os.close(writing)
        os.waitpid(child, 0)


def test_a_session_of_another_version_is_a_fault_and_stays(tmp_path: Path) -> None:
    written(tmp_path, EVENTS)
    with sqlite3.connect(tmp_path / "journal.db") as database:
        database.execute("UPDATE session SET format = 99")
    journal = opened(tmp_path)
    told = fault(journal.entries())
    assert told.kind is FaultKind.DISK and "--new" in told.remedy
    assert journal.begin(5.0) is None
    assert journal.append(Understood(), 6.0) is None
    entries = journal.entries()
    journal.close()
    assert isinstance(entries, tuple) and [entry.event for entry in entries] == [Understood()]
    assert _count(tmp_path) == len(EVENTS) + 1


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"is": "Unheard"}', '{"is": "Understood", "x": 1', '"Understood"', "null"]
)
def test_an_event_that_cannot_be_read_is_a_fault(tmp_path: Path, line: str) -> None:
    written(tmp_path, (Understood(), Understood()))
    with sqlite3.connect(tmp_path / "journal.db") as database:
        database.execute("UPDATE entry SET event = ? WHERE seq = 2", (line,))
    journal = opened(tmp_path)
    assert fault(journal.entries()).kind is FaultKind.DISK
    journal.close()


def test_a_state_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = fault(Journal.open(tmp_path / "file" / "state"))
    assert told.kind is FaultKind.DISK
    assert "BEAI_STATE" in told.remedy


def test_a_journal_that_is_no_database_is_a_fault_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database" * 100)
    assert fault(Journal.open(tmp_path)).kind is FaultKind.DISK
    assert (tmp_path / "journal.db").read_bytes() == b"not a database" * 100
    (tmp_path / "journal.db").unlink()
    opened(tmp_path).close()


def test_an_event_that_the_disk_refuses_is_a_fault(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.begin(1.0)
    with sqlite3.connect(tmp_path / "journal.db") as database:
        database.execute("DROP TABLE entry")
    told = fault(journal.append(Understood(), 2.0))
    assert told.kind is FaultKind.DISK and "nothing was done" in told.summary
    journal.close()


def test_every_path_to_a_repository_has_the_same_folder(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    (root / "src").mkdir(parents=True)
    (tmp_path / "link").symlink_to(root)
    paths = (root, tmp_path / "link", root / "src" / "..", Path(os.path.relpath(root)))
    assert len({home(tmp_path, path) for path in paths}) == 1


def test_repositories_of_one_name_have_folders_of_their_own(tmp_path: Path) -> None:
    assert home(tmp_path, tmp_path / "a" / "shop") != home(tmp_path, tmp_path / "b" / "shop")


@pytest.mark.parametrize("name", ["/", "/\udcff", "/" + "n" * 250, "/a b/日本", "/…"])
def test_any_name_of_a_repository_makes_one_folder_name(tmp_path: Path, name: str) -> None:
    folder = home(tmp_path, Path(name))
    assert folder.parent == tmp_path
    assert folder.name.isascii() and len(folder.name) < 60


WRITER = """
import sys
from pathlib import Path
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.journal import Journal
from beai.core.loop.remembered import Remembered
journal = Journal.open(Path(sys.argv[1]))
journal.begin(1.0)
for number in range(1_000_000):
    decided = Remembered(f"q{number}", "mark", "Which?", number, "x" * 3000, "BE-1")
    journal.append(QuestionAnswered(number, "x" * 3000), float(number), (decided,))
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [0, 1, 7, 40])
def test_a_journal_killed_while_it_is_written_opens_with_all_that_was_told(tmp_path: Path, after: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == after:
                break
        os.kill(writer.pid, signal.SIGKILL)
        told = max([after, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        writer.wait(timeout=30)
    entries = kept(tmp_path)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [one.choice for one in decided_in(tmp_path)] == list(range(len(entries)))
    assert [entry.event for entry in entries] == [QuestionAnswered(n, "x" * 3000) for n in range(len(entries))]
    assert told + 1 <= len(entries) <= told + 2


def _count(folder: Path) -> int:
    database = sqlite3.connect(folder / "journal.db")
    try:
        return int(database.execute("SELECT count(*) FROM entry").fetchone()[0])
    finally:
        database.close()
