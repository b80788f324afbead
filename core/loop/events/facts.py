"""The facts that effects end in: each effect in exactly one."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Change, OnDisk, Receipt
from beai.core.fault import Fault
from beai.core.loop.ports import Committed, Generated, Preview
from beai.core.project.facts import Project, RepoState
from beai.core.runner.lamp import Lamp
from beai.core.runner.report import Report
from beai.core.suggest.choice import Turn
from beai.core.suggest.exchange import Ask, BeyondMe, Doubt, NothingToDo, ProposeCases
from beai.core.suggest.handout import HandOut


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
    """The suggester's answer; edits arrive as the change they make. ``by`` is who gave it, None where nobody told."""

    ticket: int
    reply: ProposeCases | Change | Ask | NothingToDo | Doubt | BeyondMe
    by: Turn | None = None


@dataclass(frozen=True, slots=True)
class HandedOut:
    """The suggester is a chat outside: a person has to carry ``out`` there, and to bring the answer."""

    ticket: int
    out: HandOut


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
class Undone:
    """The last write is taken back."""

    ticket: int
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Redone:
    """What was put back is written again."""

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
class CommitPreviewed:
    """What the drafted commit would hold."""

    ticket: int
    preview: Preview


@dataclass(frozen=True, slots=True)
class CommitTakenBack:
    """The commit is taken back; the tree and the index are as they were."""

    ticket: int
    repo: RepoState


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


Finding = ProjectRead | TestsRan | Probed | TypesAnswered | ClientGenerated
Writing = Applied | Restored | Undone | Redone | Switched | CommitMade | CommitTakenBack
Fact = Finding | Writing | Agreed | Replied | HandedOut | Rebased | CommitPreviewed | Failed | Cancelled
