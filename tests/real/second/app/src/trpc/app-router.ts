import { notesRouter } from '../routers/notes.router'
import { projectsRouter } from '../routers/projectsRouter'
import { makeCaller, router } from './init'

export const rootRouter = router({
  notes: notesRouter,
  projects: projectsRouter,
})

export type RootRouter = typeof rootRouter

export const callerOf = makeCaller(rootRouter)
