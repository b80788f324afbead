"""What a check sees: one file parsed at most once, and the repository around it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from tree_sitter import Node

from beai.core.project.facts import Project, Span, Tree
from beai.core.project.modules import Module, Modules
from beai.core.project.places import is_among_tests, is_code, is_generated, is_source, says_generated
from beai.core.project.syntax import Syntax
from beai.core.rulebook.checks.finding import Hit

Known = TypeVar("Known")

DEEPEST = 800  # levels of nesting; hand-written code stays below 100, and looking up costs by the level
_STEP = 400  # descendants between two looks at the depth
_INDEXED = (
    *("call_expression", "new_expression", "arrow_function", "function_expression", "function_declaration"),
    *("method_definition", "throw_statement", "catch_clause", "as_expression", "predefined_type", "comment"),
    *("await_expression", "for_statement", "for_in_statement", "while_statement", "do_statement", "if_statement"),
    *("return_statement", "expression_statement", "import_statement", "generator_function_declaration"),
)
_PATTERN = f"[{' '.join(f'({each})' for each in _INDEXED)}] @found"
_SEED = re.compile(r"(?:^|/)(?:[\w.-]*[.-])?seed(?:s|ers?|ing)?(?:[./-]|$)|(?:^|/)migrations?/", re.IGNORECASE)
_CONFIG = re.compile(r"(?:^|/)[\w.-]+\.config\.[cm]?[jt]s$|(?:^|/)\.[\w-]+rc\.[cm]?js$")


class Kind(StrEnum):
    """What sort of file a check looks at."""

    SOURCE = "source"  # hand-written code that ships
    SCRIPT = "script"  # seeds, scripts and configuration: they run, but serve nobody
    TEST = "test"  # test files by their name, and what stands in their folders
    SCHEMA = "schema"  # Prisma schema files
    OTHER = "other"  # everything else, as migrations; known by path


@dataclass(frozen=True, slots=True)
class Given:
    """What only git knows: files it has not yet, and files that differ from HEAD; both as paths of the tree."""

    new: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class World:
    """The repository that a file belongs to; what is asked of all of it is worked out once.

    Where only few files are under check, ``asked`` names them, so that less of the others has to be looked at.
    """

    tree: Tree
    project: Project
    given: Given = Given()
    asked: frozenset[str] = frozenset()
    _made: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def modules(self) -> Modules:
        """Every TypeScript file as tables of names, parsed when first asked for."""
        return Modules(self.tree)

    @cached_property
    def delegates(self) -> dict[str, str]:
        """Prisma delegates to their models; empty where there is no schema."""
        schema = self.project.schema
        return {model.delegate: model.name for model in schema.models} if schema else {}

    @property
    def clients(self) -> tuple[str, ...]:
        """The files that may make a Prisma client: those that are known to, and those under check."""
        return tuple(sorted({*self.project.clients, *self.asked}))

    def once(self, make: Callable[[World], Known]) -> Known:
        """What ``make`` says of this repository, worked out at the first question."""
        if make not in self._made:
            self._made[make] = make(self)
        known: Known = self._made[make]
        return known


@dataclass(frozen=True)
class Subject:
    """One file under check."""

    path: str
    text: str
    kind: Kind
    world: World
    _made: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def module(self) -> Module | None:
        """The parsed file; None where it is no code, or too large to be parsed."""
        return self.world.modules.module(self.path) if is_code(self.path) else None

    @property
    def syntax(self) -> Syntax:
        """The syntax tree; ask only where ``module`` is there."""
        assert self.module is not None
        return self.module.syntax

    @property
    def is_test(self) -> bool:
        """Whether this is a test file or stands in a folder of tests."""
        return self.kind is Kind.TEST

    def once(self, make: Callable[[Subject], Known]) -> Known:
        """What ``make`` says of this file, worked out at the first question."""
        if make not in self._made:
            self._made[make] = make(self)
        known: Known = self._made[make]
        return known

    def of(self, *types: str) -> tuple[Node, ...]:
        """Every node of these types (of ``_INDEXED``), in document order."""
        if len(types) == 1:
            return self._index.get(types[0], ())
        return tuple(sorted((node for each in types for node in self._index.get(each, ())), key=_place))

    def within(self, node: Node, *types: str) -> Iterator[Node]:
        """The nodes of these types inside ``node`` or equal to it, type by type, each in document order."""
        for each in types:
            starts, nodes = self._starts.get(each, ()), self._index.get(each, ())
            for at in range(bisect_left(starts, node.start_byte), len(nodes)):
                if nodes[at].start_byte >= node.end_byte:
                    break
                if nodes[at].end_byte <= node.end_byte:
                    yield nodes[at]

    def code(self, node: Node) -> str:
        """The text of ``node``."""
        return self.syntax.code(node)

    def hit(self, node: Node, message: str, fix: str) -> Hit:
        """A hit on the whole of ``node``."""
        return Hit(self.syntax.span(node), message, fix)

    def between(self, start: Node, end: Node, message: str, fix: str) -> Hit:
        """A hit from the beginning of ``start`` to the end of ``end``."""
        return Hit(Span(self.syntax.span(start).start, self.syntax.span(end).end), message, fix)

    @cached_property
    def too_deep(self) -> bool:
        """Whether the tree is nested beyond ``DEEPEST``, as no hand-written file is."""
        root = self.syntax.root
        cursor = root.walk()
        for at in range(0, root.descendant_count, _STEP):
            cursor.goto_descendant(at)
            if cursor.depth > DEEPEST:
                return True
        return False

    @cached_property
    def _index(self) -> dict[str, tuple[Node, ...]]:
        if self.module is None:
            return {}
        found: dict[str, list[Node]] = {}
        for node in self.syntax.matching(_PATTERN):
            found.setdefault(node.type, []).append(node)
        return {each: tuple(nodes) for each, nodes in found.items()}

    @cached_property
    def _starts(self) -> dict[str, tuple[int, ...]]:
        return {each: tuple(node.start_byte for node in nodes) for each, nodes in self._index.items()}


def subjects(world: World, paths: Iterable[str]) -> Iterator[Subject]:
    """The files of ``paths`` that can be read and that no tool made, in the order of their names."""
    for path in sorted(set(paths)):
        if is_generated(path) and not path.endswith(".sql"):
            continue
        text = world.tree.text(path)
        if text is not None and not (is_code(path) and says_generated(text)):
            yield Subject(path, text, kind_of(path), world)


def kind_of(path: str) -> Kind:
    """What sort of file ``path`` is, by its name."""
    if path.endswith(".prisma"):
        return Kind.SCHEMA
    if not is_code(path):
        return Kind.OTHER
    if is_source(path):
        return Kind.SCRIPT if _SEED.search(path) or _CONFIG.search(path) else Kind.SOURCE
    return Kind.TEST if is_among_tests(path) else Kind.SCRIPT


def _place(node: Node) -> tuple[int, int]:
    return node.start_byte, -node.end_byte
