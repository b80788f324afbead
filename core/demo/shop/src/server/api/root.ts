import { categoryRouter } from "~/server/api/routers/category";
import { orderRouter } from "~/server/api/routers/order";
import { productRouter } from "~/server/api/routers/product";
import { reviewRouter } from "~/server/api/routers/review";
import { wishlistRouter } from "~/server/api/routers/wishlist";
import { createCallerFactory, createTRPCRouter } from "~/server/api/trpc";

export const appRouter = createTRPCRouter({
  category: categoryRouter,
  order: orderRouter,
  product: productRouter,
  review: reviewRouter,
  wishlist: wishlistRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
