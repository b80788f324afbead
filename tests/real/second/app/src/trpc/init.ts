import { initTRPC, TRPCError } from '@trpc/server'
import type { PrismaClient } from '../client/client'

export type Context = {
  prisma: PrismaClient
  member: { uid: string } | null
}

const t = initTRPC.context<Context>().create()

const signedIn = t.middleware(({ ctx, next }) => {
  if (!ctx.member) throw new TRPCError({ code: 'UNAUTHORIZED' })
  return next({ ctx: { ...ctx, member: ctx.member } })
})

export const router = t.router
export const makeCaller = t.createCallerFactory
export const openProcedure = t.procedure
export const authedProcedure = t.procedure.use(signedIn)
