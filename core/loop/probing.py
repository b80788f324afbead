"""A test that passed at once is seen red by breaking the code once, and the code is put back."""

from __future__ import annotations

from collections.abc import Callable

from beai.core.fault import Fault, FaultKind
from beai.core.hooked import whole
from beai.core.loop.effects import Probe
from beai.core.loop.events import Event
from beai.core.loop.events.facts import Fact, Failed, Probed
from beai.core.loop.ports import Ports
from beai.core.loop.running import run
from beai.core.runner.probe import Mutant, mutants
from beai.core.runner.report import RunRequest, TestError, TestState


async def probe(ports: Ports, ticket: int, effect: Probe, post: Callable[[Event], None]) -> Fact:
    """Try one broken version of the procedure after another until the test falls because of what is broken."""
    project = await ports.workspace.read()
    if isinstance(project, Fault):
        return Failed(ticket, project)
    procedure = project.api.procedure(effect.procedure)
    text = await ports.workspace.text(procedure.file) if procedure else None
    if procedure is None or text is None:
        return Probed(ticket, "", "", tried=("the procedure was not found",))
    tried, why = list[str](), ""
    for mutant in mutants(text, procedure, project.api):
        fallen = await _broken(ports, effect, procedure.file, mutant.text)
        if isinstance(fallen, Fault):
            return Failed(ticket, fallen)
        tried.append(mutant.what)
        if fallen is None:
            continue
        if not mutant.whole and mutant.causes(fallen):
            return await _put_right(ports, ticket, effect, procedure.file, mutant.what, _line(fallen), post)
        why = why or _unproven(mutant, fallen)
    return Probed(ticket, "", why, tried=tuple(tried))


async def _broken(ports: Ports, effect: Probe, path: str, text: str) -> TestError | Fault | None:
    """How the test fails with ``text`` in place of the file, None while it does not; the file is put back."""
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
    if outcome is None or outcome.state is not TestState.FAIL:
        return None
    return next(iter(outcome.errors), TestError("Error", "it failed without a message"))


async def _put_right(
    ports: Ports, ticket: int, effect: Probe, path: str, what: str, seen: str, post: Callable[[Event], None]
) -> Fact:
    report = await run(ports, RunRequest(files=(effect.test.file,), changed=(path,)), post)
    if isinstance(report, Fault):
        return Failed(ticket, report)
    outcome = report.find(effect.test)
    if outcome is None or outcome.state is not TestState.PASS:
        return Failed(ticket, Fault(FaultKind.TESTS, f"{effect.test.leaf} does not pass after the code was put back."))
    return Probed(ticket, what, seen, report)


def _unproven(mutant: Mutant, error: TestError) -> str:
    if mutant.whole:
        return "It falls only when the whole procedure is emptied."
    return f"It fell only by an accident ({mutant.what}: {_line(error)})."


def _line(error: TestError) -> str:
    return next((line for line in error.message.splitlines() if line.strip()), error.name)[:200]
