"""No test runs before the person agreed to the configuration, and none by itself once that has changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import Agree, Effect, ReadProject, RunTests
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Opened, QuestionAnswered, RerunAsked, Retried, Understood
from beai.core.loop.events.facts import Agreed, Failed, ProjectRead, TestsRan
from beai.core.loop.events.seen import Saved
from beai.core.loop.headless import YES, next_deed
from beai.core.loop.journal import home
from beai.core.loop.session import Session
from beai.core.loop.step import step
from beai.core.project.configuration import read_configuration
from beai.core.project.facts import Configuration, Project, RunnerChoice, RunnerName
from beai.core.runner.report import Report, RunKind
from beai.core.trust import Ledger
from tests.core.worlds import PROJECT

BASE = Report(1, RunKind.CONFIRMED, (), at=1.0)
CONFIG = "vitest.config.ts"
AGREED = Configuration(((CONFIG, "1"),))
NEW = replace(AGREED, agreed=False)
CHANGED = Configuration(((CONFIG, "2"),), agreed=False, changed=(CONFIG,))


@dataclass
class Told:
    """A session that is told one event after another, with the effect in flight."""

    session: Session = field(default_factory=Session)

    def after(self, *events: Event) -> Effect | None:
        """What is in flight after ``events``; the facts among them answer what is in flight."""
        for event in events:
            ticketed = hasattr(event, "ticket")
            self.session, _ = step(self.session, replace(event, ticket=self.session.ticket) if ticketed else event)
        return self.session.pending


def read(configuration: Configuration) -> ProjectRead:
    return ProjectRead(0, replace(PROJECT, configuration=configuration))


def at_baseline(configuration: Configuration = AGREED) -> Told:
    told = Told()
    told.after(Opened("", "fake", "tok"), read(configuration))
    return told


def at_rest() -> Told:
    told = at_baseline()
    told.after(TestsRan(0, BASE))
    assert told.session.standing == BASE and told.session.pending is None
    return told


def test_a_repository_that_was_never_agreed_to_is_asked_about_before_anything_runs() -> None:
    told = at_baseline(NEW)
    assert told.session.pending is None and told.session.question is not None
    assert told.session.question.question.topic.startswith("trust:")
    assert "for the first time" in told.session.question.question.issue
    assert told.after(QuestionAnswered(0)) == Agree(NEW)
    assert isinstance(told.after(Agreed(0)), RunTests)


def test_not_now_runs_nothing_and_asking_again_is_the_persons() -> None:
    told = at_baseline(NEW)
    assert told.after(QuestionAnswered(1)) is None
    assert told.session.question is None and "t asks again" in told.session.notice
    assert told.after(Understood(), Saved(("src/a.ts",))) is None
    assert told.session.question is None
    assert told.after(Retried()) is None
    assert told.session.question is not None


def test_what_was_agreed_to_runs_unasked() -> None:
    assert isinstance(at_baseline().session.pending, RunTests)


@pytest.mark.parametrize("path", [CONFIG, "package.json", "packages/api/jest.config.js", ".npmrc"])
def test_a_save_of_configuration_is_read_and_asked_about(path: str) -> None:
    told = at_rest()
    assert told.after(Saved((path,))) == ReadProject()
    assert told.after(read(CHANGED)) is None
    assert told.session.question is not None and CONFIG in told.session.question.question.issue
    assert told.after(QuestionAnswered(0), Agreed(0)) is None
    assert told.session.question is None


def test_a_save_of_configuration_that_changes_nothing_of_a_run_asks_nothing() -> None:
    told = at_rest()
    assert told.after(Saved(("package.json",)), read(AGREED)) is None
    assert told.session.question is None


def test_a_save_that_the_person_did_not_let_run_stays_unjudged() -> None:
    told = at_rest()
    told.after(Saved((CONFIG,)), read(CHANGED), QuestionAnswered(1))
    assert told.session.unjudged == (CONFIG,)


def test_a_save_of_a_source_is_no_question_of_trust() -> None:
    assert at_rest().after(Saved(("src/notes.ts",))) is None


def test_a_run_that_is_due_while_the_configuration_is_unread_waits_for_it() -> None:
    told = at_rest()
    told.session = replace(told.session, unread=True, fault=Fault(FaultKind.GIT, "shown"))
    assert told.after(RerunAsked(everything=True)) == ReadProject()
    assert told.after(read(CHANGED)) is None
    assert isinstance(told.after(QuestionAnswered(0), Agreed(0)), RunTests)


def test_a_start_that_was_refused_on_the_last_look_is_asked_about() -> None:
    told = at_baseline()
    assert told.after(Failed(0, Fault(FaultKind.REFUSED, "not what you agreed to"))) == ReadProject()
    assert told.after(read(CHANGED)) is None
    assert told.session.question is not None
    assert isinstance(told.after(QuestionAnswered(0), Agreed(0)), RunTests)


def test_answers_written_beforehand_decide_by_the_topic() -> None:
    session = at_baseline(NEW).session
    assert next_deed(session, YES) is None
    assert next_deed(session, replace(YES, questions=(("trust", 1),))) == QuestionAnswered(0)


@dataclass(frozen=True)
class Files:
    """A tree in memory."""

    held: dict[str, str]

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.held))

    def text(self, path: str) -> str | None:
        return self.held.get(path)


LOCK = """{"packages": {
  "node_modules/vitest": {
    "integrity": "a"
  },


  "node_modules/zod": {
    "integrity": "b"
  }
}}
"""
FILES = {
    "package.json": '{"scripts": {"test": "vitest"}, "dependencies": {"zod": "1"}}',
    "package-lock.json": LOCK,
    CONFIG: "import plugin from './build/plugin'\nexport default { test: { setupFiles: ['./tests/setup.ts'] } }",
    "build/plugin.ts": "export * from '../lib/deep.js'",
    "lib/deep.ts": "export default 1",
    "tests/setup.ts": "import '../src/db'",
    "src/db.ts": "export {}",
    "src/db.test.ts": "it('is')",
}
VITEST = RunnerChoice(RunnerName.VITEST, "", "it is there")


MATTERS = {
    "a script": {"package.json": '{"scripts": {"test": "vitest; sh x"}, "dependencies": {"zod": "1"}}'},
    "the configuration": {CONFIG: FILES[CONFIG] + "\n"},
    "what it imports": {"build/plugin.ts": "export * from '../lib/deep.js' // other"},
    "what that imports": {"lib/deep.ts": "export default 2"},
    "a setup file": {"tests/setup.ts": "import '../src/evil'"},
    "npm's settings": {".npmrc": "script-shell=x"},
    "the runner's own hash": {"package-lock.json": FILES["package-lock.json"].replace('"a"', '"c"')},
    "another configuration": {"vite.config.mts": "export default {}"},
}
IS_ORDINARY = {
    "a source": {"src/db.ts": "export const a = 1"},
    "a test": {"src/db.test.ts": "it('is not')"},
    "a dependency": {"package.json": FILES["package.json"].replace('"1"', '"2"')},
    "another package's hash": {"package-lock.json": FILES["package-lock.json"].replace('"b"', '"c"')},
}


@pytest.mark.parametrize("changes", MATTERS.values(), ids=MATTERS)
def test_what_decides_how_tests_run_is_asked_about_again(changes: dict[str, str], tmp_path: Path) -> None:
    ledger = Ledger(home(tmp_path, tmp_path))
    before, after = (read_configuration(Files(files), "", VITEST) for files in (FILES, FILES | changes))
    assert not ledger.compared("", before).agreed
    assert ledger.agree("", before) is None
    assert ledger.compared("", before).agreed
    compared = ledger.compared("", after)
    assert not compared.agreed and compared.changed == tuple(changes)


@pytest.mark.parametrize("changes", IS_ORDINARY.values(), ids=IS_ORDINARY)
def test_ordinary_work_is_not_asked_about(changes: dict[str, str]) -> None:
    assert read_configuration(Files(FILES), "", VITEST) == read_configuration(Files(FILES | changes), "", VITEST)


def test_each_package_is_agreed_to_by_itself(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.agree("packages/api", AGREED) is None
    assert ledger.compared("packages/api", AGREED).agreed
    assert not ledger.compared("packages/web", AGREED).agreed
    (tmp_path / "trust.json").write_text("{")
    assert not ledger.compared("packages/api", AGREED).agreed


def test_a_project_is_agreed_to_unless_it_says_otherwise() -> None:
    assert Project("x").configuration.agreed
