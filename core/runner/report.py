"""What a test run told us, as plain values; every driver ends in one of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

SEPARATOR = " > "
"""What the names of a test are joined with."""


class TestState(StrEnum):
    """How one test ended."""

    __test__ = False  # pytest must not collect it

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    TODO = "todo"


class RunKind(StrEnum):
    """PROVISIONAL comes from a worker that outlives runs; only CONFIRMED, from an isolated one, is evidence."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, order=True)
class TestKey:
    """Identity of a test: its file, relative to the *repository* root with ``/``, its names joined with ``SEPARATOR``.

    Drivers speak of their package; the adapter adds the package's folder, so that one path means one file everywhere.
    """

    __test__ = False

    file: str
    name: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its describes, and its own."""
        return tuple(self.name.split(SEPARATOR))

    @property
    def leaf(self) -> str:
        """The innermost name, without its describes."""
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class TestError:
    """One error of a test or file; ``code`` is the error's own code (``NOT_FOUND``, ``P2002``), ``line`` is 1-based."""

    __test__ = False

    name: str
    message: str
    code: str = ""
    expected: str | None = None
    actual: str | None = None
    diff: str = ""
    file: str = ""
    line: int = 0
    stack: tuple[str, ...] = ()
    cause: str = ""
    excerpt: tuple[tuple[int, str], ...] = ()  # the source around its place, numbered, where it was read


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test of one run; ``ms`` is its duration, ``line`` where it is declared (1-based, 0 unknown)."""

    __test__ = False

    key: TestKey
    state: TestState
    ms: float = 0.0
    line: int = 0
    errors: tuple[TestError, ...] = ()
    log: str = ""  # what it printed
    assertions: int = -1  # how many it made, -1 where the runner does not tell
    retries: int = 0  # how often it failed before it ended like this


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One test file of one run; ``errors`` are those of loading it, before any test, ``log`` what no test printed."""

    file: str
    tests: tuple[TestOutcome, ...] = ()
    errors: tuple[TestError, ...] = ()
    log: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One finished run. ``at`` is seconds since the epoch, ``ms`` wall time, ``total`` test files the package has.

    ``unhandled`` are errors that no test owns; ``snapshots_written`` counts snapshots the run created or changed;
    ``focused`` is whether an ``.only`` hid other tests.
    """

    run: int
    kind: RunKind
    files: tuple[FileOutcome, ...]
    at: float = 0.0
    ms: float = 0.0
    total: int = 0
    unhandled: tuple[TestError, ...] = ()
    snapshots_written: int = 0
    focused: bool = False
    log: str = ""
    snapshots_obsolete: int = 0  # snapshots that no test asked for
    leaking: tuple[TestKey, ...] = ()  # tests whose provisional verdict this confirmed run contradicts
    why_all: str = ""  # why every test ran where only the affected were asked for, "" where that is not so
    touched: tuple[str, ...] = ()  # locked files whose bytes changed while the run lasted
    seen: tuple[tuple[str, str], ...] = ()  # the locked files with their SHA-256 as the run began
    required: tuple[tuple[TestKey, int], ...] = ()  # the fewest assertions of each test of those files, by its text
    hollow: tuple[tuple[TestKey, str], ...] = ()  # those of them that assert nothing that could fail, and why
    focuses: tuple[TestKey, ...] = ()  # the tests and suites of those files that carry an ``.only``
    marks: tuple[tuple[str, str, str], ...] = ()  # file, joined names and mark of each test that those files declare
    changed: tuple[str, ...] = ()  # what had changed since the run before, as far as we were told
    gone: tuple[str, ...] = ()  # of ``changed``, what is no longer there
    whole: bool = False  # whether every test of the package was asked for
    name: str = ""  # the pattern that chose tests by name; those it left out may be told as skipped

    def tests(self) -> tuple[TestOutcome, ...]:
        """Every test of every file, in the runner's order."""
        return tuple(test for file in self.files for test in file.tests)

    def find(self, key: TestKey) -> TestOutcome | None:
        """The outcome of ``key``, or None where it did not run."""
        return next((test for test in self.tests() if test.key == key), None)

    def failed(self) -> tuple[TestOutcome, ...]:
        """The failing tests, in the runner's order."""
        return tuple(test for test in self.tests() if test.state is TestState.FAIL)

    def count(self, state: TestState) -> int:
        """How many tests ended in ``state``."""
        return sum(test.state is state for test in self.tests())

    def clean(self) -> bool:
        """Whether something ran, everything loaded, nothing failed and nothing was left unhandled."""
        loaded = not any(file.errors for file in self.files)
        return bool(self.tests()) and loaded and not self.failed() and not self.unhandled


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to run: test ``files`` (None: all of the package), ``changed`` paths to reload first, one kind of verdict.

    Paths are relative to the repository root.
    """

    kind: RunKind = RunKind.CONFIRMED
    files: tuple[str, ...] | None = None
    changed: tuple[str, ...] = field(default=())
    affected: bool = False  # only what ``changed`` reaches, and what ``files`` names
    name: str = ""  # a regular expression over the joined names; "" is every test
    settles: bool = False  # whether ``files`` are all of what ``changed`` reaches that counts for whoever asks


class Trigger(StrEnum):
    """What a changed path sets off: what imports it, every test, every test in a fresh runner, or nothing."""

    GRAPH = "graph"
    ALL = "all"
    RESTART = "restart"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reached:
    """One test file that a change can reach, and why: ``chain`` are the files from the changed one to the test."""

    file: str
    reason: str
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change would run: ``trigger`` and its ``reason``, the test files with theirs, and how many there are."""

    trigger: Trigger
    reason: str
    files: tuple[Reached, ...] = ()
    total: int = 0
