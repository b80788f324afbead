"""The SQL of a schema change, from the schema engine of the repository's own Prisma, offline: nothing is executed.

Prisma brings that engine as WebAssembly since 6.6, for PostgreSQL, CockroachDB and SQLite. What migrations come to
could only be told by replaying them in a shadow database ("migrate diff", Prisma CLI reference). So the schema is held
against a commit, and against the last commit that changed the migrations, whose schema they were made from.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.files import DiskTree
from beai.core.project.facts import Tree
from beai.core.project.migrating import read_migrating
from beai.core.project.prisma import read_schema
from beai.core.project.schema_files import schema_files
from beai.core.record.handoff.drift import drift
from beai.core.record.handoff.preview import Against, SqlPreview, is_idle
from beai.core.types.caged import Choosing
from beai.core.types.choice import resolved
from beai.core.types.revision import RevisionTree, last_commit, resolved_commit
from beai.core.types.tooling import Asked, answered, version

_SCRIPT = Path(__file__).with_name("migration.mjs")
_ENGINES = (("prisma", "build/schema_engine_bg.wasm"), ("@prisma/schema-engine-wasm", "schema_engine_bg.wasm"))
_FLAGS = ("--liftoff-only",)  # V8 would spend three times as long on code that runs once
_ADDRESS = re.compile(r'^(\s*(?:url|directUrl|shadowDatabaseUrl)\s*=\s*)"(?:[^"\\\n]|\\.)*"', re.MULTILINE)
_NAMED = re.compile(r"^[ \t]*(?:url|directUrl|shadowDatabaseUrl)[ \t]*=[^\n]*$", re.MULTILINE)
_WITHOUT_ADDRESS = 7
_UNKNOWN = re.compile(r"`(\w+)` is not a supported connector")

Files = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """An installed schema engine that needs no database, and the version of its Prisma."""

    module: Path
    version: str


async def preview(
    repo: Path, package: str, since: str, env: Mapping[str, str], choosing: Choosing = None
) -> SqlPreview | None:
    """What leads from the schema at commit ``since`` (``""`` is HEAD) to the one on disk; None without a schema."""
    found = await asyncio.to_thread(_looked, repo, package, since or "HEAD")
    if found is None:
        return None
    said, pairs = found.against, found.pairs
    engine, why = _engine(repo, found.folder, package)
    if engine is None:
        without = tuple(one if one.why else replace(one, why=why) for one in said)
        return SqlPreview("", without, found.drift, unknown=found.unknown)
    name = f"Prisma {engine.version}".strip()
    if not pairs:
        return SqlPreview(name, said, found.drift, unknown=found.unknown)
    began = time.perf_counter()
    asked = {"pairs": [{"from": _safe(old, engine.version), "to": _safe(found.now, engine.version)} for old in pairs]}
    answer = await answered(repo, Asked(_SCRIPT, engine.module, name, asked, "answers", _FLAGS), env, choosing)
    ms = (time.perf_counter() - began) * 1000
    told = answer if isinstance(answer, str) else answer.get("answers")
    filled = _filled(said, told if isinstance(told, list | str) else [], name)
    return SqlPreview(name, filled, found.drift, ms)


def at_commit(repo: Path, package: str, since: str) -> SqlPreview | None:
    """The schema at commit ``since`` alone, for the words; None where neither it nor the disk has a schema."""
    found = _looked(repo, package, since or "HEAD")
    return None if found is None else SqlPreview("", found.against[:1], unknown=found.unknown, compared=False)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What git and the disk have: one entry of ``pairs`` for each of ``against`` that is still to be compared."""

    now: Files
    folder: str
    against: tuple[Against, ...]
    pairs: tuple[Files, ...]
    drift: tuple[str, ...]
    unknown: bool = False


def _looked(repo: Path, package: str, since: str) -> _Looked | None:
    tree = DiskTree(repo)
    paths = schema_files(tree, package)
    now = _texts(tree, paths)
    base = resolved_commit(repo, since)
    then = _at(repo, package, base) if base else ()
    if not now and not then:
        return None
    short = f"`{since}`" if since == "HEAD" else f"`{since}` ({base[:12]})"
    first = Against(f"the commit {short}", from_schema=then)
    if not base:
        first = replace(first, why=f"There is no commit {since} to compare with.")
    elif not then:
        first = replace(first, why="That commit has no schema yet, so all of it is new.")
    elif then == now:
        first = replace(first, why="The schema is the same there.")
    how = read_migrating(tree, package, paths)
    second, older = _migrated(repo, package, how.place if how else "", base, then, now)
    texts = (tree.text(path) or "" for path in sorted(tree.paths()) if how and _sql(path, how.place))
    lost = drift(texts, read_schema(now))
    pairs = tuple(old for one, old in ((first, then), (second, older)) if not one.why)
    return _Looked(now, how.folder if how else package, (first, second), pairs, lost, not base and since != "HEAD")


def _migrated(repo: Path, package: str, place: str, base: str, then: Files, now: Files) -> tuple[Against, Files]:
    """The schema that the committed migrations were made from, and how it is called."""
    commit = last_commit(repo, place, base) if place and base else ""
    if not commit:
        return Against(f"the migrations in {place or 'no folder'}", why="No commit has changed them yet."), ()
    older = _at(repo, package, commit)
    what = f"the schema that {place} was last committed with ({commit[:12]})"
    if older == then and then != now:
        return Against(what, why="It is the same schema, so the SQL is the one above."), ()
    if older == now:
        return Against(what, why="The schema is the same there."), ()
    return Against(what, why="" if older else "That commit has no schema.", from_schema=older), older


def _sql(path: str, place: str) -> bool:
    return path.startswith(f"{place}/") and path.endswith("/migration.sql")


def _texts(tree: Tree, paths: Sequence[str]) -> Files:
    return tuple((path, text) for path in paths if (text := tree.text(path)) is not None)


def _at(repo: Path, package: str, commit: str) -> Files:
    tree = RevisionTree(repo, commit)
    return _texts(tree, schema_files(tree, package))


def _engine(repo: Path, folder: str, package: str) -> tuple[Engine | None, str]:
    """The engine that is installed for ``folder``, or why there is none."""
    had = ""
    for place in dict.fromkeys((folder, package)):
        for name, file in _ENGINES:
            base = resolved(repo, place, name)
            if base is not None and (base / file).is_file():
                return Engine(base / file, version(base).partition("-")[0]), ""
            had = had or (version(base) if base is not None else "")
    if had:
        return None, f"Prisma {had} brings no schema engine that works without a database, as 6.6 and newer do."
    return None, "Prisma is not installed here, so nothing can write the SQL."


def _safe(files: Files, version: str) -> list[list[str]]:
    """The files without an address of a database; from Prisma 7 on no schema may name one, which an older one does."""
    major = version.partition(".")[0]
    if major.isdigit() and int(major) >= _WITHOUT_ADDRESS:
        return [[path, _NAMED.sub("", text)] for path, text in files]
    return [[path, _ADDRESS.sub(r'\1env("DATABASE_URL")', text)] for path, text in files]


def _filled(against: tuple[Against, ...], told: Sequence[object] | str, name: str) -> tuple[Against, ...]:
    left = list(told) if not isinstance(told, str) else []
    filled: list[Against] = []
    for one in against:
        if one.why:
            filled.append(one)
        elif isinstance(told, str) or not left:
            filled.append(replace(one, why=told if isinstance(told, str) else f"The engine of {name} gave no answer."))
        else:
            filled.append(_answered(one, left.pop(0), name))
    return tuple(filled)


def _answered(one: Against, told: object, name: str) -> Against:
    sql = told.get("sql") if isinstance(told, dict) else None
    if isinstance(sql, str):
        return replace(one, why="Nothing changes in the database.") if is_idle(sql) else replace(one, sql=sql)
    error = str(told.get("error") if isinstance(told, dict) else "")
    if match := _UNKNOWN.search(error):
        said = f"The engine that {name} brings for use without a database knows no {match[1]}, so there is no SQL here."
        return replace(one, why=said)
    said = " ".join(error.split())[:200].rstrip(".")
    return replace(one, why=f"The engine of {name} could not compare: {said}.")
