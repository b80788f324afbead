"""What requests cost, added up; what a budget leaves; and whether one more request may be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.figures import amount, count
from beai.core.suggest.progress import Sending, Spending

LOST = "lost"
"""How a request ended of which nobody was there to hear."""

LEAST_REPLY = 500
"""Tokens that a reply takes at least to be of use; a request that has no room for them below a cap is not sent."""

_MOST = 1e12  # tokens that no reply reaches

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of requests. ``cost`` is of those with a price; ``unpriced`` had none, and count for more than nothing.

    ``estimated`` requests are of our own count, ``lost`` ones were cut off with us: what they replied is not in it.
    ``troubled`` ended in trouble or were stopped. ``writing`` is the time from the first piece of a reply to its end,
    ``written`` the tokens of it: their quotient is the pace.
    """

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0
    cost: float = 0.0
    unpriced: int = 0
    estimated: int = 0
    lost: int = 0
    troubled: int = 0
    seconds: float = 0.0
    writing: float = 0.0
    written: int = 0

    @property
    def tokens(self) -> int:
        """Tokens in and out together."""
        return self.tokens_in + self.tokens_out

    @property
    def pace(self) -> float | None:
        """Tokens a second while replies were written; None where no reply was long enough to tell."""
        return self.written / self.writing if self.writing > 0 and self.written else None

    @property
    def exact(self) -> bool:
        """Whether ``cost`` is all of it."""
        return not self.unpriced and not self.lost


def total(spent: Iterable[Spending]) -> Total:
    """The sum of ``spent``; a figure that cannot be true, as of a damaged journal, counts as one that nobody told."""
    found = tuple(_believed(one) for one in spent)
    timed = [one for one in found if one.tokens_out > 1 and 0 < one.first < one.seconds]
    return Total(
        requests=len(found),
        tokens_in=sum(one.tokens_in for one in found),
        tokens_out=sum(one.tokens_out for one in found),
        cached=sum(one.cached for one in found),
        cost=sum(one.cost for one in found if one.cost is not None),
        unpriced=sum(one.cost is None for one in found),
        estimated=sum(one.estimated for one in found),
        lost=sum(one.ended == LOST for one in found),
        troubled=sum(one.ended != "done" for one in found),
        seconds=sum(one.seconds for one in found),
        writing=sum(one.seconds - one.first for one in timed),
        written=sum(one.tokens_out for one in timed),
    )


def _believed(one: Spending) -> Spending:
    return replace(
        one,
        tokens_in=count(one.tokens_in),
        tokens_out=count(one.tokens_out),
        cached=count(one.cached),
        cost=amount(one.cost),
        first=amount(one.first) or 0.0,
        seconds=amount(one.seconds) or 0.0,
    )


def by(spent: Iterable[Spending], key: Callable[[Spending], Key]) -> tuple[tuple[Key, Total], ...]:
    """The sums of ``spent`` for each ``key``, in the order in which the keys came first."""
    found: dict[Key, list[Spending]] = {}
    for one in spent:
        found.setdefault(key(one), []).append(one)
    return tuple((each, total(those)) for each, those in found.items())


def counted(sending: Sending) -> Spending:
    """What is known of a request that was sent and of whose end nobody heard: its size, and nothing of its reply."""
    into = sending.price.into
    cost = None if into is None else sending.tokens_in * into
    return Spending(
        sending.model, sending.purpose, sending.case_id, sending.tokens_in, cost=cost, estimated=True, ended=LOST
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """Caps for one task, in US dollars and in tokens in and out together; None: no cap. A soft one is only told."""

    soft_cost: float | None = None
    hard_cost: float | None = None
    soft_tokens: int | None = None
    hard_tokens: int | None = None


NO_BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Raise:
    """Hard caps that the person set higher for one task, None where not, and what was spent by then."""

    cost: float | None = None
    tokens: int | None = None
    spent: float = 0.0
    used: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left below the hard caps; None where there is none."""

    cost: float | None = None
    tokens: int | None = None

    def after(self, spent: Iterable[Spending]) -> Allowance:
        """What is left once ``spent`` is spent as well."""
        more = total(spent)
        return Allowance(
            None if self.cost is None else self.cost - more.cost,
            None if self.tokens is None else self.tokens - more.tokens,
        )

    @property
    def over(self) -> bool:
        """Whether nothing is left for anyone, also for what is free."""
        return self.tokens is not None and self.tokens <= 0


NO_CAP = Allowance()


def caps(budget: Budget, raised: Iterable[Raise]) -> Allowance:
    """The hard caps of a task: what the person raised stays raised."""
    costs, tokens = [budget.hard_cost], [budget.hard_tokens]
    for one in raised:
        costs.append(one.cost)
        tokens.append(one.tokens)
    return Allowance(
        max((cost for cost in costs if cost is not None), default=None) if budget.hard_cost is not None else None,
        max((count for count in tokens if count is not None), default=None) if budget.hard_tokens is not None else None,
    )


def spendable(allowance: Allowance, sending: Sending, tokens_out: int = LEAST_REPLY) -> Fault | None:
    """Why ``sending`` may not be sent, or not be listened to beyond ``tokens_out`` tokens of its reply; None: it may.

    A price that is not known counts as nothing here: then only a cap on tokens can hold, until all is spent. What is
    free goes on even then.
    """
    cost, tokens = estimate(sending, tokens_out), sending.tokens_in + tokens_out
    left = None if sending.price.free else allowance.cost
    over_cost = left is not None and (left <= 0 or cost > left)
    over_tokens = allowance.tokens is not None and tokens > allowance.tokens
    if not over_cost and not over_tokens:
        return None
    dear = f", {dollars(cost)}" if cost else ""
    summary = f"A request to {sending.model} takes about {short(tokens)} tokens{dear}: more than the cap leaves."
    return Fault(FaultKind.CAP, summary, remedy="Raise hard_cost or hard_tokens, or ask somebody else.")


def most_out(allowance: Allowance, sending: Sending) -> int | None:
    """The longest reply to ``sending`` that stays below the caps, in tokens; None where no cap bounds it."""
    rooms = []
    if allowance.tokens is not None:
        rooms.append(allowance.tokens - sending.tokens_in)
    if allowance.cost is not None and sending.price.out:
        rooms.append(int(min((allowance.cost - estimate(sending, 0)) / sending.price.out, _MOST)))
    return max(min(rooms), 0) if rooms else None


def estimate(sending: Sending, tokens_out: int) -> float:
    """US dollars for ``sending`` and ``tokens_out`` tokens of reply, where the price is known."""
    into, out = amount(sending.price.into) or 0.0, amount(sending.price.out) or 0.0
    return count(sending.tokens_in) * into + count(tokens_out) * out


def money(spent: Total) -> str:
    """What ``spent`` cost, for a person: at least so much where a part of it has no price, ``$?`` where nothing has."""
    if spent.requests and spent.unpriced == spent.requests:
        return "$?"
    return dollars(spent.cost) if spent.exact else f"≥ {dollars(spent.cost)}"


def plain(spent: Total) -> dict[str, object]:
    """``spent`` as plain data; the cost is null where nothing has a price."""
    return {
        "requests": spent.requests,
        "tokens_in": spent.tokens_in,
        "cached": spent.cached,
        "tokens_out": spent.tokens_out,
        "cost": None if spent.requests and spent.unpriced == spent.requests else round(spent.cost, 9),
        "unpriced": spent.unpriced,
        "estimated": spent.estimated,
        "lost": spent.lost,
        "seconds": round(spent.seconds, 3),
        "tokens_per_second": None if spent.pace is None else round(spent.pace, 1),
    }


def dollars(cost: float) -> str:
    """An amount for a person; more digits where cents are too coarse."""
    if 0 < cost < 0.0001:
        return "<$0.0001"
    if 0 < cost < 0.00995:
        return f"${cost:.4f}"
    return f"${cost:,.2f}"


def short(tokens: int) -> str:
    """A count of tokens for a person: ``812``, ``11.2k``, ``1.3M``."""
    if tokens < 1_000:
        return str(tokens)
    if tokens < 99_950:
        return f"{tokens / 1_000:.1f}k"
    return f"{tokens / 1_000:.0f}k" if tokens < 999_500 else f"{tokens / 1_000_000:.1f}M"


def span(seconds: float) -> str:
    """A time for a person: ``4.0s``, ``41s``, ``2m14s``, ``1h02m``."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f}s" if seconds < 9.95 else f"{whole}s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}m{rest:02}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02}m"
