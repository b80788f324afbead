import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import { isPrismaCode } from '../trpc/prisma-errors'
import { authedProcedure, openProcedure, router } from '../trpc/init'

export const projectsRouter = router({
  bySlug: openProcedure.input(z.object({ slug: z.string() })).query(async ({ ctx, input }) => {
    const project = await ctx.prisma.project.findUnique({
      where: { slug: input.slug },
      select: { id: true, name: true, slug: true },
    })
    if (!project) throw new TRPCError({ code: 'NOT_FOUND', message: 'Project not found' })
    return project
  }),

  create: authedProcedure
    .input(z.object({ name: z.string(), slug: z.string() }))
    .mutation(async ({ ctx, input }) => {
      try {
        return await ctx.prisma.project.create({
          data: { name: input.name, slug: input.slug, leadUid: ctx.member.uid },
          select: { id: true, name: true, slug: true },
        })
      } catch (e) {
        if (isPrismaCode(e, 'P2002')) throw new TRPCError({ code: 'CONFLICT', message: 'Slug is taken' })
        throw e
      }
    }),
})
