"""What the person does."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Comment, Decision, Verdict
from beai.core.loop.remembered import Remembered
from beai.core.loop.unit import Unit
from beai.core.suggest.choice import Chosen
from beai.core.suggest.exchange import Purpose, Scope
from beai.core.suggest.meter import NO_BUDGET, Budget


@dataclass(frozen=True, slots=True)
class Opened:
    """The person opened beai on a repository; ``token`` is the session's own random name.

    ``suggester`` is whom the settings usually name, ``plan`` whom they name instead for some purposes;
    ``budget``, ``unit``, how much a commit holds, and whether ``notes`` are kept of it are as they are set.
    ``ledger`` is what was decided in earlier sessions.
    """

    task_id: str
    suggester: str
    token: str
    budget: Budget = NO_BUDGET
    plan: tuple[tuple[Purpose, str], ...] = ()
    ledger: tuple[Remembered, ...] = ()
    unit: Unit = Unit.TASK
    notes: bool = False


@dataclass(frozen=True, slots=True)
class Resumed:
    """beai was started again on a session that was not done; ``budget``, ``plan`` and ``unit`` are as set now.

    ``named`` is whether the command line says who is asked; ``ledger`` is what was decided so far and not taken back,
    None where nobody looked.
    """

    suggester: str
    budget: Budget = NO_BUDGET
    plan: tuple[tuple[Purpose, str], ...] = ()
    named: bool = False
    ledger: tuple[Remembered, ...] | None = None
    unit: Unit | None = None
    notes: bool | None = None


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
class CaseBound:
    """The person says which criteria a case serves, by their numbers, and which items of the checklist it covers.

    It serves exactly those from then on.
    """

    id: str
    criteria: tuple[int, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PointWaived:
    """The person leaves ``point`` out (``criterion 2``, ``P2002``), or puts a case (``C4``) beyond the criteria.

    No reason takes that back.
    """

    point: str
    reason: str = ""


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
    """The person cut some lines out of a hunk, to decide them by themselves: ranges of its old and new lines.

    ``decision`` is the verdict on one of the parts that was given with the cut, in one act.
    """

    hunk: str
    old: tuple[int, int]
    new: tuple[int, int]
    decision: Decision | None = None


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
class WriteUndone:
    """The person took the last write back: its files are put back, and its review stands again as they left it."""


@dataclass(frozen=True, slots=True)
class WriteRedone:
    """The person wants written again what was put back last, and everything as it was before that."""


@dataclass(frozen=True, slots=True)
class Guided:
    """The person tells the suggester something, unasked."""

    text: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """The person answered the open question: ``choice`` is the option's index, -1 for ``text`` alone.

    ``scope`` is how far an answer to a question for guidance reaches.
    """

    choice: int
    text: str = ""
    scope: Scope = Scope.TASK


@dataclass(frozen=True, slots=True)
class QuestionTurned:
    """The person wants another question of the page at hand, or one that was put off: the one of this topic."""

    topic: str


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
class CommitPicked:
    """The person left a file out of the commit, or one hunk of it, or took it in again."""

    path: str
    hunk: str = ""


@dataclass(frozen=True, slots=True)
class EditsTaken:
    """The person wants a file committed with their own edits in it."""

    path: str


@dataclass(frozen=True, slots=True)
class CommitUndone:
    """The person takes the newest commit of this task back; its work stays in the tree, and is proposed again."""


@dataclass(frozen=True, slots=True)
class SuggesterChosen:
    """The person wants ``chosen`` asked from now on; None: whom the settings name."""

    chosen: Chosen | None


@dataclass(frozen=True, slots=True)
class ReplyPasted:
    """The person brought a chat's answer to the prompt that is handed out, whose word is ``nonce``."""

    text: str
    nonce: str


Binding = CaseBound | PointWaived
Asking = SuggesterChosen | ReplyPasted
Undoing = WriteUndone | WriteRedone
Steering = Guided | TakenByHand | StepSkipped | RerunAsked | Interrupted | Retried | ClientWanted | Asking
Marking = HunkJudged | FileJudged | HunkSplit | Commented | JudgementUndone
Deciding = CasesApproved | Marking | ReviewClosed | QuestionAnswered | QuestionTurned
Committing = MessageWorded | CommitPicked | EditsTaken | CommitConfirmed | CommitDeclined | CommitUndone
Wording = CaseToggled | CaseWorded | Committing
Deed = Opened | Resumed | TaskChosen | Understood | Deciding | Binding | Undoing | Wording | Steering
