"""The tests of a commit by their marks, each file read once however many commits have it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.edits.place.shapes import parsed
from beai.core.edits.place.suites import Declared, Role, declared_tests
from beai.core.edits.policy import is_test
from beai.core.edits.tamper.marks import LENGTH, mark
from beai.core.runner.report import SEPARATOR
from beai.core.verify.history import History

_FILES = 3_000
_OFF = {"xit": "skip", "xtest": "skip", "xdescribe": "skip", "fit": "only", "fdescribe": "only"}


@dataclass(frozen=True, slots=True)
class Marked:
    """One test as it stands in a file: its joined name, its mark, and its first and last line, 1-based.

    ``off`` is the modifier that keeps it from running, as ``skip``, ``""`` where there is none.
    """

    path: str
    name: str
    mark: str
    first: int
    last: int
    off: str = ""

    @property
    def leaf(self) -> str:
        """The innermost name."""
        return self.name.rsplit(SEPARATOR, 1)[-1]


class Tests:
    """The tests of every file that was asked about, by the hash of its content."""

    __test__ = False  # pytest must not collect it

    def __init__(self, history: History) -> None:
        self._history = history
        self._known: OrderedDict[tuple[str, str], tuple[Marked, ...]] = OrderedDict()

    def of(self, path: str, blob: str) -> tuple[Marked, ...]:
        """The tests of one file."""
        if not blob or not is_test(path):
            return ()
        key = (path, blob)
        if key not in self._known:
            text = self._history.text(blob)
            self._known[key] = () if text is None else read(path, text)
            if len(self._known) > _FILES:
                self._known.popitem(last=False)
        return self._known[key]

    def find(self, sought: str, blobs: Mapping[str, str]) -> Marked | None:
        """The test of the files ``blobs`` that has the mark ``sought``."""
        for path, blob in blobs.items():
            for one in self.of(path, blob):
                if len(sought) >= LENGTH and one.mark == sought[:LENGTH]:
                    return one
        return None


def read(path: str, text: str) -> tuple[Marked, ...]:
    """The tests of one file, in document order."""
    syntax = parsed(text, path)
    declared = declared_tests(syntax)
    suites = {one.path: _off(one) for one in declared if one.role is Role.SUITE}
    found: list[Marked] = []
    for one in declared:
        if one.role is Role.TEST:
            above = (suites.get(one.path[:depth], "") for depth in range(1, len(one.path)))
            off = _off(one) or next(filter(None, above), "")
            first, last = one.call.start_point.row + 1, one.call.end_point.row + 1
            found.append(Marked(path, one.joined, mark(syntax, one.call), first, last, off))
    return tuple(found)


def _off(one: Declared) -> str:
    word = _OFF.get(one.word, "")
    return word or next((each for each in one.modifiers if each in ("skip", "todo", "only", "fails", "failing")), "")
