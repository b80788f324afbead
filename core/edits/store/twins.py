"""A new file has a name that every system can hold beside those that are there: not alike but for case, not reserved.

macOS and Windows take ``Wishlist.ts`` and ``wishlist.ts`` for one name, and macOS a letter composed or not; git then
shows one of the two as changed forever. Windows keeps some names for devices ("Naming Files, Paths, and Namespaces").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from beai.core.edits.store.gate import Gate, shown

_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")


def twin(gate: Gate, path: str, others: Sequence[str] = ()) -> str:
    """Why the new file ``path`` may not be made beside what is there and beside ``others``, in words, or ``""``."""
    above = ""
    for name in path.split("/"):
        if _DEVICE.fullmatch(name):
            return f"Windows keeps the name {shown(name)} for a device"
        here = (other[len(above) :].split("/")[0] for other in others if other.startswith(above))
        there = {*gate.names(above.rstrip("/")), *here}
        if name not in there:
            key = folded(name)
            like = sorted(other for other in there if folded(other) == key)
            if like:
                return f"{shown(above + like[0])} is there, and many systems take the two names for one"
        above += f"{name}/"
    return ""


def folded(name: str) -> str:
    """``name`` as a file system compares it that keeps case and composition but does not look at them."""
    return (
        name.lower() if name.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    )
