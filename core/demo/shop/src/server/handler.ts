import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

import { appRouter } from "~/server/api/root";
import { getDb } from "~/server/db";
import { getSession } from "~/server/session";

/** Answers one HTTP request below `/api/trpc`. Any runtime that speaks the Fetch API can mount it. */
export function handler(request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async () => {
      const db = getDb();
      return { db, session: await getSession(db, request.headers) };
    },
  });
}
