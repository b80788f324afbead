"""Whether beai can work here at all, said before anything is started."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import Project, RunnerName

_NODE = (RunnerName.VITEST, RunnerName.JEST, RunnerName.NODE)


def top_of(path: Path) -> Path | Fault:
    """The top folder of the git repository that holds ``path``."""
    if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir() raises where a name is too long
        return Fault(FaultKind.REPOSITORY, f"{path} is not a folder.", remedy="Name the folder of a repository.")
    if shutil.which("git") is None:
        return Fault(FaultKind.MISSING, "git is not installed.", remedy="Install git 2.23 or newer.")
    command = ("git", "-C", str(path), "rev-parse", "--show-toplevel")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        remedy = "Go to one, or try beai demo."
        return Fault(FaultKind.REPOSITORY, f"{path} is not inside a git repository.", done.stderr, remedy)
    return Path(done.stdout.removesuffix("\n"))


def survey(root: Path, env: Mapping[str, str]) -> Project | Fault:
    """Read the repository once, before anything is started; a fault says what is missing to work on a task."""
    project = outlined(root, env)
    return project if isinstance(project, Fault) else untasked(project, root) or project


def untasked(project: Project, root: Path) -> Fault | None:
    """That there is no task, and what was looked for or could not be read; None where there is one."""
    if project.tasks:
        return None
    refused = [gap.found for gap in project.missing if gap.what == "tasks" and gap.cause]
    looked = "Looked for tasks/sprints/*/be_tasks.md, tasks/be_tasks.md and tasks/tasks_plan.md"
    remedy = f"{'; '.join(refused)}." if refused else f"{looked}. Try beai demo."
    kind = FaultKind.DISK if refused else FaultKind.REPOSITORY
    return Fault(kind, f"No task was found in {root}.", remedy=remedy)


def outlined(root: Path, env: Mapping[str, str]) -> Project | Fault:
    """Read the repository once; a fault says why nothing in it could be worked on, with or without a task."""
    from beai.core.files import DiskTree
    from beai.core.project import layout  # its parsers take longer to load than a command that needs none may take

    if not os.access(root, os.W_OK):
        return Fault(
            FaultKind.REPOSITORY, f"{root} is read-only for you.", remedy="beai must be able to write accepted hunks."
        )
    project = layout.outline(DiskTree(root), root.name)
    scripted = project.runner is not None and project.runner.name in _NODE
    if scripted and shutil.which("node", path=env.get("PATH")) is None:
        return Fault(
            FaultKind.MISSING, "Node.js is not installed.", remedy="Install Node.js 20 or newer; the tests need it."
        )
    return project
