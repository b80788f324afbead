"""A test that passed at once is seen red by breaking the code once, and the code is put back."""

from __future__ import annotations

from collections.abc import Callable

from beai.core.fault import Fault, FaultKind
from beai.core.hooked import whole
from beai.core.loop.effects import Probe
from beai.core.loop.events import Event, Fact, Failed, Probed
from beai.core.loop.ports import Ports
from beai.core.loop.running import run
from beai.core.runner.probe import mutants
from beai.core.runner.report import RunRequest, TestOutcome


async def probe(ports: Ports, ticket: int, effect: Probe, post: Callable[[Event], None]) -> Fact:
    """Try one broken version of the procedure after another until the test falls."""
    project = await ports.workspace.read()
    if isinstance(project, Fault):
        return Failed(ticket, project)
    procedure = project.api.procedure(effect.procedure)
    text = await ports.workspace.text(procedure.file) if procedure else None
    if procedure is None or text is None:
        return Probed(ticket, "", "", tried=("the procedure was not found",))
    tried: list[str] = []
    for mutant in mutants(text, procedure, project.api):
        seen = await _broken(ports, effect, procedure.file, mutant.text)
        if isinstance(seen, Fault):
            return Failed(ticket, seen)
        tried.append(mutant.what)
        if seen:
            return await _put_right(ports, ticket, effect, procedure.file, mutant.what, seen, post)
    return Probed(ticket, "", "", tried=tuple(tried))


async def _broken(ports: Ports, effect: Probe, path: str, text: str) -> str | Fault:
    """The failure of the test with ``text`` in place of the file, ``""`` while it passes; the file is put back."""
    receipt = await ports.workspace.overwrite(path, text)
    if isinstance(receipt, Fault):
        return receipt
    try:
        report = await run(ports, RunRequest(files=(effect.test.file,), changed=(path,)), lambda _: None)
    finally:
        back = await whole(ports.workspace.restore((receipt,)))
    if isinstance(back, Fault):
        return back
    if isinstance(report, Fault):
        return report
    outcome = report.find(effect.test)
    return _failure(outcome) if outcome is not None else ""


async def _put_right(
    ports: Ports, ticket: int, effect: Probe, path: str, what: str, seen: str, post: Callable[[Event], None]
) -> Fact:
    report = await run(ports, RunRequest(files=(effect.test.file,), changed=(path,)), post)
    if isinstance(report, Fault):
        return Failed(ticket, report)
    outcome = report.find(effect.test)
    if outcome is None or _failure(outcome):
        return Failed(ticket, Fault(FaultKind.TESTS, f"{effect.test.leaf} does not pass after the code was put back."))
    return Probed(ticket, what, seen, report)


def _failure(outcome: TestOutcome) -> str:
    if not outcome.errors:
        return ""
    return next((line for line in outcome.errors[0].message.splitlines() if line.strip()), outcome.errors[0].name)[:200]
