"""A text goes to the person's editor and comes back as it was left."""

import signal
import sys

import pytest

from beai.tui.editing import outside
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


@pytest.mark.parametrize("command", [["no-such-editor-anywhere"], [sys.executable, "-c", "raise SystemExit(1)"]])
def test_an_editor_that_fails_is_a_reason_and_not_an_exception(command):
    assert isinstance(outside(command, "a", ""), OSError)


def test_a_ctrl_c_in_the_editor_is_not_ours():
    before = signal.getsignal(signal.SIGINT)
    assert outside([sys.executable, "-c", INTERRUPT], "a", "") == "a"
    assert signal.getsignal(signal.SIGINT) is before


async def test_where_the_terminal_cannot_be_lent_out_the_edit_is_inline(opened):
    async with opened(known.GREEN_REVIEW, editor="vi") as bench:
        await bench.press("e")
        assert isinstance(bench.app.screen, EditCard)
