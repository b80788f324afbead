"""``beai check``: the code of a repository held against the rules, with no test run and no model."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beai.core.fault import Fault, FaultKind
from beai.core.plural import plural
from beai.core.text import clip, one_line, printable
from beai.tui.cli.books import repository
from beai.tui.cli.leaving import say, stop
from beai.tui.cli.places import settled
from beai.tui.cli.progress import counting

if TYPE_CHECKING:
    from beai.core.project.facts import Tree
    from beai.core.rulebook.checks.finding import Finding, Unread
    from beai.core.rulebook.checks.run import Report

_HELP = """\b
--json prints one object, whose keys do not change between versions:
  findings   each with check, rule, path, line, column (from 1, in characters),
             span {start, end}, message, fix, code, waived ("" or the reason)
  unread     each with path, why, and the first line that our parser does not
             read, or 0 where nothing of the file was checked
  files      how many files were looked at, those that could not be aside

\b
// beai-allow CHECK: reason    on the line above, or at its end, waives a finding.
checks_off = "CHECK CHECK"     in .beai.toml turns checks off for the repository.

Exit codes: 0 nothing found, or all of it waived · 1 something found · 2 wrong usage, a check that does not exist, or
a FILE that could not be checked · 5 not a repository · 6 git is missing."""


@click.command("check", epilog=_HELP)
@click.argument("files", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--sarif", "as_sarif", is_flag=True, help="SARIF 2.1.0, for code scanning and editors.")
@click.option("--changed", is_flag=True, help="Only what differs from git's HEAD.")
@click.option("--only", multiple=True, metavar="CHECK", help="Run this check alone; may be given several times.")
@click.option("--off", multiple=True, metavar="CHECK", help="Leave this check out; may be given several times.")
@click.option("--list", "listed", is_flag=True, help="List the checks with their rule sections; check nothing.")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="The repository, instead of this one.")
def check_command(
    files: tuple[str, ...],
    as_json: bool,
    as_sarif: bool,
    changed: bool,
    only: tuple[str, ...],
    off: tuple[str, ...],
    listed: bool,
    path: Path,
) -> None:
    """Hold the code of the repository, or FILES (files or folders), against the rules."""
    if listed:
        return _list(as_json)
    if as_json and as_sarif:
        stop(Fault(FaultKind.USAGE, "--json and --sarif are two outputs.", remedy="Ask for one of them."))
    root = repository(path)
    settings = settled(root, {})
    off = (*off, *settings.checks_off.split())
    _known((*only, *off))
    asked = _asked(root, path, files)
    tree, report = _checked(root, asked, changed, off, only)
    if as_json:
        _echo(json.dumps(_plain(report), indent=2))
    elif as_sarif:
        _echo(json.dumps(_log(tree, report, root), indent=2))
    else:
        _tell(report)
    sys.exit(_code(report, asked))


def _code(report: Report, asked: tuple[str, ...]) -> int:
    """1 where something was found, 2 where a file that was named is one that could not be checked."""
    if any(not finding.waived for finding in report.findings):
        return 1
    return 2 if any(one.path in asked and not one.line for one in report.unread) else 0


def _known(names: Iterable[str]) -> None:
    from difflib import get_close_matches

    from beai.core.rulebook.checks.registry import BY_ID
    from beai.core.rulebook.checks.run import unknown

    for name in unknown(names):
        near = get_close_matches(name, BY_ID, 1)
        remedy = f"Did you mean {near[0]}?" if near else "beai check --list tells which there are."
        stop(Fault(FaultKind.USAGE, f"There is no check {one_line(name, 60) or '(empty)'}.", remedy=remedy))


def _asked(root: Path, path: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """FILES as paths below ``root``; leaves where one is not there, or not in the repository."""
    found: list[str] = []
    for file in files:
        whole = os.path.realpath(path / file) if "\0" not in file else ""
        if not whole or not os.path.lexists(whole):
            stop(Fault(FaultKind.USAGE, f"There is no file {one_line(file, 200)}."))
        inside = os.path.relpath(whole, os.path.realpath(root)).replace(os.sep, "/")
        if inside.split("/")[0] == os.pardir:
            stop(Fault(FaultKind.USAGE, f"{one_line(file, 200)} is outside the repository."))
        found.append("" if inside == os.curdir else inside)
    return tuple(found)


def _checked(
    root: Path, asked: tuple[str, ...], changed: bool, off: tuple[str, ...], only: tuple[str, ...]
) -> tuple[Tree, Report]:
    from dataclasses import replace

    from beai.core.differing import differing
    from beai.core.files import DiskTree
    from beai.core.project import layout
    from beai.core.project.places import below
    from beai.core.project.remembered import Remembered
    from beai.core.rulebook.checks.finding import Unread
    from beai.core.rulebook.checks.run import report
    from beai.core.rulebook.checks.subject import Given, World
    from beai.core.unread import why_unread

    differs = differing(root)
    if isinstance(differs, Fault):
        stop(differs)
    tree = Remembered(DiskTree(root))
    found = below(tree.paths(), asked or ("",))
    paths = list(dict.fromkeys(path for own in found.values() for path in own))
    if changed:
        paths = [path for path in paths if path in differs.changed]
    world = World(tree, layout.read(tree, root.name), Given(differs.new, differs.changed))
    with counting("Looking at files", len(paths)) as looking:
        made = report(world, paths, off, only, looking)
    hidden = [name for name, own in found.items() if asked and (not own or (name in own and tree.text(name) is None))]
    unread = tuple(Unread(name, why_unread(root, name)) for name in hidden)
    return tree, replace(made, unread=(*unread, *made.unread))


def _plain(report: Report) -> dict[str, Any]:
    from beai.core.loop.codec import plain

    made: dict[str, Any] = plain(report)
    return made


def _log(tree: Tree, report: Report, root: Path) -> dict[str, Any]:
    from importlib.metadata import version

    from beai.core.project.layout import rule_files
    from beai.core.rulebook.checks.sarif import sarif
    from beai.core.rulebook.frontmatter import read_rule
    from beai.rules import shipped

    texts = {one.path: tree.text(one.path) or "" for one in report.findings}
    ours = (read_rule(name, text, shipped=True) for name, text in shipped())
    return sarif(report, texts, (*rule_files(tree), *ours), version("beai"))


def _tell(report: Report) -> None:
    """Findings by file, what could not be read, and one line that sums up."""
    standing = [finding for finding in report.findings if not finding.waived]
    for path, found in groupby(standing, key=lambda finding: finding.path):
        click.echo(click.style(printable(path), bold=True))
        for finding in found:
            for line in _lines(finding):
                click.echo(line)
        click.echo()
    for line in _unread(report.unread):
        say(line)
    waived = len(report.findings) - len(standing)
    files = len({finding.path for finding in standing})
    said = f"{plural(len(standing), 'finding')} in {plural(files, 'file')}" if standing else "Nothing found"
    click.echo(f"{said}; {plural(report.files, 'file')} looked at{f', {waived} waived' if waived else ''}.")


def _lines(finding: Finding) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}"
    yield f"  {place:<9} {click.style(finding.check, fg='yellow')}  {_line(finding.message)}"
    yield f"  {'':<9} {click.style('→', fg='green')} {_line(finding.fix)}  {click.style(finding.citation, dim=True)}"


def _unread(found: Iterable[Unread]) -> Iterator[str]:
    broken = [f"{one.path}:{one.line}" for one in found if one.line]
    yield from (f"{one.path} {one.why}." for one in found if not one.line)
    if broken:
        said = "Our parser does not read these wholly, though TypeScript may; around the line named something may be"
        yield f"{said} unchecked: {', '.join(broken)}"


def _line(text: str) -> str:
    return clip(" ".join(printable(text).split()), 400)


def _echo(text: str) -> None:
    """Data on stdout; what no encoding takes is escaped by JSON already."""
    click.echo(text)


def _list(as_json: bool) -> None:
    from beai.core.rulebook.checks.registry import CHECKS

    if as_json:
        return _echo(json.dumps([{"check": one.id, "rule": one.rule, "title": one.title} for one in CHECKS], indent=2))
    for one in CHECKS:
        click.echo(f"{one.id:<28} {'@' + one.rule:<32} {one.title}")
    return None
