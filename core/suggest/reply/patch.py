"""A patch as values, whatever notation it was written in, and the edits that it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from beai.core.edits.change import DeleteFile, Edge, Edit, LastEnd, PatchLines, WholeFile
from beai.core.edits.diff.ends import same_lines
from beai.core.edits.place.in_memory import Files
from beai.core.edits.unplaced import Unplaced
from beai.core.suggest.reply.anchors import anchored
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.paths import path
from beai.core.suggest.reply.rows import Rows

Known = Callable[[str], str | None]
"""The text of a file, or None where it is not at hand."""


class Way(StrEnum):
    """Whether a patch is to be made, or to be taken back."""

    ON = "on"
    BACK = "back"


class Act(StrEnum):
    """What a patch does to a file."""

    CHANGE = "change"
    ADD = "add"
    DELETE = "delete"
    MOVE = "rename"
    COPY = "copy"


@dataclass(slots=True)
class PatchHunk:
    """Lines that become other lines; ``at`` is the 0-based line claimed in the file as the hunks before left it.

    ``was`` is the line claimed in the file as it was. ``anchors`` are lines that stand somewhere above. ``trusted`` is
    whether a program counted: only then do line numbers count. ``bare`` tells of the old and the new side whether its
    last line has no line end.
    """

    line: int
    at: int = -1
    was: int = -1
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    anchors: tuple[str, ...] = ()
    trusted: bool = False
    bare: tuple[bool, bool] = (False, False)

    @property
    def last_end(self) -> LastEnd:
        """What it does to the end of the file's last line."""
        match self.bare:
            case (True, False):
                return LastEnd.ADDED
            case (False, True):
                return LastEnd.REMOVED
            case _:
                return LastEnd.KEPT

    @property
    def edge(self) -> Edge:
        """Where in the file it stands: a program shows lines on both sides of a change wherever there are any.

        As git-apply(1) has it; a hunk that shows none at all was made without (``-U0``).
        """
        above, below = (bool(self.old and self.new) and self.old[at] == self.new[at] for at in (0, -1))
        if not self.trusted or above == below:
            return Edge.NONE
        if above:
            return Edge.END
        return Edge.START if self.was == 0 else Edge.NONE


@dataclass(slots=True)
class FilePatch:
    """One file's part of a patch; ``source`` is the file it was, for a rename or a copy.

    ``empty`` is whether its header says that nothing is in the file that it adds or removes, ``alike`` that a renamed
    file stays as it was.
    """

    file: str
    line: int
    act: Act = Act.CHANGE
    source: str = ""
    hunks: list[PatchHunk] = field(default_factory=list)
    empty: bool = False
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A whole patch; ``notes`` say in words what of it no edit can carry, ``trusted`` that a program made all of it."""

    files: tuple[FilePatch, ...]
    notes: tuple[str, ...] = ()
    trusted: bool = False

    @property
    def places(self) -> int:
        """How many places it changes: hunks, and files that it adds, removes or moves."""
        return sum(max(1, len(each.hunks)) for each in self.files)


@dataclass(frozen=True, slots=True)
class Lost:
    """A part of a text that is no edit, while the others are: its file as it is written, why, and how many places."""

    file: str
    why: Complaint
    places: int = 1


def edits(patch: Patch, known: Known) -> tuple[Edit, ...] | Complaint:
    """The edits that ``patch`` makes, in order, or what is wrong with the first file of which it can make none."""
    made, lost = parts(patch, known)
    return lost[0].why if lost else made


def parts(patch: Patch, known: Known) -> tuple[tuple[Edit, ...], tuple[Lost, ...]]:
    """The edits that ``patch`` makes, in order, and its files of which it can make none.

    A renamed or copied file must read as the patch says. A file may come up again, as in the mails of a series: then it
    reads as what came before left it.
    """
    made: list[Edit] = []
    lost: list[Lost] = []
    files = Files(known)
    carried = {each.source for each in patch.files if each.source}
    for each in patch.files:
        found = _edits(each, files.text)
        if isinstance(found, Complaint):
            lost.append(Lost(each.file, found, max(1, len(each.hunks))))
            continue
        made += found
        for edit in found:
            if not isinstance(edit, PatchLines) or edit.file in carried:
                with suppress(Unplaced):  # what has no place is told where all edits are placed
                    files.make(edit)
    return tuple(made), tuple(lost)


def _edits(each: FilePatch, known: Known) -> Sequence[Edit] | Complaint:
    file = path(each.file)
    source = path(each.source) if each.source else ""
    if isinstance(file, Complaint):
        return file.at(each.line)
    if isinstance(source, Complaint):
        return source.at(each.line)
    match each.act:
        case Act.ADD:
            return _added(file, each)
        case Act.DELETE:
            return _removed(file, each)
        case Act.MOVE | Act.COPY:
            return _moved(file, source, each, known)
        case Act.CHANGE:
            return _changed(file, each, known(file))


def _added(file: str, each: FilePatch) -> Sequence[Edit] | Complaint:
    if any(hunk.old for hunk in each.hunks):
        return Complaint(f"it adds {file}, and yet shows lines that the file has", "Show only added lines.").at(
            each.line
        )
    return (WholeFile(file, _text(each, 1), fresh=True),)


def _removed(file: str, each: FilePatch) -> Sequence[Edit]:
    return (DeleteFile(file, _text(each, 0) if each.hunks or each.empty else None),)


def _moved(file: str, source: str, each: FilePatch, known: Known) -> Sequence[Edit] | Complaint:
    text, there = known(source), known(file)
    verb = "renames" if each.act is Act.MOVE else "copies"
    if text is None:
        what = f"it {verb} {source} to {file}, and the text of {source} is not at hand"
        return Complaint(what, "Give the new file whole and remove the old one.").at(each.line)
    made = _changed(source, each, text)
    if isinstance(made, Complaint):
        return made
    files = Files({source: text}.get)
    try:
        for edit in made:
            files.make(edit)
    except Unplaced as reason:
        what = f"it {verb} {source} to {file}, and {source} does not read as it says: {reason}"
        return Complaint(what, "Give the new file whole and remove the old one.").at(each.line)
    moved = files.text(source) or ""
    if there is not None and not same_lines(there, moved):
        return Complaint(f"it {verb} {source} to {file}, which is there already and reads otherwise").at(each.line)
    whole = WholeFile(file, moved, like=source, fresh=True)
    return (whole,) if each.act is Act.COPY else (DeleteFile(source), whole)


def _changed(file: str, each: FilePatch, text: str | None) -> Sequence[PatchLines] | Complaint:
    made: list[PatchLines] = []
    lines = Rows(text) if text is not None and any(hunk.anchors for hunk in each.hunks) else None
    grown = _Grown()
    for hunk in each.hunks:
        at, old, new = hunk.at if hunk.trusted else -1, tuple(hunk.old), tuple(hunk.new)
        if hunk.anchors and lines is not None:
            found = anchored(lines, hunk.anchors, old, new, grown.below)
            if isinstance(found, Complaint):
                return found.at(hunk.line)
            at, old, new = grown.shifted(found.at), found.old, found.new
            grown.take(found.at, old, new)
        elif lines is not None:
            places = lines.places(old)
            grown.take(places[0] if len(places) == 1 else -1, old, new)
        if not old and not hunk.trusted and not (text == "" and len(each.hunks) == 1):
            return Complaint(
                f"the change of {file} adds lines and does not show where",
                "Show a line of the file above or below them.",
            ).at(hunk.line)
        if old != new or hunk.last_end:
            made.append(PatchLines(file, at, old, new, hunk.last_end, hunk.edge))
    return made


@dataclass(slots=True)
class _Grown:
    """By how many lines chunks at known places make a file longer; ``below`` is where the last of them ended."""

    places: list[tuple[int, int]] = field(default_factory=list)
    below: int = 0
    lost: bool = False

    def take(self, at: int, old: Sequence[str], new: Sequence[str]) -> None:
        """A chunk, at ``at`` of the file as it is (-1: somewhere)."""
        self.lost = self.lost or (at < 0 and len(old) != len(new))
        if at >= 0:
            self.places.append((at, len(new) - len(old)))
            self.below = at + len(old)

    def shifted(self, at: int) -> int:
        """Where line ``at`` of the file as it is will be; -1 where a chunk went before whose place nobody knows."""
        return -1 if self.lost or at < 0 else at + sum(more for place, more in self.places if place < at)


def _text(each: FilePatch, side: int) -> str:
    """The whole text of one side (0 old, 1 new) of a file that is added or removed."""
    lines = [line for hunk in each.hunks for line in (hunk.new if side else hunk.old)]
    bare = bool(each.hunks) and each.hunks[-1].bare[side]
    return "\n".join(lines) + ("\n" if lines and not bare else "")
