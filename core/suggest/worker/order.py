"""What the parent orders, as values: one line of JSON each, described in ``__main__``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Deadlines in seconds, retries, and caps in bytes; the values are the parent's (``suggest.deadlines``)."""

    connect: float = 15.0
    first: float = 120.0
    pinged: float = 300.0
    idle: float = 60.0
    total: float = 900.0
    rate: float = 1.0
    span: float = 60.0
    key: float = 20.0
    attempts: int = 4
    base: float = 1.0
    most: float = 60.0
    line: int = 8 * 1024 * 1024
    body: int = 256 * 1024 * 1024
    text: int = 1_000_000

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Limits:
        """What was told; what was not stays as it is here."""
        return cls(**{name: told[name] for name in cls.__slots__ if name in told})


@dataclass(frozen=True, slots=True)
class Order:
    """One request for a reply; ``key`` says where the key is, ``guard`` what must not be in the body, by name.

    With ``local_only`` no other computer is reached.
    """

    id: int
    model: str
    base: str = ""
    key: Mapping[str, Any] = field(default_factory=dict)
    messages: tuple[Mapping[str, Any], ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    window: int | None = None
    limits: Limits = Limits()
    guard: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    local_only: bool = False

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Order:
        """The order that a line holds."""
        return cls(
            int(line["id"]),
            str(line["model"]),
            str(line.get("base") or ""),
            line.get("key") or {},
            tuple(line.get("messages") or ()),
            line.get("temperature"),
            line.get("max_tokens"),
            line.get("window"),
            Limits.of(line.get("limits") or {}),
            tuple((str(name), str(value)) for name, value in line.get("guard") or ()),
            bool(line.get("local_only")),
        )
