"""What a page or an editor does to a reply on its way through the clipboard is taken back where it can mean one thing.

White space that is no space, quotes that were made round, labels of the page's buttons, and fences that the page drew
instead of copying. Nothing is made up: what a mended text says is read as strictly, and counted, as any other. Pure and
linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from beai.core.suggest.reply.envelope import opened
from beai.core.suggest.reply.headings import EDITS, Verb, end, heading

_SPACES = re.compile("[\u00a0\u2007\u202f]")
_INDENTED = re.compile("^[ \t]*[\u00a0\u2007\u202f]", re.MULTILINE)
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
_ROUND = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
_BUTTONS = frozenset({"copy code", "copy", "edit", "download", "wrap", "run", "copied!", "copy snippet", "code"})
_LANGUAGES = frozenset(
    ("ts", "tsx", "typescript", "js", "javascript", "json", "prisma", "sql", "md", "markdown", "text", "txt", "diff")
)
_BULLET = re.compile(r"^[ \t]*[•◦▪‣·*] *(?=\[)")
_MARKED = re.compile(
    r"(?:cites|(?:test )?cases|question(?:[ :].{1,120})?|nothing to do|the test is wrong|beyond me)", re.I
)
_LONGEST = 300


def mended(text: str) -> Iterator[str]:
    """Readings of a pasted text, the likeliest first; the last is the text as it came."""
    plain = _unrounded(_spaced(opened(text)))
    quiet = _without_buttons(plain)
    yield quiet
    if _FENCE.search(quiet) is None:
        yield _redrawn(quiet)
    if text != quiet:
        yield text


def _spaced(text: str) -> str:
    """Spaces for their look-alikes, where these stand in for indentation, which no author writes with them."""
    text = _UNSEEN.sub("", text)
    return _SPACES.sub(" ", text) if _INDENTED.search(text) else text


def _unrounded(text: str) -> str:
    """Straight quotes, where no straight one is left: code has some, so the round ones are an editor's work."""
    double = ("“" in text or "”" in text) and '"' not in text
    single = "‘" in text and "'" not in text
    return text.translate(_ROUND) if double or single else text


def _without_buttons(text: str) -> str:
    """The lines without the labels of a page's buttons, which stand beside a fence, a language or a heading."""
    lines = text.split("\n")
    said = [_label(line) for line in lines]
    kept = [
        line
        for at, line in enumerate(lines)
        if said[at] not in _BUTTONS or not any(_edge(lines, said, near) for near in (at - 1, at + 1))
    ]
    return "\n".join(kept) if len(kept) < len(lines) else text


def _label(line: str) -> str:
    return line.strip().lower() if len(line) < 40 else ""


def _edge(lines: list[str], said: list[str], at: int) -> bool:
    if not 0 <= at < len(lines):
        return False
    line = lines[at]
    return said[at] in _BUTTONS | _LANGUAGES or _FENCE.match(line) is not None or heading(line) is not None


def _redrawn(text: str) -> str:
    """The reply with fences where a page left a language's name above each piece of code.

    Without such a name nobody can tell where words end and code begins, so no fence is put there.
    """
    out: list[str] = []
    verb: Verb | None = None
    inside = False

    def close() -> None:
        while inside and not out[-1].strip():
            out.pop()
        out.extend(["````", ""] if inside else [])

    for line in text.split("\n"):
        found = _begun(line)
        if found is not None or end(line):
            close()
            verb, inside = found, False
            out.append(line if found is None or line.lstrip().startswith("#") else f"### {line.strip()}")
        elif verb in EDITS and _label(line) in _LANGUAGES:
            close()
            out.append(f"````{_label(line)}")
            inside = True
        else:
            out.append(_BULLET.sub("- ", line) if verb is Verb.CASES else line)
    close()
    return "\n".join(out)


def _begun(line: str) -> Verb | None:
    """What a line begins, also where the page took the marks of its heading away."""
    if found := heading(line):
        return found.verb
    if len(line) > _LONGEST or not _MARKED.fullmatch(line.strip()):
        return None
    marked = heading(f"### {line.strip()}")
    return marked.verb if marked else None
