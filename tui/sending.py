"""What will be sent, or was, in words: to whom, how much, each part with its reason, and what is kept back; pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from beai.core.loop.outgoing import Outgoing
from beai.core.plural import plural
from beai.core.suggest.choice import Way
from beai.core.suggest.pack.part import LeftOut, Pack, Part
from beai.core.suggest.progress import Sent
from beai.core.text import one_line
from beai.tui.prose import Block, Prose, item, para
from beai.tui.rule_pages import thousands

_NAMES = 6  # of what was masked that are told in the head


def ahead(outgoing: Outgoing) -> Prose:
    """The head of what will be sent."""
    if outgoing.chosen.way is Way.DRAFTER or outgoing.refused:
        first = para(f"{_called(outgoing.chosen.name)}: {outgoing.refused}.", "$warning")
    else:
        first = _to(outgoing.chosen.name, outgoing.where, outgoing.local)
    return (first, *_turns(outgoing), *_sums(outgoing.packed))


def _turns(outgoing: Outgoing) -> Prose:
    """Who is passed over for now, and who is asked where this one fails, with what that means for privacy."""
    told = []
    if outgoing.failed:
        names = " and ".join(map(_called, outgoing.failed))
        told.append(para(f"{names} failed a moment ago, so {_called(outgoing.chosen.name)} is asked", "$warning"))
    if outgoing.others:
        pieces = [("if it fails: ", "$muted")]
        for number, (name, local) in enumerate(outgoing.others):
            pieces += [(", then " if number else "", "$muted"), (_called(name), "bold")]
            pieces.append((" stays on this computer", "$success") if local else (" leaves this computer", "$warning"))
        told.append(Block(Content.assemble(*pieces)))
    return tuple(told)


def behind(sent: Sent) -> Prose:
    """The head of what was sent last."""
    first = _to(sent.to, sent.base or "the provider's own address", sent.local)
    rounds = len(sent.messages) - 2
    again = (para(f"asked again {plural(rounds // 2, 'time')}: a reply could not be used", "$muted"),)
    return (first, *_sums(sent.packed, sent.bytes), *(again if rounds > 0 else ()))


def rows(packed: Pack) -> tuple[Prose, ...]:
    """A row for each part, then one for each that is kept back."""
    return (*(_part(part) for part in packed.parts), *(_left(one) for one in packed.left))


def text_of(packed: Pack, at: int) -> tuple[str, str]:
    """The name and exact text of row ``at``; of what is kept back, why."""
    if at < len(packed.parts):
        return packed.parts[at].name, packed.parts[at].text
    one = packed.left[at - len(packed.parts)]
    return one.name, f"It is not sent: {one.reason}."


def _to(name: str, where: str, local: bool) -> Block:
    mark, style = ("stays on this computer", "$success") if local else ("leaves this computer", "$warning")
    address = (f" · {one_line(where, 100)} · ", "$muted")
    return Block(Content.assemble(("to ", "$muted"), (_called(name), "bold"), address, (mark, style)))


def _sums(packed: Pack, sent: int = 0) -> Prose:
    room = packed.window.room
    size = f"{_bytes(sent or packed.bytes)} · {packed.tokens:,} of {room:,} tokens · {packed.purpose}"
    told = [para(f"{size} · {plural(len(packed.parts), 'part')}", "$muted")]
    if packed.hidden:
        some = ", ".join(f"{one_line(name, 60)} ×{count}" for name, count in packed.hidden[:_NAMES])
        more = f" and {len(packed.hidden) - _NAMES} more" if len(packed.hidden) > _NAMES else ""
        told.append(para(f"masked in what was read: {some}{more}", "$success"))
    if not packed.fits:
        told.append(para("It does not fit in the window, so it is not sent.", "$error"))
    return tuple(told)


def _part(part: Part) -> Prose:
    hidden = Content.styled(f"  {part.masked} masked", "$success") if part.masked else Content("")
    size = Content.styled(f"{_bytes(part.bytes):>9} {thousands(part.tokens):>6} tok  ", "$muted")
    name = Content.assemble(size, (one_line(part.name, 120), "bold"), hidden)
    cut = f"; cut: {one_line(part.cut, 200)}" if part.cut else ""
    return Block(name), Block(Content.styled(f"{one_line(part.reason, 200)}{cut}", "$muted"), Content(" " * 22))


def _left(one: LeftOut) -> Prose:
    size = Content.styled(f"{'not sent':>9} {'':6}      ", "$muted")
    name = Content.assemble(size, one_line(one.name, 120))
    return Block(name), Block(Content.styled(one_line(one.reason, 300), "$muted"), Content(" " * 22))


def _bytes(count: int) -> str:
    return f"{count:,} B" if count < 10_000 else f"{count / 1000:,.1f} kB"


def _called(name: str) -> str:
    return one_line(name, 60)


def nothing(words: Sequence[str]) -> Prose:
    """What stands there while there is nothing to show."""
    return tuple(item("·", "$muted", (one_line(one, 300), "$muted")) for one in words)
