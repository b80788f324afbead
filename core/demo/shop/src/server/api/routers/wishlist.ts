import { TRPCError } from "@trpc/server";
import { z } from "zod";

import { createTRPCRouter, protectedProcedure } from "~/server/api/trpc";

export const wishlistRouter = createTRPCRouter({
  count: protectedProcedure.query(({ ctx }) => {
    return ctx.db.wishlistItem.count({
      where: { userId: ctx.session.user.id },
    });
  }),

  removeItem: protectedProcedure
    .input(z.object({ id: z.string().min(1) }))
    .mutation(async ({ ctx, input }) => {
      const item = await ctx.db.wishlistItem.findUnique({
        where: { id: input.id },
        select: { userId: true },
      });
      if (!item) {
        throw new TRPCError({ code: "NOT_FOUND", message: "Wishlist item not found." });
      }
      if (item.userId !== ctx.session.user.id) {
        throw new TRPCError({ code: "FORBIDDEN", message: "This wishlist item is not yours." });
      }
      return ctx.db.wishlistItem.delete({
        where: { id: input.id },
        select: { id: true },
      });
    }),
});
