import { describe, expect, it } from "vitest";

import {
  adminSession,
  createMockDb,
  createTestCaller,
  customerSession,
  prismaError,
} from "~/server/api/test/context";

const category = { id: "category_1", name: "Books", slug: "books" };

describe("category.list", () => {
  it("lists the categories by name", async () => {
    const db = createMockDb();
    db.category.findMany.mockResolvedValue([category]);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.category.list()).resolves.toEqual([category]);
    expect(db.category.findMany).toHaveBeenCalledWith(
      expect.objectContaining({ orderBy: { name: "asc" } }),
    );
  });
});

describe("category.bySlug", () => {
  it("returns the category", async () => {
    const db = createMockDb();
    db.category.findUnique.mockResolvedValue(category);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.category.bySlug({ slug: "books" })).resolves.toEqual(category);
  });

  it("rejects an unknown slug with NOT_FOUND", async () => {
    const db = createMockDb();
    db.category.findUnique.mockResolvedValue(null);
    const caller = createTestCaller({ session: null, db });

    await expect(caller.category.bySlug({ slug: "none" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Category not found.",
    });
  });
});

describe("category.create", () => {
  it("creates the category", async () => {
    const db = createMockDb();
    db.category.create.mockResolvedValue(category);
    const caller = createTestCaller({ session: adminSession, db });

    await expect(caller.category.create({ name: " Books ", slug: "books" })).resolves.toEqual(category);
    expect(db.category.create).toHaveBeenCalledWith(
      expect.objectContaining({ data: { name: "Books", slug: "books" } }),
    );
  });

  it("rejects a taken slug with CONFLICT", async () => {
    const db = createMockDb();
    db.category.create.mockRejectedValue(prismaError("P2002"));
    const caller = createTestCaller({ session: adminSession, db });

    await expect(caller.category.create({ name: "Books", slug: "books" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("rejects a customer with FORBIDDEN", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: customerSession, db });

    await expect(caller.category.create({ name: "Books", slug: "books" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(db.category.create).not.toHaveBeenCalled();
  });

  it("rejects a caller with no session with UNAUTHORIZED", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: null, db });

    await expect(caller.category.create({ name: "Books", slug: "books" })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
    expect(db.category.create).not.toHaveBeenCalled();
  });

  it("rejects a malformed slug with BAD_REQUEST", async () => {
    const db = createMockDb();
    const caller = createTestCaller({ session: adminSession, db });

    await expect(caller.category.create({ name: "Books", slug: "Not a slug" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    expect(db.category.create).not.toHaveBeenCalled();
  });
});

describe("category.rename", () => {
  it("renames the category", async () => {
    const db = createMockDb();
    db.category.update.mockResolvedValue({ ...category, name: "Novels" });
    const caller = createTestCaller({ session: adminSession, db });

    await expect(caller.category.rename({ id: "category_1", name: "Novels" })).resolves.toMatchObject({
      name: "Novels",
    });
    expect(db.category.update).toHaveBeenCalledWith(
      expect.objectContaining({ where: { id: "category_1" }, data: { name: "Novels" } }),
    );
  });

  it("rejects an unknown category with NOT_FOUND", async () => {
    const db = createMockDb();
    db.category.update.mockRejectedValue(prismaError("P2025"));
    const caller = createTestCaller({ session: adminSession, db });

    await expect(caller.category.rename({ id: "none", name: "Novels" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "Category not found.",
    });
  });
});
