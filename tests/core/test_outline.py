"""What is read before anything is started says what the whole reading says, and asks no parser."""

from __future__ import annotations

from dataclasses import replace

from beai.core.project.facts import ApiMap
from beai.core.project.layout import outline, read
from tests.core.test_project_trees import DictTree, notebook, shop


def test_an_outline_is_the_whole_reading_without_routers_and_schema() -> None:
    for tree in (shop(), notebook()):
        whole = replace(read(tree, "it"), api=ApiMap(), schema=None, migrating=None, clients=())
        light = outline(tree, "it")
        assert replace(light, missing=()) == replace(whole, missing=())


def test_an_outline_names_the_gaps_that_it_can_see_and_no_others() -> None:
    named = [gap.what for gap in outline(DictTree({}), "empty").missing]
    assert {"tasks", "test runner", "backend package"} < set(named)
    assert not {"tRPC initialisation", "root router", "Prisma schema"} & set(named)
