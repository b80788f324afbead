"""Every request of one task's loop on a tree in memory: the drafter proposes, everything is accepted and applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from beai.core.edits.change import Change
from beai.core.edits.match import match
from beai.core.project.facts import Project
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.rulebook.select import shelf
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import CaseIdea, ProposeCases, ProposeEdits, Purpose, Request
from beai.rules import shipped
from tests.core.test_project_trees import DictTree

NONCE = "k7f3k7f3"


def project_of(tree: DictTree) -> Project:
    """The project with the rules that come with beai."""
    found = read(tree, "shop")
    return replace(found, rules=shelf(found.rules, shipped()))


def request_of(tree: DictTree, task_id: str, purpose: Purpose, **more: object) -> Request:
    """A request as the loop makes it, with its sources."""
    project = project_of(tree)
    task = project.task(task_id)
    assert task is not None
    request = replace(Request(purpose, task, project, nonce=NONCE), **more)  # type: ignore[arg-type]
    return replace(request, sources=sources(tree, project, task, request.test_file))


def asks(tree: DictTree, task_id: str) -> Iterator[Request]:
    """CASES, then TEST and CODE for each case, each on the tree as the one before left it."""
    first = request_of(tree, task_id, Purpose.CASES)
    yield first
    proposed = draft(first)
    assert isinstance(proposed, ProposeCases), proposed
    cases: tuple[tuple[str, CaseIdea], ...] = tuple((f"C{at}", idea) for at, idea in enumerate(proposed.cases, 1))
    for case_id, idea in cases:
        written = ""
        for purpose in (Purpose.TEST, Purpose.CODE):
            failing = "Error: no such procedure" if purpose is Purpose.CODE else ""
            asked = request_of(
                tree, task_id, purpose, cases=cases, case_id=case_id, case=idea, failing=failing, test_file=written
            )
            yield asked
            reply = draft(asked)
            if isinstance(reply, ProposeEdits):
                change = match(reply.edits, tree.text)
                assert isinstance(change, Change), change
                tree = tree.with_files({file.path: file.after or "" for file in change.files})
                written = change.files[0].path if change.files else ""
    yield request_of(tree, task_id, Purpose.REFACTOR, cases=cases)
