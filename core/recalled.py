"""What readings found, kept on disk between commands: in the user's cache folder, for this version of the parsers.

A file that is damaged, of another version, too large, or not ours is as good as none, and a folder that cannot be
written to only costs time. What is kept is facts about files by their digests; a file is still looked at, and one that
changed is read. Loading builds nothing but our own values and enumerations, whatever the file says.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import os
import pickle
import sys
import tempfile
from enum import Enum
from functools import cache
from importlib.metadata import version
from pathlib import Path

import platformdirs

from beai.core.files import DiskTree
from beai.core.project import layout
from beai.core.project.facts import Project
from beai.core.project.recall import Recall

LARGEST = 96 * 1024 * 1024  # bytes of a file
_FILES = 24  # repositories whose files are kept
_MAGIC = b"beai map\n"
_DIGEST = 32
_TROUBLE = (ValueError, TypeError, AttributeError, LookupError, EOFError, ImportError, MemoryError, RecursionError)
_FIELDS = ("answers", "digests", "facts", "tokens", "asked", "configs", "signs")


class Kept:
    """The file of the repository at ``root``, in ``folder``, or in the user's cache folder."""

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self._folder = folder or Path(platformdirs.user_cache_dir("beai", appauthor=False)) / "maps"
        name = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:24]
        self._file = self._folder / f"{name}.map"

    def load(self) -> Recall:
        """What was kept; nothing where the file cannot be used."""
        try:
            if self._file.stat().st_size > LARGEST:
                return Recall()
            data = self._file.read_bytes()
        except OSError:
            return Recall()
        head = _MAGIC + _version()
        body = data[len(head) + _DIGEST :]
        if not data.startswith(head) or data[len(head) :][:_DIGEST] != hashlib.sha256(body).digest():
            return Recall()
        recall = Recall()
        try:
            found = _Ours(io.BytesIO(body)).load()
            for name, value in zip(_FIELDS, found, strict=True):
                setattr(recall, name, value)
            recall.index()
        except (pickle.UnpicklingError, *_TROUBLE):
            return Recall()
        return recall

    def save(self, recall: Recall) -> None:
        """Keep ``recall``, whole or not at all; where nothing can be written, nothing is."""
        recall.sweep()
        body = pickle.dumps(tuple(getattr(recall, name) for name in _FIELDS), protocol=5)
        if len(body) > LARGEST // 2:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                try:
                    file.write(_MAGIC + _version() + hashlib.sha256(body).digest() + body)
                    file.close()
                    Path(file.name).replace(self._file)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)
                    raise
            files = sorted(self._folder.glob("*.map"), key=lambda path: path.stat().st_mtime, reverse=True)
            for old in files[_FILES:]:
                old.unlink(missing_ok=True)


def reading(root: Path, name: str, folder: Path | None = None) -> Project:
    """The repository at ``root`` read with what earlier commands found, which is kept for later ones."""
    kept = Kept(root, folder)
    recall = kept.load()
    before = dict(recall.answers), dict(recall.digests)
    found = layout.read(DiskTree(root), name, recall)
    if (recall.answers, recall.digests) != before:
        kept.save(recall)
    return found


class _Ours(pickle.Unpickler):
    """Knows the values and enumerations of our parsers and no other name, so that loading runs nothing else."""

    def find_class(self, module: str, name: str) -> type:
        """The class of ours that is called so."""
        if module == "builtins" and name in ("set", "frozenset"):
            return {"set": set, "frozenset": frozenset}[name]
        found = getattr(sys.modules.get(module), name, None) if module.startswith("beai.core.project.") else None
        known = isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, Enum))
        if not known or found is None or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is none of ours")
        value: type = found
        return value


@cache
def _version() -> bytes:
    """What tells these parsers from any others: their own text, and the versions of what they use."""
    found = hashlib.sha256(repr((sys.version_info, *map(version, ("tree-sitter", "tree-sitter-typescript")))).encode())
    for file in sorted((Path(__file__).parent / "project").rglob("*.py")):
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.digest()
