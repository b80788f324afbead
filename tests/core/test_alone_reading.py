"""A patch that a person brings lands in the files that it means, and what of it has no place is told, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from beai.core.edits.match import THERE
from beai.core.fault import Fault
from beai.core.loop.alone.brought import Brought
from beai.core.loop.alone.places import Places
from beai.core.loop.alone.reading import nothing, read

EIGHT = "".join(f"line {number}\n" for number in range(1, 9))
Made = Callable[..., str]


@dataclass
class Held:
    """Files in memory; ``closed`` are there and cannot be read."""

    texts: dict[str, str]
    closed: set[str] = field(default_factory=set)

    def text(self, path: str) -> str | None:
        return self.texts.get(path)

    def there(self, path: str) -> bool:
        return path in self.texts or path in self.closed

    def ending(self, name: str) -> tuple[str, ...]:
        return tuple(path for path in self.texts if path.endswith(f"/{name}"))


def diff(path: str, *hunks: str, old: str = "") -> str:
    return f"--- a/{old or path}\n+++ b/{path}\n" + "".join(hunks)


def from_git(path: str, *hunks: str) -> str:
    return f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n{diff(path, *hunks)}"


def renamed(old: str, new: str, *hunks: str) -> str:
    alike = "90%" if hunks else "100%"
    head = f"diff --git a/{old} b/{new}\nsimilarity index {alike}\nrename from {old}\nrename to {new}\n"
    return head + (f"index 1111111..2222222 100755\n{diff(new, *hunks, old=old)}" if hunks else "")


def changed(at: int, name: str = "line") -> str:
    """A hunk that makes line ``at`` (from 1) another one, with a line around it."""
    return f"@@ -{at - 1},3 +{at - 1},3 @@\n {name} {at - 1}\n-{name} {at}\n+{name} {at} new\n {name} {at + 1}\n"


def brought(text: str, files: dict[str, str], here: str = "", **more: bool) -> Brought:
    only = more.pop("only", False)
    found = read((("a pipe", text),), Places(Held(files), here, only), **more)
    assert isinstance(found, Brought), found
    return found


def after(found: Brought) -> dict[str, str | None]:
    return {file.path: file.after for file in found.change.files}


def test_what_has_a_place_can_be_decided_and_the_rest_is_told_with_the_nearest_lines() -> None:
    found = brought(diff("a.ts", changed(3), changed(6, "word")), {"a.ts": EIGHT})
    assert after(found) == {"a.ts": EIGHT.replace("line 3", "line 3 new")}
    assert (found.edits, found.placed) == (2, 1)
    (left,) = found.missing
    assert left.file == "a.ts" and "-word 6" in left.wanted and "+word 6 new" in left.wanted and not left.there


def test_a_hunk_below_one_without_a_place_goes_where_its_own_lines_are_not_where_the_count_would_have_it() -> None:
    grows = "@@ -1,2 +1,4 @@\n gone\n+x\n+y\n gone too\n"
    twice = "head\n" + "same\n{\n}\n" * 6
    at = 8
    hunk = f"@@ -{at},3 +{at + 2},3 @@\n same\n-{{\n+[\n }}\n"
    found = brought(from_git("a.ts", grows, hunk), {"a.ts": twice})
    lines = twice.split("\n")
    assert lines[at - 1 : at + 1] == ["same", "{"]
    lines[at] = "["
    assert after(found) == {"a.ts": "\n".join(lines)}


def test_what_was_applied_before_is_told_as_there_and_is_not_missing() -> None:
    found = brought(diff("a.ts", changed(3), changed(6)), {"a.ts": EIGHT.replace("line 3", "line 3 new")})
    assert [(left.reason, left.there) for left in found.left] == [(THERE, True)]
    assert (found.edits, found.placed, len(found.change.hunks())) == (2, 2, 1)


def test_paths_of_a_patch_made_in_a_folder_are_found_there() -> None:
    patch = diff("src/a.ts", changed(3)) + diff("src/b.ts", "@@ -0,0 +1 @@\n+new\n", old="/dev/null")
    files = {"app/src/a.ts": EIGHT, "README.md": "x\n"}
    assert set(after(brought(patch.replace("a//dev", "/dev"), files, "app"))) == {"app/src/a.ts", "app/src/b.ts"}


def test_a_path_that_is_there_twice_is_the_roots_and_that_is_said() -> None:
    files = {"src/a.ts": EIGHT, "app/src/a.ts": EIGHT}
    found = brought(diff("src/a.ts", changed(3)), files, "app")
    assert set(after(found)) == {"src/a.ts"} and "--root ." in found.notes[0]
    assert set(after(brought(diff("src/a.ts", changed(3)), files, "app", only=True))) == {"app/src/a.ts"}


def test_a_shortened_path_means_the_one_file_that_ends_so_and_never_one_of_two() -> None:
    one = brought(diff("a.ts", changed(3)), {"src/a.ts": EIGHT})
    assert set(after(one)) == {"src/a.ts"} and "the only file of that name" in one.notes[0]
    two = brought(diff("a.ts", changed(3)), {"src/a.ts": EIGHT, "lib/a.ts": EIGHT})
    assert after(two) == {} and "may be any of 2 files" in two.notes[0] and two.missing[0].file == "a.ts"


def test_a_whole_file_is_never_taken_for_another_of_its_name() -> None:
    found = brought("Here it is.\n\n`limits.ts`:\n\n```ts\nexport const limit = 1;\n```\n", {"src/limits.ts": "old\n"})
    assert set(after(found)) == {"limits.ts"} and "write its whole path" in found.notes[0]


@pytest.mark.parametrize("path", [".git/config", "node_modules/x/index.js", ".env"])
def test_what_nobody_may_write_is_refused_by_itself(path: str) -> None:
    patch = diff("a.ts", changed(3)) + f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"
    found = brought(patch, {"a.ts": EIGHT})
    assert set(after(found)) == {"a.ts"} and found.missing[0].file == path
    assert "may not be written" in found.missing[0].reason


def test_a_file_that_is_there_and_cannot_be_read_is_not_made_anew() -> None:
    held = Held({}, {"a.ts"})
    found = read((("a pipe", "--- /dev/null\n+++ b/a.ts\n@@ -0,0 +1 @@\n+x\n"),), Places(held))
    assert isinstance(found, Brought) and found.change.files == () and "cannot be edited" in found.missing[0].reason


def test_delicate_files_carry_a_warning_so_that_they_are_accepted_alone() -> None:
    found = brought("--- /dev/null\n+++ b/.github/workflows/x.yml\n@@ -0,0 +1 @@\n+x\n", {})
    assert all(hunk.alone for hunk in found.change.hunks())


def test_a_patch_is_taken_back_hunk_by_hunk() -> None:
    patch = diff("a.ts", changed(3), changed(6)) + "--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1 @@\n+new\n"
    done = after(brought(patch, {"a.ts": EIGHT}))
    back = brought(patch, {path: text for path, text in done.items() if text is not None}, backwards=True)
    assert after(back) == {"a.ts": EIGHT, "n.ts": None} and len(back.change.hunks()) == 3


def test_a_renamed_file_keeps_its_line_ends_its_mark_and_its_permissions() -> None:
    text = "\ufeff" + EIGHT.replace("\n", "\r\n")
    found = brought(renamed("run.sh", "bin/go.sh", changed(3)), {"run.sh": text})
    assert after(found) == {"run.sh": None, "bin/go.sh": text.replace("line 3", "line 3 new")}
    assert [file.like for file in found.change.files] == ["", "run.sh"]
    assert after(brought(renamed("run.sh", "go.sh"), {"run.sh": text}))["go.sh"] == text


def test_a_renamed_file_is_taken_back_with_its_lines() -> None:
    patch = renamed("src/a.ts", "src/b.ts", changed(3))
    back = brought(patch, {"src/b.ts": EIGHT.replace("line 3", "line 3 new")}, backwards=True)
    assert after(back) == {"src/a.ts": EIGHT, "src/b.ts": None}


REMOVED = "--- a/n.ts\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n"


def test_a_removed_file_whose_lines_the_patch_holds_is_brought_back() -> None:
    assert after(brought(REMOVED, {"n.ts": "one\r\ntwo\r\n"})) == {"n.ts": None}
    assert after(brought(REMOVED, {}, backwards=True)) == {"n.ts": "one\ntwo\n"}
    there = brought(REMOVED, {"n.ts": "one\nthree\n"}, backwards=True)
    assert after(there) == {} and "there already" in there.missing[0].reason


def test_a_file_that_reads_otherwise_than_a_patch_adds_or_removes_it_is_left_and_the_rest_is_placed() -> None:
    added = "--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1,2 @@\n+one\n+two\n"
    files = {"a.ts": EIGHT, "n.ts": "one\ntwo\nby hand\n"}
    for patch, backwards, reason in ((added, True, "reads otherwise"), (added, False, "there already")):
        here = {**files, "a.ts": EIGHT.replace("line 3", "line 3 new")} if backwards else files
        found = brought(patch + diff("a.ts", changed(3)), here, backwards=backwards)
        assert set(after(found)) == {"a.ts"} and reason in found.missing[0].reason
    assert after(brought(added, {"n.ts": "one\ntwo\n"})) == {}
    assert brought(added, {"n.ts": "one\ntwo\n"}).missing == ()


@pytest.mark.parametrize(
    "text",
    [
        "`a.ts`:\n\n```ts\nexport const a = 1;\n```\n",
        "*** Begin Patch\n*** Delete File: a.ts\n*** End Patch\n",
        "diff --git a/b.ts b/a.ts\nsimilarity index 100%\ncopy from b.ts\ncopy to a.ts\n",
    ],
)
def test_what_does_not_say_what_was_there_before_is_not_taken_back(text: str) -> None:
    found = brought(text, {"a.ts": "export const a = 1;\n", "b.ts": "export const a = 1;\n"}, backwards=True)
    assert after(found) == {} and (found.edits, found.placed) == (1, 0)
    assert "cannot be taken back" in found.missing[0].reason and found.missing[0].file == "a.ts"


def test_hunks_are_taken_back_where_they_stand_also_where_their_lines_are_there_twice() -> None:
    text = "x\n{\n" * 3
    hunks = ("@@ -1,2 +1,4 @@\n x\n+new\n+new\n {\n", "@@ -5 +7 @@\n-x\n+y\n")
    done = after(brought(from_git("a.ts", *hunks), {"a.ts": text}))["a.ts"]
    assert done == "x\nnew\nnew\n{\nx\n{\ny\n{\n"
    assert after(brought(from_git("a.ts", *hunks), {"a.ts": done}, backwards=True)) == {"a.ts": text}


def test_the_end_of_the_last_line_is_a_change_of_its_own_both_ways() -> None:
    bare = "@@ -7,2 +7,2 @@\n line 7\n-line 8\n\\ No newline at end of file\n+line 8\n"
    assert after(brought(diff("a.ts", bare), {"a.ts": EIGHT[:-1]})) == {"a.ts": EIGHT}
    assert after(brought(diff("a.ts", bare), {"a.ts": EIGHT}, backwards=True)) == {"a.ts": EIGHT[:-1]}
    elsewhere = brought(diff("a.ts", bare), {"a.ts": EIGHT + "line 9\n"}, backwards=True)
    assert after(elsewhere) == {} and "line end of the file's last line is removed" in elsewhere.missing[0].wanted


def test_several_patches_follow_one_another() -> None:
    second = changed(4).replace(" line 3\n", " line 3 new\n")
    texts = (("1.patch", diff("a.ts", changed(3))), ("2.patch", diff("a.ts", second)))
    found = read(texts, Places(Held({"a.ts": EIGHT})))
    assert isinstance(found, Brought) and found.placed == found.edits == 2
    assert after(found) == {"a.ts": EIGHT.replace("line 3", "line 3 new").replace("line 4", "line 4 new")}


def test_a_text_without_an_edit_is_a_fault_that_names_its_source() -> None:
    fault = read((("1.patch", diff("a.ts", changed(3))), ("notes.md", "Just words.")), Places(Held({"a.ts": EIGHT})))
    assert isinstance(fault, Fault) and fault.summary.startswith("notes.md: ")


def test_a_patch_of_elsewhere_is_a_fault_and_one_that_is_done_is_none() -> None:
    elsewhere = nothing(brought(diff("zzz.ts", changed(3)), {"a.ts": EIGHT}))
    assert isinstance(elsewhere, Fault) and "no" in elsewhere.summary.lower()
    assert nothing(brought(diff("a.ts", changed(3)), {"a.ts": EIGHT.replace("line 3", "line 3 new")})) is None


TOP = "@@ -1,3 +1,4 @@\n+// top\n line 1\n line 2\n line 3\n"
END = "@@ -6,3 +6,4 @@\n line 6\n line 7\n line 8\n+// end\n"


@pytest.mark.parametrize("made", [from_git, diff], ids=["by git", "by a chat"])
@pytest.mark.parametrize(
    ("hunk", "now"),
    [
        (TOP, f"// top\n{EIGHT}"),
        (END, f"{EIGHT}// end\n"),
        (END, f"// above\n{EIGHT}// end\n// more\n"),
    ],
    ids=["at the start", "at the end", "at the former end"],
)
def test_lines_added_before_or_behind_all_others_are_not_added_again(hunk: str, now: str, made: Made) -> None:
    found = brought(made("a.ts", hunk), {"a.ts": now})
    assert (after(found), [left.reason for left in found.left], found.placed) == ({}, [THERE], 1)


def test_lines_that_git_shows_without_any_around_them_are_not_added_again() -> None:
    bare = "@@ -1,0 +2 @@\n+// second\n"
    done = after(brought(from_git("a.ts", bare), {"a.ts": EIGHT}))["a.ts"]
    assert done == EIGHT.replace("line 2", "// second\nline 2")
    again = brought(from_git("a.ts", bare), {"a.ts": done})
    assert (after(again), [left.reason for left in again.left]) == ({}, [THERE])


def test_what_git_shows_at_the_start_or_the_end_goes_there_and_nowhere_else() -> None:
    text = "same\n}\n" * 4
    end, start = "@@ -7,2 +7,3 @@\n same\n }\n+// end\n", "@@ -1,2 +1,3 @@\n+// top\n same\n }\n"
    assert after(brought(from_git("a.ts", start, end.replace("+7", "+8")), {"a.ts": text}))["a.ts"] == (
        f"// top\n{text}// end\n"
    )
    assert after(brought(from_git("a.ts", end), {"a.ts": text + text}))["a.ts"] == f"{text}{text}// end\n"
    for hunk, now, where in ((end, f"{text}x\n", "end"), (start, f"x\n{text}", "start")):
        found = brought(from_git("a.ts", hunk), {"a.ts": now})
        assert after(found) == {} and f"the file's {where}" in found.missing[0].reason


def test_the_start_and_the_end_are_known_in_another_indentation() -> None:
    indented = "".join(f"  line {number}\n" for number in range(1, 9))
    assert after(brought(from_git("a.ts", TOP), {"a.ts": indented}))["a.ts"] == f"  // top\n{indented}"


ELSEWHERE = "--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-root\n+toor\n"
GOOD = {
    "a diff": (from_git("a.ts", changed(3)), ELSEWHERE),
    "the other way round": (ELSEWHERE, from_git("a.ts", changed(3))),
    "V4A": (
        "*** Begin Patch\n*** Update File: a.ts\n@@\n line 2\n-line 3\n+line 3 new\n line 4\n",
        "*** Update File: /etc/x.ts\n@@\n a\n-b\n+c\n*** End Patch\n",
    ),
    "pairs": (
        "a.ts\n<<<<<<< SEARCH\nline 3\n=======\nline 3 new\n>>>>>>> REPLACE\n",
        "/etc/x.ts\n<<<<<<< SEARCH\nline 5\n=======\nx\n>>>>>>> REPLACE\n",
    ),
    "ours": (
        "### replace in a.ts\n```\nline 3\n```\n```\nline 3 new\n```\n",
        "\n### replace in ../x.ts\n```\nline 3\n```\n```\nx\n```\n\n### end w edits=2 cases=0\n",
    ),
    "a renamed file that is not there": (from_git("a.ts", changed(3)), renamed("gone.ts", "new.ts", changed(3))),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_a_part_that_is_no_edit_is_counted_and_told_and_the_others_are_placed(text: tuple[str, str]) -> None:
    found = brought("".join(text), {"a.ts": EIGHT})
    assert after(found) == {"a.ts": EIGHT.replace("line 3", "line 3 new")}
    assert (found.edits, found.placed) == (2, 1), found
    assert any(words in found.missing[0].reason for words in ("no path below", "not at hand"))


def of_git(old: str, new: str, *lines: str) -> str:
    return "\n".join([f"diff --git a/{old} b/{new}", *lines, ""])


INDEX = "index 1111111..2222222 100644"
BOTH = "Binary files a/x.png and b/x.png differ"
OTHER = {
    "binary": of_git("x.png", "x.png", INDEX, BOTH),
    "new binary": of_git("x.png", "x.png", "new file mode 100644", "Binary files /dev/null and b/x.png differ"),
    "binary patch": of_git("x.png", "x.png", INDEX, "GIT binary patch", "literal 3", "KcmZQ%Vqjbc0ssI600", ""),
    "mode": of_git("x.sh", "x.sh", "old mode 100644", "new mode 100755"),
    "mode and lines": of_git("x.sh", "x.sh", "old mode 100644", "new mode 100755", INDEX)
    + diff("x.sh", "@@ -1,2 +1,2 @@\n line 1\n-line 2\n+line two\n"),
    "submodule": of_git("x", "x", "index 1111111..2222222 160000")
    + diff("x", "@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n"),
    "renamed": of_git("x.png", "y.png", "similarity index 80%", "rename from x.png", "rename to y.png", INDEX, BOTH),
    "removed": of_git("x.png", "x.png", "deleted file mode 100644", "Binary files a/x.png and /dev/null differ"),
}


@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER)
def test_what_no_edit_can_carry_is_a_note_and_the_others_are_placed(other: str) -> None:
    for text in (from_git("a.ts", changed(3)) + other, other + from_git("a.ts", changed(3))):
        found = brought(text, {"a.ts": EIGHT, "x.sh": "line 1\nline 2\n", "x.png": "png\n"})
        assert after(found)["a.ts"] == EIGHT.replace("line 3", "line 3 new")
        assert (found.missing, ["left out" in note for note in found.notes]) == ((), [True])
        assert "a.ts" not in found.notes[0]


def test_a_binary_file_below_the_lines_of_another_one_takes_nothing_of_it() -> None:
    found = brought(f"{diff('a.ts', changed(3))}diff -r a/x.png b/x.png\n{BOTH}\n", {"a.ts": EIGHT})
    assert after(found) == {"a.ts": EIGHT.replace("line 3", "line 3 new")}
    assert found.notes == ("b/x.png is binary: its change is left out",)


@pytest.mark.parametrize(
    ("old", "near"),
    [("liner7", "line 5\nline 6\nline 7"), ("%%%", "line 2\nline 3\nline 4\nline 5\nline 6")],
    ids=["no word in common", "nothing in common"],
)
def test_a_hunk_without_a_place_is_told_with_the_nearest_lines_or_those_it_claims(old: str, near: str) -> None:
    hunk = f"@@ -4 +4 @@\n-{old}\n+new\n"
    assert brought(from_git("a.ts", hunk), {"a.ts": EIGHT}).missing[0].nearest.startswith(near)
