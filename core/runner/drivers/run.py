"""Starts one driver of this folder by its name, with nothing of ours on the path of the code under test."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

NAME = "beai_drivers"  # the package that the modules of this folder are in, whatever else is called like them


def main() -> None:
    """``run.py NAME``: import the module and call its ``main()``."""
    here = Path(__file__).resolve().parent
    if sys.path and Path(sys.path[0] or ".").resolve() == here:
        del sys.path[0]
    package = types.ModuleType(NAME)
    package.__path__ = [str(here)]
    sys.modules[NAME] = package
    importlib.import_module(f"{NAME}.{sys.argv.pop(1)}").main()


if __name__ == "__main__":
    main()
