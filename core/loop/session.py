"""The whole state of one task, as one frozen value that the screen mirrors."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from beai.core.edits.change import Receipt
from beai.core.edits.review import Review
from beai.core.fault import Fault
from beai.core.loop.case import Case as Case
from beai.core.loop.case import CaseState as CaseState
from beai.core.loop.case import Proof as Proof
from beai.core.loop.effects import Effect, Suggest
from beai.core.loop.phase import Phase as Phase
from beai.core.loop.ports import Committed, Generated, PlannedFile, Started
from beai.core.loop.question import Choice as Choice
from beai.core.loop.question import OpenQuestion as OpenQuestion
from beai.core.loop.remembered import Remembered as Remembered
from beai.core.loop.unit import Part, Unit
from beai.core.project.facts import Project, Schema, Task
from beai.core.record.contract import NO_CONTRACT, Contract
from beai.core.record.story import Struggle
from beai.core.record.waived import Waived
from beai.core.runner.history import RunMark
from beai.core.runner.lamp import Lamp
from beai.core.runner.progress import Progress
from beai.core.runner.report import Report
from beai.core.suggest.choice import Chosen, Turn
from beai.core.suggest.exchange import Answer, Card, Decider, Feedback, Purpose
from beai.core.suggest.handout import HandOut
from beai.core.suggest.meter import NO_BUDGET, Budget, Raise
from beai.core.suggest.progress import Sending, Sent, Spending


class Stage(StrEnum):
    """Where a change cycle is."""

    ASKING = "asking"
    REVIEWING = "reviewing"
    APPLYING = "applying"
    JUDGING = "judging"
    PROBING = "probing"
    RESTORING = "restoring"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Cycle:
    """ask → review → apply → run → judge, the same for every purpose.

    ``receipts`` are what this cycle wrote. ``outdated`` are files under review that were saved since they were read,
    ``stale`` is the fault by which applying found that out. ``by`` is who answered last.
    """

    purpose: Purpose
    stage: Stage = Stage.ASKING
    attempt: int = 1
    review: Review | None = None
    receipts: tuple[Receipt, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    saved: tuple[str, ...] = ()  # what the person saved while working by hand
    report: Report | None = None  # what the last judged run showed
    then: Choice | None = None  # what follows once before-images are back
    why: str = ""  # the reason for it
    decider: Decider | None = Decider.PERSON  # who decided it, None where nobody was asked
    by_hand: bool = False  # the person wrote it: it is never put back unasked
    outdated: tuple[str, ...] = ()
    stale: Fault | None = None
    by: Turn | None = None


@dataclass(frozen=True, slots=True)
class CommitDraft:
    """The commit as it would be made; ``branch`` is where, ``part`` what it is about, ``cases`` those it is of.

    ``sha`` is the commit that was made of it. ``files`` is what was seen of it last, ``paths`` what of that it holds;
    ``left`` are files that the person left out, ``without`` hunks; ``worded`` is whether the message is the person's.
    """

    message: str
    branch: str
    paths: tuple[str, ...]
    part: Part = Part.TASK
    cases: tuple[str, ...] = ()
    sha: str = ""
    files: tuple[PlannedFile, ...] = ()
    left: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """A step left out by the person's decision, or because there was nothing to do, with the reason.

    ``about`` is what of its kind, as the IDs of cases or a path; empty for the whole of it. Also a hunk that was
    accepted against a warning: it is about the warning then, ``reason`` is the file, ``receipt`` the write that it
    goes with. ``by`` is who decided it, None where there was nothing to do and nobody was asked.
    """

    kind: Waived
    reason: str
    about: tuple[str, ...] = ()
    receipt: str = ""
    by: Decider | None = Decider.PERSON

    @property
    def what(self) -> str:
        """What is left out, in words."""
        return f"{self.kind} {', '.join(self.about)}".rstrip()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the person decided of one change that was written, by the ``receipt`` of it; ``by`` is who proposed it.

    ``accepted``, ``edited`` and ``rejected`` count hunks, ``edited`` those of the accepted that hold other words.
    """

    receipt: str
    purpose: Purpose
    case: str
    accepted: int
    edited: int
    rejected: int
    reasons: tuple[str, ...] = ()
    by: str = ""


class Caution(StrEnum):
    """What a task's spending was told of, once."""

    COST = "cost"
    TOKENS = "tokens"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class OpenHandout:
    """A prompt that waits for a person to bring the answer; ``asks`` goes on with it. ``told`` is of it."""

    out: HandOut
    asks: Suggest
    told: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """A way back: the session as it was ``before``, once ``receipts`` are put back or written again."""

    before: Session
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One task from UNDERSTAND to DONE. ``pending`` is the one effect in flight, ``ticket`` its number.

    ``standing`` is the newest known state of every test, from confirmed runs; ``latest`` what the panel shows.
    ``ran`` is the newest run by itself, ``running`` the one under way, ``unrun`` why the last live one has no verdict.
    ``unjudged`` are the paths that were saved since a confirmed run judged a save.
    ``sealed`` are the approved test files with the SHA-256 they had when their verdict was seen.
    ``written`` are the receipts of everything this task wrote, oldest first; ``case_written`` those of the case.
    ``unit`` is how much a commit holds, ``notes`` whether a note is kept beside each, ``whole`` are files that the next
    one holds with the person's own edits in them. ``commits`` are all of this task, oldest first, ``committed`` the
    newest.
    ``begun`` is the database schema as the task began.
    ``warm`` is the runner that is up, ``runs`` the confirmed runs so far; ``types`` and ``schema`` are lamps.
    ``generated`` is how the Prisma client was generated last.
    ``held`` is a run that waits for the person's agreement; ``unread`` is whether the configuration of the tests may
    have changed since it was read, ``declined`` the mark of one that the person did not want to run.
    ``noted`` is one sentence on the request under way; ``chosen`` is whom the person picked; None: whom the settings
    name, ``suggester``, or for some purposes ``plan``. ``asking`` is who answers the request in flight, ``resting``
    who is asked in place of some that failed a moment ago, ``cases_by`` who proposed the cases. ``spent`` is what each
    request of this task cost, oldest first, ``sending`` one that has not ended yet, ``withheld`` one that had no room
    below a cap; ``budget`` are the caps that are set, ``raised`` where the person let the task go beyond,
    ``cautioned`` what they were told of. ``sent`` is what left last while this program runs.
    ``handout`` is a prompt that waits for the person to carry it to a chat: no effect is in flight meanwhile.
    ``reviews`` are the decisions on what is written; ``gone`` are files of it that were seen to read again as before.
    ``contract`` binds the cases to the criteria, ``edited`` is whether the task
    or a schema was saved since they were read.
    ``struggles`` are the tries of this task that did not do it.
    ``waiting`` are further questions on the page of ``question``, in order; ``deferred`` those that the person put off,
    of which ``reminded`` were asked again before the record, each by its mark. ``ledger`` is what was decided so far.
    ``failed`` is the effect that failed or was interrupted last, for trying again.
    ``uncommit`` leads back to before the last commit, ``undo`` to before the last write, ``redo`` to before files were
    put back; ``before`` is what the session was as the person set off the write that is under way.
    """

    phase: Phase = Phase.UNDERSTAND
    project: Project | None = None
    begun: Schema | None = None
    task_id: str = ""
    suggester: str = ""
    plan: tuple[tuple[Purpose, str], ...] = ()
    token: str = ""
    understood: bool = False
    standing: Report | None = None
    sealed: tuple[tuple[str, str], ...] = ()
    latest: Report | None = None
    ran: Report | None = None
    running: Progress | None = None
    unrun: Fault | None = None
    unjudged: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    contract: Contract = NO_CONTRACT
    edited: bool = False
    case_id: str = ""
    cycle: Cycle | None = None
    question: OpenQuestion | None = None
    waiting: tuple[OpenQuestion, ...] = ()
    deferred: tuple[OpenQuestion, ...] = ()
    reminded: tuple[str, ...] = ()
    ledger: tuple[Remembered, ...] = ()
    answers: tuple[Answer, ...] = ()
    written: tuple[Receipt, ...] = ()
    case_written: tuple[Receipt, ...] = ()
    gone: tuple[str, ...] = ()
    draft: CommitDraft | None = None
    unit: Unit = Unit.TASK
    notes: bool = False
    whole: tuple[str, ...] = ()
    commits: tuple[Committed, ...] = ()
    committed: Committed | None = None
    waivers: tuple[Waiver, ...] = ()
    struggles: tuple[Struggle, ...] = ()
    reviews: tuple[Reviewed, ...] = ()
    streamed: str = ""
    noted: str = ""
    chosen: Chosen | None = None
    asking: Turn | None = None
    resting: Turn | None = None
    cases_by: Turn | None = None
    handout: OpenHandout | None = None
    spent: tuple[Spending, ...] = ()
    sending: Sending | None = None
    withheld: Sending | None = None
    sent: Sent | None = field(default=None, compare=False, repr=False)
    budget: Budget = NO_BUDGET
    raised: tuple[Raise, ...] = ()
    cautioned: tuple[Caution, ...] = ()
    warm: Started | None = None
    runs: tuple[RunMark, ...] = ()
    types: Lamp | None = None
    schema: Lamp | None = None
    generated: Generated | None = None
    notice: str = ""
    fault: Fault | None = None
    failed: Effect | None = None
    held: Effect | None = None
    unread: bool = False
    declined: str = ""
    ticket: int = 0
    pending: Effect | None = None
    undo: Back | None = field(default=None, compare=False, repr=False)
    redo: Back | None = field(default=None, compare=False, repr=False)
    uncommit: Back | None = field(default=None, compare=False, repr=False)
    before: Session | None = field(default=None, compare=False, repr=False)

    @property
    def task(self) -> Task | None:
        """The task at hand, or None before one is chosen."""
        return self.project.task(self.task_id) if self.project else None

    @property
    def case(self) -> Case | None:
        """The case at hand, or None outside RED, GREEN and REFACTOR."""
        return next((case for case in self.cases if case.id == self.case_id), None)

    def approved(self) -> tuple[Case, ...]:
        """The cases the person approved, in order."""
        return tuple(case for case in self.cases if case.approved)

    def answered(self, asks: Card, topic: str) -> Answer | None:
        """What the person answered to that question of ours on ``topic``, or None."""
        return next((answer for answer in self.answers if answer.asks is asks and answer.topic == topic), None)
