import { describe, expect, it } from "vitest";

import { createMockDb, createTestCaller, customerSession } from "~/server/api/test/context";

const order = {
  id: "order_1",
  status: "PENDING",
  totalCents: 4900,
  createdAt: new Date("2025-11-01T10:00:00Z"),
};

describe("order.listMine", () => {
  it("returns the session user's orders and the cursor of the next page", async () => {
    const db = createMockDb();
    db.order.findMany.mockResolvedValue([order, { ...order, id: "order_2" }]);
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.listMine({ limit: 1 })).resolves.toEqual({
      items: [order],
      nextCursor: "order_2",
    });
    expect(db.order.findMany).toHaveBeenCalledWith(
      expect.objectContaining({ where: { userId: "user_1" }, take: 2 }),
    );
  });

  it("rejects a caller with no session with UNAUTHORIZED", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: null, db });

    await expect(caller.order.listMine({})).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(db.order.findMany).not.toHaveBeenCalled();
  });
});

describe("order.byId", () => {
  it("returns the session user's order with its items", async () => {
    const db = createMockDb();
    const items = [{ productId: "product_1", quantity: 1, unitPriceCents: 4900 }];
    db.order.findUnique.mockResolvedValue({ ...order, userId: "user_1", items });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.byId({ id: "order_1" })).resolves.toMatchObject({ id: "order_1", items });
  });

  it("rejects an unknown order with NOT_FOUND", async () => {
    const db = createMockDb();
    db.order.findUnique.mockResolvedValue(null);
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.byId({ id: "none" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Order not found.",
    });
  });

  it("rejects another user's order with FORBIDDEN", async () => {
    const db = createMockDb();
    db.order.findUnique.mockResolvedValue({ ...order, userId: "user_2", items: [] });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.byId({ id: "order_1" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("order.cancel", () => {
  it("cancels a pending order", async () => {
    const db = createMockDb();
    db.order.findUnique.mockResolvedValue({ userId: "user_1", status: "PENDING" });
    db.order.update.mockResolvedValue({ ...order, status: "CANCELLED" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.cancel({ id: "order_1" })).resolves.toMatchObject({ status: "CANCELLED" });
    expect(db.order.update).toHaveBeenCalledWith(
      expect.objectContaining({ where: { id: "order_1" }, data: { status: "CANCELLED" } }),
    );
  });

  it("rejects a shipped order with CONFLICT", async () => {
    const db = createMockDb();
    db.order.findUnique.mockResolvedValue({ userId: "user_1", status: "SHIPPED" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.cancel({ id: "order_1" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(db.order.update).not.toHaveBeenCalled();
  });

  it("rejects another user's order with FORBIDDEN", async () => {
    const db = createMockDb();
    db.order.findUnique.mockResolvedValue({ userId: "user_2", status: "PENDING" });
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.order.cancel({ id: "order_1" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(db.order.update).not.toHaveBeenCalled();
  });
});
