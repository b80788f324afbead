"""Every setting there is, and where it comes from: defaults < user file < repository file < environment < flags.

The repository's own ``.beai.toml`` may set taste only, never where text is sent, with which key, or what is started.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from beai.core.fault import Fault, FaultKind
from beai.core.text import one_line, printable

REPOSITORY_FILE = ".beai.toml"
FILE_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set; each name is the key in a file, and with ``BEAI_`` before it the environment variable."""

    model: str = ""
    """litellm's name of the model, as ``anthropic/…`` or ``ollama/…``. Empty: the drafter suggests, without a model."""

    base: str = ""
    """Address of an OpenAI-compatible server, as ``http://127.0.0.1:8080/v1``. Empty: the provider's own."""

    key_env: str = ""
    """Name of the environment variable with the key. Empty: the provider's usual one, and none for a ``base``."""

    temperature: float | None = None
    """Sampling temperature, 0 to 2. Not set: the provider's default."""

    max_tokens: int | None = None
    """Longest reply, in tokens. Not set: the provider's default."""

    window: int | None = None
    """Tokens that a request and its reply may take together. Not set: what litellm knows of the model, below 100,000,
    and 32,768 where it knows nothing."""

    editor: str = ""
    """Command that opens a file for editing. Not set: ``$VISUAL``, then ``$EDITOR``."""

    theme: str = ""
    """Name of the screen's theme. Empty: the app's own."""

    runner: str = ""
    """The test runner: ``vitest``, ``jest``, ``node``, ``bun``, ``pytest``, ``command``. Empty: what is found."""

    test_command: str = ""
    """What the runner ``command`` starts; it must write JUnit XML or TAP. ``{report}`` in it becomes a file's name,
    ``{files}`` the chosen test files; with ``{file}`` it is run for each of them."""

    sandbox: str = ""
    """``full``: no run without the whole sandbox; ``off``: none. Empty: as much as works here."""

    forwards: str = ""
    """Ports of this computer that tests in the sandbox may reach, as ``5432 6379``."""

    outputs: str = ""
    """Folders of the package that tests may write, as ``coverage .next``; besides the usual ones."""

    checks_off: str = ""
    """Checks that are left out, as ``any env-read``; ``beai check --list`` tells which there are."""

    notes: tuple[str, ...] = ()
    """What the repository's file said that was not taken over; not a setting."""


SAFE = frozenset({"temperature", "theme", "checks_off"})


def load(user: Path, repository: Path | None, env: Mapping[str, str], flags: Mapping[str, object]) -> Settings | Fault:
    """Settings from the file ``user``, the folder ``repository``, ``env`` and ``flags`` (None: not given).

    A mistake of the person's is a USAGE fault; one of the repository's is ignored and told in ``notes``.
    """
    merged = _accepted({"editor": env.get("VISUAL") or env.get("EDITOR") or ""}, "the environment")
    if isinstance(merged, Fault):
        merged = {}
    chosen = _user_file(user)
    if isinstance(chosen, Fault):
        return chosen
    taste, notes = _repository_file(repository) if repository is not None else ({}, ())
    merged |= chosen | taste
    named = {name: env[variable] for name in _CHECKS if env.get(variable := f"BEAI_{name.upper()}")}
    given = {name: value for name, value in flags.items() if value is not None}
    for values, place in ((named, "the environment (BEAI_…)"), (given, "the command line")):
        accepted = _accepted(values, place)
        if isinstance(accepted, Fault):
            return accepted
        merged |= accepted
    return replace(Settings(notes=notes), **merged)


def user_file(env: Mapping[str, str]) -> Path:
    """The person's settings file: ``BEAI_CONFIG``, or ``config.toml`` in their configuration folder."""
    return (
        Path(env["BEAI_CONFIG"])
        if env.get("BEAI_CONFIG")
        else Path(platformdirs.user_config_dir("beai"), "config.toml")
    )


def state_dir(env: Mapping[str, str]) -> Path:
    """Where journals live: ``BEAI_STATE``, or the person's state folder; never inside a repository."""
    return Path(env["BEAI_STATE"]) if env.get("BEAI_STATE") else Path(platformdirs.user_state_dir("beai"))


def _user_file(path: Path) -> dict[str, Any] | Fault:
    read = _read(path)
    return read if isinstance(read, Fault) else _accepted(read, str(path))


def _repository_file(folder: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    read = _read(folder / REPOSITORY_FILE)
    if isinstance(read, Fault):
        return {}, (read.summary,)
    kept: dict[str, Any] = {}
    notes: list[str] = []
    for name, value in read.items():
        accepted = _accepted({name: value}, REPOSITORY_FILE)
        if name in _CHECKS and name not in SAFE:
            notes.append(f"{REPOSITORY_FILE} may not set {name}; it was ignored.")
        elif isinstance(accepted, Fault):
            notes.append(accepted.summary)
        else:
            kept |= accepted
    return kept, tuple(notes)


def _read(path: Path) -> dict[str, Any] | Fault:
    """The file's tables; an absent file is an empty one."""
    place = printable(str(path))
    try:
        if not path.exists():
            return {}
        if not path.is_file():
            return Fault(FaultKind.USAGE, f"{place} is not a file.")
        with path.open("rb") as file:
            raw = file.read(FILE_LIMIT + 1)
        if len(raw) > FILE_LIMIT:
            return Fault(FaultKind.USAGE, f"{place} is larger than {FILE_LIMIT} bytes.")
        return tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        return Fault(FaultKind.DISK, f"{place} cannot be read.", str(error), "Check its permissions.")
    except (ValueError, RecursionError) as error:
        return Fault(FaultKind.USAGE, f"{place} is not valid TOML: {one_line(str(error))}.", "", "Correct it.")


def _accepted(values: Mapping[str, object], place: str) -> dict[str, Any] | Fault:
    """The values that stand, each checked; the first that does not is the fault."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        check = _CHECKS.get(name)
        if check is None:
            near = difflib.get_close_matches(name, _CHECKS, 1)
            remedy = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(_CHECKS)}."
            return Fault(
                FaultKind.USAGE, f"{printable(place)} sets {one_line(name, 60)}, which is no setting.", "", remedy
            )
        checked = check(value)
        if isinstance(checked, _Wrong):
            said = one_line(str(value), 60)
            return Fault(FaultKind.USAGE, f'{name} is "{said}" in {printable(place)}; it must be {checked.must}.')
        kept[name] = checked
    return kept


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What a value must be and is not."""

    must: str


def _line(value: object) -> str | _Wrong:
    if isinstance(value, str) and value == printable(value) and "\n" not in value:
        return value.strip()
    return _Wrong("one line of text")


def _address(value: object) -> str | _Wrong:
    text = _line(value)
    if isinstance(text, _Wrong) or (text and not re.fullmatch(r"https?://[^\s/@]+(?:/\S*)?", text)):
        return _Wrong("an address such as http://127.0.0.1:8080/v1, without a password")
    return text.rstrip("/")


def _variable(value: object) -> str | _Wrong:
    if isinstance(value, str) and re.fullmatch(r"(?:[A-Za-z_]\w{0,100})?", value, re.ASCII):
        return value
    return _Wrong("the name of an environment variable, not the key itself")


def _temperature(value: object) -> float | _Wrong:
    number = _number(value)
    return number if number is not None and 0 <= number <= 2 else _Wrong("a number from 0 to 2")


def _tokens(value: object) -> int | _Wrong:
    number = _number(value)
    return (
        int(number) if number is not None and number >= 1 and number == int(number) else _Wrong("a whole number from 1")
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e9 else None


_RUNNERS = ("vitest", "jest", "node", "bun", "pytest", "command")


def _runner(value: object) -> str | _Wrong:
    return value if isinstance(value, str) and value in ("", *_RUNNERS) else _Wrong(f"one of {', '.join(_RUNNERS)}")


def _sandbox(value: object) -> str | _Wrong:
    return value if isinstance(value, str) and value in ("", "full", "off") else _Wrong("full or off")


def _ports(value: object) -> str | _Wrong:
    words = value.split() if isinstance(value, str) else None
    if words is None or not all(word.isascii() and word.isdigit() and 0 < int(word) < 65536 for word in words):
        return _Wrong("port numbers with spaces between them")
    return " ".join(words)


def _checks(value: object) -> str | _Wrong:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) and _CHECK.fullmatch(word) for word in words):
        return _Wrong("names of checks with spaces between them")
    return " ".join(words)


_CHECK = re.compile(r"[a-z][a-z-]{0,60}")
_CHECKS: dict[str, Callable[[object], Any]] = {
    "model": _line,
    "base": _address,
    "key_env": _variable,
    "temperature": _temperature,
    "max_tokens": _tokens,
    "window": _tokens,
    "editor": _line,
    "theme": _line,
    "runner": _runner,
    "test_command": _line,
    "sandbox": _sandbox,
    "forwards": _ports,
    "outputs": _line,
    "checks_off": _checks,
}
assert {field.name for field in fields(Settings)} == {*_CHECKS, "notes"}
