"""What servers, chats and clipboards put around a reply is taken off here: marks, line ends, thoughts, JSON, quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from beai.core.suggest.reply.complaint import Complaint

_THOUGHT = re.compile(r"\s*<(?P<tag>think|thinking|reasoning|thought)>", re.IGNORECASE)
_THOUGHT_END = re.compile(r"^[ \t]*</think(?:ing)?>[ \t]*$", re.MULTILINE | re.IGNORECASE)
_LINE_END = re.compile(r"\r+\n?")
_JSON_FENCE = re.compile(r"\s*```(?:json)?[ \t]*\n(?P<inside>[\[{\"].*)\n```\s*", re.DOTALL)
_END = re.compile(r"\bend \S{1,80} edits ?=", re.IGNORECASE)
_QUOTE = re.compile(r"^[ \t]{0,3}> ?", re.MULTILINE)
_BYTE = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as ``surrogateescape`` reads it."""
_WIDE = ("\udcff\udcfe", "\udcfe\udcff")
_TOOL = re.compile(
    r"<\|?(?:tool_call|tool_use|function_calls?|invoke|write_to_file|replace_in_file|apply_diff|edit_file|str_replace)\b"
    r"|<function=|\[TOOL_CALLS?\]|<\|(?:python_tag|tool[\w▁]*|channel)\|>|<｜tool"
    r"|\"(?:tool_calls?|function_call|tool_use|arguments)\"\s{0,9}:|\bfunctions\.\w{1,60}\(",
    re.IGNORECASE,
)
WRAPPERS = frozenset({"", "markdown", "md", "text", "txt", "plaintext", "plain"})
"""Info words of a fence that may stand around a whole reply."""


def broken(text: str, limit: int) -> Complaint | None:
    """Why a text cannot even be looked at."""
    if not text.strip():
        return Complaint("it is empty")
    if len(text) > limit:
        return Complaint(f"it is longer than {limit} characters", "Do less at a time.")
    if text.startswith(_WIDE):
        return Complaint("it is UTF-16, not UTF-8", "Save it as UTF-8 (iconv -f UTF-16 -t UTF-8).")
    if found := None if text.isascii() else _BYTE.search(text):
        line, byte = text.count("\n", 0, found.start()) + 1, ord(found[0]) - 0xDC00
        return Complaint(f"it is not UTF-8: its line {line} holds the byte {byte:02x}", "Save it as UTF-8 (iconv).")
    if "\0" in text or not _encodes(text):
        return Complaint("it holds characters that no source file may hold", "Write plain text, in UTF-8.")
    return None


def opened(text: str) -> str:
    """The reply inside ``text``, with ``\\n`` for every line end; ``text`` itself where nothing stands around it."""
    text = _plain(text)
    inside = _from_json(text)
    text = text if inside is None else _plain(inside)
    return _thought_through(text)


def unquoted(text: str) -> str | None:
    """The text without the ``>`` that begins each of its lines (a quoted message); None where a line has none."""
    if not text.lstrip().startswith(">") or any(line.strip() and line.strip()[0] != ">" for line in text.split("\n")):
        return None
    return _QUOTE.sub("", text)


def after_thought(text: str) -> str | None:
    """The text below the end of a thought whose beginning a server took away; None where there is no such line."""
    closing = _THOUGHT_END.search(text)
    return text[closing.end() :] if closing and "<think" not in text[: closing.start()] else None


def calls_a_tool(text: str) -> bool:
    """Whether it looks like a call of a tool, which nobody offered."""
    return _TOOL.search(text) is not None


def _plain(text: str) -> str:
    return _LINE_END.sub("\n", text.removeprefix("\ufeff"))


def _thought_through(text: str) -> str:
    """The text after a reasoning model's ``<think>`` part, which some servers leave in, or of which only the end."""
    if opening := _THOUGHT.match(text):
        closing = re.compile(rf"</{opening['tag']}>", re.IGNORECASE).search(text, opening.end())
        return text[closing.end() :] if closing else ""
    return text


def _from_json(text: str) -> str | None:
    """The one string of a JSON text that reads like a reply: it alone has an end mark, or else several lines."""
    fence = _JSON_FENCE.fullmatch(text) if text.lstrip().startswith("```") else None
    bare = (fence["inside"] if fence else text).strip()
    if not bare.startswith(("{", "[", '"')) or bare[-1] not in '}]"':
        return None
    try:
        strings = list(_strings(json.loads(bare)))
    except (ValueError, RecursionError):
        return None
    closed = [each for each in strings if _END.search(each)]
    several = closed or [each for each in strings if each.count("\n") > 1]
    return several[0] if len(several) == 1 and not calls_a_tool(bare) else None


def _strings(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(found):
                yield found
            case dict() as members:
                waiting.extend(members.values())
            case list() as items:
                waiting.extend(items)


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
