"""A hunk that gives a file's last line its line end, or takes it away, is placed at the file's end and nowhere else.

GNU diffutils, "Incomplete Lines": ``\\ No newline at end of file`` is said of one side or of both.
"""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.edits.change import LastEnd
from beai.core.edits.ends import eol_of
from beai.core.edits.search import patched
from beai.core.edits.unplaced import Unplaced


def patched_to_end(text: str, at: int, old: Sequence[str], new: Sequence[str], last_end: LastEnd) -> str:
    """What ``patched`` makes, with the end of the last line that the hunk wants. Raises ``Unplaced`` as that does."""
    if last_end is LastEnd.KEPT:
        return patched(text, at, old, new)
    lines = text.split("\n")
    first = max(len(lines) - (lines[-1] == "") - len(old), 0)
    try:
        patched("\n".join(lines[first:]), 0, old, new)
    except Unplaced as reason:
        raise Unplaced(
            "it changes the end of the file's last line, and the file does not end in these lines"
        ) from reason
    made = patched(text, first, old, new)
    if [line.removesuffix("\r") for line in made.split("\n")[:first]] != [
        line.removesuffix("\r") for line in lines[:first]
    ]:
        raise Unplaced("it changes the end of the file's last line, and stands above it as well")
    if last_end is LastEnd.REMOVED:
        return made.removesuffix("\n").removesuffix("\r")
    return made if made.endswith("\n") or not made else made + eol_of(text)
