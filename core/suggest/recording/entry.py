"""One line of a recording as a value, and back: what was asked, how it was answered, and how that came in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from beai.core.loop.codec import Said, plain, value_of
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.privacy.masking import masked
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.progress import Spending
from beai.core.suggest.recording.stamp import Stamp

FORMAT = 1
LINE_LIMIT = 4_000_000
"""Bytes of one line: a reply of the longest kind as it streamed and as it was read, with room."""

Piece = tuple[int, int, str]
"""Milliseconds since the piece before, 1 where it goes on with the text (0: the text begins anew), and what came."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: which form the file has, when it was begun (UTC), by which beai, and of which session it is."""

    recording: int
    began: str
    beai: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request with its answer.

    ``round`` counts the requests for the same purpose, task and case. ``stream`` is the text as it came in, closed by
    ``nonce``; ``parsed`` is whether the answer is what that text reads as, so that it can be read again. ``masked`` is
    how many strings in it looked like keys. ``prompt`` is what was asked, where the person wanted that kept.
    """

    purpose: Purpose
    task: str
    case: str
    round: int
    by: str
    at: str
    fingerprint: str
    stamp: Stamp
    answer: Said
    nonce: str = ""
    stream: tuple[Piece, ...] = ()
    parsed: bool = False
    took: int = 0
    noted: tuple[str, ...] = ()
    spent: tuple[Spending, ...] = ()
    masked: int = 0
    prompt: tuple[str, ...] = ()

    @property
    def drafted(self) -> bool:
        """Whether nobody was asked over a wire or by a person's hand."""
        return not self.stream and not self.spent

    @property
    def text(self) -> str:
        """The text that was answered in the end, whole."""
        return text_of(self.stream)


def text_of(stream: tuple[Piece, ...]) -> str:
    """The text that ``stream`` comes to."""
    begun = max((at for at, (_, goes_on, _) in enumerate(stream) if not goes_on), default=0)
    return "".join(text for _, _, text in stream[begun:])


def line_of(value: Head | Entry, secrets: tuple[Secret, ...] = ()) -> str:
    """``value`` as one line, with nothing in it that looks like a key or is one of ``secrets``."""
    told = plain(value)
    hidden = _Masking(secrets)
    told = {name: hidden.stream(each) if name == "stream" else hidden.of(each) for name, each in told.items()}
    if isinstance(value, Entry):
        told["masked"] = hidden.count
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n"


def head_of(line: str) -> Head:
    """The head that ``line_of`` wrote. Raises ValueError where it is something else."""
    return value_of(Head, line)


def entry_of(line: str) -> Entry:
    """The entry that ``line_of`` wrote. Raises ValueError where it is something else."""
    return value_of(Entry, line)


@dataclass(slots=True)
class _Masking:
    """Plain data without what looks like a key, which may span lines and pieces; ``count`` is how many there were."""

    secrets: tuple[Secret, ...] = ()
    count: int = 0

    def of(self, value: Any) -> Any:
        """The same data with its keys masked."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {name: self.of(each) for name, each in value.items()}
            case list() | tuple() if len(value) > 1 and all(
                isinstance(each, str) and "\n" not in each for each in value
            ):
                return self.text("\n".join(value)).split("\n")
            case list() | tuple():
                return [self.of(each) for each in value]
            case _:
                return value

    def text(self, value: str) -> str:
        """One text with its keys masked."""
        shown, count = masked(value, self.secrets)
        self.count += count
        return shown

    def stream(self, pieces: tuple[Piece, ...]) -> list[Any]:
        """The pieces as they are, or as one where they hold a key together."""
        if masked("".join(text for _, _, text in pieces), self.secrets)[1]:
            return [[sum(after for after, _, _ in pieces), 0, self.text(text_of(pieces))]]
        return [list(piece) for piece in pieces]
