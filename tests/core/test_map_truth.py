"""The map of each official layout, rebuilt by us, equals a truth file that was checked by hand, key by key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from beai.core.project import layout
from beai.core.project.map_plain import plain_map
from beai.core.project.map_schema import map_schema
from tests.core.test_project_trees import DictTree

HERE = Path(__file__).parent / "fixtures" / "maps"
LAYOUTS = sorted(path.stem for path in HERE.glob("*.txt"))


def bundle(path: Path) -> DictTree:
    """A repository in one file: ``=== path`` before each text."""
    parts = re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return DictTree(dict(part.split("\n", 1) for part in parts))


def mapped(tree: DictTree) -> Any:
    return json.loads(json.dumps(plain_map(layout.read(tree, "repository"))))


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_map_of_an_official_layout_equals_the_truth(name: str) -> None:
    truth = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    found = mapped(bundle(HERE / f"{name}.txt"))
    assert found == truth
    jsonschema.validate(found, map_schema())


def test_every_official_layout_is_there() -> None:
    wanted = {"t3_v10", "t3_v11", "turbo", "minimal", "starter", "nested", "merged", "lazy", "factory", "per_file"}
    assert wanted | {"spread"} <= set(LAYOUTS)


def test_the_schema_refuses_a_key_that_it_does_not_document() -> None:
    found = mapped(bundle(HERE / "minimal.txt"))
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate({**found, "surprise": 1}, map_schema())
    jsonschema.Draft202012Validator.check_schema(map_schema())
