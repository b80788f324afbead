"""The tRPC side of a package as values: builders, routers, procedures, and what could not be followed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.project.facts.files import Span


class ProcedureKind(StrEnum):
    """tRPC's three kinds of procedure."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


class AccessLevel(StrEnum):
    """Who may call a procedure, as far as its middlewares say."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    ROLES = "roles"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call, the builder that decides it (``""`` where the procedure's own chain does), and why.

    ``guards`` are the error codes by which middlewares may turn away those callers too.
    """

    level: AccessLevel = AccessLevel.UNKNOWN
    builder: str = ""
    reason: str = ""
    roles: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Middleware:
    """One argument of ``.use(…)`` with the place where it is written; ``builder`` carries it, ``""`` the procedure."""

    name: str
    file: str
    line: int
    builder: str = ""
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """An input or output schema: its expression, and where a named one is written.

    ``name`` is empty where it stands inline; ``module`` is the specifier of one that comes from outside the files;
    ``builder`` names the builder whose chain carries it, ``""`` the procedure itself.
    """

    code: str
    name: str = ""
    file: str = ""
    line: int = 0
    module: str = ""
    builder: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """A model that a procedure reads or writes, and the database handle it does so on (``ctx.db``)."""

    model: str
    reads: bool = False
    writes: bool = False
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An expression that the map could not follow, so that nothing is missed in silence."""

    file: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class TestCall:
    """A test's call of a procedure; ``through`` is ``caller``, ``router caller``, ``client`` or ``http``."""

    file: str
    line: int
    through: str = "caller"


@dataclass(frozen=True, slots=True)
class Handler:
    """The function that answers for a procedure, where it is not written in the procedure itself."""

    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Builder:
    """A procedure builder; ``protected`` when a middleware of it throws UNAUTHORIZED or FORBIDDEN.

    ``base`` is the builder it is made from; ``narrows`` when a middleware passes a changed context on. ``inputs`` and
    ``middlewares`` begin with those of its base.
    """

    name: str
    file: str
    protected: bool = False
    roles: tuple[str, ...] = ()
    line: int = 0
    base: str = ""
    base_file: str = ""
    middlewares: tuple[Middleware, ...] = ()
    narrows: bool = False
    access: Access = Access()
    inputs: tuple[Shape, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nothing that is known of it turns callers away, under no condition."""
        return not self.protected and not any(step.refuses for step in self.middlewares)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure; ``path`` is what a caller writes (``wishlist.addItem``), ``code`` its whole expression.

    ``input`` is the text of its own input schemas, ``inputs`` all of them with those of its builder; ``models`` are the
    names of ``touches``, and ``lost`` are the queries in its code whose model could not be told.
    """

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
    inputs: tuple[Shape, ...] = ()
    output: Shape | None = None
    meta: str = ""
    middlewares: tuple[Middleware, ...] = ()
    access: Access = Access()
    touches: tuple[Touch, ...] = ()
    handler: Handler | None = None
    lost: tuple[Unresolved, ...] = ()
    tests: tuple[TestCall, ...] = ()
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Router:
    """One router: ``key`` is its path below the root (``wishlist``), ``variable`` its exported name."""

    key: str
    variable: str
    file: str
    constructor: str = ""
    line: int = 0
    procedures: tuple[Procedure, ...] = ()
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Init:
    """One call of ``initTRPC``: the context type it names and where that is, and what ``create()`` is given."""

    file: str
    line: int
    variable: str = ""
    context: str = ""
    context_file: str = ""
    context_line: int = 0
    meta: str = ""
    transformer: str = ""
    error_formatter: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """Routers that the root does not mount: an API of their own (``why`` says what uses it) or left over.

    Paths of their procedures begin at ``variable``; a procedure that stands in no router is an ``Apart`` of one router
    without a variable.
    """

    file: str
    line: int
    variable: str
    why: str = ""
    routers: tuple[Router, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiMap:
    """The tRPC side of a package: where it is initialised, its builders, routers and root."""

    init_file: str = ""
    root_file: str = ""
    root_variable: str = ""
    builders: tuple[Builder, ...] = ()
    routers: tuple[Router, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    inits: tuple[Init, ...] = ()
    constructors: tuple[str, ...] = ()
    unmounted: tuple[Apart, ...] = ()

    def procedure(self, path: str) -> Procedure | None:
        """The procedure a caller reaches by ``path``, or None."""
        return next((p for r in self.routers for p in r.procedures if p.path == path), None)

    def router(self, key: str) -> Router | None:
        """The router mounted at ``key``, or None."""
        return next((router for router in self.routers if router.key == key), None)
