import { initTRPC, TRPCError } from "@trpc/server";
import { ZodError } from "zod";

import type { PrismaClient, Role } from "~/generated/prisma/client";

export interface Session {
  user: { id: string; role: Role };
}

export interface Context {
  db: PrismaClient;
  session: Session | null;
}

const t = initTRPC.context<Context>().create({
  errorFormatter({ shape, error }) {
    return {
      ...shape,
      data: {
        ...shape.data,
        issues: error.cause instanceof ZodError ? error.cause.issues : null,
      },
    };
  },
});

export const createTRPCRouter = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Anyone may call it. */
export const publicProcedure = t.procedure;

/** Only signed-in users may call it; `ctx.session` is never null behind it. */
export const protectedProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.session) {
    throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in first." });
  }
  return next({ ctx: { ...ctx, session: ctx.session } });
});

/** Only administrators may call it. */
export const adminProcedure = protectedProcedure.use(({ ctx, next }) => {
  if (ctx.session.user.role !== "ADMIN") {
    throw new TRPCError({ code: "FORBIDDEN", message: "Administrators only." });
  }
  return next({ ctx });
});
