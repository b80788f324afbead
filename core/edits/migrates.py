"""What new lines would start that changes a database through Prisma: scripts, hooks, CI, set-ups, servers of tools."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from beai.core.project import jsonc
from beai.core.project.effect import Effect, effect, mentions, script_effect

_PROSE = re.compile(r"\.(?:md|mdc|mdx|txt|rst|prisma|sql)$")
_SHELL = re.compile(
    r"\.(?:sh|bash|zsh|ya?ml|toml)$|(?:^|/)\.(?:husky|githooks)/|(?:^|/)(?:[\w.-]*dockerfile[\w.-]*|makefile|justfile|procfile)$"
)
_BEFORE = re.compile(r"^\s*(?:-\s+)?(?:run|command|script|cmd|entrypoint|RUN|CMD|ENTRYPOINT|[\w-]+):?\s*[|>]?\s*")
_LONGEST = 20_000  # characters of a hunk that are looked at


def migrates(path: str, old: Sequence[str], new: Sequence[str], whole: str | None) -> tuple[str, ...]:
    """What to know of the commands in ``new`` that ``old`` has not; ``whole`` is the new text of the file."""
    lower = path.lower()
    if _PROSE.search(lower):
        return ()
    before = frozenset(line.strip() for line in old)
    added = [line for line in new if line.strip() not in before]
    text = "".join(added)[:_LONGEST]
    named = posixpath.basename(lower) == "package.json"
    found = _scripts(text, whole) if named else _lines(added) if _SHELL.search(lower) else iter(())
    said = dict.fromkeys(filter(None, (*found, mentions(text))))
    first = next(iter(said), "")
    return (f"starts {first}, which changes a database: beai never does, nor lets tests or hooks",) if first else ()


def _scripts(text: str, whole: str | None) -> Iterator[str]:
    known = jsonc.child(jsonc.load(whole), "scripts")
    scripts = {"": {name: line for name, line in known.items() if isinstance(line, str)}}
    for name in scripts[""]:
        if f'"{name}"' in text:
            outcome = script_effect(scripts, "", name)
            if outcome.effect is Effect.MIGRATES:
                yield outcome.command


def _lines(added: Sequence[str]) -> Iterator[str]:
    for line in added[:400]:
        for part in (line, _BEFORE.sub("", line, count=1)):
            outcome = effect(part.strip()[:2000])
            if outcome.effect is Effect.MIGRATES:
                yield outcome.command
