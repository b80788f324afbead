"""Every failure is of one kind, known by what the runner says of it, and each kind has one thing a person can do.

What says more about the cause is looked for before what says only where it showed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from beai.core.runner import words
from beai.core.runner.failure import asserts, missing_procedure, other_procedure, stumbled, unset_mock
from beai.core.runner.report import TestError


class FailureKind(StrEnum):
    """Why a test or a test file fails; the value is its name for a person."""

    ASSERTION = "assertion"
    MISSING_PROCEDURE = "missing procedure"
    IMPORT = "unresolved import"
    SYNTAX = "syntax error"
    TYPE = "type error"
    UNSET_MOCK = "unset mock"
    TIMEOUT = "timeout"
    CLIENT = "client not generated"
    DATABASE = "database unreachable"
    ENVIRONMENT = "invalid environment"
    CRASHED = "crashed"
    LOOP = "endless loop"
    MEMORY = "out of memory"
    BLOCKED = "not permitted"
    NO_TESTS = "no test in the file"
    OTHER = "other error"


REMEDIES: Mapping[FailureKind, str] = {
    FailureKind.ASSERTION: "Compare what was expected with what was received.",
    FailureKind.MISSING_PROCEDURE: "Write the procedure, or mount its router.",
    FailureKind.IMPORT: "Correct the path, or install the package.",
    FailureKind.SYNTAX: "Correct the syntax at the place that is named.",
    FailureKind.TYPE: "Look at the value that is not what the code takes it for.",
    FailureKind.UNSET_MOCK: "Say in the test what the mock answers.",
    FailureKind.TIMEOUT: "Look for a promise that nobody resolves or awaits.",
    FailureKind.CLIENT: "Run `prisma generate`.",
    FailureKind.DATABASE: "Start the database, or let the sandbox reach its port.",
    FailureKind.ENVIRONMENT: "Set the variables that are named in the environment of the tests.",
    FailureKind.CRASHED: "Look for what ends the process: `process.exit`, a signal, a native module.",
    FailureKind.LOOP: "Look for a loop whose condition never changes.",
    FailureKind.MEMORY: "Look for what grows without end.",
    FailureKind.BLOCKED: "The sandbox or the system refused it: use declared folders and declared ports only.",
    FailureKind.NO_TESTS: "Write a test in it, or leave it out of the test files.",
    FailureKind.OTHER: "Read the message and the first line of the stack.",
}
"""What a person can do, in one sentence."""


def classify(
    error: TestError, file_error: bool = False, procedure: str = "", client: str = "", log: str = ""
) -> FailureKind:
    """The kind of ``error``; ``file_error`` is whether it kept a whole file from loading.

    ``procedure`` is the path under test (may be empty), ``client`` where the schema's generator puts its client, as far
    as an import would name it (``generated/prisma``); ``log`` what the run printed, which tells why a process ended.
    """
    said = _said(error)
    if _names_client(said, client):
        return FailureKind.CLIENT
    kind = next((kind for kind, pattern in _BY_WORDS if pattern.search(said)), None)
    if kind is FailureKind.CRASHED and words.MEMORY.search(log):
        return FailureKind.MEMORY
    return kind or _by_sense(error, said, file_error, procedure)


_BY_WORDS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = (
    (FailureKind.LOOP, words.LOOP),
    (FailureKind.MEMORY, words.MEMORY),
    (FailureKind.CRASHED, words.CRASHED),
    (FailureKind.TIMEOUT, words.TIMEOUT),
    (FailureKind.CLIENT, words.CLIENT),
    (FailureKind.DATABASE, words.DATABASE),
    (FailureKind.ENVIRONMENT, words.ENVIRONMENT),
    (FailureKind.BLOCKED, words.BLOCKED),
    (FailureKind.NO_TESTS, words.NO_TESTS),
)


def _by_sense(error: TestError, said: str, file_error: bool, procedure: str) -> FailureKind:
    """The kind of an error that no word of another cause explains."""
    if missing_procedure(error, procedure) or other_procedure(error, procedure):
        return FailureKind.MISSING_PROCEDURE
    if unset_mock(error) or words.UNSET_MOCK.search(said):
        return FailureKind.UNSET_MOCK
    if asserts(error):
        return FailureKind.ASSERTION
    if words.IMPORT.search(said):
        return FailureKind.IMPORT
    if file_error and _validates_environment(error):
        return FailureKind.ENVIRONMENT
    if words.SYNTAX.search(said) and not _speaks_of_data(error, file_error):
        return FailureKind.SYNTAX
    return FailureKind.TYPE if stumbled(error) or words.TYPE.search(said) else FailureKind.OTHER


def _said(error: TestError) -> str:
    """What the error says; of a failed assertion only what it says was thrown, since the rest quotes values."""
    if not asserts(error):
        return f"{error.name}: {error.message}\n{error.code}\n{error.cause}"
    found = words.THROWN.search(error.message)
    thrown = next((group for group in found.groups() if group), "") if found else ""
    return f"{thrown}\n{error.cause}"


def _names_client(said: str, client: str) -> bool:
    """Whether an import of the generated client could not be resolved."""
    found = words.UNRESOLVED.search(said)
    path = next((group for group in found.groups() if group), "") if found else ""
    return bool(words.CLIENT_PATH.search(path)) or bool(client and client in path)


def _speaks_of_data(error: TestError, file_error: bool) -> bool:
    """Whether a SyntaxError speaks of data, as that of ``JSON.parse`` does, and not of code."""
    return not file_error and ("JSON" in error.message or "regular expression" in error.message)


def _validates_environment(error: TestError) -> bool:
    """Whether a schema refused its input in a file that is named after the environment."""
    return "ZodError" in error.name and any(words.ENVIRONMENT_FILE.search(frame) for frame in error.stack)
