"""What trials and use have shown of each model, kept in the state folder: window, speed, protocol, last use."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.text import printable

FILE = "models.json"
LIMIT = 1024 * 1024
MOST = 200
"""Models that are remembered; those that were used or tried longest ago are forgotten."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One model at one address; None is what was never seen.

    ``window`` is in tokens, as its server said. ``first`` is seconds to the first piece of the reply and ``rate`` the
    tokens per second after it; ``protocol`` is whether it kept to the form of a reply. ``tried_at`` and ``used_at`` are
    seconds since the epoch.
    """

    model: str
    base: str = ""
    window: int | None = None
    first: float | None = None
    rate: float | None = None
    protocol: bool | None = None
    tried_at: float | None = None
    used_at: float | None = None

    @property
    def newest(self) -> float:
        """When it was last heard of."""
        return max(self.tried_at or 0.0, self.used_at or 0.0)


def measured(folder: Path, model: str, base: str = "") -> Measured | None:
    """What is known of ``model`` at ``base`` in the state folder ``folder``; None where nothing is."""
    return all_measured(folder).get((model, base))


def all_measured(folder: Path) -> dict[tuple[str, str], Measured]:
    """Everything that is known, by model and address; what cannot be read is not known."""
    try:
        with (folder / FILE).open("rb") as file:
            kept = json.loads(file.read(LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    rows = kept.get("models") if isinstance(kept, dict) else None
    found = (_one(row) for row in (rows if isinstance(rows, list) else []))
    return {(one.model, one.base): one for one in found if one is not None}


def keep(folder: Path, model: str, base: str = "", **what: Any) -> Fault | None:
    """Remember these fields of ``Measured``; what else is known of the model stays."""
    known = all_measured(folder)
    known[model, base] = replace(known.get((model, base), Measured(model, base)), **what)
    newest = sorted(known.values(), key=lambda one: one.newest, reverse=True)[:MOST]
    text = json.dumps({"models": [asdict(one) for one in newest]}, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / FILE, text)
    except OSError as error:
        return Fault(FaultKind.DISK, f"{printable(str(folder / FILE))} cannot be written.", str(error))
    return None


def _write(path: Path, text: str) -> None:
    """The whole file at once: a reader sees the old one or the new one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _one(row: object) -> Measured | None:
    """A row of the file; None where any of it is not what we write."""
    if not isinstance(row, Mapping) or not isinstance(row.get("model"), str) or not row["model"]:
        return None
    known = {name: row[name] for name in _KINDS if isinstance(row.get(name), _KINDS[name])}
    numbers = {name: value for name, value in known.items() if not _wrong(name, value)}
    return Measured(**numbers)


def _wrong(name: str, value: object) -> bool:
    """A truth where a number belongs, or a number that is none or below zero."""
    if name == "protocol" or isinstance(value, str):
        return False
    return isinstance(value, bool) or not (isinstance(value, int | float) and 0 <= value < 1e12)


_KINDS: dict[str, Any] = {
    "model": str,
    "base": str,
    "window": int,
    "first": (int, float),
    "rate": (int, float),
    "protocol": bool,
    "tried_at": (int, float),
    "used_at": (int, float),
}
assert [field.name for field in fields(Measured)] == list(_KINDS)
