"""The source around a failure is read from the repository alone, and costs no more for a thousand failures."""

from pathlib import Path

import pytest

from beai.core.runner.excerpt import excerpted
from beai.core.runner.report import FileOutcome, Report, RunKind, TestError, TestKey, TestOutcome, TestState


def failing(file: str, line: int, count: int = 1) -> Report:
    error = TestError("AssertionError", "x", file=file, line=line)
    tests = tuple(TestOutcome(TestKey("a.test.ts", f"t{n}"), TestState.FAIL, errors=(error,)) for n in range(count))
    return Report(1, RunKind.CONFIRMED, (FileOutcome("a.test.ts", tests),))


def excerpts(report: Report, repo: Path) -> list[tuple[tuple[int, str], ...]]:
    return [test.errors[0].excerpt for test in excerpted(report, repo).tests()]


@pytest.mark.parametrize(
    ("line", "numbers"), [(1, [1, 2, 3]), (4, [2, 3, 4, 5, 6]), (9, [7, 8, 9]), (10, []), (10_000, [])]
)
def test_two_lines_around_the_failure_are_kept(tmp_path: Path, line: int, numbers: list[int]) -> None:
    (tmp_path / "a.test.ts").write_text("".join(f"line {n}\n" for n in range(1, 10)))
    assert excerpts(failing("a.test.ts", line), tmp_path) == [tuple((n, f"line {n}") for n in numbers)]


def test_the_first_error_that_has_a_place_is_the_one_that_is_read_for(tmp_path: Path) -> None:
    (tmp_path / "b.ts").write_text("b\n")
    errors = (TestError("E", "x"), TestError("E", "y", file="b.ts", line=1))
    report = Report(1, RunKind.CONFIRMED, (FileOutcome("a.test.ts", (), errors),))
    assert [error.excerpt for error in excerpted(report, tmp_path).files[0].errors] == [(), ((1, "b"),)]


@pytest.mark.parametrize("name", ["../secret.ts", "link.ts", "folder", "none.ts", "large.ts", "a\0b"])
def test_nothing_else_is_read(tmp_path: Path, name: str) -> None:
    repo = tmp_path / "repo"
    (repo / "folder").mkdir(parents=True)
    (tmp_path / "secret.ts").write_text("secret\n")
    (repo / "link.ts").symlink_to(tmp_path / "secret.ts")
    (repo / "large.ts").write_text("x\n" * 400_000)
    assert excerpts(failing(name, 1), repo) == [()]


def test_a_thousand_failures_are_read_for_a_few_times(tmp_path: Path) -> None:
    (tmp_path / "a.test.ts").write_text("a\n")
    found = excerpts(failing("a.test.ts", 1, 1_000), tmp_path)
    assert 0 < sum(bool(one) for one in found) <= 20


def test_a_clean_run_reads_nothing(tmp_path: Path) -> None:
    report = Report(1, RunKind.CONFIRMED, (FileOutcome("a.test.ts"),))
    assert excerpted(report, tmp_path / "nowhere") is report
