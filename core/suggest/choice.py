"""Who is asked: the drafter, a model, a web chat by the clipboard, or a recording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.text import one_line


class Way(StrEnum):
    """How a suggestion is come by."""

    DRAFTER = "drafter"
    MODEL = "model"
    CLIPBOARD = "clipboard"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One who can be asked. ``model`` is litellm's name, ``base`` an address of one's own; no key is ever in it."""

    way: Way = Way.DRAFTER
    model: str = ""
    base: str = ""

    @property
    def name(self) -> str:
        """What the status line shows."""
        return one_line(self.model, 60) if self.way is Way.MODEL else self.way.value
