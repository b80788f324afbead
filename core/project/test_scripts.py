"""What a package's test scripts start in the end, through wrappers, other scripts and other packages."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from beai.core.project import jsonc
from beai.core.project.facts import RunnerName, Tree
from beai.core.project.places import chosen

_DEPTH = 8  # scripts that call scripts
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SEPARATOR = re.compile(r"(?:&&|\|\||[;|&])$")
# Programs that only prepare another command; the value is the flags of theirs that take a word.
_WRAPPERS = {
    "cross-env": (), "cross-env-shell": (), "env": (), "dotenv": ("-e", "-v", "-p"), "dotenvx": ("-f", "-e"),
    "env-cmd": ("-f", "-e"), "npx": ("-p", "--package"), "bunx": (), "c8": ("-r", "--reporter", "-o"),
    "nyc": ("-r", "--reporter"), "doppler": ("-p", "-c"), "op": (), "infisical": ("--env",), "with-env": (),
    "time": (), "poetry": (), "uv": (), "pipenv": (), "hatch": (), "pdm": (), "exec": (), "corepack": (),
}  # fmt: skip
_FILTERS = ("--filter", "-F", "-w", "--workspace", "-C", "--dir", "--cwd", "--prefix", "--scope")
_RUNS = frozenset({"run", "run-script", "exec", "dlx", "x", "--"})
_TASKS = frozenset({"turbo", "nx", "lerna", "moon"})  # run a task of whatever package has it
_MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"}) | _TASKS
_SERIES = frozenset({"run-s", "run-p", "npm-run-all", "npm-run-all2", "concurrently"})


@dataclass(frozen=True, slots=True)
class Started:
    """A runner that a script of ``package`` starts: its words, and the scripts on the way to it."""

    runner: RunnerName
    package: str
    words: tuple[str, ...]
    way: tuple[str, ...]


def _is_manifest(path: str) -> bool:
    return path.endswith("package.json") and posixpath.basename(path) == "package.json"


class Scripts:
    """The scripts of every package of a repository."""

    def __init__(self, tree: Tree, packages: Sequence[str]) -> None:
        self._tree = tree
        self._wanted = tuple(packages)  # where a task that names no package is looked for
        self._manifests = {
            posixpath.dirname(path): jsonc.load(tree.text(path)) for path in chosen(tree.paths(), _is_manifest)
        }

    def started(self, package: str) -> Started | None:
        """The runner that the test scripts of ``package`` start first; ``test`` counts before ``test:…``."""
        names = [name for name in self._scripts(package) if re.match(r"(?:unit-?)?test\b", name)]
        names.sort(key=lambda name: (name != "test", "e2e" in name, "unit" not in name, name))
        return next((found for name in names for found in self._script(package, name, ())), None)

    def _script(self, package: str, name: str, way: tuple[str, ...]) -> Iterator[Started]:
        text = jsonc.string(self._scripts(package), name)
        at = f"{package}#{name}" if package else name
        if not text or at in way or len(way) >= _DEPTH:
            return
        for words in _commands(text):
            yield from self._command(package, words, (*way, at))

    def _scripts(self, package: str) -> jsonc.Object:
        return jsonc.child(self._manifests.get(package, {}), "scripts")

    def _command(self, package: str, words: tuple[str, ...], way: tuple[str, ...]) -> Iterator[Started]:
        prefix, words = _unwrapped(words)
        if not words:
            return
        if runner := named(words):
            yield Started(runner, package, (*prefix, *words), way)
            return
        program = posixpath.basename(words[0])
        if program in _SERIES:
            for word in words[1:]:
                if not word.startswith("-"):
                    inner = word.removeprefix("npm:").strip("\"'")
                    names = self._matching(package, inner)
                    yield from (found for name in names for found in self._script(package, name, way))
        elif program in _MANAGERS:
            yield from self._delegated(package, words, way)
        elif program == "node" and "--run" in words[:-1]:
            yield from self._script(package, words[words.index("--run") + 1], way)

    def _delegated(self, package: str, words: tuple[str, ...], way: tuple[str, ...]) -> Iterator[Started]:
        """``pnpm --filter api test``, ``turbo test:unit``, ``npm run x``, ``yarn workspace api t``, ``yarn jest``."""
        target, names = _target(words[1:])
        folder = self._package(target, package) if target else None
        wide = bool(target) or posixpath.basename(words[0]) in _TASKS
        owners = [folder] if folder is not None else [*self._wanted, package] if wide else [package]
        for owner in dict.fromkeys(owners):
            for name in names:
                if found := tuple(self._script(owner, "test" if name in ("t", "tst") else name, way)):
                    yield from found
                    return
        at = next((at for at, word in enumerate(words[1:], 1) if word in names), 0)
        if at and named(words[at:]):  # a program of a package, not a script
            yield from self._command(package if folder is None else folder, words[at:], way)

    def _matching(self, package: str, pattern: str) -> list[str]:
        head, star, _ = pattern.partition("*")
        return [name for name in self._scripts(package) if name == pattern or (star and name.startswith(head))]

    def _package(self, target: str, package: str) -> str | None:
        """The folder of the package that a filter names: by name, by the end of its name, or by folder."""
        plain = target.strip("{}\"'").removesuffix("...").removeprefix("...").removeprefix("./").strip("/")
        by_folder = posixpath.normpath(posixpath.join(package, plain))
        for folder in (by_folder, plain):
            if folder in self._manifests:
                return folder
        for folder, manifest in self._manifests.items():
            name = jsonc.string(manifest, "name")
            if name == plain or name.rpartition("/")[2] == plain or posixpath.basename(folder) == plain:
                return folder
        return None


def named(words: tuple[str, ...]) -> RunnerName | None:
    """The runner that a plain command starts."""
    program = posixpath.basename(words[0]).removesuffix(".js").removesuffix(".mjs")
    rest = words[1:]
    inner = [posixpath.basename(word) for word in rest]
    if program == "vitest":
        return RunnerName.VITEST
    if program in ("jest", "jest-cli") or (program in ("react-scripts", "craco") and "test" in rest):
        return RunnerName.JEST
    if program == "bun" and "test" in [word for word in rest if not word.startswith("-")][:1]:
        return RunnerName.BUN
    if program == "node" and any(name in ("jest", "jest.js", "vitest.mjs", "vitest") for name in inner):
        return RunnerName.VITEST if any("vitest" in name for name in inner) else RunnerName.JEST
    if program in ("node", "tsx") and any(word == "--test" or word.startswith("--test-") for word in rest):
        return RunnerName.NODE
    if program in ("pytest", "py.test") or (program.startswith("python") and ("pytest" in rest[:2])):
        return RunnerName.PYTEST
    return None


def _commands(text: str) -> Iterator[tuple[str, ...]]:
    """The simple commands of a shell line, in order."""
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars="&|;")
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        words = text.split()
    found: list[str] = []
    for word in words:
        if _SEPARATOR.match(word):
            yield tuple(found)
            found = []
        else:
            found.append(word)
    yield tuple(found)


def _unwrapped(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``words`` without what only prepares the command; what sets the environment is kept apart."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        program = posixpath.basename(word)
        if _ASSIGNMENT.match(word):
            kept.append(word)
            at += 1
        elif program in _WRAPPERS:
            start = at
            at += 1
            while at < len(words) and (words[at].startswith("-") or words[at] in _RUNS):
                at += 2 if words[at] in _WRAPPERS[program] else 1
            kept.extend(words[start:at] if program in ("dotenv", "env-cmd", "dotenvx") else ())
        else:
            break
    return tuple(kept), words[at:]


def _target(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The package that a package manager's words name, ``""`` for none, and the words that may be scripts."""
    target, names, at = "", [], 0
    while at < len(words):
        word = words[at]
        flag, _, value = word.partition("=")
        if flag in _FILTERS:
            target, at = (value, at + 1) if value else (words[at + 1] if at + 1 < len(words) else "", at + 2)
        elif word == "workspace" and at + 1 < len(words):
            target, at = words[at + 1], at + 2
        elif word.startswith("-") or word in _RUNS:
            at += 1
        else:
            task, _, of = word.rpartition("#") if "#" in word else (word, "", "")
            names.append(of or task)
            target, at = target or (task if of else ""), at + 1
    return target, tuple(names)
