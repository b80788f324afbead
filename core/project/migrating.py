"""How a repository migrates is read from its manifests: scripts by effect, the package manager, the schema's place.

Sources: Prisma docs, "Prisma CLI reference" and "Prisma schema location"; a script's name says nothing of its effect.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from beai.core.project import jsonc
from beai.core.project.effect import Effect, Scripts, script_effect
from beai.core.project.facts import Tree
from beai.core.project.facts.migrating import Migrating, PrismaScript
from beai.core.project.installer import installer
from beai.core.project.places import chosen, is_generated
from beai.core.project.shell import commands

_MIGRATION = re.compile(r"(?:^|/)([^/]+)/migration\.(?:sql|js|ts)$")
_CONFIG = re.compile(r"(?:^|/)(?:prisma\.config|\.config/prisma)\.[cm]?[jt]s$")
_DEFAULTS = ("prisma/schema.prisma", "schema.prisma")
_PLACE = re.compile(r"\bmigrations\s*:\s*\{[^}]{0,300}?\bpath\s*:[^\"'`\n]{0,60}[\"'`]([^\"'`\n]{1,200})[\"'`]")
_MOST = 40  # scripts that are listed


def read_migrating(tree: Tree, package: str, files: tuple[str, ...]) -> Migrating | None:
    """How the schema in ``files`` is migrated; None where there is none. ``package`` is the backend's folder."""
    if not files:
        return None
    scripts = script_lines(tree)
    folder = _package_of(scripts, files[0], package)
    config = _config(tree, folder)
    place = _place(tree, files[0], folder, config)
    return Migrating(
        folder=folder,
        manager=installer(tree, folder).name,
        option=_option(tree, folder, files, config),
        config=config,
        version=_version(tree, folder, package),
        place=place,
        migrations=_migrations(tree, place),
        scripts=tuple(_prisma_scripts(scripts, folder, package)),
    )


def script_lines(tree: Tree) -> Scripts:
    """The scripts of every package of the repository, by folder."""
    found: dict[str, dict[str, str]] = {}
    for path in chosen(tree.paths(), _is_manifest):
        said = jsonc.child(jsonc.load(tree.text(path)), "scripts")
        found[posixpath.dirname(path)] = {name: line for name, line in said.items() if isinstance(line, str)}
    return found


def _is_manifest(path: str) -> bool:
    return path.endswith("package.json") and posixpath.basename(path) == "package.json" and not is_generated(path)


def _package_of(scripts: Scripts, head: str, package: str) -> str:
    """The nearest folder above the schema that is a package; the package at hand where there is none."""
    folder = posixpath.dirname(head)
    while folder and folder not in scripts:
        folder = posixpath.dirname(folder)
    return folder if folder in scripts else package


def _config(tree: Tree, folder: str) -> str:
    found = (path for path in tree.paths() if "prisma" in path and _CONFIG.search(path))
    return next((path for path in found if posixpath.dirname(path).removesuffix(".config").rstrip("/") == folder), "")


def _option(tree: Tree, folder: str, files: tuple[str, ...], config: str) -> str:
    """The option that names the schema where neither a configuration, a manifest nor its place does."""
    manifest = jsonc.child(jsonc.load(tree.text(posixpath.join(folder, "package.json"))), "prisma")
    inside = files[0].removeprefix(f"{folder}/") if folder else files[0]
    if config or jsonc.string(manifest, "schema"):
        return ""
    if len(files) > 1:  # Prisma docs, "Multi-file Prisma schema": the folder is named
        top = posixpath.commonpath(files)
        return f"--schema {(top.removeprefix(f'{folder}/') if folder else top) or '.'}"
    return "" if inside in _DEFAULTS else f"--schema {inside}"


def _version(tree: Tree, folder: str, package: str) -> str:
    for place in dict.fromkeys((folder, package, "")):
        manifest = jsonc.load(tree.text(posixpath.join(place, "package.json")))
        for kind in ("devDependencies", "dependencies"):
            for name in ("prisma", "@prisma/client"):
                if said := jsonc.string(jsonc.child(manifest, kind), name):
                    return said
    return ""


def _place(tree: Tree, head: str, folder: str, config: str) -> str:
    """The folder of migrations: as the configuration says, else beside the schema or above it."""
    if match := _PLACE.search(tree.text(config) or "") if config else None:
        return posixpath.normpath(posixpath.join(folder, match[1]))
    beside = posixpath.dirname(head)
    places = [
        posixpath.join(near, "migrations") for near in (beside, posixpath.dirname(beside)) if near or beside == ""
    ]
    held = {path.rsplit("/", 2)[0] if path.count("/") > 1 else "" for path in tree.paths() if _MIGRATION.search(path)}
    return next((place for place in places if place in held), places[0])


def _migrations(tree: Tree, place: str) -> tuple[str, ...]:
    found = (path for path in tree.paths() if path.startswith(f"{place}/"))
    return tuple(sorted({match[1] for path in found if (match := _MIGRATION.search(path))}))


def _sole(scripts: Scripts, place: str, way: tuple[str, ...]) -> bool:
    """Whether each script on the way is one command, with nothing before or after it."""
    for step in way:
        folder, _, name = step.rpartition("#")
        known = scripts.get(folder or (place if name in scripts.get(place, {}) else ""), {})
        if len(tuple(commands(known.get(name, "")))) != 1 or f"pre{name}" in known or f"post{name}" in known:
            return False
    return True


def _prisma_scripts(scripts: Scripts, folder: str, package: str) -> Iterator[PrismaScript]:
    """The scripts that migrate or generate, those of the schema's own package first."""
    order = dict.fromkeys((folder, package, "", *scripts))
    listed = ((place, name) for place in order for name in scripts.get(place, {}))
    found = 0
    for place, name in listed:
        outcome = script_effect(scripts, place, name)
        if outcome.effect in (Effect.MIGRATES, Effect.GENERATES) and found < _MOST:
            found += 1
            yield PrismaScript(place, name, outcome.effect, outcome.command, _sole(scripts, place, outcome.way))
