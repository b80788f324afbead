import { describe, expect, it } from "vitest";

import { createMockDb, createTestCaller } from "~/server/api/test/context";

const product = {
  id: "product_1",
  name: "Lamp",
  slug: "lamp",
  description: "",
  priceCents: 4900,
  isActive: true,
};

describe("product.list", () => {
  it("returns a page and the cursor of the next one", async () => {
    const db = createMockDb();
    db.product.findMany.mockResolvedValue([product, { ...product, id: "product_2" }]);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.product.list({ limit: 1 })).resolves.toEqual({
      items: [product],
      nextCursor: "product_2",
    });
    expect(db.product.findMany).toHaveBeenCalledWith(expect.objectContaining({ take: 2 }));
  });

  it("has no next cursor on the last page", async () => {
    const db = createMockDb();
    db.product.findMany.mockResolvedValue([product]);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.product.list({ limit: 1 })).resolves.toEqual({
      items: [product],
      nextCursor: null,
    });
  });

  it("continues from the cursor", async () => {
    const db = createMockDb();
    db.product.findMany.mockResolvedValue([]);
    const caller = createTestCaller({ session: null, db });

    await caller.product.list({ cursor: "product_2" });
    expect(db.product.findMany).toHaveBeenCalledWith(
      expect.objectContaining({ cursor: { id: "product_2" } }),
    );
  });

  it("narrows to a category and leaves out inactive products", async () => {
    const db = createMockDb();
    db.product.findMany.mockResolvedValue([]);
    const caller = createTestCaller({ session: null, db });

    await caller.product.list({ categoryId: "category_1" });
    expect(db.product.findMany).toHaveBeenCalledWith(
      expect.objectContaining({
        where: { isActive: true, categories: { some: { id: "category_1" } } },
      }),
    );
  });

  it("rejects a limit above 100 with BAD_REQUEST", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: null, db });

    await expect(caller.product.list({ limit: 101 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(db.product.findMany).not.toHaveBeenCalled();
  });
});

describe("product.byId", () => {
  it("returns the product", async () => {
    const db = createMockDb();
    db.product.findUnique.mockResolvedValue(product);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.product.byId({ id: "product_1" })).resolves.toEqual(product);
    expect(db.product.findUnique).toHaveBeenCalledWith(
      expect.objectContaining({ where: { id: "product_1" } }),
    );
  });

  it("rejects an unknown product with NOT_FOUND", async () => {
    const db = createMockDb();
    db.product.findUnique.mockResolvedValue(null);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.product.byId({ id: "none" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Product not found.",
    });
  });
});
