"""Saves made in any editor arrive as batches of repository paths whose bytes really changed.

Events come from watchdog, are gathered until the disk is quiet, and are compared by content with what was there before.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from beai.core.fault import Fault, FaultKind
from beai.core.hooked import whole
from beai.core.ignored import Ignored
from beai.core.watched import Contents, Filter, cover

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

QUIET = 0.02  # seconds without an event that end a batch: an editor's save is a burst of a few milliseconds
AT_MOST = 0.25  # seconds that a batch may grow, however busy the disk is
_EVENTS: list[type[FileSystemEvent]] = [  # without those of opening and reading, which a test run makes by the thousand
    *(FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
]
_USED_UP = "The system's file watches are used up, so saves are looked for once a second."
_RAISE = "Raise fs.inotify.max_user_watches to see them at once."
_JOIN = 5.0  # seconds that the observer's thread gets to end
_POLL = 1.0  # seconds between two looks where the system cannot tell of changes


class Watch:
    """Watches the sources below ``root``; iterate it for batches: sorted paths, relative to ``root``, with ``/``.

    ``ignored`` are folders to leave out besides the usual ones, by path or by name; files that git ignores, and what
    runs write by themselves, are left out too. A deleted file's path is reported like a changed one's. ``.git/HEAD``
    and ``.git/refs/heads/…`` are reported, so that a branch switch is seen, except where ``.git`` is a file (a linked
    working tree). ``observer`` makes another observer than the system's best.
    """

    def __init__(
        self, root: Path, ignored: Iterable[str] = (), observer: Callable[[], BaseObserver] | None = None
    ) -> None:
        self._root = root.resolve()
        self._filter = Filter(frozenset(ignored))
        self._contents = Contents(self._root, self._filter)
        self._ignored = Ignored(self._root)
        self._make = observer
        self._observer: BaseObserver | None = None
        self._watches: dict[tuple[str, bool], ObservedWatch] = {}
        self._raw: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self._batches: asyncio.Queue[tuple[str, ...] | None] = asyncio.Queue()
        self._pump: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> Fault | None:
        """Begin; None when every save will be seen at once.

        A fault with the kind MISSING says that the system's watches are used up: then the watch looks at the folders
        once a second, and still works. A fault of another kind means that it does not watch.
        """
        self._loop = asyncio.get_running_loop()
        fault = await asyncio.to_thread(self._begin)
        if self._observer is not None:
            self._pump = asyncio.create_task(self._gather())
        return fault

    def announce(self, written: Mapping[str, str]) -> None:
        """Say before a write of ours which SHA-256 (``""``: deleted) each path will have, so that it is no save."""
        self._contents.expect(written)

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> tuple[str, ...]:
        batch = await self._batches.get()
        if batch is None:
            self._batches.put_nowait(None)
            raise StopAsyncIteration
        return batch

    async def close(self) -> None:
        """End the observer's threads, and the iteration. Closing twice is one close."""
        if self._pump is not None:
            self._pump.cancel()
            with suppress(asyncio.CancelledError):
                await self._pump
        observer, self._observer, self._pump = self._observer, None, None
        if observer is not None:
            await asyncio.to_thread(_stop, observer)
        self._batches.put_nowait(None)

    def _begin(self) -> Fault | None:
        try:
            self._watch_with((self._make or Observer)())
        except OSError as error:
            self._forget()
            if error.errno not in (errno.ENOSPC, errno.EMFILE):
                return Fault(FaultKind.DISK, f"{self._root} cannot be watched: {error.strerror}.", str(error))
            self._watch_with(PollingObserver(timeout=_POLL))
            self._contents.learn()
            return Fault(FaultKind.MISSING, _USED_UP, str(error), _RAISE)
        self._contents.learn()
        return None

    def _watch_with(self, observer: BaseObserver) -> None:
        """Raises OSError where the system has no more watches."""
        self._observer = observer
        observer.start()
        self._schedule()
        with tempfile.TemporaryDirectory(
            prefix="beai-"
        ) as probe:  # below the top, watchdog keeps a used-up limit quiet
            observer.unschedule(observer.schedule(_Handler(lambda *_: None), probe))

    def _schedule(self, renewed: Iterable[str] = ()) -> None:
        """Watch the folders that are there now; those ``renewed`` are others than before, even under the same name."""
        if self._observer is None:
            return
        for folder in renewed:
            for key in [key for key in self._watches if f"{key[0]}/".startswith(f"{folder}/")]:
                self._drop(key)
        wanted = cover(self._root, self._filter)
        for folder, recursive in wanted:
            if (folder, recursive) not in self._watches:
                with suppress(FileNotFoundError, NotADirectoryError):
                    self._watches[folder, recursive] = self._observer.schedule(
                        _Handler(self._event), str(self._root / folder), recursive=recursive, event_filter=_EVENTS
                    )
        for key in self._watches.keys() - set(wanted):
            self._drop(key)

    def _drop(self, key: tuple[str, bool]) -> None:
        watch = self._watches.pop(key)
        if self._observer is not None:
            with suppress(KeyError, OSError):
                self._observer.unschedule(watch)

    def _forget(self) -> None:
        if self._observer is not None:
            _stop(self._observer)
        self._observer = None
        self._watches.clear()

    def _event(self, path: str, folder: bool) -> None:
        """Called in a thread of watchdog's."""
        with suppress(ValueError):
            relative = Path(path).relative_to(self._root).as_posix()
            if self._loop is not None and self._filter.passes(relative):
                with suppress(RuntimeError):  # the loop is closed
                    self._loop.call_soon_threadsafe(self._raw.put_nowait, (relative, folder))

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            pending = {await self._raw.get()}
            deadline = loop.time() + AT_MOST
            with suppress(TimeoutError):
                while (left := deadline - loop.time()) > 0:
                    async with asyncio.timeout(min(QUIET, left)):
                        pending.add(await self._raw.get())
            changed = await whole(asyncio.to_thread(self._compare, frozenset(pending)))
            if changed:
                self._batches.put_nowait(changed)

    def _compare(self, pending: frozenset[tuple[str, bool]]) -> tuple[str, ...]:
        folders = [path for path, folder in pending if folder]
        if folders:
            self._schedule(folders)  # first: what is saved in a new folder from here on is an event
        return self._ignored.without(self._contents.changed({path for path, _ in pending}))


class _Handler(FileSystemEventHandler):
    """Hands on each path an event names, and whether it is a folder's."""

    def __init__(self, told: Callable[[str, bool], None]) -> None:
        self._told = told

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._told(os.fsdecode(path), event.is_directory)


def _stop(observer: BaseObserver) -> None:
    observer.stop()
    if observer.is_alive():
        observer.join(_JOIN)


logging.getLogger("watchdog").addHandler(logging.NullHandler())  # else its warnings would be printed across the screen
