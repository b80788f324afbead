"""A file's new text becomes bytes: plain UTF-8 that reads as it runs, and what was not UTF-8 before stays as it was."""

from __future__ import annotations

from beai.core.edits.diff.ends import split_lines
from beai.core.edits.store.faults import NOTHING, Refused
from beai.core.edits.store.gate import shown
from beai.core.edits.unseen import turned
from beai.core.fault import Fault, FaultKind
from beai.core.sizes import most, spoken

_WIDE = ("\udcff\udcfe", "\udcfe\udcff", "\0\0\udcfe\udcff")
"""Byte order marks of UTF-16 and UTF-32, as UTF-8 with ``surrogateescape`` reads them."""


def encoded(path: str, text: str, before: str | None) -> bytes:
    """The bytes of ``text``, of which those of ``before`` that are not UTF-8 stay as they are.

    Raises ``Refused`` for too many bytes, NUL, UTF-16, new lines that are not UTF-8, and characters brought into code
    that show it in another order than it runs.
    """
    old = frozenset(split_lines(before or ""))
    new = "".join(line for line in split_lines(text) if line not in old)
    if (before or text).startswith(_WIDE):
        raise Refused(Fault(FaultKind.REFUSED, f"{shown(path)} is UTF-16 or UTF-32, not UTF-8. {NOTHING}"))
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in new):
        raise Refused(Fault(FaultKind.REFUSED, f"The new text of {shown(path)} is not plain UTF-8 text. {NOTHING}"))
    if turns := turned(path, text, before):
        said = f"The new text of {shown(path)} brings in {turns}, which shows code in another order than it runs. "
        remedy = "Write the character as an escape, such as \\u202e, where it is wanted."
        raise Refused(Fault(FaultKind.REFUSED, f"{said}{NOTHING}", remedy=remedy))
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > most(path):
        said = f"The new text of {shown(path)} is larger than {spoken(most(path))}. {NOTHING}"
        raise Refused(Fault(FaultKind.REFUSED, said))
    return data
