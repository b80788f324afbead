"""What ``beai verify`` finds: in the made-up history of cheats, run and read, and in parts of public histories, read.

``python -m tests.bench verify [--read] [--packages NODE_MODULES]`` runs it (or only reads it) and prints each kind of
cheat with what named it, the honest commits that failed, and the time. ``verify [--commits N] [--skip N] [--show]
GIT_DIR…`` reads public histories instead: nobody cheated there, as far as anyone knows, so that errors and warnings are
alarms; that code carries no evidence is told apart. ``verify --long N`` reads N commits made for it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

from beai.core.fault import Fault
from beai.core.git_query import ask_git
from beai.core.settings import load
from beai.core.verify.finding import Finding, Level
from beai.core.verify.history import History
from beai.core.verify.outcome import Outcome
from beai.core.verify.running import replaying
from beai.core.verify.span import Span, spanned
from beai.core.verify.verifying import Wanted, verify
from tests.bench.shops import backend
from tests.real.cheats import story
from tests.real.histories import Step, shop, write


def main() -> None:
    """The figures that are asked for."""
    parser = argparse.ArgumentParser("verify", description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, help="git directories, with their history")
    parser.add_argument("--read", action="store_true", help="read the made-up history, run nothing")
    parser.add_argument("--packages", type=Path, help="packages of the demo that are installed already")
    parser.add_argument("--long", type=int, default=0, metavar="N", help="read a history of N commits")
    parser.add_argument("--commits", type=int, default=200, help="of each history")
    parser.add_argument("--skip", type=int, default=0, help="the newest that are left out")
    parser.add_argument("--show", action="store_true", help="each alarm")
    chosen = parser.parse_args()
    for folder in chosen.repositories:
        _public(folder, chosen)
    with tempfile.TemporaryDirectory() as folder:
        if chosen.long:
            _long(Path(folder) / "long", chosen.long)
        elif not chosen.repositories:
            _cheats(Path(folder), chosen)


def _cheats(folder: Path, chosen: argparse.Namespace) -> None:
    root, steps = folder / "history", story().steps
    made = dict(zip(write(root, steps, shop()), steps, strict=True))
    if not chosen.read:
        packages = chosen.packages or backend(None, folder) / "node_modules"
        (root / "node_modules").symlink_to(packages.resolve(), target_is_directory=True)
    outcome, took = _verified(root, "", run=not chosen.read)
    named: dict[str, list[str]] = {}
    missed, wronged, cheats = list[str](), list[str](), 0
    for one in outcome.commits:
        step, grave = made[one.sha], [found for found in one.findings if found.level is not Level.NOTE]
        line = f"{one.sha[:10]} {one.subject}: {', '.join(sorted({found.rule for found in grave})) or 'nothing'}"
        if step.rule and not (step.runs and chosen.read):
            cheats += 1
            (named.setdefault(step.rule, []) if step.rule in {found.rule for found in grave} else missed).append(line)
        elif not step.rule and any(found.level is Level.ERROR for found in grave):
            wronged.append(line)
    print(f"{outcome.runner or 'read only'}; sandbox {outcome.sandbox or 'none'}")
    for rule, lines in sorted(named.items()):
        print(f"  {rule:24} {len(lines)} named")
    for what, lines in (("missed", missed), ("honest, and failed", wronged)):
        print(f"  {what}: {len(lines)}", *lines, sep="\n    ")
    honest = sum(not step.rule for step in steps)
    slow = max(one.ms for one in outcome.commits)
    print(
        f"{len(steps)} commits, {honest} honest; {cheats} cheats of {len(named)} kinds; {took:.1f} s,"
        f" {took / len(steps):.2f} s per commit, slowest {slow / 1000:.1f} s"
    )


def _verified(root: Path, words: str, run: bool) -> tuple[Outcome, float]:
    history = History(root)
    span = spanned(history, words, {})
    settings = load(root / "none.toml", root, {}, {})
    assert not isinstance(span, Fault) and not isinstance(settings, Fault)
    began = time.perf_counter()
    runs = replaying(history, span, settings, os.environ) if run else None
    outcome = asyncio.run(verify(history, span, Wanted(replaying=runs)))
    history.close()
    assert not isinstance(outcome, Fault), outcome.sentence()
    return outcome, time.perf_counter() - began


def _long(root: Path, count: int) -> None:
    """Time and memory of a history of ``count`` commits, each of which changes code and a test."""
    test = 'import {{ expect, it }} from "vitest";\n\nit("is {0}", () => {{\n  expect({0}).toBe({0});\n}});\n'
    steps = [
        Step(f"feat: {at}\n", {"src/a.ts": f"export const a = {at};\n", "src/a.test.ts": test.format(at)})
        for at in range(count)
    ]
    write(root, steps, {"package.json": "{}"})
    outcome, took = _verified(root, "", run=False)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = 1000 * took / count
    print(f"{len(outcome.commits)} commits read in {took:.0f} s, {each:.1f} ms each, {memory:.0f} MiB at most")


def _public(folder: Path, chosen: argparse.Namespace) -> None:
    history = History(folder)
    words = ("rev-list", "--reverse", "--topo-order", f"--max-count={chosen.commits}", f"--skip={chosen.skip}", "HEAD")
    said = ask_git(folder, *words, patience=60)
    commits = tuple(said.decode().split()) if isinstance(said, bytes) else ()
    began = time.perf_counter()
    outcome = asyncio.run(verify(history, Span("part", "", commits[-1], commits), Wanted()))
    took = time.perf_counter() - began
    history.close()
    assert not isinstance(outcome, Fault), outcome
    _tell(folder.parent.name, outcome, took, chosen.show)


def _tell(name: str, outcome: Outcome, took: float, show: bool) -> None:
    alarms = [one for one in outcome.findings if one.rule != "no-evidence" and one.level is not Level.NOTE]
    wrong = {one.commit for one in alarms if one.level is Level.ERROR}
    loud = {one.commit for one in alarms}
    count = len(outcome.commits)
    print(
        f"{name:45} {count:4} commits  {100 * len(wrong) / count:5.1f} with errors, {100 * len(loud) / count:5.1f} with"
        f" errors or warnings of 100  {1000 * took / count:6.1f} ms each,"
        f" slowest {max(one.ms for one in outcome.commits):.0f} ms"
    )
    print("      ", ", ".join(f"{rule} {number}" for rule, number in Counter(one.rule for one in alarms).most_common()))
    for one in alarms if show else ():
        print(f"    {one.commit[:10]} {one.level:7} {one.rule} {_place(one)} {one.message}")


def _place(one: Finding) -> str:
    return f"{one.path}:{one.line}" if one.line else one.path


if __name__ == "__main__":
    main()
