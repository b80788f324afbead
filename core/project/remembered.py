"""A tree that reads each file once, so that one reading of a project sees one moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from beai.core.project.facts import Refusing, Stamped, Tree
from beai.core.project.recall import Inquiry, Question, Recall, digest

T = TypeVar("T")
_ABSENT = "-"
_KEPT = 8_000_000  # characters of files that are kept after a glance


class Remembered:
    """``inner`` with its answers kept for as long as this is; ``recall`` carries what was found from one to the next.

    A file whose stamp is that of an earlier reading is not read at all unless its text is asked for.
    """

    def __init__(self, inner: Tree, recall: Recall | None = None) -> None:
        self.inner = inner
        self._recall = Recall() if recall is None else recall
        self._stamps = inner if isinstance(inner, Stamped) else None
        self._paths: tuple[str, ...] | None = None
        self._texts: dict[str, str | None] = {}
        self._digests: dict[str, str] = {}
        self._room, self._glanced = _KEPT, ("", "")
        self._torn = False
        self.signed: dict[str, str] | None = None
        if self._stamps is not None:
            self.paths()
            stamp = self._stamps.stamp
            kept = self._recall.digests.items()
            self._digests = {path: digest for path, (stamped, digest) in kept if stamp(path) == stamped}
        self._inquiry = Inquiry(self._recall)
        self._inquiry.fact("text", self.digest)

    @property
    def recall(self) -> Recall:
        """What earlier readings found."""
        return self._recall

    @property
    def inquiry(self) -> Inquiry:
        """What is asked about these files."""
        return self._inquiry

    def paths(self) -> tuple[str, ...]:
        """The paths of ``inner`` when they were first asked for."""
        if self._paths is None:
            self._paths = self.inner.paths()
        return self._paths

    def text(self, path: str) -> str | None:
        """The text of ``path`` when it was first asked for."""
        if path not in self._texts:
            self._texts[path] = self.glance(path)
        return self._texts[path]

    def glance(self, path: str) -> str | None:
        """The text of ``path``, kept only as long as there is room: a large repository's texts are not all held."""
        if path in self._texts:
            return self._texts[path]
        text = self._glanced[1] if self._glanced[0] == path else self.inner.text(path)
        now = _ABSENT if text is None else digest(text)
        self._torn = self._torn or self._digests.setdefault(path, now) != now
        if text is not None and len(text) > self._room:
            self._glanced = path, text
            return text
        self._room -= len(text or "")
        self._texts[path] = text
        return text

    def withheld(self) -> tuple[str, ...]:
        """The files that are there but too large to be read."""
        return self.inner.withheld() if isinstance(self.inner, Refusing) else ()

    def refusal(self, path: str) -> str:
        """Why the text of a file that is there is not read; ``""`` for any other, and where nobody can tell."""
        return self.inner.refusal(path) if isinstance(self.inner, Refusing) else ""

    def digest(self, path: str) -> str:
        """What tells the content of ``path`` from any other; of a file that cannot be read, that it cannot."""
        if path in self._digests:
            return self._digests[path]
        self.paths()
        stamp = self._stamps.stamp(path) if self._stamps is not None else None
        kept = self._recall.digests.get(path)
        if kept is not None and kept[0] == stamp:
            self._digests[path] = kept[1]
        else:
            self.glance(path)
            if stamp is not None:
                self._recall.digests[path] = (stamp, self._digests[path])
        return self._digests[path]

    def ask(self, question: Question, work: Callable[[], T]) -> T:
        """The answer to ``question``, worked out only where what an earlier reading found no longer holds."""
        return self._inquiry.ask(question, work)

    def keep(self) -> None:
        """Hand what was found to the next reading; nothing where a file changed while it was read."""
        if self._torn:
            self._recall.forget()
            return
        self._inquiry.keep()
        if len(self._recall.digests) > len(self.paths()):
            known = set(self.paths())
            self._recall.digests = {path: kept for path, kept in self._recall.digests.items() if path in known}


def remembered(tree: Tree) -> Remembered:
    """``tree`` itself where it remembers already."""
    return tree if isinstance(tree, Remembered) else Remembered(tree)
