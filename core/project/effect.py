"""What a command line does to a database in the end: through scripts, wrappers, package managers and shells.

What is not known to be harmless is UNKNOWN, and what would change a database is MIGRATES under any spelling that a
reader of the line can see.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from beai.core.project import programs
from beai.core.project.prisma_words import Effect, is_engine, is_prisma, mentions, of_prisma, program, unflagged
from beai.core.project.shell import commands

__all__ = ["Effect", "Outcome", "Scripts", "effect", "mentions", "of_words", "script_effect"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The strongest effect of a line; ``command`` is what has it, ``way`` the scripts that lead there."""

    effect: Effect
    command: str = ""
    way: tuple[str, ...] = ()


Scripts = Mapping[str, Mapping[str, str]]
"""Folder of a package (``""`` the root), its scripts by name."""

_ORDER = (Effect.HARMLESS, Effect.GENERATES, Effect.UNKNOWN, Effect.MIGRATES)
_DEPTH = 8  # scripts that call scripts
_DEEPEST = 32  # commands that start one another: wrappers, shells and scripts together
_LONGEST = 20_000  # characters of one line that are looked at
_MOST = 400  # commands that one line may unfold to
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")


def effect(line: str, scripts: Scripts | None = None, package: str = "") -> Outcome:
    """What ``line`` does when a shell runs it in folder ``package`` of a repository with ``scripts``."""
    return _strongest(_Walk(scripts or {}).line(line, package, ()))


def script_effect(scripts: Scripts, package: str, name: str) -> Outcome:
    """What running script ``name`` of ``package`` does, with the scripts that run before and after it."""
    return _strongest(_Walk(scripts).script(package, name, ()))


def of_words(words: Sequence[str], scripts: Scripts | None = None, package: str = "") -> Outcome:
    """What a program does that is started with ``words``, without a shell."""
    return _strongest(_Walk(scripts or {}).command(tuple(words), package, ()))


def _strongest(found: Iterable[Outcome]) -> Outcome:
    best = Outcome(Effect.HARMLESS)
    for one in found:
        if _ORDER.index(one.effect) > _ORDER.index(best.effect):
            best = one
    return best


class _Walk:
    """One unfolding of a line, bounded."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._left = _MOST
        self._deep = 0

    def line(self, text: str, package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        for words in commands(text[:_LONGEST]):
            yield from self.command(words, package, way)

    def script(self, package: str, name: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        known = self._scripts.get(package, {})
        at = f"{package}#{name}" if package else name
        if name not in known or at in way or len(way) >= _DEPTH:
            return
        for one in (f"pre{name}", name, f"post{name}"):
            if one in known:
                yield from self.line(known[one], package, (*way, at))

    def command(self, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        self._left -= 1
        if self._left < 0 or self._deep >= _DEEPEST:
            yield Outcome(Effect.UNKNOWN, "too many commands", way)
            return
        self._deep += 1
        try:
            yield from self._started(words, package, way)
        finally:
            self._deep -= 1

    def _started(self, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        words = _unassigned(words)
        if not words:
            return
        name = program(words[0])
        if is_prisma(words[0]) or is_engine(words[0]):
            yield Outcome(of_prisma(words), " ".join(words), way)
        elif name in programs.SHELLS:
            yield from self._shell(words, package, way)
        elif name in programs.WRAPPERS:
            yield from self._wrapped(name, words, package, way)
        elif name in programs.RUNNERS or (name in programs.MANAGERS | programs.TASKS | programs.SERIES):
            yield from self._managed(name, words, package, way)
        elif name in ("node", "deno", "tsx", "ts-node"):
            yield from self._node(words, package, way)
        elif name not in programs.PLAIN:
            yield Outcome(Effect.UNKNOWN, " ".join(words), way)

    def _shell(self, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        """``sh -c "…"``: the word after the flags is a line of its own; a script file is not read."""
        for at, word in enumerate(words[1:], 1):
            if re.fullmatch(r"-\w*c|/[cC]|-Command|-command", word):
                rest = words[at + 1 :]
                single = word.startswith("/") or word.lower() == "-command"
                yield from self.line(" ".join(rest) if single else (rest[0] if rest else ""), package, way)
                return
            if word.startswith("-") and not word.startswith("-o"):
                continue
            break
        yield from self._hidden(words, way)

    def _wrapped(self, name: str, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        """What a wrapper starts; where that stands cannot be told (``docker exec app …``), every word is looked at."""
        if name in programs.CONTAINERS:
            yield from self._hidden(words, way)
            return
        at, valued = 1, programs.WRAPPERS[name]
        while at < len(words):
            word = words[at]
            if word in valued and name == "env" and word == "-S":
                at += 1
                continue
            if word.startswith("-") or _ASSIGNMENT.match(word) or word in programs.VERBS:
                at += 2 if word in valued and word not in ("--exec", "-x") else 1
            elif name == "timeout" and re.fullmatch(r"[\d.]+[smhd]?", word):
                at += 1
            else:
                break
        rest = words[at:]
        if name in programs.QUOTING:
            for word in rest:
                if " " in word or len(rest) == 1:
                    yield from self.line(word, package, way)
        yield from self.command(rest, package, way)

    def _managed(self, name: str, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        """``npx prisma …``, ``pnpm --filter db push``, ``npm run x``, ``turbo run db:push``."""
        target, rest, called = _target(words[1:])
        if name in programs.RUNNERS or called in ("exec", "dlx", "x"):
            inner = unflagged(rest)
            yield from self.line(_call(words), package, way)
            yield from self.command(inner, package, way)
            return
        if rest and is_prisma(rest[0]):
            yield from self.command(rest, package, way)
            return
        if rest and rest[0] in programs.INSTALLS and not called:
            for one in programs.LIFECYCLE:
                yield from self.script(package, one, way)
            return
        owners = self._owners(target, package, name in programs.TASKS)
        names = rest if name in programs.TASKS | programs.SERIES else rest[:1]
        found = tuple(one for name in names for one in self._named(owners, name.removeprefix("npm:"), way))
        yield from found
        if not found and rest and name in programs.MANAGERS and not called and rest[0] not in programs.ASKING:
            yield from self.command(rest, package, way)  # a name of a package: yarn jest, pnpm tsc
        elif not found and rest:
            yield Outcome(Effect.UNKNOWN, " ".join(words), way)

    def _named(self, owners: Sequence[str], name: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        name = {"t": "test", "tst": "test"}.get(name, name)
        head, star, _ = name.partition("*")
        of, hash_, task = name.rpartition("#")
        for owner in owners:
            known = self._scripts.get(owner, {})
            for one in known:
                if one == name or (star and head and one.startswith(head)) or (hash_ and of and one == task):
                    yield Outcome(Effect.HARMLESS, one, way)
                    yield from self.script(owner, one, way)

    def _owners(self, target: str, package: str, wide: bool) -> tuple[str, ...]:
        if wide:
            return tuple(self._scripts)
        if not target:
            return (package,)
        plain = target.strip("{}\"'").removesuffix("...").removeprefix("...").removeprefix("./").strip("/")
        near = posixpath.normpath(posixpath.join(package, plain))
        last = plain.rpartition("/")[2]
        found = [one for one in self._scripts if one in (near, plain)]
        return (
            tuple(found)
            or tuple(one for one in self._scripts if posixpath.basename(one) == last)
            or tuple(self._scripts)
        )

    def _node(self, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        if "--run" in words[:-1]:
            yield from self.script(package, words[words.index("--run") + 1], way)
            return
        for at, word in enumerate(words[1:], 1):
            if is_prisma(word):
                yield from self.command(words[at:], package, way)
                return
        yield from self._hidden(words, way)

    def _hidden(self, words: tuple[str, ...], way: tuple[str, ...]) -> Iterator[Outcome]:
        """Words that are not followed: MIGRATES where Prisma and what migrates are both named, else UNKNOWN."""
        text = " ".join(words)
        for at, word in enumerate(words):
            if is_prisma(word) and of_prisma(words[at:]) is Effect.MIGRATES:
                yield Outcome(Effect.MIGRATES, " ".join(words[at:]), way)
                return
        inside = mentions(text)
        yield Outcome(Effect.MIGRATES, inside, way) if inside else Outcome(Effect.UNKNOWN, text, way)


def _call(words: Sequence[str]) -> str:
    """The line of ``npx -c "…"`` or ``npm exec -c "…"``."""
    return next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-c", "--call")), "")


def _target(words: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
    """The package that a manager's words name (``""`` for none), what follows, and the verb before it, if any."""
    target, called, at = "", "", 0
    while at < len(words):
        word = words[at]
        flag, equals, value = word.partition("=")
        if flag in programs.TARGETS:
            target = target or (value if equals else words[at + 1] if at + 1 < len(words) else "")
            at += 1 if equals else 2
        elif word == "workspace" and at + 1 < len(words):
            target, at = words[at + 1], at + 2
        elif word in ("workspaces", "foreach") or word.startswith("-"):
            at += 1
        elif word in programs.VERBS and not called:
            called, at = word, at + 1
        else:
            break
    return target, words[at:], called


def _unassigned(words: tuple[str, ...]) -> tuple[str, ...]:
    at = 0
    while at < len(words) and _ASSIGNMENT.match(words[at]):
        at += 1
    return words[at:]
