"""Sessions as the loop makes them, one for each thing a person may look at; built from the real dataclasses."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, Receipt, Side, Verdict, Written
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.review import Review, comment, judge
from beai.core.fault import Fault, FaultKind
from beai.core.loop.budget import reached
from beai.core.loop.effects import CommitWork, ReadProject, RunTests, Suggest
from beai.core.loop.guidance.raising import guided, raised
from beai.core.loop.ports import CommitPlan, Committed, PlannedFile
from beai.core.loop.session import (
    Case,
    CaseState,
    Choice,
    CommitDraft,
    Cycle,
    OpenHandout,
    OpenQuestion,
    Phase,
    Proof,
    Session,
    Stage,
    Waiver,
)
from beai.core.loop.unit import Part, Unit
from beai.core.project.facts import (
    ActiveContext,
    Criterion,
    Document,
    Missing,
    Project,
    RepoState,
    RuleFile,
    Span,
    Task,
)
from beai.core.record.binding import bound, left_out, made
from beai.core.record.contract import Asked
from beai.core.record.waived import Waived
from beai.core.rulebook.checks.finding import Finding
from beai.core.runner.history import RunMark, remember
from beai.core.runner.progress import Progress
from beai.core.runner.report import FileOutcome, Report, RunKind, RunRequest, TestError, TestKey, TestOutcome, TestState
from beai.core.suggest.exchange import Card, CaseIdea, CaseKind, Option, Purpose, Question, Trigger
from beai.core.suggest.handout import HandOut
from beai.core.suggest.meter import Budget
from beai.core.suggest.progress import Price, Sending, Spending

TEST_FILE = "src/server/api/routers/__tests__/wishlist.test.ts"
CODE_FILE = "src/server/api/routers/wishlist.ts"
TASK_FILE = "tasks/sprints/sprint_2025-11-17_wishlist/be_tasks.md"
CONTEXT_FILE = "tasks/active_context.md"

CRITERIA = (
    "Creates the item for the session user and returns its id, productId and createdAt.",
    "A product that is already on the user's wishlist is rejected with CONFLICT (Prisma P2002).",
    "A product that does not exist is rejected with NOT_FOUND (Prisma P2003 or P2025).",
    "A caller with no session is rejected with UNAUTHORIZED, and nothing is created.",
    "An empty productId is rejected with BAD_REQUEST, and nothing is created.",
)
TASK = Task(
    id="BE-S3-001",
    title="Add a product to the wishlist",
    file=TASK_FILE,
    line=7,
    status="Open",
    description="Implement wishlist.addItem, a protected mutation that puts a product on the user's wishlist.",
    criteria=tuple(Criterion(text) for text in CRITERIA),
    text="- **Description**: Implement `wishlist.addItem`, a protected mutation that puts a product on the wishlist of "
    "the session user. Input: `productId` (non-empty string). It creates a `WishlistItem`. See TDP section 2.1.\n"
    "- **Dependencies**: None\n- **Status**: Open",
)
OTHER = Task(
    id="BE-S3-002", title="List the wishlist page by page", file=TASK_FILE, line=28, dependencies=("BE-S3-001",)
)
PROJECT = Project(
    name="shop",
    tasks=(TASK, OTHER),
    context=ActiveContext(
        CONTEXT_FILE,
        branch="feature/wishlist",
        focus="Customers keep a wishlist. wishlist.count and wishlist.removeItem exist; adding and listing come next.",
        decisions=("Ownership is checked in the procedure.", "Duplicates are found by the unique constraint (P2002)."),
        blockers=("BE-S3-008 waits for a person to run the migration.",),
        next_steps=("BE-S3-001: wishlist.addItem",),
    ),
    proposals=(Document("tasks/proposals/wishlist.md", "Wishlist: technical design proposal"),),
    rules=tuple(
        RuleFile(f".cursor/rules/{name}.mdc", name, always=True, text=text)
        for name, text in (
            ("tdd", "No code before its test was seen to fail."),
            ("backend", "A router holds no logic."),
            ("prisma_best_practices", "# Prisma\n\n- E1 Map the errors that are known.\n"),
        )
    ),
    repo=RepoState(branch="feature/wishlist", head="3f9c2a1"),
)


def key(name: str, file: str = TEST_FILE) -> TestKey:
    """A test's identity."""
    return TestKey(file, f"wishlist.addItem > {name}")


def passing(name: str, ms: float = 4.0) -> TestOutcome:
    """A test that passed."""
    return TestOutcome(key(name), TestState.PASS, ms, 20)


PASSING = tuple(
    passing(name, ms)
    for name, ms in (
        ("counts the session user's items", 6.2),
        ("rejects a caller with no session with UNAUTHORIZED", 2.1),
        ("removes the session user's item", 3.4),
        ("rejects an unknown item with NOT_FOUND", 2.8),
        ("rejects another user's item with FORBIDDEN", 1.9),
        ("C1 creates the item and returns it", 4.4),
    )
)
FAILING = TestOutcome(
    key("C2 rejects a duplicate with CONFLICT"),
    TestState.FAIL,
    9.0,
    75,
    (
        TestError(
            "AssertionError",
            "expected error to match object { code: 'CONFLICT' }",
            expected="CONFLICT",
            actual="INTERNAL_SERVER_ERROR",
            file=TEST_FILE,
            line=83,
        ),
    ),
)


def report(*tests: TestOutcome, run: int = 3, kind: RunKind = RunKind.CONFIRMED, total: int = 5) -> Report:
    """One run over one file."""
    return Report(run, kind, (FileOutcome(TEST_FILE, tests),), at=1_763_370_000.0, ms=83.0, total=total)


GREEN = report(*PASSING)
RED = report(*PASSING[:3], FAILING, *PASSING[3:])


def idea(text: str, kind: CaseKind, criterion: int) -> CaseIdea:
    """A case that serves a criterion."""
    return CaseIdea(text, kind, CRITERIA[criterion])


CASES = (
    Case("C1", idea("adds the product and returns the new item", CaseKind.HAPPY, 0)),
    Case("C2", idea("rejects a product that is on the wishlist already with CONFLICT", CaseKind.ERROR, 1)),
    Case("C3", idea("rejects a product that does not exist with NOT_FOUND", CaseKind.ERROR, 2)),
    Case("C4", idea("rejects a caller with no session with UNAUTHORIZED", CaseKind.ACCESS, 3)),
    Case("C5", idea("rejects an empty productId with BAD_REQUEST", CaseKind.INVALID, 4), approved=False),
)
C1_GREEN = replace(
    CASES[0],
    state=CaseState.GREEN,
    test=key("C1 creates the item and returns it"),
    red=Proof(1, 0.0, "No procedure found on path"),
    green=Proof(2, 0.0, "passes"),
)
C2_RED = replace(
    CASES[1],
    state=CaseState.RED,
    test=FAILING.key,
    red=Proof(3, 0.0, "expected CONFLICT, received INTERNAL_SERVER_ERROR"),
)

TEST_BEFORE = """import { describe, expect, it } from "vitest";

import { createMockDb, createTestCaller, customerSession } from "~/test";

describe("wishlist.addItem", () => {
  it("C1 creates the item and returns it", async () => {
    const db = createMockDb();
    db.wishlistItem.create.mockResolvedValue({ id: "item_1" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.wishlist.addItem({ productId: "p1" })).resolves.toEqual({ id: "item_1" });
  });
});
"""
TEST_NEW = (
    "\n",
    '  it("C2 rejects a duplicate with CONFLICT", async () => {\n',
    "    const db = createMockDb();\n",
    '    db.wishlistItem.create.mockRejectedValue(prismaError("P2002"));\n',
    "    const caller = createTestCaller({ session: customerSession, db });\n",
    "\n",
    '    await expect(caller.wishlist.addItem({ productId: "p1" })).rejects.toMatchObject({\n',
    '      code: "CONFLICT", // the unique constraint of the schema\n',
    "    });\n",
    "  });\n",
)
TEST_CHANGE = Change(
    (
        FileChange(
            TEST_FILE,
            TEST_BEFORE,
            "",
            "",
            (
                Hunk(
                    "h1",
                    TEST_FILE,
                    2,
                    ('import { createMockDb, createTestCaller, customerSession } from "~/test";\n',),
                    ('import { createMockDb, createTestCaller, customerSession, prismaError } from "~/test";\n',),
                    cites=("@directory_structure",),
                ),
                Hunk("h2", TEST_FILE, 12, (), TEST_NEW, cites=("@tdd", "@prisma_best_practices E1")),
            ),
        ),
    ),
    "One test for C2, in the style of its neighbours.",
)
CODE_BEFORE = """export const wishlistRouter = createTRPCRouter({
  addItem: protectedProcedure
    .input(z.object({ productId: z.string().min(1) }))
    .mutation(async ({ ctx, input }) => {
      return ctx.db.wishlistItem.create({
        data: { productId: input.productId, userId: ctx.session.user.id },
        select: { id: true, productId: true, createdAt: true },
      });
    }),
});
"""
LEAK = Finding(
    "error-leaks",
    "trpc_best_practices#C5",
    CODE_FILE,
    10,
    9,
    Span(0, 0),
    "`addItem` hands a caught error's own words to the caller: `error.message`.",
    "Write the sentence yourself, and pass the error on as `cause`.",
)
CODE_CHANGE = Change(
    (
        FileChange(
            CODE_FILE,
            CODE_BEFORE,
            "",
            "",
            (
                Hunk(
                    "g1",
                    CODE_FILE,
                    4,
                    ("      return ctx.db.wishlistItem.create({\n",),
                    ("      try {\n", "        return await ctx.db.wishlistItem.create({\n"),
                    cites=("@prisma_best_practices E1",),
                ),
                Hunk(
                    "g2",
                    CODE_FILE,
                    8,
                    (),
                    (
                        "      } catch (error) {\n",
                        "        throw mapPrismaError(error);\n",
                        "      }\n",
                    ),
                    warnings=("mapPrismaError is a new shared utility: no rule or document mentions it.",),
                    findings=(LEAK,),
                ),
            ),
        ),
        FileChange(
            "src/server/api/errors.ts",
            None,
            "",
            "",
            (
                Hunk(
                    "g3",
                    "src/server/api/errors.ts",
                    0,
                    (),
                    ("export const mapPrismaError = (error: unknown) => error;\n",),
                ),
            ),
        ),
    ),
)
LONG_BEFORE = f"{''.join(f'const line{n} = {n};' + chr(10) for n in range(31))}if (a) {{\n\tb();\n}}\n"
LONG_AFTER = (
    LONG_BEFORE.replace("line5 = 5", "line5 = five()")
    .replace("line20 = 20;", "line20 = 20;\nconst sql = `select\n  ${id} from t`;")
    .replace("\tb();", "  b();  ")
)
LONG_HUNKS = hunks("src/a.ts", LONG_BEFORE, LONG_AFTER)
LONG_CHANGE = Change(
    (
        FileChange(
            "src/a.ts",
            LONG_BEFORE,
            LONG_AFTER,
            "",
            (replace(LONG_HUNKS[0], conflict="These lines were changed on disk meanwhile."), *LONG_HUNKS[1:]),
        ),
    )
)
RECEIPT = Receipt("r1", (Written(TEST_FILE, "a", "b"), Written(CODE_FILE, "c", "d")))

EMPTY = Session(suggester="drafter", pending=ReadProject(), ticket=1)
UNDERSTAND = Session(project=PROJECT, task_id=TASK.id, suggester="drafter", standing=GREEN, latest=GREEN)
MISSING = replace(
    UNDERSTAND,
    project=replace(
        PROJECT,
        context=None,
        proposals=(),
        missing=(
            Missing("active context", "tasks/active_context.md"),
            Missing("technical document", "docs/technical.md"),
        ),
        tasks=(replace(TASK, criteria=(), unread=("Acceptance Criteria",)),),
    ),
    standing=None,
    latest=None,
)
ASKED = (
    Asked("session", "`protectedProcedure` turns away callers with no session (src/server/api/trpc.ts:34)"),
    Asked("input", "its input has `productId`"),
    Asked("P2002", "`WishlistItem` has `@@unique([userId, productId])` (prisma/schema.prisma:69)"),
)
CONTRACT = replace(
    made(TASK.criteria, ASKED, ((case.id, case.idea.criteria) for case in CASES)), procedure="wishlist.addItem"
)
AGREED = left_out(left_out(CONTRACT, "criterion 5", "Zod has tests of its own"), "input", "Zod has tests of its own")
IN_CASES = replace(UNDERSTAND, phase=Phase.CASES, understood=True, cases=CASES, contract=CONTRACT)
WORKING = replace(IN_CASES, phase=Phase.RED, cases=(C1_GREEN, *CASES[1:]), case_id="C2", contract=AGREED)
ASKING = replace(
    WORKING,
    cycle=Cycle(Purpose.TEST),
    pending=Suggest(Purpose.TEST, TASK.id, case_id="C2"),
    ticket=9,
    streamed="I add one test for C2.\n\n"
    f'### upsert test "C2 rejects a duplicate" in "wishlist.addItem" of {TEST_FILE}\n```ts\n{"".join(TEST_NEW)}```\n'
    f"### add import in {TEST_FILE}\n```ts\nimport {{ prismaErr",
)
SPENT = (
    Spending("anthropic/claude", "cases", "", 4_100, 420, 0, 0.019, first=1.1, seconds=9.5),
    Spending("anthropic/claude", "test", "C1", 3_900, 380, 3_100, 0.008, first=0.9, seconds=8.2),
    Spending("company/model", "code", "C1", 2_300, 100, 0, None, first=0.7, seconds=3.3),
)
SPENDING = replace(
    ASKING,
    suggester="anthropic/claude",
    spent=SPENT,
    noted="company/model did not answer. Now anthropic/claude is asked.",
    budget=Budget(soft_cost=0.25, hard_cost=0.5),
)
CAPPED, _ = reached(
    replace(
        SPENDING,
        pending=None,
        streamed="",
        noted="",
        budget=Budget(hard_cost=0.03),
        withheld=Sending("anthropic/claude", "test", "C2", 4_400, Price(0.000003, 0.000015)),
    ),
    Suggest(Purpose.TEST, TASK.id, case_id="C2"),
    Fault(FaultKind.CAP, "It would go beyond the cap."),
)
HANDED_OUT = replace(
    WORKING,
    suggester="clipboard",
    cycle=Cycle(Purpose.TEST),
    handout=OpenHandout(
        HandOut(
            "A prompt.\n" * 5_000, "k7f3a1b2", 1, "/home/ada/.local/state/beai/shop-0a1b2c3d4e5f/prompt.md", 16_670
        ),
        Suggest(Purpose.TEST, TASK.id, case_id="C2"),
        "It is on the clipboard (wl-copy).",
    ),
)
RED_REVIEW = replace(WORKING, cycle=Cycle(Purpose.TEST, Stage.REVIEWING, review=Review(TEST_CHANGE)))
RED_JUDGED = replace(
    WORKING,
    cycle=Cycle(Purpose.TEST, Stage.REVIEWING, review=judge(Review(TEST_CHANGE), Decision("h1", Verdict.ACCEPTED))),
)
RED_DECIDED = replace(
    WORKING,
    cycle=Cycle(
        Purpose.TEST,
        Stage.REVIEWING,
        review=Review(
            TEST_CHANGE,
            (Decision("h1", Verdict.ACCEPTED), Decision("h2", Verdict.REJECTED, "name the constraint")),
            (Comment("h2", "P2002 is enough"),),
        ),
    ),
)
REVIEWED = replace(
    WORKING,
    cycle=Cycle(
        Purpose.CODE,
        Stage.REVIEWING,
        review=comment(
            judge(Review(LONG_CHANGE), Decision("src/a.ts#2", Verdict.ACCEPTED, edited="const sql = `mine`;\n")),
            Comment("src/a.ts#2", "one place for the query", Side.NEW, 0),
        ),
    ),
)
"""A conflict, a hunk that was written anew with a comment on a line, and one of white space alone."""
RED_VERDICT = replace(
    WORKING,
    phase=Phase.GREEN,
    cases=(C1_GREEN, C2_RED, *CASES[2:]),
    latest=RED,
    cycle=Cycle(Purpose.CODE, report=RED),
    pending=Suggest(Purpose.CODE, TASK.id, case_id="C2"),
)
GREEN_REVIEW = replace(
    RED_VERDICT,
    pending=None,
    cycle=Cycle(
        Purpose.CODE, Stage.REVIEWING, review=Review(CODE_CHANGE, (Decision("g1", Verdict.ACCEPTED),)), report=RED
    ),
)
RUNNING = replace(
    RED_VERDICT,
    pending=RunTests(RunRequest()),
    running=Progress(5, 1, (FAILING,), PASSING[:4]),
    cycle=Cycle(Purpose.CODE, Stage.JUDGING),
)
BY_HAND = replace(
    WORKING, cycle=Cycle(Purpose.TEST, Stage.BY_HAND), notice="Yours: write a test whose name starts with C2 and save."
)
BY_HAND_SAVED = replace(WORKING, cycle=Cycle(Purpose.TEST, Stage.BY_HAND, saved=(TEST_FILE,)))
QUESTION = replace(
    RED_VERDICT,
    pending=None,
    question=guided(
        OpenQuestion(
            Question(
                "price-snapshot",
                "Does a wishlist item keep the price at the time it was added?",
                cites=("BE-S3-001", "TDP section 5", "@common"),
                considered="The schema has no price on WishlistItem; the PRD speaks of price alerts, the TDP does not.",
                options=(
                    Option("No, show the current price", "Nothing is stored; the TDP stays as it is."),
                    Option("Yes, store it", "Needs a schema change, documented for a person to migrate."),
                    Option("Leave it out of this task"),
                ),
            ),
            (Choice.ANSWER, Choice.ANSWER, Choice.ANSWER),
            Card.THEIRS,
        ),
        "BE-S3-001",
    ),
)
_ASKED = (
    Question(
        "design:role",
        "The design lets any customer list a wishlist, the task asks for its owner alone.",
        cites=("tasks/proposals/technical_design_proposal_wishlist_2025-11-14.md#3", "@common#K1"),
        considered="Design, section 3: `protectedProcedure`.\nTask, criterion 2: “another's list is FORBIDDEN”.",
        options=(
            Option("The task holds", "The owner is checked; the design is out of date, which is recorded."),
            Option("The design holds", "Criterion 2 falls away, recorded as a deviation."),
        ),
        trigger=Trigger.CONTRADICTION,
        advised=0,
    ),
    Question(
        "new-service:src/server/services/wishlist.ts",
        "src/server/services/wishlist.ts is a new service that no document names.",
        cites=("@common#K2",),
        considered="Beside it: `src/server/services/cart.ts`, which holds what several procedures share.",
        options=(
            Option("Take it as it is", "Recorded as a deviation. The hunks are still yours to judge."),
            Option("Turn it down", "Who suggested it is told, and suggests again: in the procedure itself."),
        ),
        trigger=Trigger.SHARED,
        advised=1,
    ),
    Question(
        "query:findMany",
        "`wishlistItem.findMany` has no bound: it reads every row of a customer.",
        cites=("@prisma_best_practices#E2",),
        options=(Option("Bound it to 100", "`take: 100`."), Option("Leave it", "Recorded as a deviation.")),
        trigger=Trigger.HEAVY,
    ),
)
PAGE = raised(
    replace(QUESTION, question=None),
    tuple(OpenQuestion(asked, (Choice.PROCEED, Choice.RETRY), Card.GUIDANCE) for asked in _ASKED),
)
REFACTOR = replace(
    WORKING, phase=Phase.REFACTOR, cycle=Cycle(Purpose.REFACTOR, Stage.REVIEWING, review=Review(CODE_CHANGE))
)
SETTLED = tuple(
    replace(case, state=CaseState.GREEN, test=key("C1 creates the item and returns it")) for case in CASES[:4]
)
COMMIT = replace(
    UNDERSTAND,
    phase=Phase.COMMIT,
    cases=SETTLED,
    contract=bound(CONTRACT, "C4", (4, 5), ("input",)),
    written=(RECEIPT, Receipt("r2", (Written(TASK_FILE, "c", "d"), Written(CONTEXT_FILE, "e", "f")))),
    draft=CommitDraft(
        "feat(wishlist): add a product to the wishlist\n\nwishlist.addItem creates the item for the session user.\n\n"
        "Cases: C1 C2 C3 C4, each seen red, then green.\nTask: BE-S3-001\n",
        "feature/wishlist",
        (TEST_FILE, CODE_FILE, TASK_FILE, CONTEXT_FILE),
    ),
)
PLANNED = (
    PlannedFile(
        TEST_FILE,
        hunks(TEST_FILE, "a\nb\n", 'a\n  it("C1 adds once", async () => {\n    expect(one).toBe(1);\n  });\nb\n'),
        "t",
        "t",
    ),
    PlannedFile(CODE_FILE, hunks(CODE_FILE, "a\nb\nc\n", "a\nnew\nb\nd\n"), "c", "c2", more=True),
    PlannedFile(
        TASK_FILE,
        problem=f"In {TASK_FILE}, this task's lines overlap with other uncommitted edits and cannot be told apart.",
        more=True,
    ),
)
COMMIT_PICKED = replace(
    COMMIT,
    unit=Unit.CASE,
    draft=replace(
        COMMIT.draft, part=Part.CASE, files=PLANNED, without=(f"{CODE_FILE}#2",), paths=(TEST_FILE, CODE_FILE)
    ),
)
COMMIT_RUNS = replace(
    COMMIT_PICKED,
    pending=CommitWork(CommitPlan("", "", ())),
    streamed="✔ Backed up original state in git stash\n⚠ Running tasks for staged files…\n  eslint --fix\n",
)
HOOK_SAID = (
    "husky - pre-commit hook exited with code 1\n\x1b[31m✖ eslint found 1 error\x1b[0m\nwishlist.ts:12 no-unused-vars"
)
COMMIT_FAULT = replace(
    COMMIT,
    fault=Fault(FaultKind.GIT, "The pre-commit hook said no.", HOOK_SAID, "Fix it, then press enter again."),
    failed=CommitWork(CommitPlan("", "", ())),
)
MADE = Committed(
    "3f9c2a1b7d00",
    "feature/wishlist",
    "feat(wishlist): add a product to the wishlist",
    (TEST_FILE, CODE_FILE),
    receipts=COMMIT.written,
)
DONE = replace(
    COMMIT,
    phase=Phase.DONE,
    draft=replace(COMMIT.draft, sha=MADE.sha),
    commits=(MADE,),
    committed=MADE,
    waivers=(Waiver(Waived.REFACTOR, "nothing to refactor", ("C2",)),),
)
FAULT = replace(
    RED_VERDICT,
    pending=None,
    fault=Fault(
        FaultKind.MODEL, "The model gave no answer within 60 s.", "", "t tries again, h takes the step by hand."
    ),
    failed=Suggest(Purpose.CODE, TASK.id),
)
CART_FILE = "src/server/api/routers/__tests__/cart.test.ts"
ORDER_FILE = "src/server/api/routers/__tests__/order.test.ts"


def _cart(name: str, ms: float, state: TestState = TestState.PASS, **more: object) -> TestOutcome:
    return TestOutcome(TestKey(CART_FILE, f"cart.total > {name}"), state, ms, 12, **more)  # type: ignore[arg-type]


def _panel_run(run: int, ms: float, *, taxed: bool, flaky: bool, told: bool = False) -> Report:
    """A run of the whole package: one test that fails anew, one that always did, one that cannot decide."""
    wrong = TestError(
        "AssertionError",
        "expected { subtotal: 1200, tax: 0, …(2) } to deeply equal { subtotal: 1200, tax: 228, …(2) }",
        expected='{\n  "currency": "EUR",\n  "subtotal": 1200,\n  "tax": 228,\n  "total": 1428,\n}',
        actual='{\n  "currency": "EUR",\n  "subtotal": 1200,\n  "tax": 0,\n  "total": 1200,\n}',
        file=CART_FILE,
        line=31,
        stack=("total src/server/api/routers/cart.ts:18:12", f"{CART_FILE}:31:24"),
        excerpt=(
            (29, "    const caller = createTestCaller({ session: customerSession, db });"),
            (30, ""),
            (31, "    expect(await caller.cart.total({ id: cart.id })).toEqual(wanted);"),
            (32, "  });"),
        ),
    )
    late = TestError("Error", "connect ECONNREFUSED 127.0.0.1:5432", code="ECONNREFUSED", file=ORDER_FILE, line=44)
    fail, ok = TestState.FAIL, TestState.PASS
    cart = (
        _cart(
            "adds the tax of the country",
            6.0,
            ok if taxed else fail,
            errors=() if taxed else (wrong,),
            log="rate 0\ncart { id: 'c1', items: 2 }\n",
        ),
        _cart("is zero for an empty cart", 1.4),
        _cart("rounds each line, not the sum", 412.0 if told else 4.0),
        _cart(
            "keeps the discount of yesterday",
            3.0,
            fail if flaky else ok,
            errors=(
                TestError(
                    "AssertionError", "expected 90 to be 80", expected="80", actual="90", file=CART_FILE, line=58
                ),
            )
            if flaky
            else (),
        ),
        _cart("waits for the currency rates", 8.0, retries=2 if told else 0),
        TestOutcome(TestKey(CART_FILE, "cart.total > knows vouchers"), TestState.TODO),
    )
    order = (
        TestOutcome(TestKey(ORDER_FILE, "order.place > stores the order"), fail, 15.0, 40, (late,)),
        TestOutcome(TestKey(ORDER_FILE, "order.place > refuses an empty cart"), ok, 2.2, 52),
    )
    leaking = (cart[3].key,) if told else ()
    files = (FileOutcome(CART_FILE, cart), FileOutcome(ORDER_FILE, order))
    return Report(
        run, RunKind.CONFIRMED, files, ms=ms, total=214, leaking=leaking, changed=("src/server/api/routers/cart.ts",)
    )


_RUNS = tuple(
    _panel_run(run, ms, taxed=taxed, flaky=flaky)
    for run, ms, taxed, flaky in (
        (1, 41.0, True, False),
        (2, 39.0, True, False),
        (3, 168.0, False, False),
        (4, 38.0, True, True),
        (5, 40.0, True, False),
    )
)
_NOW = _panel_run(6, 38.0, taxed=False, flaky=False, told=True)
_HISTORY: tuple[RunMark, ...] = ()
for _run in (*_RUNS, _NOW):
    _HISTORY = remember(_HISTORY, _run)
PANEL = replace(
    RED_REVIEW, standing=_RUNS[0], latest=_NOW, ran=_NOW, runs=_HISTORY, cycle=replace(RED_REVIEW.cycle, report=_NOW)
)
"""A panel with everything on it: new and old failures, a flaky, a slow and a leaking test, output, and a history."""
_LOST = Report(
    7,
    RunKind.PROVISIONAL,
    (
        FileOutcome(
            CART_FILE,
            (),
            (
                TestError(
                    "Error",
                    'Failed to resolve import "~/server/tax" from "src/server/api/routers/cart.ts".',
                    file="src/server/api/routers/cart.ts",
                    line=3,
                ),
            ),
        ),
        _RUNS[0].files[1],
    ),
    ms=22.0,
    total=214,
    why_all="prisma/schema.prisma changed",
    snapshots_obsolete=2,
)
UNLOADED = replace(PANEL, latest=_LOST, ran=_LOST, cycle=None)
UNRUN = replace(
    PANEL,
    unrun=Fault(FaultKind.TESTS, "The test runner ended unexpectedly.", "", "Save again, or press a."),
    cycle=None,
)
PANEL_RUNNING = replace(PANEL, running=Progress(812, 1, (_NOW.files[0].tests[0],), PASSING), cycle=None)
EVIL = "[red]bold[/] \x1b[31mESC\x1b]0;owned\x07 \u202egnp.exe\u202c a\rb \u200b[/nope] 漢字"
HOSTILE = replace(
    RED_REVIEW,
    task_id="BE-[b]1",
    suggester=EVIL,
    notice=EVIL,
    project=replace(
        PROJECT,
        tasks=(replace(TASK, id="BE-[b]1", title=EVIL, description=EVIL, criteria=(Criterion(EVIL),)),),
        context=ActiveContext(EVIL, focus=EVIL, decisions=(EVIL,)),
        repo=RepoState(branch=EVIL),
    ),
    cases=(replace(CASES[1], idea=CaseIdea(EVIL, CaseKind.EDGE, EVIL)),),
    latest=report(
        TestOutcome(
            key(EVIL, EVIL), TestState.FAIL, errors=(TestError("E", EVIL, expected=EVIL, actual=EVIL, file=EVIL),)
        )
    ),
    cycle=Cycle(
        Purpose.TEST,
        Stage.REVIEWING,
        review=Review(
            Change((FileChange(EVIL, None, "", "", (Hunk("e", EVIL, 0, (), (EVIL + "\n",), (EVIL,), (EVIL,)),)),), EVIL)
        ),
    ),
)
