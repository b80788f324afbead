"""The map of a tRPC package: found by what the code imports and calls, never by file names alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from beai.core.project.builders import BuilderTable
from beai.core.project.candidates import Candidate, candidates, score
from beai.core.project.delegates import Touches
from beai.core.project.facts import AccessLevel, ApiMap, Init, Router, Schema, TestCall, Tree, Unresolved
from beai.core.project.inits import read_inits
from beai.core.project.modules import Modules
from beai.core.project.procedures import ProcedureReader
from beai.core.project.recall import Question, Recall
from beai.core.project.remembered import remembered
from beai.core.project.routers import RouterWalk
from beai.core.project.signs import Sign, signed
from beai.core.project.syntax import line_of
from beai.core.project.tested import tests_of
from beai.core.project.unmounted import Leftovers

_PATH = re.compile(r"`(?:[\w-]{1,80}\.){1,40}(?=[\w-]{1,80}` could not be followed)")
Joined = Mapping[Question, tuple[object, object, object]]


def init_files(tree: Tree) -> tuple[str, ...]:
    """Files that call ``initTRPC``, tests, mocks, scripts and generated code aside; shallowest first."""
    tree = remembered(tree)
    found = [path for path, signs in signed(tree).items() if Sign.INIT in signs]
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))


def read_api(tree: Tree, package: str = "", schema: Schema | None = None) -> ApiMap:
    """Map the routers that start in ``package`` (``""``: the root), following imports wherever they lead.

    Of a tree that remembers an earlier reading only that is read again which a change since then may touch.
    """
    modules = Modules(tree)
    inits = sorted(init_files(modules.tree), key=lambda path: not _inside(path, package))
    builders = BuilderTable(modules)
    for path in inits:
        builders.scan(path)
    declared = candidates(modules)
    reader = ProcedureReader(modules, builders, Touches(modules, schema))
    walk = RouterWalk(modules, reader)
    ranked = sorted(declared, key=lambda each: score(each, package))
    root = max(declared, key=lambda each: score(each, package), default=None)
    if root is not None:
        walk.mount(root.spot, "")
    unmounted, unresolved = Leftovers(modules, reader, builders).read(walk, ranked)
    routers = _tested(modules, walk)
    modules.keep()
    made = [router for apart in unmounted for router in apart.routers]
    return ApiMap(
        init_file=_init_of(inits, root),
        root_file=root.spot.path if root else "",
        root_variable=root.spot.name if root else "",
        builders=builders.all(),
        routers=routers,
        unresolved=_once((*walk.unresolved, *unresolved, *_unknown((*routers, *made)), *_broken(modules, routers))),
        inits=tuple(init for path in inits for init in _inits(modules, path)),
        constructors=tuple(sorted({router.constructor for router in (*routers, *made) if router.constructor})),
        unmounted=unmounted,
    )


def _unknown(routers: Iterable[Router]) -> Iterator[Unresolved]:
    """Queries whose model is not known, and guards that ask for a role which their code does not tell."""
    for router in routers:
        for one in router.procedures:
            yield from one.lost
            if one.access.level is AccessLevel.ROLES and not one.access.roles:
                yield Unresolved(one.access.file, one.access.line, one.access.reason)


def _broken(modules: Modules, routers: Iterable[Router]) -> Iterator[Unresolved]:
    """Files of the API with a part that does not parse, each at its first such line."""
    making = {path for path, signs in signed(modules.tree).items() if {*signs} & {Sign.INIT, Sign.ROUTER, Sign.KIND}}
    reached = {one.handler.file if one.handler else one.file for router in routers for one in router.procedures}
    for path in sorted(making | reached):
        line = modules.inquiry.ask(("broken", path), partial(_broken_line, modules, path))
        if line:
            yield Unresolved(path, line, "a part of this file could not be parsed; what it makes may be missing")


def _broken_line(modules: Modules, path: str) -> int:
    module = modules.module(path)
    node = module.syntax.broken() if module is not None and module.syntax.root.has_error else None
    return line_of(node) if node is not None else 0


def _once(found: Iterable[Unresolved]) -> tuple[Unresolved, ...]:
    """Each dead end once, however many routers lead to it."""
    kept: dict[tuple[str, int, str], Unresolved] = {}
    for one in found:
        kept.setdefault((one.file, one.line, _PATH.sub("`", one.what)), one)
    return tuple(kept.values())


def _inits(modules: Modules, path: str) -> tuple[Init, ...]:
    def read() -> tuple[Init, ...]:
        module = modules.module(path)
        return tuple(read_inits(modules, module)) if module is not None else ()

    return modules.inquiry.ask(("inits", path), read)


def _tested(modules: Modules, walk: RouterWalk) -> tuple[Router, ...]:
    """The routers, each procedure with the tests that call it."""
    paths = {procedure.path for router in walk.routers for procedure in router.procedures}
    tests = tests_of(modules, walk.keys, paths) if paths else {}
    before, modules.tree.recall.joined = modules.tree.recall.joined, {}
    return tuple(_with_tests(modules.tree.recall, before, router, tests) for router in walk.routers)


def _with_tests(recall: Recall, before: Joined, router: Router, tests: Mapping[str, tuple[TestCall, ...]]) -> Router:
    calls = tuple(tests.get(one.path, ()) for one in router.procedures)
    key = (router.file, str(router.line), router.variable, router.key)
    known = before.get(key)
    if known is not None and known[0] is router and known[1] == calls and isinstance(known[2], Router):
        whole = known[2]
    else:
        both = zip(router.procedures, calls, strict=True)
        whole = replace(router, procedures=tuple(replace(one, tests=each) if each else one for one, each in both))
    recall.joined[key] = (router, calls, whole)
    return whole


def _init_of(inits: list[str], root: Candidate | None) -> str:
    """Of several init files the one nearest to the root router."""
    if root is None or not inits:
        return inits[0] if inits else ""
    return max(inits, key=lambda path: len(posixpath.commonprefix([path, root.spot.path])))


def _inside(path: str, package: str) -> bool:
    return not package or path.startswith(package + "/")
