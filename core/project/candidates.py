"""Routers that a source file declares at its top level, and how likely each is the root of its API."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from beai.core.project.constructors import is_router_call
from beai.core.project.expressions import arguments, unwrap
from beai.core.project.follow import Place, Spot, spot_of
from beai.core.project.modules import Module, Modules
from beai.core.project.signs import Sign, signed
from beai.core.project.syntax import line_of

_ROOT_TYPES = frozenset({"AppRouter", "RootRouter", "ApiRouter", "TRPCRouter", "Router"})
_ROOT_FILES = frozenset({"root", "_app", "app-router", "appRouter", "router", "routers", "_router", "app"})
_ROOT_FOLDERS = ("routers", "router", "trpc", "api")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A declared router: where it is, the types made of it, and what speaks for its being the root."""

    spot: Spot
    line: int
    types: tuple[str, ...]
    points: int
    mounts: int


def candidates(modules: Modules) -> tuple[Candidate, ...]:
    """Every router that is declared at the top level of a source file."""
    paths = [path for path, signs in signed(modules.tree).items() if Sign.ROUTER in signs]
    # Backwards, so that of the syntax trees those are held last that are needed first afterwards.
    found = [_asked(modules, path) for path in reversed(paths)]
    return tuple(each for several in reversed(found) for each in several)


def declared(modules: Modules, path: str, name: str) -> Spot | None:
    """Where the file at ``path`` declares a router as ``name``."""
    return next((each.spot for each in _asked(modules, path) if each.spot.name == name), None)


def _asked(modules: Modules, path: str) -> tuple[Candidate, ...]:
    return modules.inquiry.ask(("candidates", path), partial(_declared, modules, path))


def score(candidate: Candidate, package: str) -> tuple[int, int, int, str]:
    """How likely a router is the root: the type clients import, its name and file, then how many routers it mounts."""
    path = candidate.spot.path
    return int(not package or path.startswith(package + "/")), candidate.points, candidate.mounts, path


def _declared(modules: Modules, path: str) -> tuple[Candidate, ...]:
    module = modules.module(path)
    return tuple(_routers(modules, module)) if module is not None else ()


def _routers(modules: Modules, module: Module) -> Iterator[Candidate]:
    for name, value in tuple(module.values.items()):
        place = Place(module, unwrap(value.node), name)
        if value.key or not _is_router(modules, place):
            continue
        types = tuple(alias for alias, named in module.type_queries.items() if named == name)
        given = arguments(place.node)
        entries = given[0].named_children if given else []
        mounts = sum("outer" in module.syntax.code(entry) for entry in entries) + len(given) - 1
        yield Candidate(spot_of(place), line_of(place.node), types, _points(module.path, name, types), mounts)


def _points(path: str, name: str, types: tuple[str, ...]) -> int:
    stem = posixpath.basename(path).split(".")[0]
    folder = posixpath.basename(posixpath.dirname(path))
    placed = stem in _ROOT_FILES or (stem == "index" and folder in _ROOT_FOLDERS)
    return 100 * bool({*types} & _ROOT_TYPES) + 50 * (name in ("appRouter", "rootRouter")) + 20 * placed


def _is_router(modules: Modules, place: Place) -> bool:
    if place.node.type != "call_expression":
        return False
    callee = place.node.child_by_field_name("function")
    if callee is not None and place.module.syntax.code(callee).endswith("mergeRouters"):
        return True
    return bool(arguments(place.node)) and is_router_call(modules, place)
