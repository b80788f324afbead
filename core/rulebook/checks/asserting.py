"""What in a test can make it fail by assertion: matchers, assertion functions, and functions of ours that use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.suites import Declared, Role, declared_tests
from beai.core.project.expressions import FUNCTIONS, unwrap
from beai.core.project.modules import Binding, Module, Outside
from beai.core.project.places import is_test
from beai.core.rulebook.checks.subject import Kind, Subject, World, kind_of

_ASSERTS = re.compile(
    r"expect|assert|should|verif|ensure|snapshot|check|must|^(?:fail|unreachable|waitFor\w*|ok|plan|equal|deepEqual|throws)$"
    r"|^(?:get|find)(?:All)?By|^(?:to|not)[A-Z]\w+$",
    re.IGNORECASE,
)
_TYPED = re.compile(
    r"@ts-expect-error|expectTypeOf|assertType|\bsatisfies\b|\bexpectType|Expect<|Assert<|\bignoreErrors\("
    r"|^\s*(?:type|interface) \w",
    re.M,
)
_BROWSERS = ("@playwright/test", "playwright/test", "cypress")  # where each action of a page is an assertion
_MAKES = re.compile(r"^(?:create|make|build|new|mock|fake|stub|seed|setup|get)(?![a-z])")
_THROW = re.compile(r"\bthrow\b")
_HOPS = 3
_NAMES = 40  # links of one callee that are looked at


@dataclass(frozen=True, slots=True)
class Test:
    """One test with a body; ``function`` is the callback that the runner calls."""

    declared: Declared
    body: Node
    function: Node


def tests_of(subject: Subject) -> tuple[Test, ...]:
    """The tests of a test file that run: those with a callback of their own, skipped and planned ones aside."""
    return subject.once(_tests)


def declarations(subject: Subject) -> tuple[Declared, ...]:
    """Every suite and test of a test file."""
    return subject.once(_declarations)


def _declarations(subject: Subject) -> tuple[Declared, ...]:
    return declared_tests(subject.syntax) if subject.module is not None and is_test(subject.path) else ()


def _tests(subject: Subject) -> tuple[Test, ...]:
    found: list[Test] = []
    if subject.module is not None and any(one.module in _BROWSERS for one in subject.module.imports.values()):
        return ()
    for one in declarations(subject):
        skipped = {"skip", "todo", "fails", "failing"} & set(one.modifiers) or one.word.startswith("x")
        function = one.body.parent if one.body is not None else None
        if one.role is Role.TEST and one.body is not None and function is not None and not skipped:
            found.append(Test(one, one.body, function))
    return tuple(found)


def names_of(subject: Subject | Module, call: Node) -> tuple[str, ...]:
    """The names in what is called, the first one first: ``expect``, ``resolves``, ``toBe`` of a matcher."""
    syntax = subject.syntax
    names: list[str] = []
    node = call.child_by_field_name("function")
    while node is not None and len(names) < _NAMES:
        node = unwrap(node)
        match node.type:
            case "member_expression":
                name = node.child_by_field_name("property")
                names += [syntax.code(name)] if name is not None else []
                node = node.child_by_field_name("object")
            case "call_expression":
                node = node.child_by_field_name("function")
            case "identifier" | "this":
                names.append(syntax.code(node))
                break
            case _:
                break
    return tuple(reversed(names))


def assertions(subject: Subject, node: Node) -> Iterator[Node]:
    """The calls in ``node`` that are assertions by their name, or run one of ours that asserts."""
    assert subject.module is not None
    local = subject.once(_functions)
    for call in subject.within(node, "call_expression"):
        if _may_assert(subject.world, subject.module, call, local, _HOPS):
            yield call


def speaks_of_types(subject: Subject, node: Node) -> bool:
    """Whether the compiler is what a test asks."""
    return _TYPED.search(subject.code(node)) is not None


def _functions(subject: Subject) -> dict[str, Node]:
    """The functions of a file by name, wherever they are declared."""
    found: dict[str, Node] = {}
    for node in subject.of(*FUNCTIONS):
        above = node.parent
        owner = above if above is not None and above.type == "variable_declarator" else node
        name = owner.child_by_field_name("name")
        if name is not None and name.type == "identifier":
            found.setdefault(subject.code(name), node)
    return found


def _may_assert(world: World, module: Module, call: Node, local: dict[str, Node], hops: int) -> bool:
    names = names_of(module, call)
    if any(_ASSERTS.search(name) for name in names):
        return True
    if not names or not hops:
        return False
    if len(names) == 1 and (function := local.get(names[0])) is not None:
        return _fails(world, module, names[0], function, hops)
    found = world.modules.find(module, names[0])
    match found:
        case Binding():
            helps = found.module.path == module.path or kind_of(found.module.path) is Kind.TEST
            if found.value.node.type in FUNCTIONS and len(names) == 1:
                return helps and _fails(world, found.module, names[0], found.value.node, hops)
            return helps and found.module.path != module.path
        case Outside():
            return found.specifier.startswith((".", "~", "@/", "#")) or "test" in found.specifier
        case None:
            return False


def _fails(world: World, module: Module, name: str, function: Node, hops: int) -> bool:
    """Whether a function of ours asserts, or throws; one that makes something throws where it is misused."""
    throws = _MAKES.match(name) is None and _throws(module, function)
    return throws or _holds(world, module, function, {}, hops - 1)


def _holds(world: World, module: Module, function: Node, local: dict[str, Node], hops: int) -> bool:
    calls = module.syntax.calls(function)
    return any(_may_assert(world, module, call, local, hops) for call in calls)


def _throws(module: Module, function: Node) -> bool:
    return _THROW.search(module.syntax.code(function)) is not None
