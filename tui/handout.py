"""What a person reads while a prompt waits for a chat's answer: where it is, what to do with it, how to leave."""

from __future__ import annotations

from beai.core.clipboard import OSC_MOST
from beai.core.loop.session import OpenHandout, Session
from beai.core.text import one_line
from beai.tui.next_step import doing
from beai.tui.prose import GAP, Prose, heading, item, para

_NUMBER, _SMALL = "bold $accent", "$muted"


def page(open_: OpenHandout) -> Prose:
    """Pane 3 while a prompt waits."""
    out = open_.out
    again = out.round > 1
    told = (para(one_line(open_.told, 400), "bold"), GAP) if open_.told else ()
    why = (para(one_line(out.why, 400), "bold"), GAP) if out.why else ()
    first = "Paste it into the same conversation." if again else "Paste it into a new conversation of your chat."
    size = f"{len(out.text):,} characters, about {out.tokens:,} tokens"
    waits = f"The answer closes with the word {out.nonce}. The prompt waits as long as you like, also over a restart."
    return (
        heading(f"Message {out.round} for your chat" if again else "A prompt for your chat"),
        *why,
        para(f"The prompt ({size}) is in this file:"),
        para(one_line(out.file, 1_000), "$accent"),
        GAP,
        *told,
        item("1", _NUMBER, first, (" p copies it again, F saves it elsewhere.", _SMALL)),
        item("2", _NUMBER, "Copy the whole answer,", (" best with the chat's own copy button.", _SMALL)),
        item("3", _NUMBER, "Press C,", (" or paste it right here, or save it as reply.md beside the prompt.", _SMALL)),
        GAP,
        para(waits, _SMALL),
        para("ctrl+g gives it up: the drafter, another model, your own words or your own hand instead.", _SMALL),
    )


def unasked(session: Session) -> str:
    """Why a paste is not taken although a prompt waits."""
    if session.question is not None or session.pending is None:
        return "The paste was not taken: answer the question that waits first, then paste again."
    return f"The paste was not taken: beai is {doing(session.pending, session)}. Paste again after that."


def copied(tool: str, size: int) -> str:
    """Where a copy of the prompt went; ``tool`` took it, ``""`` for none, ``size`` are its bytes."""
    if tool:
        return f"It is on the clipboard ({tool})."
    if size <= OSC_MOST:
        return "It was sent to your terminal's clipboard; if yours takes none (OSC 52), copy it from the file."
    most = f"{size:,} bytes are more than a terminal's clipboard takes ({OSC_MOST:,})"
    return f"It is not on the clipboard: {most}, and no tool for it is here. Copy it from the file, or attach that."
