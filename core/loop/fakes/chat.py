"""A chat outside that keeps no file; what is handed out is what a test makes of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from beai.core.fault import Fault
from beai.core.suggest.exchange import Request
from beai.core.suggest.handout import HandOut
from beai.core.suggest.outside import message
from beai.core.suggest.progress import Progress


@dataclass
class FakeChat:
    """Hands out a short message for each request; ``asked`` keeps the requests."""

    name: str = "clipboard"
    asked: list[Request] = field(default_factory=list)
    closed: bool = False

    async def start(self) -> Fault | None:
        """There is nothing to warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> HandOut | Fault:
        """A message that closes with the request's word."""
        self.asked.append(request)
        first = f"{request.purpose} of {request.task.id}\nThe word of this request is {request.nonce}: close with it.\n"
        return HandOut(message.later(request) if request.follows else first, request.nonce, request.round)

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
