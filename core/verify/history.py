"""The commits of a repository are read through git's plumbing, one at a time, in bounded memory.

Nothing here changes the repository. Messages and files are clipped, since a commit may hold megabytes of either.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.git_query import ask_git
from beai.core.porcelain import read_tree

_PATIENCE = 120.0
_MESSAGE = 64 * 1024  # bytes of a message that are read from its beginning, and from its end
_FILE = 2 * 1024 * 1024  # bytes of a file, beyond which it is not read
_KEPT = 32 * 1024 * 1024  # characters of files that are kept
CHANGES = 4_000
"""Changed files of one commit that are looked at."""
_PLAIN = ("100644", "100755", "000000")
_ROW = re.compile(rb":(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*\0")


@dataclass(frozen=True, slots=True)
class Change:
    """One file that a commit changes: ``was`` is its path before, ``old`` and ``new`` its blobs, ``""`` where none.

    ``plain`` is whether it is a file on both sides, ``link`` whether it is a link or a submodule afterwards.
    """

    path: str
    was: str
    old: str
    new: str
    plain: bool = True
    link: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; ``written`` and ``made`` are the author's and the committer's seconds since the epoch."""

    sha: str
    parents: tuple[str, ...] = ()
    message: str = ""
    written: int = 0
    made: int = 0
    tree: str = ""

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

    @property
    def parent(self) -> str:
        """The first parent, ``""`` for a root."""
        return self.parents[0] if self.parents else ""

    @property
    def merge(self) -> bool:
        """Whether it joins two lines of history."""
        return len(self.parents) > 1


class History:
    """The objects of the repository at ``root``; close it when done."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._process: subprocess.Popen[bytes] | None = None
        self._texts: OrderedDict[str, str | None] = OrderedDict()
        self._room = 0

    def close(self) -> None:
        """Leave no process behind."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def commit(self, sha: str) -> Commit | None:
        """The commit called ``sha``; None where it is none."""
        kind, data = self._object(sha, _MESSAGE)
        if kind != "commit":
            return None
        head, _, body = data.partition(b"\n\n")
        lines = head.decode("utf-8", "surrogateescape").split("\n")
        parents = tuple(line[7:] for line in lines if line.startswith("parent "))
        tree = next((line[5:] for line in lines if line.startswith("tree ")), "")
        written, made = (_at(lines, who) for who in ("author", "committer"))
        message = body.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        return Commit(sha, parents, message, written, made, tree)

    def below(self, words: str, sha: str) -> Commit | None:
        """The commit that ``words`` name, where ``sha`` has it among its ancestors or is it."""
        found = self.named(words) if sha else ""
        asked = ("merge-base", "--is-ancestor", found, sha)
        there = bool(found) and isinstance(ask_git(self.root, *asked, patience=_PATIENCE), bytes)
        return self.commit(found) if there else None

    def base(self, one: str, other: str) -> str:
        """The best common ancestor of two commits, ``""`` where there is none."""
        said = ask_git(self.root, "merge-base", one, other, patience=_PATIENCE)
        return said.decode().strip() if isinstance(said, bytes) else ""

    def data(self, blob: str) -> bytes | None:
        """The bytes of a blob; None where there is none, or it is too large."""
        if not blob:
            return None
        kind, data = self._object(blob, _FILE)
        return data if kind == "blob" else None

    def at(self, sha: str, path: str) -> bytes | None:
        """The bytes of a file as a commit has it; None where there is none, or it is too large."""
        return None if "\n" in path else self.data(f"{sha}:{path}")

    def text(self, blob: str) -> str | None:
        """A blob as text, decoded as UTF-8 with ``surrogateescape``; None where it is none, binary, or too large."""
        if blob in self._texts:
            self._texts.move_to_end(blob)
            return self._texts[blob]
        data = self.data(blob)
        text = None if data is None or b"\0" in data else data.decode("utf-8", "surrogateescape")
        self._texts[blob] = text
        self._room += len(text or "")
        while self._room > _KEPT and len(self._texts) > 1:
            self._room -= len(self._texts.popitem(last=False)[1] or "")
        return text

    def changes(self, commit: Commit) -> tuple[Change, ...]:
        """What a commit changes against its parent; of a merge only what is as in none of its parents."""
        if not commit.merge:
            return self.between(commit.parent, commit.sha)
        each = [{one.path: one for one in self.between(parent, commit.sha, renames=False)} for parent in commit.parents]
        shared = set(each[0]).intersection(*each[1:])
        return tuple(each[0][path] for path in sorted(shared))

    def between(self, old: str, new: str, renames: bool = True) -> tuple[Change, ...]:
        """What differs between two commits, the first of which may be ``""`` for nothing at all."""
        how = ("-M60%", "-l400") if renames else ("--no-renames",)
        words = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id", *how)
        which = (old, new) if old else ("--root", new)
        said = ask_git(self.root, *words, *which, patience=_PATIENCE)
        return () if isinstance(said, str) else tuple(_changes(said))

    def listing(self, sha: str) -> dict[str, str]:
        """The plain files of a commit's tree: path to blob."""
        said = ask_git(self.root, "ls-tree", "-r", "-z", "--full-tree", sha, patience=_PATIENCE)
        every = read_tree(said) if isinstance(said, bytes) else {}
        return {path: one.oid for path, one in every.items() if one.mode in _PLAIN}

    def named(self, words: str) -> str:
        """The hash of the commit that ``words`` name, ``""`` where they name none; no option is ever read in them."""
        if not words or any(char in words for char in "\n\0"):
            return ""
        kind, _ = self._object(f"{words}^{{commit}}", 0)
        return self._last if kind == "commit" else ""

    def _object(self, name: str, most: int) -> tuple[str, bytes]:
        """The kind and the bytes of an object; the middle of what is longer than allowed is left out."""
        if self._process is None or self._process.poll() is not None:
            self._process = _started(self.root)
        ask, answer = self._process.stdin, self._process.stdout
        if ask is None or answer is None:
            return "", b""
        try:
            ask.write(name.encode("utf-8", "surrogateescape") + b"\n")
            ask.flush()
            head = answer.readline().split()
            if len(head) != 3 or not head[2].isdigit():
                return "", b""
            self._last = head[0].decode()
            size, kind = int(head[2]), head[1].decode()
            data = _clipped(answer, size, most, kind == "blob")
            answer.read(1)
        except OSError:
            self.close()
            return "", b""
        return ("", b"") if data is None else (kind, data)


def _started(root: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.Popen(
        ("git", "cat-file", "--batch"),
        cwd=root,
        env=environment | {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _clipped(stream: object, size: int, most: int, whole: bool) -> bytes | None:
    """``size`` bytes of ``stream``: None where a file is too large, both ends of a message that is too long."""
    read = stream.read  # type: ignore[attr-defined]
    if size <= (most if whole else 2 * most):
        return bytes(read(size))
    first = b"" if whole else bytes(read(most))
    left = size - len(first) - (0 if whole else most)
    while left > 0 and (skipped := read(min(left, 1 << 20))):
        left -= len(skipped)
    return None if whole else first + b"\n" + bytes(read(most))


def _at(lines: list[str], who: str) -> int:
    line = next((line for line in lines if line.startswith(f"{who} ")), "")
    with suppress(ValueError, IndexError):
        return int(line.rsplit(" ", 2)[1])
    return 0


def _changes(said: bytes) -> Iterator[Change]:
    at, number = 0, 0
    while (row := _ROW.match(said, at)) and number < CHANGES:
        number += 1
        end = said.index(b"\0", row.end())
        was = path = os.fsdecode(said[row.end() : end])
        if row[5] in (b"R", b"C"):
            last = said.index(b"\0", end + 1)
            path, end = os.fsdecode(said[end + 1 : last]), last
        at = end + 1
        modes = row[1].decode(), row[2].decode()
        old, new = ("" if not blob.strip(b"0") else blob.decode() for blob in (row[3], row[4]))
        plain, link = all(mode in _PLAIN for mode in modes), modes[1] not in _PLAIN
        yield Change(path, "" if not old else was, old, new, plain, link)
