"""``beai doctor``: what works on this computer for a repository, and what to do about the rest."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from beai.core.text import one_line
from beai.tui.cli.leaving import EXIT_CODES

_GLYPHS = {"good": "✓", "weak": "!", "bad": "✗"}


@click.command("doctor", epilog=EXIT_CODES)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def doctor_command(path: Path, as_json: bool) -> None:
    """Look at what the repository at PATH needs of this computer; exit code 1 where something is missing."""
    from beai.core.examine import Mark, examine

    checks = asyncio.run(examine(path, os.environ))
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            words = one_line(f"{check.found}  {check.remedy}".rstrip(), 400)
            click.echo(f"{_GLYPHS[check.mark.value]} {check.name:{width}}  {words}")
    sys.exit(int(any(check.mark is Mark.BAD for check in checks)))
