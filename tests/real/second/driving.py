"""The drafter driven by hand through a backend on disk: each test is seen red, each draft is seen green."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.edits.change import Change, Edit
from beai.core.edits.match import match
from beai.core.files import DiskTree
from beai.core.project.layout import read
from beai.core.project.sources import sources
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
    before: Ran
    code: Reply
    failing: tuple[str, ...]


@dataclass
class Backend:
    """A backend below ``root`` whose tests are run by ``runner``, both from its package folder."""

    root: Path
    runner: tuple[str, ...]
    answers: tuple[Answer, ...] = ()

    @property
    def package(self) -> Path:
        return self.root / read(DiskTree(self.root), "x").package

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
        return [self.step(task_id, case_id, case, named) for case_id, case in named]

    def step(self, task_id: str, case_id: str, case: CaseIdea, named: tuple[tuple[str, CaseIdea], ...]) -> Step:
        about = {"case_id": case_id, "case": case, "cases": named}
        test = draft(replace(self.request(task_id, Purpose.TEST), **about))
        assert isinstance(test, ProposeEdits), test
        file = next(path for path in self.apply(test.edits) if _TEST.search(path))
        before = self.run(file)
        procedure = paths_in(self.request(task_id, Purpose.TEST).task.description)[0].rpartition(".")[2]
        mine = [ran for name, ran in before.items() if name.endswith(f"{procedure} {case_id} {case.text}")]
        assert len(mine) == 1, f"{case_id} ran {len(mine)} times in {sorted(before)}"
        others = [name for name, ran in before.items() if not ran.passed and ran is not mine[0]]
        assert not others, f"the test of {case_id} broke {others}"
        code = draft(replace(self.request(task_id, Purpose.CODE), **about))
        if isinstance(code, ProposeEdits):
            self.apply(code.edits)
        return Step(case.text, mine[0], code, tuple(name for name, ran in self.run(file).items() if not ran.passed))

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
        package = self.package
        command = [word.replace("FILE", os.path.relpath(self.root / file, package)) for word in self.runner]
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, timeout=120, check=False)
        assert "{" in done.stdout, done.stderr
        found = json.loads(done.stdout[done.stdout.index("{") :])
        broken = [one["message"] for one in found["testResults"] if not one["assertionResults"]]
        assert not broken, broken
        return {
            test["fullName"]: Ran(test["status"] == "passed", "\n".join(test["failureMessages"]))
            for one in found["testResults"]
            for test in one["assertionResults"]
        }

    def typed(self) -> str:
        """What the compiler has against the package; nothing is the aim."""
        command = ["node_modules/.bin/tsc", "--noEmit"]
        done = subprocess.run(command, cwd=self.package, capture_output=True, text=True, timeout=120, check=False)
        return done.stdout + done.stderr


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
