"""Which files a procedure belongs in: those that are there, those the task names, else where the siblings' would be."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache

from beai.core.project.facts import Project, Router, Task
from beai.core.project.places import is_code

_PATH = re.compile(r"[\w@.$()\[\]-]{1,100}(?:/[\w@.$()\[\]-]{1,100}){0,20}\.(?:tsx?|mts|cts|jsx?|mjs|cjs|prisma)\b")
_TEST = re.compile(r"\.(?:[\w-]*test|[\w-]*spec)\.[cm]?[jt]sx?$")


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its value, how it was found (shown to the person), and for a file whether it is there already."""

    value: str
    how: str
    exists: bool = True


def named_paths(task: Task, project: Project) -> tuple[str, ...]:
    """Files that the Deliverables name, from the repository root also where the task counts from the package."""
    found = (match.group() for text in task.deliverables for match in _PATH.finditer(text))
    return tuple(dict.fromkeys(_from_root(path.removeprefix("./"), project) for path in found))


def router_file(key: str, paths: tuple[str, ...], project: Project) -> Found | None:
    """The file of the router mounted at ``key``."""
    if router := project.api.router(key):
        return Found(router.file, f"`{key}` is mounted there")
    code = [path for path in paths if is_code(path) and not _TEST.search(path)]
    last = key.rsplit(".", 1)[-1]
    matching = [
        path for path in code if _same(last, _stem(path)) or _same(last, posixpath.basename(posixpath.dirname(path)))
    ]
    if path := next(iter(matching or (code if len(code) == 1 else [])), None):
        return Found(path, "named in the deliverables", _known(path, project))
    for router in _siblings(project):
        name = posixpath.basename(router.file)
        if router.key in name:
            folder = posixpath.dirname(router.file)
            return Found(
                posixpath.join(folder, name.replace(router.key, last, 1)), f"named as {router.file} is", exists=False
            )
    return None


def router_variable(key: str, project: Project) -> Found | None:
    """The name the router has, or would have beside its siblings."""
    if router := project.api.router(key):
        return Found(router.variable, f"`{key}` is held by it")
    last = key.rsplit(".", 1)[-1]
    for router in _siblings(project):
        if router.key in router.variable:
            return Found(router.variable.replace(router.key, last, 1), f"named as `{router.variable}` is", exists=False)
    return None


def test_file(key: str, procedure: str, router: str, paths: tuple[str, ...], project: Project) -> Found | None:
    """The file where the procedure's tests stand or would stand; None where no convention can be seen."""
    if path := next((path for path in paths if _TEST.search(path)), None):
        return Found(path, "named in the deliverables", path in project.test_files)
    if not key:
        return None
    existing = existing_test_file(key, procedure, router, project)
    return existing or _by_convention(key.rsplit(".", 1)[-1], procedure, router, project)


def existing_test_file(key: str, procedure: str, router: str, project: Project) -> Found | None:
    """The file that is there and tests the procedure, or its router, by its name."""
    last = key.rsplit(".", 1)[-1]
    for path in project.test_files:
        folder = posixpath.basename(posixpath.dirname(path))
        if _same(procedure, _stem(path)) and _same(last, folder):
            return Found(path, f"tests `{key}.{procedure}` by its name")
    for path in project.test_files:
        if _stem(path) in (_stem(router), last) or (_same(last, _stem(path)) and "/" in path):
            return Found(path, f"tests `{key}` by its name")
    return None


def _by_convention(last: str, procedure: str, router: str, project: Project) -> Found | None:
    for sibling in _siblings(project):
        for path in project.test_files:
            name, folder = posixpath.basename(path), posixpath.dirname(path)
            suffix = name[len(_stem(path)) :]
            if _stem(path) == _stem(sibling.file) or _same(sibling.key, _stem(path)):
                here = posixpath.relpath(folder or ".", posixpath.dirname(sibling.file) or ".")
                place = posixpath.normpath(posixpath.join(posixpath.dirname(router), here)) if router else folder
                if sibling.key in posixpath.basename(place) and sibling.key != last:
                    place = posixpath.join(
                        posixpath.dirname(place), posixpath.basename(place).replace(sibling.key, last)
                    )
                stem = _stem(router) if router and _stem(path) == _stem(sibling.file) else last
                return Found(
                    posixpath.normpath(posixpath.join(place, stem + suffix)), f"placed as {path} is", exists=False
                )
            if posixpath.basename(folder) == sibling.key and any(_stem(path) == own.name for own in sibling.procedures):
                target = posixpath.join(posixpath.dirname(folder), last, procedure + suffix)
                return Found(target, f"placed as {path} is", exists=False)
    return None


def _siblings(project: Project) -> list[Router]:
    """Mounted routers with a file of their own, those directly below the root first."""
    own = [
        router
        for router in project.api.routers
        if router.key and router.variable and router.file != project.api.root_file
    ]
    return sorted(own, key=lambda router: (router.key.count("."), router.key))


def _from_root(path: str, project: Project) -> str:
    if not project.package or path.startswith(project.package + "/") or _known(path, project):
        return path
    inside = posixpath.join(project.package, path)
    top = posixpath.join(project.package, path.split("/")[0])
    if _known(inside, project) or any(known.startswith(top + "/") for known in _files(project)):
        return inside
    return path


def _known(path: str, project: Project) -> bool:
    return path in _files(project)


def _files(project: Project) -> tuple[str, ...]:
    api = project.api
    routers = tuple(router.file for router in api.routers) + tuple(item.file for item in api.unresolved)
    return (
        *routers,
        api.init_file,
        api.root_file,
        *project.test_files,
        *(project.schema.files if project.schema else ()),
    )


@lru_cache(maxsize=16_384)
def _stem(path: str) -> str:
    """The name without the endings of tests and code: ``habit.router`` of ``habit.router.test.ts``."""
    return re.sub(r"(?:\.[\w-]*(?:test|spec))?\.[cm]?[jt]sx?$", "", posixpath.basename(path))


def _same(key: str, name: str) -> bool:
    """Whether a file or folder name says the same as a router key, word separators and a ``router`` ending aside."""
    plain, wanted = _plain(name), _squeezed(key)
    return plain in (wanted, wanted + "s") or plain + "s" == wanted


@lru_cache(maxsize=16_384)
def _plain(name: str) -> str:
    plain = _squeezed(name)
    return re.sub(r"(?:router|routes)$", "", plain) or plain


@lru_cache(maxsize=16_384)
def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
