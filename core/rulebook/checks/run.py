"""The checks run over files: every finding with its place, waivers applied, in one fixed order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from beai.core.project.facts import Project, Span, Tree
from beai.core.project.places import is_code
from beai.core.project.syntax import line_of
from beai.core.rulebook.checks.finding import Finding, Unread
from beai.core.rulebook.checks.registry import BY_ID, CHECKS, UNUSED, WITHOUT_REASON, Check
from beai.core.rulebook.checks.subject import Given, Kind, Subject, World, subjects
from beai.core.rulebook.checks.waiver import Lines, Waiver, waivers

_NODES = 250_000  # of one syntax tree; a router of 7,900 lines has a third of it
_CODE = 400  # characters of the code that a finding keeps


@dataclass(frozen=True, slots=True)
class Report:
    """What the checks found, and the files that could not be read; ``files`` counts those that were looked at."""

    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    files: int = 0


def check(
    tree: Tree, project: Project, paths: Iterable[str], given: Given = Given(), off: Collection[str] = ()
) -> tuple[Finding, ...]:
    """The findings in ``paths``, by path, place and check; those with a ``waived`` reason stand no longer."""
    return report(World(tree, project, given), paths, off).findings


def report(
    world: World,
    paths: Iterable[str],
    off: Collection[str] = (),
    only: Collection[str] = (),
    looking: Callable[[str], None] = lambda _: None,
) -> Report:
    """Every check that is not ``off`` over ``paths``; ``only`` names the ones to run, none meaning all.

    ``looking`` hears the path of each file before it is looked at.
    """
    chosen = tuple(one for one in CHECKS if one.id not in off and (not only or one.id in only))
    findings: list[Finding] = []
    unread: list[Unread] = []
    files = 0
    for subject in subjects(world, paths):
        looking(subject.path)
        trouble = _trouble(subject)
        unread += [trouble] if trouble else []
        if trouble is None or trouble.line:
            files += subject.kind is not Kind.OTHER
            findings += _of(subject, chosen)
    findings.sort(key=lambda one: (one.path, one.line, one.column, one.check, one.message))
    return Report(tuple(findings), tuple(unread), files)


def unknown(names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` that are no check."""
    return tuple(name for name in names if name not in BY_ID)


def _trouble(subject: Subject) -> Unread | None:
    """Why a file of code cannot be checked (no line), or not wholly (the line where it is broken)."""
    if not is_code(subject.path):
        return None
    if subject.module is None:
        return Unread(subject.path, f"is too large to be checked ({len(subject.text)} characters)")
    if subject.syntax.root.descendant_count > _NODES:
        return Unread(subject.path, f"is too large to be checked ({subject.syntax.root.descendant_count} nodes)")
    if subject.too_deep:
        return Unread(subject.path, "is nested too deeply to be checked")
    if subject.syntax.root.has_error and (broken := subject.syntax.broken()) is not None:
        return Unread(
            subject.path,
            "is not wholly read by our parser, though TypeScript may read it; some of it may be unchecked",
            line_of(broken),
        )
    return None


def _of(subject: Subject, chosen: Sequence[Check]) -> Iterator[Finding]:
    fitting = [one for one in chosen if subject.kind in one.kinds]
    hints = {one.hint: one.hint is None or one.hint.search(subject.text) is not None for one in fitting}
    asked = [one for one in fitting if hints[one.hint]]
    lines = Lines(subject.text)
    given = waivers(subject, lines)
    found = {finding: None for one in asked for finding in _found(one, subject, lines)}
    used: set[tuple[int, str]] = set()
    for finding in found:
        waiver = _waiver_of(finding, given)
        if waiver is None:
            yield finding
        elif waiver.reason:
            used.add((waiver.span.start, finding.check))
            yield replace(finding, waived=waiver.reason)
        else:
            yield finding
    ids = {one.id for one in chosen}
    for waiver in given:
        yield from _about(waiver, used, ids, subject, lines)


def _found(one: Check, subject: Subject, lines: Lines) -> Iterator[Finding]:
    for hit in one.function(subject):
        yield _finding(one, subject, lines, hit.span, hit.message, hit.fix)


def _finding(one: Check, subject: Subject, lines: Lines, span: Span, message: str, fix: str) -> Finding:
    line, column = lines.place(span.start)
    code = " ".join(subject.text[span.start : min(span.end, span.start + _CODE)].split())
    return Finding(one.id, one.rule, subject.path, line, column, span, message, fix, code)


def _waiver_of(finding: Finding, given: Sequence[Waiver]) -> Waiver | None:
    return next((one for one in given if one.line == finding.line and finding.check in one.checks), None)


def _about(
    waiver: Waiver, used: set[tuple[int, str]], ran: set[str], subject: Subject, lines: Lines
) -> Iterator[Finding]:
    """What is wrong with a waiver itself."""
    names = ", ".join(f"`{name}`" for name in waiver.checks)
    if not waiver.reason:
        if WITHOUT_REASON.id in ran:
            said = f"The waiver of {names} gives no reason, so it waives nothing."
            fix = f"Say why: `// beai-allow {', '.join(waiver.checks)}: reason`."
            yield _finding(WITHOUT_REASON, subject, lines, waiver.span, said, fix)
        return
    for name in waiver.checks if UNUSED.id in ran else ():
        if name not in BY_ID:
            said = f"The waiver names `{name}`, which is no check."
            yield _finding(UNUSED, subject, lines, waiver.span, said, "Correct the name, or delete the comment.")
        elif name in ran and (waiver.span.start, name) not in used:
            said = f"The waiver of `{name}` waives nothing on line {waiver.line}."
            yield _finding(UNUSED, subject, lines, waiver.span, said, "Delete the comment.")
