"""A small world for the loop's tests: one task, a workspace in memory, and a runner that reads it.

Its task file is also its active context, so that one write of the record keeps both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from beai.core.edits.change import WholeFile
from beai.core.loop.fakes.checkers import FakeSchemas, FakeTypes
from beai.core.loop.fakes.clock import FakeClock
from beai.core.loop.fakes.repository import FakeRepository
from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.fakes.workspace import FakeWorkspace, digest
from beai.core.loop.ports import Ports
from beai.core.project.facts import (
    ActiveContext,
    ApiMap,
    Builder,
    Criterion,
    Project,
    RepoState,
    Router,
    RunnerChoice,
    RunnerName,
    Task,
)
from beai.core.runner.report import FileOutcome, RunRequest, TestError, TestKey, TestOutcome, TestState
from beai.core.suggest.exchange import (
    CaseIdea,
    CaseKind,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
)

TEST_FILE = "src/notes.test.ts"
CODE_FILE = "src/notes.ts"
TASK_FILE = "tasks/be_tasks.md"

TASK = Task(
    id="BE-S1-001",
    title="Add `notes.add`",
    file=TASK_FILE,
    status="Open",
    criteria=(Criterion("adds a note"), Criterion("rejects an empty note")),
    text="`notes.add`",
)
PROJECT = Project(
    name="notes",
    tasks=(TASK,),
    context=ActiveContext(TASK_FILE, branch="feature/x"),
    api=ApiMap(
        init_file="src/trpc.ts",
        builders=(Builder("publicProcedure", "src/trpc.ts"), Builder("protectedProcedure", "src/trpc.ts", True)),
        routers=(Router("notes", "notesRouter", CODE_FILE, "router"),),
    ),
    runner=RunnerChoice(RunnerName.VITEST, "", "package.json names vitest"),
    test_files=(TEST_FILE,),
    repo=RepoState(branch="feature/x", branches=("feature/x", "main")),
)


def verdicts(files: dict[str, str]) -> tuple[FileOutcome, ...]:
    """A toy runner: each ``it("C1 …") // needs WORD`` of the test file passes when the code file holds WORD."""
    text, code = files.get(TEST_FILE, ""), files.get(CODE_FILE, "")
    if "SYNTAX" in text:
        return (FileOutcome(TEST_FILE, errors=(TestError("SyntaxError", "Unexpected token"),)),)
    tests = []
    for name, word in re.findall(r'it\("([^"]+)"\) // needs (\w+)', text):
        state = TestState.PASS if word in code else TestState.FAIL
        errors = (
            ()
            if state is TestState.PASS
            else (TestError("AssertionError", f"expected {word}", expected=word, actual=""),)
        )
        tests.append(TestOutcome(TestKey(TEST_FILE, f"notes > {name}"), state, 1.0, 1, errors))
    return (FileOutcome(TEST_FILE, tuple(tests)),)


@dataclass
class Author:
    """A suggester's wits: two cases, for each a test and then the word that makes it pass."""

    cases: tuple[CaseIdea, ...] = (
        CaseIdea("adds a note", CaseKind.HAPPY, "adds a note"),
        CaseIdea("rejects an empty note", CaseKind.INVALID, "rejects an empty note"),
    )
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        word = f"word{request.case_id}"
        match request.purpose:
            case Purpose.CASES:
                return ProposeCases(self.cases)
            case Purpose.TEST:
                line = f'it("{request.case_id} {request.case.text if request.case else ""}") // needs {word}\n'
                return ProposeEdits((WholeFile(TEST_FILE, (request.source(TEST_FILE) or "") + line),))
            case Purpose.CODE:
                return ProposeEdits((WholeFile(CODE_FILE, (request.source(CODE_FILE) or "") + f"// {word}\n"),))
            case _:
                return NothingToDo("nothing to improve")


@dataclass
class World:
    """Every port as a fake, wired together."""

    author: Author = field(default_factory=Author)
    project: Project = PROJECT
    files: dict[str, str] = field(
        default_factory=lambda: {
            TEST_FILE: 'it("old") // needs old\n',
            CODE_FILE: "// old\n",
            TASK_FILE: "Status: Open\n",
        }
    )
    clock: FakeClock = field(default_factory=FakeClock)
    repository: FakeRepository = field(default_factory=FakeRepository)
    types: FakeTypes | None = None
    schemas: FakeSchemas | None = None

    def __post_init__(self) -> None:
        self.workspace = FakeWorkspace(self.project, self.files)
        self.suggester = FakeSuggester(answer=self.author)
        self.recorder = FakeSuggester(
            answer=lambda request: ProposeEdits((WholeFile(TASK_FILE, f"Status: Done ({len(request.cases)} cases)\n"),))
        )
        self.tests = FakeTests(self._outcome, self.clock)
        self.repository.disk = lambda path: digest(self.files.get(path))
        self.repository.text = self.workspace.blobs.get

    def ports(self) -> Ports:
        """Every port."""
        return Ports(
            self.suggester,
            self.recorder,
            self.tests,
            self.workspace,
            self.repository,
            self.clock,
            self.types,
            self.schemas,
        )

    def _outcome(self, request: RunRequest) -> tuple[FileOutcome, ...]:
        return verdicts(self.workspace.files)
