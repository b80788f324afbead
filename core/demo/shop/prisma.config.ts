/** Read by the Prisma CLI only. `prisma generate` works without DATABASE_URL; migrations need it. */
export default {
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
};
