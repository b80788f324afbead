"""A pack as values: its parts in the order they are sent, what was left out, and the window it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from beai.core.project.facts import RuleFile
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.manner import Manner
from beai.core.tokens import MARGIN


class Kind(StrEnum):
    """What a part is."""

    ROLE = "role"
    PROTOCOL = "protocol"
    RULE = "rule"
    DOCUMENT = "document"
    CONTEXT = "active context"
    API = "api"
    SCHEMA = "schema"
    INIT = "init file"
    CLIENT = "database client"
    TEST_SUPPORT = "test support"
    ERRORS = "error mapper"
    SHAPE = "input schema"
    EXEMPLAR = "exemplar"
    EXEMPLAR_TEST = "exemplar's test"
    ROOT = "root router"
    ROUTER = "router"
    TEST = "test"
    FILE = "file"
    NOTE = "left out"
    WITHHELD = "never read"
    TASK = "task"
    ANSWERS = "answers"
    ATTEMPTS = "attempts"
    FAILING = "failing output"
    ASK = "ask"


class Place(IntEnum):
    """Where a part stands, by how often it changes; a provider's cache keeps what comes before the first change.

    SYSTEM is the same for every purpose, SLOW for a whole task, PURPOSE for one purpose of it; WRITTEN is what the task
    itself writes, TAIL what is new in each request.
    """

    SYSTEM = 0
    SLOW = 1
    PURPOSE = 2
    WRITTEN = 3
    TAIL = 4


# How much is lost with a part, 0 to 100; the least important one is shortened first. Documents count down from theirs.
PRIORITY = {
    Kind.ROLE: 100, Kind.PROTOCOL: 100, Kind.TASK: 100, Kind.ASK: 100, Kind.NOTE: 99,
    Kind.ROUTER: 95, Kind.TEST: 92, Kind.FAILING: 90, Kind.FILE: 88, Kind.SCHEMA: 86, Kind.ANSWERS: 85, Kind.RULE: 84,
    Kind.ATTEMPTS: 82, Kind.INIT: 80, Kind.DOCUMENT: 78, Kind.EXEMPLAR: 76, Kind.TEST_SUPPORT: 68,
    Kind.API: 83, Kind.EXEMPLAR_TEST: 70, Kind.SHAPE: 56, Kind.ROOT: 54, Kind.ERRORS: 52, Kind.CONTEXT: 45,
    Kind.CLIENT: 40,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One way to tell a part: its ``text`` as sent, the outside text in it (``body``), and what is ``cut`` of it."""

    text: str
    body: str = ""
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A part before it is fitted: ``forms`` gives it whole, then ever shorter; a ``required`` one is never left out.

    Of a rule it knows the ``rule`` and what is ``said`` of it.
    """

    name: str
    kind: Kind
    place: Place
    reason: str
    forms: Iterator[Form]
    priority: int = 0
    required: bool = False
    outside: bool = True
    rule: RuleFile | None = None
    said: str = ""

    @property
    def weight(self) -> int:
        """Its own priority, or that of its kind."""
        return self.priority or PRIORITY[self.kind]


@dataclass(frozen=True, slots=True)
class Part:
    """A named piece of what is sent: ``reason`` says to a person why it goes along, ``cut`` what of it does not.

    ``masked`` is how many strings in it look like keys and were hidden.
    """

    name: str
    kind: Kind
    place: Place
    text: str
    reason: str
    tokens: int
    priority: int
    cut: str = ""
    masked: int = 0

    @property
    def bytes(self) -> int:
        """How long it is as UTF-8."""
        return len(self.text.encode("utf-8", "replace"))

    @property
    def stable(self) -> bool:
        """Whether it stays the same over a purpose's requests while nobody edits what it quotes."""
        return self.place <= Place.PURPOSE


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part that is not sent, and why; ``tokens`` is what its shortest form would have cost."""

    name: str
    kind: Kind
    reason: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Window:
    """How many tokens a model takes, request and reply together; ``why`` says where the number comes from."""

    tokens: int
    reply: int
    why: str

    @property
    def room(self) -> int:
        """What a request may take by our estimate, which the model's own count may exceed."""
        return max(int((self.tokens - self.reply) / MARGIN), 0)


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that one request sends, in order, and what it does not."""

    purpose: Purpose
    window: Window
    parts: tuple[Part, ...]
    left: tuple[LeftOut, ...] = ()
    manner: Manner = Manner.WHOLE
    hidden: tuple[tuple[str, int], ...] = ()  # what was masked in all that was read for it: names, and how often

    @property
    def bytes(self) -> int:
        """How long all parts are as UTF-8."""
        return sum(part.bytes for part in self.parts)

    @property
    def tokens(self) -> int:
        """About what the request costs."""
        return sum(part.tokens for part in self.parts)

    @property
    def fits(self) -> bool:
        """Whether the request leaves room for the reply."""
        return self.tokens <= self.window.room
