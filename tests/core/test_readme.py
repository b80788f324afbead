"""What the README lists is what the code has."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from beai.core.settings import FLAGS, SAFE, TABLES, Settings
from beai.tui import main
from beai.tui.keys import table

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_keys_are_the_key_table():
    between = README.partition("<!-- keys: python -m beai.tui.keys -->\n")[2].partition("<!-- /keys -->")[0]
    assert between.strip() == table()


def test_every_setting_is_listed_with_what_a_repository_may_do():
    keys = {kept: key for key, kept in TABLES.items()}
    for name in {keys.get(field.name, field.name) for field in fields(Settings)} - FLAGS - {"untaken"}:
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.rstrip("| ").endswith("yes" if name in SAFE else "no")


def test_the_commands_and_exit_codes_are_those_of_the_command_line():
    for name in main.main.commands:
        assert f"`beai {name}" in README or name == "open"
    for code in {*main.EXIT.values(), 0, 1, 3, 4}:
        assert f"{code} " in README.partition("Exit codes:")[2].partition("\n\n")[0]
