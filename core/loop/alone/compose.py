"""A stand-alone review put together for one folder: its files, the store, and the marks of last time."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.edits.policy import barred
from beai.core.edits.store import Recovery, Store
from beai.core.fault import Fault, FaultKind
from beai.core.loop.alone.brought import Brought
from beai.core.loop.alone.folder import Folder
from beai.core.loop.alone.loop import Reviewing
from beai.core.loop.alone.places import Places
from beai.core.loop.alone.reading import nothing, read
from beai.core.loop.alone.state import Alone, begun, step
from beai.core.loop.codec import text_of, value_of
from beai.core.loop.events import Event
from beai.core.loop.journal import Journal, home
from beai.core.settings import state_dir
from beai.rules import shipped

_BROUGHT = "brought.json"

KEPT = 40
"""Reviews that were left half decided and are kept; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be reviewed: ``texts`` (whence, and the text) in the folder ``root``.

    ``here`` is the folder below ``root`` that the person is in, and ``only`` whether paths count from there alone.
    """

    root: Path
    texts: tuple[tuple[str, str], ...]
    here: str = ""
    only: bool = False
    backwards: bool = False
    fresh: bool = False
    off: Collection[str] = ()


def folder_of(asked: Asked, env: Mapping[str, str]) -> Folder | Fault:
    """The folder with the store that every write of beai there is in; what a crash left is put back first."""
    kept = home(state_dir(env), asked.root)
    store = Store(asked.root, kept, never=barred)
    recovered = _recovered(store, kept)
    if isinstance(recovered, Fault):
        return recovered
    return Folder(asked.root, store, shipped(), asked.off, (asked.root / ".git").exists(), recovered.told)


def brought(asked: Asked, folder: Folder) -> Brought | Fault:
    """What the texts change in the folder as it is now."""
    made = read(asked.texts, Places(folder, asked.here, asked.only), backwards=asked.backwards)
    return made if isinstance(made, Fault) else replace(made, notes=(*folder.notes, *made.notes))


def goes_on(asked: Asked, made: Brought, env: Mapping[str, str]) -> bool:
    """Whether a review of the same texts was left half decided, and nothing but that can be shown of them: their edits
    have no place any more, since the lines that they are about were changed.
    """
    kept = home(state_dir(env), asked.root) / "reviews" / _name(asked) / _BROUGHT
    return not made.change.files and bool(made.missing) and not asked.fresh and kept.is_file()


def compose(asked: Asked, made: Brought, folder: Folder, env: Mapping[str, str]) -> Reviewing | Fault:
    """The review, begun or gone on with where it was left, and its marks kept from here on."""
    kept = home(state_dir(env), asked.root) / "reviews"
    place = kept / _name(asked)
    if asked.fresh:
        shutil.rmtree(place, ignore_errors=True)
    _forget(kept, place)
    journal = Journal.open(place)
    if isinstance(journal, Fault):
        busy = "This patch is under review in another window."
        return replace(journal, summary=busy) if journal.kind is FaultKind.REFUSED else journal
    state = _left(journal, place)
    if state is None and (fault := nothing(made) or _begin(journal, place, made)) is not None:
        journal.close()
        return fault
    state = replace(state or begun(made), notice=" ".join(folder.notes))
    return Reviewing(state, folder, _Marks(journal, place), time.time)


def _recovered(store: Store, kept: Path) -> Recovery | Fault:
    """What was half written put back, where no other beai works here now."""
    if not (kept / "writes").is_dir():
        return Recovery()
    with (kept / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return Recovery()
        try:
            return store.recover()
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)  # a process that is just being started holds the file too: flock(2)


class _Marks:
    """The journal of one review, in a folder of its own, which goes once the review is over."""

    def __init__(self, journal: Journal, place: Path) -> None:
        self._journal, self._place = journal, place

    def append(self, event: Event, at: float) -> Fault | None:
        """Put one event on disk."""
        return self._journal.append(event, at)

    def close(self, *, over: bool) -> None:
        """Let go of it; marks of a review that is over are of no more use."""
        self._journal.close()
        if over:
            shutil.rmtree(self._place, ignore_errors=True)


def _begin(journal: Journal, place: Path, made: Brought) -> Fault | None:
    draft = place / "brought.new"
    try:
        draft.write_text(text_of(made), encoding="ascii")
        draft.replace(place / _BROUGHT)
    except OSError as error:
        return Fault(FaultKind.DISK, f"The state folder {place} cannot be written.", str(error), "Set BEAI_STATE.")
    return journal.begin(time.time())


def _left(journal: Journal, place: Path) -> Alone | None:
    """The review as it was left, None where there is none, or only one that was over or cannot be read."""
    entries = journal.entries()
    if isinstance(entries, Fault) or not entries:
        return None
    try:
        state = begun(value_of(Brought, (place / _BROUGHT).read_text(encoding="ascii")))
    except (OSError, ValueError):
        return None
    for entry in entries:
        state, _ = step(state, entry.event)
    return None if state.over else state


def _name(asked: Asked) -> str:
    """The same for the same texts, read in the same way."""
    parts = (str(asked.here), str(asked.only), str(asked.backwards), *(text for _, text in asked.texts))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()[:20]


def _forget(kept: Path, but: Path) -> None:
    """Drop the oldest reviews beyond a bound."""
    with suppress(OSError):
        others = [place for place in kept.iterdir() if place != but]
        newest = sorted(others, key=lambda place: place.stat().st_mtime, reverse=True)
        for place in newest[KEPT:]:
            shutil.rmtree(place, ignore_errors=True)
