"""Findings as annotations of GitHub Actions, escaped so that no text from outside is a command (GitHub: "Workflow
commands for GitHub Actions"; actions/toolkit, ``command.ts``).
"""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.text import printable
from beai.core.verify.finding import Finding, Level
from beai.core.verify.outcome import Outcome

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def annotated(outcome: Outcome) -> Iterator[str]:
    """One line per finding that stands; GitHub shows the first ten of each level."""
    for commit in outcome.commits:
        for one in commit.findings:
            if not one.accepted:
                yield _annotation(one, one.path or commit.at)


def harmless(line: str) -> str:
    """A line of ordinary output in which no runner finds a command: no ``::name::`` first and no ``##[name]``."""
    mended = line.replace("##[", "# #[")
    return f"·{mended}" if mended.lstrip().startswith("::") else mended


def _annotation(one: Finding, path: str) -> str:
    told = {"file": path, "line": str(one.line) if one.line else "", "title": f"{one.rule} ({one.commit[:10]})"}
    given = ",".join(f"{key}={_property(value)}" for key, value in told.items() if value)
    return f"::{_COMMANDS[one.level]} {given}::{_data(f'{one.message} {one.remedy}')}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
