"""Outside text under a heading of ours, with one line that says what is cut of it."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.suggest.pack.part import Form
from beai.core.suggest.prompts.quote import fenced, heading, listed, named

CHANGE_BY_PIECE = "Change it by syntax or by replacement within what is shown, never as a whole file."

_NAMES = 3_000  # characters of the names of what is not there
_SOME = 12  # of them for the person


def quoted(title: str, text: str, info: str = "", cut: str = "", note: str = "", names: Sequence[str] = ()) -> Form:
    """``text`` in a fence below ``title``; ``cut`` says in our words what is missing, ``note`` what follows from it.

    ``names`` are what the repository calls what is missing: they stand in a fence of their own.
    """
    if not text.strip():
        return Form("")
    told = f"Cut: {cut}. {note}".rstrip() + "\n\n" if cut else ""
    missing = f"Left out:\n\n{listed(names, _NAMES)}\n" if cut and names else ""
    some = ", ".join(f"“{named(name, 60)}”" for name in names[:_SOME])
    more = f" and {len(names) - _SOME:,} more" if len(names) > _SOME else ""
    said = f"{cut}: {some}{more}" if some and cut else cut
    return Form(heading(title, told + missing + fenced(text, info)), text, said)


def ending(path: str) -> str:
    """The fence's word for a file."""
    return path.rpartition(".")[2]
