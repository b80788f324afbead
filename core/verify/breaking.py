"""A test that passed at once is seen red again, by breaking the code of the commit as ``runner/probe`` does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from beai.core.fault import Fault
from beai.core.runner.probe import mutants
from beai.core.runner.report import Report, RunKind, TestError, TestState
from beai.core.runner.signs import first_line
from beai.core.verify.readings import outcomes
from beai.core.verify.seen import Seen
from beai.core.verify.tasks import called
from beai.core.verify.tests import Marked
from beai.core.verify.worktree import Worktree

_MOST = 24  # broken versions that are tried


@dataclass(frozen=True, slots=True)
class Broken:
    """``what`` was broken when the test fell, and how it fell; else what was tried, or why nothing could be."""

    what: str = ""
    why: str = ""
    untried: str = ""


async def broken(
    place: Worktree,
    seen: Seen,
    test: Marked,
    meant: tuple[str, ...],
    run: Callable[[str, str, RunKind], Awaitable[Report | Fault]],
) -> Broken:
    """Break what ``test`` calls in one way after another until it falls for that; the file is put back.

    Where it calls no procedure, those are broken that its task is about: ``meant``.
    """
    tried: list[str] = []
    for path in called(seen.project, test) or meant:
        procedure = seen.project.api.procedure(path)
        text = seen.known.history.text(seen.blobs.get(procedure.file, "")) if procedure is not None else None
        if procedure is None or text is None:
            continue
        for mutant in mutants(text, procedure, seen.project.api)[: _MOST - len(tried)]:
            fallen = await _tried(place, run, procedure.file, mutant.text, text, test)
            if isinstance(fallen, str):
                return Broken(untried=fallen)
            tried.append(mutant.what)
            if fallen is not None and not mutant.whole and mutant.causes(fallen):
                return Broken(mutant.what, first_line(fallen))
    if not tried:
        return Broken(untried="no procedure that it calls was found to break")
    return Broken(why=", ".join(tried[:6]))


async def _tried(
    place: Worktree,
    run: Callable[[str, str, RunKind], Awaitable[Report | Fault]],
    file: str,
    mutant: str,
    text: str,
    test: Marked,
) -> TestError | str | None:
    """How the test falls with ``mutant`` in place of ``text``, None where it does not; a ``str`` says why it never ran.

    A quick run tells which ways to break the code matter; only a confirmed one counts.
    """
    if not place.write(file, mutant):
        return f"{file} cannot be written here"
    try:
        for kind in (RunKind.PROVISIONAL, RunKind.CONFIRMED):
            report = await run(file, test.path, kind)
            if isinstance(report, Fault):
                return report.summary
            if (fallen := _fallen(report, test)) is None:
                return None
        return fallen
    finally:
        place.write(file, text)


def _fallen(report: Report, test: Marked) -> TestError | None:
    for one in outcomes(report, test):
        if one.state is TestState.FAIL:
            return next(iter(one.errors), TestError("Error", "it failed without a message"))
    return None
