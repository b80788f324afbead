"""A review carried over to what somebody saved meanwhile: three ways, by whole lines, and nothing of it is lost.

Base is the text that the change was made from. A hunk whose lines nobody touched, nor the lines next to them, moves
along with its verdict. One that was touched is a conflict: the lines on disk against the lines suggested, to be decided
anew; where both only added lines, those suggested come behind. One whose text is there already leaves the review. While
a file is away nothing of its review changes but that it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from beai.core.edits.blocks import Block, changed
from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, Side, Verdict
from beai.core.edits.ends import split_lines
from beai.core.edits.hunks import assemble
from beai.core.edits.review import Before, Review, file_of
from beai.core.edits.sliding import slid
from beai.core.edits.three_way import conflict, groups
from beai.core.text import one_line

DELETED = "The file is gone from disk: put it back, or reject this; what was suggested stays here to copy."
UNREADABLE = "The file on disk can no longer be read as text: put that right, or reject this."
REMOVING = "The file was changed on disk meanwhile: accept removes it as it is now, reject keeps it."


@dataclass(frozen=True, slots=True)
class _Fate:
    """A file's change on what is there now: its hunks that ``moved``, what the touched ones are ``merged`` into, and
    those whose text is ``there`` already.
    """

    file: FileChange
    moved: frozenset[str]
    merged: Mapping[str, str]
    there: tuple[Hunk, ...]


def rebase(review: Review, path: str, text_now: str | None, hash_now: str) -> Review:
    """The review on what ``path`` holds now; ``text_now`` is None where it is not there, or, with a hash, not text.

    What can be taken back is carried over too: taking back an act never brings an older text of the file back.
    """
    file = file_of(review.change, path)
    if file is None or (hash_now == file.before_hash and not file.gone):
        return review
    carry = _Carry(path, text_now, hash_now)
    now = carry.over(Before(review.change, review.decisions, review.comments))
    past = list[Before]()
    later = now
    for before in reversed(review.past):
        earlier = carry.over(before)
        if earlier != later:
            past.append(earlier)
            later = earlier
    fate = carry.fate(file, review.decisions)
    return replace(
        review,
        change=now.change,
        decisions=now.decisions,
        comments=now.comments,
        past=tuple(reversed(past)),
        there=(*review.there, *fate.there),
        checked=None,
    )


def told(before: Review, after: Review, path: str) -> str:
    """What a rebase of ``path`` did to a review, in one sentence; ``""`` where it did nothing."""
    was, now = file_of(before.change, path), file_of(after.change, path)
    if was is None or was is now:
        return ""
    name = one_line(path)
    if now is not None and now.gone:
        return f"{name} cannot be written now. {now.gone}"
    there = len(after.there) - len(before.there)
    touched = sum(hunk.conflict not in ("", was.gone) for hunk in now.hunks) if now else 0
    moved = len(now.hunks) - touched if now else 0
    parts = [f"{moved} moved along"] if moved else []
    parts += [f"{touched} in conflict"] if touched else []
    parts += [f"{there} there already"] if there else []
    return f"{name} was saved meanwhile. Of its hunks: {', '.join(parts)}."


class _Carry:
    """Carries states of one review over to one new text of one file; what several states share is made once."""

    def __init__(self, path: str, text: str | None, digest: str) -> None:
        self._path, self._text, self._digest = path, text, digest
        self._lines = split_lines(text or "")
        self._left = False  # whether the newest state, which comes first, has nothing left of the file
        self._fates = dict[int, _Fate]()  # by identity: the states stay alive meanwhile
        self._changes = dict[int, Change]()
        self._bases = dict[int, tuple[list[str], list[Block]]]()
        self._moved = dict[tuple[int, int], Hunk]()
        self._afters = dict[tuple[Hunk, ...], str | None]()  # by the conflicts: all else is the same in every state

    def over(self, state: Before) -> Before:
        """One state of the review."""
        file = file_of(state.change, self._path)
        if file is None:
            return state
        fate = self.fate(file, state.decisions)
        return Before(
            self._change(state.change, file, fate),
            tuple(_decisions(state.decisions, fate)) if fate.merged or fate.there else state.decisions,
            _comments(state, file, fate),
        )

    def fate(self, file: FileChange, decisions: Sequence[Decision]) -> _Fate:
        """What becomes of one state of the file's change."""
        if id(file) not in self._fates:
            fate = self._fated(file, {one.hunk: one for one in decisions})
            self._left = self._left or not (self._fates or fate.file.hunks)
            self._fates[id(file)] = _left(file) if self._left else fate
        return self._fates[id(file)]

    def _change(self, change: Change, file: FileChange, fate: _Fate) -> Change:
        if id(change) not in self._changes:
            files = (fate.file if one is file else one for one in change.files)
            self._changes[id(change)] = replace(change, files=tuple(one for one in files if one.hunks))
        return self._changes[id(change)]

    def _fated(self, file: FileChange, decisions: Mapping[str, Decision]) -> _Fate:
        ids = frozenset(hunk.id for hunk in file.hunks)
        back = _back(file)
        if self._digest == file.before_hash:
            return _Fate(back, ids, {}, ())
        if self._text is None and not self._digest and file.after is None:
            return _Fate(replace(back, hunks=()), frozenset(), {}, back.hunks)
        if self._text is None:
            return _Fate(_away(back, UNREADABLE if self._digest else DELETED), ids, {}, ())
        if file.after is None:
            old = tuple(self._lines)
            hunks = tuple(replace(hunk, old_start=0, old=old, conflict=REMOVING) for hunk in back.hunks)
            now = replace(back, before=self._text, before_hash=self._digest, hunks=hunks)
            return _Fate(now, frozenset(), {id: id for id in ids}, ())
        return self._three_ways(back, self._text, decisions)

    def _three_ways(self, file: FileChange, text: str, decisions: Mapping[str, Decision]) -> _Fate:
        base, blocks = self._base(file)
        hunks, moved, merged, there = list[Hunk](), set[str](), dict[str, str](), list[Hunk]()
        for group, touching, shift in groups(file.hunks, blocks):
            if not touching:
                moved.add(group[0].id)
                hunks += (self._shifted(hunk, shift) for hunk in group)
            elif (one := conflict(file, group, touching, shift, base, self._lines, decisions)) is None:
                there += group
            else:
                hunks.append(one)
                merged |= {hunk.id: one.id for hunk in group}
        now = replace(file, before=text, before_hash=self._digest, hunks=tuple(hunks))
        touched = (*(hunk for hunk in hunks if hunk.id not in moved), *there)
        if touched not in self._afters:
            self._afters[touched] = assemble(now, {hunk.id: Decision(hunk.id, Verdict.ACCEPTED) for hunk in hunks})
        return _Fate(replace(now, after=self._afters[touched]), frozenset(moved), merged, tuple(there))

    def _base(self, file: FileChange) -> tuple[list[str], list[Block]]:
        """The lines that the change was made from, and what changed of them."""
        if id(file.before) not in self._bases:
            base = split_lines(file.before or "")
            self._bases[id(file.before)] = base, slid(changed(base, self._lines), base, self._lines)
        return self._bases[id(file.before)]

    def _shifted(self, hunk: Hunk, shift: int) -> Hunk:
        key = id(hunk), shift
        if shift and key not in self._moved:
            self._moved[key] = replace(hunk, old_start=hunk.old_start + shift)
        return self._moved[key] if shift else hunk


def _left(file: FileChange) -> _Fate:
    """Nothing of the file stays under review: no act that is taken back may bring it in again, unseen since."""
    return _Fate(replace(file, hunks=()), frozenset(), {}, file.hunks)


def _back(file: FileChange) -> FileChange:
    """The file's change as it was before the file went away."""
    if not file.gone:
        return file
    hunks = (replace(hunk, conflict="") if hunk.conflict == file.gone else hunk for hunk in file.hunks)
    return replace(file, gone="", hunks=tuple(hunks))


def _away(file: FileChange, why: str) -> FileChange:
    hunks = (hunk if hunk.conflict else replace(hunk, conflict=why) for hunk in file.hunks)
    return replace(file, gone=why, hunks=tuple(hunks))


def _decisions(decisions: Sequence[Decision], fate: _Fate) -> Iterator[Decision]:
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


def _comments(state: Before, file: FileChange, fate: _Fate) -> tuple[Comment, ...]:
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
    return f"on \u201c{one_line(lines[one.line].strip(), 80)}\u201d: {one.text}" if one.line < len(lines) else one.text
