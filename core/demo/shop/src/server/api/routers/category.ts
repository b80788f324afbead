import { TRPCError } from "@trpc/server";
import { z } from "zod";

import { Prisma } from "~/generated/prisma/client";
import { adminProcedure, createTRPCRouter, publicProcedure } from "~/server/api/trpc";

const categorySelect = {
  id: true,
  name: true,
  slug: true,
} satisfies Prisma.CategorySelect;

const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(80);

export const categoryRouter = createTRPCRouter({
  list: publicProcedure.query(({ ctx }) => {
    return ctx.db.category.findMany({
      orderBy: { name: "asc" },
      select: categorySelect,
    });
  }),

  bySlug: publicProcedure
    .input(z.object({ slug }))
    .query(async ({ ctx, input }) => {
      const category = await ctx.db.category.findUnique({
        where: { slug: input.slug },
        select: categorySelect,
      });
      if (!category) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Category not found." });
      }
      return category;
    }),

  create: adminProcedure
    .input(z.object({ name: z.string().trim().min(1).max(80), slug }))
    .mutation(async ({ ctx, input }) => {
      try {
        return await ctx.db.category.create({
          data: { name: input.name, slug: input.slug },
          select: categorySelect,
        });
      } catch (error) {
        if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") {
          throw new TRPCError({
            code: "CONFLICT",
            message: "A category with this slug already exists.",
            cause: error,
          });
        }
        throw error;
      }
    }),

  rename: adminProcedure
    .input(z.object({ id: z.string().min(1), name: z.string().trim().min(1).max(80) }))
    .mutation(async ({ ctx, input }) => {
      try {
        return await ctx.db.category.update({
          where: { id: input.id },
          data: { name: input.name },
          select: categorySelect,
        });
      } catch (error) {
        if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2025") {
          throw new TRPCError({
            code: "NOT_FOUND",
            message: "Category not found.",
            cause: error,
          });
        }
        throw error;
      }
    }),
});
