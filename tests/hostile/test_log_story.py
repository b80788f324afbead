"""``beai log``: what happened, by task and step; read while beai is open, hash-chained, and never written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from beai.core.edits.change import Comment, Decision, Verdict, WholeFile
from beai.core.loop.events.deeds import (
    Commented,
    CommitConfirmed,
    Deed,
    Guided,
    HunkJudged,
    Opened,
    StepSkipped,
    Understood,
)
from beai.core.loop.events.facts import Fact
from beai.core.loop.events.seen import Seen
from beai.core.loop.remembered import Remembered
from beai.core.loop.session import Session
from beai.core.loop.step import step
from beai.core.loop.telling.deeds import DEEDS
from beai.core.loop.telling.facts import FACTS
from beai.core.loop.telling.happening import Happening
from beai.core.loop.telling.story import Story, Told
from beai.core.loop.telling.told import told
from beai.core.suggest.exchange import ProposeEdits, Purpose, Reply, Request, Scope
from tests.core.worlds import TASK, Author, World
from tests.kept import Kept


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """One task from its opening to its commit."""
    kept = Kept(tmp_path_factory.mktemp("whole"))
    kept.drive()
    return kept


def lines(kept: Kept, *words: str) -> list[dict[str, object]]:
    """What ``--json`` prints."""
    done = kept.command("log", "--json", *words)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def of(found: list[dict[str, object]], what: str) -> list[dict[str, object]]:
    """Those of one kind."""
    return [one for one in found if one["what"] == what]


def test_a_task_is_told_from_its_opening_to_its_commit_by_who_did_what_in_which_step(whole: Kept) -> None:
    rows = [" ".join(line.split()[1:]) for line in whole.command("log").stdout.splitlines() if line.startswith("  ")]
    for row in (
        "understand person opened beai; drafter is asked",
        "cases person approved 2 cases: C1 adds a note · C2 rejects an empty note",
        "red C1 drafter proposes 1 hunk in src/notes.test.ts",
        "red C1 person accepted src/notes.test.ts:2 +1 −0",
        "red C1 beai wrote: src/notes.test.ts aa0c5f441ec0 → a3d082e982a7",
        "red C1 beai RED C1 adds a note: expected wordC1",
        "green C1 beai GREEN C1 adds a note",
        "refactor C1 beai waived: refactor C1 (nothing to improve)",
        "commit person confirmed the commit as it was shown: feat(notes): add notes.add",
    ):
        assert row in rows
    assert rows.index("red C1 beai RED C1 adds a note: expected wordC1") < rows.index(
        "green C1 beai GREEN C1 adds a note"
    )
    assert f"{TASK.id} · session 1 · 2023-11-14" in whole.command("log").stdout.splitlines()


def test_json_holds_paths_with_hashes_the_tests_message_the_commit_and_the_five_lights(whole: Kept) -> None:
    found = lines(whole)
    red, commit, done = of(found, "red")[0], of(found, "commit")[0], of(found, "done")[0]
    assert red["facts"]["message"] == "expected wordC1" and red["facts"]["test"]["file"] == "src/notes.test.ts"
    assert (red["task"], red["step"], red["case"], red["who"]) == (TASK.id, "red", "C1", "beai")
    files = [file for one in of(found, "write") for file in one["facts"]["files"]]
    assert len(files) == 5 and all(len(file["after"]) == 64 for file in files)
    assert len(commit["facts"]["sha"]) == 40 and commit["facts"]["branch"] == "feature/x"
    assert len(done["facts"]["lights"]) == 5
    assert of(found, "commit confirmed")[0]["facts"]["message"].startswith("feat(notes): add notes.add")


def test_every_line_has_the_hash_of_its_event_and_hashes_begin_the_lines_that_people_read(whole: Kept) -> None:
    journal = whole.read()
    kept = {link.seq: link.hash for link in journal.links()}
    journal.close()
    assert all(one["hash"] == kept[one["seq"]] for one in lines(whole))
    first = whole.command("log", "--hashes").stdout.splitlines()[1]
    assert first.split()[0] == kept[1][:12]


def test_little_news_is_told_only_to_who_wants_everything(whole: Kept) -> None:
    assert not [one for one in lines(whole) if one["quiet"]]
    every = lines(whole, "--all")
    assert of(every, "repository read") and {one["seq"] for one in every} == set(range(1, len(whole.events()) + 1))


def before(kept: Kept, kind: type) -> Session:
    """The session as it stood when the first event of ``kind`` came."""
    session = Session()
    for event in kept.events():
        if isinstance(event, kind):
            return session
        session, _ = step(session, event)
    raise AssertionError(f"there is no {kind}")


def said(session: Session, event: object) -> tuple[Happening, ...]:
    """What is told of one event there."""
    return told(session, event, step(session, event)[0])


def test_a_hunk_is_told_with_its_reason_its_edit_and_the_warning_it_was_accepted_against(whole: Kept) -> None:
    session = before(whole, HunkJudged)
    assert session.cycle is not None and session.cycle.review is not None
    (hunk,) = session.cycle.review.change.hunks()
    (no,) = said(session, HunkJudged(Decision(hunk.id, Verdict.REJECTED, "use the fixture")))
    assert (no.what, no.who, no.text) == ("rejected", "person", "rejected src/notes.test.ts:2 +1 −0: use the fixture")
    (own,) = said(session, HunkJudged(Decision(hunk.id, Verdict.ACCEPTED, edited="mine\n")))
    assert own.text.startswith("accepted with words of their own") and own.facts["edited"] is True
    warned = replace(hunk, warnings=("takes an assertion away",))
    file = replace(session.cycle.review.change.files[0], hunks=(warned,))
    review = replace(session.cycle.review, change=replace(session.cycle.review.change, files=(file,)))
    session = replace(session, cycle=replace(session.cycle, review=review))
    (against,) = said(session, HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)))
    assert "against the warning “takes an assertion away”" in against.text
    (comment,) = said(session, Commented(Comment(hunk.id, "why here?")))
    assert comment.text == "said of src/notes.test.ts:2 +1 −0: why here?"


def test_a_deed_at_the_wrong_time_is_told_quietly_as_without_effect(whole: Kept) -> None:
    (nothing,) = said(before(whole, HunkJudged), CommitConfirmed())
    assert (nothing.what, nothing.quiet) == ("without effect", True)
    (stale,) = said(Session(), next(event for event in whole.events() if type(event).__name__ == "TestsRan"))
    assert stale.what == "without effect"


def test_words_to_the_suggester_and_steps_left_out_are_told_with_their_words(whole: Kept) -> None:
    session = before(whole, HunkJudged)
    assert said(session, Guided("use a map"))[0].text == "tells the suggester: use a map"
    skipped = said(replace(session, phase=session.phase), StepSkipped("no time"))
    assert skipped[0].who == "person"


def test_every_kind_of_event_that_is_kept_has_words_of_its_own() -> None:
    assert {*get_args(Deed), *get_args(Fact), *get_args(Seen)} == {*DEEDS, *FACTS}


class Vacuous(Author):
    """Writes a first test that passes at once."""

    def __call__(self, request: Request) -> Reply:
        """As its kind does, but for that."""
        reply = super().__call__(request)
        if not isinstance(reply, ProposeEdits) or request.purpose is not Purpose.TEST:
            return reply
        (edit,) = reply.edits
        assert isinstance(edit, WholeFile)
        return replace(reply, edits=(replace(edit, text=edit.text.replace("wordC1", "old")),))


def test_a_question_is_told_with_its_options_and_its_answer_with_what_was_chosen(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.drive(World(author=Vacuous()))
    found = lines(kept)
    question, answer = of(found, "question")[0], of(found, "answered")[0]
    assert question["who"] == "beai" and len(question["facts"]["options"]) > 1 and question["facts"]["topic"]
    assert answer["who"] == "person" and answer["facts"]["topic"] == question["facts"]["topic"]
    assert answer["facts"]["option"] == question["facts"]["options"][0]["label"]


def test_sessions_that_take_turns_are_told_as_each_of_them_is_by_itself(tmp_path: Path, whole: Kept) -> None:
    """Only a few sessions are held at once, however many a journal has."""
    kept, events = Kept(tmp_path), whole.events()[:10]
    writer = kept.open()
    for event in events:
        for session in range(1, 8):
            writer.resume(session) if event is not events[0] else writer.begin(1.0)
            assert writer.append(event, 2.0) is None
    writer.close()
    journal = kept.read()
    every = list(Story(journal).tell())
    for session in range(1, 8):
        alone = [_shape(one) for one in Story(journal).tell(session)]
        assert alone == [_shape(one) for one in every if one.link.session == session]
    assert len({tuple(_shape(one)[1] for one in every if one.link.session == n) for n in range(1, 8)}) == 1
    journal.close()


def _shape(one: Told) -> tuple[int, tuple[str, ...], str]:
    return one.link.seq, tuple(what.text for what in one.happenings), one.step.value


def test_a_story_begins_before_the_journal_is_read_to_its_end(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Understood())
    kept.change(
        """WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
        INSERT INTO entry SELECT i, 1, i, 2.0, event, '', '' FROM n, entry WHERE number = 1"""
    )
    journal = kept.read()
    story = Story(journal).tell()
    assert next(story).link.seq == 1
    kept.change("DELETE FROM entry WHERE number > 500")
    assert sum(1 for _ in story) == 499, "no more than one batch was taken ahead"
    journal.close()


def test_a_task_a_session_and_a_time_can_be_asked_for(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    for number in (1, 2, 3):
        kept.write(Opened(f"BE-{number}", "drafter", "token"), at=1_700_000_000.0 + 86_400 * number)
    assert [one["session"] for one in lines(kept, "--task", "BE-2")] == [2]
    assert [one["session"] for one in lines(kept, "--session", "3")] == [3]
    assert [one["session"] for one in lines(kept, "--since", "2023-11-16T12:00")] == [2, 3]
    assert [one["session"] for one in lines(kept, "--since", "20000d")] == [1, 2, 3]
    none = kept.command("log", "--session", "9")
    assert (none.exit_code, none.stderr) == (2, "beai: There is no session 9. The newest is 3.\n")
    none = kept.command("log", "--task", "BE-9")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "beai: Nothing was kept of task BE-9.\n")
    assert kept.command("log", "--since", "soon").exit_code == 2


def test_without_a_journal_nothing_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    done = kept.command("log")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "beai: Nothing was kept yet.\n")
    done = kept.command("log", "--check")
    assert (done.exit_code, done.stdout) == (0, "Nothing was kept yet, so there is no chain.\n")
    assert not kept.folder.exists()


def test_it_is_read_while_beai_is_open_there_and_nothing_is_written(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    writer = kept.open()
    writer.begin(1.0)
    writer.append(Opened("BE-1", "drafter", "token"), 2.0)
    held = (kept.folder / "journal.db").read_bytes()
    assert len(lines(kept)) == 1
    assert kept.command("log", "--check").exit_code == 0
    assert (kept.folder / "journal.db").read_bytes() == held
    assert writer.append(Understood(), 3.0) is None
    writer.close()


def test_check_says_that_the_chain_holds_and_knows_a_hash_that_was_noted(whole: Kept) -> None:
    done = whole.command("log", "--check")
    head, count = done.stdout.split()[-1].rstrip("."), len(whole.events())
    assert (done.exit_code, done.stdout) == (0, f"The chain holds over {count} events; the newest hash is {head}.\n")
    assert whole.command("log", "--check", "--contains", head[:16].upper()).exit_code == 0
    gone = whole.command("log", "--check", "--contains", "f" * 64)
    assert gone.exit_code == 1 and "the journal is not the one it was noted from" in gone.stdout
    assert json.loads(whole.command("log", "--check", "--json").stdout) == {
        "holds": True,
        "events": count,
        "head": head,
    }
    assert whole.command("log", "--contains", head).exit_code == 2


def test_check_says_exactly_where_the_chain_breaks(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE-1", "drafter", "token"), Understood(), Understood())
    kept.change("UPDATE entry SET event = replace(event, 'BE-1', 'BE-2') WHERE seq = 1")
    done = kept.command("log", "--check")
    assert done.exit_code == 1
    when = datetime.fromtimestamp(1_700_000_000).astimezone().isoformat(" ")
    where = f"The chain breaks at session 1, event 1 ({when})."
    assert done.stdout == f"{where} Its text, time or place is not what was kept.\n"
    found = json.loads(kept.command("log", "--check", "--json").stdout)
    assert (found["holds"], found["session"], found["seq"]) == (False, 1, 1)


def test_sessions_of_another_version_are_named_and_the_others_told(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE-1", "drafter", "token"))
    kept.write(Opened("BE-2", "drafter", "token"))
    kept.change("UPDATE session SET format = 1 WHERE id = 1")
    done = kept.command("log")
    assert "beai: Session 1 was kept by another version of beai and is not told.\n" in done.stderr
    assert "BE-2" in done.stdout and "BE-1" not in done.stdout
    assert "Session 1 was kept by another version" in kept.command("log", "--check").stderr


def test_an_event_that_cannot_be_read_is_told_and_ends_the_story_of_its_session_alone(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE-1", "drafter", "token"), Understood(), Understood())
    kept.write(Opened("BE-2", "drafter", "token"))
    kept.change("UPDATE entry SET event = '{' WHERE session = 1 AND seq = 2")
    assert [(one["session"], one["seq"], one["what"]) for one in lines(kept)] == [
        (1, 1, "opened"),
        (1, 2, "unread"),
        (2, 1, "opened"),
    ]


def test_text_from_outside_cannot_move_the_terminal(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE\x1b[2J\r\n1", "dra\x07fter\u202e", "token"))
    done = kept.command("log")
    assert done.exit_code == 0 and not set("\x1b\x07\r\u202e") & set(done.stdout)
    assert len(done.stdout.splitlines()) == 2


def test_followed_it_goes_on_with_what_happens_until_it_is_stopped(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE-1", "drafter", "token"))
    words = [sys.executable, "-m", "beai.tui.main", "log", str(kept.root), "--follow", "--json"]
    env = {"BEAI_STATE": str(kept.state), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=env) as following:
        assert following.stdout is not None
        assert json.loads(following.stdout.readline())["task"] == "BE-1"
        kept.write(Opened("BE-2", "drafter", "token"))
        assert json.loads(following.stdout.readline())["task"] == "BE-2"
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=30) == 130


def decided(kept: Kept) -> Remembered:
    """A decision in the ledger, for the whole project."""
    one = Remembered("schema", "m" * 16, "Which\x1b[31m index?", 0, "the unique one", "BE-1", Scope.PROJECT)
    journal = kept.open()
    assert journal.append(Understood(), 1_700_000_000.0, (one,)) is None
    journal.close()
    return one


def test_what_was_decided_is_listed_with_its_key_and_taken_back_by_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.command("log", "--decisions").stderr == "beai: Nothing was decided that is kept.\n"
    kept.write(Opened("BE-1", "drafter", "token"))
    one = decided(kept)
    told = kept.command("log", "--decisions").stdout
    assert one.key in told and "for the project, in BE-1  Which index?" in told and "the unique one" in told
    (plain,) = (json.loads(line) for line in kept.command("log", "--decisions", "--json").stdout.splitlines())
    assert (plain["key"], plain["scope"], plain["by"], plain["text"]) == (one.key, "project", "person", one.text)
    assert kept.command("log", "--decisions", "--task", "BE-2").stdout == ""
    unknown = kept.command("log", "--forget", "nothing")
    assert unknown.exit_code == 2 and unknown.stderr.count("\n") == 1
    assert "asked again" in kept.command("log", "--forget", one.key).stderr
    assert kept.command("log", "--decisions").stdout == ""
    assert kept.command("log", "--check").exit_code == 0


def test_a_decision_is_not_taken_back_while_beai_is_open_there(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE-1", "drafter", "token"))
    one, writer = decided(kept), kept.open()
    assert kept.command("log", "--forget", one.key).stderr.startswith("beai: beai is already open")
    assert one.key in kept.command("log", "--decisions").stdout
    writer.close()
