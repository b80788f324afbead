"""Each light opened to its evidence: line by line what was run, read back or hashed, and what the person left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from beai.core.record.waived import Waived
from beai.core.record.work import CaseFact, CommitFact, Observed, Work, WriteFact
from beai.core.text import one_line

_WIDE = 400


def logic(work: Work) -> tuple[str, ...]:
    """Each case with how far it is, then what is open beside the cases."""
    lines = [f"{case.id} {_state(case)}: {one_line(case.text, _WIDE)}".rstrip(": ") for case in work.cases]
    lines += [f"put off: {one_line(issue, _WIDE)}" for issue in work.deferred]
    lines += [one_line(one, _WIDE) for one in work.bound]
    lines += [f"open: {one_line(point, _WIDE)}" for point in work.points]
    lines += [one_line(one, _WIDE) for one in work.uncovered]
    lines += [f"type error: {one_line(error, _WIDE)}" for error in work.mistyped]
    lines += _waived(work, Waived.CASE, Waived.RED, Waived.TYPES, Waived.DEVIATION)
    return tuple(lines) or ("No test case is approved yet.",)


def tests(work: Work) -> tuple[str, ...]:
    """Each case with its test, how it was seen red, and how it was seen green; then the last confirmed run."""
    lines = [line for case in work.cases for line in _proofs(case)]
    if work.report is not None:
        counted, failed = len(work.report.tests()), len(work.report.failed())
        at = f" at {clock(work.report.at)}" if work.report.at else ""
        lines.append(f"run {work.report.run}{at}: {counted - failed} of {counted} tests do not fail")
        lines += [f"fails: {one_line(str(test.key.name), _WIDE)}" for test in work.report.failed()]
    lines += _waived(work, Waived.LAST_RUN)
    return tuple(lines) or ("No confirmed run yet.",)


def context(work: Work) -> tuple[str, ...]:
    """The receipts of what was written below ``tasks/``, and what was declined of it."""
    lines = [_receipt(write) for write in work.writes if write.path.startswith("tasks/") or write.path == work.context]
    told = "says done" if work.status_done else "does not say done"
    lines += [f"{work.task_file}: the status {told}"] if work.task_file else []
    lines += ["there is no active context file"] if not work.context else []
    lines += _waived(work, Waived.RECORD)
    return tuple(lines) or ("Nothing was recorded.",)


def commit(work: Work) -> tuple[str, ...]:
    """Each commit as it was read back, with the words of its hooks; then what is not committed."""
    lines = [line for one in work.commits for line in _commit(one)]
    lines += [f"not committed: {one_line(path, _WIDE)}" for path in work.uncommitted]
    lines += _waived(work, Waived.COMMIT, Waived.BRANCH)
    return tuple(lines) or ("Nothing was committed.",)


def schema(work: Work) -> tuple[str, ...]:
    """Every write of a schema file and of a hand-off sheet, in order."""
    lines = [
        _receipt(write)
        for write in work.writes
        if write.path.endswith(".prisma") or write.path.startswith("tasks/handoff/")
    ]
    lines += [f"{one_line(path, _WIDE)}: changed by hand since the task began, not taken in" for path in work.by_hand]
    return tuple(lines) or ("This task wrote no schema file, and nobody else changed one.",)


def waivers(work: Work) -> tuple[str, ...]:
    """Everything left out, with the reason and who decided it."""
    return tuple(_told(one.what, one.reason, one.by) for one in work.waivers)


def clock(at: float) -> str:
    """A time as a person reads it, in UTC."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return "an unknown time"


def _state(case: CaseFact) -> str:
    if case.skipped:
        return f"left out ({one_line(case.waiver, _WIDE)})"
    if not case.settled:
        return "open"
    return "kept, never seen red" if case.unproven else "settled"


def _proofs(case: CaseFact) -> Iterator[str]:
    if case.test is None:
        yield f"{case.id} {'left out: ' + one_line(case.waiver, _WIDE) if case.skipped else 'has no test'}"
        return
    yield f"{case.id} {one_line(case.test.file, _WIDE)} › {one_line(case.test.name, _WIDE)}"
    broken = " with the code broken" if case.proven else ""
    yield f"  red{broken} {_seen(case.red)}" if case.red else "  never seen red"
    yield f"  green {_seen(case.green)}" if case.green else "  never judged green by itself"


def _seen(proof: Observed) -> str:
    return f"in run {proof.run} at {clock(proof.at)}: {one_line(proof.message, _WIDE)}"


def _receipt(write: WriteFact) -> str:
    before = write.before[:12] or "new"
    after = write.after[:12] or "removed"
    return f"{one_line(write.path, _WIDE)}: {before} → {after}, receipt {one_line(write.receipt, 40)}"


def _commit(one: CommitFact) -> Iterator[str]:
    yield f"{one.sha} on {one_line(one.branch, _WIDE)}"
    yield f"  {one_line(one.subject, _WIDE)}"
    yield from (f"  {one_line(path, _WIDE)}" for path in one.paths)
    said = [line.strip() for line in one.output.splitlines() if line.strip()]
    yield from (f"  hook: {one_line(line, _WIDE)}" for line in said)
    if not said:
        yield "  no hook said anything"


def _waived(work: Work, *kinds: Waived) -> list[str]:
    return [_told(one.what, one.reason, one.by) for one in work.waivers if one.kind in kinds]


def _told(what: str, reason: str, by: str) -> str:
    return f"left out: {one_line(what, _WIDE)}: {one_line(reason, _WIDE)} ({by})"
