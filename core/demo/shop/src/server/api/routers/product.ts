import { TRPCError } from "@trpc/server";
import { z } from "zod";

import { Prisma } from "~/generated/prisma/client";
import { createTRPCRouter, publicProcedure } from "~/server/api/trpc";

const productSelect = {
  id: true,
  name: true,
  slug: true,
  description: true,
  priceCents: true,
  isActive: true,
} satisfies Prisma.ProductSelect;

export const productRouter = createTRPCRouter({
  list: publicProcedure
    .input(
      z.object({
        limit: z.number().int().min(1).max(100).default(20),
        cursor: z.string().min(1).optional(),
        categoryId: z.string().min(1).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const items = await ctx.db.product.findMany({
        where: {
          isActive: true,
          ...(input.categoryId ? { categories: { some: { id: input.categoryId } } } : {}),
        },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: input.limit + 1,
        ...(input.cursor ? { cursor: { id: input.cursor } } : {}),
        select: productSelect,
      });
      const next = items.length > input.limit ? items.pop() : undefined;
      return { items, nextCursor: next?.id ?? null };
    }),

  byId: publicProcedure
    .input(z.object({ id: z.string().min(1) }))
    .query(async ({ ctx, input }) => {
      const product = await ctx.db.product.findUnique({
        where: { id: input.id },
        select: productSelect,
      });
      if (!product) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Product not found." });
      }
      return product;
    }),
});
