"""A suggester that spends as a model would, by the same rules, and sends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from beai.core.fault import Fault
from beai.core.suggest.exchange import Reply, Request
from beai.core.suggest.meter import counted, most_out, spendable
from beai.core.suggest.progress import Price, Progress, Sending, Spending, Withheld


@dataclass
class FakeSpender:
    """Each suggestion takes as many requests as ``sizes`` has pairs of tokens in and out; ``sent`` keeps what went.

    ``answer`` gives the reply, which is cut where the caps end, as ``max_tokens`` cuts it at a provider. ``more`` is by
    how many tokens a provider counts a request longer than we do. With a ``hold`` no request ends before it is set.
    """

    answer: Callable[[Request], Reply | Fault]
    sizes: tuple[tuple[int, int], ...] = ((1_000, 200),)
    price: Price = field(default_factory=lambda: Price(0.00001, 0.00003))
    more: int = 0
    name: str = "openai/spender"
    sent: list[Spending] = field(default_factory=list)
    refused: int = 0
    hold: asyncio.Event | None = None

    async def start(self) -> Fault | None:
        """Always warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """Spend, within what is allowed, then answer."""
        spent: list[Spending] = []
        for into, out in self.sizes:
            allowance = request.allowance.after(spent)
            sending = Sending(self.name, request.purpose, request.case_id, into, self.price)
            if fault := spendable(allowance, sending):
                self.refused += 1
                tell(Withheld(sending))
                return fault
            tell(sending)
            await self._held(sending, tell)
            most = most_out(allowance, sending)
            written = out if most is None else min(out, most)
            cost = None
            if self.price.into is not None and self.price.out is not None:
                cost = (into + self.more) * self.price.into + written * self.price.out
            spending = Spending(
                self.name, request.purpose, request.case_id, into + self.more, written, cost=cost, seconds=1.0
            )
            spent.append(spending)
            self.sent.append(spending)
            tell(spending)
        return self.answer(request)

    async def _held(self, sending: Sending, tell: Callable[[Progress], None]) -> None:
        """Wait; a request that is stopped meanwhile counts by its size."""
        try:
            if self.hold is not None:
                await self.hold.wait()
        except asyncio.CancelledError:
            tell(replace(counted(sending), ended="cancelled"))
            raise

    async def close(self) -> None:
        """Nothing is left behind."""
