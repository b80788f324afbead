"""A proposed change held against the rules: each hunk with the findings that it brings, and only those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from beai.core.edits.change import Change, FileChange, Hunk
from beai.core.project.facts import Project, Tree
from beai.core.project.prisma import read_schema
from beai.core.project.schema_files import schema_files
from beai.core.rulebook.checks.finding import Finding, standing
from beai.core.rulebook.checks.run import report
from beai.core.rulebook.checks.subject import Given, World

Lines = tuple[int, int]
"""First line, and the line behind the last one, from 1."""

_Key = Callable[[Finding], tuple[int | None, str]]


@dataclass(frozen=True, slots=True)
class Overlaid:
    """``below`` with some of its files in another text, new ones, and without those whose text is None."""

    below: Tree
    texts: Mapping[str, str | None]

    def paths(self) -> tuple[str, ...]:
        """Every path of both, sorted."""
        gone = {path for path, text in self.texts.items() if text is None}
        return tuple(sorted({*self.below.paths(), *self.texts} - gone))

    def text(self, path: str) -> str | None:
        """The new text where there is one."""
        return self.texts[path] if path in self.texts else self.below.text(path)


def with_findings(
    change: Change, tree: Tree, project: Project, given: Given = Given(), off: Collection[str] = ()
) -> Change:
    """``change`` with each hunk's findings: what the checks say of the text after it and did not say before.

    ``tree`` holds the files as they are. Findings warn; they never keep a hunk from being accepted.
    """
    paths = [file.path for file in change.files]
    before = _by_path(report(World(tree, project, given, frozenset(paths)), paths, off).findings)
    overlaid = Overlaid(tree, {file.path: file.after for file in change.files})
    fresh = frozenset(file.path for file in change.files if file.before is None)
    after = Given(given.new | fresh, given.changed | {*paths})
    found = _by_path(
        report(World(overlaid, _reread(project, overlaid, paths), after, frozenset(paths)), paths, off).findings
    )
    files = tuple(_placed(file, before.get(file.path, ()), found.get(file.path, ())) for file in change.files)
    return replace(change, files=files)


def _reread(project: Project, tree: Tree, paths: Sequence[str]) -> Project:
    """The project with its schema as the change makes it."""
    if not any(path.endswith(".prisma") for path in paths):
        return project
    files = schema_files(tree, project.package)
    return replace(project, schema=read_schema((path, tree.text(path) or "") for path in files)) if files else project


def _by_path(findings: tuple[Finding, ...]) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in standing(findings):
        found[finding.path].append(finding)
    return {path: tuple(own) for path, own in found.items()}


def _placed(file: FileChange, before: Sequence[Finding], after: Sequence[Finding]) -> FileChange:
    """The file's hunks with the findings that are new, each on the hunk whose lines it is on, or the nearest one."""
    places = _places(file.hunks)
    nearest = {finding: min(places, key=lambda hunk: _distance(places[hunk], finding)) for finding in after if places}
    # Those far from every hunk first: of two that read alike they are the ones that were there.
    ordered = sorted(nearest, key=lambda finding: _distance(places[nearest[finding]], finding), reverse=True)
    kept: dict[str, list[Finding]] = defaultdict(list)
    for finding in _new(file, before, ordered):
        kept[nearest[finding]].append(finding)
    hunks = (replace(hunk, findings=tuple(sorted(kept[hunk.id], key=_order))) for hunk in file.hunks)
    return replace(file, hunks=tuple(hunks))


def _new(file: FileChange, before: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    """Those of ``after`` that none of ``before`` is: by their code, or by a line that the change leaves alone.

    So a finding stays the one it was when lines inside it change, or when its first or its last line does.
    """
    removed = frozenset(
        line for hunk in file.hunks for line in range(hunk.old_start + 1, hunk.old_start + len(hunk.old) + 1)
    )
    was, now = _ends(file.before or "", before), _ends(file.after or "", after)
    old = {line: line for one in before for line in (one.line, was[one]) if line not in removed}
    new = {line: _old_line(file.hunks, line) for one in after for line in (one.line, now[one])}
    keys: tuple[tuple[_Key, _Key], ...] = (
        (lambda one: (old.get(one.line), one.code), lambda one: (new[one.line], one.code)),
        (lambda one: (old.get(one.line), ""), lambda one: (new[one.line], "")),
        (lambda one: (old.get(was[one]), ""), lambda one: (new[now[one]], "")),
        (lambda one: (0, one.code), lambda one: (0, one.code)),
    )
    left, there = list(after), list(before)
    for of_old, of_new in keys:
        left, there = _unmatched(left, of_new, there, of_old), _unmatched(there, of_old, left, of_new)
    return left


def _unmatched(some: Sequence[Finding], of_some: _Key, others: Sequence[Finding], of_others: _Key) -> list[Finding]:
    """Those of ``some`` that are more than ``others`` has of one check and key; a line of None is like no other."""
    had = Counter((one.check, of_others(one)) for one in others if of_others(one)[0] is not None)
    found: list[Finding] = []
    for one in some:
        key = one.check, of_some(one)
        if had[key] > 0:
            had[key] -= 1
        else:
            found.append(one)
    return found


def _ends(text: str, findings: Sequence[Finding]) -> dict[Finding, int]:
    """The line on which each finding ends."""
    return {one: one.line + text.count("\n", one.span.start, one.span.end) for one in findings}


def _old_line(hunks: Sequence[Hunk], line: int) -> int | None:
    """The line of the old text that ``line`` of the new one is; None where a hunk makes it."""
    shift = 0
    for hunk in hunks:
        start = hunk.old_start + shift + 1
        if line < start:
            break
        if line < start + len(hunk.new):
            return None
        shift += len(hunk.new) - len(hunk.old)
    return line - shift


def _order(finding: Finding) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.check


def _places(hunks: Sequence[Hunk]) -> dict[str, Lines]:
    """The lines that each hunk has in the new text."""
    found: dict[str, Lines] = {}
    shift = 0
    for hunk in hunks:
        start = hunk.old_start + shift + 1
        found[hunk.id] = (start, start + len(hunk.new))
        shift += len(hunk.new) - len(hunk.old)
    return found


def _distance(lines: Lines, finding: Finding) -> int:
    """How many lines lie between a hunk and the line of a finding; 0 on its lines."""
    first, behind = lines
    return max(first - finding.line, finding.line - max(behind - 1, first), 0)
