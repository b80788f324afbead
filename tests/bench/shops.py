"""The demo backend that a benchmark works on, and the environment of a person who has no settings."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from beai.core.demo import create
from beai.core.fault import Fault
from beai.core.loop.journal import home
from beai.core.trust import agree

_REPO = Path(__file__).parents[2]


def backend(given: Path | None, folder: Path) -> Path:
    """A copy of ``given`` in ``folder``, or a demo backend made there."""
    if given is not None:
        return Path(shutil.copytree(given, folder / "shop", symlinks=True))
    made = asyncio.run(create(folder / "shop", lambda _: None))
    if isinstance(made, Fault):
        raise SystemExit(made.sentence())
    return made.root


def environment(folder: Path) -> dict[str, str]:
    """A person's terminal, no settings of theirs, and compiled modules kept apart."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BEAI_", "PYTHON", "TEXTUAL"))}
    return {
        **kept,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "BEAI_CONFIG": str(folder / "none.toml"),
        "PYTHONPYCACHEPREFIX": str(folder / "pyc"),
        "PYTHONPATH": os.pathsep.join((str(_REPO), *filter(None, [os.environ.get("PYTHONPATH")]))),  # for ``tests``
    }


def agreed(shop: Path, state: Path) -> None:
    """The person let the repository's tests run before."""
    fault = agree(shop, home(state, shop))
    if fault is not None:
        raise SystemExit(fault.sentence())
