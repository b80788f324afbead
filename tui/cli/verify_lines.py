"""What ``beai verify`` prints for a person: a row per commit, what was found below it, and one line that sums up."""

from __future__ import annotations

from collections.abc import Iterator

import click

from beai.core.plural import plural
from beai.core.text import clip, one_line, printable
from beai.core.verify.finding import Finding, Level
from beai.core.verify.outcome import Checked, Outcome, Shown

_SIGNS = {Level.ERROR: ("✗", "red"), Level.WARNING: ("!", "yellow"), Level.NOTE: ("✓", "green"), None: ("✓", "green")}
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
_SEEN = (Shown.RED, Shown.BROKEN)
_GREEN = {Shown.GREEN: "✓", Shown.FAILS: "✗"}
_WIDE = 400
_MOST_CASES = 4


def lines(outcome: Outcome, strict: bool) -> Iterator[str]:
    """All of it."""
    ran = bool(outcome.runner)
    how = f"{outcome.runner} · sandbox {outcome.sandbox}" if ran else "read only, nothing was run"
    head = f"beai verify {outcome.label}"
    yield f"{click.style(_line(head), bold=True)} · {plural(len(outcome.commits), 'commit')} · {_line(how)}"
    yield ""
    widths = _widths(outcome)
    titles = ("commit", "task", "cases", "red", "green")
    yield click.style("  " + _row(titles, widths) + "subject", dim=True)
    for commit in outcome.commits:
        yield from _commit(commit, widths, ran)
    yield ""
    yield _sum(outcome, strict)


def _commit(one: Checked, widths: tuple[int, ...], ran: bool) -> Iterator[str]:
    sign, colour = _SIGNS[one.worst]
    subject = f"(merge) {one.subject}" if one.merge else one.subject
    row = _row(_cells(one, ran), widths)
    yield f"{click.style(sign, fg=colour)} {row}{_line(subject)}"
    for found in one.findings:
        yield from _finding(found)


def _finding(one: Finding) -> Iterator[str]:
    place = f"{one.path}:{one.line}" if one.line else one.path
    word = "accepted" if one.accepted else one.level.value
    styled = click.style(f"{word:<8}", fg=None if one.accepted else _COLOURS[one.level])
    yield f"    {styled} {click.style(one.rule, bold=True)}  {_line(place)}".rstrip()
    yield f"             {_line(one.message)}"
    if not one.accepted and one.level is not Level.NOTE:
        yield f"             {click.style('→', fg='green')} {_line(one.remedy)}"


def _cells(one: Checked, ran: bool) -> tuple[str, ...]:
    names = [case.case for case in one.cases]
    more = f" +{len(names) - _MOST_CASES}" if len(names) > _MOST_CASES else ""
    seen = sum(case.shown in _SEEN for case in one.cases)
    red = f"{seen}/{len(names)}" if names and ran else "–"
    green = f"{_GREEN[one.green]} {one.tests}" if one.green in _GREEN else "–"
    return (one.sha[:8], clip(one_line(one.task), 16), " ".join(names[:_MOST_CASES]) + more, red, green)


def _widths(outcome: Outcome) -> tuple[int, ...]:
    rows = [_cells(one, bool(outcome.runner)) for one in outcome.commits]
    titles = ("commit", "task", "cases", "red", "green")
    return tuple(max(len(title), *(len(row[at]) for row in rows)) for at, title in enumerate(titles))


def _row(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    return "".join(f"{cell:<{width}}  " for cell, width in zip(cells, widths, strict=True))


def _sum(outcome: Outcome, strict: bool) -> str:
    errors, warnings = outcome.count(Level.ERROR), outcome.count(Level.WARNING)
    evident = sum(bool(one.cases) for one in outcome.commits)
    said = ", ".join((plural(errors, "error"), plural(warnings, "warning"), plural(outcome.count(Level.NOTE), "note")))
    accepted = sum(one.accepted for one in outcome.findings)
    more = f", {accepted} accepted" if accepted else ""
    verdict = click.style("FAILED", fg="red") if outcome.failed(strict) else click.style("passed", fg="green")
    return (
        f"{verdict}: {said}{more}; {plural(len(outcome.commits), 'commit')} verified, {evident} with evidence of cases."
    )


def _line(text: str) -> str:
    return clip(" ".join(printable(text).split()), _WIDE)
