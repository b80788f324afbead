"""The exact commands with which a person migrates this repository: its own scripts where they do it, else Prisma's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beai.core.project.effect import Effect
from beai.core.project.facts import Migrating, PrismaScript
from beai.core.record.handoff.risk import Database

_ELSEWHERE = re.compile(r"e2e|test|local|prod|stag|preview|(?:^|[:_-])ci(?:$|[:_-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """One line to type in ``folder``, and what it does; nobody has run it."""

    line: str
    does: str
    folder: str = ""


def commands(how: Migrating, where: Database, name: str) -> tuple[Command, ...]:
    """What to type, in order: look first, write the migration without applying it, read it, apply it, generate."""
    if where is Database.MONGO:
        return (
            Command(how.prisma("db push"), "makes the indexes; no document is changed", how.folder),
            _generating(how),
        )
    steps = [
        Command(how.prisma("migrate status"), "which database it talks to, and what is not applied yet", how.folder)
    ]
    if how.migrations or not _pushes(how):
        create = how.prisma(f"migrate dev --name {name} --create-only")
        steps.append(
            Command(create, "writes the SQL and applies nothing; read it, and mend it where rows exist", how.folder)
        )
        steps.append(_applying(how))
        deploy = how.prisma("migrate deploy")
        steps.append(_script(how, "migrate deploy") or Command(deploy, "applies it where it is deployed", how.folder))
    else:
        push = how.prisma("db push")
        steps.append(
            _script(how, "db push") or Command(push, "changes the database at once, without a migration", how.folder)
        )
    return (*steps, _generating(how))


def aliases(how: Migrating) -> tuple[str, ...]:
    """The repository's scripts that reach Prisma, each with what it does in the end."""
    return tuple(f"`{typed(how, one)}` {_effect(one)}: `{one.command}`" for one in how.scripts)


def typed(how: Migrating, script: PrismaScript) -> str:
    """The words that run ``script``, typed in its folder."""
    run = {"pnpm": "pnpm", "yarn": "yarn", "bun": "bun run"}.get(how.manager, "npm run")
    return f"{run} {script.name}"


def _effect(script: PrismaScript) -> str:
    return "changes a database" if script.effect is Effect.MIGRATES else "generates the client alone"


def _pushes(how: Migrating) -> bool:
    """Whether this repository has no migrations, and a script that pushes the schema instead."""
    return any(one.effect is Effect.MIGRATES and " db push" in f" {one.command}" for one in how.scripts)


def _applying(how: Migrating) -> Command:
    """The plain ``migrate dev`` of a script is taken: that one sets the environment that this repository needs."""
    does = "applies what is there, on the database of development"
    return _script(how, "migrate dev") or Command(how.prisma("migrate dev"), does, how.folder)


def _script(how: Migrating, words: str) -> Command | None:
    """The script that does ``words`` of Prisma and nothing else that is known to change more."""
    for one in how.scripts:
        said = f" {one.command} "
        if one.effect is Effect.MIGRATES and f" {words} " in said and _plain(one):
            return Command(typed(how, one), f"this repository's script for `{one.command.strip()}`", one.folder)
    return None


def _plain(script: PrismaScript) -> bool:
    """Whether a person would be sent to ``script``: it does that alone, here, and asks before it drops."""
    flags = ("--create-only", "--accept-data-loss", "--force")
    return script.sole and not _ELSEWHERE.search(script.name) and not any(flag in script.command for flag in flags)


def _generating(how: Migrating) -> Command:
    for one in how.scripts:
        if one.effect is Effect.GENERATES and one.folder == how.folder and one.sole and "install" not in one.name:
            return Command(typed(how, one), "generates the client, which touches no database", one.folder)
    return Command(how.prisma("generate"), "generates the client, which touches no database", how.folder)
