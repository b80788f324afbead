"""``beai test``: the tests of a repository, once or at every save, with nothing else of beai needed."""

from __future__ import annotations

import os
from pathlib import Path

import click

from beai.core.fault import Fault, FaultKind
from beai.core.runner.chosen import misread
from beai.tui.cli.leaving import EXIT_CODES, stop


@click.command("test", epilog=EXIT_CODES)
@click.argument("files", nargs=-1)
@click.option("-w", "--watch", is_flag=True, help="Run what each save reaches, until q or ctrl+c.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines; the last one is the verdict.")
@click.option("--why", multiple=True, metavar="FILE", help="Tell what a change of FILE would run and why; run nothing.")
@click.option("--all", "everything", is_flag=True, help="With --watch: run every test at each save.")
@click.option("-t", "--name", default="", help="Only tests whose name matches this pattern.")
@click.option("--runner", default="", help="vitest, jest, node, bun, pytest or command, instead of what is found.")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="Where to look, instead of here.")
def test_command(
    files: tuple[str, ...],
    watch: bool,
    as_json: bool,
    why: tuple[str, ...],
    everything: bool,
    name: str,
    runner: str,
    path: Path,
) -> None:
    """Run the tests: all of them, or FILES, which are test files or parts of their paths."""
    if (fault := misread(name)) is not None:
        stop(fault)
    if any("\0" in word for word in (*files, *why)):
        stop(Fault(FaultKind.USAGE, "A path holds no zero byte."))
    from beai.tui.testing.command import Words, main

    main(Words(path, files, name, why, runner, watch, as_json, everything), os.environ)
