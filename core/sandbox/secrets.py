"""What test code must not read although it lies in a folder that it may read: by name, since content cannot tell."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# Folders and files of a home folder; they count as well where the repository is a home folder itself.
_PRIVATE = frozenset({
    ".ssh", ".aws", ".azure", ".gnupg", ".config", ".kube", ".docker", ".password-store", ".mozilla", ".thunderbird",
    ".gcloud", ".terraform.d", ".vault-token", ".claude", ".codex", ".netrc", ".pgpass", ".my.cnf", ".git-credentials",
    ".bash_history", ".zsh_history", ".psql_history", ".node_repl_history", ".python_history",
})  # fmt: skip
_ENVIRONMENT = re.compile(r"\.env(?:rc$|$|\.)")
_FOR_TESTS = re.compile(r"\.env\.(?:test|ci|example|sample|template|dist|defaults|schema)\b")
_TOKENS = frozenset({".npmrc", ".netrc", ".pypirc", ".git-credentials", ".dockercfg", ".dockerconfigjson"})
_ASIDE = frozenset({
    "node_modules", ".git", "dist", "build", "coverage", ".next", ".turbo", ".venv", "venv", "__pycache__"
})  # fmt: skip
_DEEPEST, _MOST = 6, 5000  # levels and folders looked at


def is_secret(name: str) -> bool:
    """Whether a file of this name is hidden: environment files but those for tests, and files that hold tokens."""
    return name in _TOKENS or bool(_ENVIRONMENT.match(name) and not _FOR_TESTS.match(name))


def is_private(path: Path) -> bool:
    """Whether a part of ``path`` is a place where people keep keys."""
    return not _PRIVATE.isdisjoint(path.parts)


def secrets(root: Path) -> Iterator[Path]:
    """Every hidden file below ``root``, and its private folders."""
    yield from (root / name for name in sorted(_PRIVATE) if (root / name).exists())
    waiting, looked = [(root, 0)], 0
    while waiting and looked < _MOST:
        folder, depth = waiting.pop(0)
        looked += 1
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if is_secret(entry.name):
                yield Path(entry.path)
            elif depth < _DEEPEST and entry.name not in _ASIDE and entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), depth + 1))
