"""What a task asks for, once nothing about it is open any more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.project.facts import Builder, Model, SchemaField
from beai.core.suggest.drafter.words import spoken
from beai.core.suggest.exchange import Ask, BeyondMe

Stop = Ask | BeyondMe
Sample = str | int | float | bool


class Action(StrEnum):
    """The shapes of procedure that can be drafted."""

    CREATE = "create"
    GET = "get"
    LIST = "list"
    UPDATE = "update"
    DELETE = "delete"
    TOGGLE = "toggle"
    CONNECT = "connect"
    DISCONNECT = "disconnect"


class Access(StrEnum):
    """Who may call a procedure."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ROLE = "role"


class RuleKind(StrEnum):
    """A limit on an input value; each has one method of a Zod schema."""

    TRIM = "trim"
    SHORTEST = "min characters"
    LONGEST = "max characters"
    LEAST = "min"
    MOST = "max"
    POSITIVE = "positive"
    EMAIL = "email"
    URL = "url"
    UUID = "uuid"


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit; ``value`` counts characters or is a bound."""

    kind: RuleKind
    value: int = 0


class Use(StrEnum):
    """What an input is for."""

    KEY = "key"
    DATA = "data"
    FILTER = "filter"
    LIMIT = "limit"
    CURSOR = "cursor"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Input:
    """One field of the input; ``base`` is a Prisma scalar or enum name, ``column`` the field it stands for."""

    name: str
    base: str
    use: Use
    column: str = ""
    rules: tuple[Rule, ...] = ()
    optional: bool = False
    default: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """The way from a row to its owner: required relations to walk, then the scalar field that holds the user's id."""

    field: str
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """One field of the result; ``inner`` are the fields of a relation."""

    name: str
    inner: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut into pages; ``end`` is the cursor of the last page."""

    limit: Input
    cursor: Input
    end: str = "null"


@dataclass(frozen=True, slots=True)
class Intent:
    """One procedure to draft; ``flag`` is the field that a toggle inverts, ``link`` the relation of a connect."""

    path: str
    router: str
    name: str
    action: Action
    access: Access
    builder: Builder
    model: Model
    inputs: tuple[Input, ...]
    output: tuple[Output, ...] = ()
    owner: Owner | None = None
    foreign: str = ""
    flag: SchemaField | None = None
    link: SchemaField | None = None
    order: tuple[tuple[str, str], ...] = ()
    paging: Paging | None = None
    messages: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def label(self) -> str:
        """The model in prose."""
        return spoken(self.model.name)

    @property
    def key(self) -> Input | None:
        """The input that names one row."""
        return next((one for one in self.inputs if one.use is Use.KEY), None)

    @property
    def partner(self) -> Input | None:
        """The input that names the row to connect."""
        return next((one for one in self.inputs if one.use is Use.OTHER), None)

    def of(self, use: Use) -> tuple[Input, ...]:
        """The inputs for one use."""
        return tuple(one for one in self.inputs if one.use is use)

    def input(self, name: str) -> Input | None:
        """The input called ``name``."""
        return next((one for one in self.inputs if one.name == name), None)

    def message(self, code: str) -> str:
        """The message that the documents give for ``code``, or nothing."""
        return next((text for known, text in self.messages if known == code), "")

    @property
    def is_write(self) -> bool:
        """Whether rows change."""
        return self.action not in (Action.GET, Action.LIST)


def breaks(rule: Rule, value: Sample) -> bool:
    """Whether ``value`` violates ``rule``."""
    match rule.kind, value:
        case RuleKind.SHORTEST, str():
            return len(value) < rule.value
        case RuleKind.LONGEST, str():
            return len(value) > rule.value
        case RuleKind.TRIM, str():
            return value != "" and not value.strip()
        case RuleKind.LEAST, int() | float():
            return value < rule.value
        case RuleKind.MOST, int() | float():
            return value > rule.value
        case RuleKind.POSITIVE, int() | float():
            return value <= 0
        case RuleKind.EMAIL | RuleKind.URL | RuleKind.UUID, str():
            return True
        case _:
            return False


def violation(rule: Rule) -> Sample:
    """The nearest value that violates ``rule``."""
    match rule.kind:
        case RuleKind.SHORTEST:
            return "x" * (rule.value - 1)
        case RuleKind.LONGEST:
            return "x" * (rule.value + 1)
        case RuleKind.TRIM:
            return "   "
        case RuleKind.LEAST:
            return rule.value - 1
        case RuleKind.MOST:
            return rule.value + 1
        case RuleKind.POSITIVE:
            return 0
        case RuleKind.EMAIL | RuleKind.URL | RuleKind.UUID:
            return "nonsense"
