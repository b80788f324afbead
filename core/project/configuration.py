"""What decides which code a run of the tests begins with: scripts, configuration, setup files, the runner itself."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable

from beai.core.project import jsonc
from beai.core.project.facts import Configuration, RunnerChoice, Tree

_NAMED = re.compile(
    r"(?:(?:vitest|vite|jest|babel)\.(?:config|workspace|projects|setup)(?:\.[\w-]+)?\.(?:[cm]?[jt]s|json)"
    r"|\.babelrc(?:\.[cm]?js(?:on)?)?|\.swcrc|bunfig\.toml|pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|conftest\.py)"
)
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")
_MANIFEST = "package.json"
_KEYS = ("scripts", "jest", "vitest", "type", "imports", "workspaces")
_RELATIVE = re.compile(r"""(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'`](\.{1,2}/[^"'`\n]{1,300})["'`]""")
_STRING = re.compile(r"""["'`]([\w./@<>-]{2,300})["'`]""")
_ENDINGS = ("", ".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js")
_MOST = 200  # files followed


def read_configuration(tree: Tree, package: str, runner: RunnerChoice | None) -> Configuration:
    """The configuration of the tests of ``package``, each file with a hash of what matters in it."""
    folders = tuple(dict.fromkeys((package, "")))
    found: dict[str, str] = {}
    for folder in folders:
        found |= _manifest(tree, folder, runner)
    configs = tuple(path for path in tree.paths() if posixpath.dirname(path) in folders and is_configuration(path))
    for path in (*configs, *_followed(tree, configs), *_mentioned(tree, configs, package)):
        found.setdefault(path, _hash(tree.text(path) or ""))
    return Configuration(tuple(sorted(found.items())))


def is_configuration(path: str) -> bool:
    """Whether a file of this name is configuration wherever it is."""
    name = posixpath.basename(path)
    return bool(_NAMED.fullmatch(name)) or name in (_MANIFEST, ".npmrc", *_LOCKS)


def _manifest(tree: Tree, folder: str, runner: RunnerChoice | None) -> dict[str, str]:
    """Of a manifest what starts or steers a run, of lock files the lines about the runner, of ``.npmrc`` everything."""
    found: dict[str, str] = {}
    path = posixpath.join(folder, _MANIFEST)
    if (text := tree.text(path)) is not None:
        manifest = jsonc.load(text)
        found[path] = _hash(json.dumps({key: manifest.get(key) for key in _KEYS}, sort_keys=True))
    if (text := tree.text(posixpath.join(folder, ".npmrc"))) is not None:
        found[posixpath.join(folder, ".npmrc")] = _hash(text)
    for lock in _LOCKS if runner is not None else ():
        path = posixpath.join(folder, lock)
        if (text := tree.text(path)) is not None and runner is not None:
            found[path] = _hash(_about(text, runner.name.value))
    return found


def _about(lock: str, runner: str) -> str:
    """The entry of the runner itself: its name as a key, and the lines that follow until the next entry."""
    key = re.compile(rf"""^\s*["'/]?(?:node_modules/)?{re.escape(runner)}(?:@[^\s:"']*)?["']?:""")
    kept, depth = list[str](), 0
    for line in lock.splitlines():
        if key.match(line):
            depth = 4
        if depth > 0:
            kept.append(line.strip())
            depth -= 1
    return "\n".join(kept)


def _followed(tree: Tree, starts: Iterable[str]) -> tuple[str, ...]:
    """What ``starts`` import by relative paths, and what that imports."""
    seen, waiting = dict.fromkeys(starts), list(starts)
    while waiting and len(seen) < _MOST:
        path = waiting.pop(0)
        for said in _RELATIVE.findall(tree.text(path) or ""):
            target = _file(tree, posixpath.dirname(path), said)
            if target and target not in seen:
                seen[target] = None
                waiting.append(target)
    return tuple(seen)


def _mentioned(tree: Tree, configs: Iterable[str], package: str) -> tuple[str, ...]:
    """Files that a configuration names in a string, as setup files are; what those import is ordinary code."""
    manifest = (posixpath.join(package, _MANIFEST),)
    found: dict[str, None] = {}
    for path in (*configs, *manifest):
        for said in _STRING.findall(tree.text(path) or ""):
            target = _file(tree, posixpath.dirname(path), said.replace("<rootDir>/", "./"))
            if target and re.search(r"\.(?:[cm]?[jt]s|py)$", target):
                found[target] = None
    return tuple(found)


def _file(tree: Tree, folder: str, said: str) -> str:
    base = posixpath.normpath(posixpath.join(folder, said))
    stem = re.sub(r"\.[cm]?js$", "", base)
    names = (*(f"{base}{ending}" for ending in _ENDINGS), *(f"{stem}{ending}" for ending in _ENDINGS[1:4]))
    paths = tree.paths()
    return next((name for name in names if name in paths), "")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
