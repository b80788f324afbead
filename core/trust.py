"""What the person agreed to run is kept in the state folder: the configuration of the tests, each file by its hash."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree
from beai.core.project import layout
from beai.core.project.configuration import read_configuration
from beai.core.project.facts import Configuration, Project

FILE = "trust.json"


class Ledger:
    """What was agreed to for one repository; ``folder`` is its place in the state folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def compared(self, package: str, found: Configuration) -> Configuration:
        """``found``, with whether it was agreed to as it is, and else which files differ."""
        known = self._known().get(package)
        if known is None:
            return replace(found, agreed=False, changed=())
        now = dict(found.files)
        changed = tuple(sorted(path for path in {*now, *known} if now.get(path) != known.get(path)))
        return replace(found, agreed=not changed, changed=changed)

    def agree(self, package: str, found: Configuration) -> Fault | None:
        """The person agreed to ``found``; kept whole or not at all."""
        kept = {**self._known(), package: dict(found.files)}
        draft = self._file.with_name(f"{FILE}.{os.getpid()}.part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_text(json.dumps(kept, sort_keys=True))
            draft.replace(self._file)
        except OSError as error:
            return Fault(FaultKind.DISK, f"{self._file} cannot be written.", str(error), "Check the state folder.")
        return None

    def _known(self) -> dict[str, dict[str, str]]:
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) and all(isinstance(files, dict) for files in kept.values()) else {}


def configuration(root: Path, project: Project) -> Configuration:
    """The configuration of the project's tests as it is on disk now."""
    return read_configuration(DiskTree(root), project.package, project.runner)


def agree(root: Path, folder: Path, known: Callable[[Iterable[str]], bool] = lambda _: True) -> Fault | None:
    """Agree to what is at ``root`` now, unasked: where its files are ``known``, as those are that we made ourselves."""
    project = layout.outline(DiskTree(root), root.name)
    found = configuration(root, project)
    return Ledger(folder).agree(project.package, found) if known(path for path, _ in found.files) else None


def refused(root: Path, folder: Path, project: Project) -> Fault | None:
    """Why no test may be started now, or None: the last look before code of the repository runs."""
    if Ledger(folder).compared(project.package, configuration(root, project)).agreed:
        return None
    summary = "The configuration of the tests is not what you agreed to run."
    return Fault(FaultKind.REFUSED, summary, remedy="t asks you about it.")
