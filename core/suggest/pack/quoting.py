"""Outside text under a heading of ours, with one line that says what is cut of it."""

from __future__ import annotations

from beai.core.suggest.pack.part import Form
from beai.core.suggest.prompts.quote import fenced, heading

CHANGE_BY_PIECE = "Change it by syntax or by replacement within what is shown, never as a whole file."


def quoted(title: str, text: str, info: str = "", cut: str = "", note: str = "") -> Form:
    """``text`` in a fence below ``title``; ``cut`` says what is missing, ``note`` what follows from it."""
    if not text.strip():
        return Form("")
    told = f"Cut: {cut}. {note}".rstrip() + "\n\n" if cut else ""
    return Form(heading(title, told + fenced(text, info)), text, cut)


def ending(path: str) -> str:
    """The fence's word for a file."""
    return path.rpartition(".")[2]
