"""Where settings come from: the person's file, the repository's, the environment and the flags, each checked."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from beai.core.fault import Fault, FaultKind
from beai.core.settings.checks import NOBODYS, Unknown, Wrong
from beai.core.settings.tables import CHECKS, KEYS
from beai.core.settings.value import FLAGS, SAFE, TABLES, Settings
from beai.core.text import one_line, printable

REPOSITORY_FILE = ".beai.toml"
FILE_LIMIT = 64 * 1024
_KEYS = re.compile(r"(?:.*_)?(?:key|apikey|token|secret|password)", re.IGNORECASE)
"""What people call a setting that holds a key."""


def load(user: Path, repository: Path | None, env: Mapping[str, str], flags: Mapping[str, object]) -> Settings | Fault:
    """Settings from the file ``user``, the folder ``repository``, ``env`` and ``flags`` (None: not given).

    A mistake of the person's is a USAGE fault; one of the repository's is ignored and told in ``untaken``.
    """
    merged = accepted({"editor": env.get("VISUAL") or env.get("EDITOR") or ""}, "the environment")
    if isinstance(merged, Fault):
        merged = {}
    chosen = _user_file(user)
    if isinstance(chosen, Fault):
        return chosen
    taste, notes = _repository_file(repository) if repository is not None else ({}, ())
    merged |= chosen | taste
    named = {
        name: env[variable] for name in CHECKS if name not in FLAGS and env.get(variable := f"BEAI_{name.upper()}")
    }
    given = {name: value for name, value in flags.items() if value is not None}
    for values, place in ((named, "the environment (BEAI_…)"), (given, "the command line")):
        found = accepted(values, place)
        if isinstance(found, Fault):
            return found
        if any(found.get(name) for name in KEYS):  # a key given later is the only one
            merged |= dict.fromkeys(KEYS[1:], ()) | {KEYS[0]: ""}
        if found.get("model"):  # one named later is asked for everything
            merged |= {"way": "", "phases": ()}
        merged |= found
    return _sound(_named(replace(Settings(untaken=notes), **merged)))


def user_file(env: Mapping[str, str]) -> Path:
    """The person's settings file: ``BEAI_CONFIG``, or ``config.toml`` in their configuration folder."""
    return (
        Path(env["BEAI_CONFIG"])
        if env.get("BEAI_CONFIG")
        else Path(platformdirs.user_config_dir("beai"), "config.toml")
    )


def state_dir(env: Mapping[str, str]) -> Path:
    """Where journals live: ``BEAI_STATE``, or the person's state folder; never inside a repository."""
    given = env.get("BEAI_STATE")
    return Path(given).absolute() if given else Path(platformdirs.user_state_dir("beai"))


def _user_file(path: Path) -> dict[str, Any] | Fault:
    read = _read(path)
    if isinstance(read, Fault):
        return read
    for name in read:
        if name in FLAGS:
            said = f"{printable(str(path))} sets {name}, which is given on the command line only."
            return Fault(FaultKind.USAGE, said, "", f"Remove it, and use --{name.replace('_', '-')}.")
    return accepted(read, str(path))


def _repository_file(folder: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    read = _read(folder / REPOSITORY_FILE)
    if isinstance(read, Fault):
        return {}, (read.summary,)
    kept: dict[str, Any] = {}
    notes: list[str] = []
    for name, value in read.items():
        if name in CHECKS and name not in SAFE:
            notes.append(f"{REPOSITORY_FILE} may not set {name}; it was ignored.")
            continue
        found = accepted({name: value}, REPOSITORY_FILE)
        if isinstance(found, Fault):
            notes.append(found.summary)
        else:
            kept |= found
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


def accepted(values: Mapping[str, object], place: str) -> dict[str, Any] | Fault:
    """The values that stand, each checked and under its name in ``Settings``; the first that does not is the fault."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        check = CHECKS.get(name)
        if check is None:
            return _unknown(name, tuple(CHECKS), place, "setting")
        match check(value):
            case Wrong(must, at, said, hidden):
                shown = "" if hidden else f' is "{one_line(str(said if at else value), 60)}"'
                summary = f"{one_line(name + at, 90)}{shown} in {printable(place)}; it must be {must}."
                return Fault(FaultKind.USAGE, summary.replace("; it must", " must") if hidden else summary)
            case Unknown(at, known):
                return _unknown(name + at, known, place, f"key of {name}")
            case checked:
                kept[TABLES.get(name, name)] = checked
    given = [name for name in KEYS if kept.get(name)]
    if len(given) > 1:
        summary = f"{printable(place)} sets {' and '.join(given)}, and a key comes from one place."
        return Fault(FaultKind.USAGE, summary, "", f"Keep {given[0]} or {given[1]}.")
    return kept


def _unknown(name: str, known: tuple[str, ...], place: str, what: str) -> Fault:
    summary = f"{printable(place)} sets {one_line(name, 90)}, which is no {what}."
    if _KEYS.fullmatch(name.rpartition(".")[2][:60].strip()):
        remedy = "Keys never stand in the settings: name its variable (key_env), a command or a keyring; take it out."
        return Fault(FaultKind.USAGE, summary, "", remedy)
    near = difflib.get_close_matches(name.rpartition(".")[2][:60], known, 1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
    return Fault(FaultKind.USAGE, summary, "", remedy)


def _named(settings: Settings) -> Settings:
    """The settings, where ``model`` names one who is none: ``--model drafter`` asks the drafter."""
    return replace(settings, way=settings.model, model="") if settings.model in NOBODYS else settings


def _sound(settings: Settings) -> Settings | Fault:
    """The settings, unless two of them contradict each other."""
    if settings.way == "model" and not settings.model:
        return Fault(FaultKind.USAGE, "way is model, and no model is set.", "", "Set model, or see beai model.")
    if settings.record and settings.replay:
        return Fault(FaultKind.USAGE, "A session is recorded or replayed, not both.", "", "Leave one of them out.")
    for soft, hard in (("soft_cost", "hard_cost"), ("soft_tokens", "hard_tokens")):
        first, last = getattr(settings, soft), getattr(settings, hard)
        if first is not None and last is not None and first > last:
            said = f"{soft} is {first:g} and {hard} is {last:g}, so it would never be reached."
            return Fault(FaultKind.USAGE, said, "", f"Set {soft} below {hard}.")
    return settings


assert {field.name for field in fields(Settings)} == {*(TABLES.get(name, name) for name in CHECKS), "untaken"}
