"""``beai undo``: what beai wrote last is shown, and taken back where nobody changed it since."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import printable
from beai.tui.cli.books import folder_of
from beai.tui.cli.leaving import EXIT_CODES, say, stop

if TYPE_CHECKING:
    from beai.core.edits.change import Receipt
    from beai.core.edits.store import Past, Store
    from beai.core.edits.store.retreat import Retreat
    from beai.core.edits.store.transaction import Kind
    from beai.core.loop.journal import Journal

Lines = dict[str, list[tuple[str, int, int]]]
"""The files of each write, by its identifier, with the lines it added and removed."""

_JSON = """--json prints one object: action (undo, redo or list) and writes, each with id, at (seconds since the epoch),
task, session, undone and files (path, added, removed: lines that the write added and removed), and stay, the files in
which later lines stayed. Nobody is asked then: undo and redo need --yes with it."""


@click.command("undo", epilog=f"{_JSON}\n\n{EXIT_CODES}")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--list", "listed", is_flag=True, help="Only show every write, the newest first.")
@click.option("--redo", is_flag=True, help="Write again what was taken back last.")
@click.option("--all-of", "task", default="", metavar="TASK", help="Take back every write of this task at once.")
@click.option("--commit", "committed", is_flag=True, help="Take back our newest commit; its work stays.")
@click.option("--but", multiple=True, metavar="FILE", help="Leave this file as it is.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, described below.")
def undo_command(
    path: Path, listed: bool, redo: bool, task: str, committed: bool, but: tuple[str, ...], yes: bool, as_json: bool
) -> None:
    """Take back what beai wrote last in the repository at PATH, all its files or none.

    Later work is never overwritten: in a file that changed since, your later lines stay, and where they stand in the
    place of what was written, nothing is touched and the sentence names the file. Git is left alone, but by --commit:
    it takes back the newest commit of ours where that is at HEAD and nobody else has it, and leaves files and index.
    """
    from beai.core.edits.store.transaction import Kind

    if committed and (listed or redo or task or but):
        stop(Fault(FaultKind.USAGE, "--commit goes with --yes and --json alone."))
    if committed:
        from beai.tui.cli.uncommit import uncommit

        uncommit(path, yes, as_json)
        return
    if redo and task:
        stop(Fault(FaultKind.USAGE, "--redo and --all-of do not go together."))
    with _books(path, needed=not listed) as (store, journal):
        past = store.history()
        if isinstance(past, Fault):
            stop(past)
        tasks = _tasks(journal, past)
        chosen = past if listed else _chosen(past, tasks, redo, task)
        lines = {one.receipt.id: _counted(store, one.receipt) for one in chosen}
        action = "list" if listed else "redo" if redo else "undo"
        made = None if listed else _planned(store, chosen, Kind.REDO if redo else Kind.RESTORE, but)
        if made is not None:
            _carry_out(store, made, lambda: _show(chosen, tasks, lines, action), yes, as_json)
        if as_json:
            now = store.history()
            after = {one.receipt.id: one for one in now} if not isinstance(now, Fault) else {}
            past = [after.get(one.receipt.id, one) for one in chosen]
            _print(past, tasks, lines, action, made.stay if made is not None else ())
        elif listed:
            _show(chosen, tasks, lines, action)


def _planned(store: Store, chosen: Sequence[Past], kind: Kind, but: Sequence[str]) -> Retreat:
    """What would be done; leaves where later work stands in the way, or a file is named that is none of these."""
    from beai.core.edits.receipts import written_paths
    from beai.core.edits.store.faults import later
    from beai.core.edits.store.transaction import Kind

    receipts = [one.receipt for one in chosen]
    known = written_paths(receipts)
    if unknown := next((path for path in but if path not in known), ""):
        stop(Fault(FaultKind.USAGE, f"{unknown} is no file of this write.", remedy=f"There are: {', '.join(known)}."))
    made = store.retreat(receipts, kind, but)
    if isinstance(made, Fault):
        stop(made)
    if made.overlapping:
        done = "written again" if kind is Kind.REDO else "taken back"
        stop(later(made.overlapping, [one.path for one in made.wanted], done))
    if not made.wanted:
        stop(Fault(FaultKind.USAGE, "No file of this write is left.", remedy="Leave out a --but."))
    return made


def _carry_out(store: Store, made: Retreat, show: Callable[[], None], yes: bool, as_json: bool) -> None:
    redo = made.kind == "redo"
    if not yes:
        if not as_json:
            show()
            _tell_later(made)
        confirmed("Write this again?" if redo else "Take this back?", as_json)
    done = store.carry_out(made)
    if isinstance(done, Fault):
        stop(done)
    if not as_json:
        say(f"{'Written again' if redo else 'Taken back'}: {', '.join(one.path for one in made.wanted)}.")
        if yes:
            _tell_later(made)


def _tell_later(made: Retreat) -> None:
    """Which files hold later work, that stays."""
    for path in made.stay:
        say(f"{path}: your later lines stay.")


@contextmanager
def _books(path: Path, needed: bool) -> Iterator[tuple[Store, Journal | None]]:
    """The store and the journal of a repository; where nothing is to be written, an open beai is no hindrance."""
    from beai.core.edits.policy import barred
    from beai.core.edits.store import Recovery, Store
    from beai.core.loop.journal import Journal
    from beai.core.loop.preflight import top_of

    root = top_of(path)
    if isinstance(root, Fault):  # beai review writes in folders without git, too
        plain = Path(os.path.realpath(path))
        if not (folder_of(plain) / "writes").is_dir():
            stop(root)
        root = plain
    folder = folder_of(root)
    store = Store(root, folder, never=barred)
    journal = Journal.open(folder) if folder.is_dir() else None
    if isinstance(journal, Fault):
        if needed:
            stop(journal)
        journal = None
    try:
        recovered = store.recover() if journal is not None else Recovery()
        if isinstance(recovered, Fault):
            stop(recovered)
        for sentence in recovered.told:
            say(sentence)
        yield store, journal
    finally:
        if journal is not None:
            journal.close()


def _chosen(past: Sequence[Past], tasks: dict[str, str], redo: bool, task: str) -> tuple[Past, ...]:
    """The writes that are meant, newest first; leaves where there are none."""
    stand = [one for one in past if one.receipt.files and not one.undone]
    if redo:
        last = max((one.undone for one in past), default="")
        found = [one for one in past if last and one.undone == last]
    else:
        found = [one for one in stand if tasks.get(one.receipt.id) == task] if task else stand[:1]
    if not found:
        of = f" of task {task}" if task else ""
        nothing = (
            "Nothing was taken back that could be written again." if redo else f"There is no write{of} to take back."
        )
        stop(Fault(FaultKind.REFUSED, nothing))
    return tuple(found)


def confirmed(question: str, silent: bool) -> None:
    """Go on only after a yes; leaves where there is none, or nobody can be asked."""
    if silent or not (sys.stdin.isatty() and sys.stderr.isatty()):
        nobody = "Nobody is asked with --json." if silent else "Nobody can be asked here."
        stop(Fault(FaultKind.USAGE, nobody, remedy="Say --yes to do it, --list to look."))
    if not click.confirm(question, default=False, err=True):
        say("Nothing was changed.")
        sys.exit(1)


def _tasks(journal: Journal | None, past: Sequence[Past]) -> dict[str, str]:
    """The task that each write was for, by the identifier of the write."""
    wanted = {one.session for one in past} - {""}
    found: dict[str, str] = {}
    for kept in journal.sessions() if journal is not None and wanted else ():
        if str(kept.id) not in wanted or isinstance(kept.entries, Fault):
            continue
        named = [(entry.at, task) for entry in kept.entries if (task := getattr(entry.event, "task_id", ""))]
        for one in (one for one in past if one.session == str(kept.id)):
            before = [task for at, task in named if at <= one.at] or [task for _, task in named]
            found[one.receipt.id] = before[-1] if before else ""
    return found


def _print(past: Sequence[Past], tasks: dict[str, str], lines: Lines, action: str, stay: Sequence[str]) -> None:
    writes = [
        {
            "id": one.receipt.id,
            "at": one.at,
            "task": tasks.get(one.receipt.id, ""),
            "session": one.session,
            "undone": bool(one.undone),
            "files": [{"path": path, "added": more, "removed": less} for path, more, less in lines[one.receipt.id]],
        }
        for one in past
    ]
    click.echo(json.dumps({"action": action, "writes": writes, "stay": list(stay)}, indent=2))


def _show(past: Sequence[Past], tasks: dict[str, str], lines: Lines, action: str) -> None:
    for one in past:
        task, undone = tasks.get(one.receipt.id, ""), "  (taken back)" if one.undone else ""
        when = datetime.fromtimestamp(one.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        click.echo(printable(f"{when}{f'  {task}' if task else ''}{undone}"), err=action != "list")
        for path, more, less in lines[one.receipt.id]:
            click.echo(printable(f"  {path}  +{more} -{less}"), err=action != "list")


def _counted(store: Store, receipt: Receipt) -> list[tuple[str, int, int]]:
    """Each file of a write with the lines it added and removed; leaves where the images cannot be read."""
    from beai.core.edits.diff.hunks import hunks

    counted = []
    images = store.images(receipt)
    if isinstance(images, Fault):
        stop(images)
    for path, *sides in images:
        before, after = (None if data is None else data.decode("utf-8", "surrogateescape") for data in sides)
        found = hunks(path, before, after)
        counted.append((path, sum(len(one.new) for one in found), sum(len(one.old) for one in found)))
    return counted
