import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import { isPrismaCode } from '../trpc/prisma-errors'
import { authedProcedure, router } from '../trpc/init'

export const notesRouter = router({
  pinned: authedProcedure.query(({ ctx }) =>
    ctx.prisma.note.findMany({
      where: { authorUid: ctx.member.uid, pinned: true },
      orderBy: { writtenAt: 'desc' },
      select: { id: true, title: true },
    })
  ),

  remove: authedProcedure.input(z.object({ id: z.number().int() })).mutation(async ({ ctx, input }) => {
    const note = await ctx.prisma.note.findUnique({ where: { id: input.id }, select: { authorUid: true } })
    if (!note) throw new TRPCError({ code: 'NOT_FOUND', message: 'Note not found' })
    if (note.authorUid !== ctx.member.uid) throw new TRPCError({ code: 'FORBIDDEN', message: 'Not your note' })
    try {
      return await ctx.prisma.note.delete({ where: { id: input.id }, select: { id: true } })
    } catch (e) {
      if (isPrismaCode(e, 'P2025')) throw new TRPCError({ code: 'NOT_FOUND', message: 'Note not found' })
      throw e
    }
  }),
})
