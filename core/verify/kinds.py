"""What a commit calls itself is held against what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from beai.core.edits.place.suites import Declared
from beai.core.edits.policy import is_test
from beai.core.edits.tamper.compare import Pool, lost
from beai.core.edits.tamper.pairs import paired
from beai.core.edits.tamper.reading import Assertion
from beai.core.project.syntax import parse, walk
from beai.core.verify.finding import Finding, Level
from beai.core.verify.history import Change
from beai.core.verify.seen import Seen

_SHOWN = 4
_OWN = frozenset({"refactor", "style", "chore", "build", "ci", "docs", "test", "tests", "revert", "perf", "merge"})
"""Types of commits that promise no new behaviour, so that no test need be red before them."""


def kinds(seen: Seen) -> Iterator[Finding]:
    """Where both differ; a person's own words are taken less literally than those of a commit with evidence."""
    if seen.commit.merge:
        return
    level = Level.ERROR if seen.every else Level.WARNING
    match seen.type:
        case "test" | "tests":
            for change in _first(seen.code):
                words = f"A {seen.type}: commit changes code: {change.path}."
                yield seen.found("code-in-test-commit", words, change.path, level=level)
        case "docs" | "doc":
            for change in _first(seen.code):
                words = f"A docs: commit changes code: {change.path}."
                yield seen.found("code-in-docs-commit", words, change.path, level=Level.WARNING)
        case "refactor" | "style":
            yield from _assertions(seen, level)
        case _:
            pass


def without_evidence(seen: Seen) -> Iterator[Finding]:
    """Code that no trailer speaks of."""
    if seen.every or seen.commit.merge:
        return
    changed = [change for change in seen.code if not _same_words(seen, change)]
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        back = all(change.path in seen.undone for change in changed)
        quiet = back or (seen.type in _OWN and not _grown(seen))
        words = f"It changes {changed[0].path}{more}, and names no test that was seen red."
        yield seen.found("no-evidence", words, changed[0].path, level=Level.NOTE if quiet else Level.WARNING)
    for case, path in _without_its_test(seen):
        words = f"It brings {path} back without the test that was the evidence of {case}."
        yield seen.found("no-evidence", words, path, level=Level.ERROR)


def _grown(seen: Seen) -> bool:
    """Whether there are procedures that the parent has not: whatever it calls itself, that is new behaviour."""
    before = seen.known.project(seen.commit.parent).api
    named = (one.path for router in seen.project.api.routers for one in router.procedures)
    return any(before.procedure(path) is None for path in named)


def _without_its_test(seen: Seen) -> Iterator[tuple[str, str]]:
    """Code that an earlier commit took away together with its evidence, and that comes back alone."""
    for before in seen.known.recent:
        gone = {one.path: one.old for one in before if one.old}
        back = next((one.path for one in seen.code if one.new and gone.get(one.path) == one.new), "")
        for change in before if back else ():
            left = {one.mark for one in seen.known.tests.of(change.path, seen.blobs.get(change.path, ""))}
            for one in seen.known.tests.of(change.was or change.path, change.old):
                if one.mark in seen.known.evidence and one.mark not in left:
                    yield seen.known.evidence[one.mark], back
                    return


def _first(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return changes[:_SHOWN]


def other_assertions(seen: Seen) -> Iterator[Finding]:
    """Tests that an earlier commit names as its evidence, and that assert something else now."""
    refactors = seen.type in ("refactor", "style")
    if seen.commit.merge or refactors or not seen.known.evidence:
        return
    marks = {red.mark for told in seen.every for red in told.red}
    for change, one, differs in _touched(seen):
        before = {each.name: each for each in seen.known.tests.of(change.was or change.path, change.old)}
        now = {each.name: each for each in seen.known.tests.of(change.path, change.new)}
        name = one.joined
        case = seen.known.evidence.get(before[name].mark, "") if name in before else ""
        settled = name in now and now[name].mark in marks
        if case and differs and change.path not in seen.undone:
            now_less = f"The evidence of {case} is approved anew, and no longer asserts all that it did."
            words = now_less if settled else f"It changes what the evidence of {case} asserts."
            yield seen.found("test-weakened", words, change.path, one.call.start_point.row + 1, Level.WARNING)


def _assertions(seen: Seen, level: Level) -> Iterator[Finding]:
    """Tests of before that say something else now."""
    told = ((change, one) for change, one, differs in _touched(seen) if differs and change.path not in seen.undone)
    for change, one in islice(told, _SHOWN):
        words = f"A {seen.type}: commit changes what '{one.joined[:100]}' asserts."
        yield seen.found("assertions-in-refactor", words, change.path, one.call.start_point.row + 1, level)


def _touched(seen: Seen) -> Iterator[tuple[Change, Declared, bool]]:
    """Each test that is not what it was, and whether an assertion of it is gone.

    What may say the same elsewhere counts as said where people write by hand; a commit of ours leaves every fact alone.
    """
    for change, old, new in seen.readable():
        if not is_test(change.path) or old is None or new is None or old == new:
            continue
        pair = paired(old, new, change.path)
        for was, one in pair.touched:
            had, has = pair.old.assertions(was), pair.new.assertions(one)
            strict = bool(seen.every) or bool(seen.known.evidence)
            yield change, one, bool(_facts(had) - _facts(has) if strict else lost(had, Pool().add(has)))


def _facts(assertions: Sequence[Assertion]) -> set[tuple[object, ...]]:
    """What is asserted, wherever it stands in the test and whatever its variables are called."""
    return {
        (fact.place.sig, fact.place.path, fact.place.args, fact.kind, fact.value, fact.negated, fact.rejects)
        for one in assertions
        for fact in one.facts
    }


def _same_words(seen: Seen, change: Change) -> bool:
    """Whether only layout and comments differ."""
    old, new = seen.sides(change)
    if old is None or new is None:
        return False
    return _words(old, change.path) == _words(new, change.path)


def _words(text: str, path: str) -> list[str]:
    if path.endswith(".prisma"):
        return text.split()
    syntax = parse(text, path)
    leaves = (node for node in walk(syntax.root) if not node.children and node.type not in ("comment", ";", ","))
    return [syntax.code(node).replace("'", '"') for node in leaves]
