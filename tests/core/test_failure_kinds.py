"""Each kind of failure is told by the words of real runners: recorded ones, and those of databases we cannot start."""

from __future__ import annotations

from pathlib import Path

import pytest

from beai.core.runner.classify import REMEDIES, FailureKind, classify
from beai.core.runner.failure import missing_procedure
from beai.core.runner.report import TestError
from tests.real.record_failures import FIXTURES, Record, load

RECORDED = {
    f"{path.stem}: {record.sample}": record for path in sorted(Path(FIXTURES).glob("*.json")) for record in load(path)
}


@pytest.mark.parametrize("record", RECORDED.values(), ids=RECORDED)
def test_a_recorded_failure_is_of_its_kind(record: Record) -> None:
    assert record.found() is record.kind


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_was_recorded_and_has_a_remedy_in_one_sentence(kind: FailureKind) -> None:
    assert any(record.kind is kind for record in RECORDED.values())
    assert REMEDIES[kind].endswith(".") and "\n" not in REMEDIES[kind]


TOLD = {  # from the references and issue trackers of those who say it
    "prisma 5, no server": (
        TestError(
            "PrismaClientInitializationError",
            "\nInvalid `prisma.user.findMany()` invocation:\n\n\nCan't reach database server at `localhost:5432`\n\n"
            "Please make sure your database server is running at `localhost:5432`.",
        ),
        FailureKind.DATABASE,
    ),
    "prisma, code alone": (TestError("PrismaClientInitializationError", "x", code="P1001"), FailureKind.DATABASE),
    "prisma 5, credentials": (
        TestError("PrismaClientInitializationError", "Authentication failed against database server", code="P1000"),
        FailureKind.DATABASE,
    ),
    "no server, wrapped by tRPC and by a matcher": (
        TestError(
            "AssertionError",
            "promise rejected \"TRPCError: connect ECONNREFUSED ::1:5432 { code: '…' }\" instead of resolving",
            cause="TRPCError [INTERNAL_SERVER_ERROR]: connect\nError [ECONNREFUSED]: connect ECONNREFUSED ::1:5432",
        ),
        FailureKind.DATABASE,
    ),
    "no server, awaited another error": (
        TestError(
            "AssertionError",
            "expected Error: Can't reach database server to match object { code: 'CONFLICT' }",
            expected="a",
            actual="b",
        ),
        FailureKind.DATABASE,
    ),
    "a port that is no database's": (
        TestError("Error", "connect ECONNREFUSED 127.0.0.1:3000", code="ECONNREFUSED"),
        FailureKind.OTHER,
    ),
    "psycopg": (
        TestError("OperationalError", 'connection to server at "localhost", port 5432 failed: Connection refused'),
        FailureKind.DATABASE,
    ),
    "prisma 5, variable": (
        TestError("PrismaClientInitializationError", "error: Environment variable not found: DATABASE_URL."),
        FailureKind.ENVIRONMENT,
    ),
    "t3-env": (TestError("Error", "Invalid environment variables"), FailureKind.ENVIRONMENT),
    "client of prisma 6 in a bundler": (
        TestError("Error", 'Failed to resolve import "@/generated/prisma" from "src/server/db.ts". Does it exist?'),
        FailureKind.CLIENT,
    ),
    "no network": (TestError("Error", "getaddrinfo EAI_AGAIN api.example.com", "EAI_AGAIN"), FailureKind.BLOCKED),
    "read-only": (TestError("Error", "EROFS: read-only file system, open '/a'", "EROFS"), FailureKind.BLOCKED),
    "ts-jest": (
        TestError("Error", "src/a.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'."),
        FailureKind.TYPE,
    ),
    "jest timeout": (
        TestError("Error", 'thrown: "Exceeded timeout of 5000 ms for a test.\nAdd a timeout value"'),
        FailureKind.TIMEOUT,
    ),
    "pytest-timeout": (TestError("Failed", "Timeout >1.0s"), FailureKind.TIMEOUT),
    "python import": (TestError("ModuleNotFoundError", "No module named 'wishlist'"), FailureKind.IMPORT),
    "jest worker": (
        TestError("Error", "A jest worker process (pid=1) was terminated by another process: signal=SIGSEGV"),
        FailureKind.CRASHED,
    ),
}


@pytest.mark.parametrize(("error", "kind"), TOLD.values(), ids=TOLD)
def test_words_that_could_not_be_recorded_are_known_too(error: TestError, kind: FailureKind) -> None:
    """Row: Env modules."""
    assert classify(error) is kind


def test_an_assertion_may_compare_any_words() -> None:
    for words in ("Test timed out in 5ms", "Can't reach database server", "EROFS", "endless loop", "SyntaxError: x"):
        error = TestError("AssertionError", f"expected '{words}' to be 'b'", expected="b", actual=words)
        assert classify(error) is FailureKind.ASSERTION


def test_a_message_about_data_is_no_syntax_error_of_code() -> None:
    error = TestError("SyntaxError", "Unexpected token o in JSON at position 1")
    assert classify(error) is FailureKind.OTHER
    assert classify(error, file_error=True) is FailureKind.SYNTAX


def test_a_named_folder_of_the_generated_client_is_known() -> None:
    error = TestError("Error", "Cannot find module '~/db/out' imported from src/server/db.ts")
    assert classify(error, file_error=True) is FailureKind.IMPORT
    assert classify(error, file_error=True, client="db/out") is FailureKind.CLIENT


def test_a_process_that_ran_out_of_memory_says_so_only_in_what_it_printed() -> None:
    error = TestError("WorkerError", "The test process ended by SIGABRT before the file was finished.")
    assert classify(error, file_error=True) is FailureKind.CRASHED
    log = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"
    assert classify(error, file_error=True, log=log) is FailureKind.MEMORY


def test_another_procedure_that_is_missing_is_no_less_missing() -> None:
    error = TestError("TRPCError", 'No procedure found on path "product,nothere"', code="NOT_FOUND")
    assert classify(error, procedure="wishlist.addItem") is FailureKind.MISSING_PROCEDURE
    assert not missing_procedure(error, "wishlist.addItem")
