"""What whoever asks hears where the person lets them decide, and what is decided by that."""

from __future__ import annotations

YOURS = "You decide, and say what you chose."
_WOULD_TAKE = " You would take: "


def yours(advised: str) -> str:
    """The answer that lets whoever asked decide; ``advised`` is what they would take, ``""`` where they did not say."""
    return f"{YOURS}{_WOULD_TAKE}{advised}" if advised else YOURS


def decided(answer: str) -> str:
    """What an answer decides, in words; ``""`` where it was left to whoever asked, who has not said it here."""
    return answer.removeprefix(YOURS).removeprefix(_WOULD_TAKE) if answer.startswith(YOURS) else answer
