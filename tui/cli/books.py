"""The repository that a command is about, and what beai keeps of it: its folder, and the journal in that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from beai.core.fault import Fault
from beai.tui.cli.leaving import stop

if TYPE_CHECKING:
    from beai.core.loop.journal import Journal


def repository(path: Path) -> Path:
    """The top folder of the repository that holds ``path``; leaves where there is none."""
    from beai.core.loop.preflight import top_of

    root = top_of(path)
    if isinstance(root, Fault):
        stop(root)
    return root


def folder_of(root: Path) -> Path:
    """Where beai keeps what it knows of the repository at ``root``."""
    from beai.core.loop.journal import home
    from beai.core.settings import state_dir

    return home(state_dir(os.environ), root)


@contextmanager
def opened_journal(root: Path) -> Iterator[Journal]:
    """The journal, for as long as nobody else may have it; leaves where that cannot be."""
    from beai.core.loop.journal import Journal

    journal = Journal.open(folder_of(root))
    if isinstance(journal, Fault):
        stop(journal)
    try:
        yield journal
    finally:
        journal.close()


def journal_to_read(path: Path) -> Journal | Fault:
    """The journal of the repository that holds ``path``, to be read also while beai is open there."""
    from beai.core.loop.journal import Journal

    return Journal.read(folder_of(repository(path)))
