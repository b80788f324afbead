"""A prompt that a person carries to a chat outside, and the texts that they bring back from there, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandOut:
    """One message for a chat; the reply to it must close with ``nonce``.

    ``round`` counts the messages of one conversation from 1; ``file`` is where the text is kept for the person, and
    ``tokens`` about what it costs the chat. ``why`` tells the person why another message is needed.
    """

    text: str
    nonce: str
    round: int = 1
    file: str = ""
    tokens: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text that a person brought for the handout with this ``nonce``; nothing is known of it yet."""

    nonce: str
    text: str
