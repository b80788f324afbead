import { type Mock, vi } from "vitest";

import { Prisma, type PrismaClient } from "~/generated/prisma/client";
import { createCaller } from "~/server/api/root";
import type { Session } from "~/server/api/trpc";

const operations = [
  "findUnique",
  "findFirst",
  "findMany",
  "count",
  "create",
  "update",
  "updateMany",
  "upsert",
  "delete",
  "deleteMany",
] as const;

type Operation = (typeof operations)[number];
type MockModel = Record<Operation, Mock<(args?: unknown) => Promise<unknown>>>;
export type MockDb = Record<Uncapitalize<Prisma.ModelName>, MockModel>;

/** A database whose every call is refused until a test says what it answers. */
export function createMockDb(): MockDb {
  const models = Object.values(Prisma.ModelName).map((name) => {
    const key = name.charAt(0).toLowerCase() + name.slice(1);
    const calls = operations.map((operation) => [
      operation,
      vi.fn(async () => {
        throw new Error(`Mock not set: db.${key}.${operation}`);
      }),
    ]);
    return [key, Object.fromEntries(calls)];
  });
  return Object.fromEntries(models) as MockDb;
}

export const customerSession: Session = { user: { id: "user_1", role: "CUSTOMER" } };
export const adminSession: Session = { user: { id: "admin_1", role: "ADMIN" } };

/** Calls the application router in-process, as the given user, against the given database. */
export function createTestCaller(options: { session: Session | null; db: MockDb }) {
  return createCaller({
    session: options.session,
    db: options.db as unknown as PrismaClient,
  });
}

/** The error Prisma throws for a failed query, e.g. `P2002` for a violated unique constraint. */
export function prismaError(code: string) {
  return new Prisma.PrismaClientKnownRequestError(`Prisma failed with ${code}`, {
    code,
    clientVersion: Prisma.prismaVersion.client,
  });
}
