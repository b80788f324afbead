"""A hunk as text for other programs: its new lines, or a patch of one hunk; pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1

from beai.core.edits.change import FileChange, Hunk
from beai.core.edits.diff.ends import split_lines

_AROUND = 3


def patch(file: FileChange, hunk: Hunk, new: Sequence[str]) -> str:
    """A diff of this hunk alone in git's form, as if no other were applied; ``new`` are its lines as they stand.

    Its ``index`` line names the blobs on both sides (git documentation, "git-diff", generating patch text with -p), by
    which a reader knows that the line numbers were counted and not guessed.
    """
    lines = split_lines(file.before or "")
    first, last = max(hunk.old_start - _AROUND, 0), hunk.old_start + len(hunk.old)
    above, below = lines[first : hunk.old_start], lines[last : last + _AROUND]
    old, fresh = len(above) + len(hunk.old) + len(below), len(above) + len(new) + len(below)
    whole = "".join([*lines[: hunk.old_start], *new, *lines[last:]])
    mode = (
        "new file mode 100644\n" if file.before is None else "deleted file mode 100644\n" if file.after is None else ""
    )
    head = (
        f"diff --git a/{file.path} b/{file.path}\n{mode}"
        f"index {_blob(file.before)}..{_blob(None if file.after is None else whole)}\n"
        f"--- {'/dev/null' if file.before is None else f'a/{file.path}'}\n"
        f"+++ {'/dev/null' if file.after is None else f'b/{file.path}'}\n"
        f"@@ -{_place(first, old)} +{_place(first, fresh)} @@\n"
    )
    body = [(" ", line) for line in above] + [("-", line) for line in hunk.old]
    body += [("+", line) for line in new] + [(" ", line) for line in below]
    return head + "".join(_line(sign, line) for sign, line in body)


def _blob(text: str | None) -> str:
    """The abbreviated name that git gives a file's bytes; zeros for no file (Pro Git, "Git Objects")."""
    if text is None:
        return "0000000"
    data = text.encode("utf-8", "surrogateescape")
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()[:7]


def _place(first: int, count: int) -> str:
    return f"{first + 1 if count else first},{count}"


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
