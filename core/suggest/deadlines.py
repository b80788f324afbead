"""How long a model may take and how much it may send: values that the worker obeys and the parent holds it to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from beai.core.suggest.reply import REPLY_LIMIT

SLACK = 5.0  # seconds after which the parent acts where the worker should have


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a model may be silent, in seconds; none of them says anything about the person.

    Only words and thoughts of the model are life. Pings lengthen a silence, up to ``pinged``.
    """

    start: float = 60.0  # until the worker has imported litellm
    key: float = 20.0  # until a command has printed the key
    connect: float = 15.0  # until the connection stands, with its encryption
    first: float = 120.0  # from the request to the first word
    idle: float = 60.0  # between two words
    pinged: float = 300.0  # the same, while the provider says in other ways that it works
    total: float = 900.0  # for one whole reply, with all attempts and waits
    rate: float = 1.0  # characters a second, over ``span`` seconds, below which it is no reply any more
    span: float = 60.0


@dataclass(frozen=True, slots=True)
class Retries:
    """How often the same request is sent where the provider could not take it, and how long is waited between."""

    attempts: int = 4
    base: float = 1.0  # seconds; doubled each time, half of it by chance
    most: float = 60.0  # longest wait, also where the provider asks for a longer one


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one reply may be: bytes of a line and of everything, as decompressed, and characters of text."""

    line: int = 8 * 1024 * 1024
    body: int = 256 * 1024 * 1024
    text: int = REPLY_LIMIT


def limits(deadlines: Deadlines, retries: Retries, caps: Caps) -> Mapping[str, float | int]:
    """All of it as the worker is told (``worker.order.Limits``)."""
    every = (deadlines, retries, caps)
    return {field.name: getattr(one, field.name) for one in every for field in fields(one) if field.name != "start"}
