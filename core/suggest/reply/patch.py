"""A patch as values, whatever notation it was written in, and the edits that it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from beai.core.edits.change import DeleteFile, Edit, PatchLines, WholeFile
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.paths import path

Known = Callable[[str], str | None]
"""The text of a file, or None where it is not at hand."""


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

    ``anchors`` are lines that stand somewhere above. ``trusted`` is whether a program counted: its line numbers count.
    """

    line: int
    at: int = -1
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    anchors: tuple[str, ...] = ()
    trusted: bool = False


@dataclass(slots=True)
class FilePatch:
    """One file's part of a patch; ``source`` is the file it was, for a rename or a copy."""

    file: str
    line: int
    act: Act = Act.CHANGE
    source: str = ""
    hunks: list[PatchHunk] = field(default_factory=list)
    final_newline: bool = True


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


def edits(patch: Patch, known: Known) -> tuple[Edit, ...] | Complaint:
    """The edits that ``patch`` makes, in order; a removed, renamed or copied file must read as the patch says."""
    made: list[Edit] = []
    for each in patch.files:
        found = _edits(each, known)
        if isinstance(found, Complaint):
            return found
        made += found
    return tuple(made)


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
            return _removed(file, each, known(file))
        case Act.MOVE | Act.COPY:
            return _moved(file, source, each, known(source))
        case Act.CHANGE:
            return _changed(file, each, known(file))


def _added(file: str, each: FilePatch) -> Sequence[Edit] | Complaint:
    if any(hunk.old for hunk in each.hunks):
        return Complaint(f"it adds {file}, and yet shows lines that the file has", "Show only added lines.").at(
            each.line
        )
    lines = [line for hunk in each.hunks for line in hunk.new]
    return (WholeFile(file, _text(lines, each.final_newline)),)


def _removed(file: str, each: FilePatch, text: str | None) -> Sequence[Edit] | Complaint:
    said = [line for hunk in each.hunks for line in hunk.old]
    if text is not None and each.hunks and said != _lines(text):
        return Complaint(f"it removes {file}, which reads otherwise now", "Look at the file again.").at(each.line)
    return (DeleteFile(file),)


def _moved(file: str, source: str, each: FilePatch, text: str | None) -> Sequence[Edit] | Complaint:
    verb = "renames" if each.act is Act.MOVE else "copies"
    if text is None:
        return Complaint(
            f"it {verb} {source} to {file}, and the text of {source} is not at hand",
            "Give the new file whole and remove the old one.",
        ).at(each.line)
    lines = _lines(text)
    for hunk in each.hunks:
        places = [hunk.at] if _reads(lines, hunk.old, hunk.at) else _places(lines, hunk.old)
        if len(places) != 1 or not hunk.old:
            return Complaint(
                f"it {verb} {source} to {file}, and {source} does not read as it says",
                "Give the new file whole and remove the old one.",
            ).at(hunk.line)
        lines[places[0] : places[0] + len(hunk.old)] = hunk.new
    whole = WholeFile(file, _text(lines, text.endswith("\n") or not text))
    return (whole,) if each.act is Act.COPY else (DeleteFile(source), whole)


def _changed(file: str, each: FilePatch, text: str | None) -> Sequence[Edit] | Complaint:
    made: list[Edit] = []
    lines = None if text is None else _lines(text)
    shift, below = 0, 0
    for hunk in each.hunks:
        at, old, new = hunk.at, hunk.old, hunk.new
        if hunk.anchors and lines is not None:
            anchored = _anchored(lines, hunk, below)
            if isinstance(anchored, Complaint):
                return anchored
            place, old, new = anchored
            at = place + shift if place >= 0 else -1
            below = place + len(old) if place >= 0 else below
        if not old and not hunk.trusted and not (text == "" and len(each.hunks) == 1):
            return Complaint(
                f"the change of {file} adds lines and does not show where",
                "Show a line of the file above or below them.",
            ).at(hunk.line)
        shift += len(new) - len(old)
        if old != new:
            made.append(PatchLines(file, at, tuple(old), tuple(new)))
    return made


def _anchored(lines: list[str], hunk: PatchHunk, below: int) -> tuple[int, list[str], list[str]] | Complaint:
    """Where a hunk stands below its anchors, line by line; its lines with the anchor's, where it shows none itself."""
    at = below
    for anchor in hunk.anchors:
        found = next((n for n in range(at, len(lines)) if lines[n].strip() == anchor.strip()), None)
        if found is None:
            found = next((n for n in range(at, len(lines)) if anchor.strip() and anchor.strip() in lines[n]), None)
        if found is None:
            return Complaint(f'the file has no line "{anchor.strip()[:80]}" there', "Copy it exactly.").at(hunk.line)
        at = found
    if not hunk.old:
        return at, [lines[at]], [lines[at], *hunk.new]
    place = next((n for n in range(at, len(lines)) if _reads(lines, hunk.old, n)), None)
    if place is None and _places(lines, hunk.old):
        anchor = hunk.anchors[-1].strip()[:80]
        return Complaint(f'the lines stand above "{anchor}", not below it', "Anchor by a line above.").at(hunk.line)
    return (-1 if place is None else place), hunk.old, hunk.new


def _reads(lines: list[str], old: list[str], at: int) -> bool:
    return at >= 0 and lines[at : at + 1] == old[:1] and lines[at : at + len(old)] == old


def _places(lines: list[str], old: list[str]) -> list[int]:
    return [at for at in range(len(lines) - len(old) + 1) if _reads(lines, old, at)] if old else []


def _lines(text: str) -> list[str]:
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return whole.removesuffix("\n").split("\n") if whole else []


def _text(lines: list[str], final_newline: bool) -> str:
    return "\n".join(lines) + ("\n" if final_newline and lines else "")
