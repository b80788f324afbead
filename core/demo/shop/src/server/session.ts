import type { PrismaClient } from "~/generated/prisma/client";
import type { Session } from "~/server/api/trpc";

/** Reads the bearer token of a request and finds its unexpired session, or null. */
export async function getSession(db: PrismaClient, headers: Headers): Promise<Session | null> {
  const token = headers.get("authorization")?.match(/^Bearer (\S+)$/)?.[1];
  if (!token) return null;
  const session = await db.session.findUnique({
    where: { token, expiresAt: { gt: new Date() } },
    select: { user: { select: { id: true, role: true } } },
  });
  return session;
}
