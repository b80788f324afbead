"""Everything that can happen to a session: what the person does, and the facts our effects end in.

It is over 300 lines because every event is a class of its own, and one list of them is what a reader looks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Change, Comment, Decision, OnDisk, Receipt, Verdict
from beai.core.fault import Fault
from beai.core.loop.ports import Committed, Generated, Started
from beai.core.project.facts import Project, RepoState
from beai.core.runner.lamp import Lamp
from beai.core.runner.report import Report, TestOutcome
from beai.core.suggest.exchange import Ask, BeyondMe, Doubt, NothingToDo, ProposeCases


@dataclass(frozen=True, slots=True)
class Opened:
    """The person opened beai on a repository; ``token`` is the session's own random name."""

    task_id: str
    suggester: str
    token: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """beai was started again on a session that was not done."""

    suggester: str


@dataclass(frozen=True, slots=True)
class TaskChosen:
    """The person picked another task, while nothing was begun or when one is done; ``""`` is the next open one."""

    task_id: str


@dataclass(frozen=True, slots=True)
class Understood:
    """The person read the task and says: go on."""


@dataclass(frozen=True, slots=True)
class CaseToggled:
    """The person switched a case on or off."""

    id: str


@dataclass(frozen=True, slots=True)
class CaseWorded:
    """The person rewrote a case; an unknown or empty ``id`` adds a new one."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CasesApproved:
    """The person approved the cases that are switched on."""


@dataclass(frozen=True, slots=True)
class HunkJudged:
    """The person decided one hunk."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class FileJudged:
    """The person decided the rest of one file: its undecided hunks."""

    path: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HunkSplit:
    """The person cut some lines out of a hunk, to decide them by themselves: ranges of its old and new lines."""

    hunk: str
    old: tuple[int, int]
    new: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Commented:
    """The person said something of a hunk or of a line of it; empty words take back what was said there."""

    comment: Comment


@dataclass(frozen=True, slots=True)
class JudgementUndone:
    """The person took the last act of the review back: a verdict, an edit, a split, a comment."""


@dataclass(frozen=True, slots=True)
class ReviewClosed:
    """The person pressed enter: every hunk is decided, do what was decided."""


@dataclass(frozen=True, slots=True)
class Guided:
    """The person tells the suggester something, unasked."""

    text: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """The person answered the open question: ``choice`` is the option's index, -1 for ``text`` alone."""

    choice: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class TakenByHand:
    """The person wants to write this step in an editor."""


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """The person waives the refactoring or the record, with a reason."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RerunAsked:
    """The person wants the tests run again; ``everything`` is all of the package, nothing said what the step affects.

    ``files`` and ``name`` (a regular expression over the joined names) choose some, ``failed`` the files that fail:
    such a run is shown, and no step is judged by it.
    """

    everything: bool = False
    failed: bool = False
    files: tuple[str, ...] = ()
    name: str = ""

    @property
    def chosen(self) -> bool:
        """Whether only some tests are asked for, by name, by file or by how they ended."""
        return self.failed or bool(self.files or self.name)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The person stops what is under way; its effect ends in Cancelled."""


@dataclass(frozen=True, slots=True)
class ClientWanted:
    """The person wants the Prisma client generated anew."""


@dataclass(frozen=True, slots=True)
class Retried:
    """The person asks for the failed step to be done again."""


@dataclass(frozen=True, slots=True)
class MessageWorded:
    """The person rewrote the commit message."""

    text: str


@dataclass(frozen=True, slots=True)
class CommitConfirmed:
    """The person confirmed the commit as it is shown."""


@dataclass(frozen=True, slots=True)
class CommitDeclined:
    """The person declined the commit; the work stays in the tree."""


@dataclass(frozen=True, slots=True)
class ProjectRead:
    """The repository as it is now."""

    ticket: int
    project: Project


@dataclass(frozen=True, slots=True)
class Agreed:
    """That the person agreed to run tests as configured is kept."""

    ticket: int


@dataclass(frozen=True, slots=True)
class TestsRan:
    """A confirmed run."""

    __test__ = False

    ticket: int
    report: Report


@dataclass(frozen=True, slots=True)
class Replied:
    """The suggester's answer; edits arrive as the change they make."""

    ticket: int
    reply: ProposeCases | Change | Ask | NothingToDo | Doubt | BeyondMe


@dataclass(frozen=True, slots=True)
class Applied:
    """Accepted hunks are on disk, or hand-written work was taken in."""

    ticket: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Rebased:
    """What files under review hold now."""

    ticket: int
    files: tuple[OnDisk, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """Before-images are back on disk."""

    ticket: int
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Probed:
    """What breaking the code showed: ``broken`` says what was broken when the test fell, ``""`` where it never did."""

    ticket: int
    broken: str
    message: str
    report: Report | None = None
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Switched:
    """git is on another branch."""

    ticket: int
    repo: RepoState


@dataclass(frozen=True, slots=True)
class CommitMade:
    """The commit exists."""

    ticket: int
    committed: Committed


@dataclass(frozen=True, slots=True)
class TypesAnswered:
    """What the type checker said of the files it was asked about; CHECKING where it was too slow."""

    ticket: int
    lamp: Lamp


@dataclass(frozen=True, slots=True)
class ClientGenerated:
    """The Prisma client is generated anew."""

    ticket: int
    generated: Generated


@dataclass(frozen=True, slots=True)
class Failed:
    """The effect ended in a fault."""

    ticket: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The effect was stopped by the person."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Files changed on disk, not by us."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveRan:
    """A run that a save set off; it drives the panel and is no evidence."""

    report: Report


@dataclass(frozen=True, slots=True)
class LiveFailed:
    """A run that a save set off has no verdict."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Warmed:
    """The runner is up."""

    started: Started


@dataclass(frozen=True, slots=True)
class TypesChecked:
    """The type checker has something new to say."""

    lamp: Lamp


@dataclass(frozen=True, slots=True)
class SchemaChecked:
    """The schema's validator has something new to say."""

    lamp: Lamp


@dataclass(frozen=True, slots=True)
class EditsChecked:
    """What the checks say of ``change`` as the person edited it: ``checked`` has the findings, by the same hunks."""

    change: Change
    edits: tuple[tuple[str, str], ...]
    checked: Change


@dataclass(frozen=True, slots=True)
class TestsLoosened:
    """What a person's save over the approved test file ``path`` takes away, in words; it blocks nothing."""

    __test__ = False

    path: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookFailed:
    """Nobody could look at what the person edited or saved: nothing is known of it, and it blocks nothing."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class SuggestionGrew:
    """The reply so far, while it streams."""

    ticket: int
    text: str


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A run is under way."""


@dataclass(frozen=True, slots=True)
class TestEnded:
    """One test of a run under way."""

    __test__ = False

    outcome: TestOutcome


Finding = ProjectRead | TestsRan | Probed | TypesAnswered | ClientGenerated
Fact = Finding | Agreed | Replied | Applied | Rebased | Restored | Switched | CommitMade | Failed | Cancelled
Steering = Guided | TakenByHand | StepSkipped | RerunAsked | Interrupted | Retried | ClientWanted
Marking = HunkJudged | FileJudged | HunkSplit | Commented | JudgementUndone
Deciding = CasesApproved | Marking | ReviewClosed | QuestionAnswered
Wording = CaseToggled | CaseWorded | MessageWorded | CommitConfirmed | CommitDeclined
Deed = Opened | Resumed | TaskChosen | Understood | Deciding | Wording | Steering
Passing = (
    SuggestionGrew | RunBegan | TestEnded | LiveFailed | Warmed | EditsChecked | TestsLoosened | LookFailed
)  # shown while they last, never journalled
Seen = Saved | LiveRan | TypesChecked | SchemaChecked
Event = Fact | Deed | Seen | Passing
