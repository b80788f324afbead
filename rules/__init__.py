"""The role's rule files, shipped as data; a project's own file of the same name wins over ours."""

from __future__ import annotations

from importlib.resources import files


def shipped() -> tuple[tuple[str, str], ...]:
    """File name and text of every shipped rule, by name."""
    found = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".mdc"))
    return tuple(sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in found))
