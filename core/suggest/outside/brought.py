"""What a person brings back is looked at before it counts: a wrong copy costs one sentence, and no round of the chat.

Taken is what has the end mark of the prompt at hand, and what at least reads like an answer to it, of which the chat is
then told what is wrong. Anything else may be the prompt itself, an older answer, or whatever was copied last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from beai.core.suggest.handout import HandOut, Pasted
from beai.core.suggest.outside.mend import mended
from beai.core.suggest.outside.reading import closing, marks
from beai.core.suggest.reply import REPLY_LIMIT
from beai.core.suggest.reply.envelope import broken
from beai.core.suggest.reply.pasted import Pasted as Patch
from beai.core.suggest.reply.pasted import read_any
from beai.core.suggest.reply.scan import scan

_PAGE = re.compile(r"\s*<(?:!doctype\b|html\b|head\b|body\b|meta\b|div\b|span\b|p\b|pre\b|!--)", re.IGNORECASE)
_ASK = "The word of this request is "
_SPACE = re.compile(r"\s+")
_COMPARED = 2_000  # characters of a text by which it is known to be another one


@dataclass(frozen=True, slots=True)
class No:
    """Why a text is not taken, in one sentence; ``sure`` is whether taking it all the same could be of no use."""

    why: str
    sure: bool = True


def brought(text: str, out: HandOut, earlier: tuple[Pasted, ...] = ()) -> str | No:
    """The answer in ``text``, which is for the prompt ``out``, or why it is none; ``earlier`` went before it."""
    if not text.strip():
        return No("It is empty: copy the chat's answer first.")
    if (found := broken(text, REPLY_LIMIT)) is not None:
        return No(f"It cannot be an answer: {found.what}.")
    if closing(text, out.nonce) is not None:
        return _below_the_prompt(text, out.nonce)
    if _is_prompt(text, out):
        return No("It is the prompt itself: paste it into your chat, and copy what the chat answers.")
    if _PAGE.match(text):
        return No("It is HTML: copy the answer as text, best with the chat's own copy button.")
    if any(_alike(text, one.text) for one in earlier):
        return No("It is the answer that was taken before: the chat has been told what is missing, copy its next one.")
    ends = marks(text)
    if ends:
        return No(
            f"It answers another prompt: it closes with the word {ends[-1].nonce[:40]}, and this one's is {out.nonce}."
        )
    if _reads_like_one(text):
        return text
    return No("It reads like no answer to the prompt. Once more takes it all the same.", sure=False)


def complete(text: str, nonce: str) -> bool:
    """Whether a file that is still being written holds all of an answer: the end mark of this very prompt."""
    return len(text) <= REPLY_LIMIT and closing(text, nonce) is not None


def _below_the_prompt(text: str, nonce: str) -> str:
    """The answer alone, where all of the conversation was copied; the ask is the last that is said before it."""
    _, asked, after = text.rpartition(f"{_ASK}{nonce}")
    if not asked:
        return text
    below = after.partition("\n")[2]
    return below if closing(below, nonce) is not None else text


def _is_prompt(text: str, out: HandOut) -> bool:
    """Whether it is the prompt, or most of it: also one of a chat's page, which sets its lines anew."""
    return f"{_ASK}{out.nonce}" in text or _alike(text, out.text)


def _alike(one: str, other: str) -> bool:
    """Whether both begin alike but for white space; an answer of a few words is compared whole."""
    return _SPACE.sub(" ", one[:_COMPARED]).strip() == _SPACE.sub(" ", other[:_COMPARED]).strip()


def _reads_like_one(text: str) -> bool:
    """Whether it has a block of the protocol in it, or edits in another form."""
    if any(scan(reading.text).blocks for reading in mended(text)):
        return True
    return isinstance(read_any(text, _nothing), Patch)


def _nothing(path: str) -> str | None:
    """No file is known here: whether there are edits shows without."""
    return None
