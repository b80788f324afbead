"""RECORD proposes what was observed and decided, each line with what it rests on, and never edits a rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from beai.core.edits.change import Change, Decision, Verdict, WholeFile
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.match import match
from beai.core.edits.policy import refuse_edit
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import HunkJudged, ReviewClosed
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.lights import lit
from beai.core.loop.reasoned import reasoned
from beai.core.loop.session import Session
from beai.core.project.context import read_context, with_item
from beai.core.project.facts import Project, RuleFile
from beai.core.project.tasks import read_tasks
from beai.core.record.done import Lit
from beai.core.record.edits import Kept, Recorded, record_edits
from beai.core.record.knowledge import lessons
from beai.core.record.story import Story, Struggle
from beai.core.record.work import CaseFact, Observed
from beai.core.runner.report import TestKey
from beai.core.suggest.delegated import YOURS, yours
from beai.core.suggest.exchange import (
    Answer,
    Card,
    CaseIdea,
    CaseKind,
    Decider,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
    Scope,
)
from beai.core.suggest.local import Recorder
from beai.core.text import shortened
from beai.rules import shipped
from beai.tui.main import main
from tests.core.test_engine import OPENED, begin
from tests.core.worlds import PROJECT, TASK_FILE, TEST_FILE, World

__all__ = ["begin"]
TODAY = date(2025, 11, 20)
TASKS = "## BE-1: Add a product\r\n\r\n- **Status**: Open\r\n\r\n## BE-2: Other\r\n\r\n- **Status**: Completed\r\n"
CONTEXT = (
    "# Active context\n\n## Active decisions\n\n- Owners alone write.\n\n## Blockers\n\nNone.\n\n"
    "## Next steps\n\n1. BE-1: add\n\n## Recent changes\n\n- 2025-11-01: begun.\n"
)
LESSONS = "---\nalwaysApply: false\n---\n\n# Lessons\n\n## Entries\n\n### Old\n- **Date:** 2025-01-01\n"
ERRORS = "# Errors\r\n\r\n## Entries\r\n\r\nNone yet.\r\n"
PLACE = ".cursor/rules/ie_ai"
KEY = TestKey("a.test.ts", "wishlist > C1 adds once")
CASE = CaseFact(
    "C1", True, KEY, text="adds once", red=Observed(3, 1.0, "expected 1"), green=Observed(6, 61.0, "passes")
)
WRONG = "Wrong red: it does not load.\nTypeError: db.item is undefined\n  at a.test.ts:3"
STORY = Story((CASE,), (Struggle("C1", "the test", 1, WRONG, 2, 5.0),), "Vitest 3.2.4", 9, 90.0, 12, 0)
WIDE = Answer("dup", 0, "CONFLICT", "Which code says a duplicate?", Scope.PROJECT, cites=("@backend#B2",))


def project(*rules: RuleFile) -> Project:
    tasks, context = read_tasks("tasks/be.md", TASKS), read_context("tasks/active_context.md", CONTEXT)
    return Project("shop", tasks=tasks, context=context, rules=rules)


def rule(name: str, text: str) -> RuleFile:
    return RuleFile(f"{PLACE}/{name}.mdc", name, text=text)


OWN = (rule("lessons_learned", LESSONS), rule("error_documentation", ERRORS))


def kept(*rules: RuleFile, story: Story = STORY, answers: tuple[Answer, ...] = (WIDE,), **more: str) -> Kept:
    made = project(*rules)
    files = {"tasks/be.md": TASKS, "tasks/active_context.md": CONTEXT, **more}
    cases = (("C1", CaseIdea("adds once", CaseKind.HAPPY)),)
    ours = tuple(RuleFile(name, name.removesuffix(".mdc"), text=text, shipped=True) for name, text in shipped())
    return Kept(made.tasks[0], made, files, TODAY, cases, story, answers, shipped=ours)


def change(recorded: Recorded, files: dict[str, str]) -> Change:
    made = match(recorded.edits, files.get)
    assert isinstance(made, Change)
    return reasoned(made, recorded.whys)


def test_each_line_of_the_record_is_a_hunk_of_its_own_with_what_it_rests_on() -> None:
    one = kept(*OWN)
    made = change(record_edits(one), dict(one.texts))
    said = {"".join(hunk.new).strip(): hunk.why for hunk in made.hunks() if hunk.file == "tasks/active_context.md"}
    assert said == {
        "- Which code says a duplicate? CONFLICT. (BE-1)": (
            "answer to “Which code says a duplicate?”, for the project, answered by the person"
        ),
        "1. BE-1: add (done)": "BE-1 is named as a next step, and it is done",
        "- 2025-11-20: BE-1 is done: Add a product (1 test case).": (
            "C1 red in run 3, green in run 6 · run 9: 12 tests, none failing"
        ),
    }
    assert all(hunk.why for hunk in made.hunks())


def test_answers_that_touch_are_decided_one_by_one() -> None:
    other = replace(WIDE, topic="page", text="20", issue="How long is a page?", scope=Scope.SPRINT)
    one = kept(answers=(WIDE, other))
    made = change(record_edits(one), dict(one.texts))
    ours = [hunk for hunk in made.hunks() if "(BE-1)" in "".join(hunk.new)]
    assert len(ours) == 2
    file = next(file for file in made.files if file.path == "tasks/active_context.md")
    text = assemble(file, {ours[1].id: Decision(ours[1].id, Verdict.ACCEPTED)})
    assert text == CONTEXT.replace("alone write.\n", "alone write.\n- How long is a page? 20. (BE-1)\n")


def test_what_the_ledger_said_or_what_holds_for_the_task_is_not_recorded_again() -> None:
    told = (replace(WIDE, scope=Scope.TASK), replace(WIDE, by=Decider.LEDGER))
    assert [edit.file for edit in record_edits(kept(*OWN, answers=told, story=Story((CASE,)))).edits] == [
        "tasks/be.md",
        "tasks/active_context.md",
    ]


def test_what_blocked_the_task_is_put_among_the_blockers_with_the_answer() -> None:
    met = Answer("dependencies:BE-1", 0, "Go on all the same", "BE-1: waits for BE-0.", asks=Card.DEPENDENCIES)
    edits = record_edits(kept(answers=(met,))).edits
    text = next(edit.text for edit in edits if isinstance(edit, WholeFile) and edit.file == "tasks/active_context.md")
    assert "## Blockers\n\n- BE-1: waits for BE-0. BE-1 went on: Go on all the same\n\n## Next" in text


@pytest.mark.parametrize(
    ("issue", "line"),
    [
        (
            "BE-1: blocked by BE-0 (Open); blocked, as the active context says: BE-1 waits.",
            "BE-1: blocked by BE-0 (Open). ",
        ),
        ("BE-1: blocked, as the active context says: BE-1 waits.", ""),
    ],
)
def test_a_blocker_does_not_say_again_what_the_context_says_of_it(issue: str, line: str) -> None:
    edits = record_edits(kept(answers=(Answer("dependencies:BE-1", 0, "Go on", issue, asks=Card.DEPENDENCIES),))).edits
    text = next(edit.text for edit in edits if isinstance(edit, WholeFile) and edit.file == "tasks/active_context.md")
    assert f"## Blockers\n\n- {line}BE-1 went on: Go on\n" in text


def test_a_long_question_is_cut_after_a_whole_word() -> None:
    long = replace(WIDE, issue=f"The task says {'one thing and '.ljust(70)}another one, and so on")
    (lesson,) = (one for one, _ in lessons(kept().task, (replace(long, scope=Scope.PROJECT),), kept().today))
    assert lesson.topic.endswith("…") and set(lesson.topic[:-1].split()) <= set(long.issue.replace(",", "").split())
    assert shortened("twelve words", 8) == "twelve…" and shortened("word", 8) == "word"
    assert shortened("oneverylongword", 8) == "oneveryl"[:7] + "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# C\n", "# C\n\n## Decisions\n\n- x\n"),
        ("", "## Decisions\n\n- x\n"),
        ("# C\r\n\r\n## Decisions\r\n\r\n* a\r\n* b\r\n", "# C\r\n\r\n## Decisions\r\n\r\n* a\r\n* b\r\n* x\r\n"),
        ("## Decisions\n\n## Next\n", "## Decisions\n\n- x\n\n## Next\n"),
        ("## Decisions\n\nWords.\n", "## Decisions\n\nWords.\n\n- x\n"),
    ],
)
def test_an_item_is_added_in_the_style_of_its_section(text: str, expected: str) -> None:
    assert with_item(text, "decisions", "x") == expected


def proposals(made: Recorded) -> list[WholeFile]:
    return [edit for edit in made.edits if isinstance(edit, WholeFile) and edit.file.startswith("tasks/proposals/")]


def test_rules_are_proposed_for_in_files_of_their_own_and_never_edited() -> None:
    made = record_edits(kept(*OWN))
    assert all(edit.file.startswith("tasks/") for edit in made.edits)
    lesson, error = proposals(made)
    assert lesson.file == "tasks/proposals/rule_update_lessons_learned_2025-11-20.md"
    assert error.file == "tasks/proposals/rule_update_error_documentation_2025-11-20.md"
    assert f"- **Target:** `{PLACE}/lessons_learned.mdc`, below the heading “Entries”, newest first" in lesson.text
    assert "- **Why:** answer to “Which code says a duplicate?”" in lesson.text
    assert "+- **Lesson/Insight/Decision:** Which code says a duplicate? CONFLICT." in lesson.text
    assert "+- **Error Symptom/Message:** TypeError: db.item is undefined · at a.test.ts:3" in error.text
    assert "+- **Confirmed Root Cause:** Not confirmed by anyone" in error.text
    assert "Try 1 at the test, run 2: Wrong red: it does not load." in error.text


BACKEND = "# Backend\n\n## B1 Names\n\n- Short.\n\n## B2 Errors\n\n- One code each.\n\n### More\n\nx\n\n## B3 End\n"


@pytest.mark.parametrize(
    ("cited", "where", "context"),
    [
        (
            "@backend#B2",
            "at the end of “B2 Errors”",
            " x\n \n+- Which code says a duplicate? CONFLICT. (BE-1)\n+\n ## B3 End",
        ),
        ("@backend B3", "at the end of “B3 End”", " ## B3 End\n+\n+- Which code says a duplicate? CONFLICT. (BE-1)"),
        ("@backend", "at its end", " ## B3 End\n+\n+- Which code says a duplicate? CONFLICT. (BE-1)"),
        ("@backend#Z9", "at its end", " ## B3 End\n+\n+- Which code says a duplicate? CONFLICT. (BE-1)"),
    ],
)
def test_an_answer_for_the_project_is_proposed_to_the_rule_that_it_rests_on(
    cited: str, where: str, context: str
) -> None:
    answer = replace(WIDE, cites=("docs/tdp.md", cited))
    found = [
        one
        for one in proposals(record_edits(kept(rule("backend", BACKEND), answers=(answer,))))
        if "backend" in one.file
    ]
    assert [one.file for one in found] == ["tasks/proposals/rule_update_backend_2025-11-20.md"]
    assert f"- **Target:** `{PLACE}/backend.mdc`, {where}" in found[0].text and context in found[0].text


def test_a_rule_that_says_so_already_or_is_not_the_project_s_gets_no_proposal() -> None:
    said = rule("backend", f"{BACKEND}\n- Which code says a duplicate? CONFLICT. (BE-1)\n")
    for rules in ((said,), ()):
        assert not [one for one in proposals(record_edits(kept(*rules))) if "backend" in one.file]


def test_a_decision_that_was_delegated_is_recorded_as_what_was_advised_and_else_not_at_all() -> None:
    for text, told in ((yours("CONFLICT"), "- Which code says a duplicate? CONFLICT. (BE-1)"), (yours(""), "")):
        answer = replace(WIDE, text=text, by=Decider.DELEGATED)
        edits = record_edits(kept(answers=(answer,))).edits
        context = next(one.text for one in edits if isinstance(one, WholeFile) and one.file.endswith("context.md"))
        assert (told in context) if told else ("duplicate" not in context)
        assert YOURS not in context


def test_a_second_proposal_of_a_day_takes_another_name_and_what_stands_there_is_not_proposed_again() -> None:
    first = proposals(record_edits(kept(*OWN)))[0]
    again = proposals(record_edits(kept(*OWN, **{first.file: first.text})))[0]
    assert again.file == "tasks/proposals/rule_update_lessons_learned_2025-11-20_2.md"
    known = rule("lessons_learned", LESSONS + "\n### Which code says a duplicate?\n- **Date:** 2025-11-19\n")
    assert [edit.file for edit in proposals(record_edits(kept(known, OWN[1])))] == [
        "tasks/proposals/rule_update_error_documentation_2025-11-20.md"
    ]


def reviewed(root: Path, *arguments: str) -> dict[str, Any]:
    """What ``beai review`` says of a proposal, as JSON."""
    done = CliRunner().invoke(
        main, ["review", "--root", str(root), "--json", *arguments], env={"BEAI_STATE": str(root.parent / "state")}
    )
    assert done.exit_code in (0, 3), done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


LESSON = """### Which code says a duplicate?
- **Date:** 2025-11-20
- **Topic/Pattern:** Which code says a duplicate?
- **Context/Source:** BE-1, a question that was answered by the person, @backend#B2
- **Lesson/Insight/Decision:** Which code says a duplicate? CONFLICT.
- **Implications/Action:** Holds for later tasks of the project; the same question is answered so, and says from where.
- **Keywords:** CONFLICT
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LESSONS, LESSONS.replace("### Old", f"{LESSON}\n### Old")),
        (LESSONS.replace("\n", "\r\n"), LESSONS.replace("### Old", f"{LESSON}\n### Old").replace("\n", "\r\n")),
        ("# Lessons\n\n## Entries\n\nNone yet.\n", f"# Lessons\n\n## Entries\n\n{LESSON}"),
        ("# Lessons", f"# Lessons\n\n{LESSON}".rstrip("\n")),
        (
            f"# Lessons\n\n{LESSON.replace('duplicate', 'twin')}",
            f"# Lessons\n\n{LESSON}\n{LESSON.replace('duplicate', 'twin')}",
        ),
    ],
    ids=["newest first", "CRLF", "none yet", "no line end", "no heading"],
)
def test_beai_review_applies_a_proposal_to_the_rule_byte_for_byte(tmp_path: Path, before: str, after: str) -> None:
    """rule files: init file frontmatter, CRLF and a missing line end stay as they are."""
    root = tmp_path / "shop"
    target = root / PLACE / "lessons_learned.mdc"
    target.parent.mkdir(parents=True)
    target.write_bytes(before.encode())
    one = proposals(record_edits(kept(rule("lessons_learned", before.replace("\r\n", "\n")), story=Story((CASE,)))))[0]
    path = root / one.file
    path.parent.mkdir(parents=True)
    path.write_text(one.text)
    shown = reviewed(root, str(path))
    assert target.read_bytes() == before.encode() and shown["left"] == []
    (file,) = shown["files"]
    (hunk,) = file["hunks"]
    assert file["path"] == f"{PLACE}/lessons_learned.mdc"
    assert any("rule file" in warning for warning in hunk["warnings"])
    reviewed(root, "--accept", hunk["id"], str(path))
    assert target.read_bytes().decode() == after


def test_where_only_ours_is_shipped_the_proposal_makes_the_project_s_own_file_in_its_form(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    one = proposals(record_edits(kept(rule("backend", "# B\n"), story=Story((CASE,)))))[0]
    path = root / one.file
    path.parent.mkdir(parents=True)
    path.write_text(one.text)
    assert "the file is new, and begins as the shipped rule of this name" in one.text
    (file,) = reviewed(root, str(path))["files"]
    assert file["new"] is True
    reviewed(root, "--accept", file["hunks"][0]["id"], str(path))
    made = (root / PLACE / "lessons_learned.mdc").read_text()
    form = dict(shipped())["lessons_learned.mdc"]
    assert made == form.replace("None yet.\n", LESSON)


def test_text_that_holds_fences_is_applied_as_it_is(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    target = root / PLACE / "error_documentation.mdc"
    target.parent.mkdir(parents=True)
    target.write_bytes(ERRORS.encode())
    said = "Wrong red: no.\n```ts\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n````"
    story = replace(STORY, struggles=(replace(STORY.struggles[0], said=said),))
    one = proposals(record_edits(kept(*OWN, story=story, answers=())))[0]
    path = root / one.file
    path.parent.mkdir(parents=True)
    path.write_text(one.text)
    (file,) = reviewed(root, str(path))["files"]
    assert file["path"] == f"{PLACE}/error_documentation.mdc" and len(file["hunks"]) == 1
    reviewed(root, "--accept", file["hunks"][0]["id"], str(path))
    text = target.read_bytes().decode()
    assert text.startswith("# Errors\r\n\r\n## Entries\r\n\r\n### ") and "None yet" not in text
    assert text.count("\r\n") == text.count("\n")


class Now:
    """A clock that stands."""

    def now(self) -> float:
        return 1763640000.0


def recording() -> World:
    """A world whose record is our own recorder's, on a task file and a context of their own, with a rule of its own."""
    text = "# Tasks\n\n## BE-S1-001: Add `notes.add`\n\n- **Status:** Open\n"
    task = replace(read_tasks(TASK_FILE, text)[0], criteria=PROJECT.tasks[0].criteria, text=PROJECT.tasks[0].text)
    context = read_context("tasks/active_context.md", CONTEXT)
    world = World(project=replace(PROJECT, tasks=(task,), context=replace(context, branch="feature/x"), rules=OWN))
    world.files |= {TASK_FILE: text, context.path: CONTEXT, OWN[0].path: LESSONS, OWN[1].path: ERRORS}
    world.recorder = Recorder(Now(), shipped())
    return world


async def test_a_headless_run_that_accepts_everything_never_touches_a_rule(begin) -> None:
    world = recording()
    world.suggester = FakeSuggester(answer=_stumbling(world))
    run = begin(world)
    run.engine.post(OPENED)
    lines = []
    code = await drive(run.engine, YES, lines.append)
    assert code is Exit.DONE, lines[-1]["outcome"]["waits"]
    made = [path for path in world.files if path.startswith("tasks/proposals/")]
    assert made == ["tasks/proposals/rule_update_error_documentation_2025-11-20.md"]
    assert (world.files[OWN[0].path], world.files[OWN[1].path]) == (LESSONS, ERRORS)
    assert "Wrong red" in world.files[made[0]] and "Status:** Done" in world.files[TASK_FILE]
    assert [light.state for light in lit(run.engine.session)] == [Lit.LIT] * 5
    await run.close()


def test_no_reply_may_write_a_rule_file_into_the_record() -> None:
    for path in (OWN[0].path, "AGENTS.md", "tasks/../.cursor/rules/x.mdc", ".cursorrules"):
        assert refuse_edit(WholeFile(path, "x"), Purpose.RECORD) is not None


async def test_a_declined_hunk_is_remembered_with_its_reason_and_the_rest_is_written(begin) -> None:
    world = recording()
    run = begin(world)
    run.engine.post(OPENED)
    await drive(run.engine, replace(YES, hunks=None), lambda _: None)
    while (session := run.engine.session).cycle is None or session.cycle.purpose is not Purpose.RECORD:
        await run.post(*_accepting(session))
        await drive(run.engine, replace(YES, hunks=None, commit=None), lambda _: None)
    hunks = session.cycle.review.change.hunks()
    context = [hunk.id for hunk in hunks if hunk.file == "tasks/active_context.md"]
    no = [HunkJudged(Decision(id, Verdict.REJECTED, "the wiki has it")) for id in context]
    yes = [HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)) for hunk in hunks if hunk.id not in context]
    session = await run.post(*no, *yes, ReviewClosed())
    assert world.files["tasks/active_context.md"] == CONTEXT and "Status:** Done" in world.files[TASK_FILE]
    assert lit(session)[2].state is Lit.WAIVED
    assert lit(session)[2].evidence == "tasks/active_context.md left out: the wiki has it"
    assert any(one.what == "record tasks/active_context.md" for one in session.waivers)
    await run.close()


def _accepting(session: Session) -> tuple[Event, ...]:
    hunks = session.cycle.review.change.hunks() if session.cycle and session.cycle.review else ()
    return (*(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)) for hunk in hunks), ReviewClosed())


def _stumbling(world: World) -> Callable[[Request], Reply]:
    """A suggester whose first test of a case does not load."""
    stumbled: list[str] = []

    def answer(request: Request) -> Reply:
        if request.purpose is Purpose.TEST and not stumbled:
            stumbled.append(request.case_id)
            return ProposeEdits((WholeFile(TEST_FILE, (request.source(TEST_FILE) or "") + "SYNTAX\n"),))
        reply = world.author(request)
        if request.purpose is Purpose.TEST and isinstance(reply, ProposeEdits):
            edits = (WholeFile(one.file, one.text.replace("SYNTAX\n", "")) for one in reply.edits)
            return replace(reply, edits=tuple(edits))
        return reply

    return answer
