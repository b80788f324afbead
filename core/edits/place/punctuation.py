"""Quotes, dashes and spaces that a program made typographic: read as the plain ones, and never spread into code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from beai.core.edits.diff.script import changed

_PLAIN = {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑‒–—―−", "-"), "\xa0": " "}
_TABLE = str.maketrans(_PLAIN)

Smart = Mapping[int, str]
"""Typographic characters that a search has where its file has the plain ones, with those; for ``str.translate``."""


def plain(text: str) -> str:
    """``text`` with plain punctuation; as many characters as before."""
    return text.translate(_TABLE)


def doubtful(have: str, made: str) -> bool:
    """Whether ``made``, for ``have`` with typographic quotes, has more plain ones, which may end a string in it."""
    return plain(have) != have and any(made.count(quote) > have.count(quote) for quote in "'\"")


def restored(have: str, wanted: str) -> Smart:
    """What to make plain in new text whose search reads ``wanted``, and its place in the file ``have``."""
    if len(have) != len(wanted):
        return {}
    made = {_PLAIN[want] for there, want in zip(have, wanted, strict=True) if want != there == _PLAIN.get(want)}
    return {ord(char): simple for char, simple in _PLAIN.items() if simple in made}


def kept(have: Iterable[str], wanted: Iterable[str], new: Iterable[str], smart: Smart) -> list[str]:
    """The lines ``new``; what they share with ``wanted``, punctuation aside, has the characters of the file."""
    there, sought, made = "\n".join(have), "\n".join(wanted), "\n".join(lines := list(new))
    if not lines or plain(there) != plain(sought):
        return [line.translate(smart) for line in lines]
    return spliced(there, sought, made, smart).split("\n")


def spliced(have: str, wanted: str, new: str, smart: Smart) -> str:
    """The text ``new`` with the characters of ``have`` where it says what ``wanted`` does, which ``have`` reads as."""
    out, done = list[str](), 0
    for i1, i2, j1, j2 in changed(plain(wanted), plain(new)):
        out += [have[done:i1], new[j1:j2].translate(smart)]
        done = i2
    return "".join([*out, have[done:]])
