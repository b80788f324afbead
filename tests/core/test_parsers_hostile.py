"""No parser that reads a repository raises, whatever bytes its files hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import beai.rules as shipped
from beai.core.project import jsonc
from beai.core.project.context import read_context, with_progress
from beai.core.project.doc_refs import references_to
from beai.core.project.docs import read_document, relevant
from beai.core.project.facts import Project, Task
from beai.core.project.markdown import items, sections
from beai.core.project.prisma import read_schema
from beai.core.project.task_graph import graph
from beai.core.project.tasks import read_tasks, with_status
from beai.core.project.trpc import read_api
from beai.core.rulebook import sections as rule_sections
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.globs import matches
from beai.core.rulebook.references import references
from tests.core.task_files import SHAPES
from tests.core.test_document_variations import MIXED
from tests.core.test_project_trees import NOTEBOOK_INIT, SCHEMA, DictTree, notebook, shop


def _tasks(text: str) -> None:
    found = read_tasks("t.md", text)
    assert {task.id for task in found} == set(graph(found).nodes)
    for task in found[:3]:
        again = with_status(text, task, "Done")
        span = task.status_span
        if span is None:
            assert again == text
        else:
            assert text[span.start : span.end] == task.status
            assert again.startswith(text[: span.start]) and again.endswith(text[span.end :])


def _context(text: str) -> None:
    added = with_progress(text, read_context("c.md", text), "line", date="2025-01-01", task="BE-1")
    assert "2025-01-01" in added


def _documents(text: str) -> None:
    task = Task("BE-1", "x", "t.md", text=text)
    document, proposal = read_document("docs/technical.md", text), read_document("tasks/proposals/a.md", text)
    for section, path, reason in relevant(Project("x", documents=(document,), proposals=(proposal,)), task):
        assert path and reason and section.text is not None
    references_to(text)
    assert all(section.text in text for section in sections(text))
    assert all(item is not None for item in items(text))


def _code(text: str) -> None:
    read_api(DictTree({"package.json": "{}", "src/trpc.ts": NOTEBOOK_INIT, "src/root.ts": text}))


def _rule(text: str) -> None:
    rule = read_rule("a.mdc", text)
    references(rule.text)
    rule_sections.sections(rule.text)
    for glob in rule.globs[:4]:
        matches(glob, "src/a.ts")


_FILES = shop().files
_CONTEXT = _FILES["tasks/active_context.md"]
_RULES = sorted(Path(str(shipped.__path__[0])).glob("*.mdc"))
SEEDS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "tasks": (_tasks, [MIXED, *(shape("BE-1", "t", "Open", "").replace("§", "") for shape in SHAPES.values())]),
    "context": (_context, [_CONTEXT, "# C\n## Log\n| Date | What |\n|---|---|\n| 2025-01-01 | a |\n"]),
    "documents": (_documents, [text for path, text in _FILES.items() if path.endswith(".md")]),
    "rules": (
        _rule,
        [path.read_text("utf-8") for path in _RULES[:4]] + [_FILES[p] for p in _FILES if p.endswith(".mdc")],
    ),
    "schema": (lambda text: read_schema([("schema.prisma", text)]), [SCHEMA, _FILES["prisma/schema.prisma"]]),
    "jsonc": (jsonc.load, [_FILES["package.json"], _FILES["tsconfig.json"]]),
    "typescript": (_code, [text for path, text in notebook().files.items() if path.endswith(".ts")]),
}
NOISE = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        (
            b"\n",
            b"\r",
            b"\r\n",
            b"|",
            b"**",
            b"```",
            b"#",
            b"- [ ] ",
            b"---\n",
            b"\xef\xbb\xbf",
            b"\xff",
            b"\0",
            b"(",
            b"[",
        )
    ),
)


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_bytes_make_a_parser_raise(name: str, data: st.DataObject) -> None:
    parser, seeds = SEEDS[name]
    raw = data.draw(st.sampled_from(seeds)).encode()
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        stop = data.draw(st.integers(start, min(len(raw), start + 30)))
        raw = raw[:start] + data.draw(NOISE) * data.draw(st.sampled_from((1, 1, 2, 50))) + raw[stop:]
    parser(raw.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=80))
def test_no_text_makes_a_parser_raise(name: str, text: str) -> None:
    SEEDS[name][0](text)
