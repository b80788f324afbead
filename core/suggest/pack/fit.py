"""Parts are fitted into a window: the least important is shortened first, then left out; room that is won is used.

Room that is kept for what grows goes to what was left out, at the end, so that it moves nothing when it has to leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from beai.core.suggest.pack.part import Draft, Form, LeftOut, Part, Place
from beai.core.suggest.privacy.masking import MASK
from beai.core.tokens import tokens

LATE = 10_000  # by which a late part comes before what is new in the request, which is always asked last
_INSIDE = 80  # characters below which a text is not looked for in others


@dataclass(slots=True)
class Slot:
    """A draft while it is fitted: the forms asked for so far, and which is taken (None: left out).

    ``why`` says what else holds the text of one that is left out, ``""`` where there was no room.
    """

    draft: Draft
    order: int
    veil: Callable[[str], str]
    forms: list[tuple[Form, int, int]] = field(default_factory=list)
    taken: int | None = 0
    why: str = ""

    @property
    def cost(self) -> int:
        """Tokens of the form that is taken."""
        return 0 if self.taken is None else self.forms[self.taken][1]

    def at(self, index: int) -> bool:
        """Whether there is a form number ``index``; it is made now if need be."""
        while len(self.forms) <= index:
            form = next(self.draft.forms, None)
            if form is None:
                return False
            text = self.veil(form.text) if self.draft.outside else form.text
            hidden = text.count(MASK) if self.draft.outside else 0  # most were masked before the form was cut
            self.forms.append((Form(text, form.body, form.cut), tokens(text), hidden))
        return True

    def part(self) -> Part:
        """The part as it is sent."""
        assert self.taken is not None
        draft, (form, cost, hidden) = self.draft, self.forms[self.taken]
        return Part(draft.name, draft.kind, draft.place, form.text, draft.reason, cost, draft.weight, form.cut, hidden)

    @property
    def least(self) -> int:
        """Tokens of the shortest form made so far."""
        return min(cost for _, cost, _ in self.forms)

    def left(self, free: int) -> LeftOut:
        """The same part as one that is not sent, where ``free`` tokens are."""
        why = self.why or f"it takes {self.least:,} tokens, and {max(free, 0):,} are free"
        return LeftOut(self.draft.name, self.draft.kind, why, self.least)


def slots(drafts: Iterable[Draft], veil: Callable[[str], str]) -> tuple[Slot, ...]:
    """The drafts that say anything, each in its first form; a text that is inside another one is left out.

    ``veil`` masks what is outside text, once more when it is whole.
    """
    made = (Slot(draft, order, veil) for order, draft in enumerate(drafts))
    found = [slot for slot in made if slot.at(0) and slot.forms[0][0].text]
    bodies = [slot.forms[0][0].body.strip() for slot in found]
    for at, (slot, body) in enumerate(zip(found, bodies, strict=True)):
        if len(body) < _INSIDE or slot.draft.required:
            continue
        for other, (outer, text) in enumerate(zip(found, bodies, strict=True)):
            larger = len(text) > len(body) or (len(text) == len(body) and other < at)
            if other != at and larger and outer.draft.place <= slot.draft.place and body in text:
                slot.taken, slot.why = None, f"it is inside {outer.draft.name}"
                break
    return tuple(found)


def fit(found: Sequence[Slot], room: int) -> None:
    """Shorten, then leave out, the least important first, until ``found`` costs at most ``room``; then grow again."""
    live = sorted((slot for slot in found if slot.taken is not None), key=lambda slot: (slot.draft.weight, -slot.order))
    total = sum(slot.cost for slot in live)
    for slot in live:
        while total > room and slot.taken is not None and slot.at(slot.taken + 1):
            total -= slot.cost
            slot.taken += 1
            total += slot.cost
    for slot in live:
        if total > room and not slot.draft.required:
            total -= slot.cost
            slot.taken = None
    for slot in reversed(live):
        for index in range(len(slot.forms) if slot.taken is None else slot.taken):
            grown = total - slot.cost + slot.forms[index][1]
            if grown <= room:
                total, slot.taken = grown, index
                break


def refill(found: Iterable[Slot], room: int) -> bool:
    """Take what was left out for want of room, the most important first, as late parts; whether any got in."""
    took = False
    for slot in sorted(found, key=lambda slot: (-slot.draft.weight, slot.order)):
        if slot.taken is not None or slot.why:
            continue
        form = next((index for index, (_, cost, _) in enumerate(slot.forms) if cost <= room), None)
        if form is None:
            continue
        slot.taken, took = form, True
        room -= slot.cost
        if slot.draft.place is not Place.TAIL:
            reason = f"{slot.draft.reason}; goes last, in room kept for what grows"
            slot.draft, slot.order = replace(slot.draft, place=Place.TAIL, reason=reason), slot.order - LATE
    return took
