"""The files a suggestion may rely on, whole and nearest to the task first; never secrets, never generated code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from beai.core.project.exemplar import Exemplar, builders_in_use, exemplar, tests_of
from beai.core.project.facts import Project, Router, Task, Tree
from beai.core.project.modules import Modules
from beai.core.project.places import is_code, is_generated, is_source, is_test, says_generated
from beai.core.project.remembered import Remembered
from beai.core.project.target_files import named_paths
from beai.core.project.targets import Target, targets
from beai.core.suggest.exchange import Purpose, Request, Source, SourceRole
from beai.core.suggest.privacy.never import never_read
from beai.core.suggest.privacy.secret import KeptBack

TOTAL = 3_000_000  # characters; what is sent of them to a model is cut by meaning
_CLIENT_SMALL = 6_000
_SIBLINGS = 2
_HELPER_LEVELS = 2
_MOST_IMPORTED = 12  # files of one level
_MOST_STARS = 12  # that a file may pass on for a name to be looked for behind them
_SHAPES = ("schema", "validat", "zod", "dto", "input")
_CLIENTS = frozenset({"db", "prisma", "database", "client", "prisma-client"})
_ERRORS = re.compile(r"error|exception|catch", re.IGNORECASE)
_MAPS_ERRORS = re.compile(r"PrismaClientKnownRequestError|\bP20\d\d\b|TRPCError")
_MOCKED = re.compile(r"\b(?:vi|jest)\s*\.\s*mock\(\s*[\"'`]([^\"'`\n]{1,200})[\"'`]\s*\)")
_SERVES_TESTS = re.compile(
    r"(?:^|/)(?:__tests__|__test__|tests?|testing|spec|__mocks__|mocks?|__fixtures__|fixtures?)/"
    r"|(?:^|[/._-])(?:test|mock|fake|stub|fixture|factor(?:y|ies)|helper|caller|setup|seed)s?(?=[/._-]|$)"
    r"|(?:Mock|Fake|Stub|Fixture|Factory|Helper|Caller|Test)s?\b",
)
_NAMED = re.compile(r"[\w@.$()\[\]~-]{1,100}(?:/[\w@.$()\[\]~-]{1,100}){0,20}")
_MOST_NAMED = 2_000

_RULE_UPDATES = "tasks/proposals/rule_update_"
"""How the files begin that propose a change of a rule: none of these is written over."""

_Found = Iterator[tuple[str, SourceRole, str]]


def sources(tree: Tree, project: Project, task: Task, test_file: str = "") -> tuple[Source, ...]:
    """The sources for ``task`` in fixed order, each with its role and the reason why it goes along.

    A file that would exceed ``TOTAL`` is left out whole, later ones may still fit. ``test_file`` is the file that the
    tests go to, when it is decided already.
    """
    tree = Remembered(tree)
    chosen: dict[str, Source] = {}
    room = TOTAL
    for path, role, reason in _Reach(tree, project, task, targets(task, project), test_file).all():
        text = tree.text(path) if path and path not in chosen else None
        if text is not None and may_go(path, text) and len(text) <= room:
            chosen[path] = Source(path, text, role, reason)
            room -= len(text)
    return tuple(chosen.values())


def request_sources(tree: Tree, request: Request) -> tuple[Source, ...]:
    """What the task of ``request`` reaches; for the record, the files it writes."""
    if request.purpose is not Purpose.RECORD:
        return sources(tree, request.project, request.task, request.test_file)
    context = request.project.context
    proposed = (path for path in tree.paths() if path.startswith(_RULE_UPDATES))
    wanted = (request.task.file, *((context.path,) if context else ()), *request.touched, *proposed)
    found = ((path, tree.text(path)) for path in dict.fromkeys(wanted))
    return tuple(Source(path, text) for path, text in found if text is not None and not never_read(path))


def withheld(request: Request, never: Callable[[str], str]) -> tuple[KeptBack, ...]:
    """The files that the task names, writes or is about, and that are never read; ``never`` says why one is not."""
    task, target = request.task, targets(request.task, request.project)
    said = "\n".join((task.text or task.description, *task.deliverables))
    words = islice((found.group().rstrip(".") for found in _NAMED.finditer(said)), _MOST_NAMED)
    about = (found.value for found in (target.router_file, target.test_file) if found)
    named = (*named_paths(task, request.project), *words)
    paths = dict.fromkeys((task.file, request.test_file, *request.touched, *about, *named))
    return tuple(KeptBack(path, why) for path in paths if path and (why := never(path)))


def serves_tests(path: str) -> bool:
    """Whether a file's name or folder says that it is there for tests."""
    return bool(_SERVES_TESTS.search(path))


def may_go(path: str, text: str) -> bool:
    """Whether a file may leave this computer at all: nothing that is never read, nothing that a tool made."""
    return not (never_read(path) or is_generated(path) or (is_code(path) and says_generated(text)))


@dataclass
class _Reach:
    """One task's way through a tree."""

    tree: Tree
    project: Project
    task: Task
    target: Target
    test_file: str
    modules: Modules = field(init=False)

    def __post_init__(self) -> None:
        self.modules = Modules(self.tree)

    def all(self) -> _Found:
        """Every file with its role and reason; a path may come twice, and its first role counts."""
        project, target = self.project, self.target
        router = target.router_file.value if target.router_file else ""
        alike = exemplar(project, target, self.task)
        siblings = _siblings(project, target, alike)
        tests = list(self._tests(siblings))
        yield router, SourceRole.ROUTER, target.router_file.how if target.router_file else ""
        for found in target.procedures:
            if procedure := project.api.procedure(found.value):
                yield procedure.file, SourceRole.ROUTER, f"`{procedure.path}` is written there"
        yield from tests
        yield project.api.root_file, SourceRole.ROOT, "holds the root router, where a new router is mounted"
        yield project.api.init_file, SourceRole.INIT, "initialises tRPC"
        for builder in builders_in_use(project, target, alike):
            yield builder.file, SourceRole.INIT, f"defines the builder {builder.name}"
        paths = [path for path, _, _ in tests]
        yield from self._imported(paths, _HELPER_LEVELS, SourceRole.TEST_SUPPORT)
        yield from self._mocked(paths)
        nearest = [router] if self.tree.text(router) is not None else [each.file for each in siblings[:1]]
        beside = tuple(self._imported(nearest, 1, SourceRole.SHAPE))
        yield from (one for one in beside if any(word in one[0].lower() for word in _SHAPES))
        yield from ((path, SourceRole.ERRORS, why) for path, _, why in beside if self._maps_errors(path))
        for path in project.schema.files if project.schema else ():
            yield path, SourceRole.SCHEMA, "the Prisma schema"
        if alike is not None:
            yield alike.procedure.file, SourceRole.EXEMPLAR, alike.reason
        for sibling in siblings:
            yield sibling.file, SourceRole.SIBLING, f"a router beside it, at `{sibling.key}`"
        yield from self._clients()
        if alike is not None and alike.test_file:
            yield (
                alike.test_file,
                SourceRole.EXEMPLAR_TEST,
                f"tests `{alike.procedure.path}`, the procedure most like it",
            )
        for sibling in siblings:
            yield tests_of(project, sibling), SourceRole.SIBLING, f"tests a router beside it, `{sibling.key}`"

    def _tests(self, siblings: list[Router]) -> _Found:
        """The tests of the target's router, or of the nearest sibling when it has none."""
        project, target = self.project, self.target
        if self.test_file in project.test_files:
            yield self.test_file, SourceRole.TEST, "the tests of this task are in it"
        own = target.test_file if target.test_file and target.test_file.exists else None
        if own is not None:
            yield own.value, SourceRole.TEST, own.how
        if self.test_file in project.test_files or own is not None:
            return
        beside = next((tests for sibling in siblings if (tests := tests_of(project, sibling))), "")
        if beside:
            yield beside, SourceRole.EXEMPLAR_TEST, "there are no tests of this router yet; these are a sibling's"

    def _imported(self, paths: Iterable[str], levels: int, role: SourceRole) -> _Found:
        """Code files that ``paths`` import, nearest first; beyond the first level only what serves tests."""
        routers = {router.file for router in self.project.api.routers}
        layer = [path for path in paths if path]
        seen = set(layer)
        for level in range(levels):
            following: list[tuple[str, str]] = []
            for path in layer:
                for found in self._meant(path):
                    if found in seen or found in routers or not is_code(found) or is_test(found):
                        continue
                    seen.add(found)
                    if (level == 0 or serves_tests(found)) and may_go(found, self.tree.text(found) or ""):
                        following.append((found, path))
            yield from ((path, role, f"imported by {by}") for path, by in following[:_MOST_IMPORTED])
            layer = [path for path, _ in following]

    def _meant(self, path: str) -> Iterator[str]:
        """The files behind the names that ``path`` imports; a file that only passes a name on is seen through."""
        module = self.modules.module(path) if is_code(path) else None
        for source in module.imports.values() if module else ():
            target = self.modules.resolver.resolve(path, source.module)
            inner = self.modules.module(target) if target and is_code(target) else None
            if target is None or inner is None:
                continue
            passes_on = bool(inner.stars or inner.reexports) and not inner.values
            if not passes_on:
                yield target
            elif len(inner.stars) <= _MOST_STARS and (found := self.modules.exported(inner, source.name)):
                yield found[0].path

    def _mocked(self, paths: Iterable[str]) -> _Found:
        """The ``__mocks__`` neighbour of a module that a test mocks without a factory (Vitest and Jest, "Mocking")."""
        for path in paths:
            for match in _MOCKED.finditer(self.tree.text(path) or ""):
                found = self.modules.resolver.resolve(path, match.group(1))
                if found is not None:
                    folder, name = posixpath.split(found)
                    yield (
                        posixpath.join(folder, "__mocks__", name),
                        SourceRole.TEST_SUPPORT,
                        f"{path} mocks {found} by it",
                    )

    def _maps_errors(self, path: str) -> bool:
        return bool(_ERRORS.search(posixpath.basename(path)) and _MAPS_ERRORS.search(self.tree.text(path) or ""))

    def _clients(self) -> _Found:
        """The small module that makes the database client, found by its name and its use of ``PrismaClient``."""
        for path in self.tree.paths():
            stem = posixpath.basename(path).split(".")[0]
            named = stem in _CLIENTS or (stem == "index" and posixpath.basename(posixpath.dirname(path)) in _CLIENTS)
            if named and is_source(path):
                text = self.tree.text(path) or ""
                if "PrismaClient" in text and len(text) <= _CLIENT_SMALL and may_go(path, text):
                    yield path, SourceRole.CLIENT, "makes the database client"
                    return


def _siblings(project: Project, target: Target, alike: Exemplar | None) -> list[Router]:
    """Other routers: that of the exemplar first, then those with a procedure of its kind on its builder, with tests."""
    kind, builder = (target.kind.value if target.kind else ""), (target.builder.value if target.builder else "")
    here, first = (target.router_file.value if target.router_file else ""), (alike.procedure.file if alike else "")

    def rank(router: Router) -> tuple[bool, bool, bool, bool, int, str]:
        near = [procedure for procedure in router.procedures if procedure.kind == kind]
        same = any(procedure.builder == builder for procedure in near)
        return (
            router.file != first,
            not same,
            not near,
            not tests_of(project, router),
            router.key.count("."),
            router.key,
        )

    others = {
        router.file: router for router in reversed(project.api.routers) if router.procedures and router.file != here
    }
    return sorted(others.values(), key=rank)[:_SIBLINGS]
