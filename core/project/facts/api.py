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
