"""``beai review``: a patch or an answer of any assistant, decided hunk by hunk, in any folder."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import one_line, printable
from beai.tui.cli.leaving import say, stop
from beai.tui.cli.places import SMALLEST, settled
from beai.tui.pace import keep

if TYPE_CHECKING:
    from beai.core.loop.alone.brought import Brought
    from beai.core.loop.alone.compose import Asked
    from beai.core.loop.alone.folder import Folder
    from beai.core.loop.alone.state import Alone
    from beai.core.settings import Settings

LIMIT = 5_000_000
"""Most bytes of one text."""

WAITS = 3
"""The exit code of a review that waits for a decision."""

_HELP = """\b
git diff main...feature | beai review          pbpaste | beai review
beai review --clipboard                        beai review 0001-*.patch
git diff | beai review -R                      take back what is in the files
beai review PATCH && beai test                 decide, then run the tests
beai review --json < PATCH                     what it would do; writes nothing
beai review --json --accept all < PATCH        all of it, or nothing
beai review --accept 'a.ts#1' --reject 'a.ts#2=not now' < PATCH

Read are unified diffs (git diff, git show, format-patch), V4A patches, search/replace blocks, fences named after a
file, and replies in beai's own form, alone or in the middle of a chat's answer. Paths count from the root of the git
repository, or else from the folder you are in; without git, from the folder you are in. No task, test runner or Node
is needed. What has no place here is shown with the nearest real lines; nothing is placed by likeness. Marks are kept:
the same patch goes on where you left it, also when the files were saved meanwhile. beai undo takes back what was
written.

\b
--json prints one object, whose keys do not change between versions:
  source, root, rationale, notes
  edits, placed   how many edits there are, and how many have a place
  files           each with path, new, removed, and hunks: id, line (from 1),
                  old, new, warnings, findings
  left            edits without a place: file, reason, wanted, nearest, there
                  (it was made before)
  accepted, rejected (id, reason), undecided      IDs of hunks
  receipt         null, or id and files (path, before_hash, after_hash)
  feedback        what to tell whoever wrote the patch

Exit codes: 0 all was decided and what was accepted is written, or with --json alone every edit has a place · 1
something failed, or an edit has no place here · 2 wrong usage, or no terminal · 3 hunks are undecided · 5 not a folder
to work in · 6 no tool reads the clipboard · 130 interrupted."""


@click.command("review", epilog=_HELP)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--clipboard", is_flag=True, help="Take the text from the clipboard.")
@click.option("--root", type=click.Path(path_type=Path), help="The folder from which the paths count.")
@click.option("-R", "--reverse", "backwards", is_flag=True, help="Take back what the patch did.")
@click.option("--new", "fresh", is_flag=True, help="Forget the marks of last time.")
@click.option("--accept", multiple=True, metavar="ID|all", help="Without a screen: accept a hunk, or the whole patch.")
@click.option("--reject", multiple=True, metavar="ID[=REASON]", help="Without a screen: reject a hunk.")
@click.option("--json", "as_json", is_flag=True, help="Without a screen: one JSON object, described below.")
@click.option("--feedback", "tells", is_flag=True, help="Print at the end what to tell whoever wrote the patch.")
@click.option("--prompt", "prompts", is_flag=True, help="Print a text that asks a chat for answers that fit; no more.")
def review_command(
    files: tuple[str, ...],
    clipboard: bool,
    root: Path | None,
    backwards: bool,
    fresh: bool,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    as_json: bool,
    tells: bool,
    prompts: bool,
) -> None:
    """Decide a patch hunk by hunk: from FILE, from standard input (FILE -), or from the clipboard.

    The hunks that you accept are written, all together or not at all.
    """
    if prompts:
        from beai.core.suggest.prompts import wording

        click.echo(wording("chat"), nl=False)
        return
    from beai.core.loop.alone.compose import Asked, brought, folder_of

    texts = _texts(files, clipboard)
    top, here = _folder(root)
    settings = settled(top, {})
    asked = Asked(top, texts, here, root is not None, backwards, fresh, settings.checks_off.split())
    folder = folder_of(asked, os.environ)
    if isinstance(folder, Fault):
        stop(folder)
    made = brought(asked, folder)
    if isinstance(made, Fault):
        stop(made)
    if as_json or accept or reject:
        _without_screen(made, folder, top, accept, reject, as_json, tells)
    _on_screen(asked, made, folder, settings, tells or not sys.stdout.isatty())


def _texts(files: tuple[str, ...], clipboard: bool) -> tuple[tuple[str, str], ...]:
    """What is to be reviewed, with whence it is; leaves where there is nothing, or it is too large."""
    if clipboard and files:
        stop(Fault(FaultKind.USAGE, "--clipboard and FILE are two sources.", remedy="Name one of them."))
    if clipboard:
        from beai.core.clipboard import read_clipboard

        text = read_clipboard(os.environ, LIMIT)
        if isinstance(text, Fault):
            stop(text)
        return (("clipboard", text),)
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        remedy = "Pipe one in (git diff | beai review), name a FILE, or use --clipboard; --help tells the rest."
        stop(Fault(FaultKind.USAGE, "There is nothing to review.", remedy=remedy))
    return tuple(_text(file) for file in files or ("-",))


def _text(file: str) -> tuple[str, str]:
    name = "standard input" if file == "-" else file
    try:
        if file == "-":
            data = sys.stdin.buffer.read(LIMIT + 1) if sys.stdin is not None else b""
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        stop(Fault(FaultKind.USAGE, f"{one_line(name)} cannot be read: {why}."))
    if len(data) > LIMIT:
        stop(Fault(FaultKind.USAGE, f"{one_line(name)} holds more than {LIMIT:,} bytes.", remedy="Review it in parts."))
    if not data.strip():
        stop(Fault(FaultKind.USAGE, f"{one_line(name)} is empty."))
    return name, data.decode("utf-8", "surrogateescape")


def _folder(root: Path | None) -> tuple[Path, str]:
    """The top of the repository, or without git the folder itself, and the folder below it from which paths count."""
    from beai.core.loop.preflight import top_of

    try:
        here = Path(root or ".").resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        here = None
    if here is None or not here.is_dir():
        stop(Fault(FaultKind.REPOSITORY, f"{one_line(str(root or '.'))} is not a folder."))
    if ".git" in here.parts:
        stop(Fault(FaultKind.REPOSITORY, f"{one_line(str(here))} belongs to git.", remedy="Go to the working tree."))
    top = top_of(here)
    whole = here if isinstance(top, Fault) else Path(os.path.realpath(top))
    below = os.path.relpath(here, whole).replace(os.sep, "/")
    return whole, "" if below == os.curdir else below


def _without_screen(
    made: Brought,
    folder: Folder,
    top: Path,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    as_json: bool,
    tells: bool,
) -> NoReturn:
    """Do what was named, say what came of it, and leave."""
    from beai.core.edits.change import Verdict
    from beai.core.edits.review import Review
    from beai.core.loop.alone.scripted import decide, outline
    from beai.core.loop.alone.state import Alone

    named = decide(made, accept, reject)
    if isinstance(named, Fault):
        stop(named)
    chosen = () if named.held else named.decisions
    receipt = folder.apply(made.change, chosen) if any(one.verdict is Verdict.ACCEPTED for one in chosen) else None
    if isinstance(receipt, Fault):
        stop(receipt)
    change = folder.checked(made.change) if as_json else made.change
    state = Alone(made, Review(change, chosen), receipt=receipt, over=bool(chosen))
    if as_json:
        click.echo(json.dumps(outline(state, str(top)), indent=2))
    if named.held:
        say(f"Nothing was written: {named.held}")
        sys.exit(1 if made.missing else WAITS)
    if not as_json:
        for note in () if named.held else made.notes:
            say(note)
        _tell(state, tells)
    previews = not accept and not reject
    waits = bool(state.review.undecided()) and not previews
    sys.exit(WAITS if waits else 1 if made.missing and previews else 0)


def _on_screen(asked: Asked, made: Brought, folder: Folder, settings: Settings, tells: bool) -> NoReturn:
    """The screen, until all is decided or the person leaves; then what came of it."""
    from beai.core.loop.alone.compose import compose, goes_on
    from beai.core.loop.alone.reading import nothing
    from beai.tui.own_terminal import at_the_terminal, out_of_reach

    if not made.change.files and not goes_on(asked, made, os.environ):
        _nothing(made, nothing(made), "" if asked.backwards else " -R decides what of it to take back.")
    if fault := out_of_reach():
        stop(fault)
    loop = compose(asked, made, folder, os.environ)
    if isinstance(loop, Fault):
        stop(loop)
    with at_the_terminal():
        _need_room()
        keep()
        from beai.tui.review_app import ReviewApp

        app = ReviewApp(loop, theme=settings.theme, editor=settings.editor, root=str(asked.root))
        app.run()
    _tell(loop.state, tells)
    if loop.state.receipt is not None and (asked.root / "package.json").is_file():
        say("beai test runs the tests.")
    if app.return_code:
        sys.exit(app.return_code)
    fault = loop.state.fault
    sys.exit(0 if loop.state.over else 1 if fault is not None else WAITS)


def _nothing(made: Brought, fault: Fault | None, hint: str) -> NoReturn:
    """Leave where nothing can be decided: all is there already, or nothing of it has a place."""
    for note in made.notes:
        say(note)
    for one in made.missing[:20]:
        say(f"{one.file}: {one.reason.rstrip('.')}.")
        for line in one.nearest.split("\n") if one.nearest else ():
            click.echo(f"    {printable(line)}", err=True)
    if fault is not None:
        stop(fault)
    say(f"There is nothing to decide: the files read so already.{hint}")
    sys.exit(0)


def _need_room() -> None:
    """Leave where the terminal is too small for a screen."""
    size = os.get_terminal_size(0)
    if 0 < size.columns < SMALLEST[0] or 0 < size.lines < SMALLEST[1]:
        said = f"The terminal is {size.columns}×{size.lines}; beai needs {SMALLEST[0]}×{SMALLEST[1]} at least."
        stop(Fault(FaultKind.USAGE, said, remedy="Make the window larger."))


def _tell(state: Alone, tells: bool) -> None:
    """What came of it on stderr; on stdout, where it is wanted, what whoever wrote the patch should hear."""
    from beai.core.loop.alone.feedback import feedback
    from beai.core.loop.alone.told import told

    for line in told(state):
        say(line)
    text = feedback(state)
    if tells and text:
        click.echo(text)
    elif text and state.over:
        say("--feedback prints what to tell whoever wrote the patch.")
