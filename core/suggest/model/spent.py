"""What one request costs: as the provider tells it, else as we count it ourselves; and when it has cost enough."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.choice import FILE
from beai.core.suggest.figures import amount, count
from beai.core.suggest.meter import Allowance, estimate, most_out, spendable
from beai.core.suggest.model.asked import Asked
from beai.core.suggest.own import is_free
from beai.core.suggest.progress import FREE, Price, Sending, Spending
from beai.core.tokens import tokens

_THOUGHT = 4  # characters of a thought that are a token, about
_LEAST = 4  # no tokenizer makes so many times fewer tokens of a text than we count
_STEP = 400  # characters after which a reply is counted again


@dataclass(slots=True)
class Tab:
    """One request in flight, held to ``allowance``. ``reached`` is whether the provider has it.

    ``usual`` is the longest reply that would be asked for anyway, in tokens; where a cap ends earlier, a ``longest``
    one goes along, and the reply is ``cut`` there by the provider itself.
    """

    sending: Sending
    allowance: Allowance
    usual: int
    begun: float = field(default_factory=time.monotonic)
    first: float = 0.0
    reached: bool = False
    text: str = ""
    thought: int = 0
    _most: int | None = None
    _counted: int = 0

    def __post_init__(self) -> None:
        self._most = most_out(self.allowance, self.sending)

    @property
    def longest(self) -> int:
        """The longest reply that is asked for."""
        return self.usual if self._most is None else min(self._most, self.usual)

    @property
    def cut(self) -> bool:
        """Whether a cap ends the reply."""
        return self.longest < self.usual

    def ended(self) -> Fault:
        """The fault of a reply that the cap ended."""
        summary = f"{self.sending.model} wrote up to the cap, so the reply is incomplete and nothing was applied."
        return Fault(FaultKind.CAP, summary, remedy="Raise hard_cost or hard_tokens, or ask somebody else.")

    def heard(self, text: str, thought: int = 0) -> Fault | None:
        """Take the reply so far and the characters of thought; the fault where it costs more than is allowed."""
        if not self.first:
            self.first = time.monotonic() - self.begun
        self.reached, self.text, self.thought = True, text, max(thought, self.thought)
        size = len(text) + self.thought
        if self._most is None or size - self._counted < _STEP:
            return None
        self._counted = size
        return spendable(self.allowance, self.sending, self._out())

    def again(self, why: str, billed: bool) -> Spending | None:
        """Another attempt comes after one that broke off; what that one may cost, where it is ``billed``."""
        lost = self.guessed(why) if billed else None
        self.reached, self.first, self.begun = False, 0.0, time.monotonic()
        if lost is not None:
            self.allowance = self.allowance.after((lost,))
        return lost

    def told(self, done: Mapping[str, Any]) -> Spending:
        """As the provider counted; where it told nothing, or much less than was sent and came back, as we do."""
        into, out = count(done.get("tokens_in")), count(done.get("tokens_out"))
        if not into and not out:
            return self.guessed("done")
        told = not self.sending.model.startswith(FILE)  # its own tokenizer counted, in our worker
        least_in, least_out = (n // _LEAST if told else 0 for n in (self.sending.tokens_in, tokens(self.text)))
        little = into < least_in or out < least_out
        into, out = max(into, least_in), max(out, least_out)
        cost, price = amount(done.get("cost")), self.sending.price
        if (cost is None or little) and price.into is not None and price.out is not None:
            cost = max(cost or 0.0, into * price.into + out * price.out)
        cached = min(count(done.get("cached")), into)
        return self._spending(into, out, cost, "done", cached=cached, estimated=little)

    def guessed(self, ended: str) -> Spending:
        """Our own count of what was sent and came back."""
        out, price = self._out(), self.sending.price
        cost = None if price.into is None or price.out is None else estimate(self.sending, out)
        return self._spending(self.sending.tokens_in, out, cost, ended, estimated=True)

    def nothing(self, ended: str) -> Spending:
        """A request that reached nobody, or was turned away: it costs nothing."""
        return self._spending(0, 0, 0.0, ended)

    def stopped(self, ended: str) -> Spending:
        """A request that was cut off by us: what the provider has, it counts."""
        return self.guessed(ended) if self.reached else self.nothing(ended)

    def _out(self) -> int:
        return tokens(self.text) + self.thought // _THOUGHT

    def _spending(
        self, into: int, out: int, cost: float | None, ended: str, *, cached: int = 0, estimated: bool = False
    ) -> Spending:
        sent, seconds = self.sending, time.monotonic() - self.begun
        whose = (sent.model, sent.purpose, sent.case_id)
        return Spending(*whose, into, out, cached, cost, estimated, self.first, seconds, ended)


def price_of(asked: Asked, known: Mapping[str, Any], local: bool) -> Price:
    """What a token costs, by litellm's table; nothing for a model that this computer serves, where it is ``local``.

    A server on this computer that only hands on, as a proxy does, is of another kind, and its price is not known.
    """
    if asked.is_file or is_free(asked.model, local):
        return FREE
    prices = known.get("prices") or {}
    return Price(amount(prices.get("in")), amount(prices.get("out")))
