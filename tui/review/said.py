"""What the review says in passing, and what it says where the person is to type."""

from __future__ import annotations

from beai.core.edits.change import Comment, Side
from beai.core.plural import plural
from beai.core.text import one_line

CALM = "white space is not marked (≈), and still written"
ALL = "That is the whole file."
NONE = "Only the changed lines are shown."
NO_SEARCH = "Nothing is looked for: / does."
NOTHING_TO_UNDO = "There is nothing to take back."
WHOLE = "This hunk does not fall apart: v chooses lines, then s splits them off."
REMOVED = "A file that is removed is decided whole."
EDITED = "You wrote this hunk anew: u takes that back, then it can be split."
COMMENT_HINT = "goes with the verdicts · empty takes it back · esc: cancel"
REASON = "enter: no reason · esc: cancel"
REASON_AGAIN = "enter: no reason · ↑↓: one of before · esc: cancel"


def comment(place: Comment, again: bool) -> str:
    """What a comment is about, and how one that is there already is taken back."""
    lines = place.last - place.line + 1
    where = "this hunk" if place.side is Side.WHOLE else "this line" if lines == 1 else f"these {lines} lines"
    return f"comment on {where}{' (empty takes it back)' if again else ''}"


def narrow(needed: int, width: int, most: int) -> str:
    """Why old and new do not stand side by side; ``most`` is what the pane has on the whole screen."""
    way = (
        "z gives the pane the whole screen"
        if most >= needed
        else f"the terminal would have to be {needed - most} wider"
    )
    return f"Side by side needs {needed} columns, here are {width}: {way}."


def count(words: str, lines: int) -> str:
    """How many lines hold the words."""
    return f"{one_line(words, 30)!r} on {plural(lines, 'line')}"


def no_match(words: str) -> str:
    """Nothing holds the words."""
    return f"No line shown here holds {one_line(words, 60)!r}: }} shows more of the files."


def left(count: int) -> str:
    """What a verdict on a whole file did not touch."""
    are = "is" if count == 1 else "are"
    return f"{plural(count, 'hunk')} of this file {are} left: with a warning or a conflict, each is accepted alone."
