"""The command line: data on stdout, talk on stderr, one clear sentence and a documented exit code for every trouble.

Each command has a module of its own in ``cli``, which imports the screen and the adapters only once it runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from beai.tui.cli.checking import check_command
from beai.tui.cli.context import context_command
from beai.tui.cli.demo import demo_command
from beai.tui.cli.doctor import doctor_command
from beai.tui.cli.handoff import handoff_command
from beai.tui.cli.leaving import EXIT, EXIT_CODES
from beai.tui.cli.log import log_command
from beai.tui.cli.map import map_command
from beai.tui.cli.model import model_command
from beai.tui.cli.opening import open_command
from beai.tui.cli.replay import replay_command
from beai.tui.cli.review import review_command
from beai.tui.cli.rules import rules_command
from beai.tui.cli.running import run_command
from beai.tui.cli.tasks import tasks_command
from beai.tui.cli.testing import test_command
from beai.tui.cli.undo import undo_command
from beai.tui.cli.verify import verify_command

__all__ = ["EXIT", "EXIT_CODES", "main"]

_CLOSED = 141  # 128 and SIGPIPE, as a shell has it


class _Commands(click.Group):
    """``beai PATH`` opens the app: a first word that is no command is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((word for word in args if not word.startswith("-")), None)
        wants_help = "--help" in args or "--version" in args
        if first not in self.commands and not (first is None and wants_help):
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """The words read, where ``--help`` is already answered."""
        with _while_somebody_reads():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """The command run."""
        with _while_somebody_reads():
            return super().invoke(ctx)


@contextmanager
def _while_somebody_reads() -> Iterator[None]:
    """End in silence, by the code of SIGPIPE, where the reader of the output is gone (``beai map | head -1``)."""
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):  # Python flushes both once more when it ends
            with suppress(OSError, ValueError):
                os.dup2(nowhere, stream.fileno())
        sys.exit(_CLOSED)


@click.group(cls=_Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="beai")
def main() -> None:
    """beai [PATH] — a pair programmer for TypeScript backends that cannot cheat the red bar."""


for command in (
    open_command,
    demo_command,
    run_command,
    review_command,
    tasks_command,
    map_command,
    rules_command,
    test_command,
    check_command,
    context_command,
    handoff_command,
    undo_command,
    verify_command,
    log_command,
    replay_command,
    model_command,
    doctor_command,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
