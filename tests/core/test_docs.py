"""The sections that a task is about are found with a stated reason, and no document goes along whole by accident."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import pytest

from beai.core.project.docs import children, read_document, relevant
from beai.core.project.facts import Document, Project, Schema, Section, Task
from beai.core.project.layout import read
from beai.core.project.prisma import read_schema
from tests.core.test_project_trees import DictTree, shop

TDP = """# Technical design proposal: lists

Status: accepted

## 1. Goal

Lists of things.

## 2. API design

Each procedure is protected.

### 2.1 `lists.add`

Adds one.

### 2.10 Something else

No.

## 3 Data model

### Tables

| Table | Why |
|---|---|
| `ListItem` | joins |

## Error handling

Map `P2002`.

## Open questions

- none
"""
TECHNICAL = "# Technical\n\n" + "Long. " * 1500 + "\n\n## Error handling\n\nTRPCError only.\n\n## 3. Style\n\nShort.\n"
SCHEMA = read_schema([("schema.prisma", "model ListItem {\n  id Int @id\n}\n")])
PLACE = "tasks/proposals/technical_design_proposal_lists_2025-01-01.md"
OTHER = "tasks/proposals/technical_design_proposal_mail_2025-02-01.md"


def found(text: str, *documents: tuple[str, str], schema: Schema | None = None) -> list[tuple[str, str, str]]:
    """File, title and reason of what is found for a task with this text."""
    given = [read_document(path, body) for path, body in documents or ((PLACE, TDP), ("docs/technical.md", TECHNICAL))]
    project = Project(
        "x",
        schema=schema,
        proposals=tuple(one for one in given if "proposals/" in one.path),
        documents=tuple(one for one in given if "proposals/" not in one.path),
    )
    task = Task("BE-1", "Add it", "tasks/be.md", description=text, text=text)
    return [(path.rsplit("/", 1)[-1], section.title, reason) for section, path, reason in relevant(project, task)]


@pytest.mark.parametrize(
    ("text", "title", "reason"),
    [
        ("See TDP section 2.1.", "2.1 `lists.add`", "the task names section 2.1"),
        ("See §2.1 for it", "2.1 `lists.add`", "the task names section 2.1"),
        ("TDP 2.1", "2.1 `lists.add`", "the task names section 2.1"),
        ("sections 1 and 2.1", "2.1 `lists.add`", "the task names section 2.1"),
        ("Siehe Abschnitt 2.1", "2.1 `lists.add`", "the task names section 2.1"),
        ("Ver sección 2.1", "2.1 `lists.add`", "the task names section 2.1"),
        ("см. раздел 2.1", "2.1 `lists.add`", "the task names section 2.1"),
        ("2.1節を参照", "2.1 `lists.add`", "the task names section 2.1"),
        (
            "[API](../proposals/" + PLACE.rsplit("/", 1)[-1] + "#21-listsadd)",
            "2.1 `lists.add`",
            "the task links to #21-listsadd of " + PLACE.rsplit("/", 1)[-1],
        ),
        ("[API](#2-api-design)", "2. API design", "the task links to #2-api-design"),
        ("Section “API design” says how.", "2. API design", "the task names section “2. API design”"),
        ("See the “Data model” section", "3 Data model", "the task names section “3 Data model”"),
        ("technical.md § Style applies", "3. Style", "the task names section “3. Style” of technical.md"),
        ("Section 3 of `docs/technical.md`", "3. Style", "the task names section 3 of technical.md"),
        ("`docs/technical.md`, section 3", "3. Style", "the task names section 3 of technical.md"),
        ("`docs/technical.md`; TDP section 3", "3 Data model", "the task names section 3"),
    ],
)
def test_a_section_is_found_as_the_task_refers_to_it(text: str, title: str, reason: str) -> None:
    assert (title, reason) in [(title, reason) for _, title, reason in found(text)]


def test_a_number_is_that_section_alone_and_of_the_document_that_is_named() -> None:
    named = [
        (file, title)
        for file, title, reason in found("`docs/technical.md` section 3")
        if reason.startswith("the task names")
    ]
    assert named == [("technical.md", "3. Style")]
    named = [(file, title) for file, title, reason in found("TDP section 2.1") if reason.startswith("the task names")]
    assert [title for _, title in named] == ["2.1 `lists.add`"]


def test_what_names_the_procedure_the_model_or_the_file_is_found_in_tables_too() -> None:
    rows = "\n".join(f"| other.thing{n} | query |" for n in range(900))
    table = f"# API\n\n## All\n\n| Procedure | Kind |\n|---|---|\n{rows}\n| lists.add | mutation |\n| lists.addAll | query |\n"
    document = read_document("docs/api.md", table)
    task = Task("BE-1", "Implement lists.add", "tasks/be.md", text="Implement `lists.add`")
    ((section, _, reason),) = relevant(Project("x", documents=(document,)), task)
    assert section.text == "| Procedure | Kind |\n|---|---|\n| lists.add | mutation |\n"
    assert reason == "names `lists.add`; cut to the 3 of 905 lines that name it"
    assert ("Tables", "names the model ListItem") in [one[1:] for one in found("Use ListItem", schema=SCHEMA)]


def test_a_file_that_is_only_named_does_not_go_along_whole() -> None:
    text = f"See `{PLACE}` and docs/technical.md, and `lists.add`"
    sizes = [len(section.text) for section, _, _ in relevant(_project(), Task("BE-1", "", "t.md", text=text))]
    assert sizes and max(sizes) < 300


def test_a_long_section_that_is_asked_for_comes_as_its_own_text_and_its_parts() -> None:
    long = "# T\n\n## 2 API\n\nIntro.\n\n" + "".join(f"### 2.{n} p{n}\n\n{'x ' * 1000}\n\n" for n in range(1, 8))
    rows = found("TDP section 2", (PLACE, long))
    assert rows[0][1:] == ("2 API", "the task names section 2; without the 7 sections below it")
    assert rows[1][1:] == ("2.1 p1", "part of “2 API”: the task names section 2")


def test_of_several_proposals_the_named_then_the_one_about_it_then_the_one_called_like_the_file_counts() -> None:
    mail = "# Mail\n\n## 2.1 `mail.send`\n\nx\n"
    both = ((PLACE, TDP), (OTHER, mail))
    assert {file for file, _, _ in found(f"`{OTHER}` section 2.1", *both)} == {OTHER.rsplit("/", 1)[-1]}
    assert {file for file, _, _ in found("`mail.send`, section 2.1", *both)} == {OTHER.rsplit("/", 1)[-1]}
    task = Task("BE-1", "x", "tasks/sprints/sprint_2_mail/be_tasks.md", text="See section 2.1")
    project = Project("x", proposals=tuple(read_document(*one) for one in both))
    assert {path for _, path, _ in relevant(project, task)} == {OTHER}


def test_a_document_is_a_tree_with_the_text_above_its_headings() -> None:
    document = read_document("docs/a.md", "---\nowner: me\n---\nBefore.\n\n# A\n\n## B\n\n### C\nc\n## D\n# E\n")
    assert [(one.level, one.title, one.path) for one in document.sections] == [
        (0, "A", ()),
        (1, "A", ()),
        (2, "B", ("A",)),
        (3, "C", ("A", "B")),
        (2, "D", ("A",)),
        (1, "E", ()),
    ]
    assert document.sections[0].text == "Before.\n\n"
    assert [one.title for one in children(document, document.sections[1])] == ["B", "D"]
    assert read_document("docs/b.md", "Just text.\n").sections == (Section("b", 0, "Just text.\n", 1),)


def test_a_document_of_no_bytes_has_no_section_and_is_missing() -> None:
    """VARIATIONS, task files: ``docs/technical.md`` may be 0 bytes."""
    assert read_document("docs/technical.md", "") == Document("docs/technical.md", "technical")
    project = read(shop().with_files({"docs/technical.md": ""}), "shop")
    assert [gap.what for gap in project.missing] == ["technical conventions"]
    assert all(path != "docs/technical.md" for _, path, _ in relevant(project, project.tasks[0]))


def test_titles_in_other_languages_are_found() -> None:
    text = "# 設計\n\n## 2.1 一覧を追加\n\n追加する\n\n## エラー処理\n\nx\n\n## 決定事項\n\ny\n"
    rows = found("「エラー処理」セクションと 2.1節", (PLACE, text))
    assert [title for _, title, _ in rows] == ["2.1 一覧を追加", "エラー処理", "決定事項"]


def _project() -> Project:
    return Project(
        "x", proposals=(read_document(PLACE, TDP),), documents=(read_document("docs/technical.md", TECHNICAL),)
    )


def test_a_tree_of_plans_reads_from_any_of_the_usual_places() -> None:
    tree = DictTree({PLACE: TDP, "docs/technical.md": TECHNICAL})
    assert [one.path for one in read(tree, "x").proposals] == [PLACE]
