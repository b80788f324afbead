"""A task's title without its ID, the marks, links and states around it, and the attributes that follow it."""

from __future__ import annotations

import re

from beai.core.project.task_words import BOX, KNOWN_STATUS, MARKS, State, canonical, is_nothing, state

TASK_ID = re.compile(
    r"(?<![\w-])[A-Z][A-Z0-9]{0,9}(?:[-_.]{1,2}[A-Za-z0-9]{1,20}){0,4}?[-_]{1,2}\d{1,6}[a-z]?(?:\.\d{1,3}){0,3}(?![\w-])"
)
"""``BE-S3-001``, ``BE-S_X_-002``, ``BE-12.1``."""

INNER = re.compile(
    r"(?<=[|·•;,/ \t])(?P<mark>\*\*|__|[*_](?=[^\s*_]))(?P<key>[^*:：\n|_]{1,40})"
    r"(?:[:：]\s?(?P=mark)|(?P=mark)[ \t]{0,2}[:：])"
)
"""A label within a line: ``**Status:**``, ``*Status*:``."""

NEAR = 80
"""Characters at the end of a line where a status may stand."""

_TAIL = re.compile(r"(?:[(\[]|[–—-][ \t])[ \t*_`]{0,4}([^()\[\]\n]{1,40}?)[ \t*_`]{0,4}[)\]]?[*_`\s]{0,4}$")
_BEFORE_STATUS = re.compile(r"(?:(?<=[\s(\[–—-])[*_`]{1,4})?[\s(\[–—-]{0,20}$")
_SEPARATORS = " \t:：.-–—])"
_CLOSING = " \t(["
_LEADING_RUN = re.compile(r"\*{1,3}|_{1,3}|~{1,3}|`")
_TRAILING_RUN = re.compile(r"(?:\*{1,3}|_{1,3}|~{1,3})$")
_LINK_END = re.compile(r"[*_`]{0,4}\](?:\([^()\n]{0,300}\)|\[[^\]\n]{0,100}\])")
_LINK_REST = re.compile(r"([^\]\n]{0,300})\]\([^()\n]{0,300}\)")
_OPENS_LINK = re.compile(r"\[[*_`]{0,4}$")
_MOST_MARKS = 8


def titled(text: str, found: re.Match[str]) -> str:
    """What ``text`` says besides the ID that opens it, without the link that the ID is, or begins, the words of."""
    rest = text[found.end() :]
    if _OPENS_LINK.search(text, max(found.start() - 5, 0), found.start()):
        if link := _LINK_END.match(rest):
            rest = rest[link.end() :]
        elif link := _LINK_REST.match(rest):
            rest = link.group(1) + rest[link.end() :]
    return clean(rest)


def attributes_at(text: str) -> int:
    """Where the attributes begin that stand behind a title: ``**Status:** Open``; -1 where there are none.

    Marked words are a label when what follows them fits: a known state behind ``Status``, an ID behind a dependency.
    """
    for match in INNER.finditer(text):
        if text[: match.start()].strip("#*_` \t-") and _fits(match, text[match.end() : match.end() + NEAR]):
            return match.start()
    return -1


def _fits(match: re.Match[str], value: str) -> bool:
    match canonical(match["key"]):
        case "status":
            known = KNOWN_STATUS.match(value.lstrip(" *_`")) or BOX.match(value.lstrip())
            return bool(known) or state(value.strip()[:2]) is not State.UNKNOWN
        case "dependencies":
            return TASK_ID.search(value) is not None or is_nothing(value)
        case "":
            return False
        case _:
            return len(match["mark"]) > 1


def clean(title: str) -> str:
    """A title without the separators, marks and status around it; emphasis and code within it stay whole."""
    at = attributes_at(title)
    title = title[:at].rstrip(" \t.,;|·•—–-") if at > 0 else title.strip()
    if behind := status_behind(title):
        title = _BEFORE_STATUS.sub("", title[: behind[0]])
    for _ in range(_MOST_MARKS):
        before = title
        title = _closed(_opened(title.lstrip(_SEPARATORS)).rstrip(_CLOSING))
        if title == before:
            break
    title = title.strip("".join(MARKS) + "\ufe0f").strip()
    return title.strip("`") if title.count("`") % 2 else title


def _opened(title: str) -> str:
    """``title`` without marks at its beginning that close what stood before it, or that stand around all of it."""
    run = _LEADING_RUN.match(title)
    if run is None:
        return title
    mark, rest = run.group(), title[run.end() :]
    if not rest or rest[0] in _SEPARATORS:
        return rest if mark != "`" or title.count("`") % 2 else title
    if mark == "`" or (mark[0] == "*" and rest[0] == "*"):
        return title
    inner = _standing(rest, mark)
    if inner == 0:
        return rest
    return rest[: -len(mark)] if inner == 1 and rest.endswith(mark) else title


def _closed(title: str) -> str:
    """``title`` without marks at its end that nothing in it opens."""
    run = _TRAILING_RUN.search(title, max(len(title) - 3, 0))
    if run is None:
        return title
    return title if _standing(title[: run.start()], run.group()) % 2 else title[: run.start()]


def _standing(text: str, mark: str) -> int:
    """How often ``mark`` stands in ``text`` as emphasis, and not within a word."""
    sign = re.escape(mark)
    char = re.escape(mark[0])
    return len(re.findall(rf"(?<![\w{char}]){sign}(?=[^\s{char}])|(?<=[^\s{char}]){sign}(?![\w{char}])", text))


def status_behind(text: str) -> tuple[int, int] | None:
    """Where a status stands behind a title: ``(Done)``, ``- In Progress``, ``[x]``, ``✅``."""
    bare = len(text.rstrip(" \t*_`"))
    near = max(bare - NEAR, 0)
    if box := next((match for match in BOX.finditer(text, near) if match.end() == bare), None):
        return box.span()
    end = bare - (text[bare - 1 : bare] == "\ufe0f")
    if end and text[end - 1] in MARKS:
        return end - 1, bare
    tail = _TAIL.search(text, near)
    if tail and (word := KNOWN_STATUS.fullmatch(tail.group(1))):
        return tail.start(1), tail.start(1) + len(word.group())
    return None
