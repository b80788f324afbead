"""A chat message as it is sent, and what follows a reply that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.suggest.manner import Manner
from beai.core.suggest.privacy.masking import masked
from beai.core.suggest.privacy.secret import Secret

_SHOWN = 1_200  # characters of a reply that a small step shows again


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: ``role`` is ``system``, ``user`` or ``assistant``; ``content`` encodes as UTF-8.

    ``marks`` are offsets in ``content`` up to which it may stay the same in the next request.
    """

    role: str
    content: str
    marks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content.encode("utf-8", "replace").decode("utf-8"))


def repair(
    said: str, complaint: str, nonce: str, manner: Manner = Manner.WHOLE, secrets: Sequence[Secret] = ()
) -> tuple[Message, Message]:
    """What follows a reply that could not be read: the reply itself, and what was wrong with it; both masked.

    In small steps of the reply only as much as shows its form, and of the complaint the one thing to do.
    """
    said, complaint = masked(said, secrets)[0], masked(complaint, secrets)[0]
    if manner is Manner.SMALL:
        ask = (
            f"That could not be used: {complaint}\nSend it again, whole; the last line is the end mark you were given."
        )
        return Message("assistant", said[:_SHOWN]), Message("user", ask)
    ask = (
        f"Your reply could not be used, and nothing of it was applied: {complaint}\n"
        f"Send the whole reply again in the format described, closed by `### end {nonce} edits=… cases=…`."
    )
    return Message("assistant", said), Message("user", ask)
