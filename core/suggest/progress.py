"""What a suggester tells while it works on one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beai.core.suggest.choice import Turn

if TYPE_CHECKING:
    from beai.core.suggest.pack.message import Message
    from beai.core.suggest.pack.part import Pack


@dataclass(frozen=True, slots=True)
class Grew:
    """The reply so far, as it streams."""

    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """One sentence on what is under way, for the person: a wait, another model, a repair."""

    words: str


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for one token of the request (``into``) and of the reply (``out``); None where nobody knows."""

    into: float | None = None
    out: float | None = None

    @property
    def free(self) -> bool:
        """Whether nothing is paid, and that is known."""
        return self.into == 0 and self.out == 0


FREE = Price(0.0, 0.0)
"""What a model of one's own computer takes."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One request that is about to go to a provider, told before it does: so it counts whatever becomes of it.

    ``tokens_in`` is our own count. A ``Spending`` follows once it has ended; where none does (the process was
    killed), what is known here is what is counted.
    """

    model: str
    purpose: str = ""
    case_id: str = ""
    tokens_in: int = 0
    price: Price = Price()


@dataclass(frozen=True, slots=True)
class Withheld:
    """One request that was not sent, since there is no room for it below a cap."""

    sending: Sending


@dataclass(frozen=True, slots=True)
class Spending:
    """What one request to a provider cost, told when it has ended, however it did.

    ``tokens_in`` holds those that came from a cache, ``cached``. ``cost`` is in US dollars, None where no price is
    known; ``estimated`` is whether the tokens are our own count, where the provider told none. ``first`` and
    ``seconds`` are the time to the first piece of the reply and to its end. ``ended`` is ``done``, ``cancelled``,
    ``lost`` where we were gone before it ended, or the kind of trouble, as a word.
    """

    model: str
    purpose: str = ""
    case_id: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0
    cost: float | None = None
    estimated: bool = False
    first: float = 0.0
    seconds: float = 0.0
    ended: str = "done"


@dataclass(frozen=True, slots=True)
class Sent:
    """What leaves for ``to`` now, exactly as it is sent; ``local`` is whether it stays on this computer.

    ``base`` is the address, empty for the provider's own; ``packed`` says why each part goes along.
    """

    to: str
    base: str
    local: bool
    packed: Pack
    messages: tuple[Message, ...]

    @property
    def bytes(self) -> int:
        """How long all messages are as UTF-8."""
        return sum(len(message.content.encode()) for message in self.messages)


Progress = Grew | Noted | Turn | Sending | Withheld | Spending | Sent
