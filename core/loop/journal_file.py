"""The journal's file is opened, its rows hold only what was ever kept, and what goes wrong with it is a fault."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.chain import misfit
from beai.core.loop.kept import Link


def unwritable(folder: Path, error: Exception) -> Fault:
    """The state folder takes no journal."""
    return Fault(
        FaultKind.DISK,
        f"The state folder {folder} cannot be written.",
        str(error),
        "Set BEAI_STATE to a folder of yours.",
    )


def connected(path: str, *, uri: bool = False) -> sqlite3.Connection:
    """Bytes that are no text are read as they are, so that they are found to be none of ours and stop nothing."""
    connection = sqlite3.connect(path, uri=uri, isolation_level=None)
    connection.text_factory = lambda held: held.decode("utf-8", "surrogateescape")
    return connection


def sound(names: tuple[str, ...], row: tuple[object, ...]) -> None:
    """Raises ``sqlite3.Error`` where a value is of a kind that was never kept."""
    if wrong := misfit(names, row):
        raise sqlite3.DataError(f"The file was changed from outside. {wrong}")


def linked(row: tuple[int, int, int, float, str, str]) -> Link:
    """One row of the chain. Raises as ``sound`` does."""
    sound(("number", "session", "seq", "at", "event", "hash"), row)
    return Link(*row)


def unreadable(error: Exception) -> Fault:
    """The file cannot be read, or not by what was asked."""
    remedy = "beai log --check says whether it was changed; beai makes a new one where the file is moved away."
    return Fault(FaultKind.DISK, "The journal cannot be read.", str(error), remedy)


def unplayable(error: Exception) -> Fault:
    """The events of a session cannot be gone through."""
    remedy = "Start afresh with --new; the old session stays in the journal."
    return Fault(FaultKind.DISK, "The journal's last session cannot be read by this version.", str(error), remedy)


def lost(error: Exception) -> Fault:
    """What was to be kept was not."""
    summary = "The journal could not be written, so nothing was done."
    return Fault(FaultKind.DISK, summary, str(error), "Free some disk space, then press t.")
