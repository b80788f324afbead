"""What is asked of a suggester and what it may answer, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.edits.change import Comment, Decision, Edit, Hunk, Verdict
from beai.core.project.facts import Project, RuleFile, Schema, Task
from beai.core.record.handoff.preview import SqlPreview
from beai.core.record.story import NO_STORY, Story, Why
from beai.core.suggest.asking import Card as Card
from beai.core.suggest.asking import Decider as Decider
from beai.core.suggest.asking import Scope as Scope
from beai.core.suggest.asking import Trigger as Trigger
from beai.core.suggest.choice import Chosen
from beai.core.suggest.manner import Manner
from beai.core.suggest.meter import NO_CAP, Allowance
from beai.core.suggest.privacy.secret import KeptBack, Secret


class Purpose(StrEnum):
    """What a suggestion is for; each has its own prompt, write policy and judge."""

    CASES = "cases"
    TEST = "test"
    CODE = "code"
    REFACTOR = "refactor"
    RECORD = "record"


class CaseKind(StrEnum):
    """The kinds of test case the tdd rule asks for."""

    HAPPY = "happy path"
    EDGE = "edge case"
    INVALID = "invalid input"
    ERROR = "error condition"
    ACCESS = "access"
    BRANCH = "business branch"


@dataclass(frozen=True, slots=True)
class CaseIdea:
    """A test case in plain language; ``criterion`` is the text of the acceptance criterion it serves, if any.

    ``further`` are those that it serves besides.
    """

    text: str
    kind: CaseKind
    criterion: str = ""
    further: tuple[str, ...] = ()

    @property
    def criteria(self) -> tuple[str, ...]:
        """The texts of all criteria that it serves."""
        return tuple(filter(None, (self.criterion, *self.further)))


class SourceRole(StrEnum):
    """What a file is to the task; SIBLING files show conventions and are read by the drafter alone."""

    ROUTER = "router"
    TEST = "test"
    ROOT = "root router"
    INIT = "init file"
    TEST_SUPPORT = "test support"
    SHAPE = "input schema"
    ERRORS = "error mapper"
    SCHEMA = "schema"
    EXEMPLAR = "exemplar"
    EXEMPLAR_TEST = "exemplar's test"
    SIBLING = "sibling"
    CLIENT = "database client"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Source:
    """One whole file of the repository as it is on disk now, what it is to the task, and why it goes along."""

    path: str
    text: str
    role: SourceRole = SourceRole.FILE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HunkFeedback:
    """What happened to a hunk of the last suggestion; a rejected hunk is never told as a failed one.

    ``decision`` is None where nobody decided: it was only commented on, or its text was ``there`` already, written by
    the person. ``comments`` are on the whole of it or on a line of what it took away or added.
    """

    hunk: Hunk
    decision: Decision | None
    comments: tuple[Comment, ...] = ()
    there: bool = False

    @property
    def now(self) -> str | None:
        """The person's own text, where that was taken in place of what was suggested."""
        own = "".join(self.hunk.new) if self.hunk.own else None
        if self.there:
            return own
        if self.decision is None or self.decision.verdict is not Verdict.ACCEPTED:
            return None
        return own if self.decision.edited is None else self.decision.edited


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the suggester must know of its last attempt: verdicts of the person, and what our own run showed.

    ``misses`` are edits that have no place, ``placed`` names those that have one and are kept in mind; ``said`` is
    what the person told the suggester in words of their own. ``by`` is whose attempt it was, None where nobody told.
    """

    hunks: tuple[HunkFeedback, ...] = ()
    outcome: str = ""
    misses: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    said: str = ""
    by: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person can pick, and what follows from it; where it ``waits``, the task is left as it is."""

    label: str
    consequence: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A guidance card: what is unclear, what it is about, what was considered, and options; free text is always one.

    ``topic`` is a stable key: a question that was answered before answers itself, where it asks the same.
    ``trigger`` is None for a step of the loop, which is asked anew each time; ``advised`` is the option that whoever
    asks would take (0-based), ``task`` the task that it is about.
    """

    topic: str
    issue: str
    cites: tuple[str, ...] = ()
    considered: str = ""
    options: tuple[Option, ...] = ()
    trigger: Trigger | None = None
    task: str = ""
    advised: int = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to a question; ``choice`` is the option's index (0-based), -1 for free text.

    ``issue`` is what was asked, and about which ``task``, ``cites`` what it rested on; ``mark`` tells the same question
    from another one of its topic (``""``: a step of the loop). ``scope`` is how far the answer reaches, ``by`` who gave
    it, ``asks`` which question it answers.
    """

    topic: str
    choice: int
    text: str
    issue: str = ""
    scope: Scope = Scope.TASK
    by: Decider = Decider.PERSON
    mark: str = ""
    task: str = ""
    cites: tuple[str, ...] = ()
    asks: Card = Card.THEIRS


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a suggester; ``nonce`` must close a written reply, ``sources`` are the files it may rely on.

    In small steps it asks one thing: the next case after those that are ``named``, or the imports of one file's
    ``unbound`` names.
    """

    purpose: Purpose
    task: Task
    project: Project
    sources: tuple[Source, ...] = ()
    case_id: str = ""
    case: CaseIdea | None = None
    cases: tuple[tuple[str, CaseIdea], ...] = ()
    test_file: str = ""
    feedback: tuple[Feedback, ...] = ()
    answers: tuple[Answer, ...] = ()
    decided: tuple[Answer, ...] = ()  # in earlier sessions or for other tasks, and what was put off: not to be asked
    failing: str = ""
    nonce: str = ""
    rules: tuple[RuleFile, ...] = ()  # those in force for this purpose; empty: the project's always-applied ones
    touched: tuple[str, ...] = ()  # files that this task has written so far
    by: Chosen | None = None  # who is asked; None: whom the settings name
    schema_before: Schema | None = None  # the schema as it was when the task began, for RECORD
    sql: SqlPreview | None = None  # what leads from it to the present one, for RECORD
    secrets: tuple[Secret, ...] = ()  # exact values that no text of it may hold when it leaves
    withheld: tuple[KeptBack, ...] = ()  # files that it names and that nobody's prompt may hold
    allowance: Allowance = NO_CAP  # what it may cost
    manner: Manner = Manner.WHOLE
    named: tuple[CaseIdea, ...] = ()
    unbound: tuple[str, ...] = ()  # the file, then the names
    round: int = 1  # which message of a conversation with a chat outside this is
    story: Story = NO_STORY  # what happened in the task, for RECORD
    follows: str = ""  # why the chat's last reply was not enough, where this goes on with a conversation

    @property
    def repeated(self) -> bool:
        """Whether it is made because the last reply had no place, or because our own run turned it down."""
        return bool(self.feedback) and bool(self.feedback[-1].misses or self.feedback[-1].outcome)

    def source(self, path: str) -> str | None:
        """The text of ``path``, or None where it was not sent."""
        return next((source.text for source in self.sources if source.path == path), None)


@dataclass(frozen=True, slots=True)
class ProposeCases:
    """Test cases for the person to choose from."""

    cases: tuple[CaseIdea, ...]
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class ProposeEdits:
    """Edits to be matched, shown and decided; ``cites`` are rule names or ``file:line`` of the conventions followed.

    ``altered`` says why their code may not be what was sent, of which every hunk of their files warns. ``whys`` are
    what lines of our own record rest on.
    """

    edits: tuple[Edit, ...]
    rationale: str = ""
    cites: tuple[str, ...] = ()
    altered: str = ""
    whys: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """The suggester does not assume: it asks; ``more`` is what it asks at the same time."""

    question: Question
    more: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """Nothing needs to change for this purpose."""

    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """The suggester holds that the test or the specification is wrong."""

    reason: str


@dataclass(frozen=True, slots=True)
class BeyondMe:
    """The suggester cannot do this one, and says so."""

    reason: str


Reply = ProposeCases | ProposeEdits | Ask | NothingToDo | Doubt | BeyondMe
