"""The names of files as diff programs write them: quoted, with prefixes, dates and revisions."""

from __future__ import annotations

import re

_DATE = re.compile(
    r"\t.*|\s+\(?\d{4}-\d\d-\d\d.*"
    r"|\s+\((?:revision|working copy|nonexistent|new file|before|after|original|modified)\b.*"
)
_DATED = re.compile(r"\t\S|\s\(?\d{4}-\d\d-\d\d|\s\((?:revision|working copy)\b")
"""What a program writes behind a name: when the file was changed, or of which revision it is."""
_OCTAL = re.compile(r"\\([0-7]{3}|.)")
_PAIRS = frozenset(
    {("a", "b"), ("i", "w"), ("c", "i"), ("c", "w"), ("o", "w"), ("old", "new"), ("orig", "new"), ("1", "2")}
)


def named(written: str) -> str:
    """The name behind ``---`` or ``+++``, without the date or revision that a program writes there."""
    written = written.strip()
    return unquoted(written) if written.startswith('"') else _DATE.sub("", written, count=1).strip().strip("`")


def unquoted(written: str) -> str:
    """A name as git quotes it (git-config, "core.quotePath")."""
    if len(written) < 2 or not (written.startswith('"') and written.endswith('"')):
        return written
    escapes = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
    plain = _OCTAL.sub(
        lambda found: chr(int(found[1], 8) & 255) if len(found[1]) == 3 else escapes.get(found[1], found[1]),
        written[1:-1],
    )
    try:
        return plain.encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return plain


def stripped(old: str, new: str) -> tuple[str, str]:
    """Both names without the prefixes that tell old from new (git-config, "diff.noprefix", "diff.mnemonicPrefix")."""
    before, _, one = old.partition("/")
    after, _, other = new.partition("/")
    if one and other and (before, after) in _PAIRS:
        return one, other
    if one and (one == new or (old == new and before in ("a", "b"))):
        return one, one
    if other and other == old:
        return other, other
    return old, new


def dated(written: str) -> bool:
    """Whether a date or a revision stands behind a name, so that a program wrote it and counted the lines."""
    return _DATED.search(written) is not None
