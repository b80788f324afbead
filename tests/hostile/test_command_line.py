"""Whatever is wrong with the place or the words: one clear sentence on stderr, a documented exit code, no traceback."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from beai.core.fault import FaultKind
from beai.core.loop.headless import Exit
from beai.core.loop.journal import home
from beai.tui.main import EXIT, EXIT_CODES

BEAI = (sys.executable, "-m", "beai.tui.main")
LONGEST = 60.0  # seconds
TASKS = "# Tasks\n\n## BE-S1-001: Add `notes.add`\n\n- **Description**: Implement `notes.add`.\n- **Status**: Open\n"
MANIFEST = '{"name": "notes", "devDependencies": {"vitest": "^4.0.0", "@trpc/server": "^11.0.0"}}\n'
SHIPPED = {"package.json": MANIFEST, "tasks/be_tasks.md": TASKS, "src/index.ts": "export {}\n"}
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgSign=false")


@dataclass(frozen=True)
class Ended:
    """How one start ended."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line that says what is wrong."""
        lines = [line for line in self.err.splitlines() if line.startswith("beai: ")]
        assert len(lines) == 1, self.err
        return lines[0].removeprefix("beai: ")


@dataclass
class Place:
    """A folder and what a command started in it sees."""

    root: Path
    state: Path

    def beai(self, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ended:
        """Start the command with a pipe for stdin."""
        done = subprocess.run(
            [*BEAI, *words],
            cwd=cwd or self.root,
            env={**os.environ, "BEAI_STATE": str(self.state), **(env or {})},
            input=b"",
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
        return checked(Ended(done.returncode, _text(done.stdout), _text(done.stderr)))

    def commit(self, files: Mapping[str, str]) -> Place:
        """Make the folder a repository that holds ``files``."""
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        for words in (("init", "-q", "-b", "feature/x"), ("add", "-A"), ("commit", "-q", "-m", "begin")):
            subprocess.run(["git", *IDENTITY, *words], cwd=self.root, check=True, timeout=30)
        return self


def checked(ended: Ended) -> Ended:
    """What holds however a command ends."""
    for printed in (ended.out, ended.err):
        assert "Traceback" not in printed, printed
        assert "\x1b" not in printed, printed
    return ended


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "folder").mkdir()
    return Place(tmp_path / "folder", tmp_path / "state")


@pytest.fixture
def notes(place: Place) -> Place:
    """A repository that beai could work on."""
    return place.commit(SHIPPED)


COMMANDS: dict[str, tuple[str, ...]] = {
    "tasks": ("tasks",),
    "tasks --json": ("tasks", "--json"),
    "run": ("run", "BE-S1-001", "--headless"),
}
every_command = pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)


@every_command
def test_a_folder_that_is_no_repository(place: Place, words: Sequence[str]) -> None:
    ended = place.beai(*words)
    assert (ended.code, ended.out) == (EXIT[FaultKind.REPOSITORY], "")
    assert "is not inside a git repository. Go to one, or try beai demo." in ended.sentence


@every_command
@pytest.mark.parametrize(
    "path",
    ["nowhere", "file", "", "line\nbreak", "\x1b[31mred", os.fsdecode(b"\xff\xfe"), pytest.param("x" * 300, id="long")],
)
def test_a_path_that_is_no_folder(place: Place, words: Sequence[str], path: str) -> None:
    (place.root / "file").write_text("a file")
    ended = place.beai(*words, *(("--path", path) if words[0] == "run" else (path,)))
    if path:  # an empty one is the folder one is in
        assert "is not a folder" in ended.sentence
    assert (ended.code, ended.out) == (EXIT[FaultKind.REPOSITORY], "")


@every_command
def test_a_folder_that_is_gone(place: Place, words: Sequence[str], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", str(gone), *BEAI, *words],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    ended = checked(Ended(done.returncode, done.stdout, done.stderr))
    assert (ended.code, ended.out) == (EXIT[FaultKind.REPOSITORY], "")


@every_command
@pytest.mark.parametrize("inside", [".git", "bare"])
def test_a_folder_without_a_working_tree(notes: Place, words: Sequence[str], inside: str) -> None:
    subprocess.run(["git", "init", "-q", "--bare", "bare"], cwd=notes.root, check=True, timeout=30)
    ended = notes.beai(*words, cwd=notes.root / inside)
    assert (ended.code, ended.out) == (EXIT[FaultKind.REPOSITORY], "")
    assert ended.sentence


def _without(*paths: str) -> dict[str, str]:
    return {path: text for path, text in SHIPPED.items() if path not in paths}


UNFIT: dict[str, tuple[dict[str, str], FaultKind, str]] = {
    "no tasks": (_without("tasks/be_tasks.md"), FaultKind.REPOSITORY, "No task was found in "),
    "nothing": ({"README.md": "hello\n"}, FaultKind.REPOSITORY, "No task was found in "),
    "an empty task file": (SHIPPED | {"tasks/be_tasks.md": ""}, FaultKind.REPOSITORY, "No task was found in "),
}
UNJUDGED: dict[str, dict[str, str]] = {
    "no package": _without("package.json"),
    "no runner": SHIPPED | {"package.json": '{"name": "notes"}'},
    "a broken package": SHIPPED | {"package.json": '{"name": '},
}


@every_command
@pytest.mark.parametrize(("files", "kind", "says"), UNFIT.values(), ids=UNFIT)
def test_a_repository_beai_cannot_work_on(
    place: Place, words: Sequence[str], files: dict[str, str], kind: FaultKind, says: str
) -> None:
    ended = place.commit(files).beai(*words)
    listed = {COMMANDS["tasks"]: "", COMMANDS["tasks --json"]: "[]\n"}.get(tuple(words))  # an empty list is an answer
    assert (ended.code, ended.out) == ((EXIT[kind], "") if listed is None else (0, listed))
    assert says in ended.sentence
    assert len(ended.sentence.split(". ")) >= 2  # what is wrong, and what to do


def test_tasks_that_cannot_be_read_are_a_failure(place: Place) -> None:
    place.commit({"README.md": "hello\n"})
    (place.root / "tasks").mkdir()
    (place.root / "tasks/be_tasks.md").write_bytes(b"## BE-1: One\n- **Status**: Open\n\0")
    ended = place.beai("tasks")
    assert (ended.code, ended.out) == (1, "")
    assert "tasks/be_tasks.md is not read: it is no text: there is a NUL byte in it." in ended.sentence


@pytest.mark.parametrize("files", UNJUDGED.values(), ids=UNJUDGED)
def test_without_a_runner_tasks_are_listed_and_none_is_run(place: Place, files: dict[str, str]) -> None:
    assert place.commit(files).beai(*COMMANDS["tasks"]).code == 0
    ended = place.beai(*COMMANDS["run"])
    assert (ended.code, ended.out) == (EXIT[FaultKind.TESTS], "")
    assert "No test runner was found in " in ended.sentence
    assert "npm install -D vitest@4" in ended.sentence


@every_command
@pytest.mark.parametrize(("missing", "says"), [("node", "Node.js is not installed."), ("git", "git is not installed.")])
def test_a_program_that_is_not_installed(
    notes: Place, words: Sequence[str], missing: str, says: str, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in {"git", "node"} - {missing}:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        (programs / name).symlink_to(found)
    ended = notes.beai(*words, env={"PATH": str(programs)})
    assert (ended.code, ended.out) == (EXIT[FaultKind.MISSING], "")
    assert says in ended.sentence


@every_command
def test_a_tree_that_is_read_only(notes: Place, words: Sequence[str]) -> None:
    read_only = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && exec "$@"'
    script = ["unshare", "-m", "sh", "-c", read_only, "sh", str(notes.root)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*script, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("a read-only mount needs unshare and the right to mount")
    env = {**os.environ, "BEAI_STATE": str(notes.state)}
    done = subprocess.run(
        [*script, *BEAI, *words], env=env, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    ended = checked(Ended(done.returncode, done.stdout, done.stderr))
    assert (ended.code, ended.out) == (EXIT[FaultKind.REPOSITORY], "")
    assert "is read-only for you." in ended.sentence


@pytest.mark.parametrize("words", [(), (".",), ("open",), ("run", "BE-S1-001"), ("demo",)], ids=" ".join)
def test_a_pipe_for_stdin(notes: Place, words: Sequence[str]) -> None:
    ended = notes.beai(*words)
    assert (ended.code, ended.out) == (EXIT[FaultKind.USAGE], "")
    assert "needs a terminal" in ended.sentence
    assert not (notes.root / "beai-demo").exists()


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (200, 1), (4, 19)])
def test_a_terminal_too_small_to_show_anything(notes: Place, size: tuple[int, int]) -> None:
    code, shown = in_terminal(notes, size)
    assert code == EXIT[FaultKind.USAGE]
    assert f"The terminal is {size[1]}×{size[0]}; beai needs " in " ".join(shown.split())
    assert "\x1b" not in shown  # nothing was switched on that would have to be switched off


def in_terminal(place: Place, size: tuple[int, int], *words: str) -> tuple[int, str]:
    """Start the command on a terminal of ``size`` (lines, columns); its exit code and everything it printed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    env |= {"BEAI_STATE": str(place.state), "TERM": "xterm-256color"}
    with subprocess.Popen(
        [*BEAI, *words], cwd=place.root, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = bytearray()
        with suppress(OSError):  # the terminal ends with its last process (pty(7): EIO)
            while chunk := os.read(ours, 4096):
                shown += chunk
        os.close(ours)
        return process.wait(LONGEST), shown.decode()


def test_an_unknown_task_is_named_with_the_known_ones(notes: Place) -> None:
    ended = notes.beai("run", "BE-S9-999", "--headless")
    assert (ended.code, ended.out) == (EXIT[FaultKind.USAGE], "")
    assert ended.sentence == "There is no task BE-S9-999. There are BE-S1-001."


@pytest.mark.parametrize("content", [b'{"hunk": 1}', b"\xff\xfe", None], ids=repr)
def test_a_broken_answers_file(notes: Place, content: bytes | None, tmp_path: Path) -> None:
    """What else can be wrong in one is in ``tests/core/test_headless.py``."""
    answers = tmp_path / "answers.json"
    if content is not None:
        answers.write_bytes(content)
    ended = notes.beai("run", "BE-S1-001", "--headless", "--answers", str(answers))
    assert (ended.code, ended.out) == (EXIT[FaultKind.USAGE], "")
    assert "answers file" in ended.sentence


@pytest.mark.parametrize(
    "words", [("run",), ("tasks", "--yaml"), ("tasks", ".", "."), ("run", "a", "--answers"), ("--nope",)], ids=" ".join
)
def test_wrong_words(notes: Place, words: Sequence[str]) -> None:
    ended = notes.beai(*words)
    assert (ended.code, ended.out) == (EXIT[FaultKind.USAGE], "")
    assert "Error: " in ended.err or "needs a terminal" in ended.err


def test_a_wrong_setting(notes: Place) -> None:
    ended = notes.beai("run", "BE-S1-001", "--headless", env={"BEAI_TEMPERATURE": "hot"})
    assert (ended.code, ended.out) == (EXIT[FaultKind.USAGE], "")
    assert "temperature" in ended.sentence


def _state_is_a_file(place: Place) -> None:
    place.state.write_text("in the way")


def _journal_is_no_database(place: Place) -> None:
    folder = home(place.state, place.root)
    folder.mkdir(parents=True)
    (folder / "journal.db").write_bytes(b"no database" * 500)


@pytest.mark.parametrize("spoil", [_state_is_a_file, _journal_is_no_database])
def test_a_state_folder_that_cannot_be_used(notes: Place, spoil: Callable[[Place], None]) -> None:
    spoil(notes)
    ended = notes.beai("run", "BE-S1-001", "--headless")
    assert ended.code == Exit.FAULT
    assert "cannot be written. Set BEAI_STATE to a folder of yours." in ended.sentence
    assert _outcome(ended)["waits"] == ended.sentence


def test_a_second_start_on_the_same_repository(notes: Place) -> None:
    folder = home(notes.state, notes.root)
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = notes.beai("run", "BE-S1-001", "--headless")
    assert ended.code == Exit.FAULT
    assert ended.sentence == "beai is already open on this repository. Close the other one first."


def test_packages_that_are_not_installed_are_a_fault_of_the_run(notes: Place) -> None:
    answers = notes.state.parent / "answers.json"
    answers.write_text('{"questions": {"trust": 1}}')
    ended = notes.beai("run", "BE-S1-001", "--headless", "--answers", str(answers))
    assert ended.code == Exit.FAULT
    assert "Vitest is not installed" in ended.sentence and "npm ci" in ended.sentence
    assert _outcome(ended)["done"] is False


def test_the_tasks_are_listed_as_data(notes: Place) -> None:
    ended = notes.beai("tasks", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert [(task["id"], task["status"]) for task in json.loads(ended.out)] == [("BE-S1-001", "Open")]
    listed = notes.beai("tasks")
    assert listed.code == 0
    assert listed.out.splitlines() == ["▸ BE-S1-001  Open         Add `notes.add`"]
    assert all(line.startswith("missing: ") for line in listed.err.splitlines())


def test_the_tasks_are_found_from_a_folder_below(notes: Place) -> None:
    assert notes.beai("tasks", cwd=notes.root / "src").out == notes.beai("tasks").out


def test_what_a_task_file_says_does_not_reach_the_terminal_raw(place: Place) -> None:
    evil = "# Tasks\n\n## BE-S1-001: Add \x1b]0;owned\x07\x1b[2J\u202e \r notes\n\n- **Status**: Open\n"
    ended = place.commit(SHIPPED | {"tasks/be_tasks.md": evil}).beai("tasks")
    assert ended.code == 0
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(ended.out)


def test_a_reader_that_goes_away(notes: Place) -> None:
    script = '"$@" | true'
    command = ["bash", "-o", "pipefail", "-c", script, "bash", *BEAI, "tasks", "--json"]
    done = subprocess.run(command, cwd=notes.root, capture_output=True, text=True, timeout=LONGEST, check=False)
    checked(Ended(done.returncode, done.stdout, done.stderr))


def test_an_interrupt_is_one_sentence_and_keeps_the_session(notes: Place, tmp_path: Path) -> None:
    slow = tmp_path / "programs" / "node"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    env = {**os.environ, "BEAI_STATE": str(notes.state), "PATH": f"{slow.parent}{os.pathsep}{os.environ['PATH']}"}
    answers = tmp_path / "answers.json"
    answers.write_text('{"questions": {"trust": 1}}')  # so that it waits for the slow program, and for nobody
    command = [*BEAI, "run", "BE-S1-001", "--headless", "--answers", str(answers)]
    with subprocess.Popen(
        command,
        cwd=notes.root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        lines += process.stdout.readlines()
        ended = checked(Ended(process.wait(LONGEST), _text(b"".join(lines)), _text(process.stderr.read())))
    assert ended.code == EXIT[FaultKind.CANCELLED]
    assert ended.sentence == "Interrupted; the session is kept."
    assert all(json.loads(line) for line in ended.out.splitlines())


def test_the_help_names_every_exit_code(place: Place) -> None:
    for words in (("--help",), ("run", "--help"), ("tasks", "-h"), ("demo", "--help")):
        ended = place.beai(*words)
        assert (ended.code, ended.err) == (0, "")
        assert " ".join(EXIT_CODES.split()) in " ".join(ended.out.split())
    for code in {*EXIT.values(), *Exit}:
        assert f"{int(code)} " in EXIT_CODES


def _outcome(ended: Ended) -> dict[str, object]:
    outcome = json.loads(ended.out.splitlines()[-1])["outcome"]
    assert isinstance(outcome, dict)
    return outcome


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def test_nothing_of_a_repository_runs_before_somebody_agreed(notes: Place) -> None:
    (notes.root / "vitest.config.ts").write_text("import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', '')\n")
    ended = notes.beai("run", "BE-S1-001", "--headless")
    assert ended.code == Exit.WAITING and "trust:" in ended.err
    assert not (notes.root / "ran").exists()
