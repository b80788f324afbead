"""Where a test takes the runner's words and what it tests from: another module, or something of the test's own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, string_value
from beai.core.edits.policy import is_test_side
from beai.core.edits.tamper.found import Tamper, named, rows
from beai.core.edits.tamper.literals import prepares
from beai.core.edits.tamper.mocks import subjects
from beai.core.edits.tamper.names import Binding, Kind
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.reading import Reading

_RUNNER = re.compile(r"vitest|jest|test|chai|mocha|assert|expect|\bava\b|uvu|\btap\b|cypress|playwright|vite-plus")
OURS = (".", "~", "@/", "#", "/", "src/")
"""How the name of a module begins that is the repository's own, and no package."""
_ALIKE = {"it": {"it", "test", "specify"}, "test": {"it", "test", "specify"}} | {
    "describe": {"describe", "suite", "context"},
    "suite": {"describe", "suite", "context"},
    "expect": {"expect"},
    "assert": {"assert", "default", "strict", "expect", "ok"},
}
_FAKE = re.compile(r"fake|mock|stub|dumm|double|noop|fixture|pretend", re.IGNORECASE)
_MOST = 400  # nodes that are read of what stands in for something


def runner_words(pair: Pairs) -> Iterator[Tamper]:
    """``expect`` or ``it`` is imported from elsewhere than before, or is another word of the runner's."""
    if not pair.old.text.strip() or not pair.around_changed:
        return
    for word, good in _ALIKE.items():
        was, now = _top(pair.old, word), _top(pair.new, word)
        if now is None or now.node is None or now.kind is Kind.PARAMETER:
            continue
        honest = was is None or (was.kind is Kind.IMPORT and of_runner(was.module))
        if now.kind is not Kind.IMPORT:
            code = pair.new.syntax.code(now.node)[:400]
            if honest and now.path and not _RUNNER.search(code):
                yield Tamper(f"puts something else in place of {word}", new=rows(now.node))
        elif honest and not of_runner(now.module):
            words = f"takes {word} from {named(now.module)}, and no longer from the test runner"
            yield Tamper(words, new=rows(now.node))
        elif now.path and now.path[-1] not in good and (was is None or was.path != now.path):
            yield Tamper(f"calls {now.path[-1]} of {named(now.module)} by the name {word}", new=rows(now.node))


def subject_swapped(pair: Pairs) -> Iterator[Tamper]:
    """What the tests assert on comes from elsewhere under the same name."""
    swaps = dict(_swaps(pair)) if pair.around_changed or pair.touched else {}
    names = subjects(pair.old) if swaps else frozenset[str]()  # reads every test of the file: only for something found
    for name in sorted(names.intersection(swaps)):
        yield from swaps[name]


def _swaps(pair: Pairs) -> Iterator[tuple[str, list[Tamper]]]:
    """The imported names of the file that come from elsewhere now, whoever uses them."""
    for name in pair.old.plain.names.imported:
        was = _top(pair.old, name)
        if was is None or was.kind is not Kind.IMPORT or not was.module.startswith(OURS):
            continue
        if prepares(was.module, name):
            continue
        found = dict.fromkeys((_top(pair.new, name), *_within_tests(pair, name)))
        told = [
            Tamper(words, new=rows(one.node))
            for one in found
            if one is not None and one.node is not None and (words := _swapped(pair, name, was, one))
        ]
        if told:
            yield name, told


def shadowed(pair: Pairs) -> Iterator[Tamper]:
    """``expect`` is something of the test's own: not what its runner hands to it."""
    for was, one in pair.touched:
        old = {_word_of(pair.old, each.node) for each in pair.old.assertions(was)}
        for assertion in pair.new.assertions(one):
            now = _word_of(pair.new, assertion.node)
            if now is not None and now not in old:
                yield Tamper(f"puts something else in place of expect in {named(one.name)}", new=rows(assertion.node))
                break


def _word_of(reading: Reading, node: Node) -> str | None:
    """How ``expect`` is bound where an assertion stands, None where it is the runner's."""
    if reading.syntax.code(node)[:7] not in ("expect(", "expect."):
        return None
    found = reading.plain.names.find("expect", node.start_byte)
    if found is None or found.kind is Kind.IMPORT or (found.path[-1:] == ("expect",) and found.kind is Kind.PARAMETER):
        return None
    code = reading.syntax.code(found.node)[:200] if found.node is not None else ""
    return None if _RUNNER.search(code.replace("expect", "")) and found.kind is not Kind.PARAMETER else found.kind.value


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (runner_words, subject_swapped, shadowed)


def of_runner(module: str) -> bool:
    """Whether a module is a package that tests are written with."""
    return not module.startswith(OURS) and _RUNNER.search(module) is not None


def _swapped(pair: Pairs, name: str, was: Binding, now: Binding) -> str:
    if now.kind is Kind.IMPORT:
        if _fake(now.module, pair.new.path) and not _fake(was.module, pair.old.path):
            return f"tests {named(now.module)} in place of {named(was.module)} ({name})"
        if now.module == was.module and now.path != was.path:
            return f"tests {now.path[-1] if now.path else 'all'} of {named(now.module)} by the name {name}"
        return ""
    made = now.kind in (Kind.VALUE, Kind.FUNCTION, Kind.VARIABLE) and now.node is not None
    own = (made and now.node is not None and _of_its_own(pair.new, now.node)) or now.kind is Kind.PARAMETER
    return f"tests a {name} of its own in place of that of {named(was.module)}" if own else ""


def _within_tests(pair: Pairs, name: str) -> Iterator[Binding]:
    """What ``name`` is in the assertions of a test that speak of it, where that is not what it is in the file."""
    for was, one in pair.touched:
        before = pair.old.plain.names.find(name, was.call.end_byte - 1)
        for assertion in pair.new.assertions(one) if before is not None and before.kind is Kind.IMPORT else ():
            inner = pair.new.plain.names.find(name, assertion.node.start_byte)
            if inner is not None and inner.kind not in (Kind.IMPORT, Kind.CAUGHT) and inner.node is not None:
                yield inner


def _top(reading: Reading, name: str) -> Binding | None:
    return reading.plain.names.find(name, max(len(reading.syntax.source) - 1, 0))


def _fake(module: str, path: str) -> bool:
    """Whether a module is called like a stand-in, or stands where only tests have theirs."""
    if _FAKE.search(posixpath.basename(module)) or "__mocks__" in module:
        return True
    if not module.startswith("."):
        return False
    there = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
    return is_test_side(f"{there}.ts") and not is_test_side(posixpath.dirname(path) + "/x.ts")


def _of_its_own(reading: Reading, node: Node) -> bool:
    """Whether ``node`` is made of nothing that the repository exports."""
    names, stack, seen = reading.plain.names, [node], {node.id}
    for _ in range(_MOST):
        if not stack:
            return True
        one = stack.pop()
        module = _loaded(reading, one) if one.type == "call_expression" else None
        if module is not None and not _fake(module, reading.path):
            return False
        if one.type in ("identifier", "shorthand_property_identifier"):
            found = names.find(reading.syntax.code(one), one.start_byte)
            if found is not None and found.kind is Kind.IMPORT and found.module.startswith(OURS):
                return False
            if found is not None and found.kind in (Kind.VARIABLE, Kind.CAUGHT):
                return False
            if found is not None and found.kind is not Kind.PARAMETER and found.node is not None:
                stack += [found.node] if found.node.id not in seen and found.kind is not Kind.IMPORT else []
                seen.add(found.node.id)
        stack += one.named_children
    return False


def _loaded(reading: Reading, call: Node) -> str | None:
    """The module of ``import("…")`` or ``require("…")``."""
    callee, given = call.child_by_field_name("function"), arguments(call)
    word = reading.syntax.code(callee) if callee is not None else ""
    if word not in ("import", "require", "vi.importActual", "jest.requireActual") or not given:
        return None
    return string_value(reading.syntax, given[0]) or ""
