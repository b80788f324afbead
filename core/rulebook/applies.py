"""Which rules apply without being cited: always, by their globs, for their folder.

Cursor docs, "Rules": ``alwaysApply`` → always; else ``globs`` → a matching file is in play; else the description is
offered; a ``.cursor/rules`` folder below the root speaks for the folder it is in. ``AGENTS.md`` and its kin speak for
theirs: those above a file hold together, and the nearest wins.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.project.facts import RuleFile
from beai.core.rulebook.frontmatter import CONVENTIONS
from beai.core.rulebook.globs import matches

_MARK = ".cursor/rules/"


@dataclass(frozen=True, slots=True)
class Applies:
    """Whether a rule applies by itself, and why (not), for a person."""

    applies: bool
    reason: str
    kind: str = ""


def scope(rule: RuleFile) -> str:
    """The folder that a rule speaks for, ``""`` for the whole repository."""
    if is_convention(rule):
        return posixpath.dirname(rule.path)
    before, mark, _ = rule.path.rpartition(_MARK)
    return before.rstrip("/") if mark else ""


def is_convention(rule: RuleFile) -> bool:
    """Whether it is a file of another tool's conventions: ``AGENTS.md``, ``CLAUDE.md``, ``.cursorrules``."""
    return posixpath.basename(rule.path) in CONVENTIONS


def applies(rule: RuleFile, files: Sequence[str], conventions: Sequence[RuleFile] = ()) -> Applies:
    """Whether ``rule`` applies with ``files`` in play; ``conventions`` are all convention files there are."""
    folder = scope(rule)
    inside = [path for path in files if not folder or path.startswith(folder + "/")]
    if folder and not inside:
        return Applies(False, f"it speaks for {folder}/, and no file of it is in play", "folder")
    if is_convention(rule):
        return _convention(rule, inside, conventions)
    below = f", for {folder}/" if folder else ""
    if rule.always:
        return Applies(True, f"always applies{below}")
    for glob in rule.globs:
        for path in inside:
            if matches(glob, path) or (folder and matches(glob, path.removeprefix(folder + "/"))):
                return Applies(True, f"its glob {glob} matches {path}")
    if rule.globs:
        return Applies(False, f"its {_globs(rule)} none", "globs")
    if folder:
        return Applies(True, f"the rule of {folder}/, where {inside[0]} is")
    if rule.description:
        return Applies(False, "by its description; the model may ask for it", "offered")
    return Applies(False, "only by name, and nothing in force cites it", "uncited")


def _convention(rule: RuleFile, inside: Sequence[str], conventions: Sequence[RuleFile]) -> Applies:
    folder, base = posixpath.dirname(rule.path), posixpath.basename(rule.path)
    if not folder:
        return Applies(True, f"{base} applies to the whole repository")
    above = [
        other.path
        for other in conventions
        if other.path != rule.path and (not (up := posixpath.dirname(other.path)) or folder.startswith(up + "/"))
    ]
    wins = f"; it wins over {', '.join(above)}" if above else ""
    return Applies(True, f"the nearest {base} of {inside[0]}{wins}")


def _globs(rule: RuleFile) -> str:
    one, *more = rule.globs
    return f"globs {', '.join((one, *more))} match" if more else f"glob {one} matches"
