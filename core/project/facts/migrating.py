"""How a repository migrates its database: who types what, and where; a person alone does."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.effect import Effect


@dataclass(frozen=True, slots=True)
class PrismaScript:
    """Script ``name`` of the package in ``folder`` that starts Prisma in the end; ``command`` is what it starts."""

    folder: str
    name: str
    effect: Effect
    command: str
    sole: bool = True  # whether it does nothing else


@dataclass(frozen=True, slots=True)
class Migrating:
    """``folder`` is where Prisma is typed, ``option`` what names the schema there (``""`` where nothing has to).

    ``manager`` is the package manager, ``config`` the ``prisma.config`` file, ``version`` the one that the package
    asks for, ``place`` the folder of migrations and ``migrations`` the names in it, oldest first.
    """

    folder: str = ""
    manager: str = "npm"
    option: str = ""
    config: str = ""
    version: str = ""
    place: str = ""
    migrations: tuple[str, ...] = ()
    scripts: tuple[PrismaScript, ...] = ()

    @property
    def runs(self) -> str:
        """The words before ``prisma`` that start the installed one."""
        return {"pnpm": "pnpm exec", "yarn": "yarn", "bun": "bunx"}.get(self.manager, "npx")

    def prisma(self, words: str) -> str:
        """The command line of ``prisma`` with ``words`` in this repository."""
        return " ".join(filter(None, (self.runs, "prisma", words, self.option)))
