"""Which package manager a repository uses, by its ``packageManager`` field, then by its lock files."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from beai.core.project import jsonc
from beai.core.project.facts import Tree

_LOCKS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
)
_FIELD = re.compile(r"(npm|pnpm|yarn|bun)@")


@dataclass(frozen=True, slots=True)
class Installer:
    """``npm``, ``pnpm``, ``yarn`` or ``bun``; ``reason`` names the sign, ``""`` where there is none."""

    name: str
    reason: str = ""
    workspace: str | None = None  # the folder of the workspace that the package is a member of

    def install(self, package: str, words: str) -> str:
        """The command that adds ``words`` to the development dependencies of ``package``, typed in its folder."""
        root = self.workspace is not None and self.workspace == package
        match self.name:
            case "pnpm":
                return f"pnpm add -D {'-w ' if root else ''}{words}"
            case "yarn":
                return f"yarn add -D {words}"
            case "bun":
                return f"bun add -d {words}"
            case _:
                return f"npm install -D {words}"


def installer(tree: Tree, package: str) -> Installer:
    """The package manager of the package in folder ``package``; a folder above it may say."""
    there = frozenset(tree.paths())
    folders = above(package)
    workspace = next((folder for folder in folders if _is_workspace(tree, folder, there)), None)
    for folder in folders:
        field = jsonc.string(jsonc.load(tree.text(posixpath.join(folder, "package.json"))), "packageManager")
        if match := _FIELD.match(field):
            return Installer(match[1], f"`packageManager` is {field.partition('+')[0][:40]}", workspace)
    for folder in folders:
        found = [(file, name) for file, name in _LOCKS if posixpath.join(folder, file) in there]
        if not found:
            continue
        names = dict.fromkeys(name for _, name in found)
        if len(names) == 1:
            return Installer(found[0][1], f"{posixpath.join(folder, found[0][0])} is there", workspace)
        files = " and ".join(file for file, _ in found)
        return Installer(found[0][1], f"{files} are both there, {found[0][1]} is taken", workspace)
    return Installer("npm", "", workspace)


def above(folder: str) -> tuple[str, ...]:
    """``folder`` and every folder above it, to the root ``""``."""
    found = [folder]
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return tuple(found)


def _is_workspace(tree: Tree, folder: str, there: frozenset[str]) -> bool:
    manifest = jsonc.load(tree.text(posixpath.join(folder, "package.json")))
    return posixpath.join(folder, "pnpm-workspace.yaml") in there or bool(manifest.get("workspaces"))
