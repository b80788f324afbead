"""The files a suggestion may rely on, nearest to the task first; never secrets, never generated code."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from beai.core.project.facts import Project, Router, Task, Tree
from beai.core.project.modules import Modules
from beai.core.project.places import is_code, is_generated, is_source, is_test, says_generated
from beai.core.project.remembered import Remembered
from beai.core.project.schema_cut import cut, reached
from beai.core.project.target_files import test_file as find_test_file
from beai.core.project.targets import Target, targets
from beai.core.suggest.exchange import Source

TOTAL = 120_000  # characters; some 35,000 tokens
SCHEMA_WHOLE = 30_000  # characters up to which a schema goes along uncut
_CLIENT_SMALL = 6_000
_EXEMPLARS = 2
_HELPER_LEVELS = 2
_SHAPES = ("schema", "validat", "zod", "dto", "input")
_CLIENTS = frozenset({"db", "prisma", "database", "client", "prisma-client"})


def sources(tree: Tree, project: Project, task: Task, test_file: str = "") -> tuple[Source, ...]:
    """The sources for ``task``, in fixed order: its router and tests, root, init, helpers, shapes, schema, exemplars.

    A file that would exceed ``TOTAL`` is left out whole, later ones may still fit. ``test_file`` is the file that the
    tests go to, when it is decided already.
    """
    tree = Remembered(tree)
    wanted: dict[str, str] = {}
    for path, text in _ranked(tree, project, task, targets(task, project), test_file):
        if path not in wanted and text is not None and _may_go(path, text):
            wanted[path] = text
    chosen: list[Source] = []
    room = TOTAL
    for path, text in wanted.items():
        if len(text) <= room:
            chosen.append(Source(path, text))
            room -= len(text)
    return tuple(chosen)


def _ranked(
    tree: Tree, project: Project, task: Task, target: Target, test_file: str
) -> Iterator[tuple[str, str | None]]:
    modules = Modules(tree)
    router = target.router_file.value if target.router_file else ""
    siblings = _exemplars(project, target)
    tests = _tests(project, target, test_file, siblings)
    yield from _read(tree, [router, *tests, project.api.root_file, project.api.init_file])
    yield from _read(tree, dict.fromkeys(builder.file for builder in project.api.builders))
    helpers = list(_imported(modules, tests, _HELPER_LEVELS, project))
    yield from _read(tree, helpers)
    nearest = [router] if tree.text(router) is not None else [sibling.file for sibling in siblings[:1]]
    yield from _read(tree, (path for path in _imported(modules, nearest, 1, project) if _is_shape(path)))
    yield from _schema(tree, project, task, target)
    yield from _read(tree, dict.fromkeys(sibling.file for sibling in siblings))
    yield from _read(tree, _clients(tree, project))
    yield from _read(tree, (path for sibling in siblings for path in _tests_of(project, sibling)))


def _read(tree: Tree, paths: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    return ((path, tree.text(path)) for path in paths if path)


def _may_go(path: str, text: str) -> bool:
    secret = posixpath.basename(path).startswith(".env")
    return not (secret or is_generated(path) or (is_code(path) and says_generated(text)))


def _exemplars(project: Project, target: Target) -> list[Router]:
    """Other routers, those with a procedure of the same kind on the same builder first."""
    kind, builder = (target.kind.value if target.kind else ""), (target.builder.value if target.builder else "")
    here = target.router_file.value if target.router_file else ""

    def rank(router: Router) -> tuple[bool, bool, bool, int, str]:
        alike = [procedure for procedure in router.procedures if procedure.kind == kind]
        same = any(procedure.builder == builder for procedure in alike)
        return not same, not alike, not _tests_of(project, router), router.key.count("."), router.key

    others = {
        router.file: router for router in reversed(project.api.routers) if router.procedures and router.file != here
    }
    return sorted(others.values(), key=rank)[:_EXEMPLARS]


def _tests(project: Project, target: Target, test_file: str, siblings: list[Router]) -> list[str]:
    """The tests of the target's router, or of the nearest sibling when it has none."""
    found = [test_file] if test_file in project.test_files else []
    if target.test_file and target.test_file.exists:
        found.append(target.test_file.value)
    if found:
        return list(dict.fromkeys(found))
    return next((list(tests) for sibling in siblings if (tests := _tests_of(project, sibling))), [])


def _tests_of(project: Project, router: Router) -> tuple[str, ...]:
    first = router.procedures[0].name if router.procedures else ""
    found = find_test_file(router.key, first, router.file, (), project) if router.key else None
    return (found.value,) if found and found.exists else ()


def _imported(modules: Modules, paths: Iterable[str], levels: int, project: Project) -> Iterator[str]:
    """Code files that ``paths`` import, ``levels`` deep, nearest first; routers are sent for other reasons."""
    routers = {router.file for router in project.api.routers}
    seen, layer = set(paths), list(paths)
    for _ in range(levels):
        following: list[str] = []
        for path in layer:
            module = modules.module(path) if is_code(path) else None
            specifiers = [source.module for source in module.imports.values()] if module else []
            specifiers += [*module.stars, *(source.module for source in module.reexports.values())] if module else []
            for specifier in dict.fromkeys(specifiers):
                target = modules.resolver.resolve(path, specifier)
                if target is None or target in seen or target in routers or not is_code(target):
                    continue
                seen.add(target)
                if _may_go(target, modules.tree.text(target) or ""):
                    following.append(target)
        yield from (path for path in following if not is_test(path))
        layer = following


def _is_shape(path: str) -> bool:
    return any(word in path.lower() for word in _SHAPES)


def _schema(tree: Tree, project: Project, task: Task, target: Target) -> Iterator[tuple[str, str | None]]:
    if project.schema is None:
        return
    texts = [(path, tree.text(path) or "") for path in project.schema.files]
    if sum(len(text) for _, text in texts) <= SCHEMA_WHOLE:
        yield from texts
        return
    names = reached(project.schema, task.text, target.model.value if target.model else "")
    for path, text in texts:
        if part := cut(text, names):
            yield path, part


def _clients(tree: Tree, project: Project) -> Iterator[str]:
    """The small module that makes the database client, found by its name and its use of ``PrismaClient``."""
    for path in tree.paths():
        stem = posixpath.basename(path).split(".")[0]
        named = stem in _CLIENTS or (stem == "index" and posixpath.basename(posixpath.dirname(path)) in _CLIENTS)
        if named and is_source(path):
            text = tree.text(path) or ""
            if "PrismaClient" in text and len(text) <= _CLIENT_SMALL and _may_go(path, text):
                yield path
                return
