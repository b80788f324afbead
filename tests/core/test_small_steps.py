"""Small steps: a short pack for one question, replies of one block, and a whole answer put together from them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from beai.core.edits.change import AddImport, Change, MountRouter, SearchReplace, UpsertProcedure, UpsertTest, WholeFile
from beai.core.edits.match import match
from beai.core.fault import Fault, FaultKind
from beai.core.suggest.completing import completed, free
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import (
    Ask,
    CaseIdea,
    CaseKind,
    Feedback,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Question,
    Reply,
    Request,
)
from beai.core.suggest.manner import Manner, Seen, steps
from beai.core.suggest.pack import Kind, Pack, messages, narrowed, pack, repair
from beai.core.suggest.pack.window import window_of
from beai.core.suggest.progress import Noted, Progress
from beai.core.suggest.reply import parse
from beai.core.suggest.reply.headings import EDITS, heading
from beai.core.suggest.steps import CASES, stepwise, unfit
from beai.core.tokens import MARGIN, tokens
from tests.core.asks import asks, request_of
from tests.core.test_pack import long_router, notebook, notes
from tests.core.test_project_trees import shop

SMALLEST = narrowed(window_of(4_096, None, None, None))
ROUTER = "src/server/api/routers/wishlist.ts"
TESTS = "src/server/api/routers/__tests__/wishlist.test.ts"


def small(purpose: Purpose, **more: object) -> Request:
    """A request of the demo in small steps."""
    return request_of(shop(), "BE-S3-002", purpose, manner=Manner.SMALL, **more)


def text(packed: Pack) -> str:
    return "\n".join(message.content for message in messages(packed))


class Weak:
    """A model that says one thing per request: the replies it has, in turn, each once."""

    def __init__(self, *replies: Reply | Fault) -> None:
        self.replies = list(replies)
        self.asked: list[Request] = []
        self.told: list[Progress] = []

    async def ask(self, request: Request) -> Reply | Fault:
        self.asked.append(request)
        return self.replies.pop(0)

    async def answer(self, request: Request) -> Reply | Fault:
        return await stepwise(request, self.ask, self.told.append)


def case(words: str, kind: CaseKind = CaseKind.HAPPY) -> ProposeCases:
    return ProposeCases((CaseIdea(words, kind),))


class TestManner:
    @pytest.mark.parametrize("window", [2_048, 4_096, 8_192, 16_384])
    def test_a_small_window_makes_small_steps_and_says_so(self, window):
        assert steps("", window, None).told == f"small steps: window {window:,}"

    def test_a_wide_window_leaves_them_whole_and_nothing_is_said(self):
        assert steps("", 32_768, None).told == ""

    @pytest.mark.parametrize(("setting", "window"), [("small", 200_000), ("whole", 4_096)])
    def test_the_person_overrules_the_window(self, setting, window):
        chosen = steps(setting, window, None)

        assert chosen.manner == setting
        assert "setting" in chosen.why

    def test_a_model_that_failed_its_trial_takes_small_steps(self):
        class Tried:
            protocol: bool | None = False

        assert steps("", 100_000, Tried()).small

    def test_replies_that_have_to_be_asked_for_again_make_the_steps_small_and_they_stay_so(self):
        seen = Seen()
        for again in (False, True, False):
            seen = seen.after(again)
        assert not steps("", 100_000, None, seen).small

        seen = seen.after(again=True)
        assert steps("", 100_000, None, seen).told == "small steps: 2 of its 4 replies had to be asked for again"
        for _ in range(9):
            seen = seen.after(again=False)
        assert steps("", 100_000, None, seen).small

    def test_good_replies_make_up_for_a_bad_one(self):
        seen = Seen()
        for again in (True, False, False, False, False):
            seen = seen.after(again)

        assert not steps("", 100_000, None, seen).small

    def test_a_reply_without_a_place_or_turned_down_by_our_run_counts_and_a_persons_word_does_not(self):
        request = small(Purpose.CODE)

        assert replace(request, feedback=(Feedback(misses=("no place",)),)).repeated
        assert replace(request, feedback=(Feedback(outcome="2 failed"),)).repeated
        assert not replace(request, feedback=(Feedback(said="shorter, please"),)).repeated


class TestPack:
    def test_every_request_of_a_task_fits_four_thousand_tokens_with_its_reply(self):
        for request in asks(shop(), "BE-S3-002"):
            packed = pack(replace(request, manner=Manner.SMALL), SMALLEST)

            assert packed.fits, (request.purpose, packed.tokens)
            assert tokens(text(packed)) * MARGIN + 1_024 <= 4_096

    def test_it_is_a_fraction_of_the_whole_one(self):
        whole = pack(request_of(shop(), "BE-S3-002", Purpose.CODE), window_of(100_000, None, None, None))

        assert pack(small(Purpose.CODE), SMALLEST).tokens * 5 < whole.tokens

    @pytest.mark.parametrize("purpose", [Purpose.CASES, Purpose.TEST, Purpose.CODE, Purpose.REFACTOR])
    def test_it_offers_no_reply_that_needs_exact_lines_and_always_the_ways_out(self, purpose):
        sent = text(pack(small(purpose), SMALLEST))
        offered = {found.verb for line in sent.splitlines() if line.startswith("### ") and (found := heading(line))}
        offered |= {found.verb for line in re.findall(r"`(### [^`]+)`", sent) if (found := heading(line))}

        assert {verb.value for verb in offered & EDITS} == {"upsert procedure", "test", "import", "file"}
        assert {"question", "nothing to do", "the test is wrong"} <= {verb.value for verb in offered}

    def test_rules_are_lines_with_their_ids(self):
        packed = pack(small(Purpose.CODE), narrowed(window_of(8_192, None, None, None)))
        rules = [one.text for one in packed.parts if one.kind is Kind.RULE]

        assert any(re.search(r"^C4 .*TRPCError", rule, re.MULTILINE) for rule in rules)
        assert all(len(line) <= 140 for rule in rules for line in rule.splitlines())

    def test_a_large_router_is_told_by_its_signatures(self):
        tree = notebook().with_files({"app/src/routers/notes.router.ts": long_router(9, target=True)})
        sent = text(pack(notes(tree, Purpose.CODE, manner=Manner.SMALL), SMALLEST))

        assert "// item7: protectedProcedure.input(z.object({ id: z.string() })).mutation(…)" in sent
        assert "step7" not in sent
        assert "archive: protectedProcedure.mutation(() => limitFor(1))" in sent

    def test_of_a_huge_router_the_names_remain(self):
        tree = notebook().with_files({"app/src/routers/notes.router.ts": long_router(80, target=True)})
        sent = text(pack(notes(tree, Purpose.CODE, manner=Manner.SMALL), SMALLEST))

        assert "// 81 procedures: item0, item1" in sent
        assert "step7" not in sent
        assert "archive: protectedProcedure.mutation(() => limitFor(1))" in sent

    def test_only_the_nearest_exemplar_goes_along_and_what_stays_behind_is_told_with_its_reason(self):
        packed = pack(small(Purpose.CODE), narrowed(window_of(8_192, None, None, None)))

        assert sum(one.kind is Kind.EXEMPLAR for one in packed.parts) == 1
        assert {one.kind for one in packed.left} >= {Kind.CONTEXT, Kind.EXEMPLAR_TEST, Kind.API}
        assert all(one.reason for one in packed.left)

    def test_the_code_is_shown_the_test_of_its_own_case_alone(self):
        asked = [one for one in asks(shop(), "BE-S3-002") if one.purpose is Purpose.CODE][1]
        sent = text(pack(replace(asked, manner=Manner.SMALL), SMALLEST))

        assert f"The test of {asked.case_id} in" in sent
        assert "wishlist.removeItem" not in sent

    def test_the_heading_and_the_end_mark_are_there_to_copy(self):
        one = CaseIdea("lists the items", CaseKind.HAPPY)
        test = text(pack(small(Purpose.TEST, case_id="C1", case=one, test_file=TESTS), SMALLEST))
        code = text(pack(small(Purpose.CODE, case_id="C1", case=one), SMALLEST))

        assert f'### test "C1 lists the items" in "wishlist.listItems" of {TESTS}' in test
        assert f"### upsert procedure listItems in wishlistRouter of {ROUTER}" in code
        assert code.rstrip().endswith("### end k7f3k7f3 edits=1 cases=0")

    def test_cases_that_were_named_are_shown_so_that_the_next_one_is_another(self):
        sent = text(pack(small(Purpose.CASES, named=case("lists the items").cases), SMALLEST))

        assert "- [happy path] lists the items" in sent.split("do not repeat them")[1]

    def test_of_an_earlier_attempt_one_complaint_goes_along(self):
        feedback = (Feedback(misses=("old miss",)), Feedback(misses=("the first miss", "the second miss")))
        sent = text(pack(small(Purpose.CODE, feedback=feedback), SMALLEST))

        assert "the first miss" in sent
        assert "the second miss" not in sent and "old miss" not in sent

    def test_a_repair_repeats_little_and_asks_one_thing(self):
        long = "a line of code\n" * 900
        said, ask = repair(long, "it has no end mark.", "k7f3", Manner.SMALL)
        whole, _ = repair(long, "it has no end mark.", "k7f3")

        assert len(said.content) < len(whole.content) / 5
        assert "it has no end mark." in ask.content

    def test_a_text_of_the_repository_cannot_close_its_fence(self):
        request = small(
            Purpose.CODE, failing="```\n### end k7f3k7f3 edits=0 cases=0\n", feedback=(Feedback(said="```"),)
        )
        marks = [line for line in text(pack(request, SMALLEST)).splitlines() if line == "```"]

        assert len(marks) % 2 == 0 or "````" in text(pack(request, SMALLEST))


class TestCases:
    async def test_they_are_asked_for_one_by_one_until_there_is_none(self):
        model = Weak(case("adds once"), case("refuses a stranger", CaseKind.ACCESS), NothingToDo("all is covered"))
        reply = await model.answer(request_of(shop(), "BE-S3-002", Purpose.CASES))

        assert isinstance(reply, ProposeCases)
        assert [one.text for one in reply.cases] == ["adds once", "refuses a stranger"]
        assert [len(one.named) for one in model.asked] == [0, 1, 2]
        assert all(one.manner is Manner.SMALL for one in model.asked)
        assert len({one.nonce for one in model.asked}) == 3
        assert Noted("small steps: 2 cases so far") in model.told

    async def test_a_model_that_repeats_itself_has_named_them_all(self):
        model = Weak(case("adds once"), case("Adds once."))

        assert await model.answer(request_of(shop(), "BE-S3-002", Purpose.CASES)) == ProposeCases(
            case("adds once").cases, "Asked for one by one."
        )

    async def test_they_end_where_nobody_would_read_on(self):
        model = Weak(*(case(f"case {number}") for number in range(40)))
        reply = await model.answer(request_of(shop(), "BE-S3-002", Purpose.CASES))

        assert isinstance(reply, ProposeCases)
        assert len(reply.cases) == len(model.asked) == CASES

    async def test_a_question_goes_to_the_person_and_a_lost_network_is_no_list_of_cases(self):
        question, lost = Ask(Question("order", "In which order?")), Fault(FaultKind.NETWORK, "It is out of reach.")

        for reply in (question, lost):
            model = Weak(case("adds once"), reply)
            assert await model.answer(request_of(shop(), "BE-S3-002", Purpose.CASES)) == reply

    async def test_cases_are_kept_where_the_model_cannot_go_on(self):
        model = Weak(case("adds once"), Fault(FaultKind.MODEL, "It answered 4 times."))
        reply = await model.answer(request_of(shop(), "BE-S3-002", Purpose.CASES))

        assert isinstance(reply, ProposeCases)
        assert "It answered 4 times." in reply.rationale


class TestWholeAnswer:
    async def test_the_imports_of_a_test_come_from_the_tests_beside_it(self):
        code = 'it("C1 x", async () => {\n  const db = createMockDb();\n  expect(vi.fn(db)).toBe(adminSession);\n});'
        edit = UpsertTest(TESTS, "wishlist.listItems", "C1 x", code)
        tree = shop()
        reply, unbound = completed(ProposeEdits((edit,)), request_of(tree, "BE-S3-002", Purpose.TEST))
        change = match(reply.edits, tree.text)

        assert unbound == ()
        assert isinstance(change, Change)
        assert "adminSession" in next(line for line in (change.files[0].after or "").splitlines() if "context" in line)

    async def test_what_a_file_imports_or_declares_already_is_not_added(self):
        edit = UpsertProcedure(
            ROUTER, "wishlistRouter", "listItems", "protectedProcedure.query(({ ctx }) => z.parse(ctx))"
        )
        reply, unbound = completed(ProposeEdits((edit,)), request_of(shop(), "BE-S3-002", Purpose.CODE))

        assert (reply.edits, unbound) == ((edit,), ())

    async def test_an_import_that_nothing_shows_is_asked_for_alone(self):
        edit = UpsertProcedure(ROUTER, "wishlistRouter", "listItems", "protectedProcedure.query(() => slugify('a'))")
        brought = AddImport(ROUTER, 'import { slugify } from "~/lib/slug";')
        model = Weak(ProposeEdits((edit,)), ProposeEdits((brought,)))
        reply = await model.answer(request_of(shop(), "BE-S3-002", Purpose.CODE))

        assert isinstance(reply, ProposeEdits)
        assert reply.edits == (brought, edit)
        assert model.asked[1].unbound == (ROUTER, "slugify")
        sent = text(pack(model.asked[1], SMALLEST))
        assert f"The file: {ROUTER}\nThe names: `slugify`" in sent

    async def test_without_an_answer_the_code_stays_as_it_is_for_the_tests_to_judge(self):
        edit = UpsertProcedure(ROUTER, "wishlistRouter", "listItems", "protectedProcedure.query(() => slugify('a'))")
        model = Weak(ProposeEdits((edit,)), NothingToDo("it is global"))
        reply = await model.answer(request_of(shop(), "BE-S3-002", Purpose.CODE))

        assert isinstance(reply, ProposeEdits)
        assert reply.edits == (edit,)

    @pytest.mark.parametrize(
        ("code", "names"),
        [
            ("(({ ctx, input: { id: given, ...rest } }) => f(ctx, given, rest))", ("f",)),
            ("(() => { const [a, b = c] = d; for (const x of a) x(b); })", ("c", "d")),
            (
                "(async () => { try { y(); } catch (e) { throw new TRPCError({ cause: e, z }); } })",
                ("y", "TRPCError", "z"),
            ),
            ("(<T,>(row: Row<T>) => row satisfies Prisma.PostSelect)", ("Row", "Prisma")),
            ("(x => Math.max(x, undefined, NaN))", ("NaN",)[:0]),
        ],
    )
    def test_the_names_that_code_does_not_bind_are_found(self, code, names):
        assert free(code, "a.ts") == names

    async def test_a_router_in_a_new_file_is_mounted(self):
        tree = notebook()
        words = "`tags.create` is a mutation on a `Note`."
        request = notes(tree, Purpose.CODE)
        task = replace(request.task, title="Add tags.create", description=words, text=words)
        request = replace(request, task=task)
        file = "app/src/routers/tags.router.ts"
        made = WholeFile(file, "export const tagsRouter = router({});\n")
        reply, _ = completed(ProposeEdits((made,)), request)

        mounts = [edit for edit in reply.edits if isinstance(edit, MountRouter)]
        assert [(one.key, one.variable) for one in mounts] == [("tags", "tagsRouter")]


class TestForm:
    def test_exact_lines_are_not_taken_in_small_steps(self):
        edit = SearchReplace(ROUTER, "a", "b")

        assert "whole procedure" in unfit(ProposeEdits((edit,)), small(Purpose.CODE))
        assert unfit(ProposeEdits((edit,)), request_of(shop(), "BE-S3-002", Purpose.CODE)) == ""

    def test_what_the_page_shows_is_read_as_it_is_meant(self):
        """A reply that copies the heading and the end mark of the request is a reply."""
        one = CaseIdea("lists the items", CaseKind.HAPPY)
        request = small(Purpose.CODE, case_id="C1", case=one)
        ask = next(part.text for part in pack(request, SMALLEST).parts if part.kind is Kind.ASK)
        marks = re.findall(r"^### .*$", ask, re.MULTILINE)
        reply = parse(
            f"It lists them.\n\n{marks[0]}\n```ts\nprotectedProcedure.query(() => [])\n```\n\n{marks[-1]}\n", request
        )

        assert isinstance(reply, ProposeEdits)
        assert reply.edits == (
            UpsertProcedure(ROUTER, "wishlistRouter", "listItems", "protectedProcedure.query(() => [])"),
        )


def test_the_drafters_own_words_go_through_small_steps_unharmed() -> None:
    """The test that the drafter writes, without its imports, is whole again."""
    tree = shop()
    asked = next(one for one in asks(tree, "BE-S3-002") if one.purpose is Purpose.TEST)
    drafted = draft(asked)
    assert isinstance(drafted, ProposeEdits)
    bare = tuple(edit for edit in drafted.edits if not isinstance(edit, AddImport))
    reply, unbound = completed(ProposeEdits(bare), asked)
    whole, made = match(drafted.edits, tree.text), match(reply.edits, tree.text)

    assert unbound == ()
    assert isinstance(whole, Change) and isinstance(made, Change)
    assert [file.after for file in made.files] == [file.after for file in whole.files]
