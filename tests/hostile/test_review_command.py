"""``beai review`` without a screen tells the truth of whatever is piped into it, and never half-writes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beai.core.edits.change import Receipt
from beai.core.edits.store import Store
from beai.core.loop.alone.brought import Brought
from beai.core.loop.alone.compose import Asked, brought, compose, folder_of
from beai.core.loop.alone.folder import Folder
from beai.core.loop.alone.loop import Reviewing
from beai.core.loop.journal import home
from beai.core.suggest.exchange import Purpose
from beai.tui.main import main

TEXT = "".join(f"line {number}\n" for number in range(1, 9))
HUNK = "@@ -2,3 +2,3 @@\n line 2\n-line 3\n+line 3 new\n line 4\n"
DIFF = f"--- a/a.txt\n+++ b/a.txt\n{HUNK}"
NEW = TEXT.replace("line 3", "line 3 new")
MAIL = f"""From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: Someone <someone@example.com>
Date: Mon, 1 Sep 2025 10:00:00 +0000
Subject: [PATCH] Make line three new

Because it was old.
---
 a.txt | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/a.txt b/a.txt
index 0123456..89abcde 100644
{DIFF}--
2.40.0
"""
FORMS = {
    "git's own": f"diff --git a/a.txt b/a.txt\nindex 0123456..89abcde 100644\n{DIFF}",
    "without a/": DIFF.replace("a/a.txt", "a.txt").replace("b/a.txt", "a.txt"),
    "format-patch": MAIL,
    "V4A": "*** Begin Patch\n*** Update File: a.txt\n@@\n line 2\n-line 3\n+line 3 new\n line 4\n*** End Patch\n",
    "search and replace": "a.txt\n<<<<<<< SEARCH\nline 3\n=======\nline 3 new\n>>>>>>> REPLACE\n",
    "ours": "I do it.\n\n### replace in a.txt\n```\nline 3\n```\n```\nline 3 new\n```\n\n### end w edits=1 cases=0\n",
    "a chat": f"Sure! Here is the change:\n\n```diff\n{DIFF}```\n\nThen run:\n\n```bash\nnpm test\n```\n\nEnjoy!\n",
    "mnemonic prefixes": f"diff --git i/a.txt w/a.txt\nindex 0123456..89abcde 100644\n--- i/a.txt\n+++ w/a.txt\n{HUNK}",
    "coloured": "".join(
        f"\x1b[{1 if line[:1] in '-+' and line[1:2] in '-+' else 36}m{line}\x1b[m\n" for line in DIFF.splitlines()
    ),
    "CRLF": DIFF.replace("\n", "\r\n"),
}


class Place:
    """A folder that holds ``a.txt``, and beai started in it with something piped in."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "folder", folder / "state"
        self.root.mkdir()
        self.write("a.txt", TEXT)

    def write(self, path: str, text: str | bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text.encode() if isinstance(text, str) else text)

    def review(self, text: str | bytes, *words: str, env: Mapping[str, str] | None = None) -> Result:
        with chdir(self.root):
            done = CliRunner().invoke(
                main, ["review", *words], input=text, env={"BEAI_STATE": str(self.state), **(env or {})}
            )
        for printed in (done.stdout, done.stderr):
            assert "Traceback" not in printed and "\x1b" not in printed
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def json(self, text: str | bytes, *words: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.review(text, "--json", *words).stdout)
        return made

    @property
    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_notation_is_previewed_without_a_write_and_then_applied(place: Place, text: str) -> None:
    made = place.json(text)
    assert (made["edits"], made["placed"], made["left"]) == (1, 1, [])
    assert place.files == {"a.txt": TEXT.encode()}
    done = place.review(text, "--accept", "all")
    assert (done.exit_code, place.files) == (0, {"a.txt": NEW.encode()})
    assert "beai: Wrote 1 hunk to a.txt. beai undo takes it back." in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DIFF.replace("new", "nëw").encode("latin-1"), "it is not UTF-8: its line "),
        (DIFF.encode("utf-16"), "it is UTF-16, not UTF-8"),
        (DIFF.replace("new", "n\0w").encode(), "it holds characters that no source file may hold"),
    ],
    ids=["latin-1", "UTF-16", "NUL"],
)
def test_a_patch_in_another_encoding_is_refused_in_one_sentence(place: Place, text: bytes, said: str) -> None:
    done = place.review(text, "--accept", "all")
    assert done.exit_code == 1 and done.stdout == "" and place.files == {"a.txt": TEXT.encode()}
    (line,) = [line for line in done.stderr.splitlines() if "cannot be used" in line]
    assert said in line


def test_what_was_written_in_a_folder_without_git_can_be_undone(place: Place) -> None:
    assert place.review(DIFF, "--accept", "all").exit_code == 0
    undone = CliRunner().invoke(main, ["undo", "--yes", str(place.root)], env={"BEAI_STATE": str(place.state)})
    assert (undone.exit_code, place.files) == (0, {"a.txt": TEXT.encode()}), undone.output


def test_a_new_file_of_a_diff_with_mnemonic_prefixes_loses_its_prefix(place: Place) -> None:
    new = "diff --git c/n.txt i/n.txt\nnew file mode 100644\n--- /dev/null\n+++ i/n.txt\n@@ -0,0 +1 @@\n+new\n"
    assert [file["path"] for file in place.json(new)["files"]] == ["n.txt"]


def test_line_ends_of_the_file_stay(place: Place) -> None:
    place.write("a.txt", TEXT.replace("\n", "\r\n"))
    assert place.review(DIFF, "--accept", "all").exit_code == 0
    assert place.files == {"a.txt": NEW.replace("\n", "\r\n").encode()}


def test_hunks_are_taken_and_refused_by_name_and_the_feedback_is_printed(place: Place) -> None:
    both = DIFF + "@@ -6,3 +6,3 @@\n line 6\n-line 7\n+line 7 new\n line 8\n"
    done = place.review(both, "--accept", "a.txt#1", "--reject", "a.txt#2=keep seven", "--feedback")
    assert (done.exit_code, place.files) == (0, {"a.txt": NEW.encode()})
    assert "I rejected this: keep seven." in done.stdout and "line 3 new" not in done.stdout


def test_a_hunk_that_nobody_named_is_not_written_and_waits(place: Place) -> None:
    both = DIFF + "@@ -6,3 +6,3 @@\n line 6\n-line 7\n+line 7 new\n line 8\n"
    made = place.review(both, "--json", "--accept", "a.txt#1")
    assert made.exit_code == 3 and json.loads(made.stdout)["undecided"] == ["a.txt#2"]
    assert place.files == {"a.txt": NEW.encode()}


def test_a_patch_with_an_edit_that_has_no_place_is_written_whole_or_not_at_all(place: Place) -> None:
    partly = DIFF + "--- a/gone.txt\n+++ b/gone.txt\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n"
    made = place.review(partly, "--json", "--accept", "all")
    assert made.exit_code == 1 and place.files == {"a.txt": TEXT.encode()}
    told = json.loads(made.stdout)
    assert (told["edits"], told["placed"], told["left"][0]["file"]) == (2, 1, "gone.txt")
    assert "Nothing was written: 1 of 2 edits have no place" in made.stderr
    assert place.review(partly, "--accept", "a.txt#1").exit_code == 0 and place.files == {"a.txt": NEW.encode()}


def test_a_patch_that_was_applied_before_has_nothing_to_decide(place: Place) -> None:
    place.write("a.txt", NEW)
    done = place.review(DIFF)
    assert (done.exit_code, done.stdout) == (0, "") and "nothing to decide" in done.stderr


@pytest.mark.parametrize("words", [[], ["--accept", "all"], ["--reject", "all"]], ids=" ".join)
def test_a_patch_that_was_applied_before_says_so_and_is_not_applied_again(place: Place, words: list[str]) -> None:
    place.write("a.txt", f"// top\n{TEXT}// end\n")
    top, end = "@@ -1,2 +1,3 @@\n+// top\n line 1\n line 2\n", "@@ -7,2 +8,3 @@\n line 7\n line 8\n+// end\n"
    git = "diff --git a/a.txt b/a.txt\nindex 0123456..89abcde 100644\n--- a/a.txt\n+++ b/a.txt\n"
    done = place.review(f"{git}{top}{end}", *words)
    assert (done.exit_code, place.files) == (0, {"a.txt": f"// top\n{TEXT}// end\n".encode()})
    assert "beai: There is nothing to decide: the files read so already." in done.stderr


def test_every_outcome_without_a_screen_is_one_sentence_at_least(place: Place) -> None:
    both = DIFF + "@@ -6,3 +6,3 @@\n line 6\n-line 7\n+line 7 new\n line 8\n"
    place.write("a.txt", NEW)
    half = place.review(both, "--accept", "all")
    assert half.stderr.splitlines()[0].startswith("beai: Wrote 1 hunk to a.txt.")
    assert "1 edit of 2 was made before." in half.stderr
    place.write("a.txt", TEXT)
    assert place.review(both, "--reject", "all").stderr.startswith(
        "beai: Nothing was written.\nbeai: Rejected 2 hunks.\n"
    )
    waits = place.review(both, "--reject", "a.txt#1")
    assert (waits.exit_code, "1 hunk is undecided" in waits.stderr) == (3, True), waits.stderr


def test_a_file_that_parses_no_more_is_told_with_its_line_once_it_is_written(place: Place) -> None:
    place.write("a.ts", "export const a = {\n  b: 1,\n};\n")
    place.write("was.ts", "export const = 1;\nexport const c = 1;\n")
    good = (
        "--- a/was.ts\n+++ b/was.ts\n@@ -1,2 +1,2 @@\n export const = 1;\n-export const c = 1;\n+export const c = 2;\n"
    )
    harm = "--- a/a.ts\n+++ b/a.ts\n@@ -1,3 +1,2 @@\n export const a = {\n   b: 1,\n-};\n"
    done = place.review(good + harm, "--accept", "all")
    assert done.exit_code == 0 and place.files["a.ts"] == b"export const a = {\n  b: 1,\n"
    (told,) = [line for line in done.stderr.splitlines() if "parse" in line]
    assert told.startswith("beai: a.ts:") and told.endswith(" does not parse any more.")


def test_a_patch_of_elsewhere_says_so_with_the_nearest_lines(place: Place) -> None:
    place.write("a.txt", TEXT.replace("line 3", "line three"))
    done = place.review(DIFF)
    assert done.exit_code == 1 and "The edit has no place here." in done.stderr and "line three" in done.stderr


def test_a_review_that_was_left_is_opened_again_also_where_none_of_its_lines_is_left(place: Place) -> None:
    """Without a terminal it says that one is missing; of a patch that nobody saw yet, that it has no place."""
    asked, env = Asked(place.root, (("standard input", DIFF),)), {"BEAI_STATE": str(place.state)}
    folder = folder_of(asked, env)
    assert isinstance(folder, Folder)
    made = brought(asked, folder)
    assert isinstance(made, Brought)
    left = compose(asked, made, folder, env)
    assert isinstance(left, Reviewing)
    asyncio.run(left.close())
    place.write("a.txt", TEXT.replace("line 3", "line three"))
    again = place.review(DIFF)
    assert again.exit_code == 2 and "place here" not in again.stderr
    for other in (place.review(DIFF, "--new"), place.review(DIFF.replace("line 3 new", "line 3 newer"))):
        assert other.exit_code == 1 and "The edit has no place here." in other.stderr


def test_what_is_in_the_files_is_taken_back(place: Place) -> None:
    place.write("a.txt", NEW)
    assert place.review(DIFF, "-R", "--accept", "all").exit_code == 0
    assert place.files == {"a.txt": TEXT.encode()}


@pytest.mark.parametrize("words", [["--accept", "all"], ["--json"]], ids=" ".join)
def test_what_a_crash_left_half_written_is_put_back_first_and_said(place: Place, words: list[str]) -> None:
    assert isinstance(Store(place.root, home(place.state, place.root)).overwrite("a.txt", "half\n"), Receipt)
    done = place.review(DIFF, *words)
    said = "A write that was interrupted was put back: a.txt."
    if "--json" in words:
        assert (json.loads(done.stdout)["notes"], place.files) == ([said], {"a.txt": TEXT.encode()})
    else:
        assert (done.stderr.splitlines()[0], place.files) == (f"beai: {said}", {"a.txt": NEW.encode()})


NOTHING: dict[str, tuple[str | bytes, int, str]] = {
    "nothing at all": ("", 2, "standard input is empty"),
    "blank lines": ("\n \n", 2, "standard input is empty"),
    "prose": ("I think that this is fine as it is.\n", 1, "cannot be used"),
    "binary": (b"\x7fELF\0\0\x01" * 40, 1, "cannot be used"),
    "Latin-1": ("--- a/ä\n".encode("latin-1"), 1, "cannot be used"),
    "6 MB": (b"+" * 6_000_000, 2, "holds more than 5,000,000 bytes"),
    "a binary patch": ("diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n", 1, "binary"),
    "a fence that never closes": (f"```diff\n{DIFF}", 1, "never closes"),
    "a path outside": (DIFF.replace("a.txt", "../../etc/passwd"), 1, "no path below"),
    "git's own file": (DIFF.replace("a.txt", ".git/config"), 1, "it belongs to git"),
    "terminal controls": ("--- a/\x1b[2Jx\n+++ b/\x1b[2Jx\n@@ -1 +1 @@\n-a\n+b\n", 1, ""),
}


@pytest.mark.parametrize(("text", "code", "says"), NOTHING.values(), ids=NOTHING)
def test_what_cannot_be_reviewed_is_one_clear_sentence(place: Place, text: str | bytes, code: int, says: str) -> None:
    done = place.review(text)
    assert (done.exit_code, done.stdout, says in done.stderr) == (code, "", True), done.stderr
    assert place.files == {"a.txt": TEXT.encode()}


def test_hundreds_of_hunks_that_have_no_place_are_each_told(place: Place) -> None:
    place.write("a.txt", "".join(f"const value{n} = {n};\n" for n in range(3_000)))
    hunks = (f"@@ -{n},2 +{n},2 @@\n const other{n} = {n};\n-const gone{n} = {n};\n+x\n" for n in range(1, 200))
    made = place.json("--- a/a.txt\n+++ b/a.txt\n" + "".join(hunks))
    assert (made["edits"], made["placed"]) == (199, 0)
    assert len(made["left"]) == 199 and made["left"][0]["nearest"]


def test_sources_are_named_once_and_must_be_there(place: Place) -> None:
    (place.root.parent / "p.patch").write_text(DIFF)
    assert place.json("", "../p.patch")["source"] == "../p.patch"
    assert place.review("", "nowhere.patch").exit_code == 2
    assert place.review("", "--clipboard", "../p.patch").exit_code == 2
    assert place.review(DIFF, "--root", "nowhere").exit_code == 5
    assert place.review(DIFF, "--accept", "zzz#1").exit_code == 2


def test_the_clipboard_is_read_by_the_tool_that_is_there_and_none_is_no_traceback(place: Place, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    env = {"PATH": str(tools), "WAYLAND_DISPLAY": "wayland-0"}
    none = place.review("", "--clipboard", "--json", env=env)
    assert none.exit_code == 6 and "wl-paste" in none.stderr
    (tools / "wl-paste").write_text(f"#!/bin/sh\n/bin/cat '{tmp_path}/copied'\n")
    (tools / "wl-paste").chmod(0o755)
    (tmp_path / "copied").write_text(DIFF)
    assert json.loads(place.review("", "--clipboard", "--json", env=env).stdout)["source"] == "clipboard"


def test_without_a_terminal_it_says_what_to_do(place: Place) -> None:
    done = subprocess.run(
        (sys.executable, "-m", "beai.tui.main", "review"),
        input=DIFF.encode(),
        cwd=place.root,
        env={**os.environ, "BEAI_STATE": str(place.state)},
        capture_output=True,
        timeout=60,
        start_new_session=True,  # no terminal can be reached from it
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"needs a terminal" in done.stderr and b"--accept" in done.stderr and b"Traceback" not in done.stderr


def test_the_prompt_for_a_chat_asks_for_what_is_read(place: Place) -> None:
    asked = place.review("", "--prompt").stdout
    assert "unified diff" in asked and str(Purpose.CODE) in asked and len(asked) < 2_000
