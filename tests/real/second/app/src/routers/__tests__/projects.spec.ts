import { Prisma } from '../../client/client'
import { prisma } from '../../db'
import { callerOf } from '../../trpc/app-router'

jest.mock('../../db', () => ({
  prisma: {
    project: { findUnique: jest.fn(), create: jest.fn() },
  },
}))

const as = (uid: string | null) => callerOf({ prisma, member: uid ? { uid } : null })

describe('projects', () => {
  beforeEach(() => {
    jest.resetAllMocks()
  })

  describe('bySlug', () => {
    test('finds a project', async () => {
      const row = { id: 'p1', name: 'Garden', slug: 'garden' }
      ;(prisma.project.findUnique as jest.Mock).mockResolvedValue(row)

      expect(await as(null).projects.bySlug({ slug: 'garden' })).toEqual(row)
    })

    test('says so when there is none', async () => {
      ;(prisma.project.findUnique as jest.Mock).mockResolvedValue(null)

      await expect(as(null).projects.bySlug({ slug: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })

  describe('create', () => {
    test('makes the member the lead', async () => {
      const row = { id: 'p1', name: 'Garden', slug: 'garden' }
      ;(prisma.project.create as jest.Mock).mockResolvedValue(row)

      expect(await as('member-1').projects.create({ name: 'Garden', slug: 'garden' })).toEqual(row)
      expect(prisma.project.create).toHaveBeenCalledWith(
        expect.objectContaining({ data: { name: 'Garden', slug: 'garden', leadUid: 'member-1' } })
      )
    })

    test('refuses a slug that is taken', async () => {
      ;(prisma.project.create as jest.Mock).mockRejectedValue(
        new Prisma.PrismaClientKnownRequestError('taken', { code: 'P2002', clientVersion: '7' })
      )

      await expect(as('member-1').projects.create({ name: 'Garden', slug: 'garden' })).rejects.toMatchObject({
        code: 'CONFLICT',
      })
    })
  })
})
