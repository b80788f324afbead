"""A proposed change held against the rules: each hunk with the findings that it brings, and only those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Overlaid:
    """``below`` with some of its files in another text, and new ones."""

    below: Tree
    texts: Mapping[str, str]

    def paths(self) -> tuple[str, ...]:
        """Every path of both, sorted."""
        return tuple(sorted({*self.below.paths(), *self.texts}))

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
    had = Counter(map(_key, before))
    kept: dict[str, list[Finding]] = defaultdict(list)
    nearest = {finding: min(places, key=lambda hunk: _distance(places[hunk], finding)) for finding in after if places}
    ordered = sorted(nearest, key=lambda finding: _distance(places[nearest[finding]], finding), reverse=True)
    for finding in ordered:  # those far from every hunk first: they are the ones that were there
        if had[_key(finding)] > 0:
            had[_key(finding)] -= 1
        else:
            kept[nearest[finding]].append(finding)
    hunks = (replace(hunk, findings=tuple(sorted(kept[hunk.id], key=_order))) for hunk in file.hunks)
    return replace(file, hunks=tuple(hunks))


def _key(finding: Finding) -> tuple[str, str]:
    return finding.check, finding.code


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
