"""Unified diffs are read here: from git, from diff and svn, and as models write them, with counts that do not add up.

git's documentation, "Generating patch text with -p", and GNU diffutils, "Detailed Description of Unified Format".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.names import dated, named, stripped, unquoted
from beai.core.suggest.reply.patch import Act, FilePatch, Patch, PatchHunk

_GIT = re.compile(r"diff --git (?P<old>\"[^\"]{1,900}\"|\S.{0,900}?) (?P<new>\"[^\"]{1,900}\"|\S.{0,900})")
_RANGE = re.compile(
    r"@@+ *-(?P<old>\d{1,9})(?:,(?P<olds>\d{1,9}))? *\+(?P<new>\d{1,9})(?:,(?P<news>\d{1,9}))? *(?:@@.*)?"
)
_HUNK = re.compile(r"@@+(?=[ -]|$)")
_INDEX = re.compile(r"index (?P<old>[0-9a-f]{1,64})\.\.(?P<new>[0-9a-f]{1,64})(?: \d{6})?")
_BINARY = re.compile(r"Binary files \S.{0,900} and (?P<new>\S.{0,900}) differ")
_EMPTY = "e69de29"
"""How the hash of an empty file begins (``git hash-object -t blob --stdin < /dev/null``)."""
_SHOW = "Show changed lines below a line `@@ -1,3 +1,4 @@`."
_MAIL_END = re.compile(r"-- ?")
_SIDES = {Act.ADD: "new", Act.DELETE: "old"}
_OTHER = (
    (re.compile(r"diff --(?:cc|combined) .*|@@@+ .*"), "a combined diff of a merge"),
    (re.compile(r"\*{15}.*"), "a context diff"),
    (re.compile(r"\d+(?:,\d+)?[acd]\d+(?:,\d+)?"), "a diff without file names or context"),
)


def is_start(lines: Sequence[str], at: int) -> bool:
    """Whether a unified diff of a file begins at line ``at`` (0-based)."""
    line = lines[at]
    if line.startswith("diff --git "):
        return _GIT.fullmatch(line) is not None
    return line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def other_notation(lines: Sequence[str]) -> str:
    """In words, the notation of a diff that is none of ours; ``""`` for none."""
    if len(lines) > 3 and _OTHER[2][0].fullmatch(lines[0]) and not any(line[:1] in "<>" for line in lines[1:2]):
        return ""
    return next((words for pattern, words in _OTHER for line in lines[:40] if pattern.fullmatch(line)), "")


def read(lines: Sequence[str], line: int = 0, *, file: str = "", whole: bool = False) -> Patch | Complaint:
    """The patch in ``lines``, of which ``line`` (1-based) stands above the first; what is no part of it is left out.

    ``file`` is the file of hunks without a header. A ``whole`` text was closed by something else, so that a last hunk
    shorter than its header says is a wrong count; otherwise it is taken for cut off.
    """
    reading = _Reading(lines, line, whole)
    if file:
        reading.file = reading.named = FilePatch(file, line)
        reading.files.append(reading.file)
    while reading.at < len(lines):
        if found := reading.step():
            return found
    return reading.done()


@dataclass(slots=True)
class _Reading:
    lines: Sequence[str]
    above: int
    whole: bool
    at: int = 0
    file: FilePatch | None = None
    named: FilePatch | None = None  # the file of hunks without a header
    files: list[FilePatch] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    git: tuple[str, str] | None = None
    trusted: bool = False
    remoded: set[int] = field(default_factory=set)  # the lines where files begin of which git tells another mode

    @property
    def number(self) -> int:
        return self.above + self.at + 1

    def step(self) -> Complaint | None:
        line = self.lines[self.at]
        if _OTHER[0][0].fullmatch(line):
            return Complaint(f"it holds {_OTHER[0][1]}", "Make a diff against one parent.").at(self.number)
        if line.startswith("diff --git ") and (found := _GIT.fullmatch(line)):
            self._git(found)
            return None
        if is_start(self.lines, self.at):
            return self._names(line, self.lines[self.at + 1])
        if _HUNK.match(line) and (self.file is not None or _RANGE.fullmatch(line)):
            return self._hunk(line)
        if self.file is not None and not self.file.hunks and line[:1] in ("+", "-", " ") and self.git is None:
            return self._hunk("")
        if (found := _BINARY.fullmatch(line)) and (self.git is None or self.file is None or self.file.hunks):
            self.notes.append(
                f"{named(found['new'])} is binary: its change is left out"
            )  # diffutils names no file above
        elif self.file is not None:
            self._extended(line, self.file)
        self.at += 1
        return None

    def done(self) -> Patch | Complaint:
        notes = tuple(dict.fromkeys(self.notes))
        kept: list[FilePatch] = []
        for each in self.files:
            if each is self.named and not each.hunks and len(self.files) > 1:
                continue
            if each.hunks or each.empty or each.alike:
                kept.append(each)
            elif each.line not in self.remoded:
                return self._without_hunks(each)
        if not kept and not notes:
            return Complaint("its diff has no hunk", _SHOW)
        made = all(hunk.trusted for each in kept for hunk in each.hunks)
        return Patch(tuple(kept), notes, made)

    def _without_hunks(self, each: FilePatch) -> Complaint:
        """A header alone changes nothing: what stood below it was lost, or the text ends too early."""
        match each.act:
            case Act.CHANGE if len(self.files) == 1 and self.git is None:
                return Complaint("its diff has no hunk", _SHOW)
            case Act.CHANGE:
                what, advice = f"it names {each.file} and has no hunk for it", _SHOW
            case Act.ADD:
                what, advice = f"it adds {each.file} and does not show what is in it", "Show all of its lines."
            case Act.DELETE:
                what, advice = f"it removes {each.file} and does not show what was in it", "Show all of its lines."
            case Act.MOVE | Act.COPY:
                what, advice = f"it changes {each.source} on its way to {each.file} and has no hunk for it", _SHOW
        return Complaint(f"{what}, so it seems cut off", advice).at(each.line)

    def _git(self, found: re.Match[str]) -> None:
        old, new = self._same_name(found)
        self.git = (old, new)
        self.trusted = False
        file = stripped(old, new)[1]
        self.file = FilePatch(file, self.number)
        self.files.append(self.file)
        self.at += 1

    def _same_name(self, found: re.Match[str]) -> tuple[str, str]:
        """Names with blanks are not quoted by git: then both halves are the same but for their prefix."""
        rest = found.string[len("diff --git ") :]
        if not rest.startswith('"') and rest.count(" ") > 1 and len(rest) % 2:
            half = len(rest) // 2
            if rest[half] == " " and rest[:half].partition("/")[2] == rest[half + 1 :].partition("/")[2]:
                return rest[:half], rest[half + 1 :]
        return unquoted(found["old"]), unquoted(found["new"])

    def _names(self, first: str, second: str) -> Complaint | None:
        old, new = named(first[4:]), named(second[4:])
        file = self.file
        if self.git is None or file is None or file.hunks:
            self.git, self.trusted = None, False
            self.file = file = FilePatch("", self.number)
            self.files.append(file)
        self.trusted = self.trusted or dated(first[4:])
        if old == new == "/dev/null":
            return Complaint("its diff names no file").at(self.number)
        if old == "/dev/null":
            file.act, name = Act.ADD, self._sole(new, 1)
        elif new == "/dev/null":
            file.act, name = Act.DELETE, self._sole(old, 0)
        else:
            before, name = stripped(old, new)
            if file.act not in (Act.MOVE, Act.COPY) and before not in (name, f"{name}.orig", f"{name}.old"):
                return Complaint(f"its diff is of two files, {before[:200]} and {name[:200]}", "Name one file.").at(
                    self.number
                )
        file.file = name if file.act not in (Act.MOVE, Act.COPY) else file.file
        self.at += 2
        return None

    def _sole(self, name: str, side: int) -> str:
        """The name of a file that is only on one side; git's line above has both, by which its prefix is known."""
        named = self.git if self.git is not None and self.git[side] == name else (name, name)
        return stripped(*named)[side]

    def _extended(self, line: str, file: FilePatch) -> None:
        """git's extended headers; what no edit can carry becomes a note."""
        match line.split(" "):
            case ["index", *_] if found := _INDEX.fullmatch(line):
                self.trusted = True
                file.empty = file.act in (Act.ADD, Act.DELETE) and found[_SIDES[file.act]].startswith(_EMPTY)
                if line.endswith(" 160000"):
                    self._submodule(file)
            case ["similarity", "index", "100%"]:
                file.alike = True
            case ["new", "file", "mode", mode]:
                file.act = Act.ADD
                if mode == "160000":
                    self._submodule(file)
                elif mode != "100644":
                    self.notes.append(f"{file.file} is made with mode {mode}: the mode is left out")
            case ["deleted", "file", "mode", mode]:
                file.act = Act.DELETE
                if mode == "160000":
                    self._submodule(file)
            case ["new", "mode", mode]:
                self.remoded.add(file.line)
                self.notes.append(f"{file.file} gets mode {mode}: the mode is left out")
            case ["rename" | "copy" as verb, "from", *_]:
                file.act = Act.MOVE if verb == "rename" else Act.COPY
                file.source = unquoted(line.split(" ", 2)[2])
            case ["rename" | "copy", "to", *_]:
                file.file = unquoted(line.split(" ", 2)[2])
            case ["Binary", "files", *_] | ["GIT", "binary", "patch"]:
                self.notes.append(f"{file.file} is binary: its change is left out")
                self._drop(file)
            case ["Submodule", *_]:
                self._submodule(file)

    def _submodule(self, file: FilePatch) -> None:
        self.notes.append(f"{file.file} is a submodule: its change is left out")
        self._drop(file)

    def _drop(self, file: FilePatch) -> None:
        """Nothing of this file becomes an edit; its hunks, if any follow, are read and forgotten."""
        if self.files and self.files[-1] is file:
            self.files.pop()

    def _hunk(self, header: str) -> Complaint | None:
        if (file := self.file) is None:
            return Complaint("its diff names no file", "Write the lines `--- a/FILE` and `+++ b/FILE` above it.").at(
                self.number
            )
        counted = _RANGE.fullmatch(header)
        hunk = PatchHunk(self.number)
        left: tuple[int, int] | None = None
        if counted:
            olds, news = int(counted["olds"] or 1), int(counted["news"] or 1)
            hunk.at = max(0, int(counted["new"]) - (1 if news else 0))
            hunk.was = max(0, int(counted["old"]) - (1 if olds else 0))
            hunk.trusted = self.trusted
            left = (olds, news)
        self.at += bool(header)
        short = self._body(hunk, left)
        if short and not self.whole and self.at >= len(self.lines):
            return Complaint(
                f"the last hunk, in its line {hunk.line}, is {short} lines shorter than it says: it seems cut off",
                "Copy all of it.",
            )
        if hunk.old or hunk.new:
            file.hunks.append(hunk)
        return None

    def _body(self, hunk: PatchHunk, left: tuple[int, int] | None) -> int:
        """Read a hunk's lines; how many lines it is shorter than it says."""
        olds, news = left or (0, 0)
        blanks = 0
        while self.at < len(self.lines):
            line = self.lines[self.at]
            mark = line[:1]
            owed = left is not None and (olds > len(hunk.old) or news > len(hunk.new))
            if self._ends(line, owed):
                break
            if mark == "\\":
                self._no_newline(hunk)
            elif mark == "+":
                hunk.new.append(line[1:])
            elif mark == "-":
                hunk.old.append(line[1:])
            elif mark in (" ", "") or owed or self.whole:
                text = line[1:] if mark == " " else line
                hunk.old.append(text)
                hunk.new.append(text)
            else:
                break
            blanks = blanks + 1 if not line else 0
            self.at += 1
        while blanks and (left is None or len(hunk.old) > olds or len(hunk.new) > news):
            hunk.old.pop()
            hunk.new.pop()
            blanks -= 1
        return max(0, olds - len(hunk.old)) + max(0, news - len(hunk.new))

    def _ends(self, line: str, owed: bool) -> bool:
        if _HUNK.match(line) or line.startswith("diff --git "):
            return True
        if owed:
            return False
        if line.startswith(("Index: ", "Only in ", "diff ", "From ")) or is_start(self.lines, self.at):
            return True
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        return _MAIL_END.fullmatch(line) is not None and re.match(r"\d+\.\d+", following) is not None

    def _no_newline(self, hunk: PatchHunk) -> None:
        """Said of the line above: of its side, and of both where it is on both."""
        before = self.lines[self.at - 1][:1]
        hunk.bare = (hunk.bare[0] or before != "+", hunk.bare[1] or before != "-")
