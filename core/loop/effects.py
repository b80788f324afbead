"""What the loop may ask of the world; each effect ends in exactly one fact."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Change, Decision, Receipt
from beai.core.fault import Fault
from beai.core.loop.ports import CommitPlan
from beai.core.project.facts import Configuration, Schema
from beai.core.record.story import NO_STORY, Story
from beai.core.runner.report import RunRequest, TestKey
from beai.core.suggest.choice import Chosen
from beai.core.suggest.exchange import Answer, CaseIdea, Feedback, Purpose
from beai.core.suggest.handout import Pasted
from beai.core.suggest.meter import NO_CAP, Allowance


@dataclass(frozen=True, slots=True)
class ReadProject:
    """Read the repository. Ends in ProjectRead."""


@dataclass(frozen=True, slots=True)
class Agree:
    """Keep that the person agreed to run tests as configured. Ends in Agreed."""

    configuration: Configuration


@dataclass(frozen=True, slots=True)
class RunTests:
    """Run tests for evidence, and see whether the ``locked`` files stay as they are meanwhile. Ends in TestsRan.

    A ``glance`` is no evidence: what it shows is shown, and no step is judged by it.
    """

    request: RunRequest
    locked: tuple[str, ...] = ()
    glance: bool = False


@dataclass(frozen=True, slots=True)
class Suggest:
    """Ask the suggester, and match what it answers. Ends in Replied, or in HandedOut where a person has to carry it.

    ``pasted`` is what they brought so far, in order: the same rounds are gone through with it again.
    """

    purpose: Purpose
    task_id: str
    cases: tuple[tuple[str, CaseIdea], ...] = ()
    case_id: str = ""
    feedback: tuple[Feedback, ...] = ()
    answers: tuple[Answer, ...] = ()
    decided: tuple[Answer, ...] = ()  # by the ledger, of what may be asked here, and what was put off
    failing: str = ""
    locked: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    schema_before: Schema | None = None
    since: str = ""  # the commit before this task's first one, "" for HEAD
    story: Story = NO_STORY
    by: Chosen | None = None  # who is asked; None: whom the settings name
    allowance: Allowance = NO_CAP  # what is left below the hard caps
    pasted: tuple[Pasted, ...] = ()


@dataclass(frozen=True, slots=True)
class Apply:
    """Write the accepted hunks. Ends in Applied."""

    change: Change
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Rebase:
    """See what files under review hold now; ``stale`` is the fault by which applying found them changed. Ends in
    Rebased.
    """

    paths: tuple[str, ...]
    stale: Fault | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """Put back what these receipts overwrote, newest first. Ends in Restored."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last write. Ends in Undone."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Redo:
    """Write again what was put back. Ends in Redone."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take what the person wrote by hand into this task. Ends in Applied."""

    paths: tuple[str, ...]
    since: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """Break the procedure, one guard after another, until ``test`` is seen red; put it back. Ends in Probed."""

    test: TestKey
    procedure: str


@dataclass(frozen=True, slots=True)
class SwitchBranch:
    """Go to a branch. Ends in Switched."""

    branch: str
    create: bool


@dataclass(frozen=True, slots=True)
class CommitWork:
    """Commit. Ends in CommitMade."""

    plan: CommitPlan


@dataclass(frozen=True, slots=True)
class PreviewCommit:
    """See what a commit would hold; nothing is changed by that. Ends in CommitPreviewed."""

    plan: CommitPlan


@dataclass(frozen=True, slots=True)
class UndoCommit:
    """Take a commit of ours back, before anybody else has it. Ends in CommitTakenBack."""

    sha: str
    token: str


@dataclass(frozen=True, slots=True)
class CheckTypes:
    """Ask the type checker about ``files`` as they are on disk now. Ends in TypesAnswered."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GenerateClient:
    """Generate the Prisma client anew; touches no database. Ends in ClientGenerated."""


Writing = Apply | Restore | Undo | Redo | Adopt | SwitchBranch | CommitWork | UndoCommit | GenerateClient
Effect = Writing | Rebase | PreviewCommit | ReadProject | Agree | RunTests | Suggest | Probe | CheckTypes
