"""What a commit takes away from the tests, each by the name of its kind: the words of ``edits/tamper``, sorted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from beai.core.edits.policy import is_test, is_test_side
from beai.core.edits.tamper import Beside, Tamper, words_for
from beai.core.edits.tamper.config import is_config
from beai.core.edits.tamper.hollow import hollow
from beai.core.record.trailers import How
from beai.core.verify.finding import Finding, Level, worst_first
from beai.core.verify.history import Change
from beai.core.verify.seen import Seen, is_code
from beai.core.verify.tests import Marked
from beai.core.verify.together import gone_together
from beai.core.verify.unseen import holds_evidence, unseen

_FILES = 400  # changed files of one commit whose words are looked for
_BESIDE = 40  # test files of one commit that its sources are held against
_OF_ONE_FILE = 12

_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"^(?:deletes the test file|removes the test|moves \d)", "test-deleted"),
        (r"^focuses ", "test-focused"),
        (r"^(?:skips|postpones|expects to fail) the |^skips tests", "test-skipped"),
        (r"^(?:declares|returns before|ends the run)", "test-skipped"),
        (r"^(?:may return|may leave|leaves a block).* declares|options that are made elsewhere$", "test-skipped"),
        (r"^asserts nothing", "test-hollow"),
        (r"for every test that loads this file$|^is what tests get in place", "setup-weakened"),
        (r"^(?:mocks|puts a mock in place)", "subject-mocked"),
        (r"\bthe snapshot\b", "snapshot-blessed"),
        (r"^asks whether it is being tested", "asks-for-tests"),
        (r"^knows a value of the tests", "literal-repeated"),
        (r"too large", "unread"),
    )
)  # fmt: skip
_SOFT = re.compile(
    r"^(?:changes (?:\d+ more values?|a value) that tests take|changes what (?:the mock|runs before)|silences the type"
    r"|raises (?:the timeout|testTimeout|hookTimeout)|changes the (?:script|configuration)|configures the test"
    r"|changes what (?:coverage|the tests load)|changes where|tests .* by the name|takes \w+ from|gives the test"
    r"|lowers the coverage|changes the coverage|changes which files|puts a mock in place of .* for every"
    r"|widens the mock|is what tests get|mocks .* for every|lets a failing|runs beside)"
)
"""Words on what an honest change does just as well: never an error by themselves."""
_OTHERWISE = re.compile(
    r"^(?:changes (?:what is expected|the input)|asserts on something else|expects .* (?:too|of) )"
    r"|\(\.(?:skipIf|runIf)\)"
)
"""Words on what tests say otherwise, and not less, where the code does something else as well."""
_HIDING = re.compile(
    r"^(?:leaves files out|runs only tests|lets a run|ignores errors"
    r"|makes the script .*(?:passes|runs fewer|snapshots)"
    r"|changes the configuration of the tests|changes what the tests load|changes what runs before|changes where e)"
)
"""Words on a configuration that keeps tests from being seen, whoever changes it."""
_UNTOLD = re.compile(r"^runs beside others|^(?:configures the test runner)$")
_NAMED = re.compile(r"[._-](?:test|spec|servertest|clienttest|e2e)\.[cm]?[jt]sx?$")
_OF_THE_FILE = re.compile(
    r"^(?:mocks|puts (?:a mock|something else) in place|changes expect itself|replaces the matcher)"
)
_USED = re.compile(r"[=!]==?\s*$|^\s*[=!]==?|\bcase\s+$|\.(?:includes|has|startsWith|endsWith)\(\s*$")
_HANDED = re.compile(r"\breturn\b|=>|^\s*[\w\"']+\s*:\s*$")
_COMMON = re.compile(
    r"(?:win|x|utf|sha|md|base|http|arm|amd|aes|es|h|oauth|ipv|mp|latin|iso|v|web|rgb|s|ec|r|tls|p|px|col|int|float)"
    r"[-_]?\d[\w.-]*|\d+[a-z]{1,3}",
    re.IGNORECASE,
)
_PARTICULAR = re.compile(r"\w*[A-Za-z_@-]\w*[-_@.]?\d[\w.-]*|[\w.+-]+@[\w.-]+|\d{4,}")


def taken(seen: Seen) -> Iterator[Finding]:
    """Every weakening of this commit."""
    told = sorted((one for one in seen.changes if _tells(one)), key=lambda one: _rank(seen, one))
    beside: Beside = {change.path: (old, new) for change, old, new in seen.readable(told[:_FILES])}
    tests = {path: sides for path, sides in list(beside.items()) if is_test(path)}
    near = dict(islice(tests.items(), _BESIDE))
    for change, old, new in seen.readable(told[:_FILES]):
        yield from worst_first(_of(seen, change, old, new, beside, near))[:_OF_ONE_FILE]
    if left := told[_FILES:]:
        grave = bool(seen.known.evidence or seen.every) and not all(is_code(one.path) for one in left)
        words = f"It changes {len(told):,} files that tests depend on; {len(left):,} of them were not looked at."
        yield seen.found("unread", words, left[0].path, 0, Level.ERROR if grave else Level.NOTE)
    yield from unseen(seen)


def _tells(change: Change) -> bool:
    """Whether tests may be less after it: what is moved as it was is, unless no run finds it there."""
    if change.old == change.new and (_findable(change) or not is_test(change.was)):
        return False
    return is_test_side(change.path) or is_test_side(change.was) or is_code(change.path) or is_config(change.path)


def _rank(seen: Seen, change: Change) -> int:
    """Evidence is looked at first, then what may take it away, and code last."""
    if is_test(change.path) or is_test(change.was):
        mine = {red.mark for told in seen.every for red in told.red}
        now = seen.known.tests.of(change.path, change.new) if mine else ()
        return 0 if holds_evidence(seen, change) or any(one.mark in mine for one in now) else 1
    return 2 if is_config(change.path) else 3 if is_test_side(change.path) else 4


def _of(
    seen: Seen, change: Change, old: str | None, new: str | None, beside: Beside, near: Beside
) -> Iterator[Finding]:
    if is_test(change.was) and change.path != change.was and new is not None and not _findable(change):
        words = f"It moves tests to {change.path}, where the usual patterns find none."
        level = Level.ERROR if seen.every or seen.known.evidence else Level.WARNING
        yield seen.found("test-deleted", words, change.path, 0, level)
        told: tuple[Tamper, ...] = ()
    else:
        told = words_for(change.path, old, new, near if is_code(change.path) else beside)
    for one in told:
        if found := _finding(seen, change, one, old, new):
            yield found
    if new is not None and is_test(change.path):
        yield from _hollow(seen, change, new)


def _findable(change: Change) -> bool:
    """Whether a moved test file is called as one still: by its ending, where that is what told of it before."""
    by_name = bool(_NAMED.search(change.was)) == bool(_NAMED.search(change.path))
    return is_test(change.path) and (by_name or not _NAMED.search(change.was))


def _finding(seen: Seen, change: Change, one: Tamper, old: str | None, new: str | None) -> Finding | None:
    rule = _rule(change.path, one.words)
    line = (one.new or one.old or (-1, 0))[0] + 1
    if _UNTOLD.search(one.words) or _settled_here(seen, change, one):
        return None
    if rule == "literal-repeated" and not _repeats(one, new or ""):
        return None
    level = None if rule == "unread" else _level(seen, change, one)
    together = rule == "test-deleted" and old is not None and gone_together(seen, change, one, old, new)
    if together or change.path in seen.undone or _put_back(seen, change):
        level = Level.NOTE
    where = f" (line {line} before)" if one.new is None and one.old is not None else ""
    return seen.found(rule, f"It {_sentence(one.words)}{where}.", change.path, 0 if where else line, level)


def _put_back(seen: Seen, change: Change) -> bool:
    """Whether all tests of the file that are not as they were are evidence again, as a commit named it."""
    before = {one.mark for one in seen.known.tests.of(change.was or change.path, change.old)}
    now = {one.mark for one in seen.known.tests.of(change.path, change.new)}
    evidence = seen.known.evidence.keys()
    return bool(now - before) and now - before <= evidence and not (before - now) & evidence


def _sentence(words: str) -> str:
    return f"loosens an assertion: {words}" if words.startswith("exact ") else words


def _rule(path: str, words: str) -> str:
    if is_config(path):
        return "config-weakened"
    found = next((rule for pattern, rule in _KINDS if pattern.search(words)), "")
    if found:
        return found
    return "test-weakened" if is_test(path) else "setup-weakened"


def _level(seen: Seen, change: Change, one: Tamper) -> Level:
    """An error where evidence is touched, or a commit that claims some does it; else a person's own affair."""
    hides = bool(seen.known.evidence) and is_config(change.path) and _HIDING.search(one.words) is not None
    if hides or _is_evidence(seen, change, one):
        return Level.ERROR
    if _SOFT.search(one.words):
        return Level.NOTE if not seen.every else Level.WARNING
    if not seen.every and seen.code and _OTHERWISE.search(one.words):
        return Level.NOTE
    if is_test(change.path) or is_config(change.path):
        return Level.ERROR if seen.every else Level.WARNING
    helps = bool(seen.known.evidence) and is_test_side(change.path) and not change.path.endswith(".snap")
    return Level.ERROR if seen.every or helps else Level.WARNING


def _is_evidence(seen: Seen, change: Change, one: Tamper) -> bool:
    """Whether the words are on a test that a commit named as its evidence, and which is no longer what it was."""
    before = seen.known.tests.of(change.was or change.path, change.old)
    now = {each.mark for each in seen.known.tests.of(change.path, change.new)}
    evidence = [each for each in before if each.mark in seen.known.evidence]
    named = [each for each in evidence if each.mark not in now]
    if not named or _OF_THE_FILE.search(one.words):
        return bool(evidence) and _OF_THE_FILE.search(one.words) is not None
    if one.old is None and one.new is not None:
        there = {each.name: each for each in seen.known.tests.of(change.path, change.new)}
        spans = [there[each.name] for each in named if each.name in there]
        return any(_within(one.new, each) for each in spans) or not spans
    return one.old is None or any(_within(one.old, each) for each in named)


def _settled_here(seen: Seen, change: Change, one: Tamper) -> bool:
    """Whether the words are on a test that this very commit brings as evidence, seen red before its code."""
    marks = {red.mark for told in seen.every for red in told.red if red.how is How.BEFORE}
    if not marks or not is_test(change.path) or one.new is None:
        return False
    if _rule(change.path, one.words) in ("test-focused", "test-skipped", "test-hollow", "subject-mocked"):
        return False
    mine = (each for each in seen.known.tests.of(change.path, change.new) if each.mark in marks)
    return any(_within(one.new, each) for each in mine)


def _within(rows: tuple[int, int], test: Marked) -> bool:
    return rows[0] + 1 <= test.last and test.first <= rows[1] + 1


def _hollow(seen: Seen, change: Change, new: str) -> Iterator[Finding]:
    """The tests that this commit names as evidence, and which cannot fail."""
    marks: Mapping[str, str] = {red.mark: red.case for told in seen.every for red in told.red}
    named = {one.name: one for one in seen.known.tests.of(change.path, change.new) if one.mark in marks}
    for name, why in hollow(change.path, new) if named else ():
        if name in named:
            test = named[name]
            yield seen.found("test-hollow", f"The test of {marks[test.mark]} {why}.", change.path, test.first)


def _repeats(one: Tamper, text: str) -> bool:
    """Whether the value is one that code has no reason to know, and that something is decided by or answered with."""
    value = one.words.partition("('")[2] or one.words.partition("(")[2]
    value = value.removesuffix(")").removesuffix("'")
    if one.new is None or not _PARTICULAR.fullmatch(value) or _COMMON.fullmatch(value):
        return False
    lines = text.splitlines()[one.new[0] : one.new[0] + 1]
    at = lines[0].find(value) if lines else -1
    if at < 0:
        return False
    before, after = lines[0][: max(at - 1, 0)], lines[0][at + len(value) + 1 :]
    return bool(_USED.search(before) or _USED.search(after) or _HANDED.search(before))
