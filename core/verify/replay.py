"""RED and GREEN of a commit are seen again: its tests over the parent's code, then over its own, in one hot runner."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from beai.core.edits.policy import is_test, is_test_side
from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Tests
from beai.core.record.trailers import How, Red
from beai.core.runner.classify import FailureKind, classify
from beai.core.runner.report import Report, RunKind, RunRequest, TestKey, TestState, Trigger
from beai.core.runner.signs import not_loading, vanished
from beai.core.runner.triggers import widest
from beai.core.runner.verdict import merge
from beai.core.verify.breaking import broken
from beai.core.verify.cases import added, case_of, falls, fresh, judged, moving, proof, texts
from beai.core.verify.claims import marked
from beai.core.verify.finding import Finding, Level
from beai.core.verify.outcome import CaseSeen, Shown
from beai.core.verify.packages import other_lock
from beai.core.verify.readings import EMPTY, Subject, against, informed, outcomes, pattern, red
from beai.core.verify.seen import Seen, is_code
from beai.core.verify.tasks import called, wanted
from beai.core.verify.tests import Marked
from beai.core.verify.verifying import Replayed
from beai.core.verify.worktree import Worktree

_RUN = 600.0  # seconds that one run may take
_KEPT = 6  # reports of commits
_SHOWN = 6


@dataclass
class Replay:
    """Runs the tests of one commit after another in ``place``; ``runner`` and ``sandbox`` are words for the reports."""

    place: Worktree
    tests: Tests
    runner: str = ""
    sandbox: str = ""
    _reports: dict[str, Report] = field(default_factory=dict)
    _pending: set[TestKey] = field(default_factory=set)
    _locks: set[str] = field(default_factory=set)

    async def replay(self, seen: Seen) -> Replayed | Fault:
        """RED and GREEN of one commit; a commit that no test can see is as green as its parent."""
        paths = [one.path for one in seen.changes] + [one.was for one in seen.changes if one.was]
        idle = not paths or widest(paths)[0] is Trigger.NONE
        if idle and not any(told.red for told in seen.every):
            standing = self._reports.get(seen.commit.parent)
            if standing is not None:
                self._keep(seen.commit.sha, standing)
            shown = Shown.UNSEEN if standing is None else Shown.GREEN if not standing.failed() else Shown.UNSEEN
            return Replayed(green=shown, tests=len(standing.tests()) if standing is not None else 0)
        before = await self._standing(seen.commit.parent)
        if isinstance(before, Fault):
            return before
        cases, found, evident = await self._reds(seen, before)
        green = await self._green(seen, before, cases)
        if isinstance(green, Fault):
            return green
        report, more = green
        cases, proofs = await self._broken(seen, cases, report)
        cases, alone = await self._alone(seen, cases, before)
        told = (*found, *more, *proofs, *alone, *self._packages(seen))
        shown = (
            Shown.FAILS if any(one.rule == "not-green" and one.level is not Level.NOTE for one in told) else Shown.GREEN
        )
        return Replayed(told, tuple(one for _, one in cases), shown, len(report.tests()), evident)

    async def _standing(self, sha: str) -> Report | Fault:
        """What the tests of the parent showed; nothing at all where there is none."""
        if not sha:
            return EMPTY
        if sha not in self._reports:
            changed = await self.place.move(sha)
            if isinstance(changed, Fault):
                return changed
            report = await self._run(changed)
            if isinstance(report, Fault):
                if report.kind is FaultKind.CANCELLED:
                    return report
                report = EMPTY  # a parent whose tests cannot run has none that could fall
            self._keep(sha, report)
        return self._reports[sha]

    async def _reds(self, seen: Seen, standing: Report) -> tuple[list[tuple[Red, CaseSeen]], list[Finding], bool]:
        """What the tests of the commit showed over the parent's code."""
        reds = [(told, one) for told in seen.every for one in told.red]
        found: list[Finding] = []
        subjects = {one: test for _, one in reds if (test := marked(seen, one)) is not None}
        brought = () if reds else tuple(fresh(seen))
        files = {test.path for one, test in subjects.items() if one.how is How.BEFORE} | {test.path for test in brought}
        report = await self._over_parent(seen, files) if files and seen.commit.parent else None
        if isinstance(report, Fault):
            found.append(seen.found("not-replayed", f"RED could not be run: {report.summary}"))
            report = None
        cases: list[tuple[Red, CaseSeen]] = []
        for told, one in reds:
            test = subjects.get(one)
            case = case_of(one, test)
            if test is not None and one.how is How.BEFORE and report is not None:
                subject = self._subject(seen, told.task, one.case, test)
                verdict = red(standing, report, subject, moving(seen, test.path), added(seen))
                case, more = judged(seen, case, test, verdict.redness, verdict.reason)
                found += more
            cases.append((one, case))
        evident = report is not None and any(falls(seen, standing, report, test) for test in brought)
        return cases, found, evident

    async def _alone(
        self, seen: Seen, cases: list[tuple[Red, CaseSeen]], standing: Report
    ) -> tuple[list[tuple[Red, CaseSeen]], list[Finding]]:
        """What was red is so again after GREEN and without the other tests: neither owes it to what ran before."""
        shown = [case for _, case in cases if case.shown is Shown.RED]
        if not shown:
            return cases, []
        names = "|".join(pattern(case.test) for case in shown)
        report = await self._over_parent(seen, {case.path for case in shown}, f"^(?:{names})$")
        if isinstance(report, Fault):
            return cases, [seen.found("not-replayed", f"RED could not be run again: {report.summary}")]
        told: list[tuple[Red, CaseSeen]] = []
        found: list[Finding] = []
        for one, case in cases:
            test = marked(seen, one) if case.shown is Shown.RED else None
            ran = outcomes(report, test) if test is not None else ()
            if test is not None and ran and all(each.state is TestState.PASS for each in ran):
                words = f"{case.case} passes on the parent's code when it is run again by itself: it was never red."
                found.append(seen.found("never-red", words, test.path, test.first))
                case = replace(case, shown=Shown.NEVER)
            told.append((one, case))
        return told, found

    async def _over_parent(self, seen: Seen, files: Iterable[str], name: str = "") -> Report | Fault:
        changed = await self.place.move(seen.commit.parent)
        if isinstance(changed, Fault):
            return changed
        ours = [one for one in seen.changes if (one.plain and is_test_side(one.path)) or is_test_side(one.was)]
        there = [one.path for one in ours if one.new and is_test_side(one.path)]
        gone = [one.was for one in ours if one.was and one.was not in seen.blobs]
        laid = await self.place.lay(seen.commit.sha, there, gone)
        if isinstance(laid, Fault):
            return laid
        report = await self._run(changed | laid, tuple(sorted(files)), name=name)
        return report if isinstance(report, Fault) else informed(report, texts(seen, files))

    def _subject(self, seen: Seen, task_id: str, case: str, test: Marked) -> Subject:
        """The procedure that a test is about: what it calls and the task names, else what is new of what it calls."""
        project, calls = seen.project, called(seen.project, test)
        named = wanted(project, task_id)
        before = seen.known.project(seen.commit.parent).api
        known = [path for path in calls if path in named] or [path for path in calls if before.procedure(path) is None]
        path = next(iter(known or calls or named), "")
        return Subject(case, test, path, not path or before.procedure(path) is not None)

    async def _green(
        self, seen: Seen, standing: Report, cases: list[tuple[Red, CaseSeen]]
    ) -> tuple[Report, list[Finding]] | Fault:
        """What the tests of the commit showed over its own code, held against those of its parent."""
        changed = await self.place.move(seen.commit.sha)
        if isinstance(changed, Fault):
            return changed
        since = {one.path for one in seen.changes} | {one.was for one in seen.changes if one.was}
        report = await self._run(changed, since=since, standing=standing)
        if isinstance(report, Fault):
            if report.kind is FaultKind.CANCELLED:
                return report
            here = report.kind is FaultKind.TESTS
            words = f"The tests could not be run: {report.summary}"
            return EMPTY, [
                seen.found("not-green" if here else "not-replayed", words, level=None if here else Level.WARNING)
            ]
        self._keep(seen.commit.sha, report)
        report = informed(report, texts(seen, {case.path for _, case in cases if case.path}))
        found = list(self._reasons(seen, standing, report))
        for one, case in cases:
            found += self._passing(seen, report, one, case)
        found += self._unrun(seen, report)
        return report, found

    def _reasons(self, seen: Seen, standing: Report, report: Report) -> Iterator[Finding]:
        by_hand = seen.type in ("test", "tests") and not seen.every and not seen.code
        if seen.red_by_design:
            tests = [test for told in seen.every for one in told.red if (test := marked(seen, one)) is not None]
            self._pending |= {one.key for test in tests for one in outcomes(report, test)}
        lost = {key.file for key in vanished(standing, report)}
        declared = frozenset(TestKey(path, one.name) for path in lost for one in self._declared(seen, path))
        for rule, words, key in list(against(standing, report, frozenset(self._pending), declared))[:_SHOWN]:
            path = key.file if key is not None else ""
            level = Level.NOTE if by_hand or self._lacking(seen, report, path) else None
            line = next((one.first for one in self._declared(seen, path) if key and one.name == key.name), 0)
            yield seen.found(rule, words, path, line, level)

    def _declared(self, seen: Seen, path: str) -> tuple[Marked, ...]:
        return seen.known.tests.of(path, seen.blobs.get(path, ""))

    def _lacking(self, seen: Seen, report: Report, path: str) -> bool:
        """Whether a file fails for a package of this commit that is not installed here."""
        broken = next((file for file in not_loading(report) if file.file == path), None)
        return (
            broken is not None
            and bool(other_lock(seen))
            and (classify(broken.errors[0], file_error=True) is FailureKind.IMPORT)
        )

    def _passing(self, seen: Seen, report: Report, one: Red, case: CaseSeen) -> Iterator[Finding]:
        """Whether the test of a case passes, as it must unless its code is still to come."""
        test = marked(seen, one)
        if test is None or seen.red_by_design:
            return
        ran = outcomes(report, test)
        failing = next((each for each in ran if each.state is not TestState.PASS), None)
        if not ran:
            yield seen.found("not-green", f"The test of {one.case} did not run.", test.path, test.first)
        elif failing is not None and failing.state is not TestState.FAIL:
            yield seen.found("test-skipped", f"The test of {one.case} is skipped.", test.path, test.first)
        elif failing is not None:
            yield seen.found("not-green", f"The test of {one.case} does not pass.", test.path, test.first)
        for each in ran:
            least = dict(report.required).get(each.key, 0)
            if each.state is TestState.PASS and 0 <= each.assertions < least:
                words = f"The test of {one.case} made {each.assertions} of the {least} assertions that its text makes."
                yield seen.found("test-hollow", words, test.path, test.first)

    def _unrun(self, seen: Seen, report: Report) -> Iterator[Finding]:
        """Test files with evidence that are there, and that no run finds any more."""
        around = any(is_test_side(one.path) or not is_code(one.path) for one in seen.changes)
        if not seen.known.evidence or not around:
            return
        ran = {file.file for file in report.files}
        asked = seen.blobs if report.whole else {one.path: one.new for one in seen.changes if one.new}
        for path, blob in asked.items():
            if (
                path not in ran
                and is_test(path)
                and any(one.mark in seen.known.evidence for one in seen.known.tests.of(path, blob))
            ):
                yield seen.found("config-weakened", f"{path} holds evidence, and no run finds it any more.", path)

    async def _broken(
        self, seen: Seen, cases: list[tuple[Red, CaseSeen]], report: Report
    ) -> tuple[list[tuple[Red, CaseSeen]], list[Finding]]:
        """The cases that can only be seen red with the code broken: each is, once, and the code is put back."""
        told: list[tuple[Red, CaseSeen]] = []
        found: list[Finding] = []
        for one, case in cases:
            test = marked(seen, one)
            absent = one.how is How.BEFORE and case.shown is Shown.UNPROVEN
            if test is None or not (absent or one.how is How.BROKEN):
                told.append((one, case))
                continue
            meant = tuple(dict.fromkeys(path for each in seen.every for path in wanted(seen.project, each.task)))
            shown = await broken(self.place, seen, test, meant, self._broken_run)
            case, more = proof(seen, case, test, shown, absent)
            told.append((one, case))
            found += more
        return told, found

    async def _broken_run(self, path: str, file: str, kind: RunKind) -> Report | Fault:
        return await self._run(frozenset({path}), (file,), kind=kind)

    def _packages(self, seen: Seen) -> Iterator[Finding]:
        if (lock := other_lock(seen)) and lock not in self._locks:
            self._locks.add(lock)
            name = lock.partition(" ")[0]
            words = f"{name} is not what is installed here: the tests ran with the packages of the checkout."
            yield seen.found("packages-changed", words, name)

    async def _run(
        self,
        changed: frozenset[str],
        files: tuple[str, ...] | None = None,
        since: Iterable[str] = (),
        standing: Report | None = None,
        kind: RunKind = RunKind.CONFIRMED,
        name: str = "",
    ) -> Report | Fault:
        """One run, of ``files``, or of all; upon what was seen of the parent, of what the changes ``since`` reach."""
        many = standing is not None and bool(standing.files)
        told = tuple(sorted({*changed, *since})) if many else tuple(sorted(changed))
        request = RunRequest(kind, files, told, affected=many, name=name)
        try:
            report = await asyncio.wait_for(self.tests.run(request, lambda _: None), _RUN)
        except TimeoutError:
            return Fault(FaultKind.TESTS, f"A run took more than {_RUN:.0f} seconds and was stopped.")
        if isinstance(report, Fault) or not many or standing is None:
            return report
        return replace(merge(standing, report), whole=report.whole, total=report.total)

    def _keep(self, sha: str, report: Report) -> None:
        while len(self._reports) >= _KEPT:
            self._reports.pop(next(iter(self._reports)))
        self._reports[sha] = report
