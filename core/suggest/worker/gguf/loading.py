"""A model file brought into memory by llama.cpp (xllamacpp), within what this computer has, out of anybody's reach.

llama.cpp comes with an HTTP server that cannot be left out. It listens on a Unix socket in the empty private folder
that this process works in, which is unlinked as soon as it is there, so that nobody can ask it anything.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from beai.core.suggest.gguf_file import BINDING, Head, Unreadable, read_head
from beai.core.suggest.worker.gguf.computer import cores, free_memory
from beai.core.suggest.worker.retrying import Failed

PREFIX = "gguf:"
MOST = 32_768  # tokens of context that are made room for where nothing is set: more is read slowly on one computer
LEAST = 2_048  # tokens below which no request fits
BESIDE = 384 * 1024 * 1024  # bytes that a model takes beside its weights and its context
_SOCKET = "model.sock"  # in the working folder
_BATCH = 256  # tokens that are read between two signs of life
_LARGE = 256 * 1024 * 1024  # bytes from which on reading the file is told
_PIECE = 16 * 1024 * 1024
_PATIENCE = 0.5  # seconds for llama.cpp's log, which is written by a thread of its own
_NICE = 5  # the screen and the tests come first

# what llama.cpp's log says of a file that it does not load, the kind of trouble, and our words
_REASONS = (
    (r"unknown model architecture: '([^'\n]{1,60})'", "architecture", "the architecture “{}” is not known here"),
    (r"unknown pre-tokenizer type: '([^'\n]{1,60})'", "architecture", "the tokenizer “{}” is not known here"),
    (r"not within the file bounds|corrupted or incomplete", "file", "its end is missing, so it was not copied whole"),
    (r"(?i:failed to allocate|unable to allocate|out of memory)", "memory", "the system refused the memory"),
)
_ERROR = re.compile(r"error loading model: ([^\n]{1,200})")


class Told(Protocol):
    """Who hears how far it is."""

    def alive(self, thought: int) -> None:
        """It goes on."""

    def note(self, words: str) -> None:
        """One sentence for the person."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is in memory, with room for ``window`` tokens."""

    path: Path
    window: int
    server: Any


_kept: list[Loaded] = []  # at most one: two would not fit


async def loaded(model: str, setting: int | None, out: Told) -> Loaded:
    """The model, which is loaded unless it is there as it should be. Raises ``Failed``."""
    path = path_of(model)
    if _kept and _kept[0].path == path:
        return _kept[0]
    try:
        head = await asyncio.to_thread(read_head, path)
    except Unreadable as error:
        raise Failed("file", str(error), billed=False) from None
    binding = _binding()
    size = room(head, setting, None if _has_gpu(binding) else free_memory())
    _kept.clear()
    await asyncio.to_thread(_read_through, path, head.size, _later(out))
    out.alive(0)
    out.note(f"loads {path.name} ({_big(head.size)}) with {size:,} tokens of context")
    _kept.append(Loaded(path, size, await _server(binding, path, size)))
    return _kept[0]


def path_of(model: str) -> Path:
    """The file of ``gguf:/a/path``. Raises ``Failed``."""
    path = Path(model.removeprefix(PREFIX))
    if not path.is_absolute():
        raise Failed("file", "its path is not absolute", billed=False)
    return path


def room(head: Head, setting: int | None, free: int | None) -> int:
    """Tokens of context that there is room for. Raises ``Failed`` where not even the weights have room."""
    wanted = min(setting or MOST, head.context or MOST)
    if free is None:
        return wanted
    left = free - head.size - BESIDE
    fits = left // head.per_token if head.per_token else wanted
    if left < 0 or fits < min(LEAST, wanted):
        least = head.size + BESIDE + min(LEAST, wanted) * head.per_token
        raise Failed("memory", f"it takes {_big(least)}, and {_big(free)} of memory are free", billed=False)
    return int(min(wanted, fits))


def _binding() -> Any:
    try:
        return importlib.import_module(BINDING)
    except ImportError as error:
        raise Failed("extra", f"{type(error).__name__}: {error}", billed=False) from None


def _has_gpu(binding: Any) -> bool:
    """Whether llama.cpp has another device than the processor; it then divides the model by itself."""
    with suppress(Exception):
        return any("GPU" in str(one.get("type", "")).upper() for one in binding.get_device_info())
    return False


def _later(out: Told) -> Callable[[str], None]:
    """``out.note`` for another thread."""
    loop = asyncio.get_running_loop()

    def note(words: str) -> None:
        loop.call_soon_threadsafe(out.alive, 0)
        loop.call_soon_threadsafe(out.note, words)

    return note


def _read_through(path: Path, size: int, note: Callable[[str], None]) -> None:
    """Read a large file once, with its progress told, so that the system has it at hand when it is mapped."""
    if size < _LARGE:
        return
    read, told = 0, time.monotonic()
    with suppress(OSError), path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            read += len(piece)
            if time.monotonic() - told >= 1.0:
                told = time.monotonic()
                note(f"reads {path.name}: {_big(read)} of {_big(size)}")


async def _server(binding: Any, path: Path, size: int) -> Any:
    """llama.cpp's server with the model in it. Raises ``Failed``."""
    with suppress(OSError, AttributeError):
        os.nice(_NICE)
    params = binding.CommonParams()
    try:
        for name, value in _wanted(size).items():
            setattr(params, name, value)
        params.model.path = str(path)
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = cores()
    except (AttributeError, TypeError) as error:
        raise Failed("extra", f"this version of {BINDING} is not one that beai knows: {error}", billed=False) from None
    with _caught() as printed:
        try:
            return await asyncio.to_thread(binding.Server, params)
        except Exception as error:  # noqa: BLE001  every failure is told as the same one; the reason is in the log
            raise _reason(await _patiently(printed), str(error)) from None
        finally:
            with suppress(OSError):
                os.unlink(_SOCKET)  # noqa: PTH108  in the working folder


def _wanted(size: int) -> dict[str, Any]:
    """What differs from llama.cpp's defaults; no port, no page, no other endpoint, nothing from a network."""
    return {
        "hostnames": [_SOCKET], "ui": False, "endpoint_slots": False, "endpoint_props": False, "n_threads_http": 1,
        "n_ctx": size, "n_parallel": 1, "n_batch": _BATCH, "n_ubatch": _BATCH, "use_jinja": True, "warmup": False,
        "ctx_shift": False, "verbosity": 1, "cache_ram_mib": 0, "offline": True,
    }  # fmt: skip


@contextmanager
def _caught() -> Iterator[Path]:
    """What is printed to standard error meanwhile, as a file; afterwards it is printed there as well."""
    descriptor, name = tempfile.mkstemp(dir=".", prefix="printed-")
    kept = os.dup(2)
    os.dup2(descriptor, 2)
    try:
        yield Path(name)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        with suppress(OSError):
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(2, os.read(descriptor, 8192))
        os.close(descriptor)
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108  in the working folder


async def _patiently(printed: Path) -> str:
    """What llama.cpp printed, once it says why it failed, or after ``_PATIENCE``."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        text = (await asyncio.to_thread(printed.read_text, "utf-8", "replace"))[-20_000:]
        if _ERROR.search(text) or time.monotonic() > deadline:
            return text
        await asyncio.sleep(0.02)


def _reason(printed: str, error: str) -> Failed:
    for pattern, kind, words in _REASONS:
        if found := re.search(pattern, printed):
            return Failed(kind, words.format(*found.groups()), billed=False)
    said = _ERROR.search(printed)
    return Failed("file", f"llama.cpp cannot load it ({said[1] if said else error})", billed=False)


def _big(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.1f} MB"
