"""The checks of every key, and of the tables ``[phase]`` and ``[access."PREFIX"]``."""

from __future__ import annotations

import shlex
from typing import Any

from beai.core.settings import checks
from beai.core.settings.access import Access
from beai.core.settings.checks import Check, Unknown, Wrong

PHASES = ("cases", "test", "code", "refactor", "words")
KEYS = ("key_env", "key_command", "keyring")
"""Places of a key, of which one is chosen."""


def phases(value: object) -> tuple[tuple[str, str], ...] | Wrong | Unknown:
    """Who is asked for what; in a variable, as ``test=ollama/… code=drafter``."""
    must = Wrong("a table with the name of a model for " + ", ".join(PHASES))
    if isinstance(value, str):
        try:
            pairs = [word.partition("=") for word in shlex.split(value)]
        except ValueError:
            return must
        value = {phase: model for phase, equals, model in pairs if equals} if all(p[1] for p in pairs) else None
    if not isinstance(value, dict):
        return must
    kept: dict[str, str] = {}
    for phase, model in value.items():
        if phase not in PHASES:
            return Unknown(f".{phase}", PHASES)
        named = checks.model(model)
        if isinstance(named, Wrong) or not named:
            return Wrong("the name of a model, drafter or clipboard", f".{phase}", model)
        kept[phase] = named
    return tuple((phase, kept[phase]) for phase in PHASES if kept.get(phase))


def accesses(value: object) -> tuple[Access, ...] | Wrong | Unknown:
    """An address and a key for each prefix."""
    if not isinstance(value, dict):
        return Wrong('tables such as [access."openrouter/"]')
    found: list[Access] = []
    for prefix, table in value.items():
        one = _access(prefix, table)
        if not isinstance(one, Access):
            return one
        found.append(one)
    return tuple(found)


def _access(prefix: str, table: object) -> Access | Wrong | Unknown:
    at = f'."{prefix}"'
    if not isinstance(table, dict) or not prefix.strip():
        return Wrong("a table with base and one of key_env, key_command and keyring", at, table)
    kept: dict[str, Any] = {}
    for name, value in table.items():
        check = _ACCESS.get(name)
        if check is None:
            return Unknown(f"{at}.{name}", tuple(_ACCESS))
        checked = check(value)
        if isinstance(checked, Wrong):
            return Wrong(checked.must, f"{at}.{name}", value, checked.hidden)
        kept[name] = checked
    given = [name for name in KEYS if kept.get(name)]
    if len(given) > 1:
        return Wrong("the only place of the key in its table", f"{at}.{given[1]}", hidden=True)
    return Access(prefix, **kept)


_ACCESS: dict[str, Check] = {
    "base": checks.address,
    "key_env": checks.variable,
    "key_command": checks.command,
    "keyring": checks.keyring,
}
CHECKS: dict[str, Check] = {
    "model": checks.model,
    **_ACCESS,
    "way": checks.one_of("drafter", "model", "clipboard"),
    "fallbacks": checks.models,
    "phase": phases,
    "access": accesses,
    "local_only": checks.truth,
    "never_read": checks.globs,
    "temperature": checks.temperature,
    "max_tokens": checks.tokens,
    "window": checks.window,
    "steps": checks.one_of("small", "whole"),
    "soft_cost": checks.dollars,
    "hard_cost": checks.dollars,
    "soft_tokens": checks.tokens,
    "hard_tokens": checks.tokens,
    "editor": checks.line,
    "theme": checks.line,
    "runner": checks.one_of("vitest", "jest", "node", "bun", "pytest", "command"),
    "test_command": checks.line,
    "sandbox": checks.one_of("full", "off"),
    "forwards": checks.ports,
    "outputs": checks.line,
    "commits": checks.one_of("case", "task", "step"),
    "notes": checks.truth,
    "checks_off": checks.names_of_checks,
    "record": checks.line,
    "replay": checks.line,
    "record_prompts": checks.truth,
    "replay_anyway": checks.truth,
    "replay_pace": checks.pace,
}
"""The check of each key that a file, a variable or a flag may give."""
