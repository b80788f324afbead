import { Prisma } from '../client/client'

export const isPrismaCode = (e: unknown, code: string): boolean =>
  e instanceof Prisma.PrismaClientKnownRequestError && e.code === code
