"""``beai replay``: the workbench of a session as it was, event by event; nothing runs and nothing is written."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from beai.core.loop.events.deeds import Opened, Resumed, Understood
from beai.core.loop.session import CaseState, Phase
from beai.core.loop.telling.film import Film, chosen
from beai.tui.replay import LONGEST, SHORTEST, pause
from beai.tui.replay_app import ReplayApp
from beai.tui.screens.cases import CasesCard
from beai.tui.screens.commit import CommitCard
from tests.core.worlds import TASK
from tests.kept import Kept


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """One task from its opening to its commit."""
    kept = Kept(tmp_path_factory.mktemp("whole"))
    kept.drive()
    return kept


@pytest.fixture
def film(whole: Kept) -> Iterator[Film]:
    journal = whole.read()
    found = chosen(journal)
    assert isinstance(found, Film)
    yield found
    journal.close()


@asynccontextmanager
async def shown(film: Film, first: int = 0) -> AsyncIterator[tuple[ReplayApp, Pilot[None]]]:
    app = ReplayApp(film, first)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield app, pilot


async def until(app: ReplayApp, pilot: Pilot[None], reached: Callable[[], bool]) -> None:
    while not reached():
        await pilot.pause()


def said(app: ReplayApp) -> str:
    """The line of the replay."""
    return app._line().plain


async def test_the_keys_go_to_any_event_and_the_line_says_which_it_is_and_what_it_was(film: Film) -> None:
    async with shown(film) as (app, pilot):
        assert f"event 0 of {film.last}" in said(app)
        places = []
        for keys in ("right", "left", "left", "down", "down", "down", "down", "up", "end", "right", "home"):
            await pilot.press(keys)
            places.append(app.frame.number)
        assert places == [1, 0, 0, 1, 2, 4, 6, 4, film.last, film.last, 0]
        await pilot.press("end")
        assert f"event {film.last} of {film.last}" in said(app) and "the task is done" in said(app)
        assert app.session.phase is Phase.DONE and app.session.committed is not None


async def test_what_is_shown_at_an_event_is_the_session_as_it_was_then_in_every_order(whole: Kept, film: Film) -> None:
    onward = [film.frame(number).session for number in range(film.last + 1)]
    journal = whole.read()
    again = chosen(journal)
    assert isinstance(again, Film)
    assert [again.frame(number).session for number in range(film.last, -1, -1)] == onward[::-1]
    assert [case.state for case in onward[11].cases] == [CaseState.RED, CaseState.OPEN]
    journal.close()


async def test_the_windows_of_decisions_stand_where_they_stood_and_decide_nothing(film: Film) -> None:
    async with shown(film, 5) as (app, pilot):
        await until(app, pilot, lambda: isinstance(app.screen, CasesCard))
        await pilot.press("enter", "y", "n", "e", "plus", "a", "d", "x", "r", "R", "U", "g", "h", "D", "M", "S", "C")
        assert app.frame.number == 5 and isinstance(app.screen, CasesCard)
        await pilot.press("escape")
        await until(app, pilot, lambda: not isinstance(app.screen, CasesCard))
        await pilot.press("right", "end", "left", "left")
        await until(app, pilot, lambda: isinstance(app.screen, CommitCard))
        await pilot.press("up", "up")
        await until(app, pilot, lambda: not isinstance(app.screen, CommitCard))
        assert app.session.phase is Phase.RECORD


async def test_words_are_found_in_what_happened_onward_and_from_the_beginning_again(film: Film) -> None:
    async with shown(film) as (app, pilot):
        await pilot.press("slash", *"red c", "enter")
        await until(app, pilot, lambda: app.frame.number == 11)
        await pilot.press("full_stop")
        assert app.frame.number == 22
        await pilot.press("full_stop")
        assert app.frame.number == 11
        await pilot.press("slash", *"zz", "enter")
        await until(app, pilot, lambda: "nothing is told of" in said(app))
        assert app.frame.number == 11


async def test_it_plays_to_the_end_pauses_and_is_as_fast_as_a_digit_says(tmp_path: Path, whole: Kept) -> None:
    kept = Kept(tmp_path)
    kept.write(*whole.events()[:5])  # a second apart
    journal = kept.read()
    film = chosen(journal)
    assert isinstance(film, Film)
    first, second = film.frame(1), film.frame(2)
    assert [pause(first, second, speed) for speed in (1, 2, 9)] == [1.0, 0.5, SHORTEST]
    assert pause(film.frame(0), first, 1) == LONGEST
    async with shown(film) as (app, pilot):
        await pilot.press("space")
        assert "▶ ×1 event 0 of 5" in said(app)
        await pilot.press("space", "9")
        assert "‖ ×256 event 0 of 5" in said(app)
        await pilot.press("space")
        await until(app, pilot, lambda: app.frame.number == 5 and "‖" in said(app))
        await pilot.press("1", "space")
        assert "▶ ×1 event 0 of 5" in said(app), "at the end it plays from the beginning"
    journal.close()


async def test_panes_and_zoom_and_help_only_look_and_q_leaves(film: Film) -> None:
    async with shown(film, 8) as (app, pilot):
        await pilot.press("tab")
        assert app._bench.pane == 4
        await pilot.press("z", "question_mark")
        assert type(app.screen).__name__ == "Help" and app._bench.zoomed
        await pilot.press("escape", "q")
        await until(app, pilot, lambda: app._exit)
        assert app.return_code == 0


def outline(kept: Kept, *words: str) -> dict[str, object]:
    done = kept.command("replay", "--json", *words)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_without_a_screen_the_outline_at_an_event_is_printed(whole: Kept) -> None:
    found = outline(whole, "--to", "11")
    assert (found["session"], found["event"], found["of"]) == (1, 11, len(whole.events()))
    assert found["state"]["phase"] == "green" and found["state"]["cases"] == {"C1": "red", "C2": "open"}
    assert [one["what"] for one in found["what"]] == ["run", "red"]
    assert outline(whole)["event"] == len(whole.events()) and outline(whole)["outcome"]["done"] is True
    assert outline(whole, "--to", "0")["state"]["phase"] == "understand"
    assert outline(whole, "--to", "999")["event"] == len(whole.events())


def test_a_session_or_the_newest_of_a_task_can_be_asked_for(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    none = kept.command("replay", "--json")
    assert none.exit_code == 6 and none.stderr == "beai: No session of this repository was kept yet.\n"
    for task in ("BE-1", "BE-2", "BE-1"):
        kept.write(Opened(task, "drafter", "token"))
    assert outline(kept)["session"] == 3 and outline(kept, "--session", "2")["session"] == 2
    assert outline(kept, "--task", "BE-2")["session"] == 2
    assert (
        kept.command("replay", "--json", "--session", "9").stderr == "beai: There is no session 9. The newest is 3.\n"
    )
    assert kept.command("replay", "--json", "--task", "BE-9").exit_code == 2
    kept.change("UPDATE session SET format = 1 WHERE id = 3")
    refused = kept.command("replay", "--json")
    told = "beai: Session 3 was kept by another version of beai and cannot be shown. It stays in the journal.\n"
    assert (refused.exit_code, refused.stderr) == (2, told)
    assert outline(kept, "--task", "BE-1")["session"] == 1


def test_a_session_that_was_gone_on_with_is_shown_whole(tmp_path: Path, whole: Kept) -> None:
    kept = Kept(tmp_path)
    kept.write(*whole.events()[:6])
    kept.write(Opened("BE-2", "drafter", "token"))
    kept.write(Resumed("drafter"), session=1)
    assert outline(kept, "--session", "1")["of"] == 7
    assert outline(kept, "--session", "1")["what"][0]["what"] == "resumed"
    assert outline(kept, "--session", "1")["state"]["task"] == TASK.id


def test_a_session_that_can_be_read_only_in_part_is_shown_up_to_there(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(Opened("BE-1", "drafter", "token"), Understood(), Understood())
    kept.change("UPDATE entry SET event = '{' WHERE seq = 2")
    found = outline(kept)
    assert (found["event"], found["of"]) == (1, 1) and "Event 2 cannot be read" in found["cut"]


def test_without_a_terminal_it_says_so(whole: Kept) -> None:
    done = whole.command("replay")
    assert done.exit_code == 2 and "terminal" in done.stderr


HEADLESS = """
import asyncio, os, sys
from pathlib import Path
done = []
def heard(name, given):
    if name == "open":
        path, mode, flags = given
        writes = (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        if writes and not str(path).startswith(("/dev/", "/proc/")):
            done.append(f"{name} {path}")
    elif name == "sqlite3.connect":
        if "mode=ro" not in str(given[0]):
            done.append(f"{name} {given[0]}")
    elif name.split(".")[0] in ("subprocess", "socket", "shutil", "ftplib", "urllib") or name in (
        "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.kill", "os.remove",
        "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime",
    ):
        if not name.startswith("socket.__new__"):  # the event loop's own pair
            done.append(f"{name} {given}"[:200])
from beai.core.loop.journal import Journal
from beai.core.loop.telling.film import chosen
from beai.tui.replay_app import ReplayApp
async def main():
    journal = Journal.read(Path(sys.argv[1]))
    app = ReplayApp(chosen(journal))
    sys.addaudithook(heard)
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(1, 60):
            await pilot.press("right")
            if number in (4, 5, 8, 33):
                await pilot.press("enter", "y", "C", "P", "r", "e", "h", "U", "p")
        assert app.session.committed is not None
    journal.close()
asyncio.run(main())
print(done)
ours = ("loop.engine", "loop.perform", "loop.compose", "repo", "watch", "runner.driven", "workspace", "edits.store")
held = (*(f"beai.core.{name}" for name in ours), "litellm", "git", "watchdog")
print(sorted(name for name in held if name in sys.modules))
"""


def test_no_process_is_started_no_address_reached_and_no_file_written_whatever_is_pressed(whole: Kept) -> None:
    """Python's audit hooks (PEP 578) hear each of them; no port is even imported."""
    before = digest(whole.root), digest(whole.state)
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    words = (sys.executable, "-c", HEADLESS, str(whole.folder))
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n[]\n"
    assert (digest(whole.root), digest(whole.state)) == before


def digest(folder: Path) -> dict[str, str]:
    """Every file below a folder with its hash."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def utc() -> Iterator[None]:
    """A clock on the wall that is the same everywhere."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(("first", "size"), [(8, (120, 36)), (5, (80, 24))], ids=["120x36", "80x24-with-a-window"])
def test_the_screen_of_a_replay_looks_as_it_did(
    snap_compare: Callable[..., bool], utc: None, tmp_path: Path, whole: Kept, first: int, size: tuple[int, int]
) -> None:
    kept = Kept(tmp_path)
    kept.write(*whole.events()[:10])
    journal = kept.read()
    film = chosen(journal)
    assert isinstance(film, Film)
    assert snap_compare(ReplayApp(film, first), terminal_size=size)
    journal.close()
