"""The head of a GGUF file, read without its weights; whatever stands there, it ends in values or in one sentence.

Laid out as in "GGUF" of the ggml project's documentation: magic, version, counts, then keys with typed values.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

BINDING = "xllamacpp"
"""The package that runs such a file; it comes with the extra ``local``."""
MAGIC = b"GGUF"
VERSIONS = (2, 3)
_MOST_KEYS = 20_000
_MOST_ITEMS = 4_000_000  # of one array: vocabularies have some 250,000
_LONGEST = 8 * 1024 * 1024  # bytes of one text; chat templates have some 10,000
_DEEPEST = 3  # arrays in arrays
_FIXED = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")


class Unreadable(Exception):
    """What is wrong with the file, in words that end a sentence about it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is told of a model before it is loaded; ``keys`` without its long lists. ``size`` is of all its files."""

    keys: dict[str, Any] = field(default_factory=dict)
    size: int = 0

    @property
    def architecture(self) -> str:
        """As llama.cpp calls it: ``llama``, ``qwen3``."""
        return str(self.keys.get("general.architecture", ""))

    @property
    def context(self) -> int:
        """Tokens that it was trained for; 0 where the file does not say."""
        return self._number("context_length")

    @property
    def per_token(self) -> int:
        """Bytes that one token of context takes in memory: its keys and values in every layer, 2 bytes each."""
        heads = max(self._number("attention.head_count"), 1)
        shared = self._number("attention.head_count_kv") or heads
        wide = self._number("embedding_length") // heads
        key, value = (self._number(f"attention.{name}_length") or wide for name in ("key", "value"))
        return self._number("block_count") * shared * (key + value) * 2

    def _number(self, name: str) -> int:
        found = self.keys.get(f"{self.architecture}.{name}")
        found = max(found, default=0) if isinstance(found, list) else found
        return found if isinstance(found, int) and 0 <= found < 2**40 else 0


def read_head(path: Path) -> Head:
    """The head of the file at ``path``. Raises ``Unreadable``."""
    try:
        if not path.exists():
            raise Unreadable("there is no such file")
        if not path.is_file():
            raise Unreadable("it is not a file")
        size = sum(part.stat().st_size for part in _files(path))
        with path.open("rb") as file:
            return Head(_keys(file), size)
    except PermissionError:
        raise Unreadable("it may not be read") from None
    except (OSError, ValueError) as error:
        raise Unreadable(f"it cannot be read ({error})") from None


def _files(path: Path) -> tuple[Path, ...]:
    """The file, or the first of several with the others. Raises ``Unreadable`` where one of them is not there."""
    shard = _SHARD.search(path.name)
    if shard is None:
        return (path,)
    if shard[1] != "00001":
        raise Unreadable("it is a later part of a split model, so name the first one")
    count, stem = int(shard[2]), path.name[: shard.start()]
    if not 1 <= count <= 999:
        raise Unreadable("its name says of how many parts it is, and that cannot be")
    parts = tuple(path.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1))
    if lost := [part.name for part in parts if not part.is_file()]:
        raise Unreadable(f"{lost[0]} is missing beside it")
    return parts


def _keys(file: BinaryIO) -> dict[str, Any]:
    start = file.read(24)
    if start[:4] != MAGIC:
        raise Unreadable("it is not a GGUF file")
    if len(start) < 24:
        raise Unreadable("it ends within its head, so it was not copied whole")
    version, _, count = struct.unpack("<IQQ", start[4:])
    if version not in VERSIONS:
        raise Unreadable(f"it is GGUF of version {version}, and 2 and 3 are known")
    if count > _MOST_KEYS:
        raise Unreadable("it is damaged: it has too many keys")
    found: dict[str, Any] = {}
    for _ in range(count):
        name = _text(file)
        found[name] = _value(file, _fixed(file, "<I"), 0)
    return {name: value for name, value in found.items() if value is not None}


def _value(file: BinaryIO, kind: int, depth: int) -> Any:
    if kind in _FIXED:
        return _fixed(file, _FIXED[kind])
    if kind == _TEXT:
        return _text(file)
    if kind == _ARRAY and depth < _DEEPEST:
        return _list(file, depth + 1)
    raise Unreadable("it is damaged: it holds a value of no known kind")


def _list(file: BinaryIO, depth: int) -> list[Any] | None:
    """The items of a short list; a long one is read over, and nothing is told of it."""
    kind, count = _fixed(file, "<I"), _fixed(file, "<Q")
    if count > _MOST_ITEMS:
        raise Unreadable("it is damaged: it has a list without end")
    if count <= 1024:
        return [_value(file, kind, depth) for _ in range(count)]
    if kind in _FIXED:
        _exactly(file, count * struct.calcsize(_FIXED[kind]))
    else:
        for _ in range(count):
            _value(file, kind, depth)
    return None


def _text(file: BinaryIO) -> str:
    length = _fixed(file, "<Q")
    if length > _LONGEST:
        raise Unreadable("it is damaged: it holds a text without end")
    return _exactly(file, length).decode("utf-8", "replace")


def _fixed(file: BinaryIO, form: str) -> Any:
    return struct.unpack(form, _exactly(file, struct.calcsize(form)))[0]


def _exactly(file: BinaryIO, length: int) -> bytes:
    read = file.read(length)
    if len(read) < length:
        raise Unreadable("it ends within its head, so it was not copied whole")
    return read
