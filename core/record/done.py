"""The definition of done is five lights, each lit by evidence alone, or left out by a person with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from beai.core.plural import plural
from beai.core.record import opened
from beai.core.record.work import Work, fallen, passes


class Lit(StrEnum):
    """Whether a light is lit by what was observed, left out by a person, or dark."""

    LIT = "lit"
    WAIVED = "waived"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Light:
    """One part of the definition of done: how it stands, what shows it (or is missing), and ``opened`` line by line."""

    name: str
    state: Lit
    evidence: str
    opened: tuple[str, ...] = ()

    @property
    def lit(self) -> bool:
        """Whether it is reached by evidence alone."""
        return self.state is Lit.LIT

    @property
    def told(self) -> str:
        """Its name with its evidence: what a person waives is exactly this."""
        return f"{self.name}: {self.evidence}"


LOGIC, TESTS, CONTEXT, COMMIT, SCHEMA = NAMES = (
    "logic implemented",
    "unit tests pass",
    "context updated",
    "commit proposed",
    "schema changes documented",
)
"""The five, in the order of the role's definition of done."""

_Found = tuple[Lit, str]


def lights(work: Work) -> tuple[Light, ...]:
    """The five lights, in the order of the role's definition of done."""
    found = (_implemented(work), _tested(work), _context(work), _committed(work), _schema(work))
    pages = (opened.logic, opened.tests, opened.context, opened.commit, opened.schema)
    return tuple(
        _left_out(work, Light(name, state, evidence, page(work)))
        for name, (state, evidence), page in zip(NAMES, found, pages, strict=True)
    )


def _left_out(work: Work, light: Light) -> Light:
    """A dark light whose very words the person left out is waived; what went dark since then is not."""
    reason = dict(work.left_out).get(light.told) if light.state is Lit.DARK else None
    if reason is None:
        return light
    return Light(light.name, Lit.WAIVED, f"{light.evidence}; left out: {reason}", light.opened)


def _implemented(work: Work) -> _Found:
    if not work.cases:
        return Lit.DARK, "no test case is approved yet"
    if left := [case.id for case in work.cases if not case.settled]:
        return Lit.DARK, f"open: {' '.join(left)}"
    if work.deferred:
        return Lit.DARK, f"{plural(len(work.deferred), 'question')} put off: {work.deferred[0]}"
    if work.points:
        more = f" and {len(work.points) - 1} more" if len(work.points) > 1 else ""
        return Lit.DARK, f"{work.points[0]}{more}"
    if work.mistyped and not work.untyped:
        more = f" and {len(work.mistyped) - 1} more" if len(work.mistyped) > 1 else ""
        return Lit.DARK, f"type error: {work.mistyped[0]}{more}"
    done = [case.id for case in work.cases if not case.skipped]
    told = [f"{plural(len(done), 'case')} settled: {' '.join(done)}"] if done else []
    told += waived if (waived := _given_up(work)) else []
    return (Lit.WAIVED if waived else Lit.LIT), ", ".join(told)


def _given_up(work: Work) -> list[str]:
    """What of the logic the person left out, each with the word that they did."""
    skipped = " ".join(case.id for case in work.cases if case.skipped)
    unproven = " ".join(case.id for case in work.cases if case.unproven)
    told = [f"left out: {skipped}"] if skipped else []
    told += [f"never seen red: {unproven}"] if unproven else []
    told += [f"type errors left: {work.untyped}"] if work.untyped and work.mistyped else []
    return [*told, *work.uncovered]


def _tested(work: Work) -> _Found:
    tests = [case.test for case in work.cases if case.test]
    if not work.report:
        return Lit.DARK, "no confirmed run yet"
    if not tests and work.all_skipped:
        return Lit.WAIVED, "every case was left out"
    if not tests:
        return Lit.DARK, "no test of this task yet"
    if missing := [case.id for case in work.cases if case.settled and not case.skipped and case.test is None]:
        return Lit.DARK, f"no test: {' '.join(missing)}"
    shown = work.shown or work.report
    bad = [test.leaf for test in tests if not (passes(work.report, test) and passes(shown, test))]
    bad += [name for name in fallen(work.report, shown) if name not in bad]
    if not bad:
        return Lit.LIT, f"{plural(len(tests), 'test')} passed in run {work.report.run}"
    told = f"not passing: {bad[0]}" + (f" and {len(bad) - 1} more" if len(bad) > 1 else "")
    return (Lit.WAIVED, f"{told}; left out: {work.unjudged}") if work.unjudged else (Lit.DARK, told)


def _context(work: Work) -> _Found:
    """The active context, and the task's status where it does not say done: both are written by this task."""
    wanted = [path for path in (work.context, work.task_file) if path]
    kept = [path for path in wanted if path in work.written]
    missing = [path for path in wanted if path not in kept and not (path == work.task_file and work.status_done)]
    if kept and not missing:
        return Lit.LIT, ", ".join(dict.fromkeys(kept))
    if work.all_skipped:
        return Lit.WAIVED, "every case was left out, so nothing was recorded"
    if work.unrecorded:
        return Lit.WAIVED, f"left out: {work.unrecorded}"
    declined = dict(work.declined_paths)
    if missing and set(missing) <= set(declined):
        return Lit.WAIVED, "; ".join(f"{path} left out: {declined[path]}" for path in missing)
    if not work.context and not missing:
        return Lit.DARK, "there is no active context file"
    return Lit.DARK, f"{missing[0]} is unchanged"


def _committed(work: Work) -> _Found:
    shas = " ".join(commit.sha[:12] for commit in work.commits)
    if work.commits and not work.uncommitted:
        return Lit.LIT, shas
    if work.declined:
        return Lit.WAIVED, f"declined: {work.declined}" + (f" ({shas})" if shas else "")
    if not work.written and not work.commits and work.cases and all(case.settled for case in work.cases):
        return (Lit.WAIVED if work.all_skipped else Lit.LIT), "nothing was written, so there is nothing to commit"
    if work.commits:
        return Lit.DARK, f"not committed yet: {work.uncommitted[0]}"
    return Lit.DARK, "not committed yet"


def _schema(work: Work) -> _Found:
    """A sheet counts that was written after the schema was written last."""
    schemas = [at for at, path in enumerate(work.written) if path.endswith(".prisma")]
    sheets = [at for at, path in enumerate(work.written) if path.startswith("tasks/handoff/")]
    if not schemas and work.by_hand:
        told = f"{work.by_hand[0]} was changed by hand"
        if sheets:
            return Lit.LIT, f"{work.written[sheets[-1]]}; {told}, and no commit of this task holds it"
        return Lit.DARK, f"{told}, and no hand-off sheet says so"
    if not schemas:
        return Lit.LIT, "no schema change"
    if sheets and sheets[-1] > schemas[-1]:
        return Lit.LIT, work.written[sheets[-1]]
    changed = work.written[schemas[-1]]
    if sheets:
        return Lit.DARK, f"{changed} changed after {work.written[sheets[-1]]} was written"
    return Lit.DARK, f"{changed} changed, and no hand-off sheet says so"


def dark(found: Sequence[Light]) -> tuple[Light, ...]:
    """The lights that are neither lit nor left out."""
    return tuple(light for light in found if light.state is Lit.DARK)
