"""Files that would no longer parse as they are decided: TypeScript that was whole before and is broken after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from beai.core.edits.change import Change, Decision, FileChange, Verdict
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.place.shapes import parsed
from beai.core.edits.unplaced import first_error

_PARSED = (".ts", ".tsx", ".mts", ".cts")


def broken(change: Change, decisions: Mapping[str, Decision]) -> Iterator[tuple[str, int]]:
    """The path of each such file, with the line (1-based) of its first syntax error; undecided is not accepted."""
    for file in change.files:
        if file.path.endswith(_PARSED) and _accepts(file, decisions) and not _error(file.path, file.before or ""):
            after = assemble(file, decisions)
            line = _error(file.path, after) if after is not None else 0
            if line:
                yield file.path, line


def _accepts(file: FileChange, decisions: Mapping[str, Decision]) -> bool:
    told = (decisions.get(hunk.id) for hunk in file.hunks)
    return any(one is not None and one.verdict is Verdict.ACCEPTED for one in told)


@lru_cache(maxsize=64)
def _error(path: str, text: str) -> int:
    return first_error(parsed(text, path).root)
