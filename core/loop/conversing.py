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
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.handout import HandOut, Pasted
from beai.core.suggest.outside import message
from beai.core.suggest.outside.reading import marks, read
from beai.core.suggest.privacy.veil import Veil
from beai.core.suggest.progress import Progress
from beai.core.text import clip

UNREAD = 3
"""How many replies in a row may be unreadable and are asked for again, as with any model."""

_TOLD = 500  # characters of a useless text that are told; all of it stands where it was pasted


@dataclass(slots=True)
class Conversation:
    """Asks ``suggester``; while there are texts that a person brought, they are its replies."""

    suggester: Suggester
    brought: tuple[Pasted, ...] = ()
    round: int = 1

    async def ask(self, request: Request, tell: Callable[[Progress], None]) -> Reply | HandOut | Fault:
        """The reply to ``request``: the next text that can be read, else what the suggester says, or hands out."""
        unread, before = 0, ""
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
            request = replace(request, nonce=nonce, follows=why)
        if self.round > 1 and not request.follows:
            request = replace(request, follows=message.unplaced(Veil(request.secrets).request(request).feedback[-1]))
        return await self.suggester.suggest(replace(request, round=self.round), tell)


def _useless(times: int, last: Fault, text: str) -> Fault:
    summary = f"The chat answered {times} times, and nothing could be applied. {last.summary}"
    return Fault(
        FaultKind.MODEL, summary, clip(text, _TOLD), "t asks afresh, M asks another, h takes the step by hand."
    )
