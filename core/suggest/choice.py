"""Who is asked: the drafter, a model, a web chat by the clipboard, or a recording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.text import one_line

FILE = "gguf:"  # before the path of a model that is a file on this computer


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
        """What the status line shows; of a file its own name."""
        return called(self.model) if self.way is Way.MODEL else self.way.value


@dataclass(frozen=True, slots=True)
class Turn:
    """Who answers a request, and the names of those who would have before, had they not ``failed``.

    ``rests`` is for how many seconds more the first of those is passed over.
    """

    chosen: Chosen
    failed: tuple[str, ...] = ()
    rests: float = 0.0

    @property
    def words(self) -> str:
        """``by the drafter (a and b failed)``."""
        who = "the drafter" if self.chosen.way is Way.DRAFTER else self.chosen.name
        failed = self.failed if len(self.failed) < 2 else (", ".join(self.failed[:-1]), self.failed[-1])
        return f"by {who} ({' and '.join(failed)} failed)" if failed else f"by {who}"


def called(model: str) -> str:
    """A model's name as a person is shown it."""
    return one_line(model.rpartition("/")[2] if model.startswith(FILE) else model, 60)
