"""A hunk as text for other programs: its new lines, or a patch of one hunk; pure."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.edits.change import FileChange, Hunk
from beai.core.edits.ends import split_lines

_AROUND = 3


def patch(file: FileChange, hunk: Hunk, new: Sequence[str]) -> str:
    """A unified diff of this hunk alone, as if no other were applied; ``new`` are its lines as they stand."""
    lines = split_lines(file.before or "")
    first, last = max(hunk.old_start - _AROUND, 0), hunk.old_start + len(hunk.old)
    above, below = lines[first : hunk.old_start], lines[last : last + _AROUND]
    old, fresh = len(above) + len(hunk.old) + len(below), len(above) + len(new) + len(below)
    head = (
        f"--- {'/dev/null' if file.before is None else f'a/{file.path}'}\n"
        f"+++ {'/dev/null' if file.after is None else f'b/{file.path}'}\n"
        f"@@ -{_place(first, old)} +{_place(first, fresh)} @@\n"
    )
    body = [(" ", line) for line in above] + [("-", line) for line in hunk.old]
    body += [("+", line) for line in new] + [(" ", line) for line in below]
    return head + "".join(_line(sign, line) for sign, line in body)


def _place(first: int, count: int) -> str:
    return f"{first + 1 if count else first},{count}"


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
