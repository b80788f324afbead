import { describe, expect, it } from "vitest";

import {
  createMockDb,
  createTestCaller,
  customerSession,
  prismaError,
} from "~/server/api/test/context";

const review = {
  id: "review_1",
  productId: "product_1",
  rating: 5,
  body: "Bright.",
  createdAt: new Date("2025-11-01T10:00:00Z"),
};

describe("review.listByProduct", () => {
  it("returns a page and the cursor of the next one", async () => {
    const db = createMockDb();
    db.review.findMany.mockResolvedValue([review, { ...review, id: "review_2" }]);
    const caller = createTestCaller({ session: null, db });

    await expect(
      caller.review.listByProduct({ productId: "product_1", limit: 1 }),
    ).resolves.toEqual({ items: [review], nextCursor: "review_2" });
    expect(db.review.findMany).toHaveBeenCalledWith(
      expect.objectContaining({ where: { productId: "product_1" }, take: 2 }),
    );
  });

  it("continues from the cursor", async () => {
    const db = createMockDb();
    db.review.findMany.mockResolvedValue([]);
    const caller = createTestCaller({ session: null, db });

    await caller.review.listByProduct({ productId: "product_1", cursor: "review_2" });
    expect(db.review.findMany).toHaveBeenCalledWith(
      expect.objectContaining({ cursor: { id: "review_2" } }),
    );
  });
});

describe("review.create", () => {
  it("creates the review for the session user", async () => {
    const db = createMockDb();
    db.review.create.mockResolvedValue(review);
    const caller = createTestCaller({ session: customerSession, db });

    await expect(
      caller.review.create({ productId: "product_1", rating: 5, body: "Bright." }),
    ).resolves.toEqual(review);
    expect(db.review.create).toHaveBeenCalledWith(
      expect.objectContaining({
        data: { userId: "user_1", productId: "product_1", rating: 5, body: "Bright." },
      }),
    );
  });

  it("rejects a second review of the same product with CONFLICT", async () => {
    const db = createMockDb();
    db.review.create.mockRejectedValue(prismaError("P2002"));
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.create({ productId: "product_1", rating: 5 })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "You have already reviewed this product.",
    });
  });

  it("rejects an unknown product with NOT_FOUND", async () => {
    const db = createMockDb();
    db.review.create.mockRejectedValue(prismaError("P2003"));
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.create({ productId: "none", rating: 5 })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Product not found.",
    });
  });

  it("passes an unforeseen database error on", async () => {
    const db = createMockDb();
    db.review.create.mockRejectedValue(prismaError("P1001"));
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.create({ productId: "product_1", rating: 5 })).rejects.toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
    });
  });

  it("rejects a caller with no session with UNAUTHORIZED", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: null, db });

    await expect(caller.review.create({ productId: "product_1", rating: 5 })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
    expect(db.review.create).not.toHaveBeenCalled();
  });

  it("rejects six stars with BAD_REQUEST", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.create({ productId: "product_1", rating: 6 })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    expect(db.review.create).not.toHaveBeenCalled();
  });
});

describe("review.delete", () => {
  it("deletes the session user's review", async () => {
    const db = createMockDb();
    db.review.findUnique.mockResolvedValue({ userId: "user_1" });
    db.review.delete.mockResolvedValue({ id: "review_1" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.delete({ id: "review_1" })).resolves.toEqual({ id: "review_1" });
    expect(db.review.delete).toHaveBeenCalledWith(
      expect.objectContaining({ where: { id: "review_1" } }),
    );
  });

  it("rejects an unknown review with NOT_FOUND", async () => {
    const db = createMockDb();
    db.review.findUnique.mockResolvedValue(null);
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.delete({ id: "none" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Review not found.",
    });
    expect(db.review.delete).not.toHaveBeenCalled();
  });

  it("rejects another user's review with FORBIDDEN", async () => {
    const db = createMockDb();
    db.review.findUnique.mockResolvedValue({ userId: "user_2" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.review.delete({ id: "review_1" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(db.review.delete).not.toHaveBeenCalled();
  });
});
