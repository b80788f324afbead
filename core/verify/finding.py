"""What verifying says of a commit: by which rule, how grave, where, in one sentence, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error fails the run, a warning does with ``--strict`` alone, a note never does."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for; ``remedy`` is what a person can do, in one sentence."""

    id: str
    title: str
    level: Level
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a commit. ``line`` is 1-based, 0 for none; texts may be from outside."""

    rule: str
    commit: str
    message: str
    path: str = ""
    line: int = 0
    level: Level = Level.ERROR
    accepted: bool = False

    @property
    def remedy(self) -> str:
        """What a person can do."""
        return RULES[self.rule].remedy


def found(rule: str, commit: str, message: str, path: str = "", line: int = 0, level: Level | None = None) -> Finding:
    """A finding of ``rule``, as grave as the rule is unless ``level`` says otherwise."""
    return Finding(rule, commit, message, path, line, RULES[rule].level if level is None else level)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes, each in the order they were found."""
    order = tuple(Level)
    return sorted(findings, key=lambda one: order.index(one.level))


_E, _W, _N = Level.ERROR, Level.WARNING, Level.NOTE

_RULES = (
    Rule("trailers-unreadable", "trailers that cannot be read", _E, "Leave the trailers as they were written."),
    Rule("mark-unknown", "a Red: mark that no test has", _E, "Commit the test that was seen red, as it was."),
    Rule("case-without-test", "a case without a test", _E, "Commit a test for each case, seen red first."),
    Rule("cases-differ", "Cases: and Red: name other cases", _E, "Leave the trailers as they were written."),
    Rule("test-elsewhere", "a test that was there before", _E, "Name only tests that this commit brings."),
    Rule("green-missing", "cases without a Green: trailer", _E, "Leave the trailers as they were written."),
    Rule("green-differs", "Green: is of another tree", _E, "Make the commit again from what was seen green."),
    Rule("squashed", "several sessions in one commit", _E, "Verify the branch before it is squashed, or merge it."),
    Rule("task-unknown", "a task that does not exist", _E, "Name the task by the ID that its file has."),
    Rule("wrong-task", "tests of another task", _E, "Name the task that the tests are about."),
    Rule("unproven", "a case that was never seen red", _W, "Write a test that fails without the code."),
    Rule("no-evidence", "code without evidence", _W, "Write the test first, and let beai commit both."),
    Rule("code-in-test-commit", "code in a test: commit", _E, "Commit tests and code apart, or call it feat: or fix:."),
    Rule("assertions-in-refactor", "a refactor: that asserts otherwise", _E, "Keep the assertions, or call it fix:."),
    Rule("code-in-docs-commit", "code in a docs: commit", _W, "Call it by what it does."),
    Rule("test-weakened", "a weaker test", _E, "Put the assertion back, or approve a new case for it."),
    Rule("test-deleted", "a deleted test", _E, "Put the test back, or remove what it tests in the same commit."),
    Rule("test-skipped", "a skipped test", _E, "Let the test run."),
    Rule("test-focused", "an .only that hides other tests", _E, "Take the .only out."),
    Rule("test-hollow", "a test that asserts nothing", _E, "Assert what the case says."),
    Rule("subject-mocked", "a mock of what is tested", _E, "Test the real thing."),
    Rule("snapshot-blessed", "a rewritten snapshot", _E, "Look at the difference, and approve a case for it."),
    Rule("config-weakened", "a configuration that runs fewer tests", _E, "Put the setting back."),
    Rule("setup-weakened", "a weaker test setup or shared assertion", _E, "Put the assertion back."),
    Rule("literal-repeated", "code that repeats its test's values", _E, "Compute the answer instead of knowing it."),
    Rule("asks-for-tests", "code that asks whether it is tested", _E, "Let the code be the same everywhere."),
    Rule("never-red", "a test that never failed", _E, "Write the test first and see it fail, then the code."),
    Rule("wrong-red", "a red for the wrong reason", _E, "Let the test fail by its assertion."),
    Rule("not-green", "tests that do not pass", _E, "Mend the commit so that its tests pass."),
    Rule("not-replayed", "what could not be replayed", _N, "Look at it by hand."),
    Rule("packages-changed", "other packages than are installed", _N, "Run verify with its packages installed."),
    Rule("unread", "a file that could not be read", _N, "Look at it by hand."),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _RULES}
"""Every rule by its ID; the IDs do not change between versions."""


def accept(one: Finding, accepted: frozenset[str]) -> bool:
    """Whether a person has accepted this, by ``RULE`` or ``RULE@COMMIT`` (the beginning of its hash is enough)."""
    named = (word.partition("@") for word in accepted)
    return any(
        rule == one.rule and (not at or (len(sha) >= 7 and one.commit.startswith(sha))) for rule, at, sha in named
    )
