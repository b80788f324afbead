import { TRPCError } from "@trpc/server";
import { z } from "zod";

import type { Prisma } from "~/generated/prisma/client";
import { createTRPCRouter, protectedProcedure } from "~/server/api/trpc";

const orderSelect = {
  id: true,
  status: true,
  totalCents: true,
  createdAt: true,
} satisfies Prisma.OrderSelect;

export const orderRouter = createTRPCRouter({
  listMine: protectedProcedure
    .input(
      z.object({
        limit: z.number().int().min(1).max(50).default(20),
        cursor: z.string().min(1).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const items = await ctx.db.order.findMany({
        where: { userId: ctx.session.user.id },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: input.limit + 1,
        ...(input.cursor ? { cursor: { id: input.cursor } } : {}),
        select: orderSelect,
      });
      const next = items.length > input.limit ? items.pop() : undefined;
      return { items, nextCursor: next?.id ?? null };
    }),

  byId: protectedProcedure
    .input(z.object({ id: z.string().min(1) }))
    .query(async ({ ctx, input }) => {
      const order = await ctx.db.order.findUnique({
        where: { id: input.id },
        select: {
          ...orderSelect,
          userId: true,
          items: { select: { productId: true, quantity: true, unitPriceCents: true } },
        },
      });
      if (!order) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Order not found." });
      }
      if (order.userId !== ctx.session.user.id) {
        throw new TRPCError({ code: "FORBIDDEN", message: "This order is not yours." });
      }
      return order;
    }),

  cancel: protectedProcedure
    .input(z.object({ id: z.string().min(1) }))
    .mutation(async ({ ctx, input }) => {
      const order = await ctx.db.order.findUnique({
        where: { id: input.id },
        select: { userId: true, status: true },
      });
      if (!order) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Order not found." });
      }
      if (order.userId !== ctx.session.user.id) {
        throw new TRPCError({ code: "FORBIDDEN", message: "This order is not yours." });
      }
      if (order.status !== "PENDING") {
        throw new TRPCError({
          code: "CONFLICT",
          message: "Only pending orders can be cancelled.",
        });
      }
      return ctx.db.order.update({
        where: { id: input.id },
        data: { status: "CANCELLED" },
        select: orderSelect,
      });
    }),
});
