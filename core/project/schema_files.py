"""Where a package keeps its Prisma schema: what its configuration says, else the default places, decoys aside.

Sources: Prisma docs, "Prisma schema location", "Multi-file Prisma schema", ``prisma.config.ts`` reference.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from beai.core.project import jsonc
from beai.core.project.facts import Tree
from beai.core.project.places import chosen, is_generated

_CONFIG = re.compile(r"(?:^|/)(?:prisma\.config|\.config/prisma)\.[cm]?[jt]s$")
_SCHEMA = re.compile(r"\bschema\s*:\s*((?:path\.)?(?:join|resolve)\s*\([^)]{0,300}\)|[\"'`][^\"'`\n]{1,200}[\"'`])")
_STRING = re.compile(r"[\"'`]([^\"'`\n]{1,200})[\"'`]")
_DECOY = re.compile(r"(?:^|/)(?:fixtures?|__fixtures__|tests?|__tests__|examples?|docs?|templates?|\.[^/]+)/")
_HEAD = re.compile(r"^\s*datasource\s+\w+\s*\{", re.MULTILINE)
_MODEL = re.compile(r"^\s*model\s+\w+\s*\{", re.MULTILINE)


def schema_files(tree: Tree, package: str) -> tuple[str, ...]:
    """The schema's files, the one with the datasource first; empty when there is no schema."""
    files = chosen(tree.paths(), _is_schema)
    for place in _configured(tree, package):
        if found := _at(files, place):
            return _head_first(tree, found)
        if place.endswith(".prisma") and not place.startswith("..") and tree.text(place) is not None:
            return (place,)  # git ignores it, as one that a script puts together; Prisma reads it all the same
    own = tuple(path for path in files if not _DECOY.search(path))
    heads = [path for path in own if _HEAD.search(tree.text(path) or "")]
    if not heads:
        return own if len(own) == 1 else ()
    head = min(heads, key=lambda path: (not _inside(path, package), "prisma/" not in path, path.count("/"), path))
    folder = posixpath.dirname(head)
    several = posixpath.basename(folder) == "schema" or not _MODEL.search(tree.text(head) or "")
    return _head_first(tree, tuple(path for path in own if several and _inside(path, folder)) or (head,))


def _configured(tree: Tree, package: str) -> list[str]:
    """Places named by ``prisma.config.ts`` or ``package.json#prisma.schema``, of the package first."""
    found: list[str] = []
    configs = [path for path in chosen(tree.paths(), _is_config) if not _DECOY.search(path.replace(".config/", "", 1))]
    for path in sorted(configs, key=lambda path: (not _inside(path, package), path.count("/"), path)):
        if match := _SCHEMA.search(tree.text(path) or ""):
            parts = (part.lstrip("/") for part in _STRING.findall(match.group(1)))
            home = path.partition(".config/")[0] if path.rpartition("/")[0].endswith(".config") else path
            found.append(posixpath.normpath(posixpath.join(posixpath.dirname(home), *parts)))
    manifests = chosen(tree.paths(), _is_manifest)
    for path in sorted(manifests, key=lambda path: (not _inside(path, package), path.count("/"), path)):
        if place := jsonc.string(jsonc.child(jsonc.load(tree.text(path)), "prisma"), "schema"):
            found.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), place)))
    return found


def _is_schema(path: str) -> bool:
    return path.endswith(".prisma") and not is_generated(path)


@lru_cache(maxsize=1 << 15)
def _is_config(path: str) -> bool:
    return "prisma" in path and bool(_CONFIG.search(path))


def _is_manifest(path: str) -> bool:
    return path.endswith("package.json") and posixpath.basename(path) == "package.json" and not is_generated(path)


def _at(files: tuple[str, ...], place: str) -> tuple[str, ...]:
    return (place,) if place in files else tuple(path for path in files if _inside(path, place))


def _head_first(tree: Tree, files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(files, key=lambda path: (not _HEAD.search(tree.text(path) or ""), path)))


def _inside(path: str, folder: str) -> bool:
    return folder in ("", ".") or path.startswith(folder + "/")
