"""How a command ends: one sentence on stderr, and a documented exit code."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import printable

EXIT = {
    FaultKind.USAGE: 2,
    FaultKind.REPOSITORY: 5,
    FaultKind.MISSING: 6,
    FaultKind.TESTS: 7,
    FaultKind.CANCELLED: 130,
}
EXIT_CODES = """Exit codes: 0 done, or green · 1 something failed, red, or no test ran · 2 wrong usage, or no
terminal · 3 waits for a decision (headless) · 4 ended without a commit · 5 not a repository beai can work on · 6 a
program is missing · 7 no test runner that works · 130 interrupted."""


def stop(fault: Fault) -> NoReturn:
    """Say what is wrong, in one sentence, and leave."""
    say(fault.sentence())
    sys.exit(EXIT.get(fault.kind, 1))


def say(sentence: str) -> None:
    """One sentence on one line, whatever a path or a message holds."""
    click.echo(f"beai: {' '.join(printable(sentence).split())}", err=True)
