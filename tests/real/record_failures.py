"""Records how real runners tell of each kind of failure: ``python -m tests.real.record_failures --modules FOLDER``.

The samples are in ``failures/RUNNER.txt``: after ``=== kind / name`` a test file that fails in that way, after
``=== file`` what every sample may import.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from beai.core.fault import Fault
from beai.core.project.facts import RunnerName
from beai.core.runner.classify import FailureKind, classify
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest, TestError
from beai.core.runner.runners import RUNNERS

SAMPLES = Path(__file__).with_name("failures")
FIXTURES = Path(__file__).parents[1] / "core" / "fixtures" / "failures"
SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
STALL = 3.0  # seconds until a loop counts as endless
_HEAD = re.compile(r"^=== (.*)\n", re.MULTILINE)
_OPTION = re.compile(r" (\w+)=(\S+)")


@dataclass(frozen=True)
class Section:
    """One part of a file of samples. ``needs`` is what the package must have or be, see ``prepare`` and ``record``."""

    what: str
    text: str
    procedure: str = ""
    client: str = ""
    needs: str = ""

    @property
    def name(self) -> str:
        """The sample's name."""
        return self.what.rpartition(" / ")[2]

    @property
    def kind(self) -> FailureKind:
        """What the sample must be taken for."""
        return FailureKind(self.what.rpartition(" / ")[0])

    @property
    def alone(self) -> bool:
        """Whether it ends the process, so that what is told of the run is told of it."""
        return self.needs in ("alone", "heap")


@dataclass(frozen=True)
class Samples:
    """What is written down for one runner."""

    runner: RunnerName
    prefix: str
    suffix: str
    files: tuple[Section, ...]
    samples: tuple[Section, ...]

    def path(self, sample: Section) -> str:
        """Where its test file is in the package."""
        return f"tests/{self.prefix}{sample.name}{self.suffix}"


@dataclass(frozen=True)
class Record:
    """What a runner told of a sample; ``log`` is how the process ended in its own words."""

    sample: str
    kind: FailureKind
    file_error: bool
    error: TestError
    procedure: str = ""
    client: str = ""
    log: str = ""

    def found(self) -> FailureKind:
        """What it is taken for."""
        return classify(self.error, self.file_error, self.procedure, self.client, self.log)


def samples_of(runner: RunnerName) -> Samples:
    """The samples written down for ``runner``."""
    _, *parts = _HEAD.split((SAMPLES / f"{runner.value}.txt").read_text())
    sections = [
        Section(_OPTION.sub("", head), text.strip() + "\n", **dict(_OPTION.findall(head)))
        for head, text in zip(parts[::2], parts[1::2], strict=True)
    ]
    words = dict(one.what.split(" ", 1) for one in sections if one.what.startswith(("prefix ", "suffix ")))
    files = tuple(one for one in sections if one.what.startswith("file "))
    return Samples(
        runner, words.get("prefix", ""), words["suffix"], files, tuple(one for one in sections if " / " in one.what)
    )


def load(path: Path) -> tuple[Record, ...]:
    """The records of a fixture file."""
    records = json.loads(path.read_text())["records"]
    errors = (TestError(**{**raw["error"], "stack": tuple(raw["error"]["stack"]), "excerpt": ()}) for raw in records)
    return tuple(
        Record(**{**raw, "kind": FailureKind(raw["kind"]), "error": error})
        for raw, error in zip(records, errors, strict=True)
    )


def prepare(root: Path, samples: Samples, chosen: Sequence[Section], modules: Path) -> None:
    """A package at ``root`` with a test file for each of ``chosen`` and the installed ``modules``."""
    needs = {"", *(sample.needs for sample in chosen)}
    for file in samples.files:
        if file.needs in needs:
            _write(root / file.what.removeprefix("file "), file.text)
    for sample in chosen:
        _write(root / samples.path(sample), sample.text)
    if "client" in needs:  # a generated Prisma 7 client
        shutil.copytree(SHOP / "src" / "generated" / "prisma", root / "src" / "shop" / "prisma")
    if "stub" not in needs and modules.is_dir():
        (root / "node_modules").symlink_to(modules, target_is_directory=True)
    if "stub" not in needs:
        return
    # what Prisma 5 and 6 put in place of a client until the first `prisma generate`
    shutil.copytree(modules, root / "node_modules", symlinks=True, ignore=shutil.ignore_patterns(".cache", ".vite"))
    for name in ("default.js", "index.js"):
        stub = (modules / "@prisma" / "client" / "scripts" / "default-index.js").read_text()
        _write(root / "node_modules" / ".prisma" / "client" / name, stub)


async def record(root: Path, samples: Samples, chosen: Sequence[Section]) -> tuple[str, list[Record]]:
    """Run ``chosen`` in the package at ``root``: the runner's name with its version, and what it told of each."""
    tests = DrivenTests(root, runner=RUNNERS[samples.runner], stall=STALL)
    found: list[Record] = []
    try:
        started = await tests.start()
        if isinstance(started, Fault):
            raise SystemExit(f"{started.summary}\n{started.detail}")
        together = [sample for sample in chosen if not sample.alone]
        for group in (together, *([sample] for sample in chosen if sample.alone)):
            paths = tuple(samples.path(sample) for sample in group)
            report = await tests.run(RunRequest(files=paths), lambda _: None) if paths else None
            if isinstance(report, Fault):
                raise SystemExit(f"{report.summary}\n{report.detail}")
            if report is not None:
                found += [_told(report, sample, path, root) for sample, path in zip(group, paths, strict=True)]
    finally:
        await tests.close()
    return started.what, found


async def record_all(samples: Samples, chosen: Sequence[Section], modules: Path) -> tuple[str, list[Record]]:
    """``record`` in as many packages as the samples need."""
    records: list[Record] = []
    what = ""
    apart = sorted(chosen, key=_apart)
    for _, group in groupby(apart, _apart):
        some = tuple(group)
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), samples, some, modules)
            what, found = await record(Path(folder), samples, some)
            records += found
    order = {sample.name: at for at, sample in enumerate(chosen)}
    return what, sorted(records, key=lambda one: order[one.sample])


def _apart(sample: Section) -> str:
    """The package a sample is in: most share one."""
    return sample.needs if sample.needs in ("stub", "heap") else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _told(report: Report, sample: Section, path: str, root: Path) -> Record:
    file = next(file for file in report.files if file.file == path)
    failed = [test for test in file.tests if test.errors]
    errors = file.errors or (failed[0].errors if failed else ())
    loose = report.unhandled if sample.alone else ()  # what ended the process
    if not errors and not loose:
        raise SystemExit(f"{path} did not fail.")
    last_words = re.search(r"^.*FATAL ERROR.*$", f"{report.log}\n{file.log}", re.MULTILINE)
    log = last_words[0] if last_words and sample.alone else ""
    error = _without_places((*loose, *errors)[0], root)
    return Record(sample.name, sample.kind, bool(file.errors), error, sample.procedure, sample.client, log)


def _without_places(error: TestError, root: Path) -> TestError:
    """``error`` as it would be told of a package at ``/app``."""

    def clean(text: str) -> str:
        text = text.replace(str(root.resolve()), "/app").replace(str(root), "/app")
        text = re.sub(r"[^\s'\"(]*/core/runner/drivers/", "/beai/drivers/", text)
        return re.sub(r"[^\s'\"(]*/((?:node_modules|site-packages|python3[.\d]*)/)", r"/app/\1", text)

    texts = {name: clean(getattr(error, name)) for name in ("message", "cause", "diff", "file")}
    return replace(error, stack=tuple(clean(frame) for frame in error.stack), excerpt=(), **texts)


def _main() -> None:
    written = sorted(path.stem for path in SAMPLES.glob("*.txt"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", default="vitest", choices=written)
    parser.add_argument("--modules", type=Path, default=Path("/nowhere"), help="an installed node_modules")
    parser.add_argument("--only", default="", help="names of samples, with commas; nothing is kept then")
    asked = parser.parse_args()
    samples = samples_of(RunnerName(asked.runner))
    chosen = [one for one in samples.samples if not asked.only or one.name in asked.only.split(",")]
    what, records = asyncio.run(record_all(samples, chosen, asked.modules.resolve()))
    for one in records:
        mark = "  " if one.found() is one.kind else "≠ "
        place = "file" if one.file_error else "test"
        said = f"{one.error.name}: {one.error.message[:90]!r}"
        sys.stdout.write(f"{mark}{one.sample:32} {one.found():24} {place} {said}\n")
    if not asked.only:
        kept = {"recorded": what, "records": [asdict(one) for one in records]}
        _write(FIXTURES / f"{asked.runner}.json", json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    sys.exit(any(one.found() is not one.kind for one in records))


if __name__ == "__main__":
    _main()
