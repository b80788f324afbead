"""The command line: data on stdout, talk on stderr, one clear sentence and a documented exit code for every trouble.

Each command has a module of its own in ``cli``, which imports the screen and the adapters only once it runs.
"""

from __future__ import annotations

import click

from beai.tui.cli.checking import check_command
from beai.tui.cli.context import context_command
from beai.tui.cli.demo import demo_command
from beai.tui.cli.doctor import doctor_command
from beai.tui.cli.leaving import EXIT, EXIT_CODES
from beai.tui.cli.map import map_command
from beai.tui.cli.opening import open_command
from beai.tui.cli.rules import rules_command
from beai.tui.cli.running import run_command
from beai.tui.cli.tasks import tasks_command
from beai.tui.cli.testing import test_command

__all__ = ["EXIT", "EXIT_CODES", "main"]


class _Commands(click.Group):
    """``beai PATH`` opens the app: a first word that is no command is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((word for word in args if not word.startswith("-")), None)
        wants_help = "--help" in args or "--version" in args
        if first not in self.commands and not (first is None and wants_help):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="beai")
def main() -> None:
    """beai [PATH] — a pair programmer for TypeScript backends that cannot cheat the red bar."""


for command in (
    open_command,
    demo_command,
    run_command,
    tasks_command,
    map_command,
    rules_command,
    test_command,
    check_command,
    context_command,
    doctor_command,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
