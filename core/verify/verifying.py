"""A range is verified commit by commit, oldest first: each is read, and where that is wanted its tests are run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol

from beai.core.edits.tamper.config import is_config
from beai.core.fault import Fault
from beai.core.git_query import ask_git
from beai.core.record.trailers import read_all
from beai.core.text import one_line
from beai.core.verify.cases import case_of
from beai.core.verify.claims import claims, marked
from beai.core.verify.finding import Finding, Level, accept, worst_first
from beai.core.verify.history import CHANGES, Commit, History
from beai.core.verify.kinds import kinds, other_assertions, without_evidence
from beai.core.verify.merging import merging
from beai.core.verify.outcome import CaseSeen, Checked, Outcome, Shown
from beai.core.verify.seen import Known, Seen
from beai.core.verify.span import Span
from beai.core.verify.taken import taken
from beai.core.verify.tasks import tasks
from beai.core.verify.tests import Tests

_PATIENCE = 120.0
_OLDER = 2_000  # commits with evidence that are remembered from before the range
_FINDINGS = 60  # of one commit
_SUBJECT = 100
_UNDOABLE = 100  # changed files of a commit that is known again when it is taken back


@dataclass(frozen=True, slots=True)
class Replayed:
    """What running the tests of one commit showed."""

    findings: tuple[Finding, ...] = ()
    cases: tuple[CaseSeen, ...] = ()
    green: Shown = Shown.UNSEEN
    tests: int = 0
    evident: bool = False
    """Whether a test that the commit brings was seen red without its code, though no trailer says so."""


class Replaying(Protocol):
    """Whatever runs the tests of commits."""

    runner: str
    sandbox: str

    async def replay(self, seen: Seen) -> Replayed | Fault:
        """RED and GREEN of one commit."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: ``accepted`` are rules, or ``RULE@COMMIT``; ``replaying`` is None where nothing is run."""

    accepted: frozenset[str] = frozenset()
    replaying: AbstractAsyncContextManager[Replaying | Fault] | None = None
    tell: Callable[[str], None] = field(default=lambda _: None)


async def verify(history: History, span: Span, wanted: Wanted) -> Outcome | Fault:
    """Every commit of ``span``, checked."""
    known = Known(history, Tests(history))
    for message in _older(history, span.base):
        for told in read_all(message):
            known.learn(told)
    async with AsyncExitStack() as stack:
        replaying = await stack.enter_async_context(wanted.replaying) if wanted.replaying is not None else None
        if isinstance(replaying, Fault):
            return replaying
        done: list[Checked] = []
        for sha in span.commits:
            commit = history.commit(sha)
            if commit is None:
                continue
            checked = await _checked(known, commit, replaying, wanted.accepted)
            if isinstance(checked, Fault):
                return checked
            done.append(checked)
            wanted.tell(sha)
        ran = (replaying.runner, replaying.sandbox) if replaying is not None else ("", "")
        return Outcome(span.label, span.base, span.head, tuple(done), *ran)


async def _checked(
    known: Known, commit: Commit, replaying: Replaying | None, accepted: frozenset[str]
) -> Checked | Fault:
    began = time.perf_counter()
    seen = Seen(commit, known.history.changes(commit), known)
    findings = list(_static(seen, replaying is not None))
    shown = Replayed(cases=tuple(_cases(seen)))
    if replaying is not None:
        replayed = await replaying.replay(seen)
        if isinstance(replayed, Fault):
            return replayed
        shown = replayed
        findings += replayed.findings
    if not shown.evident:
        findings += without_evidence(seen)
    for told in seen.every:
        known.learn(told)
    if (seen.code or any(is_config(one.path) for one in seen.changes)) and len(seen.changes) <= _UNDOABLE:
        known.recent.appendleft(seen.changes)
    kept = tuple(replace(one, accepted=accept(one, accepted)) for one in dict.fromkeys(worst_first(findings)))
    return Checked(
        sha=commit.sha,
        subject=one_line(commit.subject, _SUBJECT),
        task=one_line(seen.told.task, _SUBJECT),
        merge=commit.merge,
        cases=shown.cases,
        green=shown.green,
        tests=shown.tests,
        findings=kept[:_FINDINGS],
        ms=(time.perf_counter() - began) * 1000,
        at=next((change.path for change in seen.changes if change.new), ""),
    )


def _static(seen: Seen, replayed: bool) -> Iterator[Finding]:
    """What reading alone shows."""
    yield from claims(seen, replayed)
    yield from tasks(seen)
    yield from kinds(seen)
    yield from merging(seen)
    told = tuple(taken(seen))
    yield from told
    graver = {one.path for one in told if one.level is Level.ERROR}
    yield from (one for one in other_assertions(seen) if one.path not in graver)
    if len(seen.changes) >= CHANGES:
        words = f"It changes more than {CHANGES:,} files; what is beyond them was not looked at."
        yield seen.found("unread", words, level=Level.ERROR if seen.known.evidence else None)


def _cases(seen: Seen) -> Iterator[CaseSeen]:
    for told in seen.every:
        for red in told.red:
            yield case_of(red, marked(seen, red))


def _older(history: History, base: str) -> Iterator[str]:
    """The messages of what was there before and carries evidence, newest first."""
    if not base:
        return
    words = ("rev-list", f"--max-count={_OLDER}", "--grep=^ *Red: ", base, "--")
    said = ask_git(history.root, *words, patience=_PATIENCE)
    for sha in said.decode().split() if isinstance(said, bytes) else ():
        commit = history.commit(sha)
        if commit is not None:
            yield commit.message
