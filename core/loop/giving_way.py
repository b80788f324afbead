"""Edits that an earlier round kept give way to later ones of the same lines; what is lost by that is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from beai.core.edits.change import (
    Change,
    DeleteFile,
    Edit,
    Miss,
    PatchLines,
    SearchReplace,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.edits.headings import heading
from beai.core.edits.match import match
from beai.core.fault import Fault
from beai.core.suggest.exchange import ProposeEdits

_NAMED, _LINES = 5, 6
"""Edits that are told of, and lines of each side of one."""

_TRIALS = 40
"""How often the edits of one reply are placed anew, to see which stand in the way of which."""

Placed = Change | tuple[Miss, ...] | Fault
"""What placing edits comes to."""

_Upsert = UpsertProcedure | UpsertTest | UpsertModel | UpsertEnum | UpsertField


async def giving_way(
    placed: Callable[[ProposeEdits], Awaitable[Placed]], every: ProposeEdits, kept: Sequence[Edit]
) -> tuple[ProposeEdits, Placed]:
    """What becomes of ``every`` edit once those of ``kept`` give way to later ones that have no place beside them.

    First all go that may stand in the way of one; then each comes back that does not.
    """
    gone, found, left = list[Edit](), await placed(every), _TRIALS
    for miss in found if isinstance(found, tuple) else ():
        out = [edit for edit in _rivals(kept, miss) if edit not in gone]
        if not out or left <= 0 or miss.edit not in _missing(found):
            continue
        result, left = await placed(_without(every, [*gone, *out])), left - 1
        if isinstance(result, Fault) or len(_missing(result)) >= len(_missing(found)):
            continue
        gone, found = [*gone, *out], result
        for edit in out[: left if len(out) > 1 else 0]:
            fewer = [one for one in gone if one != edit]
            result, left = await placed(_without(every, fewer)), left - 1
            if not isinstance(result, Fault) and len(_missing(result)) <= len(_missing(found)):
                gone, found = fewer, result
    return _without(every, gone), found


def _missing(found: Placed) -> list[Edit]:
    return [miss.edit for miss in found] if isinstance(found, tuple) else []


def _without(every: ProposeEdits, gone: Sequence[Edit]) -> ProposeEdits:
    return replace(every, edits=tuple(edit for edit in every.edits if edit not in gone))


def _rivals(kept: Sequence[Edit], miss: Miss) -> tuple[Edit, ...]:
    """Those of ``kept`` that may be why a later edit has no place: they change lines that it means."""
    wanted = _old(miss.edit)
    return tuple(
        edit for edit in kept if edit.file == miss.edit.file and edit != miss.edit and _shared(_old(edit), wanted)
    )


def admitting(change: Change, kept: Sequence[Edit], made: ProposeEdits, reply: ProposeEdits) -> Change:
    """``change`` of the edits ``made``; its rationale says what of ``kept`` it leaves out because of ``reply``."""
    renewed = {edit.file for edit in reply.edits if isinstance(edit, _Upsert)}
    after = {file.path: file.after for file in change.files}
    doubtful = [edit for edit in kept if edit not in reply.edits and (edit not in made.edits or edit.file in renewed)]
    lost = [edit for edit in doubtful if not _held(edit, after)]
    if not lost:
        return change
    more = [f"and {len(lost) - _NAMED} more"] if len(lost) > _NAMED else []
    words = "Left out, because later edits of this suggestion give these places another text:"
    told = "\n\n".join([words, *map(_described, lost[:_NAMED]), *more])
    return replace(change, rationale="\n\n".join(text for text in (change.rationale, told) if text))


def _old(edit: Edit) -> list[str]:
    """The lines that an edit by text looks for, without blank space around them; none of any other edit."""
    match edit:
        case SearchReplace(_, search, _):
            lines = search.split("\n")
        case PatchLines(_, _, old, _):
            lines = list(old)
        case _:
            return []
    return _bare(lines)


def _new(edit: SearchReplace | PatchLines) -> list[str]:
    return _bare(edit.replace.split("\n") if isinstance(edit, SearchReplace) else list(edit.new))


def _bare(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def _shared(some: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both hold a line with a word, or one of them is part of a line of the other."""
    if not some or not other:
        return False
    telling = {line for line in some if any(char.isalnum() for char in line)}
    one, two = "\n".join(some), "\n".join(other)
    return not telling.isdisjoint(other) or one in two or two in one


def _held(edit: Edit, after: dict[str, str | None]) -> bool:
    """Whether the files say what ``edit`` would have them say."""
    text = after.get(edit.file)
    if isinstance(edit, WholeFile | DeleteFile):
        return edit.file in after and text == (edit.text if isinstance(edit, WholeFile) else None)
    if text is None:
        return edit.file in after
    if not isinstance(edit, SearchReplace | PatchLines):
        return match([edit], after.get) == Change(())
    there, new = "\n".join(_bare(text.split("\n"))), "\n".join(_new(edit))
    return new in there if new else "\n".join(_old(edit)) not in there


def _described(edit: Edit) -> str:
    if not isinstance(edit, SearchReplace | PatchLines):
        return heading(edit)
    sides = ((sign, lines) for sign, lines in (("-", _old(edit)), ("+", _new(edit))))
    rows = [
        row
        for sign, lines in sides
        for row in [*(f"{sign}{line}" for line in lines[:_LINES]), *([f"{sign}…"] if len(lines) > _LINES else [])]
    ]
    return "\n".join([f"{heading(edit)}:", *rows])
