import { describe, expect, it } from "vitest";

import { createMockDb, createTestCaller, customerSession } from "~/server/api/test/context";

describe("wishlist.count", () => {
  it("counts the session user's items", async () => {
    const db = createMockDb();
    db.wishlistItem.count.mockResolvedValue(3);
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.wishlist.count()).resolves.toBe(3);
    expect(db.wishlistItem.count).toHaveBeenCalledWith({ where: { userId: "user_1" } });
  });

  it("rejects a caller with no session with UNAUTHORIZED", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: null, db });

    await expect(caller.wishlist.count()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(db.wishlistItem.count).not.toHaveBeenCalled();
  });
});

describe("wishlist.removeItem", () => {
  it("removes the session user's item", async () => {
    const db = createMockDb();
    db.wishlistItem.findUnique.mockResolvedValue({ userId: "user_1" });
    db.wishlistItem.delete.mockResolvedValue({ id: "item_1" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.wishlist.removeItem({ id: "item_1" })).resolves.toEqual({ id: "item_1" });
    expect(db.wishlistItem.delete).toHaveBeenCalledWith(
      expect.objectContaining({ where: { id: "item_1" } }),
    );
  });

  it("rejects an unknown item with NOT_FOUND", async () => {
    const db = createMockDb();
    db.wishlistItem.findUnique.mockResolvedValue(null);
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.wishlist.removeItem({ id: "none" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Wishlist item not found.",
    });
    expect(db.wishlistItem.delete).not.toHaveBeenCalled();
  });

  it("rejects another user's item with FORBIDDEN", async () => {
    const db = createMockDb();
    db.wishlistItem.findUnique.mockResolvedValue({ userId: "user_2" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.wishlist.removeItem({ id: "item_1" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(db.wishlistItem.delete).not.toHaveBeenCalled();
  });
});
