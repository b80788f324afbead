"""A conversation with a chat outside, gone through again from its beginning each time that a person brings an answer.

Nothing of it is kept but what was pasted, with the word of each prompt: the same texts lead to the same rounds, so a
killed process, and one that was left for a week, ask for exactly what is still missing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Keeping, Suggester
from beai.core.plural import plural
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.handout import HandOut, Pasted
from beai.core.suggest.outside import message
from beai.core.suggest.outside.reading import marks, read
from beai.core.suggest.privacy.veil import Veil
from beai.core.suggest.progress import Progress
from beai.core.text import clip

UNREAD = 3
"""How many replies in a row may be unreadable and are asked for again, as with any model."""

UNENDED = "The answer has no end mark, so it may be cut off; paste this to get the rest, or the mark."
"""What a person is told where the chat is asked for the mark alone."""

_TOLD = 500  # characters of a useless text that are told; all of it stands where it was pasted


@dataclass(slots=True)
class Conversation:
    """Asks ``suggester``; while there are texts that a person brought, they are its replies."""

    suggester: Suggester
    brought: tuple[Pasted, ...] = ()
    round: int = 1

    async def ask(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """The reply to ``request``: the next text that can be read, else what the suggester says, or hands out."""
        unread, before, needed = 0, "", ""
        while self.brought:
            one, self.brought = self.brought[0], self.brought[1:]
            request = replace(request, nonce=one.nonce)
            reply = read(one.text, request, before)
            self.round += 1
            if not isinstance(reply, Fault):
                if isinstance(self.suggester, Keeping):
                    await self.suggester.keep(request, one.text, reply)
                return reply
            if unread == UNREAD:
                return _useless(unread + 1, reply, one.text)
            unread += 1
            before = "" if marks(one.text) else one.text
            nonce = secrets.token_hex(4)
            why = message.unended(nonce) if before else message.unread(reply.summary, reply.detail)
            needed = UNENDED if before else f"The answer was not taken. {reply.summary} This message asks for it again."
            request = replace(request, nonce=nonce, follows=why)
        if self.round > 1 and not request.follows:
            request = replace(request, follows=message.unplaced(Veil(request.secrets).request(request).feedback[-1]))
            needed = _unused(request)
        said = await self.suggester.suggest(replace(request, round=self.round), tell)
        return replace(said, why=needed) if isinstance(said, HandOut) else said


def _unused(request: Request) -> str:
    """Why an answer that was read is not enough: something of it has no place, or was refused before."""
    last = request.feedback[-1]
    if last.misses:
        return (
            f"The answer was read, but {plural(len(last.misses), 'edit')} of it found no place; this asks for the rest."
        )
    return "The answer was read, but it holds again what you rejected; this asks for another one."


def _useless(times: int, last: Fault, text: str) -> Fault:
    summary = f"The chat answered {times} times, and nothing could be applied. {last.summary}"
    return Fault(FaultKind.MODEL, summary, clip(text, _TOLD), "t asks afresh, M asks another one.")
