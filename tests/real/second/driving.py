"""The drafter driven by hand through a backend on disk: each test is seen red, each draft is seen green.

The backend's test runner and its compiler are kept between runs and between tests, for to start them costs more than
what they do. The first red of a task, and how the task leaves its tests, are seen by the backend's own command too.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.edits.change import Change, Edit
from beai.core.edits.match import match
from beai.core.files import DiskTree
from beai.core.project.facts import RunnerName
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunKind, RunRequest, TestState
from beai.core.runner.runners import RUNNERS
from beai.core.suggest.drafter import draft
from beai.core.suggest.drafter.evidence import paths_in
from beai.core.suggest.exchange import (
    Answer,
    CaseIdea,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
)

_COMPILER = Path(__file__).with_name("compiler.mjs")
_TEST = re.compile(r"\.(?:test|spec)\.ts$")
_RIGHT = re.compile(r"AssertionError|No procedure found on path|^Error: (?:expected|promise|expect\()", re.MULTILINE)
_WRONG = re.compile(r"Mock not set|SyntaxError|Cannot find|is not a function|TypeError|timed out")


@dataclass(frozen=True)
class Ran:
    """How one test ended."""

    passed: bool
    message: str

    @property
    def right_red(self) -> bool:
        """Whether an assertion failed, or the procedure under test was missing, and nothing else was the matter."""
        return not self.passed and bool(_RIGHT.search(self.message)) and not _WRONG.search(self.message)


@dataclass(frozen=True)
class Step:
    """One case: how its new test ended before the code, what the drafter said for code, and what failed after it."""

    text: str
    file: str
    before: Ran
    code: Reply
    failing: tuple[str, ...]


class Hot:
    """The runner and the compiler of the package at one place, waited for by tests that are no coroutines."""

    def __init__(self, root: Path, package: str, runner: RunnerName) -> None:
        self.root = root
        self._package = root / package
        self._loop = asyncio.Runner()
        self._tests = DrivenTests(root, package, RUNNERS[runner])
        self._compiler: subprocess.Popen[str] | None = None

    def run(self, file: str) -> Report:
        """Run one test file in a process that outlives runs."""
        request = RunRequest(RunKind.PROVISIONAL, (file,))
        report = self._loop.run(asyncio.wait_for(self._tests.run(request, lambda _: None), 120))
        assert isinstance(report, Report), report
        return report

    def typed(self) -> str:
        """What the compiler has against the package as it is on disk."""
        if self._compiler is None:
            command = ["node", str(_COMPILER), str(self._package)]
            self._compiler = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._compiler.stdin is not None and self._compiler.stdout is not None
        self._compiler.stdin.write("\n")
        self._compiler.stdin.flush()
        answer = self._compiler.stdout.readline()
        assert answer, "the compiler has ended"
        return str(json.loads(answer))

    def close(self) -> None:
        """End both."""
        self._loop.run(self._tests.close())
        self._loop.close()
        if self._compiler is not None:
            self._compiler.communicate(timeout=60)


@dataclass
class Backend:
    """A backend below ``root`` whose tests are run by ``hot``, and by ``command`` from its package folder."""

    root: Path
    hot: Hot
    command: tuple[str, ...]
    answers: tuple[Answer, ...] = ()

    def request(self, task_id: str, purpose: Purpose) -> Request:
        tree = DiskTree(self.root)
        project = read(tree, "x")
        task = project.task(task_id)
        assert task is not None, f"{task_id} was not read; there are {[one.id for one in project.tasks]}"
        return Request(purpose, task, project, sources(tree, project, task), answers=self.answers)

    def cases(self, task_id: str) -> Reply:
        return draft(self.request(task_id, Purpose.CASES))

    def complete(self, task_id: str) -> list[Step]:
        """Every case of the task in turn, test before code."""
        proposed = self.cases(task_id)
        assert isinstance(proposed, ProposeCases), proposed
        named = tuple((f"C{number}", case) for number, case in enumerate(proposed.cases, start=1))
        steps = [self.step(task_id, case_id, case, named) for case_id, case in named]
        for file in {step.file for step in steps}:
            self.confirm(file, self.run(file))
        return steps

    def step(self, task_id: str, case_id: str, case: CaseIdea, named: tuple[tuple[str, CaseIdea], ...]) -> Step:
        about = {"case_id": case_id, "case": case, "cases": named}
        test = draft(replace(self.request(task_id, Purpose.TEST), **about))
        assert isinstance(test, ProposeEdits), test
        file = next(path for path in self.apply(test.edits) if _TEST.search(path))
        before = self.run(file)
        if case_id == named[0][0]:
            self.confirm(file, before)
        procedure = paths_in(self.request(task_id, Purpose.TEST).task.description)[0].rpartition(".")[2]
        mine = [ran for name, ran in before.items() if name.endswith(f"{procedure} {case_id} {case.text}")]
        assert len(mine) == 1, f"{case_id} ran {len(mine)} times in {sorted(before)}"
        others = [name for name, ran in before.items() if not ran.passed and ran is not mine[0]]
        assert not others, f"the test of {case_id} broke {others}"
        code = draft(replace(self.request(task_id, Purpose.CODE), **about))
        after = before
        if isinstance(code, ProposeEdits):
            self.apply(code.edits)
            after = self.run(file)
        return Step(case.text, file, mine[0], code, tuple(name for name, ran in after.items() if not ran.passed))

    def apply(self, edits: tuple[Edit, ...]) -> tuple[str, ...]:
        """Write what the edits make; the files that changed."""
        change = match(edits, DiskTree(self.root).text)
        assert isinstance(change, Change), change
        for file in change.files:
            target = self.root / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.after or "")
        return tuple(file.path for file in change.files)

    def run(self, file: str) -> dict[str, Ran]:
        """Run one test file; every test by its full name."""
        report = self.hot.run(file)
        broken = [error.message for one in report.files for error in one.errors]
        assert not broken, broken
        assert not report.unhandled, report.unhandled
        return {
            test.key.name.replace(" > ", " "): Ran(
                test.state is TestState.PASS, "\n".join(f"{error.name}: {error.message}" for error in test.errors)
            )
            for test in report.tests()
        }

    def confirm(self, file: str, seen: dict[str, Ran]) -> None:
        """Run one test file by the backend's own command as well: each test must end as it was ``seen`` to."""
        package = self.root / read(DiskTree(self.root), "x").package
        command = [word.replace("FILE", os.path.relpath(self.root / file, package)) for word in self.command]
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, timeout=120, check=False)
        assert "{" in done.stdout, done.stderr
        told = json.loads(done.stdout[done.stdout.index("{") :])["testResults"]
        ends = {test["fullName"]: test["status"] == "passed" for one in told for test in one["assertionResults"]}
        assert ends == {name: ran.passed for name, ran in seen.items()}, done.stdout

    def typed(self) -> str:
        """What the compiler has against the package; nothing is the aim."""
        return self.hot.typed()


def anew(root: Path, source: Path) -> None:
    """Make ``root`` a copy of ``source`` again, but for its packages, which stay."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != "node_modules"]
        for name in files:
            Path(folder, name).unlink()
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "*.py", "compiler.mjs")
    shutil.copytree(source, root, ignore=ignored, dirs_exist_ok=True)


def honest(steps: list[Step]) -> None:
    """Each test was red for the right reason, then green; only what the builder refuses passes at once."""
    for step in steps:
        assert not step.failing, f"“{step.text}” left {step.failing} failing"
        if step.before.passed:
            assert isinstance(step.code, NothingToDo), f"“{step.text}” passed at once"
            assert "no session" in step.text or "role" in step.text, f"“{step.text}” passed at once"
        else:
            assert step.before.right_red, f"“{step.text}” was red for a wrong reason: {step.before.message}"
            assert isinstance(step.code, ProposeEdits), step.code
    assert not steps[0].before.passed
