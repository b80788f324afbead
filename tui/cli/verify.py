"""``beai verify``: the evidence of commits, re-checked from the repository alone: no journal, no model, no trust."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from beai.core.fault import Fault, FaultKind
from beai.tui.cli.leaving import say, stop

if TYPE_CHECKING:
    from beai.core.verify.outcome import Outcome
    from beai.core.verify.span import Span

_HELP = """\b
RANGE is A..B, A...B or one commit; without it, the commits since the default branch (in CI: the branch that the
request goes into). For each commit: the tests are there and no weaker than in the parent; what the trailers claim
fits; RED is replayed (its tests on the parent's code fail for the right reason) and GREEN (its tests pass, nothing
else fell), in a throw-away worktree with the repository's own runner, in the sandbox. Nothing is installed: what
`node_modules` holds is used for every commit.

\b
--json prints one object; --schema prints its JSON Schema with the meaning of each key.
--list prints the rules. --accept RULE, or RULE@COMMIT, takes a finding as it is: a person's word, in plain sight.
--workflow github or gitlab prints a workflow file for this repository.

\b
Exit codes: 0 nothing that fails (warnings are allowed, without --strict) · 1 findings · 2 wrong usage, no such
range, or a shallow clone (fetch-depth: 0) · 5 not a repository · 6 git or Node.js is missing · 7 no test runner that
works (--no-run reads without running) · 130 interrupted."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Where an outcome goes beside stdout."""

    as_json: bool
    github: bool
    junit: Path | None
    sarif: Path | None
    strict: bool


@click.command("verify", epilog=_HELP, context_settings={"ignore_unknown_options": False})
@click.argument("words", metavar="[RANGE]", default="")
@click.option("--no-run", is_flag=True, help="Read the commits, run no test.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--schema", "as_schema", is_flag=True, help="The JSON Schema of --json; reads no repository.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write JUnit XML to FILE.")
@click.option("--sarif", type=click.Path(path_type=Path), metavar="FILE", help="Write SARIF 2.1.0 to FILE.")
@click.option("--github", is_flag=True, help="Print annotations for GitHub Actions as well.")
@click.option("--accept", multiple=True, metavar="RULE[@COMMIT]", help="Take this finding as it is; several times.")
@click.option("--list", "listed", is_flag=True, help="List the rules; verify nothing.")
@click.option("--workflow", metavar="SERVICE", help="Print a workflow file: github or gitlab.")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="The repository, instead of this one.")
def verify_command(
    words: str,
    no_run: bool,
    strict: bool,
    as_json: bool,
    as_schema: bool,
    junit: Path | None,
    sarif: Path | None,
    github: bool,
    accept: tuple[str, ...],
    listed: bool,
    workflow: str | None,
    path: Path,
) -> None:
    """Verify the evidence of each commit of RANGE again, trusting nobody."""
    if as_schema:
        from beai.core.verify.plain import schema

        return click.echo(json.dumps(schema(), indent=2, sort_keys=True))
    if listed:
        return _list(as_json)
    if workflow is not None:
        return _workflow(workflow, path)
    if as_json and github:
        stop(Fault(FaultKind.USAGE, "--json and --github are two outputs.", remedy="Ask for one of them."))
    _known(accept)
    outcome = _verified(words, path, no_run, frozenset(accept))
    _report(outcome, Reports(as_json, github, junit, sarif, strict))
    sys.exit(1 if outcome.failed(strict) else 0)


def _verified(words: str, path: Path, no_run: bool, accepted: frozenset[str]) -> Outcome:
    from beai.core.loop.preflight import top_of
    from beai.core.verify.history import History
    from beai.core.verify.span import spanned

    root = top_of(path)
    if isinstance(root, Fault):
        stop(root)
    history = History(root.resolve())
    try:
        span = spanned(history, words, os.environ)
        if isinstance(span, Fault):
            stop(span)
        signal.signal(signal.SIGTERM, _ended)  # CI cancels a job so, and nothing may be left behind
        outcome = asyncio.run(_run(history.root, span, no_run, accepted, os.environ))
    except KeyboardInterrupt:
        stop(Fault(FaultKind.CANCELLED, "Interrupted; nothing was left behind."))
    finally:
        history.close()
    if isinstance(outcome, Fault):
        stop(outcome)
    return outcome


def _ended(*_: object) -> NoReturn:
    raise KeyboardInterrupt


async def _run(
    root: Path, span: Span, no_run: bool, accepted: frozenset[str], env: Mapping[str, str]
) -> Outcome | Fault:
    from beai.core.verify.history import History
    from beai.core.verify.running import replaying
    from beai.core.verify.verifying import Wanted, verify
    from beai.tui.cli.places import settled
    from beai.tui.cli.progress import counting

    settings = settled(root, {})
    history = History(root)
    try:
        with counting("Verifying commits", len(span.commits)) as tell:
            runs = None if no_run else replaying(history, span, settings, env)
            return await verify(history, span, Wanted(accepted, runs, tell))
    finally:
        history.close()


def _report(outcome: Outcome, reports: Reports) -> None:
    from beai.core.verify.annotations import annotated, harmless
    from beai.tui.cli.verify_lines import lines

    if reports.junit is not None:
        from beai.core.verify.junit import junit

        _write(reports.junit, junit(outcome, reports.strict))
    if reports.sarif is not None:
        from importlib.metadata import version

        from beai.core.verify.sarif import sarif

        _write(reports.sarif, json.dumps(sarif(outcome, version("beai")), indent=2).encode() + b"\n")
    if reports.as_json:
        from beai.core.verify.plain import plain

        return click.echo(json.dumps(plain(outcome, reports.strict), indent=2))
    for line in lines(outcome, reports.strict):
        click.echo(harmless(line) if reports.github else line)
    for line in annotated(outcome) if reports.github else ():
        click.echo(line)
    return None


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        stop(Fault(FaultKind.USAGE, f"{file} cannot be written: {why}.", remedy="Name a file in a folder that exists."))
    say(f"{file} was written.")


def _known(accepted: tuple[str, ...]) -> None:
    from difflib import get_close_matches

    from beai.core.verify.finding import RULES

    for word in accepted:
        rule, at, sha = word.partition("@")
        if rule not in RULES:
            near = get_close_matches(rule, RULES, 1)
            remedy = f"Did you mean {near[0]}?" if near else "beai verify --list tells which there are."
            stop(Fault(FaultKind.USAGE, f"There is no rule '{rule[:60]}'.", remedy=remedy))
        if at and len(sha) < 7:
            stop(
                Fault(FaultKind.USAGE, f"'{word[:80]}' names no commit.", remedy="Give 7 digits of its hash at least.")
            )


def _list(as_json: bool) -> None:
    from beai.core.verify.finding import RULES

    if as_json:
        told = [
            {"rule": one.id, "level": one.level.value, "title": one.title, "remedy": one.remedy}
            for one in RULES.values()
        ]
        return click.echo(json.dumps(told, indent=2))
    for one in RULES.values():
        click.echo(f"{one.id:<24} {one.level.value:<8} {one.title}")
    return None


def _workflow(name: str, path: Path) -> None:
    from importlib.metadata import version

    from beai.core.files import DiskTree
    from beai.core.loop.preflight import top_of
    from beai.core.project import layout
    from beai.core.verify.workflow import NAMES, workflow

    if name not in NAMES:
        stop(
            Fault(
                FaultKind.USAGE, f"There is no workflow for '{name[:60]}'.", remedy=f"There are {' and '.join(NAMES)}."
            )
        )
    root = top_of(path)
    project = None if isinstance(root, Fault) else layout.read(DiskTree(root), root.name)
    click.echo(workflow(name, version("beai"), project), nl=False)
