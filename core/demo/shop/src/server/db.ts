import { PrismaPg } from "@prisma/adapter-pg";

import { PrismaClient } from "~/generated/prisma/client";

let client: PrismaClient | undefined;

/** The process-wide client. It is made on first use, so importing this module needs no database. */
export function getDb(): PrismaClient {
  if (client) return client;
  const connectionString = process.env.DATABASE_URL;
  if (!connectionString) throw new Error("DATABASE_URL is not set.");
  client = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
  return client;
}
