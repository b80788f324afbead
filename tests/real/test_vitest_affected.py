"""A change runs the tests that could notice it with Vitest, by the imports as they are now."""

from __future__ import annotations

import asyncio

import pytest

from beai.core.runner.report import RunKind
from tests.real.vitest_backend import (
    FILES,
    PRODUCT,
    TICK,
    WRONG_MATH,
    Backend,
    backend,
    both_majors,
    packages,
    ran,
    shared,
    states,
)

__all__ = ["backend", "packages", "shared"]  # the fixtures

pytestmark = pytest.mark.asyncio(loop_scope="module")


@both_majors
async def test_a_change_reaches_the_tests_that_import_it(backend: Backend) -> None:
    await backend.run()
    backend.write("prisma/schema.prisma", "model A { id String @id }\n")
    product, math = ["tests/product.test.ts"], ["tests/math.test.ts"]
    for path, expected in {
        "src/trpc.ts": product,
        "src/product.ts": product,
        "src/math.ts": math,
        "tests/math.test.ts": math,
        "prisma/schema.prisma": math + product,
        ".env": math + product,
        "package.json": math + product,
        "vitest.config.ts": math + product,
        "fixtures/unheard-of.csv": math + product,
    }.items():
        assert ran(await backend.affected(path)) == expected, path


@both_majors
async def test_affected_runs_follow_imports_as_they_are_now(backend: Backend) -> None:
    await backend.run()
    await backend.affected("src/math.ts")
    backend.write("src/extra.ts", "export const one = 1\n")
    backend.write(
        "src/math.ts", "import { one } from './extra'\nexport const add = (a: number, b: number) => a + b * one\n"
    )
    await backend.affected("src/math.ts")
    backend.write("src/extra.ts", "export const one = -1\n")
    report = await backend.affected("src/extra.ts")
    assert ran(report) == ["tests/math.test.ts"]
    assert len(report.failed()) == 1


@both_majors
async def test_a_named_file_that_is_no_test_is_an_error_of_an_affected_run_too(backend: Backend) -> None:
    await backend.run()
    report = await backend.affected("src/math.ts", files=("tests/gone.test.ts",))
    assert ran(report) == ["tests/gone.test.ts", "tests/math.test.ts"]
    assert not report.clean()


@both_majors
async def test_a_save_is_shown_and_then_confirmed_by_the_same_tests(backend: Backend) -> None:
    await backend.run()
    for text in (WRONG_MATH, FILES["src/math.ts"]):
        backend.write("src/math.ts", text)
        backend.write("src/product.ts", PRODUCT + f"// {len(text)}, and nobody is told\n")
        await asyncio.sleep(TICK)
        shown = await backend.affected("src/math.ts", kind=RunKind.PROVISIONAL)
        confirmed = await backend.affected("src/math.ts")
        assert (shown.kind, confirmed.kind) == (RunKind.PROVISIONAL, RunKind.CONFIRMED)
        assert ran(shown) == ran(confirmed) == ["tests/math.test.ts", "tests/product.test.ts"]
        assert states(shown) == states(confirmed)
        assert confirmed.clean() is (text != WRONG_MATH)
    assert ran(await backend.affected("src/math.ts")) == ["tests/math.test.ts"]


@both_majors
async def test_what_a_run_of_one_file_saw_change_is_still_owed_to_the_next_affected_run(backend: Backend) -> None:
    await backend.run()
    backend.write("src/math.ts", WRONG_MATH)
    await asyncio.sleep(TICK)
    assert (await backend.run("tests/product.test.ts")).clean()
    assert ran(await backend.affected("src/product.ts")) == ["tests/math.test.ts", "tests/product.test.ts"]
