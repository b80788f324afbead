"""The context pack: what a model is sent for one request, part by part, each with its reason, its cost and its cuts.

What never changes comes first, what was asked last, so that a provider's cache keeps the longest beginning; every
outside text stands in a fence. Each request is a conversation of its own: whoever writes the code has never written
the test. Pure: the same request and window give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from beai.core.fault import Fault
from beai.core.suggest.exchange import Request
from beai.core.suggest.manner import Manner
from beai.core.suggest.pack.drafts import drafts
from beai.core.suggest.pack.fit import Slot, fit, refill, slots
from beai.core.suggest.pack.message import Message, repair
from beai.core.suggest.pack.part import Form, Kind, LeftOut, Pack, Part, Place, Window
from beai.core.suggest.pack.rules import rules
from beai.core.suggest.pack.small import BUDGETS, narrowed, small
from beai.core.suggest.pack.window import DEFAULT
from beai.core.suggest.privacy.leaks import refusal
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.privacy.veil import Veil
from beai.core.suggest.prompts.quote import fenced, heading, named
from beai.core.tokens import tokens

__all__ = [
    "Form",
    "Kind",
    "LeftOut",
    "Message",
    "Pack",
    "Part",
    "Place",
    "Window",
    "messages",
    "narrowed",
    "pack",
    "repair",
    "sealed",
]

TAIL_SHARE, TAIL_MOST = 0.25, 16_000  # of the room: kept for what is new in each request, so that it moves nothing else
_NOTE_ROOM = 500  # tokens for the names of what is left out
_NAME = 160  # characters of one of them


def pack(request: Request, window: Window = DEFAULT) -> Pack:
    """Everything for ``request`` that fits in ``window``, in order."""
    veil = Veil(request.secrets)
    withheld = tuple(LeftOut(one.path, Kind.WITHHELD, one.reason, 0) for one in request.withheld)
    request = veil.request(request)
    chosen, unruled = rules(request)
    unread = (*unruled, *withheld)
    if request.manner is Manner.SMALL and request.purpose in BUDGETS:
        return small(request, chosen, unread, window, veil)
    found = slots(drafts(request, chosen, veil), veil.text)
    tail_room = min(int(window.room * TAIL_SHARE), TAIL_MOST)
    tail = [slot for slot in found if slot.draft.place is Place.TAIL]
    rest = [slot for slot in found if slot.draft.place is not Place.TAIL]
    fit(tail, tail_room - _NOTE_ROOM)
    fit(rest, window.room - max(tail_room, _NOTE_ROOM + sum(slot.cost for slot in tail)))
    note, free = _rest(unread, found, window, veil)
    while refill(found, free):
        note, free = _rest(unread, found, window, veil)
    parts = [slot.part() for slot in sorted(found, key=_order) if slot.taken is not None]
    at = next((index for index, part in enumerate(parts) if part.place is Place.TAIL), len(parts))
    left = (*unread, *(slot.left(free) for slot in found if slot.taken is None))
    hidden = tuple(veil.found.most_common())
    return Pack(request.purpose, window, (*parts[:at], *note, *parts[at:]), left, hidden=hidden)


def messages(packed: Pack) -> tuple[Message, Message]:
    """The pack as a system message and the user's, with the places where a cache may end."""
    system = [part for part in packed.parts if part.place is Place.SYSTEM]
    user = [part for part in packed.parts if part.place is not Place.SYSTEM]
    marks: list[int] = []
    length = 0
    for part, after in pairwise(user):
        length += len(part.text) + 1
        if after.place is not part.place and part.place in (Place.SLOW, Place.PURPOSE, Place.WRITTEN):
            marks.append(length)
    first = "\n".join(part.text for part in system)
    return Message("system", first, (len(first),)), Message(
        "user", "\n".join(part.text for part in user), tuple(marks[-2:])
    )


def sealed(packed: Pack, sent: Sequence[Message], secrets: Sequence[Secret]) -> Fault | None:
    """The last look at what is about to go to a model: why nothing of it may, and in which part; None where it may."""
    whole = tuple((f"the {message.role} message", message.content) for message in sent)
    if refusal(whole, secrets) is None:
        return None
    parts = tuple((f"the part “{part.name}”", part.text) for part in packed.parts)
    return refusal((*parts, *whole), secrets)


def _rest(unread: Iterable[LeftOut], found: Iterable[Slot], window: Window, veil: Veil) -> tuple[tuple[Part, ...], int]:
    """The note on what is left out as things are, and the tokens that stay free beside it."""
    note = tuple(_note((*unread, *(slot.left(0) for slot in found if slot.taken is None)), veil))
    return note, window.room - sum(slot.cost for slot in found) - sum(part.tokens for part in note)


def _order(slot: Slot) -> tuple[int, int]:
    return slot.draft.place, slot.order


def _note(left: Iterable[LeftOut], veil: Veil) -> Iterator[Part]:
    """What is not sent for want of room, by name as far as the names have room, so that the model can ask."""
    wanted = (one for one in left if "inside" not in one.reason)
    names = [veil.text(_named(one)) for one in wanted]
    if not names:
        return
    text, told = "", 0
    for count in range(len(names) + 1):
        longer = _listed(names, count)
        if tokens(longer) > _NOTE_ROOM:
            break
        text, told = longer, count
    cut = f"{len(names) - told} of {len(names)} names are left out" if told < len(names) else ""
    yield Part("left out", Kind.NOTE, Place.TAIL, text, "so that nothing is missing in silence", tokens(text), 99, cut)


def _named(one: LeftOut) -> str:
    """A part that is not sent, by what it is; a file that is never read says so, since asking for it is of no use."""
    why = f" ({one.reason}; do not ask for it)" if one.kind is Kind.WITHHELD else ""
    return f"{one.kind}: {named(one.name, _NAME)}{why}"


def _listed(names: Sequence[str], count: int) -> str:
    more = (f"and {len(names) - count} more",) if count < len(names) else ()
    return heading("Left out for want of room; ask for what you need", fenced("\n".join((*names[:count], *more))))
