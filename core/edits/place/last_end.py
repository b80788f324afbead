"""A hunk that gives a file's last line its line end, or takes it away, is placed at the file's end and nowhere else.

GNU diffutils, "Incomplete Lines": ``\\ No newline at end of file`` is said of one side or of both.
"""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.edits.change import LastEnd
from beai.core.edits.diff.ends import eol_of
from beai.core.edits.place.lined import Lines, Rung, Sound, any_text
from beai.core.edits.unplaced import Unplaced


def patched_to_end(
    text: str, old: Sequence[str], new: Sequence[str], last_end: LastEnd, sound: Sound = any_text
) -> str:
    """``text`` with ``old``, its last lines, turned into ``new``, of which the last ends as ``last_end`` says.

    Raises ``Unplaced`` where the file does not end in these lines.
    """
    lines, rows = Lines(text), text.split("\n")
    count = len(rows) - (rows[-1] == "")
    first = count - len(old)
    tail = Lines("\n".join(rows[max(first, 0) : count]))
    rung = next((rung for rung in Rung if tail.one(old, rung) == 0), None) if old else Rung.EXACT
    if first < 0 or rung is None:
        raise Unplaced("it changes the end of the file's last line, and the file does not end in these lines")
    if old:
        lines.weave(first, old, new, rung, sound)
    else:
        lines.patch(count, old, new)
    made = lines.text()
    if last_end is LastEnd.REMOVED:
        return made.removesuffix("\n").removesuffix("\r")
    return made if made.endswith("\n") or not made else made + eol_of(text)
