"""What the debug procedure finds after three attempts: evidence, hypothesis, what is isolated, and what is left.

The steps are those of rules/debug_procedures.mdc, D1 to D6; every line is from our own runs and the change's hunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.loop.session import Session
from beai.core.runner.history import flipping
from beai.core.runner.lamp import LampState
from beai.core.runner.report import Report, TestError, TestOutcome, TestState
from beai.core.suggest.exchange import Feedback, HunkFeedback
from beai.core.text import one_line

_WORDS = 300  # characters of one observation
_FEW = 4


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt: where it changed what, and what the run showed."""

    places: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """A dull cause (D2), the sign that speaks for it, and what would tell it from the others (D3)."""

    sign: re.Pattern[str]
    cause: str
    tells: str


def _guess(sign: str, cause: str, tells: str) -> _Hypothesis:
    return _Hypothesis(re.compile(sign, re.IGNORECASE), cause, tells)


_HYPOTHESES = (
    _guess(
        r"mock not set|no mock|is not mocked|mockResolved\w* is not",
        "the code makes a call that the test has not arranged",
        "the call that the message names: set it in the test, or make the one that is set",
    ),
    _guess(
        r"cannot find (?:module|package)|failed to (?:resolve|load)|err_module_not_found",
        "a path or a package is not there",
        "the path in the message, opened by hand",
    ),
    _guess(
        r"PrismaClientValidationError|unknown (?:arg|field)|invalid `[^`]*` invocation",
        "the generated client is older than the schema, or the query names what is not in it",
        "the model's type in the generated client, beside the schema",
    ),
    _guess(
        r"\[object Promise\]|Promise \{|received: promise",
        "an `await` is missing",
        "the value printed just before it is returned",
    ),
    _guess(
        r"No procedure found on path|no \"\w+\"-procedure",
        "the procedure is not mounted where the test calls it",
        "the path that the test calls, beside the router's key",
    ),
    _guess(r"timed? ?out", "something is awaited that never ends", "the call before the last line that was reached"),
    _guess(
        r"UNAUTHORIZED|FORBIDDEN",
        "the caller of the test is let in, or turned away, otherwise than the case says",
        "the session that the test makes, beside the builder of the procedure",
    ),
    _guess(
        r"BAD_REQUEST|ZodError|invalid_type|too_small|too_big",
        "the input's schema refuses, or takes, what the test sends",
        "the input of the call, parsed by that schema alone",
    ),
    _guess(
        r"(?:received|actual|got)\b\W{0,4}undefined|to (?:equal|be|match).*undefined",
        "a `select` lacks the field, or nothing is returned",
        "the whole value that the procedure returns",
    ),
)


def findings(session: Session) -> str:
    """What is known, line by line; ``""`` where no run of this step has shown anything."""
    cycle = session.cycle
    if cycle is None:
        return ""
    tried = tuple(_attempts(cycle.feedback))
    if not tried:
        return ""
    target = _target(session, cycle.report)
    error = next(iter(target.errors), None) if target else None
    lines = [*_evidence(session, tried, error), _hypothesis(session, tried, target, error)]
    lines += [*_isolated(session, target, error, tried), *_left(session, cycle.report)]
    return "\n".join(lines)


def _attempts(told: tuple[Feedback, ...]) -> Iterator[_Attempt]:
    """Each outcome of a run with the places that were changed before it."""
    places: list[str] = []
    for one in told:
        places += [_place(each) for each in one.hunks if each.now is not None or _taken(each)]
        if one.outcome:
            yield _Attempt(tuple(dict.fromkeys(places)), one_line(one.outcome, _WORDS))
            places = []


def _taken(one: HunkFeedback) -> bool:
    return one.decision is not None and one.decision.verdict.value == "accepted"


def _place(one: HunkFeedback) -> str:
    hunk = one.hunk
    return f"{hunk.file}:{hunk.old_start + 1} (+{len(hunk.new)} −{len(hunk.old)})"


def _evidence(session: Session, tried: tuple[_Attempt, ...], error: TestError | None) -> Iterator[str]:
    for number, one in enumerate(tried[-3:], max(len(tried) - 2, 1)):
        what = ", ".join(one.places[:_FEW]) or "nothing that was accepted"
        yield f"Attempt {number} changed {what}. It showed: {one.outcome}"
    if error is not None:
        place = f" at {error.file}:{error.line}" if error.file else ""
        values = f" Expected {one_line(error.expected, 80)}, received {one_line(error.actual or '', 80)}." if (
            error.expected is not None
        ) else ""  # fmt: skip
        yield f"Evidence: {one_line(f'{error.name}: {error.message}', _WORDS)}{place}.{values}"


def _hypothesis(
    session: Session, tried: tuple[_Attempt, ...], target: TestOutcome | None, error: TestError | None
) -> str:
    """One sentence on what is wrong, the dull cause first, and what would show it."""
    if target is not None and target.key in flipping(session.runs):
        return "Hypothesis: state leaks or time decides: the test passed and failed with nothing changed between."
    said = f"{error.name} {error.message} {error.code} actual: {error.actual}" if error else tried[-1].outcome
    found = next((one for one in _HYPOTHESES if one.sign.search(said)), None)
    if found is not None:
        return f"Hypothesis: {found.cause}. What tells: {found.tells}."
    case = session.case
    criterion = f" (“{one_line(case.idea.criterion, 160)}”)" if case is not None and case.idea.criterion else ""
    return f"Hypothesis: test and code mean different things by the case; its criterion{criterion} decides."


def _isolated(
    session: Session, target: TestOutcome | None, error: TestError | None, tried: tuple[_Attempt, ...]
) -> Iterator[str]:
    same = len({_bare(one.outcome) for one in tried[-3:]}) == 1
    if len(tried) > 1:
        told = "the same each time: what was changed does not decide it" if same else "another one each time"
        yield f"Isolated: the failure is {told}."
    others = _fell(session, target)
    if target is not None:
        beside = f"{len(others)} other tests fell with it, first “{others[0].key.leaf}”" if others else "it falls alone"
        yield f"Isolated: “{target.key.leaf}” fails; {beside}."
    changed = {place.rsplit(":", 1)[0] for one in tried for place in one.places}
    if error is not None and error.stack and changed:
        reached = sorted(file for file in changed if any(file in line for line in error.stack))
        where = f"passes through {', '.join(reached)}" if reached else "touches no file that was changed"
        yield f"Isolated: the stack {where}."


def _fell(session: Session, target: TestOutcome | None) -> tuple[TestOutcome, ...]:
    """The other tests that passed before and fail now."""
    report, standing = session.cycle.report if session.cycle else None, session.standing
    if report is None or standing is None:
        return ()
    passed = {test.key for test in standing.tests() if test.state is TestState.PASS}
    return tuple(one for one in report.failed() if one.key in passed and (target is None or one.key != target.key))


def _left(session: Session, report: Report | None) -> Iterator[str]:
    """What nobody has looked at yet."""
    for lamp in (session.types, session.schema):
        if lamp is not None and lamp.state is LampState.STALE:
            yield f"Left: {one_line(lamp.reason or 'the client is older than the schema', _WORDS)}"
        elif lamp is not None and lamp.state is LampState.ERRORS and lamp.diagnostics:
            first = lamp.diagnostics[0]
            yield f"Left: {lamp.what} says at {first.file}:{first.line}: {one_line(first.message, _WORDS)}"
    if report is not None and len(report.tests()) > 1:
        yield "Left: the failing test was not yet run alone, then with its file (D1)."


def _target(session: Session, report: Report | None) -> TestOutcome | None:
    """The test of the case at hand as it ran last, else the first that failed."""
    if report is None:
        return None
    key = session.case.test if session.case else None
    found = report.find(key) if key else None
    return found if found is not None and found.errors else next(iter(report.failed()), None)


def _bare(outcome: str) -> str:
    """An outcome without what differs from run to run: numbers and places."""
    return re.sub(r"\d+|at \S+", "", outcome)
