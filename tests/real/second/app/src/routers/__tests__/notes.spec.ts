import { prisma } from '../../db'
import { callerOf } from '../../trpc/app-router'

jest.mock('../../db', () => ({
  prisma: {
    note: {
      findMany: jest.fn(),
      findUnique: jest.fn(),
      delete: jest.fn(),
    },
  },
}))

const as = (uid: string | null) => callerOf({ prisma, member: uid ? { uid } : null })

describe('notes', () => {
  beforeEach(() => {
    jest.resetAllMocks()
  })

  describe('pinned', () => {
    test('lists the pinned notes of the member', async () => {
      const rows = [{ id: 7, title: 'Milk' }]
      ;(prisma.note.findMany as jest.Mock).mockResolvedValue(rows)

      const result = await as('member-1').notes.pinned()

      expect(result).toEqual(rows)
      expect(prisma.note.findMany).toHaveBeenCalledWith(
        expect.objectContaining({ where: { authorUid: 'member-1', pinned: true } })
      )
    })

    test('refuses a stranger', async () => {
      await expect(as(null).notes.pinned()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    })
  })

  describe('remove', () => {
    test('removes a note of its author', async () => {
      ;(prisma.note.findUnique as jest.Mock).mockResolvedValue({ authorUid: 'member-1' })
      ;(prisma.note.delete as jest.Mock).mockResolvedValue({ id: 7 })

      const result = await as('member-1').notes.remove({ id: 7 })

      expect(result).toEqual({ id: 7 })
    })

    test('refuses the note of another member', async () => {
      ;(prisma.note.findUnique as jest.Mock).mockResolvedValue({ authorUid: 'member-2' })

      await expect(as('member-1').notes.remove({ id: 7 })).rejects.toMatchObject({ code: 'FORBIDDEN' })
      expect(prisma.note.delete).not.toHaveBeenCalled()
    })
  })
})
