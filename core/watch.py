"""Saves made in any editor arrive as batches of repository paths whose bytes really changed.

Events come from watchdog, are gathered until a save is complete, and compared by content with what was there before.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import posixpath
import sys
import tempfile
import time
from collections import deque
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
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper
from watchdog.observers.polling import PollingObserver

from beai.core.batching import Batch, What
from beai.core.contents import Contents
from beai.core.fault import Fault, FaultKind
from beai.core.hooked import whole
from beai.core.ignored import Ignored
from beai.core.runner.report import Trigger
from beai.core.runner.triggers import trigger
from beai.core.watched import Filter, cover

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

_EVENTS: list[type[FileSystemEvent]] = [  # without those of opening and reading, which a test run makes by the thousand
    *(FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
]
_USED_UP = "The system's file watches are used up, so saves are looked for once a second."
_RAISE = "Raise fs.inotify.max_user_watches to see them at once."
_JOIN = 5.0  # seconds that the observer's thread gets to end
_POLL = 1.0  # seconds between two looks where the system cannot tell of changes
_MANY = 1000  # paths in one batch from which on the system may have dropped events: its queue holds 16,384
_GIT_WORKS = 5.0  # seconds that a batch waits for git to finish with the working tree
_STALE_LOCK = 10.0  # seconds after which git's lock is taken for one that was left behind

# Half of a rename is held for its other half, and everything behind it as well; also when the other half has come
# meanwhile. The kernel writes both halves at once, so what is not there by now (0.5 s by default) never comes.
InotifyMoveEventGrouper.delay = 0.01


class Watch:
    """Watches the sources below ``root``; iterate it for batches: sorted paths, relative to ``root``, with ``/``.

    ``ignored`` are folders to leave out besides the usual ones, by path or by name; files that git ignores, and what
    runs write by themselves, are left out too, but for ``included`` folders (generated code that tests import) and
    what the runner starts from, as ``.env`` files: that counts wherever git does not ignore the folder it lies in. A
    deleted file's path is reported like a changed one's. ``.git/HEAD`` and ``.git/refs/heads/…`` are reported, so that
    a branch switch is seen, except where ``.git`` is a file (a linked working tree). A link to a folder is not
    followed: what it leads to is seen where it really lies, if that is below ``root``. ``observer`` makes another
    observer than the system's best.
    """

    def __init__(
        self,
        root: Path,
        ignored: Iterable[str] = (),
        observer: Callable[[], BaseObserver] | None = None,
        included: Iterable[str] = (),
    ) -> None:
        self._root = root.resolve()
        self._filter = Filter(frozenset(ignored), frozenset(folder.strip("/") for folder in included))
        self._contents = Contents(self._root, self._filter)
        self._ignored = Ignored(self._root)
        self._make = observer
        self._observer: BaseObserver | None = None
        self._watches: dict[tuple[str, bool], ObservedWatch] = {}
        self._raw: deque[tuple[str, What]] = deque()
        self._told = asyncio.Event()
        self._batches: asyncio.Queue[tuple[str, ...] | None] = asyncio.Queue()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> Fault | None:
        """Begin; None when every save will be seen at once.

        A fault with the kind MISSING says that the system's watches are used up: then the watch looks at the folders
        once a second, and still works. A fault of another kind means that it does not watch.
        """
        self._loop = asyncio.get_running_loop()
        fault = await asyncio.to_thread(self._begin)
        if self._observer is not None:
            self._tasks = (
                asyncio.create_task(self._gather()),
                asyncio.create_task(asyncio.to_thread(self._learn_more)),
            )
        return fault

    @property
    def places(self) -> tuple[str, ...]:
        """The folders that a watch was made for, below which others may be watched too."""
        return tuple(sorted(folder for folder, _ in self._watches))

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
        self._contents.stop()
        for task in self._tasks[:1]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        observer, self._observer, self._tasks = self._observer, None, ()
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

    def _learn_more(self) -> None:
        self._ignored.learn()
        self._contents.learn_more()

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
            for key in [key for key in self._watches if not folder or f"{key[0]}/".startswith(f"{folder}/")]:
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

    def _event(self, path: str, what: What) -> None:
        """Called in a thread of watchdog's."""
        with suppress(ValueError):
            relative = Path(path).relative_to(self._root).as_posix()
            if relative == ".":
                relative = ""
            if self._loop is not None and (not relative or self._filter.passes(relative)):
                self._raw.append((relative, what))
                if not self._told.is_set():
                    with suppress(RuntimeError):  # the loop is closed
                        self._loop.call_soon_threadsafe(self._told.set)

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        closes = sys.platform == "linux" and not isinstance(self._observer, PollingObserver)
        while True:
            gone = ("", False) not in self._watches
            if not await self._something(_POLL if gone else None):
                if self._root.is_dir():
                    self._raw.append(("", What.FOLDER))
                continue
            batch = self._take(Batch(closes))
            begun = loop.time()
            while (left := min(batch.wait(), begun + batch.at_most() - loop.time())) > 0:
                if not await self._something(left):
                    if batch.whole or loop.time() > begun + _GIT_WORKS or not await asyncio.to_thread(self._git_works):
                        break
                    continue
                self._take(batch)
            changed = await whole(asyncio.to_thread(self._compare, batch))
            if changed:
                self._batches.put_nowait(changed)

    async def _something(self, patience: float | None) -> bool:
        """Wait for an event; False after ``patience`` seconds without one."""
        if not self._raw:
            self._told.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._told.wait()
        return bool(self._raw)

    def _take(self, batch: Batch) -> Batch:
        while self._raw:
            path, what = self._raw.popleft()
            if what is What.GONE and not self._contents.knows(path):
                batch.forget(path)  # an editor's own file, which came and went
            else:
                batch.add(path, what)
        return batch

    def _git_works(self) -> bool:
        """Whether git is writing the working tree: it locks the index while it does."""
        with suppress(OSError):
            return time.time() - (self._root / ".git/index.lock").stat().st_mtime < _STALE_LOCK
        return False

    def _compare(self, batch: Batch) -> tuple[str, ...]:
        paths = batch.paths
        if batch.folders:
            self._schedule(batch.folders)  # first: what is saved in a new folder from here on is an event
        elif len(paths) > _MANY:
            self._schedule()
        changed = self._contents.changed_anywhere() if len(paths) > _MANY else self._contents.changed(paths)
        usual = set(self._ignored.without(path for path in changed if not self._filter.generated(path)))
        usual |= self._started_from(set(changed) - usual)
        return tuple(path for path in changed if path in usual or self._filter.generated(path))

    def _started_from(self, ignored: set[str]) -> set[str]:
        """Those of ``ignored`` that a runner reads when it starts; in an ignored folder it is what runs write."""
        found = {path: posixpath.dirname(path) for path in ignored if trigger(path)[0] is Trigger.RESTART}
        folders = set(self._ignored.without({folder for folder in found.values() if folder}))
        return {path for path, folder in found.items() if not folder or folder in folders}


class _Handler(FileSystemEventHandler):
    """Hands on each path an event names, and what happened to it."""

    def __init__(self, told: Callable[[str, What], None]) -> None:
        self._told = told

    def on_any_event(self, event: FileSystemEvent) -> None:
        source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        if event.is_directory:
            whats = (What.FOLDER, What.FOLDER)
        elif isinstance(event, FileMovedEvent | FileDeletedEvent):
            whats = (What.GONE, What.FINISHED)
        else:
            whats = (What.FINISHED if isinstance(event, FileClosedEvent) else What.WRITTEN, What.WRITTEN)
        for path, what in zip((source, target), whats, strict=True):
            if path:
                self._told(path, what)


def _stop(observer: BaseObserver) -> None:
    observer.stop()
    if observer.is_alive():
        observer.join(_JOIN)


logging.getLogger("watchdog").addHandler(logging.NullHandler())  # else its warnings would be printed across the screen
