"""What a command line does to a database in the end: through scripts, wrappers, package managers and shells.

The words of Prisma are those of its CLI reference ("Prisma CLI reference", docs of Prisma). What is not known to be
harmless is UNKNOWN, and what would change a database is MIGRATES under any spelling that a reader of the line can see.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from beai.core.project.shell import commands, words_in


class Effect(StrEnum):
    """What running a command does, from the mildest."""

    HARMLESS = "harmless"
    GENERATES = "generates"
    UNKNOWN = "unknown"
    MIGRATES = "migrates"


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
_LONGEST = 20_000  # characters of one line that are looked at
_MOST = 400  # commands that one line may unfold to
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_PRISMA = re.compile(r"(?:npm:)?prisma2?(?:@[\w.^~*-]+)?(?:\.(?:cmd|ps1|exe))?$", re.IGNORECASE)
_ENTRY = re.compile(r"(?:^|/)prisma/(?:build/(?:index|cli)(?:\.[cm]?js)?)?$")
_ENGINE = re.compile(r"^(?:schema|migration|introspection)-engine(?:[-.\w]*)$")
_VALUED = ("--schema", "--config", "--env-file", "--name", "-n", "--telemetry-information", "--url")
_HARMLESS = frozenset(
    "validate format version -v --version -h --help help init debug studio dev pull status complete".split()
)
_SHELLS = frozenset("sh bash zsh dash ksh ash fish busybox cmd powershell pwsh".split())
_RUNNERS = frozenset("npx pnpx bunx".split())
_MANAGERS = frozenset("npm pnpm yarn bun".split())
_TASKS = frozenset("turbo nx lerna moon".split())
_SERIES = frozenset("run-s run-p npm-run-all npm-run-all2".split())
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")
_INSTALLS = frozenset("install i ci add rebuild rb it clean-install".split())
_PLAIN = frozenset(
    "echo printf true false : cd pwd export set test [ ls cat cp mv mkdir rm rimraf shx touch sleep wait exit tsc tsup"
    " next nest vite vitest jest mocha eslint prettier biome oxlint lint-staged husky esbuild rollup storybook"
    " only-allow tsc-alias swc docusaurus playwright cypress pg_isready wait-on which git".split()
)
# Programs that only start another command: the flags of theirs that take a word.
_WRAPPERS: Mapping[str, tuple[str, ...]] = {
    "env": ("-u", "--unset", "-C", "--chdir", "-S"), "cross-env": (), "cross-env-shell": (),
    "dotenv": ("-e", "-v", "-p", "-c"), "dotenvx": ("-f", "-e", "--env-file"), "env-cmd": ("-f", "-e", "-r"),
    "doppler": ("-p", "-c", "--project", "--config"), "op": ("--env-file",), "infisical": ("--env", "--path"),
    "with-env": (), "time": (), "nice": ("-n",), "nohup": (), "exec": (), "command": (), "builtin": (), "sudo": ("-u",),
    "timeout": ("-s", "-k"), "xargs": ("-n", "-I", "-P"), "stdbuf": ("-o", "-e", "-i"), "setsid": (), "ionice": ("-c",),
    "corepack": (), "c8": (), "nyc": (), "if": (), "then": (), "else": (), "do": (), "while": (), "!": (), "{": (),
    "chronic": (), "wsl": (), "proxychains": (), "unbuffer": (), "script": (), "caffeinate": (), "concurrently": ("-n",),
    "eval": (), "start-server-and-test": (), "nodemon": ("--exec", "-x", "-w", "-e"), "dotenv-flow": (), "tini": (),
    "source": (), "docker": (), "docker-compose": (), "kubectl": (), "ssh": (), "fly": (), "heroku": (),
}  # fmt: skip
_CONTAINERS = frozenset("docker docker-compose kubectl ssh fly heroku podman".split())
_QUOTING = frozenset("eval concurrently start-server-and-test nodemon cross-env-shell chronic env".split())
_VERBS = frozenset("run run-script exec dlx x -- rum urn".split())
_TARGETS = ("--filter", "-F", "-w", "--workspace", "-C", "--dir", "--cwd", "--prefix", "--scope", "-p", "--package")


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
        if self._left < 0:
            yield Outcome(Effect.UNKNOWN, "too many commands", way)
            return
        words = _unassigned(words)
        if not words:
            return
        program = _program(words[0])
        if is_prisma(words[0]) or _ENGINE.match(program):
            yield Outcome(_of_prisma(words), " ".join(words), way)
        elif program in _SHELLS:
            yield from self._shell(words, package, way)
        elif program in _WRAPPERS:
            yield from self._wrapped(program, words, package, way)
        elif program in _RUNNERS or (program in _MANAGERS | _TASKS | _SERIES):
            yield from self._managed(program, words, package, way)
        elif program in ("node", "deno", "tsx", "ts-node"):
            yield from self._node(words, package, way)
        elif program not in _PLAIN:
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

    def _wrapped(self, program: str, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        """What a wrapper starts; where that stands cannot be told (``docker exec app …``), every word is looked at."""
        if program in _CONTAINERS:
            yield from self._hidden(words, way)
            return
        at, valued = 1, _WRAPPERS[program]
        while at < len(words):
            word = words[at]
            if word in valued and program == "env" and word == "-S":
                at += 1
                continue
            if word.startswith("-") or _ASSIGNMENT.match(word) or word in _VERBS:
                at += 2 if word in valued and word not in ("--exec", "-x") else 1
            elif program == "timeout" and re.fullmatch(r"[\d.]+[smhd]?", word):
                at += 1
            else:
                break
        rest = words[at:]
        if program in _QUOTING:
            for word in rest:
                if " " in word or len(rest) == 1:
                    yield from self.line(word, package, way)
        yield from self.command(rest, package, way)

    def _managed(self, program: str, words: tuple[str, ...], package: str, way: tuple[str, ...]) -> Iterator[Outcome]:
        """``npx prisma …``, ``pnpm --filter db push``, ``npm run x``, ``turbo run db:push``, ``yarn workspace db x``."""
        target, rest, called = _target(words[1:])
        if program in _RUNNERS or called in ("exec", "dlx", "x"):
            inner = _unflagged(rest)
            yield from self.line(_call(words), package, way)
            yield from self.command(inner, package, way)
            return
        if rest and is_prisma(rest[0]):
            yield from self.command(rest, package, way)
            return
        if rest and rest[0] in _INSTALLS and not called:
            for name in _LIFECYCLE:
                yield from self.script(package, name, way)
            return
        owners = self._owners(target, package, program in _TASKS)
        names = rest if program in _TASKS | _SERIES else rest[:1]
        found = tuple(one for name in names for one in self._named(owners, name.removeprefix("npm:"), way))
        yield from found
        if not found and rest and program in _MANAGERS and not called and rest[0] not in _NPM:
            yield from self.command(rest, package, way)  # a program of a package: yarn jest, pnpm tsc
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
        return tuple(found) or tuple(one for one in self._scripts if posixpath.basename(one) == last) or tuple(
            self._scripts
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
            if is_prisma(word) and _of_prisma(words[at:]) is Effect.MIGRATES:
                yield Outcome(Effect.MIGRATES, " ".join(words[at:]), way)
                return
        inside = mentions(text)
        yield Outcome(Effect.MIGRATES, inside, way) if inside else Outcome(Effect.UNKNOWN, text, way)


def is_prisma(word: str) -> bool:
    """Whether ``word`` names Prisma's command line: by name, with a version, by its link, or by its file."""
    plain = word.replace("\\", "/")
    return bool(_PRISMA.match(posixpath.basename(plain)) and not plain.endswith("/prisma/")) or bool(
        _ENTRY.search(plain) and "/" in plain
    )


def mentions(text: str) -> str:
    """The part of ``text`` that reads like a command of Prisma that migrates, in code as in a shell; ``""`` for none.

    ``spawn("npx", ["prisma", "db", "push"])`` reads so, too: only quotes, commas and brackets stand between its words.
    """
    plain = words_in(text)
    for at, word in enumerate(plain):
        if is_prisma(word) and _of_prisma(plain[at : at + 12]) is Effect.MIGRATES and _complete(plain[at : at + 12]):
            return " ".join(plain[at : at + 4])
    return ""


def _complete(words: Sequence[str]) -> bool:
    rest = _unflagged(tuple(words[1:]))
    return bool(rest) and rest[0] in ("migrate", "db", "mcp") and (rest[0] == "mcp" or len(rest) > 1)


def _of_prisma(words: Sequence[str]) -> Effect:
    """The effect of ``prisma`` with what follows it."""
    if _ENGINE.match(_program(words[0])):
        return Effect.HARMLESS if {"--version", "-v"} & set(words[1:]) else Effect.MIGRATES
    rest = _unflagged(tuple(words[1:]))
    asked = rest[0] if rest else ""
    if {"-h", "--help"} & set(words[1:]) or not asked:
        return Effect.HARMLESS
    sub = rest[1] if len(rest) > 1 else ""
    if asked == "migrate":
        return Effect.HARMLESS if sub in ("status", "") or (sub == "diff" and not _shadowed(words)) else Effect.MIGRATES
    if asked == "db":
        return Effect.HARMLESS if sub in ("pull", "") else Effect.MIGRATES
    if asked == "mcp":  # its tools run migrate dev and migrate reset for whoever asks (Prisma docs, "MCP server")
        return Effect.MIGRATES
    if asked == "generate":
        return Effect.GENERATES
    return Effect.HARMLESS if asked in _HARMLESS else Effect.UNKNOWN


def _shadowed(words: Sequence[str]) -> bool:
    """Whether ``migrate diff`` replays migrations, for which it empties and fills a shadow database."""
    return any("migrations" in word or "shadow" in word for word in words)


def _unflagged(words: tuple[str, ...]) -> tuple[str, ...]:
    """``words`` from the first that is no flag, nor the value of one, on; later flags are left out as well."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word.startswith("-"):
            takes = word in _VALUED or (not kept and word in ("-p", "--package", "-c", "--call"))
            at += 2 if takes else 1
            continue
        kept.append(word)
        at += 1
    return tuple(kept)


def _call(words: Sequence[str]) -> str:
    """The line of ``npx -c "…"`` or ``npm exec -c "…"``."""
    return next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-c", "--call")), "")


def _target(words: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
    """The package that a manager's words name (``""`` for none), what follows, and the verb before it, if any."""
    target, called, at = "", "", 0
    while at < len(words):
        word = words[at]
        flag, equals, value = word.partition("=")
        if flag in _TARGETS:
            target = target or (value if equals else words[at + 1] if at + 1 < len(words) else "")
            at += 1 if equals else 2
        elif word == "workspace" and at + 1 < len(words):
            target, at = words[at + 1], at + 2
        elif word in ("workspaces", "foreach") or word.startswith("-"):
            at += 1
        elif word in _VERBS and not called:
            called, at = word, at + 1
        else:
            break
    return target, words[at:], called


def _unassigned(words: tuple[str, ...]) -> tuple[str, ...]:
    at = 0
    while at < len(words) and _ASSIGNMENT.match(words[at]):
        at += 1
    return words[at:]


def _program(word: str) -> str:
    return posixpath.basename(word.replace("\\", "/")).removesuffix(".cmd").removesuffix(".exe")


_NPM = frozenset(
    "audit outdated ls list view info why version publish pack login logout config cache fund pkg store prune".split()
)
