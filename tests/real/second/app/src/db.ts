import { PrismaClient } from './client/client'

declare const adapter: never

export const prisma = new PrismaClient({ adapter })
