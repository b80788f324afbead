"""A path as a model or a tool writes it becomes a path below the repository root, or a complaint."""

from __future__ import annotations

import re

from beai.core.suggest.reply.complaint import Complaint
from beai.core.text import printable

PATH_LIMIT = 400

_WORD = r"[\w@$()\[\]+~-]"
_FOLDERS = r"(?:[\w@$.()\[\]+~-]+/)"
_NAMED = re.compile(rf"{_FOLDERS}*\.?{_WORD}+(?:\.{_WORD}+)*\.[A-Za-z]\w{{0,9}}|{_FOLDERS}+[\w@$.-]+")
_COMMENT = re.compile(r"\s*(?://+|#|/\*+|<!--|--)\s*(?P<text>\S.*?)\s*(?:\*/|-->)?\s*")
_SAYS = (
    r"in|file|file ?name|file ?path|path|updat(?:e|es|ed|ing)|creat(?:e|es|ed|ing)|edit(?:ed|ing)?|new|the|modified|for"
)
_LABEL = re.compile(rf"(?:[#*\s`\"'>-]|\d{{1,3}}[.)] )*(?:(?:{_SAYS})\b[\s:*]*){{0,4}}", re.IGNORECASE)
_KIND = r"\((?:new|new file|updated|modified|whole file|whole|create|created)\)|file|as follows"
_AFTER = re.compile(rf"[\s:*`\"'.]*(?:{_KIND})?[\s:*`\"'.]*", re.IGNORECASE)
_LANGUAGE = re.compile(r"^[a-z]{2,12}:(?=[\w./])")
_KEY = re.compile(r"^(?:title|file(?:name|path)?|path)[=:]")
_MARKS = ("--- ", "+++ ", "diff ", "*** ", "@@")  # of a patch: what stands there is not the name as it is
_CODE = re.compile(r"[`\"']([^`\"'\s]{1,400})[`\"']")


def path(written: str) -> str | Complaint:
    """A path relative to the repository root; what it may touch is decided elsewhere."""
    name = written.strip().strip("`\"'*“”‘’").removeprefix("./")
    folders = name.split("/")
    outside = name.startswith(("/", "~")) or ".." in folders or ":" in folders[0] or "\\" in name
    if not name or outside or len(name) > PATH_LIMIT or name != printable(name) or "" in folders or "." in folders:
        return Complaint(f'"{name[:PATH_LIMIT]}" is no path below the repository root', "Use paths as they were shown.")
    return name


def named_in(line: str) -> str:
    """The one path that a line above some code names, such as ``Updated `src/a.ts`:``; ``""`` for none."""
    if len(line) > 2 * PATH_LIMIT or not ("." in line or "/" in line) or line.startswith(_MARKS):
        return ""
    quoted = [name for name in _CODE.findall(line) if _NAMED.fullmatch(name.removeprefix("./"))]
    if len(quoted) == 1:
        return str(quoted[0]).removeprefix("./")
    if quoted:
        return ""
    label = _LABEL.match(line)
    rest = line[label.end() if label else 0 :].removeprefix("./")
    name = rest.split(None, 1)[0].rstrip("*`:\"',") if rest.strip() else ""
    return name if _NAMED.fullmatch(name) and _AFTER.fullmatch(rest[len(name) :]) else ""


def commented(line: str) -> str:
    """The path that a line of code is a comment of, and of nothing else; ``""`` for none."""
    found = _COMMENT.fullmatch(line) if len(line) <= 2 * PATH_LIMIT else None
    name = re.sub(r"^(?:file(?:name|path)?|path)\s*:\s*", "", found["text"], flags=re.IGNORECASE) if found else ""
    return name.removeprefix("./") if _NAMED.fullmatch(name.removeprefix("./")) else ""


def in_info(info: str) -> str:
    """The path that a fence's info string names: alone, after the language, or as ``title=…``; ``""`` for none."""
    if len(info) > 2 * PATH_LIMIT or not ("." in info or "/" in info):
        return ""
    words = (_KEY.sub("", _LANGUAGE.sub("", word)).strip("\"'`{}").removeprefix("./") for word in info.split())
    named = [word for word in words if _NAMED.fullmatch(word)]
    return named[0] if len(named) == 1 else ""
