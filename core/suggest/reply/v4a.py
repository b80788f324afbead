"""Patches in the notation of OpenAI's ``apply_patch`` (V4A: "*** Begin Patch") are read here.

OpenAI's documentation, "Apply patch"; in the spellings that other models give it, such as ``*** Begin Patch ***``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.patch import Act, FilePatch, Patch, PatchHunk

_BEGIN = re.compile(r"\*\*\* ?Begin Patch(?: ?\*\*\*)?", re.IGNORECASE)
_END = re.compile(r"\*\*\* ?End Patch(?: ?\*\*\*)?", re.IGNORECASE)
_FILE = re.compile(
    r"\*\*\* ?(?P<act>Update|Add|Create|Delete|Remove) File:? ?(?P<file>\S.*?)(?: ?\*\*\*)?", re.IGNORECASE
)
_MOVE = re.compile(r"\*\*\* ?(?:Move|Rename) to:? ?(?P<file>\S.*)", re.IGNORECASE)
_LAST = re.compile(r"\*\*\* ?End of File.*", re.IGNORECASE)
_ACTS = {"update": Act.CHANGE, "add": Act.ADD, "create": Act.ADD, "delete": Act.DELETE, "remove": Act.DELETE}


def starts(line: str) -> bool:
    """Whether a patch in this notation begins at ``line``."""
    bare = line.strip()
    return bare.startswith("***") and (_BEGIN.fullmatch(bare) is not None or _FILE.fullmatch(bare) is not None)


def read(lines: Sequence[str], line: int = 0, *, whole: bool = False) -> Patch | Complaint:
    """The patch in ``lines``, of which ``line`` (1-based) stands above the first; text around it is left out.

    A patch that was begun and not ended is cut off, unless a ``whole`` text was closed by something else.
    """
    reading = _Reading(line)
    for each in lines:
        if found := reading.take(each):
            return found
    return reading.done(whole)


@dataclass(slots=True)
class _Reading:
    line: int
    inside: bool = False
    begun: bool = False
    ended: bool = False
    indent: int = 0
    file: FilePatch | None = None
    files: list[FilePatch] = field(default_factory=list)
    raw: bool = False  # whether the lines of an added file begin with no plus
    blank: int = 0  # empty lines of it since the last one that is not
    fresh: bool = False  # whether the open hunk has only anchors so far

    def take(self, line: str) -> Complaint | None:
        self.line += 1
        bare = line.strip()
        if bare.startswith("***") and self._mark(line, bare):
            return None
        if not self.inside or self.file is None:
            return None
        line = line[min(self.indent, len(line) - len(line.lstrip(" "))) :]
        match self.file.act:
            case Act.ADD:
                return self._added(line, self.file)
            case Act.DELETE:
                return None
            case _:
                return self._changed(line, self.file)

    def done(self, whole: bool) -> Patch | Complaint:
        if self.begun and not self.ended and not whole:
            return Complaint("its patch has no end, so it seems cut off", "Close it with `*** End Patch`.")
        for each in self.files:
            for hunk in each.hunks:
                while hunk.old[-1:] == hunk.new[-1:] == [""]:
                    hunk.old.pop()
                    hunk.new.pop()
            each.hunks = [hunk for hunk in each.hunks if hunk.old or hunk.new]
            if each.act is Act.CHANGE and not each.hunks:
                return Complaint(f"its patch changes nothing in {each.file}", "Show changed lines.").at(each.line)
        if not self.files:
            return Complaint("its patch names no file", "Write `*** Update File: FILE` above the changes.")
        return Patch(tuple(self.files))

    def _mark(self, line: str, bare: str) -> bool:
        if _BEGIN.fullmatch(bare):
            self.inside = self.begun = True
            self.ended = False
            self.indent = len(line) - len(line.lstrip(" "))
            self.file = None
        elif _END.fullmatch(bare):
            self.inside, self.ended, self.file = False, True, None
        elif found := _FILE.fullmatch(bare):
            self.indent = self.indent if self.begun else len(line) - len(line.lstrip(" "))
            self.inside = True
            self.file = FilePatch(found["file"].strip("`\"'"), self.line, _ACTS[found["act"].lower()])
            self.files.append(self.file)
        elif (found := _MOVE.fullmatch(bare)) and self.file is not None:
            self.file.act, self.file.source, self.file.file = Act.MOVE, self.file.file, found["file"].strip("`\"'")
        else:
            return _LAST.fullmatch(bare) is not None and self.inside
        return True

    def _added(self, line: str, file: FilePatch) -> Complaint | None:
        if not file.hunks:
            file.hunks.append(PatchHunk(self.line))
            self.raw, self.blank = False, 0
        new = file.hunks[0].new
        plus = line.startswith("+")
        if not plus and not line.strip():
            self.blank += bool(new)
            return None
        if new and plus == self.raw:
            return Complaint(
                f"the new file {file.file} has lines with a plus in front and lines without", "Begin each line with +."
            ).at(self.line)
        self.raw = not plus
        new += [""] * self.blank
        self.blank = 0
        new.append(line[1:] if plus else line)
        return None

    def _changed(self, line: str, file: FilePatch) -> Complaint | None:
        if line == "@@" or line.startswith(("@@ ", "@@-")):
            said = line.strip("@").strip()
            said = "" if re.match(r"-\d+(?:,\d+)? \+\d+", said) or said in ("...", "…") else said
            anchors = (said,) if said else ()
            if self.fresh and file.hunks and not file.hunks[-1].old and not file.hunks[-1].new:
                anchors = (*file.hunks[-1].anchors, *anchors)
                file.hunks.pop()
            file.hunks.append(PatchHunk(self.line, anchors=anchors))
            self.fresh = True
            return None
        if not file.hunks:
            file.hunks.append(PatchHunk(self.line))
        self.fresh = False
        hunk, mark = file.hunks[-1], line[:1]
        if mark == "+":
            hunk.new.append(line[1:])
        elif mark == "-":
            hunk.old.append(line[1:])
        else:
            text = line[1:] if mark == " " else line
            hunk.old.append(text)
            hunk.new.append(text)
        return None
