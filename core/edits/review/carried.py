"""States of a review carried over to what files hold now: three ways, by whole lines, and nothing of them is lost.

Base is the text that a change was made from. A hunk whose lines nobody touched, nor the lines next to them, moves along
with its verdict. One that was touched is a conflict: the lines on disk against the lines suggested, to be decided anew;
where both only added lines, those suggested come behind. One whose text is there already leaves the review, and a
refusal beside it stands. While a file is away nothing of its review changes but that it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, OnDisk, Side, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.diff.script import Block, changed
from beai.core.edits.diff.sliding import slid
from beai.core.edits.review.groups import Group, groups
from beai.core.edits.review.relined import Homes, relined
from beai.core.edits.review.three_way import conflict, there
from beai.core.text import one_line

DELETED = "The file is gone from disk: put it back, or reject this; what was suggested stays here to copy."
UNREADABLE = "The file on disk can no longer be read as text: put that right, or reject this."
REMOVING = "The file was changed on disk meanwhile: accept removes it as it is now, reject keeps it."
_YES = Decision("", Verdict.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Before:
    """What a review is, or was before one act of the person, on the texts that its files held then."""

    change: Change
    decisions: tuple[Decision, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Fate:
    """A file's change on what is there now: what the touched hunks are ``merged`` into, and those whose text is
    ``there`` already; all others moved.
    """

    file: FileChange
    merged: Mapping[str, str]
    there: tuple[Hunk, ...] = ()


class Carrying:
    """Carries states of one review over to what is on disk; what several states share is made once."""

    def __init__(self, known: Iterable[Hunk] = ()) -> None:
        """``known`` are hunks as they are now: those of a state that read the same are these."""
        self._known = {hunk.id: hunk for hunk in known}
        self._fates = dict[tuple[int, str, tuple[object, ...]], Fate]()  # by identity: the states live meanwhile
        self._changes = dict[tuple[int, int], Change]()

    def over(self, state: Before, file: FileChange, disk: OnDisk) -> tuple[Before, Fate]:
        """``state`` on what ``file``, one of its files, holds now."""
        fate = self._fate(file, disk, {one.hunk: one for one in state.decisions})
        return self._with(state, file, fate), fate

    def onto(self, state: Before, change: Change) -> Before:
        """``state`` on the texts of a later ``change`` of the same review; without the files that left it since."""
        present = {file.path: file for file in change.files}
        for file in state.change.files:
            later = present.get(file.path)
            if later is None:
                state = self._with(state, file, _left(file))
            elif (later.before_hash, later.gone) != (file.before_hash, file.gone):
                state = self._beside(state, file, later)
        return state

    def _beside(self, state: Before, file: FileChange, later: FileChange) -> Before:
        state, fate = self.over(state, file, OnDisk(file.path, later.before, later.before_hash))
        if not later.gone or not fate.file.hunks:
            return state
        return self._with(state, fate.file, Fate(_away(fate.file, later.gone), {}))

    def _with(self, state: Before, file: FileChange, fate: Fate) -> Before:
        key = id(state.change), id(fate)
        if key not in self._changes:
            files = (fate.file if one is file else one for one in state.change.files)
            self._changes[key] = replace(state.change, files=tuple(one for one in files if one.hunks))
        decisions = tuple(_decisions(state.decisions, fate)) if fate.merged or fate.there else state.decisions
        return Before(self._changes[key], decisions, _comments(state, file, fate))

    def _fate(self, file: FileChange, disk: OnDisk, decisions: Mapping[str, Decision]) -> Fate:
        if (whole := _as_a_whole(file, disk)) is not None:
            return whole
        back = _back(file)
        met = tuple(groups(back.hunks, _since(back.before or "", disk.text or "")[2]))
        said = (decisions.get(hunk.id) for group in met if group.blocks for hunk in group.hunks)
        key = id(file), disk.hash, tuple((one.hunk, one.verdict, one.edited) for one in said if one and _matters(one))
        if key not in self._fates:
            self._fates[key] = _three_ways(back, disk, met, decisions, self._known)
        return self._fates[key]


def _as_a_whole(file: FileChange, disk: OnDisk) -> Fate | None:
    """What becomes of a change where the lines of the file do not matter, else None."""
    back = _back(file)
    if disk.hash == file.before_hash:
        return Fate(back, {})
    if disk.text is None and not disk.hash and file.after is None:
        return _left(back)
    if disk.text is None:
        return Fate(_away(back, UNREADABLE if disk.hash else DELETED), {})
    if file.after is None:
        old = tuple(split_lines(disk.text))
        hunks = tuple(replace(hunk, old_start=0, old=old, conflict=REMOVING) for hunk in back.hunks)
        now = replace(back, before=disk.text, before_hash=disk.hash, hunks=hunks)
        return Fate(now, {hunk.id: hunk.id for hunk in hunks})
    return None


def _three_ways(
    file: FileChange,
    disk: OnDisk,
    met: Sequence[Group],
    decisions: Mapping[str, Decision],
    known: Mapping[str, Hunk],
) -> Fate:
    base, now, blocks = _since(file.before or "", disk.text or "")
    hunks, merged, gone, homes = list[Hunk](), dict[str, str](), list[Hunk](), Homes()
    for group in met:
        if not group.blocks:
            hunks += (_moved(hunk, group.shift, known) for hunk in group.hunks)
            homes.update((hunk.id, ((hunk.id, 0),)) for hunk in group.hunks if hunk.findings)
        elif (made := conflict(file, group, base, now, decisions)) is None:
            taken, refused = there(file, group, now, decisions)
            gone += taken
            hunks += refused
            homes.update({hunk.id: ((hunk.id, 0),) for hunk in refused})
        else:
            one, homes[one.id] = made
            hunks.append(one)
            merged |= {hunk.id: one.id for hunk in group.hunks}
    after = replace(file, before=disk.text, before_hash=disk.hash, hunks=tuple(hunks))
    after = replace(after, after=assemble(after, dict.fromkeys((hunk.id for hunk in hunks), _YES), now))
    return Fate(relined(file, after, homes, blocks), merged, tuple(gone))


def _moved(hunk: Hunk, by: int, known: Mapping[str, Hunk]) -> Hunk:
    """A hunk ``by`` lines further down; the known one where it is the same, so that states share what they can."""
    same = known.get(hunk.id)
    if same is not None and same.old_start == hunk.old_start + by and _same(same, hunk):
        return same
    return replace(hunk, old_start=hunk.old_start + by) if by else hunk


def _same(one: Hunk, other: Hunk) -> bool:
    """Whether two hunks of one name are one but for their place; all that they hold is shared where it is the same."""
    text = one.old is other.old and one.new is other.new and one.conflict == other.conflict
    text = text and one.origin is other.origin
    return text and one.warnings is other.warnings and one.cites is other.cites and one.findings is other.findings


@lru_cache(maxsize=4)
def _since(before: str, text: str) -> tuple[list[str], list[str], list[Block]]:
    """The lines that a change was made from, those that are there now, and what changed; the last few are kept."""
    base, now = split_lines(before), split_lines(text)
    head = _alike(base, now)
    tail = _alike(base[head:][::-1], now[head:][::-1])
    blocks = changed(base[head : len(base) - tail], now[head : len(now) - tail])
    return base, now, slid([(a + head, b + head, c + head, d + head) for a, b, c, d in blocks], base, now)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many first lines are the same; whole stretches are compared at once."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _matters(decision: Decision) -> bool:
    """Whether a touched hunk reads otherwise by this decision."""
    return decision.verdict is Verdict.REJECTED or decision.edited is not None


def _left(file: FileChange) -> Fate:
    """Nothing of the file stays under review: no act that is taken back may bring it in again, unseen since."""
    return Fate(replace(file, hunks=()), {}, file.hunks)


def _back(file: FileChange) -> FileChange:
    """The file's change as it was before the file went away."""
    if not file.gone:
        return file
    hunks = (replace(hunk, conflict="") if hunk.conflict == file.gone else hunk for hunk in file.hunks)
    return replace(file, gone="", hunks=tuple(hunks))


def _away(file: FileChange, why: str) -> FileChange:
    hunks = (hunk if hunk.conflict else replace(hunk, conflict=why) for hunk in file.hunks)
    return replace(file, gone=why, hunks=tuple(hunks))


def _decisions(decisions: Sequence[Decision], fate: Fate) -> Iterator[Decision]:
    """The verdicts that stand: on hunks that moved, and refusals, which are no less so on other lines."""
    dropped = {hunk.id for hunk in fate.there}
    members = dict[str, list[str]]()
    for hunk, whole in fate.merged.items():
        members.setdefault(whole, []).append(hunk)
    refused = {one.hunk: one for one in decisions if one.verdict is Verdict.REJECTED and one.hunk in fate.merged}
    for one in decisions:
        home = fate.merged.get(one.hunk)
        if home is None:
            if one.hunk not in dropped:
                yield one
        elif one.hunk == members[home][0] and all(hunk in refused for hunk in members[home]):
            reasons = dict.fromkeys(refused[hunk].reason for hunk in members[home] if refused[hunk].reason)
            yield Decision(home, Verdict.REJECTED, "; ".join(reasons))


def _comments(state: Before, file: FileChange, fate: Fate) -> tuple[Comment, ...]:
    """What was said, with the line it was said of where that may be gone."""
    if not any(one.hunk in fate.merged for one in state.comments):
        return state.comments
    hunks = {hunk.id: hunk for hunk in file.hunks}
    kept, moved = list[Comment](), dict[str, list[str]]()
    for one in state.comments:
        home = fate.merged.get(one.hunk)
        if home is None:
            kept.append(one)
        else:
            moved.setdefault(home, []).append(_quoted(one, hunks[one.hunk]))
    return (*kept, *(Comment(home, "\n".join(said)) for home, said in moved.items()))


def _quoted(one: Comment, hunk: Hunk) -> str:
    lines = {Side.OLD: hunk.old, Side.NEW: hunk.new}.get(one.side, ())
    if one.last >= len(lines):
        return one.text
    more = f" and the {one.last - one.line} below" if one.last > one.line else ""
    return f"on \u201c{one_line(lines[one.line].strip(), 80)}\u201d{more}: {one.text}"
