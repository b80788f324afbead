"""Keys of the person's settings file set or taken out, with every other line, comment and space left as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.settings.loading import FILE_LIMIT
from beai.core.text import printable

_TABLE = re.compile(r"\s*\[")
Value = str | bool | int | float | tuple[str, ...]


def save(path: Path, wanted: Mapping[str, Value | None]) -> Fault | None:
    """Set each key of ``wanted`` at the top of the file; None takes it out, and leaves its old line as a comment.

    The file is written whole or not at all, through a link where it is one, and only where it then says what it said
    before in everything else.
    """
    place = printable(str(path))
    try:
        target = path.resolve()
        text = target.read_bytes().decode() if target.exists() else ""  # with its own line ends
        old = tomllib.loads(text)
        new = edited(text, wanted)
        if _read(new) != _expected(old, wanted) or len(new.encode()) > FILE_LIMIT:
            return Fault(FaultKind.USAGE, f"{place} cannot be changed without harm.", "", _byhand(wanted))
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, new)
    except (ValueError, RecursionError) as error:
        return Fault(FaultKind.USAGE, f"{place} is not valid TOML, so it was left as it is.", str(error), "Correct it.")
    except OSError as error:
        return Fault(FaultKind.DISK, f"{place} cannot be written.", str(error), "Check its permissions.")
    return None


def edited(text: str, wanted: Mapping[str, Value | None]) -> str:
    """``text`` with the keys of ``wanted`` at its top level set or taken out."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    ending = "\r\n" if "\r\n" in text else "\n"
    for key, value in wanted.items():
        found = _statement(lines, key)
        if found is None and value is not None:
            at = _end(lines, ending)
            lines[at:at] = [f"{key} = {_toml(value)}{ending}"]
        elif found is not None:
            first, last = found
            was = lines[first:last]
            gone = [f"# {line}" for line in was if f"# {line}" not in lines]
            lines[first:last] = gone if value is None else [_again(was, key, value)]
    return "".join(lines)


def _statement(lines: list[str], key: str) -> tuple[int, int] | None:
    """The lines of the statement that sets ``key`` before any table: from its name to where it can be read."""
    name = re.compile(rf"""\s*(?:{key}|"{key}"|'{key}')\s*=""")
    for first, line in enumerate(lines):
        if _TABLE.match(line):
            return None
        if name.match(line):
            for last in range(first + 1, len(lines) + 1):
                if _read("".join(lines[first:last])) is not None:
                    return first, last
    return None


def _read(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _again(was: list[str], key: str, value: Value) -> str:
    """The statement with another value; a comment at its end stays."""
    line = was[0]
    body = line.rstrip("\r\n")
    ending = line[len(body) :] or "\n"
    before = body[: body.index("=") + 1]
    comment = next(
        (body[at:] for at in range(len(body)) if body[at] == "#" and len(was) == 1 and _read(body[:at]) is not None), ""
    )
    return f"{before} {_toml(value)}{f'  {comment}' if comment else ''}{ending}"


def _end(lines: list[str], ending: str) -> int:
    """Where a new statement goes: after the last one before any table, and before the remarks on that."""
    first = next((at for at, line in enumerate(lines) if _TABLE.match(line)), len(lines))
    if first == len(lines):
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += ending
        return first
    while first and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
        first -= 1
    return first


def _toml(value: Value) -> str:
    """A value in TOML, whose basic strings are JSON's (TOML 1.0, "String")."""
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _expected(old: Mapping[str, object], wanted: Mapping[str, Value | None]) -> dict[str, object]:
    kept = {key: value for key, value in old.items() if key not in wanted}
    return kept | {
        key: list(value) if isinstance(value, tuple) else value for key, value in wanted.items() if value is not None
    }


def _byhand(wanted: Mapping[str, Value | None]) -> str:
    told = (f"set {key} to {_toml(value)}" if value is not None else f"take {key} out" for key, value in wanted.items())
    return f"In it, {' and '.join(told)} yourself."


def _write(target: Path, text: str) -> None:
    """The whole file at once, with the permissions it had."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
