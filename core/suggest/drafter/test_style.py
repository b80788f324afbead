"""How the tests of a repository reach a procedure, its database and its sessions, read from their syntax trees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, key_of
from beai.core.edits.place.suites import Declared, Role, declared_tests
from beai.core.project.facts import ApiMap
from beai.core.project.syntax import Syntax, walk
from beai.core.suggest.drafter.conventions import File, db_calls
from beai.core.suggest.drafter.error_maker import ErrorMaker, error_maker, names_in
from beai.core.suggest.drafter.sessions import NOBODY, Session, sessions_of

SESSION = "%SESSION%"
CHAIN = "%CHAIN%"
_SLOT = re.compile(r"session|user|auth|member|viewer|account|actor|\bme\b", re.I)


@dataclass(frozen=True, slots=True)
class Caller:
    """``setup`` are the statements of a test that make what it calls; ``root`` is what the procedure hangs on."""

    setup: tuple[str, ...]
    root: str
    through_router: bool
    file: str


@dataclass(frozen=True, slots=True)
class TestStyle:
    """The habits of the tests; ``mock`` and ``expected`` have ``%CHAIN%`` for ``db.model.operation``."""

    __test__ = False

    caller: Caller
    db: str
    mock: str
    expected: str
    sessions: tuple[Session, ...]
    error: ErrorMaker | None
    typed: bool
    nested: bool
    word: str
    file: File
    files: tuple[File, ...]

    def nobody(self) -> Session | None:
        """The session of a caller who is not signed in."""
        return next((one for one in self.sessions if one.expression in NOBODY), None)


@dataclass(frozen=True, slots=True)
class _Use:
    """One call of a procedure in a test."""

    file: File
    root: Node
    through: bool
    test: Node
    made: Node | None  # the declarator of the root, where the test declares it
    call: Node | None  # the expression that makes the caller


def learn_tests(
    files: tuple[File, ...], target: str, api: ApiMap, delegates: frozenset[str], id_name: str
) -> TestStyle | str:
    """The style of the tests, the target file's first; a sentence where they do not show how to call or to mock."""
    tests = sorted((one for one in files if declared_tests(one.syntax)), key=lambda one: one.path != target)
    uses = [use for one in tests for use in _uses(one, api)]
    if not uses:
        return "No test of the repository calls a procedure in a way that could be followed."
    mocks = [found for one in tests for found in _mocks(one, delegates)]
    if not mocks:
        return "No test of the repository mocks the database in a way that could be followed."
    home = uses[0].file
    db, mock = next(
        (db, mock) for file, db, mock in mocks if file is home or not any(each[0] is home for each in mocks)
    )
    slot = _slot(uses)
    chosen = next((use for use in uses if use.file is home and _leaf(use, slot) is not None), uses[0])
    expected = Counter(found for one in tests for found in _expected(one, delegates))
    text = "".join(one.syntax.text for one in files)
    return TestStyle(
        caller=_caller(chosen, slot, db),
        db=db,
        mock=mock,
        expected=expected.most_common(1)[0][0] if expected else CHAIN,
        sessions=sessions_of((said for use in uses if (said := _leaf(use, slot)) is not None), files, id_name),
        error=error_maker((*tests, *files)),
        typed="mockDeep<" in text or "DeepMockProxy" in text or "mocked(" in mock,
        nested=_nested(home, api),
        word=next((one.word for one in declared_tests(home.syntax) if one.role is Role.TEST), "it"),
        file=chosen.file,
        files=files,
    )


def _uses(one: File, api: ApiMap) -> Iterator[_Use]:
    paths = frozenset(p.path for router in api.routers for p in router.procedures)
    for test in declared_tests(one.syntax):
        if test.role is not Role.TEST or test.body is None:
            continue
        for node in walk(test.body):
            callee = node.child_by_field_name("function") if node.type == "call_expression" else None
            found = _root(one.syntax, callee, paths) if callee is not None else None
            if found:
                made = _declarator(one.syntax, found[0], test.body)
                call = made.child_by_field_name("value") if made else found[0]
                yield _Use(one, found[0], found[1], test.body, made, _unwrapped(call))


def _root(syntax: Syntax, callee: Node, paths: frozenset[str]) -> tuple[Node, bool] | None:
    """What ``….router.procedure`` or ``….procedure`` hangs on, for a procedure that exists."""
    names: list[str] = []
    node: Node | None = callee
    while node is not None and node.type == "member_expression":
        names.insert(0, syntax.code(node.child_by_field_name("property") or node))
        node = node.child_by_field_name("object")
        if (
            ".".join(names) in paths
            and node is not None
            and node.type in ("identifier", "call_expression", "parenthesized_expression", "await_expression")
        ):
            return node, True
        last = len(names) == 1 and any(path.endswith("." + names[0]) for path in paths)
        if last and node is not None and (node.type == "call_expression" or _is_caller(syntax, node)):
            return node, False
    return None


def _is_caller(syntax: Syntax, node: Node) -> bool:
    return node.type == "identifier" and bool(re.search(r"caller|api|client|trpc", syntax.code(node), re.I))


def _declarator(syntax: Syntax, root: Node, scope: Node) -> Node | None:
    if root.type != "identifier":
        return None
    name = syntax.code(root)
    for node in walk(scope):
        declared = node.child_by_field_name("name") if node.type == "variable_declarator" else None
        if declared is not None and syntax.code(declared) == name:
            return node
    return None


def _unwrapped(node: Node | None) -> Node | None:
    while node is not None and node.type in ("await_expression", "parenthesized_expression") and node.named_children:
        node = node.named_children[0]
    return node


def _leaves(syntax: Syntax, call: Node | None) -> dict[str, Node]:
    """The arguments of the call that makes a caller, and the properties of those that are objects."""
    found: dict[str, Node] = {}
    for index, given in enumerate(arguments(call) if call is not None and call.type == "call_expression" else []):
        if given.type != "object":
            found[str(index)] = given
            continue
        for entry in given.named_children:
            value = entry.child_by_field_name("value") or entry
            found[f"{index}.{key_of(syntax, entry)}"] = value
    return found


def _slot(uses: list[_Use]) -> str:
    """Where the session goes: what some test sets to null, else what is named like one."""
    for use in uses:
        for key, value in _leaves(use.file.syntax, use.call).items():
            if use.file.syntax.code(value) in NOBODY:
                return key
    keys = Counter(
        key for use in uses for key in _leaves(use.file.syntax, use.call) if _SLOT.search(key.partition(".")[2])
    )
    if keys:
        return keys.most_common(1)[0][0]
    plain = [
        key
        for use in uses
        for key, value in _leaves(use.file.syntax, use.call).items()
        if _SLOT.search(use.file.syntax.code(value))
    ]
    return plain[0] if plain else ""


def _leaf(use: _Use, slot: str) -> str | None:
    found = _leaves(use.file.syntax, use.call).get(slot)
    return use.file.syntax.code(found) if found is not None else None


def _caller(use: _Use, slot: str, db: str) -> Caller:
    syntax = use.file.syntax
    leaf = _leaves(syntax, use.call).get(slot)
    wanted = {db.split(".")[0]}
    if use.made is None:
        root = _with_slot(syntax, use.root, leaf)
        wanted |= names_in(syntax, use.root)
        return Caller(_setup(syntax, use.test, wanted, None, leaf), root, use.through, use.file.path)
    wanted |= names_in(syntax, use.made)
    return Caller(_setup(syntax, use.test, wanted, use.made, leaf), syntax.code(use.root), use.through, use.file.path)


def _setup(syntax: Syntax, test: Node, wanted: set[str], made: Node | None, leaf: Node | None) -> tuple[str, ...]:
    """The statements of the test that declare what the caller and the database need, in order."""
    declared: dict[str, Node] = {}
    for statement in test.named_children:
        for node in statement.named_children if statement.type == "lexical_declaration" else ():
            name = node.child_by_field_name("name")
            if name is not None and name.type == "identifier":
                declared[syntax.code(name)] = statement
    skipped = names_in(syntax, leaf) if leaf is not None else set()
    kept: set[int] = set()
    queue = [name for name in wanted if name in declared and name not in skipped]
    while queue:
        statement = declared[queue.pop()]
        if statement.id not in kept:
            kept.add(statement.id)
            queue += [name for name in names_in(syntax, statement) if name in declared and name not in skipped]
    return tuple(
        _with_slot(syntax, statement, leaf).rstrip(";") for statement in test.named_children if statement.id in kept
    )


def _with_slot(syntax: Syntax, node: Node, leaf: Node | None) -> str:
    if leaf is None or leaf.start_byte < node.start_byte or leaf.end_byte > node.end_byte:
        return syntax.code(node)
    before = syntax.source[node.start_byte : leaf.start_byte].decode("utf-8", "surrogateescape")
    after = syntax.source[leaf.end_byte : node.end_byte].decode("utf-8", "surrogateescape")
    short = leaf.type == "shorthand_property_identifier"
    return f"{before}{syntax.code(leaf) + ': ' if short else ''}{SESSION}{after}"


def _mocks(one: File, delegates: frozenset[str]) -> Iterator[tuple[File, str, str]]:
    for db, _, _, chain in db_calls(one.syntax, delegates):
        outer = _outer(one.syntax, chain)
        parent = outer.parent
        prop = (
            parent.child_by_field_name("property")
            if parent is not None and parent.type == "member_expression"
            else None
        )
        if prop is not None and one.syntax.code(prop).startswith("mock"):
            yield one, db, one.syntax.code(outer).replace(one.syntax.code(chain), CHAIN)


def _expected(one: File, delegates: frozenset[str]) -> Iterator[str]:
    for _, _, _, chain in db_calls(one.syntax, delegates):
        outer = _outer(one.syntax, chain)
        call = outer.parent.parent if outer.parent is not None and outer.parent.type == "arguments" else None
        callee = call.child_by_field_name("function") if call is not None else None
        if callee is not None and one.syntax.code(callee) == "expect":
            yield one.syntax.code(outer).replace(one.syntax.code(chain), CHAIN)


def _outer(syntax: Syntax, node: Node) -> Node:
    """``node`` with the casts and the ``mocked(…)`` around it."""
    while (parent := node.parent) is not None:
        if parent.type in ("as_expression", "parenthesized_expression", "non_null_expression", "satisfies_expression"):
            node = parent
        elif parent.type == "arguments" and parent.parent is not None and len(parent.named_children) == 1:
            callee = parent.parent.child_by_field_name("function")
            if callee is None or not syntax.code(callee).endswith("mocked"):
                return node
            node = parent.parent
        else:
            return node
    return node


def _nested(home: File, api: ApiMap) -> bool:
    """Whether suites stand as router, then procedure, rather than under one dotted name."""
    paths = {p.path for router in api.routers for p in router.procedures}
    names = {p.name for router in api.routers for p in router.procedures}
    suites = [one for one in declared_tests(home.syntax) if one.role is Role.SUITE]
    dotted = sum(one.name in paths for one in suites)
    inside = sum(bool(one.parents) and one.name.lstrip("#.") in names for one in suites)
    return inside > dotted


def outer_suite(home: File, api: ApiMap) -> Declared | None:
    """The suite around the suites of single procedures."""
    names = {p.name for router in api.routers for p in router.procedures}
    suites = [one for one in declared_tests(home.syntax) if one.role is Role.SUITE]
    inner = next((one for one in suites if one.parents and one.name.lstrip("#.") in names), None)
    return next((one for one in suites if inner and one.path == inner.parents), None) or next(
        (one for one in suites if not one.parents), None
    )
