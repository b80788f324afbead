"""Importing a module loads only what its place in the design allows; measured in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREEN = frozenset({"textual", "rich"})
SLOW = frozenset({"litellm", "openai", "httpx"})
DOES = frozenset({"shutil", "tempfile", "platformdirs", "subprocess", "socket", "sqlite3", "asyncio"})
ADAPTERS = {"git": "beai.core.repo", "watchdog": "beai.core.watch"}
PUT_TOGETHER = frozenset(
    {"beai.core.loop.compose", "beai.core.loop.testers", "beai.core.verify.running"}
)  # name adapters, so import them
REPORT = (
    "import importlib, json, sys\n"
    "for name in json.loads(sys.argv[1]): importlib.import_module(name)\n"
    "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
)


def modules(package: str) -> list[str]:
    """Every module of ``beai.<package>``, by its import name."""
    folder = ROOT / package
    files = (path for path in sorted(folder.rglob("*.py")) if "shop" not in path.relative_to(folder).parts)
    parts = ((package, *path.relative_to(folder).with_suffix("").parts) for path in files)
    return [".".join(("beai", *part)).removesuffix(".__init__") for part in parts]


CORE, TUI, RULES = modules("core"), modules("tui"), modules("rules")
HERE = [name for name in CORE if not name.startswith("beai.core.suggest.worker.")]  # those are of another process


@lru_cache
def loads(*names: str) -> frozenset[str]:
    """The top-level packages that are loaded once all of ``names`` are imported, in a process of its own."""
    command = [sys.executable, "-c", REPORT, json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return frozenset(json.loads(done.stdout))


def offenders(names: Iterable[str], forbidden: frozenset[str]) -> dict[str, list[str]]:
    """Who loads what is forbidden: none where all of them together load none of it."""
    names = tuple(names)
    if not loads(*names) & forbidden:
        return {}
    return {name: sorted(loads(name) & forbidden) for name in names if loads(name) & forbidden}


def test_all_of_us_is_looked_at() -> None:
    assert {"beai.core.loop.step", "beai.core.suggest.worker", "beai.core.demo"} <= set(CORE)
    assert {"beai.tui.main", "beai.tui.app"} <= set(TUI)
    assert importlib.util.find_spec("litellm") is not None and importlib.util.find_spec("textual") is not None


def test_no_module_of_core_loads_the_screen() -> None:
    assert offenders([*HERE, *RULES], SCREEN) == {}


def test_no_module_loads_a_model_library_before_it_is_asked() -> None:
    assert offenders([*HERE, *TUI, *RULES], SLOW) == {}


def test_not_even_the_worker_loads_litellm_before_its_environment_is_cleared() -> None:
    assert offenders([name for name in CORE if name not in HERE], frozenset({"litellm", "openai", "textual"})) == {}


@pytest.mark.parametrize(("library", "adapter"), ADAPTERS.items())
def test_a_library_is_loaded_by_its_one_adapter_and_by_who_puts_adapters_together(library: str, adapter: str) -> None:
    assert offenders([name for name in CORE if name not in {adapter} | PUT_TOGETHER], frozenset({library})) == {}


def test_the_app_loads_no_adapter() -> None:
    assert (
        offenders(
            ["beai.tui.app", "beai.tui.main"], frozenset({"git", "watchdog", "sqlite3", "tree_sitter", "cattrs", *SLOW})
        )
        == {}
    )


def test_the_command_line_loads_no_screen_until_a_command_needs_it() -> None:
    assert offenders(["beai.tui.main"], SCREEN | {"tree_sitter", "cattrs"}) == {}


def test_the_pure_ring_starts_no_process_and_opens_no_database() -> None:
    ring = (
        "session",
        "events",
        "effects",
        "step",
        "cycle",
        "judging",
        "phases",
        "answers",
        "cases",
        "commit",
        "guidance",
    )
    assert offenders([f"beai.core.loop.{name}" for name in ring], frozenset({"subprocess", "sqlite3", "asyncio"})) == {}


def test_the_values_of_settings_and_of_what_is_sent_load_nothing_that_does_something() -> None:
    """Nor by way of another module; only what reads code loads a grammar's package, which brings tempfile along."""
    values = [f"beai.core.settings.{name}" for name in ("access", "checks", "tables", "value")]
    places = ("choice", "handout", "manner", "meter", "plan", "privacy", "progress", "prompts")
    sent = [name for place in places for name in CORE if f"{name}.".startswith(f"beai.core.suggest.{place}.")]

    assert "beai.core.suggest.privacy.masking" in sent and "beai.core.suggest.prompts.quote" in sent
    assert offenders([*values, *sent], DOES) == {}
