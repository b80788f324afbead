"""A change under review: what was decided and said of each hunk, and how to take the last act back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, Side, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.review.carried import Before, Carrying
from beai.core.rulebook.checks.finding import Finding

PAST = 500
"""The acts that can be taken back; older ones stand."""

Edits = tuple[tuple[str, str], ...]
"""The hunks that the person wrote anew, with the text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks say of each hunk as ``edits`` have it."""

    edits: Edits
    findings: tuple[tuple[str, tuple[Finding, ...]], ...]
    warnings: tuple[tuple[str, tuple[str, ...]], ...] = ()


class _Index:
    """What a review looks up often, made from it once and only when asked for."""

    __slots__ = ("broken", "comments", "decisions", "hunks", "undecided")

    def __init__(self) -> None:
        self.hunks: dict[str, Hunk] | None = None
        self.decisions: dict[str, Decision] | None = None
        self.comments: dict[str, tuple[Comment, ...]] | None = None
        self.undecided: tuple[str, ...] | None = None
        self.broken: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A change with what the person made of it so far.

    ``past`` is what it was before each act, oldest first, on the texts of then. ``there`` are hunks that left the
    review because their text was on disk already when somebody had saved the file. ``checked`` is what the checks say
    of the person's edits.
    """

    change: Change
    decisions: tuple[Decision, ...] = ()
    comments: tuple[Comment, ...] = ()
    past: tuple[Before, ...] = ()
    there: tuple[Hunk, ...] = ()
    checked: Checked | None = None
    _index: _Index = field(default_factory=_Index, init=False, repr=False, compare=False)

    def hunk(self, id: str) -> Hunk | None:
        """The hunk of that name."""
        return self._hunks().get(id)

    def decision(self, hunk: str) -> Decision | None:
        """The verdict on a hunk, or None while it is undecided."""
        index = self._index
        if index.decisions is None:
            index.decisions = {decision.hunk: decision for decision in self.decisions}
        return index.decisions.get(hunk)

    def undecided(self) -> tuple[str, ...]:
        """IDs of the hunks that still want a verdict, in order."""
        index = self._index
        if index.undecided is None:
            index.undecided = tuple(id for id in self._hunks() if self.decision(id) is None)
        return index.undecided

    def comments_of(self, hunk: str) -> tuple[Comment, ...]:
        """What was said of a hunk and of its lines, in the order of its lines; first what is about the whole."""
        index = self._index
        if index.comments is None:
            made: dict[str, list[Comment]] = {}
            for one in self.comments:
                made.setdefault(one.hunk, []).append(one)
            index.comments = {id: tuple(sorted(own, key=_place)) for id, own in made.items()}
        return index.comments.get(hunk, ())

    def edits(self) -> Edits:
        """The hunks that the person wrote anew, with the text."""
        return tuple(sorted((one.hunk, one.edited) for one in self.decisions if one.edited is not None))

    def findings(self) -> dict[str, tuple[Finding, ...]] | None:
        """What the checks say of each hunk as it stands now; None while nobody has looked at the edits."""
        edits = self.edits()
        if self.checked is not None and self.checked.edits == edits:
            return dict(self.checked.findings)
        return None if edits else {id: hunk.findings for id, hunk in self._hunks().items()}

    def warnings(self) -> dict[str, tuple[str, ...]]:
        """What a reader must know of each hunk as it stands now; of edits that nobody looked at yet, as proposed."""
        proposed = {id: hunk.warnings for id, hunk in self._hunks().items()}
        fresh = self.checked is not None and self.checked.edits == self.edits()
        return proposed | (dict(self.checked.warnings) if self.checked is not None and fresh else {})

    def broken(self) -> tuple[tuple[str, int], ...]:
        """The TypeScript files that are decided so that they no longer parse, each with the line of the first error."""
        index = self._index
        if index.broken is None:
            from beai.core.edits.review.broken import broken  # here: it parses, and the screen starts without a parser

            index.broken = tuple(broken(self.change, {one.hunk: one for one in self.decisions}))
        return index.broken

    def lines(self, hunk: Hunk, side: Side) -> tuple[str, ...]:
        """The lines of one side of a hunk as they are shown: the person's own text where they wrote it anew."""
        if side is not Side.NEW:
            return hunk.old if side is Side.OLD else ()
        decision = self.decision(hunk.id)
        return hunk.new if decision is None or decision.edited is None else tuple(split_lines(decision.edited))

    def knowing(self, other: Review) -> Review:
        """This review, which looks up no more what ``other`` has looked up already and holds alike."""
        index, known = self._index, other._index
        index.hunks = known.hunks if self.change is other.change else index.hunks
        index.comments = known.comments if self.comments is other.comments else index.comments
        if self.decisions is other.decisions:
            index.decisions = known.decisions
            index.undecided = known.undecided if self.change is other.change else None
            index.broken = known.broken if self.change is other.change else None
        return self

    def _hunks(self) -> dict[str, Hunk]:
        index = self._index
        if index.hunks is None:
            index.hunks = {hunk.id: hunk for file in self.change.files for hunk in file.hunks}
        return index.hunks


def judge(review: Review, decision: Decision) -> Review:
    """One verdict; a later one on the same hunk replaces the earlier."""
    if review.hunk(decision.hunk) is None or review.decision(decision.hunk) == decision:
        return review
    kept = review.decisions
    if review.decision(decision.hunk) is not None:
        kept = tuple(earlier for earlier in kept if earlier.hunk != decision.hunk)
    return acted(review, decisions=(*kept, decision))


def judge_file(review: Review, path: str, verdict: Verdict, reason: str = "") -> tuple[Review, int]:
    """The same verdict for every undecided hunk of one file, and how many were left because they are accepted alone."""
    rest = [hunk for hunk in _hunks_of(review.change, path) if review.decision(hunk.id) is None]
    taken = [hunk for hunk in rest if verdict is Verdict.REJECTED or not hunk.alone]
    if not taken:
        return review, len(rest)
    fresh = (Decision(hunk.id, verdict, reason) for hunk in taken)
    return acted(review, decisions=(*review.decisions, *fresh)), len(rest) - len(taken)


def comment(review: Review, said: Comment) -> Review:
    """Words on a hunk or on one of its lines, in place of what was said there before; empty ones take that back."""
    hunk = review.hunk(said.hunk)
    if hunk is None or not (said.line == 0 if said.side is Side.WHOLE else _within(review, hunk, said)):
        return review
    place = _key(said)
    earlier = next((one for one in review.comments_of(said.hunk) if _key(one) == place), None)
    words = (said,) if said.text.strip() else ()
    if (earlier,) == words or (earlier is None and not words):
        return review
    return acted(review, comments=(*(one for one in review.comments if one is not earlier), *words))


def undo(review: Review) -> Review:
    """Take back the last act whole: a verdict, one on a whole file, an edit, a split, a comment.

    What the review was before it is carried over to what was saved since; an act that changes nothing any more is
    passed over. With nothing to take back, only ``past`` may be another.
    """
    carrying, now = Carrying(review.change.hunks()), state(review)
    for at in range(len(review.past) - 1, -1, -1):
        before = _unseen(carrying.onto(review.past[at], review.change), review)
        if before != now:
            return _taken_back(review, before, at)
    return replace(review, past=()) if review.past else review


def _taken_back(review: Review, before: Before, at: int) -> Review:
    same = before.change is review.change
    ids = frozenset(hunk.id for hunk in before.change.hunks()) if review.there else frozenset[str]()
    back = replace(
        review,
        change=before.change,
        decisions=before.decisions,
        comments=before.comments,
        past=review.past[:at],
        there=tuple(hunk for hunk in review.there if hunk.id not in ids),
        checked=review.checked if same else None,
    )
    return back.knowing(review)


def _unseen(before: Before, review: Review) -> Before:
    """``before`` with what left the review meanwhile, and is no longer on disk, to be decided anew."""
    gone = {hunk.id for hunk in review.there if review.hunk(hunk.id) is None}
    if not gone:
        return before
    return replace(before, decisions=tuple(one for one in before.decisions if one.hunk not in gone))


def state(review: Review) -> Before:
    """What an act of the person changes of a review."""
    return Before(review.change, review.decisions, review.comments)


def acted(
    review: Review,
    *,
    change: Change | None = None,
    decisions: tuple[Decision, ...] | None = None,
    comments: tuple[Comment, ...] | None = None,
) -> Review:
    """The review after an act that gave it these; what it was before is kept."""
    before = state(review)
    after = replace(
        review,
        change=review.change if change is None else change,
        decisions=review.decisions if decisions is None else decisions,
        comments=review.comments if comments is None else comments,
        past=(*review.past[-(PAST - 1) :], before),
        checked=review.checked if change is None else None,
    )
    return after.knowing(review)


def checked(review: Review, edits: Edits, found: Change) -> Review:
    """The review that knows what the checks say of ``edits``."""
    hunks = found.hunks()
    findings = tuple((hunk.id, hunk.findings) for hunk in hunks)
    return replace(review, checked=Checked(edits, findings, tuple((hunk.id, hunk.warnings) for hunk in hunks)))


def file_of(change: Change, path: str) -> FileChange | None:
    """The change of one file, or None where there is none."""
    return next((file for file in change.files if file.path == path), None)


def _hunks_of(change: Change, path: str) -> tuple[Hunk, ...]:
    file = file_of(change, path)
    return file.hunks if file else ()


def _within(review: Review, hunk: Hunk, said: Comment) -> bool:
    return 0 <= said.line <= said.last < len(review.lines(hunk, said.side))


def _key(one: Comment) -> tuple[str, Side, int, int]:
    return one.hunk, one.side, one.line, one.last


def _place(one: Comment) -> tuple[int, int, int]:
    return (Side.WHOLE, Side.OLD, Side.NEW).index(one.side), one.last, one.line
