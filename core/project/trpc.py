"""The map of a tRPC package: found by what the code imports and calls, never by file names alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from beai.core.project.builders import BuilderTable
from beai.core.project.constructors import is_router_call
from beai.core.project.delegates import Touches
from beai.core.project.expressions import arguments, unwrap
from beai.core.project.facts import ApiMap, Router, Schema, Tree
from beai.core.project.follow import Place
from beai.core.project.inits import read_inits
from beai.core.project.modules import Modules
from beai.core.project.places import is_source
from beai.core.project.procedures import ProcedureReader
from beai.core.project.routers import RouterWalk
from beai.core.project.tested import tests_of
from beai.core.project.unmounted import Leftovers

_INIT = re.compile(r"import\s[^;]{0,400}\binitTRPC\b|\binitTRPC\b[^;\n]{0,80}=\s*require\(")
_ROUTERS = re.compile(r"(?:outers?|lazy)\s*\(|outer\s+as\s|outer\s*=\s*typeof\s")
_ROOT_TYPES = frozenset({"AppRouter", "RootRouter", "ApiRouter", "TRPCRouter", "Router"})
_ROOT_FILES = frozenset({"root", "_app", "app-router", "appRouter", "router", "routers", "_router", "app"})


def init_files(tree: Tree) -> tuple[str, ...]:
    """Files that call ``initTRPC``, tests, mocks, scripts and generated code aside; shallowest first."""
    found = [path for path in tree.paths() if is_source(path) and _initialises(tree.text(path) or "")]
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))


def read_api(tree: Tree, package: str = "", schema: Schema | None = None) -> ApiMap:
    """Map the routers that start in ``package`` (``""``: the root), following imports wherever they lead."""
    modules = Modules(tree)
    inits = sorted(init_files(tree), key=lambda path: not _inside(path, package))
    builders = BuilderTable(modules)
    initialised = [module for path in inits if (module := modules.module(path))]
    for module in initialised:
        builders.scan(module)
    candidates = tuple(_candidates(modules))
    reader = ProcedureReader(modules, builders, Touches(modules, schema))
    walk = RouterWalk(modules, reader)
    root = max(candidates, key=lambda place: _score(modules, place, package), default=None)
    if root is not None:
        walk.mount(root, "")
    left = Leftovers(modules, reader, builders)
    unmounted, unresolved = left.read(walk, sorted(candidates, key=lambda at: _score(modules, at, package)))
    routers = _tested(modules, walk)
    made = [router for apart in unmounted for router in apart.routers]
    return ApiMap(
        init_file=_init_of(inits, root),
        root_file=root.module.path if root else "",
        root_variable=root.name if root else "",
        builders=builders.all(),
        routers=routers,
        unresolved=tuple(dict.fromkeys((*walk.unresolved, *unresolved))),
        inits=tuple(init for module in initialised for init in read_inits(modules, module)),
        constructors=tuple(sorted({router.constructor for router in (*routers, *made) if router.constructor})),
        unmounted=unmounted,
    )


def _initialises(text: str) -> bool:
    return "initTRPC" in text and bool(_INIT.search(text))


def _tested(modules: Modules, walk: RouterWalk) -> tuple[Router, ...]:
    """The routers, each procedure with the tests that call it."""
    paths = {procedure.path for router in walk.routers for procedure in router.procedures}
    tests = tests_of(modules, walk.keys, paths) if paths else {}
    if not tests:
        return tuple(walk.routers)
    return tuple(
        replace(router, procedures=tuple(replace(one, tests=tests.get(one.path, ())) for one in router.procedures))
        for router in walk.routers
    )


def _candidates(modules: Modules) -> Iterable[Place]:
    """Every router that is declared at the top level of a source file."""
    for path in sorted(modules.resolver.paths):
        if not is_source(path) or not _ROUTERS.search(modules.tree.text(path) or ""):
            continue
        module = modules.module(path)
        for name, value in tuple(module.values.items()) if module else ():
            if module and not value.key and _is_router(modules, place := Place(module, unwrap(value.node), name)):
                yield place


def _is_router(modules: Modules, place: Place) -> bool:
    if place.node.type != "call_expression":
        return False
    callee = place.node.child_by_field_name("function")
    if callee is not None and place.module.syntax.code(callee).endswith("mergeRouters"):
        return True
    return bool(arguments(place.node)) and is_router_call(modules, place)


def _score(modules: Modules, place: Place, package: str) -> tuple[int, int, int, str]:
    """How likely a router is the root: the type clients import, its name and file, then how many routers it mounts."""
    named = {alias for alias, name in place.module.type_queries.items() if name == place.name}
    points = 100 * bool(named & _ROOT_TYPES) + 50 * (place.name in ("appRouter", "rootRouter"))
    stem = posixpath.basename(place.module.path).split(".")[0]
    folder = posixpath.basename(posixpath.dirname(place.module.path))
    points += 20 * (stem in _ROOT_FILES or (stem == "index" and folder in ("routers", "router", "trpc", "api")))
    given = arguments(place.node)
    entries = given[0].named_children if given else []
    mounts = sum("outer" in place.module.syntax.code(entry) for entry in entries) + len(given) - 1
    return int(_inside(place.module.path, package)), points, mounts, place.module.path


def _init_of(inits: list[str], root: Place | None) -> str:
    """Of several init files the one nearest to the root router."""
    if root is None or not inits:
        return inits[0] if inits else ""
    return max(inits, key=lambda path: len(posixpath.commonprefix([path, root.module.path])))


def _inside(path: str, package: str) -> bool:
    return not package or path.startswith(package + "/")
