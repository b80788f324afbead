"""A test that goes together with the code that it is about is no loss."""

from __future__ import annotations

import re

from beai.core.edits.tamper import Tamper
from beai.core.verify.history import Change
from beai.core.verify.seen import Seen

_CALLED = re.compile(r"\b([A-Za-z_$][\w$]{2,})\s*\(")
_NAMED = re.compile(r"[\"'`][^\"'`\n]*?\b([a-z]\w*\.[A-Za-z]\w{2,})\b")
_COMMON = frozenset({"describe", "test", "expect", "beforeEach", "afterEach", "mockResolvedValue", "toBe", "toEqual"})
_MOST = 60


def gone_together(seen: Seen, change: Change, one: Tamper, old: str, new: str | None) -> bool:
    """Whether what the lost test calls is no longer in the code that this commit changes, and was before."""
    sources = [seen.sides(each) for each in seen.code[:_MOST]]
    if not sources:
        return False
    lines = old.splitlines()
    lost = "\n".join(lines[one.old[0] : one.old[1] + 1] if one.old is not None and new is not None else lines)
    called = {name for name in _CALLED.findall(lost) if name not in _COMMON}
    called |= {name.rpartition(".")[2] for name in _NAMED.findall(lost)}
    if new is not None:
        called -= set(_CALLED.findall(new))
    was = " ".join(text or "" for text, _ in sources)
    now = " ".join(text or "" for _, text in sources)
    return any(_has(was, name) and not _has(now, name) for name in sorted(called)[:200])


def _has(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) is not None
