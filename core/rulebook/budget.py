"""Rules cut to a number of tokens: examples go before text, the least needed first, and each cut has a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from beai.core.rulebook.pieces import Piece, only, pieces, without_examples
from beai.core.tokens import tokens

EXAMPLES = "examples"
LEAST = 0.4


@dataclass(frozen=True, slots=True)
class Draft:
    """What of one rule would be sent: its pieces, those that may not be cut, and what is cut so far.

    Less than the share ``least`` of its words is a crumb that helps nobody: then the rule is left out whole.
    """

    cut: tuple[Piece, ...]
    kept: frozenset[int]
    fixed: frozenset[int] = frozenset()
    examples: bool = True
    least: float = LEAST

    @property
    def text(self) -> str:
        """The words that are sent, with a line for the sections that are not."""
        if len(self.kept) == len(self.cut):
            whole = "".join(piece.text for piece in self.cut)
            return whole if self.examples else without_examples(whole)
        cut = self.cut if self.examples else tuple(replace(one, text=without_examples(one.text)) for one in self.cut)
        wanted = {id(cut[index]) for index in self.kept}
        return only(cut, lambda piece: id(piece) in wanted)[0]

    @property
    def left(self) -> tuple[str, ...]:
        """The names of what is not sent."""
        sections = tuple(piece.label for index, piece in enumerate(self.cut) if index not in self.kept and piece.label)
        return sections if self.examples else (*sections, EXAMPLES)


def whole(text: str) -> Draft:
    """All of ``text``."""
    cut = pieces(text)
    return Draft(cut, frozenset(range(len(cut))))


def sections_of(text: str, wanted: Sequence[str], also: Sequence[str] = ()) -> Draft:
    """The sections of ``text`` with the ids ``wanted``, and ``also`` by label; all of it where it has none of those."""
    cut = pieces(text)
    cited = frozenset(at for at, piece in enumerate(cut) if any(_within(piece.id, name) for name in wanted))
    if not cited:
        return whole(text)
    head = frozenset(at for at, piece in enumerate(cut) if not piece.label)
    more = frozenset(at for at, piece in enumerate(cut) if piece.label in also)
    return Draft(cut, cited | head | more, cited)


def fit(drafts: Sequence[Draft], budget: int) -> tuple[Draft | None, ...]:
    """``drafts``, most needed first, cut to ``budget`` tokens in all; None for what does not fit at all."""
    fitted: list[Draft | None] = list(drafts)
    weights = [tokens(draft.text) for draft in drafts]
    over = sum(weights) - budget
    for stage in (_no_examples, _fewer_or_nothing, _nothing):
        for at in range(len(drafts) - 1, -1, -1):
            current = fitted[at]
            if over <= 0:
                break
            if current is None:
                continue
            smaller = stage(current, weights[at] - over)
            weight = tokens(smaller.text) if smaller else 0
            if weight < weights[at]:
                fitted[at], over, weights[at] = smaller, over - weights[at] + weight, weight
    _restore(drafts, fitted, weights, budget)
    return tuple(fitted)


def _restore(drafts: Sequence[Draft], fitted: list[Draft | None], weights: list[int], budget: int) -> None:
    """Put back what a later, larger cut made room for, most needed first."""
    room = budget - sum(weights)
    for at, draft in enumerate(drafts):
        if room <= 0 or fitted[at] == draft:
            continue
        for larger in (draft, _no_examples(draft, 0), _fewer_or_nothing(draft, room + weights[at])):
            weight = tokens(larger.text) if larger else 0
            if weights[at] < weight <= room + weights[at]:
                room, fitted[at], weights[at] = room + weights[at] - weight, larger, weight
                break


def _no_examples(draft: Draft, room: int) -> Draft:
    """Without its fenced blocks, whatever the ``room``: a rule has all of its examples, or none."""
    return replace(draft, examples=False)


def _fewer_sections(draft: Draft, room: int) -> Draft:
    """Without as many of its last sections as ``room`` tokens ask for; those that were cited stay, or the first."""
    bare = replace(draft, examples=False)
    labelled = [at for at in sorted(draft.kept) if draft.cut[at].label]
    loose = [at for at in labelled if at not in draft.fixed]
    if len(loose) == len(labelled):
        loose = loose[1:]
    kept = set(draft.kept)
    weight = tokens(bare.text)
    while loose and weight > room:
        last = loose.pop()
        kept.discard(last)
        weight -= tokens(without_examples(draft.cut[last].text)) - tokens(draft.cut[last].label) - 1
    return replace(bare, kept=frozenset(kept))


def _fewer_or_nothing(draft: Draft, room: int) -> Draft | None:
    """Its first sections as far as there is ``room``; nothing where that leaves a crumb, or too much."""
    fewer = _fewer_sections(draft, room)
    weight, all_of_it = tokens(fewer.text), tokens(replace(draft, examples=False).text)
    return fewer if not draft.least or draft.least * all_of_it <= weight <= room else None


def _nothing(draft: Draft, room: int) -> None:
    return None


def _within(piece: str, wanted: str) -> bool:
    """Whether the piece ``C`` or ``C4`` has to do with the section ``C``, ``C4`` that is wanted."""
    if not piece:
        return False
    if piece == wanted:
        return True
    longer, shorter = (piece, wanted) if len(piece) > len(wanted) else (wanted, piece)
    rest = longer.removeprefix(shorter)
    return rest != longer and (rest[0].isdigit() != shorter[-1].isdigit() or rest[0] == ".")
