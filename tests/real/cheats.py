"""The plot of the made-up history: a sprint on the demo, told by honest commits, with a cheat of each kind between."""

from __future__ import annotations

from beai.core.record.trailers import Trailers, lines
from tests.real.histories import (
    CONTEXT,
    PRODUCT,
    PRODUCT_TEST,
    REVIEW,
    REVIEW_TEST,
    TASKS,
    WISHLIST,
    WISHLIST_TEST,
    Files,
    Link,
    Story,
    shop,
    told,
)

_ADD = """  addItem: protectedProcedure
    .input(z.object({ productId: z.string().min(1) }))
    .mutation(({ ctx, input }) => {
      return ctx.db.wishlistItem.create({
        data: { userId: ctx.session.user.id, productId: input.productId },
        select: { id: true, productId: true, createdAt: true },
      });
    }),
"""
_TRYING = (
    "    .mutation(({ ctx, input }) => {\n      return ctx.db.wishlistItem.create({\n"
    "        data: { userId: ctx.session.user.id, productId: input.productId },\n"
    "        select: { id: true, productId: true, createdAt: true },\n      });\n    }),\n",
    """    .mutation(async ({ ctx, input }) => {
      try {
        return await ctx.db.wishlistItem.create({
          data: { userId: ctx.session.user.id, productId: input.productId },
          select: { id: true, productId: true, createdAt: true },
        });
      } catch (error) {
        if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") {
          throw new TRPCError({ code: "CONFLICT", message: "This product is on your wishlist.", cause: error });
        }
        throw error;
      }
    }),
""",
)
_IMPORTED = (
    'import { z } from "zod";\n',
    'import { z } from "zod";\n\nimport { Prisma } from "~/generated/prisma/client";\n',
)
_MISSING = (
    "        throw error;\n",
    """        if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2003") {
          throw new TRPCError({ code: "NOT_FOUND", message: "Product not found.", cause: error });
        }
        throw error;
""",
)


def _test(name: str, *body: str) -> str:
    rows = "\n".join(f"    {row}" for row in body)
    return f'  it("{name}", async () => {{\n    const db = createMockDb();\n{rows}\n  }});\n'


_CALLER = "const caller = createTestCaller({ session: customerSession, db });"
_ADMIN = "const caller = createTestCaller({ session: adminSession, db });"
_NOBODY = "const caller = createTestCaller({ session: null, db });"
_ADDS = _test(
    "C1 adds a product to the session user's wishlist",
    'const item = { id: "item_1", productId: "product_1", createdAt: new Date("2025-11-18T09:00:00Z") };',
    "db.wishlistItem.create.mockResolvedValue(item);",
    _CALLER,
    'await expect(caller.wishlist.addItem({ productId: "product_1" })).resolves.toEqual(item);',
    "expect(db.wishlistItem.create).toHaveBeenCalledWith(",
    '  expect.objectContaining({ data: { userId: "user_1", productId: "product_1" } }),',
    ");",
)
_TWICE = _test(
    "C2 rejects a product that is there already",
    'db.wishlistItem.create.mockRejectedValue(prismaError("P2002"));',
    _CALLER,
    'await expect(caller.wishlist.addItem({ productId: "product_1" })).rejects.toMatchObject({',
    '  code: "CONFLICT",',
    "});",
)
_NONE = _test(
    "C3 rejects a product that does not exist",
    'db.wishlistItem.create.mockRejectedValue(prismaError("P2003"));',
    _CALLER,
    'await expect(caller.wishlist.addItem({ productId: "none" })).rejects.toMatchObject({ code: "NOT_FOUND" });',
)
_STRANGER = _test(
    "C4 rejects a caller with no session",
    _NOBODY,
    'await expect(caller.wishlist.addItem({ productId: "product_1" })).rejects.toMatchObject({',
    '  code: "UNAUTHORIZED",',
    "});",
    "expect(db.wishlistItem.create).not.toHaveBeenCalled();",
)
_EMPTY = _test(
    "C5 rejects an empty product",
    _CALLER,
    'await expect(caller.wishlist.addItem({ productId: "" })).rejects.toMatchObject({ code: "BAD_REQUEST" });',
    "expect(db.wishlistItem.create).not.toHaveBeenCalled();",
)
_IMPORTS = (
    'import { createMockDb, createTestCaller, customerSession } from "~/server/api/test/context";',
    'import { createMockDb, createTestCaller, customerSession, prismaError } from "~/server/api/test/context";',
)
_BY_ID = """  byId: publicProcedure.input(z.object({ id: z.string().min(1) })).query(async ({ ctx, input }) => {
    const review = await ctx.db.review.findUnique({ where: { id: input.id }, select: reviewSelect });
    if (!review) {
      throw new TRPCError({ code: "NOT_FOUND", message: "Review not found." });
    }
    return review;
  }),
"""
_READS = _test(
    "C1 returns the review",
    "db.review.findUnique.mockResolvedValue(review);",
    _NOBODY,
    'await expect(caller.review.byId({ id: "review_1" })).resolves.toEqual(review);',
)
_UNKNOWN = _test(
    "C2 rejects a review that does not exist",
    "db.review.findUnique.mockResolvedValue(null);",
    _NOBODY,
    'await expect(caller.review.byId({ id: "none" })).rejects.toMatchObject({',
    '  code: "NOT_FOUND",',
    '  message: "Review not found.",',
    "});",
)
_TOGGLE = """  toggleActive: adminProcedure
    .input(z.object({ id: z.string().min(1) }))
    .mutation(async ({ ctx, input }) => {
      const product = await ctx.db.product.findUnique({ where: { id: input.id }, select: { isActive: true } });
      if (!product) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Product not found." });
      }
      return ctx.db.product.update({
        where: { id: input.id },
        data: { isActive: !product.isActive },
        select: { id: true, isActive: true },
      });
    }),
"""
_TOGGLES = _test(
    "C1 hides an active product",
    "db.product.findUnique.mockResolvedValue({ isActive: true });",
    'db.product.update.mockResolvedValue({ id: "product_1", isActive: false });',
    _ADMIN,
    'await expect(caller.product.toggleActive({ id: "product_1" })).resolves.toEqual({',
    '  id: "product_1",',
    "  isActive: false,",
    "});",
    "expect(db.product.update).toHaveBeenCalledWith(",
    "  expect.objectContaining({ data: { isActive: false } }),",
    ");",
)
_ADMIN_IMPORTS = (
    ('import { createMockDb, createTestCaller } from "~/server/api/test/context";',
     'import { adminSession, createMockDb, createTestCaller } from "~/server/api/test/context";'),
)  # fmt: skip
_ADMIN_BUILDER = (
    'import { createTRPCRouter, publicProcedure } from "~/server/api/trpc";',
    'import { adminProcedure, createTRPCRouter, publicProcedure } from "~/server/api/trpc";',
)
_REFUSED = """
/** Asserts that a call is refused with `code`. */
export async function expectRefused(call: Promise<unknown>, code: string) {
  await expect(call).rejects.toMatchObject({ code });
}
"""
_SNAPSHOT = """// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html

exports[`product.byId > looks like this 1`] = `
{
  "id": "product_1",
  "name": "Lamp",
}
`;
"""
_SNAP = f"{PRODUCT_TEST.rpartition('/')[0]}/__snapshots__/product.test.ts.snap"
_LOOKS = _test(
    "looks like this",
    "db.product.findUnique.mockResolvedValue({ id: product.id, name: product.name });",
    _NOBODY,
    'expect(await caller.product.byId({ id: "product_1" })).toMatchSnapshot();',
)
T1, T2, T3, T5 = "BE-S3-001", "BE-S3-002", "BE-S3-003", "BE-S3-005"


def story() -> Story:
    """All of it."""
    made = Story(shop())
    for chapter in (
        _wishlist,
        _weaker,
        _hidden,
        _reviews,
        _borrowed,
        _messages,
        _products,
        _around,
        _people,
        _merged,
        _alone,
        _listing,
    ):
        chapter(made)
    return made


def _wishlist(story: Story) -> None:
    """A task in commits of one case each, as it should be."""
    files = {
        **story.procedure(WISHLIST, _ADD),
        **story.tested(WISHLIST_TEST, "wishlist.addItem", _ADDS),
    }
    story.add(
        told(
            story,
            "feat(wishlist): add wishlist.addItem",
            files,
            T1,
            "C1=C1 adds a product to the session user's wishlist",
        ),
        files,
    )
    files = story.swapped(WISHLIST, _TRYING, _IMPORTED)
    test = story.tested(WISHLIST_TEST, "wishlist.addItem", _TWICE)[WISHLIST_TEST] or ""
    files[WISHLIST_TEST] = test.replace(*_IMPORTS)
    story.add(
        told(
            story, "feat(wishlist): reject a product twice", files, T1, "C2=C2 rejects a product that is there already"
        ),
        files,
    )
    files = {**story.swapped(WISHLIST, _MISSING), **story.tested(WISHLIST_TEST, "wishlist.addItem", _NONE)}
    story.add(
        told(
            story, "feat(wishlist): reject an unknown product", files, T1, "C3=C3 rejects a product that does not exist"
        ),
        files,
    )
    files = story.tested(WISHLIST_TEST, "wishlist.addItem", f"{_STRANGER}\n{_EMPTY}")
    cases = ("C4~C4 rejects a caller with no session", "C5~C5 rejects an empty product")
    story.add(told(story, "test(wishlist): cover who may add what", files, T1, *cases), files)
    old = story.files[TASKS]
    at = old.index("**Status**: Open", old.index("## BE-S3-001"))
    files = {TASKS: f"{old[:at]}**Status**: Done{old[at + len('**Status**: Open') :]}"}
    story.add(told(story, "docs(tasks): settle BE-S3-001", files, T1), files)
    head = "export const wishlistRouter"
    named = (head, f"const itemSelect = {_SELECT};\n\n{head}")
    files = story.swapped(WISHLIST, named, (f"select: {_SELECT}", "select: itemSelect"))
    story.add(told(story, "refactor(wishlist): name what an item shows", files, T1), files)


_SELECT = "{ id: true, productId: true, createdAt: true }"


def _weaker(story: Story) -> None:
    """Evidence that is taken away later, and put back."""
    harm = (
        ("test-weakened", "fix(wishlist): be kind to slow databases", '  code: "CONFLICT",\n    });', "});"),
        (
            "test-skipped",
            "chore: mend the nightly run",
            '  it("C2 rejects a product',
            '  it.skip("C2 rejects a product',
        ),
        ("test-focused", "chore: look at one test", '  it("C3 rejects a product', '  it.only("C3 rejects a product'),
        ("test-skipped", "chore: know a failure", '  it("C3 rejects a product', '  it.fails("C3 rejects a product'),
    )
    for rule, message, old, new in harm:
        kept = story.files[WISHLIST_TEST]
        if rule == "test-weakened":
            pair = ('.rejects.toMatchObject({\n      code: "CONFLICT",\n    });', ".rejects.toThrow();")
            story.add(f"{message}\n", story.swapped(WISHLIST_TEST, pair), rule)
        else:
            story.add(f"{message}\n", story.swapped(WISHLIST_TEST, (old, new)), rule)
        story.add("test(wishlist): put the test back\n", {WISHLIST_TEST: kept})
    kept = story.files[WISHLIST_TEST]
    story.add("chore: tidy the tests\n", story.swapped(WISHLIST_TEST, (f"\n{_NONE}", "")), "test-deleted")
    story.add("test(wishlist): put the test back\n", {WISHLIST_TEST: kept})
    moved = WISHLIST_TEST.replace(".test.ts", ".cases.ts")
    story.add("refactor: rename the cases\n", {WISHLIST_TEST: None, moved: kept}, "test-deleted")
    story.add("refactor: name them as before\n", {moved: None, WISHLIST_TEST: kept})
    pair = ('"user_1", productId: "product_1" }', '"user_1", productId: expect.anything() }')
    files = story.swapped(WISHLIST_TEST, pair)
    story.add(told(story, "refactor(wishlist): read better", files, T1), files, "assertions-in-refactor")
    story.add("test(wishlist): put the assertion back\n", {WISHLIST_TEST: kept})


def _hidden(story: Story) -> None:
    """Evidence that is taken away where a reader does not look."""
    kept, weak = story.files[WISHLIST_TEST], story.swapped(WISHLIST_TEST, _ANY_REFUSAL)
    weaker = weak[WISHLIST_TEST] or ""
    pages: Files = {f".handbook/{number:03}.md": f"{number}\n" for number in range(401)}
    beside = WISHLIST.replace(".ts", ".cases.ts")
    for rule, message, files in (
        ("test-deleted", "docs: import the handbook", {**pages, WISHLIST_TEST: None}),
        (
            "test-deleted",
            "perf(wishlist): share the tests",
            {WISHLIST_TEST: Link("../wishlist.cases.ts"), beside: weaker},
        ),
        ("unread", "perf(wishlist): be faster", {WISHLIST_TEST: f"{weaker}// \0\n"}),
    ):
        before: Files = {path: story.files.get(path) for path in files}
        story.add(f"{message}\n", files, rule)
        story.add("revert: as it was\n", before)
    numbers = kept.replace(_HEAD, f"{_HEAD}{''.join(map(_number, range(16)))}", 1)
    others = weaker.replace(_HEAD, f"{_HEAD}{''.join(map(_number, range(16, 32)))}", 1)
    story.add("test: count\n", {WISHLIST_TEST: numbers})
    code = story.swapped(WISHLIST, ("P2003", "P2025"))
    before = story.files[WISHLIST]
    story.add("fix: count on\n", {WISHLIST_TEST: others, **code}, "test-weakened")
    story.add("revert: count as before\n", {WISHLIST_TEST: numbers, WISHLIST: before})


def _number(at: int) -> str:
    return f'  it("n{at % 16}", () => {{\n    expect(Math.max({at}, 0)).toBe({at});\n  }});\n'


_ANY_REFUSAL = ('.rejects.toMatchObject({\n      code: "CONFLICT",\n    });', ".rejects.toThrow();")
_HEAD = '\ndescribe("wishlist.addItem", () => {\n'


def _reviews(story: Story) -> None:
    """Red by design, then its code; then tests that come too late or for nothing."""
    files = story.tested(REVIEW_TEST, "review.byId", _READS)
    case = "C1=C1 returns the review"
    story.add(told(story, "test(review): expect review.byId", files, T3, case, token="s3", green=False), files)
    files = story.procedure(REVIEW, _BY_ID)
    story.add(told(story, "feat(review): add review.byId", files, T3, case, token="s3"), files)
    files = story.tested(REVIEW_TEST, "review.byId", _UNKNOWN)
    late = "C2=C2 rejects a review that does not exist"
    story.add(told(story, "feat(review): reject an unknown review", files, T3, late, token="s3"), files, "never-red")
    vain = _test(
        "C3 lists what is there",
        "db.review.findMany.mockResolvedValue([review]);",
        _NOBODY,
        'const page = await caller.review.listByProduct({ productId: "product_1" });',
        "expect(page.items).toEqual([review]);",
    )
    files = {
        **story.tested(REVIEW_TEST, "review.byId", vain),
        **story.swapped(REVIEW, ("rating: true,", "rating: true, // 1 to 5")),
    }
    story.add(
        told(story, "feat(review): explain ratings", files, T3, "C3=C3 lists what is there", token="s3"),
        files,
        "never-red",
        runs=True,
    )
    mocked = _test(
        "C4 answers from its mock", "db.review.count.mockResolvedValue(4);", "expect(await db.review.count()).toBe(4);"
    )
    files = story.tested(REVIEW_TEST, "review.byId", mocked)
    story.add(
        told(story, "test(review): cover the count", files, T3, "C4~C4 answers from its mock", token="s3"),
        files,
        "never-red",
        runs=True,
    )
    _wrong_reds(story)


def _wrong_reds(story: Story) -> None:
    kept, code = story.files[REVIEW_TEST], story.files[REVIEW]
    stumbles = _test(
        "C5 counts the reviews of a product",
        "db.review.count.mockResolvedValue(2);",
        _NOBODY,
        "const known = (globalThis as { reviews?: { count: number } }).reviews;",
        "expect(known!.count).toBe(2);",
        'await expect(caller.review.byId({ id: "review_1" })).resolves.toBeTruthy();',
    )
    head = "export const reviewRouter"
    kept_there = f"(globalThis as {{ reviews?: unknown }}).reviews = {{ count: 2 }};\n\n{head}"
    files = {
        **story.tested(REVIEW_TEST, "review.byId", stumbles),
        **story.swapped(REVIEW, (head, kept_there)),
    }
    story.add(
        told(story, "feat(review): count reviews", files, T3, "C5=C5 counts the reviews of a product", token="s3"),
        files,
        "wrong-red",
        runs=True,
    )
    story.add("revert: count no reviews\n", {REVIEW_TEST: kept, REVIEW: code})
    hollow = _test(
        "C6 does not fall",
        _NOBODY,
        "db.review.findUnique.mockResolvedValue(review);",
        'await caller.review.byId({ id: "review_1" });',
    )
    files = {
        **story.tested(REVIEW_TEST, "review.byId", hollow),
        **story.swapped(REVIEW, ("rating: true, // 1 to 5", "rating: true, // one to five")),
    }
    story.add(
        told(story, "feat(review): stand firm", files, T3, "C6=C6 does not fall", token="s3"), files, "test-hollow"
    )
    story.add("revert: stand as before\n", {REVIEW_TEST: kept, REVIEW: code})


def _flagged(story: Story) -> Files:
    """A test that fails only the first time that it is run."""
    tested = story.tested(REVIEW_TEST, "review.byId", _FLAG)[REVIEW_TEST] or ""
    imports = 'import { existsSync, writeFileSync } from "node:fs";\nimport { tmpdir } from "node:os";\n'
    return {REVIEW_TEST: f'{imports}import {{ join }} from "node:path";\n{tested}'}


_FLAG = _test(
    "C5 rejects an empty review",
    'const flag = join(tmpdir(), "review-was-here");',
    "const before = existsSync(flag);",
    'writeFileSync(flag, "");',
    "expect(before).toBe(true);",
    _NOBODY,
    'await expect(caller.review.byId({ id: "" })).rejects.toMatchObject({ code: "BAD_REQUEST" });',
)


def _borrowed(story: Story) -> None:
    """Reds that are owed to something else, evidence that is used twice, and code that comes back alone."""
    kept, code = story.files[REVIEW_TEST], story.files[REVIEW]
    undone = {REVIEW_TEST: kept, REVIEW: code}
    words = story.swapped(REVIEW, ("    return review;\n", "    return review; // as it is\n"))
    files = {**words, **_flagged(story)}
    case = "C5=C5 rejects an empty review"
    story.add(told(story, "feat(review): be strict", files, T3, case, token="s7"), files, "never-red", runs=True)
    story.add("revert: be as strict as before\n", undone)
    old = "C5~C1 returns the review"
    story.add(told(story, "feat(review): show a review", words, T3, old, token="s7"), words, "test-elsewhere")
    story.add("revert: show it as before\n", undone)
    unread = "feat(review): be told\n\nTask: BE-S3-003\nCases: C6\nRed: C6=zzzz\n"
    story.add(unread, words, "trailers-unreadable")
    story.add("revert: be told nothing\n", undone)
    masks = story.swapped(
        REVIEW_TEST,
        (
            'caller.review.byId({ id: "review_1" })).resolves',
            'caller.review.byId({ id: "review_1" }).catch(() => review)).resolves',
        ),
    )
    story.add("test(review): be kinder\n", masks, "test-weakened")
    story.add("test(review): be as strict as before\n", {REVIEW_TEST: kept})


def _merged(story: Story) -> None:
    """Merges that do what no line of history did."""
    kept = story.files[WISHLIST_TEST]
    side: dict[str, str | None] = {"docs/side.md": "# Aside\n"}
    story.add("docs: say something aside\n", side, side=True)
    story.add("chore: ignore heaps\n", {".gitignore": story.files[".gitignore"] + "*.heap\n"})
    lost = story.swapped(WISHLIST_TEST, (f"\n{_NONE}", ""))
    story.add("Merge branch 'docs/side'\n", {**side, **lost}, "test-deleted", merges=True)
    story.add("test(wishlist): put the test back\n", {WISHLIST_TEST: kept})
    files = story.tested(WISHLIST_TEST, "wishlist.addItem", _LONG)
    case = "C6~C6 rejects a product that is no text"
    before = story.files[WISHLIST_TEST]
    story.add(told(story, "test(wishlist): cover what is no text", files, T1, case, token="s9"), files, side=True)
    story.files[WISHLIST_TEST] = before
    story.add("chore: ignore stores\n", {".gitignore": story.files[".gitignore"] + "*.store\n"})
    story.add("Merge branch 'test/wishlist'\n", {}, "test-deleted", merges=True)
    other: dict[str, str | None] = {"docs/other.md": "# Aside\n"}
    story.add("docs: say more aside\n", other, side=True)
    story.add("chore: ignore cores\n", {".gitignore": story.files[".gitignore"] + "*.core\n"})
    evil: dict[str, str | None] = {"src/server/evil.ts": "export const evil = 1;\n"}
    story.add("Merge branch 'docs/other'\n", {**other, **evil}, "no-evidence", merges=True)
    story.add("chore: less evil\n", {"src/server/evil.ts": None})


_LONG = _test(
    "C6 rejects a product that is no text",
    _CALLER,
    "await expect(caller.wishlist.addItem({ productId: 7 as never })).rejects.toMatchObject({",
    '  code: "BAD_REQUEST",',
    "});",
    "expect(db.wishlistItem.create).not.toHaveBeenCalled();",
)


def _alone(story: Story) -> None:
    """A feature that is taken back, and whose code returns without its tests."""
    code, tests = story.files[PRODUCT], story.files[PRODUCT_TEST]
    bare = {**story.tested(PRODUCT_TEST, "product.featured", _SHOWS), **story.procedure(PRODUCT, _FEATURED)}
    message = told(story, "feat(product): add product.featured", bare, "", "C8=C8 shows what is featured", token="s8")
    story.add(message, bare)
    story.add("revert: take product.featured out again\n", {PRODUCT: code, PRODUCT_TEST: tests})
    story.add("chore: tidy up\n", {PRODUCT: bare[PRODUCT]}, "no-evidence")
    story.add("chore: tidy up once more\n", {PRODUCT: code})


_FEATURED = """  featured: publicProcedure.query(({ ctx }) => {
    return ctx.db.product.findMany({ where: { isActive: true }, take: 3, select: { id: true } });
  }),
"""
_SHOWS = _test(
    "C8 shows what is featured",
    'db.product.findMany.mockResolvedValue([{ id: "product_1" }]);',
    _NOBODY,
    'await expect(caller.product.featured()).resolves.toEqual([{ id: "product_1" }]);',
)


def _messages(story: Story) -> None:
    """Trailers that say what is not so."""
    kept, code = story.files[PRODUCT_TEST], story.files[PRODUCT]
    tested = story.tested(PRODUCT_TEST, "product.toggleActive", _TOGGLES)[PRODUCT_TEST] or ""
    files = {
        PRODUCT_TEST: tested.replace(*_ADMIN_IMPORTS[0]),
        PRODUCT: (story.procedure(PRODUCT, _TOGGLE)[PRODUCT] or "").replace(*_ADMIN_BUILDER),
    }
    case = "C1=C1 hides an active product"
    fair = told(story, "feat(product): add product.toggleActive", files, T5, case, token="s5")
    undone = {PRODUCT_TEST: kept, PRODUCT: code}
    red = fair.partition("Red: ")[2].split()[0]
    old = "C9=C1 returns the review"
    amended = told(story, "feat(product): add product.toggleActive", files, T5, case, old, token="s5")
    squashed = fair.replace("\n\n", "\n\n* feat: one\n\n", 1) + "\n* feat(wishlist): the other\n\n" + "\n".join(
        lines(Trailers(T1, (), (), "0123456789ab", "s9"))
    )  # fmt: skip
    cheats = (
        ("wrong-task", fair.replace(T5, T1)),
        ("task-unknown", fair.replace(T5, "BE-S3-077")),
        ("mark-unknown", fair.replace(fair.partition("C1=")[2][:12], "0123456789ab")),
        ("green-differs", fair.replace(fair.partition("Green: ")[2][:12], "0123456789ab")),
        ("case-without-test", fair.replace("Cases: C1", "Cases: C1 C2")),
        ("cases-differ", fair.replace("Cases: C1\n", "")),
        ("cases-differ", fair.replace("Red: C1=", "Red: C1=0123456789ab C1=")),
        ("cases-differ", fair.replace("Cases: C1", "Cases: C1 C2").replace(f"Red: {red}", f"Red: {red} C2{red[2:]}")),
        ("trailers-unreadable", fair.replace("Red: C1=", "Red: C1 = ")),
        ("green-missing", "\n".join(row for row in fair.split("\n") if not row.startswith("Green"))),
        ("test-elsewhere", amended),
        ("squashed", squashed),
    )
    for rule, message in cheats:
        story.add(message, files, rule)
        story.add("revert: take product.toggleActive out again\n", undone)
    forged = fair.replace(fair.partition("Green: ")[2][:12], "0123456789ab")
    story.add(forged, files, "green-differs", late=86_400)
    story.add("revert: take product.toggleActive out again\n", undone)
    hook: Files = {".husky/pre-commit": "npx lint-staged\n", ".lintstagedrc.json": '{ "*.ts": "prettier --write" }\n'}
    story.add(forged, {**files, **hook}, "green-differs")
    story.add("revert: take product.toggleActive out again\n", {**undone, **dict.fromkeys(hook)})
    story.add(fair, files)


def _products(story: Story) -> None:
    """Code that knows it is tested, and tests that look away."""
    kept, code = story.files[PRODUCT_TEST], story.files[PRODUCT]
    undone = {PRODUCT_TEST: kept, PRODUCT: code}
    shows = _test(
        "C2 shows a hidden product",
        "db.product.findUnique.mockResolvedValue({ isActive: false });",
        'db.product.update.mockResolvedValue({ id: "product_77", isActive: true });',
        _ADMIN,
        'await expect(caller.product.toggleActive({ id: "product_77" })).resolves.toMatchObject({',
        "  isActive: true,",
        "  seen: 1,",
        "});",
    )
    tested = story.tested(PRODUCT_TEST, "product.toggleActive", shows)
    case = "C2=C2 shows a hidden product"
    start = ".mutation(async ({ ctx, input }) => {\n"
    for rule, extra in (
        (
            "literal-repeated",
            '      if (input.id === "product_77") return { id: input.id, isActive: true, seen: 1 };\n',
        ),
        ("asks-for-tests", "      if (process.env.VITEST) return { id: input.id, isActive: true, seen: 1 };\n"),
    ):
        files = {**tested, **story.swapped(PRODUCT, (start, start + extra))}
        story.add(told(story, "feat(product): show a product", files, T5, case, token="s5"), files, rule)
        story.add("revert: as it was\n", undone)
    mock = 'import { vi } from "vitest";\n\nvi.mock("~/server/api/routers/product", () => ({ productRouter: {} }));\n'
    story.add("test(product): be quick\n", {PRODUCT_TEST: mock + kept}, "subject-mocked")
    story.add("test(product): be true\n", {PRODUCT_TEST: kept})
    files = {**story.tested(PRODUCT_TEST, "product.byId", _LOOKS), _SNAP: _SNAPSHOT}
    story.add("test(product): keep what a product looks like\n", files)
    found = 'message: "Product not found." });\n      }\n      return product;\n    }),\n\n  toggle'
    louder = found.replace("return product", "return { ...product, name: product.name.trim().toUpperCase() }")
    files = {
        **story.swapped(PRODUCT, (found, louder)),
        _SNAP: _SNAPSHOT.replace('"Lamp"', '"LAMP"'),
    }
    before = story.files[PRODUCT]
    story.add(told(story, "fix(product): speak up", files, T5, token="s5"), files, "snapshot-blessed")
    story.add("revert: speak as before\n", {PRODUCT: before, _SNAP: _SNAPSHOT})
    files = story.swapped(PRODUCT, ("data: { isActive: !product.isActive }", "data: { isActive: product.isActive }"))
    story.add(told(story, "refactor(product): simplify", files, T5, token="s5"), files, "not-green", runs=True)
    story.add("revert: simplify less\n", {PRODUCT: before})
    files = {**story.swapped(PRODUCT, ("slug: true,\n", "slug: true,\n  createdAt: true,\n")),
             **story.swapped(PRODUCT_TEST, ("  it(\"looks like this\"", "  it(\"looks like that\""))}  # fmt: skip
    before, test = story.files[PRODUCT], story.files[PRODUCT_TEST]
    snapped = _SNAPSHOT.replace("looks like this", "looks like that")
    files[_SNAP] = snapped
    message = told(story, "test(product): say it better", files, T5, token="s5")
    story.add(message, files, "code-in-test-commit")
    story.add("revert: say it as before\n", {PRODUCT: before, PRODUCT_TEST: test, _SNAP: _SNAPSHOT})


def _around(story: Story) -> None:
    """What surrounds the tests."""
    config = story.files["vitest.config.ts"]
    pair = ("    mockReset: true,\n", '    mockReset: true,\n    exclude: ["**/wishlist.test.ts"],\n')
    story.add("chore: quicker tests\n", story.swapped("vitest.config.ts", pair), "config-weakened")
    story.add("chore: all the tests\n", {"vitest.config.ts": config})
    plugin = '  plugins: [{ name: "quick", transform: (code) => code.replace("CONFLICT", "BAD_REQUEST") }],\n'
    alias = '    alias: { "~/server/api/root": fileURLToPath(new URL("./tools/root.ts", import.meta.url)), '
    for pair in (
        ("  resolve: {\n", f"{plugin}  resolve: {{\n"),
        ("    alias: { ", alias),
        ("    mockReset: true,\n", '    mockReset: true,\n    setupFiles: ["./tools/quiet.ts"],\n'),
    ):
        story.add("build: quicker still\n", story.swapped("vitest.config.ts", pair), "config-weakened")
        story.add("revert: as quick as before\n", {"vitest.config.ts": config})
    helped = story.swapped(
        CONTEXT, ('import { type Mock, vi } from "vitest";', 'import { expect, type Mock, vi } from "vitest";')
    )
    helped[CONTEXT] = f"{helped[CONTEXT]}{_REFUSED}"
    story.add("test: say once how a refusal looks\n", helped)
    files = story.swapped(
        CONTEXT, ("  await expect(call).rejects.toMatchObject({ code });\n", "  await call.catch(() => code);\n")
    )
    story.add("refactor: simplify the test context\n", files, "setup-weakened")
    story.add("test: assert a refusal again\n", helped)


def _people(story: Story) -> None:
    """What people do by themselves, and what hooks do to commits."""
    story.add("docs: say how to start\n", {"README.md": story.files["README.md"] + "\nRun `npm test` first.\n"})
    named = "const slug = z.string()"
    category = "src/server/api/routers/category.ts"
    story.add("style: break a long line\n", story.swapped(category, (f"{named}.regex(", f"{named}\n  .regex(")))
    files: dict[str, str | None] = {"src/server/slug.ts": _SLUG, "src/server/__tests__/slug.test.ts": _SLUG_TEST}
    story.add("feat: make slugs of names\n\nBy hand, test first.\n", files)
    story.add(
        "refactor!: make no slugs\n",
        {"src/server/slug.ts": None, "src/server/__tests__/slug.test.ts": None},
    )
    moved = REVIEW_TEST.replace("review.test", "reviews.test")
    story.add("refactor: call the file by its plural\n", {REVIEW_TEST: None, moved: story.files[REVIEW_TEST]})
    story.add('Revert "refactor: call the file by its plural"\n', {moved: None, REVIEW_TEST: story.files[moved]})
    side: dict[str, str | None] = {"docs/operations.md": "# Operations\n\nRestart it.\n"}
    story.add("docs: tell how to operate it\n", side, side=True)
    story.add("chore: ignore dumps\n", {".gitignore": story.files[".gitignore"] + "*.dump\n"})
    story.add("Merge branch 'docs/operations'\n", side, merges=True)
    story.add(
        "chore: format what is committed\n",
        {".husky/pre-commit": "npx lint-staged\n", ".lintstagedrc.json": '{ "*.ts": "prettier --write" }\n'},
    )


def _listing(story: Story) -> None:
    """A task in one commit, reformatted by its hook, and one that was rebased since."""
    code = """  listItems: protectedProcedure
    .input(z.object({ limit: z.number().int().min(1).max(50).default(20), cursor: z.string().optional() }))
    .query(async ({ ctx, input }) => {
      const items = await ctx.db.wishlistItem.findMany({
        where: { userId: ctx.session.user.id },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: input.limit + 1,
        ...(input.cursor ? { cursor: { id: input.cursor } } : {}),
        select: itemSelect,
      });
      const next = items.length > input.limit ? items.pop() : undefined;
      return { items, nextCursor: next?.id ?? null };
    }),
"""
    pages = _test(
        "C1 returns a page and the cursor of the next one",
        'db.wishlistItem.findMany.mockResolvedValue([{ id: "item_1" }, { id: "item_2" }]);',
        _CALLER,
        "await expect(caller.wishlist.listItems({ limit: 1 })).resolves.toEqual({",
        '  items: [{ id: "item_1" }],',
        '  nextCursor: "item_2",',
        "});",
    )
    last = _test(
        "C2 has no next cursor on the last page",
        'db.wishlistItem.findMany.mockResolvedValue([{ id: "item_1" }]);',
        _CALLER,
        "await expect(caller.wishlist.listItems({})).resolves.toMatchObject({ nextCursor: null });",
    )
    absent = _test(
        "C3 rejects a limit of 51",
        _CALLER,
        "await expect(caller.wishlist.listItems({ limit: 51 })).rejects.toThrow();",
        "expect(db.wishlistItem.findMany).not.toHaveBeenCalled();",
    )
    files = {
        **story.procedure(WISHLIST, code),
        **story.tested(WISHLIST_TEST, "wishlist.listItems", f"{pages}\n{last}\n{absent}"),
    }
    cases = (
        "C1=C1 returns a page and the cursor of the next one",
        "C2=C2 has no next cursor on the last page",
        "C3=C3 rejects a limit of 51",
    )
    message = told(story, "feat(wishlist): add wishlist.listItems", files, T2, *cases, token="s2")
    spaced = {
        path: (text or "")
        .replace("{ id: true }", "{\n          id: true,\n        }")
        .replace("=> {\n      const items", "=> {\n\n      const items")
        for path, text in files.items()
    }
    assert spaced != files
    story.add(message, dict(spaced))
    files = story.swapped(
        WISHLIST,
        (
            "limit: z.number().int().min(1).max(50).default(20), cursor: z.string().optional()",
            "limit: z.number().int().min(1).max(50).default(20), cursor: z.string().min(1).optional()",
        ),
    )
    blank = _test(
        "C4 rejects an empty cursor",
        "db.wishlistItem.findMany.mockResolvedValue([]);",
        _CALLER,
        'await expect(caller.wishlist.listItems({ cursor: "" })).rejects.toMatchObject({ code: "BAD_REQUEST" });',
    )
    files |= story.tested(WISHLIST_TEST, "wishlist.listItems", blank)
    case = "C4=C4 rejects an empty cursor"
    message = told(story, "fix(wishlist): reject an empty cursor", files, T2, case, token="s2")
    landed = story.swapped(WISHLIST, (_IMPORTED[0], f"// The wishlist of a customer.\n{_IMPORTED[0]}"))
    story.add("style(wishlist): say whose it is\n", landed)
    story.add("docs: say what is on the board\n", {"docs/board.md": "# Board\n"})
    files = {
        path: (text or "").replace(_IMPORTED[0], f"// The wishlist of a customer.\n{_IMPORTED[0]}")
        if path == WISHLIST
        else text
        for path, text in files.items()
    }
    story.add(message, files, late=86_400)
    story.add(
        "refactor: keep the tests of the wishlist, with a Task: word of another tool\n\nTask: see the board\n",
        {"docs/board.md": "# The board\n"},
    )


_SLUG = 'export function slugOf(name: string) {\n  return name.trim().toLowerCase().replace(/[^a-z0-9]+/g, "-");\n}\n'
_SLUG_TEST = """import { expect, it } from "vitest";

import { slugOf } from "~/server/slug";

it("makes a slug", () => {
  expect(slugOf(" Two Words ")).toBe("two-words");
});
"""


def short() -> Story:
    """A case that was red first, one that was proven by breaking the code, one that never was, one only the once."""
    made = Story(shop())
    files = {**made.procedure(REVIEW, _BY_ID), **made.tested(REVIEW_TEST, "review.byId", _READS)}
    made.add(told(made, "feat(review): add review.byId", files, T3, "C1=C1 returns the review", token="s3"), files)
    empty = _test(
        "C2 rejects an empty id",
        _NOBODY,
        'await expect(caller.review.byId({ id: "" })).rejects.toMatchObject({ code: "BAD_REQUEST" });',
    )
    files = made.tested(REVIEW_TEST, "review.byId", empty)
    made.add(told(made, "test(review): cover an empty id", files, T3, "C2~C2 rejects an empty id", token="s3"), files)
    late = made.tested(REVIEW_TEST, "review.byId", _UNKNOWN)
    files = {**late, **made.swapped(REVIEW, ("rating: true,", "rating: true, // 1 to 5"))}
    case = "C3=C2 rejects a review that does not exist"
    made.add(
        told(made, "feat(review): reject what is not there", files, T3, case, token="s3"), files, "never-red", runs=True
    )
    files = {**_flagged(made), **made.swapped(REVIEW, ("    return review;\n", "    return review; // as it is\n"))}
    case = "C5=C5 rejects an empty review"
    made.add(told(made, "feat(review): be strict", files, T3, case, token="s3"), files, "never-red", runs=True)
    return made
