"""``beai map`` tells people and programs the same, whatever the repository holds, and says what it has not found."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from beai.tui.main import main
from tests.core.test_map_truth import HERE, bundle


@pytest.fixture
def at(tmp_path: Path) -> Path:
    for path, text in bundle(HERE / "turbo.txt").files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def beai(*words: str) -> Result:
    return CliRunner().invoke(main, ["map", *words])


def object_of(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_json_equals_the_truth_and_its_keys_are_sorted(at: Path) -> None:
    done = beai("--json", "--path", str(at))
    found, truth = object_of(done), json.loads((HERE / "turbo.json").read_text("utf-8"))
    assert found.pop("schema_reader").startswith("our reader, because ")
    assert {**found, "schema_reader": ""} == truth
    assert done.stdout == json.dumps(json.loads(done.stdout), indent=2, sort_keys=True) + "\n"


def test_the_schema_that_is_printed_is_the_one_that_the_map_has(at: Path) -> None:
    jsonschema.validate(object_of(beai("--json", "post", "--path", str(at))), object_of(beai("--schema")))


def test_a_subtree_is_a_router_or_one_procedure(at: Path) -> None:
    whole = object_of(beai("--json", "post", "--path", str(at)))
    assert [router["key"] for router in whole["routers"]] == ["post"]
    single = object_of(beai("--json", "post.delete", "--path", str(at)))
    assert [each["path"] for each in single["routers"][0]["procedures"]] == ["post.delete"]
    assert {model["name"]: model["written_by"] for model in single["models"]} == {
        "Post": ["post.delete"],
        "Comment": ["post.delete"],
    }


def test_the_tree_says_kind_access_models_tests_and_place_in_a_line(at: Path) -> None:
    done = beai("--path", str(at))
    line = next(line for line in done.stdout.splitlines() if line.strip().startswith("delete "))
    words = (
        "mutation",
        "signed-in",
        "Comment w, Post w",
        "1 test",
        "(z.string())",
        "packages/api/src/router/post.ts:13",
    )
    assert [word for word in words if word not in line] == []
    assert "6 procedures" in done.stderr
    models = beai("--models", "--path", str(at)).stdout
    assert "Comment  packages/db/prisma/schema/post.prisma:8\n  read by     no procedure\n" in models


def test_a_router_that_is_not_there_is_a_wrong_usage_that_names_near_ones(at: Path) -> None:
    done = beai("posst", "--path", str(at))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "There is no router or procedure posst. There is post" in done.stderr


def test_a_repository_without_any_of_it_says_so(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a\x1b[31m.txt").write_text("x")
    done = beai("--path", str(tmp_path))
    assert done.exit_code == 0
    assert "missing: tRPC initialisation" in done.stderr and "missing: Prisma schema" in done.stderr
    assert object_of(beai("--json", "--path", str(tmp_path)))["root"] is None


def test_terminal_codes_in_names_never_reach_the_terminal(at: Path) -> None:
    root = at / "packages/api/src/root.ts"
    root.write_text(root.read_text("utf-8").replace("post: postRouter", '"po\x1b[31mst": postRouter, "\u202e": gone'))
    done = beai("--path", str(at))
    assert done.exit_code == 0 and "\x1b" not in done.output and "\u202e" not in done.output
    assert "unresolved: " in done.stdout
