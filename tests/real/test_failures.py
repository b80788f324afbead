"""A runner tells of a failure today as it did when the fixtures were recorded."""

from __future__ import annotations

from pathlib import Path

from beai.core.project.facts import RunnerName
from tests.real.record_failures import FIXTURES, load, record_all, samples_of

AGAIN = {
    "assertion",
    "missing-procedure",
    "import-file",
    "syntax-of-a-source",
    "timeout-hook",
    "database-pg",
    "crash-exit",
}


async def test_vitest_tells_of_failures_as_recorded(shop_packages: Path) -> None:
    samples = samples_of(RunnerName.VITEST)
    chosen = [sample for sample in samples.samples if sample.name in AGAIN]
    _, now = await record_all(samples, chosen, shop_packages)
    recorded = {record.sample: record for record in load(FIXTURES / "vitest.json")}
    assert {record.sample for record in now} == AGAIN
    for record in now:
        then = recorded[record.sample]
        assert record.found() is record.kind is then.kind
        assert (record.file_error, record.error.name) == (then.file_error, then.error.name)


def test_every_sample_is_recorded() -> None:
    for path in FIXTURES.glob("*.json"):
        samples = samples_of(RunnerName(path.stem)).samples
        assert [record.sample for record in load(path)] == [sample.name for sample in samples]
