"""A test that only meets its own mocks: it asserts what it has just put in, and stays green without the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import arguments, chain, literal, unwrap
from beai.core.rulebook.checks.asserting import Test, declarations, names_of, tests_of
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.subject import Subject

_MAKERS = frozenset({"vi", "jest", "sinon", "mock"})
_DEEP = re.compile(r"^(?:mockDeep|mock|mockReset|mockClear|createMock)$")
_SET = re.compile(r"^(?:mock[A-Z]\w*|with[A-Z]\w*|returns|resolves|rejects|callsFake|throws|calledWith)$")
_BUILT_IN = frozenset(
    {
        *(
            "Promise",
            "Object",
            "Array",
            "JSON",
            "Date",
            "String",
            "Number",
            "Boolean",
            "Math",
            "Symbol",
            "Error",
            "Map",
        ),
        *("Set", "console", "structuredClone", "BigInt", "parseInt", "parseFloat"),
    }
)
_PARTLY = re.compile(r"importOriginal|importActual|requireActual")


def test_of_mock(subject: Subject) -> Iterator[Hit]:
    """A test whose every call is of a mock it made, and a router that is mocked whole where it should be tested."""
    mocks = _mocks(subject)
    for test in tests_of(subject) if mocks else ():
        if (called := _only_calls_mocks(subject, test, mocks)) is not None:
            fix = "Call the procedure through a caller, and mock only what it reaches for: the database, the network."
            yield subject.hit(called, "The test calls its own mock and asserts what it was told to answer.", fix)
    yield from _routers_mocked(subject)


def _mocks(subject: Subject) -> frozenset[str]:
    """Names that hold a mock, or an object of mocks, anywhere in the file."""
    found: set[str] = set()
    if not declarations(subject):
        return frozenset()
    for call in subject.of("call_expression"):
        if not _makes(subject, call):
            continue
        above = call.parent
        while above is not None and above.type in (*_INSIDE, "call_expression", "member_expression"):
            above = above.parent
        name = above.child_by_field_name("name") if above is not None and above.type == "variable_declarator" else None
        if name is not None and name.type == "identifier" and _is_mock(subject, above):
            found.add(subject.code(name))
    return frozenset(found)


_INSIDE = ("object", "pair", "as_expression", "satisfies_expression", "parenthesized_expression", "non_null_expression")


def _is_mock(subject: Subject, declarator: Node | None) -> bool:
    """Whether what is declared is a mock itself, or an object literal with mocks in it."""
    value = declarator.child_by_field_name("value") if declarator is not None else None
    if value is None:
        return False
    value = unwrap(value)
    if value.type == "object":
        return True
    made = chain(subject.syntax, value)
    first = made.calls[0].node if made.calls else value
    return first.type == "call_expression" and _makes(subject, first)


def _makes(subject: Subject, call: Node) -> bool:
    names = names_of(subject, call)
    return (len(names) == 2 and names[0] in _MAKERS and names[1] in ("fn", "stub")) or (
        len(names) == 1 and _DEEP.match(names[0]) is not None
    )


def _only_calls_mocks(subject: Subject, test: Test, mocks: frozenset[str]) -> Node | None:
    """The first call of a mock in a test that calls nothing else."""
    if any(True for _ in subject.within(test.body, "new_expression")) and not _builds_values(subject, test):
        return None
    first: Node | None = None
    asserts = False
    for call in subject.within(test.body, "call_expression"):
        names = names_of(subject, call)
        if not names or (call.child_by_field_name("function") or call).type == "import":
            return None
        if names[0] == "expect":
            asserts = True
        elif names[0] in mocks:
            first = first or (None if any(_SET.match(name) for name in names[1:]) else call)
        elif names[0] not in _MAKERS and names[0] not in _BUILT_IN:
            return None
    return first if asserts and b"<" not in _jsx(test.body) else None


def _builds_values(subject: Subject, test: Test) -> bool:
    made = (node.child_by_field_name("constructor") for node in subject.within(test.body, "new_expression"))
    return all(name is not None and subject.code(name) in _BUILT_IN | {"TRPCError"} for name in made)


def _jsx(node: Node) -> bytes:
    """The beginning of the first element of JSX in ``node``."""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type.startswith("jsx_"):
            return b"<"
        pending += current.named_children
    return b""


def _routers_mocked(subject: Subject) -> Iterator[Hit]:
    """A module of routers that a test imports and mocks whole."""
    api = subject.world.project.api
    routers = {router.file for router in api.routers} | {api.root_file}
    module = subject.module
    if module is None or not declarations(subject):
        return
    resolve = subject.world.modules.resolver.resolve
    imported = {resolve(subject.path, one.module) for one in module.imports.values()}
    for call in subject.of("call_expression"):
        if names_of(subject, call) not in (("vi", "mock"), ("jest", "mock")):
            continue
        given = arguments(call)
        specifier = literal(subject.syntax, given[0]) if given else None
        path = resolve(subject.path, specifier) if specifier else None
        if path and path in routers & imported and not _PARTLY.search(subject.code(call)):
            said = f"The router of {path} is mocked whole, so its code is in no test of this file."
            fix = "Leave the router as it is and mock what it reaches for; call it through a caller."
            yield subject.hit(call, said, fix)
