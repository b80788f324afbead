"""What stands in for the real thing: mocks that are widened, and mocks of the very thing that is tested."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, string_value
from beai.core.edits.tamper.found import Rows, Tamper, named, quoted, rows
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.plain import NOTHING
from beai.core.edits.tamper.reading import Reading

_GIVES = re.compile(r"mock(?:Resolved|Rejected|Return)Value(?:Once)?|mockImplementation(?:Once)?|mockReturnThis")
_THROWS = re.compile(r"\bthrow\b|\breject\(")
_FORGETS = re.compile(r"mockClear|mockReset|(?:clear|reset)AllMocks")
_MODULES = frozenset({"mock", "doMock", "unstable_mockModule"})
_RUNNERS = frozenset({"vi", "jest", "mock", "vitest"})
_OF_MOCKS = ("called", "times", "nth", "last")
_SPIES = re.compile(r"\b(?:spyOn|mock|doMock)\(")
_SUFFIX = re.compile(r"(?:\.(?:test|spec|servertest|e2e|unit|int))+$")


@dataclass(frozen=True, slots=True)
class Given:
    """One ``mockResolvedValue(…)``: of what, by which word, and with which value where that is written out."""

    of: str
    word: str
    value: str
    rows: Rows


def widened(pair: Pairs) -> Iterator[Tamper]:
    """A mock that rejected and resolves now, that gave once and gives always, or that gives something else."""
    if "mock" not in pair.new.text:
        return
    for was, one in pair.touched:
        before, after = _given(pair.old, was.call), _given(pair.new, one.call)
        yield from _compared(before, after, f" in {named(one.name)}")
    if not pair.around_changed:
        return
    spans = [each.call for each in pair.new.tests.values()]
    olds = [each.call for each in pair.old.tests.values()]
    yield from _compared(_outside(pair.old, olds), _outside(pair.new, spans), "")


def subject_mocked(pair: Pairs) -> Iterator[Tamper]:
    """A mock, new in the file, of what its tests assert on."""
    if not pair.around_changed and not any(_SPIES.search(pair.new.syntax.code(one.call)) for _, one in pair.touched):
        return
    before = {_bare(name) for name, _ in mocked(pair.old)}
    fresh = [(name, call) for name, call in mocked(pair.new) if _bare(name) not in before]
    tested = _tested(pair.new) if fresh else frozenset()
    for name, call in fresh:
        if name in tested or _bare(name) == _bare(pair.new.path):
            yield Tamper(f"mocks {named(name)}, which is what is tested", new=rows(call))
    had = {name for name, _ in spied(pair.old)}
    for name, call in spied(pair.new):
        if name not in had and name.rpartition(".")[2] in subjects(pair.new):
            yield Tamper(f"puts a mock in place of {quoted(name)}, which is what is tested", new=rows(call))


def forgotten(pair: Pairs) -> Iterator[Tamper]:
    """The calls of a mock that are forgotten between what is tested and what is asserted of them."""
    if "mockClear" not in pair.fresh_text and "Mocks(" not in pair.fresh_text and "mockReset" not in pair.fresh_text:
        return
    for was, one in pair.touched:
        before, after = _cleared(pair.old, was.call), _cleared(pair.new, one.call)
        if len(after) > len(before):
            words = f"forgets what was called before an assertion in {named(one.name)}"
            yield Tamper(words, new=rows(after[-1]))


def _cleared(reading: Reading, test: Node) -> list[Node]:
    """The calls in a test that clear mocks after something was waited for, with an assertion still to come."""
    code, start = reading.syntax.source[test.start_byte : test.end_byte], test.start_byte
    first, last = code.find(b"await "), code.rfind(b"expect(")
    found: list[Node] = []
    for call in reading.syntax.calls_by_name(test):
        callee = call.child_by_field_name("function")
        key = callee.child_by_field_name("property") if callee is not None else None
        between = 0 <= first < call.start_byte - start < last
        if key is not None and between and _FORGETS.fullmatch(reading.syntax.code(key)):
            found.append(call)
    return found


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (widened, subject_mocked, forgotten)


def _compared(before: list[Given], after: list[Given], where: str) -> Iterator[Tamper]:
    for key in dict.fromkeys(one.of for one in before):
        had, has = [one for one in before if one.of == key], [one for one in after if one.of == key]
        if not has or [one.word + one.value for one in had] == [one.word + one.value for one in has]:
            continue
        change = _change(had, has)
        if change is not None:
            was, one, words = change
            yield Tamper(f"{words}{where}", was.rows, one.rows)


def _change(had: list[Given], has: list[Given]) -> tuple[Given, Given, str] | None:
    rejects = [one for one in had if "Rejected" in one.word]
    if rejects and not any("Rejected" in one.word for one in has):
        return rejects[0], has[0], f"widens the mock of {quoted(has[0].of)}: {rejects[0].word} → {has[0].word}"
    once = [one for one in had if one.word.endswith("Once")]
    always = [one for one in has if not one.word.endswith("Once")]
    if once and always and len(once) == len(had):
        return once[0], always[0], f"widens the mock of {quoted(has[0].of)}: {once[0].word} → {always[0].word}"
    known = {one.value for one in had}
    fresh = [one for one in has if one.value and one.value not in known]
    gone = [one for one in had if one.value and one.value not in {each.value for each in has}]
    if fresh and gone and len(had) == len(has):
        said = f"{quoted(gone[0].value)} → {quoted(fresh[0].value)}"
        return gone[0], fresh[0], f"changes what the mock of {quoted(fresh[0].of)} gives ({said})"
    return None


def _given(reading: Reading, within: Node) -> list[Given]:
    found: list[Given] = []
    for call in reading.syntax.calls_by_name(within):
        callee = call.child_by_field_name("function")
        key = callee.child_by_field_name("property") if callee is not None else None
        word = reading.syntax.code(key) if key is not None else ""
        if callee is None or not _GIVES.fullmatch(word):
            continue
        owner = _owner(reading, callee.child_by_field_name("object"))
        given = arguments(call)
        plain = all(reading.plain.written(one, NOTHING) for one in given)
        value = ",".join(reading.plain.text(one, NOTHING) for one in given) if plain else ""
        if word.startswith("mockImplementation") and given and _THROWS.search(reading.syntax.code(given[0])):
            word = word.replace("Implementation", "RejectedValue")
        found.append(Given(owner, word, value or ("undefined" if not given else ""), rows(call)))
    return found


def _outside(reading: Reading, tests: list[Node]) -> list[Given]:
    inside = [(one.start_point.row, one.end_point.row) for one in tests]
    found = _given(reading, reading.syntax.root)
    at, kept = 0, list[Given]()
    for one in found:
        while at < len(inside) and inside[at][1] < one.rows[0]:
            at += 1
        if at >= len(inside) or one.rows[0] < inside[at][0]:
            kept.append(one)
    return kept


def _owner(reading: Reading, node: Node | None) -> str:
    """``order.findUnique`` of ``db.order.findUnique``, whatever the variable is called; of a chain the mock itself."""
    names: list[str] = []
    while node is not None and len(names) < 20:
        match node.type:
            case "member_expression":
                key = node.child_by_field_name("property")
                names.insert(0, reading.plain.word(reading.syntax.code(key)) if key else "")
                node = node.child_by_field_name("object")
            case "call_expression":
                callee = node.child_by_field_name("function")
                if callee is not None and reading.syntax.source.endswith(b"mocked", callee.start_byte, callee.end_byte):
                    given = arguments(node)
                    node = given[0] if given else None
                    continue
                node = callee
            case "identifier":
                return ".".join(
                    [one for one in names if not _GIVES.fullmatch(one)]
                    or [reading.plain.word(reading.syntax.code(node))]
                )
            case _:
                node = node.named_children[0] if node.named_children else None
    return ".".join(names)


def mocked(reading: Reading) -> Iterator[tuple[str, Node]]:
    """The modules that the file puts mocks in place of."""
    for word, given, call in _of_runner(reading):
        if word in _MODULES and (name := string_value(reading.syntax, given[0])) is not None:
            yield name, call


def spied(reading: Reading) -> Iterator[tuple[str, Node]]:
    """What is spied on, as ``cart.total``, where something is put in its place."""
    for word, given, call in _of_runner(reading):
        name = string_value(reading.syntax, given[1]) if word == "spyOn" and len(given) > 1 else None
        parent = call.parent
        if name is not None and parent is not None and parent.type == "member_expression":
            yield f"{reading.syntax.code(given[0])}.{name}", call


def _of_runner(reading: Reading) -> Iterator[tuple[str, list[Node], Node]]:
    for call in reading.syntax.calls_by_name(reading.syntax.root):
        callee = call.child_by_field_name("function")
        owner = callee.child_by_field_name("object") if callee is not None else None
        key = callee.child_by_field_name("property") if callee is not None else None
        given = arguments(call)
        named_ = owner is not None and owner.type == "identifier" and reading.syntax.code(owner) in _RUNNERS
        if named_ and key is not None and given:
            yield reading.syntax.code(key), given, call


def _tested(reading: Reading) -> frozenset[str]:
    """The modules whose imports the assertions of the file look at."""
    imported, names = reading.plain.names.imported, subjects(reading)
    return frozenset(module for name, module in imported.items() if name in names)


def subjects(reading: Reading) -> frozenset[str]:
    """The names that the assertions of the file are about."""
    facts = (fact for one in reading.tests.values() for each in reading.assertions(one) for fact in each.facts)
    places = [fact.place for fact in facts if fact.kind not in _OF_MOCKS and not fact.kind.startswith("toHaveBeen")]
    places = [place for place in places if "()" not in place.path]
    asked = {place.sig for place in places if place.sig != "?"}
    return frozenset(
        {part for sig in asked for part in (sig, sig.rpartition(".")[2])} | {_head(place.root) for place in places}
    )


def _head(root: str) -> str:
    found = re.match(r"[A-Za-z_$][\w$]{0,100}", root)
    return found[0] if found else ""


def _bare(path: str) -> str:
    """``order`` of ``./order``, ``order.test.ts`` and ``routers/order.js``."""
    stem = re.sub(r"\.[cm]?[jt]sx?$", "", posixpath.basename(path))
    return _SUFFIX.sub("", stem)
