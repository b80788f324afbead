"""The files that rules are held against are the same for the screen, for the command and for what is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.loop.session import Phase, Session
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.rulebook.in_force import meant
from beai.core.suggest.exchange import Purpose, Request
from beai.core.suggest.pack.rules import in_play, selected
from beai.tui import rule_pages
from tests.core.test_project_trees import DictTree, notebook, shop

GLOBS = {
    f".cursor/rules/{name}.mdc": f"---\nglobs: {glob}\n---\nAbout {name}.\n"
    for name, glob in (("schema", "**/*.prisma"), ("mounts", "**/{root,_app}.ts"), ("tests", "**/*.{test,spec}.ts"))
}


@pytest.mark.parametrize(("tree", "task_id"), [(shop(), "BE-S3-001"), (shop(), "BE-S3-003"), (notebook(), "BE-7")])
def test_the_pane_and_the_request_hold_rules_against_the_same_files(tree: DictTree, task_id: str) -> None:
    tree = tree.with_files(GLOBS)
    project = read(tree, "x")
    task = project.task(task_id)
    assert task is not None
    request = Request(Purpose.CODE, task, project, sources(tree, project, task))
    assert in_play(request) == meant(project, task)

    session = replace(Session(), project=project, task_id=task_id, phase=Phase.GREEN)
    shown = [one.rule.name for one in rule_pages.selected(session).attached]
    assert {"schema", "mounts"} <= set(shown)
    assert shown == [one.rule.name for one in selected(request, Purpose.CODE).attached]
