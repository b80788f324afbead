"""What a repository says about itself, as values: tasks, documents, rules, routers, schema, runner, git state.

Paths are relative to the repository root with ``/``. Offsets are characters in the file decoded as UTF-8 with
``surrogateescape``; lines are 1-based. A little over 300 lines because these values name each other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Tree(Protocol):
    """A readable set of files; parsers see a repository only through one."""

    def paths(self) -> tuple[str, ...]:
        """Every file that git would track or list as untracked, sorted; never ``.git``, ``node_modules``, ``.env*``."""

    def text(self, path: str) -> str | None:
        """The file decoded as UTF-8 with ``surrogateescape``, line ends kept; None if absent, binary or too big."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters in a file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One acceptance criterion as the task words it."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a task file; ``unread`` names the attributes that are there but could not be read, or are absent."""

    id: str
    title: str
    file: str
    line: int = 0
    status: str = ""
    status_span: Span | None = None
    description: str = ""
    role: str = ""
    dependencies: tuple[str, ...] = ()
    deliverables: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    unit_tests: str = ""
    done_when: str = ""
    text: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a Markdown file with the text below it, up to the next heading of the same or a higher level."""

    title: str
    level: int
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown document, cut by heading."""

    path: str
    title: str
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class ActiveContext:
    """``tasks/active_context.md``: the sprint's focus, its branch, and what was decided or blocks."""

    path: str
    branch: str = ""
    focus: str = ""
    decisions: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule; ``name`` is its base name without ending, the word that ``@name`` refers to."""

    path: str
    name: str
    description: str = ""
    globs: tuple[str, ...] = ()
    always: bool = False
    text: str = ""
    shipped: bool = False


class ProcedureKind(StrEnum):
    """tRPC's three kinds of procedure."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Builder:
    """A procedure builder; ``protected`` when a middleware of it throws UNAUTHORIZED or FORBIDDEN."""

    name: str
    file: str
    protected: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure; ``path`` is what a caller writes (``wishlist.addItem``), ``code`` its whole expression."""

    name: str
    path: str
    kind: ProcedureKind
    builder: str
    router: str
    file: str
    line: int = 0
    input: str = ""
    models: tuple[str, ...] = ()
    span: Span = Span(0, 0)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Router:
    """One router: ``key`` is its path below the root (``wishlist``), ``variable`` its exported name."""

    key: str
    variable: str
    file: str
    constructor: str = ""
    line: int = 0
    procedures: tuple[Procedure, ...] = ()


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An expression that the map could not follow, so that nothing is missed in silence."""

    file: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class ApiMap:
    """The tRPC side of a package: where it is initialised, its builders, routers and root."""

    init_file: str = ""
    root_file: str = ""
    root_variable: str = ""
    builders: tuple[Builder, ...] = ()
    routers: tuple[Router, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    def procedure(self, path: str) -> Procedure | None:
        """The procedure a caller reaches by ``path``, or None."""
        return next((p for r in self.routers for p in r.procedures if p.path == path), None)

    def router(self, key: str) -> Router | None:
        """The router mounted at ``key``, or None."""
        return next((router for router in self.routers if router.key == key), None)


@dataclass(frozen=True, slots=True)
class Relation:
    """A Prisma relation field's target: the scalar ``fields`` here point at ``references`` of ``model``."""

    model: str
    fields: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of a Prisma model; ``type`` is the scalar, enum or model name without ``?`` or ``[]``."""

    name: str
    type: str
    optional: bool = False
    many: bool = False
    id: bool = False
    unique: bool = False
    default: str = ""
    updated_at: bool = False
    relation: Relation | None = None
    attributes: str = ""
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One Prisma model; ``ids``, ``uniques`` and ``indexes`` are those declared by ``@@``."""

    name: str
    file: str
    line: int = 0
    fields: tuple[SchemaField, ...] = ()
    ids: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()

    def field(self, name: str) -> SchemaField | None:
        """The field called ``name``, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def delegate(self) -> str:
        """The client's accessor for this model: its name with a lower-case first letter (Prisma Client reference)."""
        return self.name[:1].lower() + self.name[1:]


@dataclass(frozen=True, slots=True)
class SchemaEnum:
    """One Prisma enum."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """The Prisma schema of a package, merged over its files."""

    files: tuple[str, ...]
    models: tuple[Model, ...] = ()
    enums: tuple[SchemaEnum, ...] = ()
    provider: str = ""

    def model(self, name: str) -> Model | None:
        """The model called ``name``, or None."""
        return next((model for model in self.models if model.name == name), None)


class RunnerName(StrEnum):
    """The test runners that are recognised in a package."""

    VITEST = "vitest"
    JEST = "jest"
    BUN = "bun"
    NODE = "node"
    PYTEST = "pytest"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class RunnerChoice:
    """The package's test runner and the reason it was chosen; ``package`` is its folder, ``""`` for the root.

    ``command`` is what RunnerName.COMMAND runs, or how a script starts node:test; ``package_manager`` is ``npm``,
    ``pnpm``, ``yarn`` or ``bun``.
    """

    name: RunnerName
    package: str
    reason: str
    config: str = ""
    command: tuple[str, ...] = ()
    package_manager: str = ""


@dataclass(frozen=True, slots=True)
class RunnerProposal:
    """A runner that would fit ``package``, and why: the command that a person types there, files to add with texts."""

    name: RunnerName
    install: str
    files: tuple[tuple[str, str], ...]
    reason: str
    package: str = ""

    def sentence(self) -> str:
        """What is proposed, in one sentence for the person."""
        where = f" in {self.package}" if self.package else ""
        added = f", then add {' and '.join(path for path, _ in self.files)}" if self.files else ""
        done = f"type `{self.install}`{where}{added}" if self.install else "write a first test"
        return f"{self.name.value.capitalize()} would fit, since {self.reason}: {done}."


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a repository of this kind usually has and this one has not; shown, never invented."""

    what: str
    looked_for: str


@dataclass(frozen=True, slots=True)
class RepoState:
    """Where git stands; ``dirty`` are paths changed or untracked, ``trouble`` says why a commit is impossible now."""

    branch: str = ""
    head: str = ""
    dirty: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What decides how tests run: its files with their hashes, and whether the person agreed to run it as it is.

    ``changed`` are the files that differ from what was agreed to; without any, nothing ever was.
    """

    files: tuple[tuple[str, str], ...] = ()
    agreed: bool = True
    changed: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """A short name of exactly this configuration."""
        return hashlib.sha256(repr(self.files).encode("utf-8", "surrogateescape")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Project:
    """Everything read from one repository at one moment; ``package`` is the folder of its ``package.json``."""

    name: str
    package: str = ""
    tasks: tuple[Task, ...] = ()
    context: ActiveContext | None = None
    proposals: tuple[Document, ...] = ()
    documents: tuple[Document, ...] = ()
    rules: tuple[RuleFile, ...] = ()
    api: ApiMap = ApiMap()
    schema: Schema | None = None
    runner: RunnerChoice | None = None
    proposed: RunnerProposal | None = None  # where there is no runner yet
    test_files: tuple[str, ...] = ()
    repo: RepoState = RepoState()
    missing: tuple[Missing, ...] = ()
    configuration: Configuration = Configuration()

    def task(self, task_id: str) -> Task | None:
        """The task with this ID, or None."""
        return next((task for task in self.tasks if task.id == task_id), None)
