"""Changes of places in one file: two fences, marked pairs, or a diff below a heading that names the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beai.core.edits.change import Edit, PatchLines, SearchReplace, WholeFile
from beai.core.suggest.reply import unified, v4a
from beai.core.suggest.reply.code import cleaned, decoded, elided
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.markers import Pair, has_marks, pairs
from beai.core.suggest.reply.patch import Known, Patch, edits
from beai.core.suggest.reply.scan import Block, Fence

_INFO = frozenset({"diff", "patch", "udiff"})
_TWO = "First the lines as they are, then the lines that take their place."


def is_patch(fence: Fence) -> bool:
    """Whether a fence says or shows that it holds a patch."""
    info = fence.info.split(None, 1)[0].lower().split(":")[0] if fence.info else ""
    lines = fence.lines
    shows = any(v4a.starts(line) for line in lines if line.lstrip().startswith("***"))
    shows = shows or any(
        unified.is_start(lines, at) for at, line in enumerate(lines) if line.startswith(("--- ", "diff --git "))
    )
    hunks = any(line.startswith("@@ ") or line == "@@" for line in lines)
    changes = any(line[:1] in ("+", "-") for line in lines)
    return shows or (changes and (hunks or info in _INFO)) or (info in _INFO and not has_marks(lines))


def read_patch(fence: Fence, file: str = "") -> Patch | Complaint:
    """The patch in a fence, which is whole because the fence is closed; ``file`` is what its heading names."""
    lines = decoded(fence.text, file or ".ts").removesuffix("\n").split("\n")
    if words := unified.other_notation(lines):
        return Complaint(f"it holds {words}", "Write a unified diff, or `### replace in FILE` with two fences.")
    if any(v4a.starts(line) for line in lines):
        return v4a.read(lines, fence.line, whole=True)
    return unified.read(lines, fence.line, file=file, whole=True)


def patched(file: str, fence: Fence, known: Known) -> Sequence[Edit] | Complaint:
    """The edits of a diff below a heading: of that file alone, with nothing that no edit can carry."""
    patch = read_patch(fence, file)
    if isinstance(patch, Complaint):
        return patch
    if patch.notes:
        return Complaint(patch.notes[0].partition(": ")[0], "Leave that out, and say it to your partner instead.")
    if other := next((each.file for each in patch.files if each.file.removeprefix("./") != file), None):
        return Complaint(f"the diff is of {other} and its heading names {file}", "Name one file in both places.")
    made = edits(patch, known)
    if isinstance(made, Complaint):
        return made
    return gap_in(made, known) or made


def gap_in(made: Sequence[Edit], known: Known) -> Complaint | None:
    """A remark in place of code that a patch adds, so that something was left out."""
    for edit in made:
        text = known(edit.like or edit.file if isinstance(edit, WholeFile) else edit.file)
        match edit:
            case WholeFile(_, code):
                gap = elided(code, text)
            case PatchLines(_, _, old, new):
                gap = elided("\n".join(new), "\n".join(old) + (text or ""))
            case _:
                gap = None
        if gap:
            return gap
    return None


def replacements(file: str, block: Block, known: Known) -> Sequence[Edit] | Complaint:
    """What a block ``replace in FILE`` changes."""
    if len(block.fences) == 1 and is_patch(block.fences[0]):
        return patched(file, block.fences[0], known)
    found = _pairs(file, block, known)
    if isinstance(found, Complaint):
        return found
    made: list[Edit] = []
    for pair in found:
        edit = replacement(file, pair, known(file))
        if isinstance(edit, Complaint):
            return edit
        made.append(edit)
    return made


def replacement(file: str, pair: Pair, text: str | None) -> Edit | Complaint:
    """The edit that one pair makes; neither side may leave something out."""
    if not pair.search.strip():
        return Complaint("the replacement does not say what to replace", "Copy the lines exactly from the file.")
    if gap := elided(pair.replace, pair.search + (text or "")):
        return gap
    if gap := elided(pair.search, text) if text is not None else None:
        return replace(gap, advice="Copy the lines exactly from the file, without a gap.")
    return SearchReplace(file, pair.search, pair.replace)


def _pairs(file: str, block: Block, known: Known) -> tuple[Pair, ...] | Complaint:
    text = known(file)
    fences = [replace(fence, text=decoded(fence.text, file)) for fence in block.fences]
    marked = [fence for fence in fences if has_marks(fence.lines)]
    if not fences and has_marks(lines := block.prose.split("\n")):
        return pairs(lines, block.line)
    if marked and len(marked) == len(fences):
        found: list[Pair] = []
        for fence in marked:
            more = pairs(fence.lines, fence.line)
            if isinstance(more, Complaint):
                return more
            found += more
        return tuple(found)
    if len(fences) != 2 or marked:
        return Complaint(f"the replacement needs two fences, and has {len(fences)}", _TWO)
    search, new = (cleaned(fence, file, text) for fence in fences)
    if isinstance(search, Complaint):
        return search
    if isinstance(new, Complaint):
        return new
    if not new.strip() and block.prose:
        return Complaint(
            "the second fence is empty, and words stand beside it",
            "Put the new lines into it; to delete, write nothing below the heading but the two fences.",
        )
    return (Pair(search, new, block.line),)
