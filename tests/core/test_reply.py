"""The text protocol: what counts as a whole reply, and what it means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.edits.change import AddImport, MountRouter, SearchReplace, UpsertProcedure, UpsertTest, WholeFile
from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import Criterion, Project, Task
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    CaseIdea,
    CaseKind,
    Doubt,
    NothingToDo,
    Option,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Question,
    Request,
    Source,
)
from beai.core.suggest.reply import parse

TASK = Task("BE-1", "t", "tasks/t.md", criteria=(Criterion("Adds once"), Criterion("Answers `CONFLICT` (409)")))
CASES = Request(Purpose.CASES, TASK, Project("shop"), nonce="k7f3")
CODE = replace(CASES, purpose=Purpose.CODE)
PROCEDURE = """### upsert procedure addItem in wishlistRouter of src/wishlist.ts
```ts
protectedProcedure.mutation(() => 1)
```
"""
END = "### end k7f3 edits=1 cases=0\n"
ADD_ITEM = UpsertProcedure("src/wishlist.ts", "wishlistRouter", "addItem", "protectedProcedure.mutation(() => 1)")


def edits(text: str, request: Request = CODE) -> tuple[object, ...]:
    reply = parse(text, request)
    assert isinstance(reply, ProposeEdits), reply
    return reply.edits


def refused(text: str, request: Request = CODE) -> str:
    reply = parse(text, request)
    assert isinstance(reply, Fault), reply
    assert reply.kind is FaultKind.MODEL
    assert "\n" not in reply.summary
    return f"{reply.summary} {reply.detail}"


class TestWhole:
    def test_one_edit_with_its_rationale_and_cites(self) -> None:
        text = f"I add it.\n\n{PROCEDURE}It is minimal.\n### cites\n- @tdd\n- src/a.ts:3\n{END}"

        assert parse(text, CODE) == ProposeEdits((ADD_ITEM,), "I add it.\n\nIt is minimal.", ("@tdd", "src/a.ts:3"))

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            (PROCEDURE, "no end mark"),
            (PROCEDURE + "### end k7f4 edits=1 cases=0", "another request"),
            (PROCEDURE + "### end k7f3 edits=2 cases=0", "edits=1 cases=0 were found"),
            (PROCEDURE + "### end k7f3 edits=1 cases=1", "edits=1 cases=0 were found"),
            (PROCEDURE + END + PROCEDURE, "not its last block"),
            (PROCEDURE + END + END, "not its last block"),
            (PROCEDURE.removesuffix("```\n") + END, "never closes"),
            ("", "empty"),
            (" \n\n", "empty"),
            ("Sure, I can help.\n### end k7f3 edits=0 cases=0", "neither edits nor cases"),
            (PROCEDURE + "### nothing to do\nAll is well.\n" + END, "edits and nothing to do"),
            (PROCEDURE.replace("() => 1", "() => '\0'") + END, "no source file may hold"),
            (PROCEDURE.replace("() => 1", "() => '\udc80'") + END, "not UTF-8"),
            (PROCEDURE * 201 + "### end k7f3 edits=201 cases=0", "more than 200"),
            ("<think>" + PROCEDURE + END, "no end mark"),
        ],
    )
    def test_anything_less_is_refused_with_a_reason(self, text: str, why: str) -> None:
        assert why in refused(text)

    def test_a_request_without_a_nonce_accepts_nothing(self) -> None:
        assert "end mark" in refused(PROCEDURE + "### end  edits=1 cases=0", replace(CODE, nonce=""))

    @given(st.integers(0, len(PROCEDURE + END) - 2))
    def test_a_reply_cut_anywhere_is_refused(self, at: int) -> None:
        refused((PROCEDURE + END)[:at])

    def test_thinking_aloud_is_left_out(self) -> None:
        assert edits(f"<think>\n### file a.ts\n```\n</think>\n{PROCEDURE}{END}") == (ADD_ITEM,)


class TestTolerance:
    @pytest.mark.parametrize(
        "text",
        [
            (PROCEDURE + END).replace("\n", "\r\n"),
            (PROCEDURE + END).replace("```ts", "~~~typescript").replace("```", "~~~"),
            (PROCEDURE + END).replace("```", "`````"),
            (PROCEDURE + END).replace("```ts\n", "\n\n```\n\n").replace("\n```\n", "\n\n```\n\n"),
            (PROCEDURE + END).replace("src/wishlist.ts", "`./src/wishlist.ts`"),
            (PROCEDURE + END).replace("### upsert", "## **Upsert").replace("wishlist.ts\n", "wishlist.ts**:\n"),
            (PROCEDURE + END).replace("(() => 1)", "(() => 1),"),
            (PROCEDURE + END).replace("protectedProcedure", "addItem: protectedProcedure"),
            (PROCEDURE + "**" + END.strip() + "**\n\nLet me know!"),
            (PROCEDURE + END.removeprefix("### ")),
            f"```markdown\n{PROCEDURE.replace('```', '~~~')}{END}```",
            "\n".join(f"  {line}" for line in (PROCEDURE + END).split("\n")),
        ],
    )
    def test_other_spellings_mean_the_same(self, text: str) -> None:
        assert edits(text) == (ADD_ITEM,)

    def test_code_with_fences_needs_only_a_longer_fence(self) -> None:
        text = f"### file docs/a.md\n````md\n# A\n```ts\nx\n```\n````\n{END}"

        assert edits(text) == (WholeFile("docs/a.md", "# A\n```ts\nx\n```\n"),)

    def test_code_with_fences_in_a_short_fence_is_refused_not_cut(self) -> None:
        refused(f"### file docs/a.md\n```md\n# A\n```\nx\n```\nrest\n```\n{END}")

    def test_headings_inside_code_are_code(self) -> None:
        text = f"### file docs/a.md\n```\n### file b.md\n### end k7f3 edits=9 cases=0\n```\n{END}"

        assert edits(text) == (WholeFile("docs/a.md", "### file b.md\n### end k7f3 edits=9 cases=0\n"),)


class TestEdits:
    def test_each_statement_of_an_import_block_is_an_import(self) -> None:
        text = f'### import in a.ts\n```ts\nimport {{ z }} from "zod";\nimport {{\n  a,\n}} from "./a";\n```\n{END}'

        assert edits(text) == (
            AddImport("a.ts", 'import { z } from "zod";'),
            AddImport("a.ts", 'import {\n  a,\n} from "./a";'),
        )

    def test_an_import_block_holds_nothing_else(self) -> None:
        assert "something else" in refused(f'### import in a.ts\n```ts\nimport "a";\nrun();\n```\n{END}')

    def test_a_router_is_mounted_without_code(self) -> None:
        text = f"### mount router wishlist = wishlistRouter from ./routers/wishlist in src/root.ts\n{END}"

        assert edits(text) == (MountRouter("src/root.ts", "wishlist", "wishlistRouter", "./routers/wishlist"),)

    def test_a_test_is_named_by_its_title(self) -> None:
        code = 'it("C1 says \\"no\\" in time of need", async () => {\n  expect(1).toBe(1);\n})'
        text = f'### test "C1 says "no" in time of need" in "a.b" of src/a.test.ts\n```ts\n{code};\n```\n{END}'

        assert edits(text) == (UpsertTest("src/a.test.ts", "a.b", 'C1 says "no" in time of need', code),)

    def test_a_title_that_the_code_does_not_carry_is_refused(self) -> None:
        text = f'### test "C1 adds" in "a.b" of src/a.test.ts\n```ts\nit("C2 adds", () => {{}});\n```\n{END}'

        assert "does not carry the title" in refused(text)

    def test_a_replacement_is_two_fences_of_whole_lines(self) -> None:
        text = f"### replace in a.ts\n```ts\n  a();\n```\nbecomes\n```ts\n  b();\n  c();\n```\n{END}"

        assert edits(text) == (SearchReplace("a.ts", "  a();\n", "  b();\n  c();\n"),)

    def test_an_empty_second_fence_deletes(self) -> None:
        assert edits(f"### replace in a.ts\n```\na();\n```\n```\n```\n{END}") == (SearchReplace("a.ts", "a();\n", ""),)

    def test_conflict_marks_are_understood(self) -> None:
        body = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH\nc\n=======\n>>>>>>> REPLACE\n"

        assert edits(f"### replace in a.ts\n```\n{body}```\n{END}") == (
            SearchReplace("a.ts", "a\n", "b\n"),
            SearchReplace("a.ts", "c\n", ""),
        )

    @pytest.mark.parametrize(
        "path",
        ["/etc/passwd", "../a.ts", "a/../../b.ts", "~/a.ts", "C:\\a.ts", "a//b.ts", "a/", "`", "a\u202e.ts", "a\x07"],
    )
    def test_a_path_outside_the_repository_is_refused(self, path: str) -> None:
        refused(PROCEDURE.replace("src/wishlist.ts", path) + END)

    @pytest.mark.parametrize(
        "remark",
        [
            "// ... existing code",
            "// … rest",
            "/* ... */",
            "...",
            "  // rest of the file unchanged ...",
            "{/* ... */}",
            "# ...",
        ],
    )
    def test_elided_code_is_refused_with_advice(self, remark: str) -> None:
        said = refused(f"### file a.ts\n```ts\na();\n{remark}\nb();\n```\n{END}")

        assert "left out" in said
        assert "Write all of it" in said

    @pytest.mark.parametrize("mark", ["⋯ 12 lines left out (3–14): a, b ⋯", 'const key = "[masked by beai]";'])
    def test_a_mark_of_what_was_not_sent_never_reaches_a_file(self, mark: str) -> None:
        assert "repeats" in refused(f"### file a.ts\n```ts\na();\n{mark}\nb();\n```\n{END}")
        assert "repeats" in refused(f"### replace in a.ts\n```\na();\n```\n```\n{mark}\n```\n{END}")

    def test_spread_and_remarks_of_the_file_itself_are_no_elision(self) -> None:
        code = "// ... legacy\nf({\n  ...input,\n  ...(a ? b : c),\n});\n"
        request = replace(CODE, sources=(Source("a.ts", "// ... legacy\n"),))

        assert edits(f"### file a.ts\n```ts\n{code}```\n{END}", request) == (WholeFile("a.ts", code),)

    @pytest.mark.parametrize(
        "heading",
        [
            "### upsert procedure add-item in wishlistRouter of a.ts\n```\nx\n```\n",
            "### upsert procedure addItem in wishlistRouter of a.ts\n",
            "### upsert procedure addItem in wishlistRouter of a.ts\n```\n```\n",
            '### mount router a = b from ./x"y in a.ts\n',
            "### mount router a = b from ./x in a.ts\n```\nx\n```\n",
            "### replace in a.ts\n```\nx\n```\n",
            "### replace in a.ts\n```\n```\n```\nx\n```\n",
            '### test "" in "a" of a.test.ts\n```\nit()\n```\n',
        ],
    )
    def test_a_block_that_is_not_one_edit_is_refused(self, heading: str) -> None:
        refused(heading + END)


class TestCases:
    def test_cases_carry_kind_and_criterion(self) -> None:
        text = """### cases
- [happy path] adds the product
  and returns it (criterion: 1)
2. **[Invalid]** refuses an empty id
* [error condition] answers CONFLICT (criterion: Answers `CONFLICT` (409))
- [edge-case] the last one (in stock) (criterion: Made up)
### end k7f3 edits=0 cases=4"""

        assert parse(text, CASES) == ProposeCases(
            (
                CaseIdea("adds the product and returns it", CaseKind.HAPPY, "Adds once"),
                CaseIdea("refuses an empty id", CaseKind.INVALID),
                CaseIdea("answers CONFLICT", CaseKind.ERROR, "Answers `CONFLICT` (409)"),
                CaseIdea("the last one (in stock)", CaseKind.EDGE),
            )
        )

    @pytest.mark.parametrize(
        ("said", "served"),
        [
            ("(criteria: 1, 2)", (0, 1)),
            ("(criteria 1–2).", (0, 1)),
            ("[Criterion 2]", (1,)),
            ("— criterion 2", (1,)),
            ("(AC-2/AC-1)", (1, 0)),
            ("(serves acceptance criterion #1)", (0,)),
            ("(criterion 1: Answers CONFLICT (409))", (1,)),
            ("(criterion: 0)", ()),
            ("(criterion: 3)", ()),
        ],
    )
    def test_a_case_names_its_criteria_by_number_or_by_their_words(self, said: str, served: tuple[int, ...]) -> None:
        reply = parse(f"### cases\n- [happy] adds it {said}\n### end k7f3 edits=0 cases=1", CASES)
        assert isinstance(reply, ProposeCases)
        texts = tuple(CASES.task.criteria[at].text for at in served)
        assert (reply.cases[0].text, reply.cases[0].criteria) == ("adds it", texts)

    def test_an_unknown_kind_is_refused_with_the_known_ones(self) -> None:
        assert "business branch" in refused("### cases\n- [magic] x\n### end k7f3 edits=0 cases=1", CASES)

    def test_code_is_refused_before_cases_are_approved(self) -> None:
        assert "before any case" in refused(PROCEDURE + END, CASES)

    def test_cases_are_refused_where_code_was_asked_for(self) -> None:
        assert "nobody asked" in refused("### cases\n- [edge] x\n### end k7f3 edits=0 cases=1", CODE)


class TestExits:
    def test_a_question_with_options(self) -> None:
        text = """### question Duplicate policy
What happens when the item
is there already?
**cites:** BE-1; @prisma_best_practices
considered: The schema has a unique key.
- Throw CONFLICT => the client sees 409
- Return the item
### end k7f3 edits=0 cases=0"""

        assert parse(text, CODE) == Ask(
            Question(
                "duplicate-policy",
                "What happens when the item is there already?",
                ("BE-1", "@prisma_best_practices"),
                "The schema has a unique key.",
                (Option("Throw CONFLICT", "the client sees 409"), Option("Return the item")),
            )
        )

    @pytest.mark.parametrize(
        ("heading", "kind"),
        [
            ("nothing to do", NothingToDo),
            ("the test is wrong", Doubt),
            ("The task is wrong", Doubt),
            ("beyond me", BeyondMe),
        ],
    )
    def test_an_exit_gives_its_reason(self, heading: str, kind: type) -> None:
        assert parse(f"### {heading}\nBecause.\n### end k7f3 edits=0 cases=0", CODE) == kind("Because.")

    @pytest.mark.parametrize("heading", ["nothing to do", "the test is wrong", "beyond me", "question x"])
    def test_an_exit_without_a_reason_is_refused(self, heading: str) -> None:
        refused(f"### {heading}\n### end k7f3 edits=0 cases=0")
