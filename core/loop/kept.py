"""What a journal holds, as it is read: sessions, and their events decoded or as they stand."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.fault import Fault
from beai.core.loop.events import Event


@dataclass(frozen=True, slots=True)
class Entry:
    """One journalled event; ``at`` is seconds since the epoch."""

    seq: int
    at: float
    event: Event


@dataclass(frozen=True, slots=True)
class Link:
    """One event as it stands in the chain, its text not decoded; ``number`` counts the events of all sessions."""

    number: int
    session: int
    seq: int
    at: float
    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Begun:
    """One session of the journal: when it began, how many events it has, and whether another version kept it."""

    id: int
    began: float
    last: int
    foreign: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """One session of the journal with its events; a fault where this version cannot read them."""

    id: int
    entries: tuple[Entry, ...] | Fault
    foreign: bool = False  # it was kept by another version of beai


@dataclass(frozen=True, slots=True)
class Brief:
    """Some events of one session as they stand in the journal: number, time and text; a fault as in ``Kept``."""

    id: int
    began: float
    lines: tuple[tuple[int, float, str], ...] | Fault
