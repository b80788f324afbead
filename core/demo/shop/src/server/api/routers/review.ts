import { TRPCError } from "@trpc/server";
import { z } from "zod";

import { Prisma } from "~/generated/prisma/client";
import { createTRPCRouter, protectedProcedure, publicProcedure } from "~/server/api/trpc";

const reviewSelect = {
  id: true,
  productId: true,
  rating: true,
  body: true,
  createdAt: true,
} satisfies Prisma.ReviewSelect;

export const reviewRouter = createTRPCRouter({
  listByProduct: publicProcedure
    .input(
      z.object({
        productId: z.string().min(1),
        limit: z.number().int().min(1).max(100).default(20),
        cursor: z.string().min(1).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const items = await ctx.db.review.findMany({
        where: { productId: input.productId },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: input.limit + 1,
        ...(input.cursor ? { cursor: { id: input.cursor } } : {}),
        select: reviewSelect,
      });
      const next = items.length > input.limit ? items.pop() : undefined;
      return { items, nextCursor: next?.id ?? null };
    }),

  create: protectedProcedure
    .input(
      z.object({
        productId: z.string().min(1),
        rating: z.number().int().min(1).max(5),
        body: z.string().trim().max(2000).default(""),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      try {
        return await ctx.db.review.create({
          data: {
            userId: ctx.session.user.id,
            productId: input.productId,
            rating: input.rating,
            body: input.body,
          },
          select: reviewSelect,
        });
      } catch (error) {
        if (error instanceof Prisma.PrismaClientKnownRequestError) {
          if (error.code === "P2002") {
            throw new TRPCError({
              code: "CONFLICT",
              message: "You have already reviewed this product.",
              cause: error,
            });
          }
          if (error.code === "P2003" || error.code === "P2025") {
            throw new TRPCError({
              code: "NOT_FOUND",
              message: "Product not found.",
              cause: error,
            });
          }
        }
        throw error;
      }
    }),

  delete: protectedProcedure
    .input(z.object({ id: z.string().min(1) }))
    .mutation(async ({ ctx, input }) => {
      const review = await ctx.db.review.findUnique({
        where: { id: input.id },
        select: { userId: true },
      });
      if (!review) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Review not found." });
      }
      if (review.userId !== ctx.session.user.id) {
        throw new TRPCError({ code: "FORBIDDEN", message: "This review is not yours." });
      }
      return ctx.db.review.delete({
        where: { id: input.id },
        select: { id: true },
      });
    }),
});
