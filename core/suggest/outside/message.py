"""The one text that a chat outside is given, which knows no system message; what follows in a conversation is short."""

from __future__ import annotations

from dataclasses import replace

from beai.core.suggest.exchange import Feedback, Request
from beai.core.suggest.pack import Pack, Window, messages
from beai.core.suggest.pack.asked import became
from beai.core.suggest.prompts import wording
from beai.core.tokens import tokens


def whole(packed: Pack) -> str:
    """The message that begins a conversation: how to answer from a chat, then everything a model would be sent."""
    return "\n".join((wording("outside"), *(message.content for message in messages(packed)), wording("outside_again")))


def later(request: Request) -> str:
    """A message of the same conversation: why the last reply was not enough, and the word that closes the next one."""
    closing = f"The word of this request is {request.nonce}: close with `### end {request.nonce} edits=… cases=…`.\n"
    return "\n".join((request.follows, wording("outside_again"), closing))


def room(window: Window) -> Window:
    """What a pack may take of ``window``, beside our words for a chat."""
    ours = tokens(wording("outside")) + tokens(wording("outside_again"))
    return replace(window, tokens=max(window.tokens - ours, 0))


def unread(what: str, advice: str) -> str:
    """Why a reply could not be read, for who wrote it."""
    return (
        f"Your reply could not be used, and nothing of it was applied: {what} {advice}\nSend the whole reply again.\n"
    )


def unended(nonce: str) -> str:
    """What to do about a reply without an end mark: where it was whole, the mark alone is enough."""
    mark = f"`### end {nonce} edits=… cases=…`"
    return (
        "Your reply has no end mark, so nobody can know whether it came whole, and nothing of it was applied. If it "
        f"was whole, send only its end mark, {mark} with its true counts. If not, send the whole reply again.\n"
    )


def unplaced(feedback: Feedback) -> str:
    """What became of a reply that was read, of which not all could be taken."""
    return f"Your reply was read, and this became of it. Nothing is written yet.\n\n{became(feedback)}\n"
