"""Edits that stand under no heading of ours: patches, marked pairs and whole files, as other assistants write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from beai.core.edits.change import Edit, WholeFile
from beai.core.suggest.reply import unified, v4a
from beai.core.suggest.reply.backwards import taken_back, turned
from beai.core.suggest.reply.code import cleaned, elided
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.markers import Pair, has_marks, pairs
from beai.core.suggest.reply.patch import Known, Lost, Patch, Way, parts
from beai.core.suggest.reply.paths import commented, in_info, named_in, path
from beai.core.suggest.reply.replacing import gap_in, is_patch, read_patch, replacement
from beai.core.suggest.reply.scan import Fence

_PATH = re.compile(r"[\w@$.~-]{0,100}[/\\][^\s`<>]{1,400}")
_NAME_IT = "Write the path on a line of its own above each, or use the headings."


@dataclass(frozen=True, slots=True)
class Loose:
    """What was found: ``files`` and ``places`` count it as models do, ``notes`` tell what no edit can carry.

    ``start`` is the line (0-based) where it begins, -1 where it stands in fences. ``stuck`` cannot be taken back, and
    ``lost`` are parts that are no edit.
    """

    edits: tuple[Edit, ...]
    files: int
    places: int
    notes: tuple[str, ...] = ()
    start: int = -1
    stuck: tuple[Edit, ...] = ()
    lost: tuple[Lost, ...] = ()


def bare_patch(
    lines: Sequence[str], known: Known, *, whole: bool, limit: int, way: Way = Way.ON
) -> Loose | Complaint | None:
    """The patch, or the marked pairs, that stand in a text outside of any fence; None where there are none."""
    for at, line in enumerate(lines):
        if not line:
            continue
        if line.lstrip().startswith(("```", "~~~")):
            return None
        if v4a.starts(line):
            return _counted(v4a.read(lines[at:], at, whole=whole), known, at, limit, way)
        if unified.is_start(lines, at):
            return _counted(unified.read(lines[at:], at), known, at, limit, way)
        if has_marks((line,)):
            found = pairs(lines)
            return found if isinstance(found, Complaint) else _turned(_replaced(found, known, at), way)
    return None


def fenced(fences: Iterable[Fence], known: Known, limit: int, way: Way = Way.ON) -> Loose | Complaint | None:
    """The edits in fences that are patches, hold marked pairs, or are named after a file; None where there are none.

    A fence that has no name is no edit: it shows something.
    """
    made: list[Loose] = []
    places = 0
    name = ""
    for fence in fences:
        name = _named(fence) or name
        found = _one(fence, name, known, limit, way)
        if isinstance(found, Complaint):
            return found
        if found is None:
            continue
        made.append(found)
        places += found.places
        if places > limit:
            return _too_many(limit)
    ordered = made if way is Way.ON else made[::-1]
    edits = tuple(edit for one in ordered for edit in one.edits)
    notes = tuple(note for one in made for note in one.notes)
    stuck = tuple(edit for one in ordered for edit in one.stuck)
    lost = tuple(each for one in made for each in one.lost)
    files = sum(one.files for one in made)
    return Loose(edits, files, places, notes, stuck=stuck, lost=lost) if places or notes else None


def shows_edits(fences: Iterable[Fence]) -> bool:
    """Whether one of the fences can hardly be anything but an edit: a patch with file names, or marked pairs."""
    return any(has_marks(fence.lines) or (is_patch(fence) and fence.info[:4] in ("diff", "patc")) for fence in fences)


def _one(fence: Fence, name: str, known: Known, limit: int, way: Way) -> Loose | Complaint | None:
    if is_patch(fence):
        patch = read_patch(fence, _named(fence))
        return _counted(patch, known, -1, limit, way)
    if has_marks(fence.lines):
        found = pairs(fence.lines, fence.line, name)
        return found if isinstance(found, Complaint) else _turned(_replaced(found, known, -1), way)
    return _turned(_whole(fence, known), way) if _names_itself(fence) else None


def _turned(found: Loose | Complaint, way: Way) -> Loose | Complaint:
    """Edits that say by themselves what was there before, or else are stuck."""
    if isinstance(found, Complaint) or way is Way.ON:
        return found
    back = taken_back(found.edits)
    return replace(found, edits=back.edits, stuck=back.stuck)


def _counted(patch: Patch | Complaint, known: Known, start: int, limit: int, way: Way) -> Loose | Complaint:
    if isinstance(patch, Complaint):
        return patch
    if patch.places > limit:
        return _too_many(limit)
    files, places, stuck = len(patch.files), patch.places, tuple[Edit, ...]()
    if way is Way.BACK:
        patch, stuck = turned(patch)
    made, lost = parts(patch, known)
    if not patch.trusted and (gap := gap_in(made, known)):
        return gap
    return Loose(made, files, places, patch.notes, start, stuck, lost)


def _replaced(found: Sequence[Pair], known: Known, start: int) -> Loose | Complaint:
    made: list[Edit] = []
    lost: list[Lost] = []
    name = ""
    for pair in found:
        name = named_in(pair.above) or (pair.above if _PATH.fullmatch(pair.above) else name)
        if not name:
            return Complaint("a search/replace pair names no file", _NAME_IT).at(pair.line)
        file = path(name)
        if isinstance(file, Complaint):
            lost.append(Lost(name, file.at(pair.line)))
            continue
        text = known(file)
        if not pair.search.strip() and not (text or "").strip():
            made.append(WholeFile(file, pair.replace))
            continue
        edit = replacement(file, pair, text)
        if isinstance(edit, Complaint):
            return edit.at(pair.line)
        made.append(edit)
    files = {edit.file for edit in made} | {one.file for one in lost}
    return Loose(tuple(made), len(files), len(made) + len(lost), (), start, lost=tuple(lost))


def _whole(fence: Fence, known: Known) -> Loose | Complaint:
    """A fence that is named after a file is that file; not where the file is much longer: then it is a piece of it."""
    name = _names_itself(fence)
    file = path(name)
    if isinstance(file, Complaint):
        return Loose((), 1, 1, lost=(Lost(name, file.at(fence.line)),))
    text = known(file)
    code = cleaned(fence, file, text)
    if isinstance(code, Complaint):
        return code.at(fence.line)
    if gap := elided(code, text, fence.line):
        return gap
    if not code.strip():
        return Complaint(f"the fence named {file} is empty", "Write the whole file.").at(fence.line)
    if text is not None and code.count("\n") * 2 < text.count("\n"):
        return Complaint(
            f"the fence named {file} holds {code.count(chr(10))} lines and the file has {text.count(chr(10))}",
            f"To change a place write `### replace in {file}`; to give the file whole, `### file {file}`.",
        ).at(fence.line)
    return Loose((WholeFile(file, code),), 1, 1)


def _named(fence: Fence) -> str:
    return in_info(fence.info) or named_in(fence.above)


def _names_itself(fence: Fence) -> str:
    lines = fence.lines
    return _named(fence) or (commented(lines[0]) if lines else "")


def _too_many(limit: int) -> Complaint:
    return Complaint(f"it holds more than {limit} edits", "Do less at a time.")
