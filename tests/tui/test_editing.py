"""A text goes to the person's editor and comes back as it was left."""

import signal
import sys

import pytest

from beai.tui.editing import Unsaved, at_line, inside, outside
from beai.tui.screens.edit import EditCard
from tests.tui import sessions as known

APPEND = "import sys; f = open(sys.argv[1], 'ab'); f.write(b'mine\\n')"
INTERRUPT = "import os, signal; os.kill(os.getppid(), signal.SIGINT)"


def test_the_editor_s_text_comes_back():
    assert outside([sys.executable, "-c", APPEND], "a\r\n", ".ts") == "a\r\nmine\n"


def test_bytes_that_are_no_utf_8_survive_the_editor():
    text = b"a\xff\n".decode("utf-8", "surrogateescape")
    assert outside([sys.executable, "-c", APPEND], text, "") == text + "mine\n"


def test_the_file_has_the_ending_of_what_is_edited():
    check = "import sys; sys.exit(0 if sys.argv[1].endswith('.ts') else 3)"
    assert outside([sys.executable, "-c", check], "a", ".ts") == "a"


@pytest.mark.parametrize("command", [["no-such-editor-anywhere"], ["/usr/bin/env", "no-such-editor-anywhere"]])
def test_an_editor_that_does_not_start_is_a_reason_and_not_an_exception(command):
    assert isinstance(outside(command, "a", ""), OSError)


def test_an_editor_that_ends_in_an_error_changed_nothing():
    script = "import sys; open(sys.argv[1], 'w').write('mine'); sys.exit(1)"
    assert outside([sys.executable, "-c", script], "a", "") == Unsaved(1)


def test_a_ctrl_c_in_the_editor_is_not_ours():
    before = signal.getsignal(signal.SIGINT)
    assert outside([sys.executable, "-c", INTERRUPT], "a", "") == "a"
    assert signal.getsignal(signal.SIGINT) is before


async def test_where_the_terminal_cannot_be_lent_out_the_edit_is_inline(opened):
    async with opened(known.GREEN_REVIEW, editor="vi") as bench:
        await bench.press("e")
        assert isinstance(bench.app.screen, EditCard)


@pytest.mark.parametrize(
    ("command", "opened"),
    [
        ("vim -u NONE", "vim -u NONE +7 /r/a.ts"),
        ("/usr/bin/nano", "/usr/bin/nano +7 /r/a.ts"),
        ("emacsclient -nw", "emacsclient -nw +7 /r/a.ts"),
        ("code --wait", "code --wait -g /r/a.ts:7"),
        ("hx", "hx /r/a.ts:7"),
        ("zed --wait", "zed --wait /r/a.ts:7"),
        ("webstorm --wait", "webstorm --wait --line 7 /r/a.ts"),
        ("my-editor", "my-editor /r/a.ts"),
    ],
)
def test_each_editor_is_told_the_line_as_it_wants_to_be(command, opened):
    assert at_line(command.split(), "/r/a.ts", 7) == opened.split()
    assert at_line(command.split(), "/r/a.ts", 0) == [*command.split(), "/r/a.ts"]


def test_only_files_of_the_repository_are_opened(tmp_path):
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "a.ts").write_text("")
    (tmp_path / "secret").write_text("")
    (repo / "link.ts").symlink_to(tmp_path / "secret")
    assert inside(repo, "a.ts") == repo / "a.ts"
    for name in ("../secret", "link.ts", str(tmp_path / "secret"), "none.ts", ".", "a\0b", "x" * 5_000):
        assert inside(repo, name) is None
