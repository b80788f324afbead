"""The text of a recorded reply as it comes in again: like the first time, faster, or at once.

However often a recording says that something came, it is told no more often than a screen shows it; however long it
says that nothing came, the waits of one reply have an end.
"""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.suggest.recording.entry import Piece, text_of

FRAME = 0.03  # seconds between two texts that are told
LONGEST = 60.0  # seconds that one reply may take to come in


def frames(stream: tuple[Piece, ...], pace: float) -> Iterator[tuple[float, str]]:
    """Each text so far, and the seconds to wait before it; ``pace`` 2 is twice as fast, 0 is all at once."""
    whole = text_of(stream)
    if not whole:
        return
    waited, left = 0.0, LONGEST
    text = ""
    for at, (after, goes_on, piece) in enumerate(stream if pace > 0 else ()):
        text = text + piece if goes_on else piece
        waited += min(max(after, 0) / 1_000 / pace, LONGEST)
        if FRAME <= waited < left and at + 1 < len(stream):
            yield waited, text
            waited, left = 0.0, left - waited
    yield min(waited, left), whole
