// One run of test files: hot processes take many at a time, isolated ones a file each, as many at once as is allowed.
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { defaultOf } from './stock.mjs'

const DOCBLOCK = /@(?:vitest|jest)-environment\s+([\w-]+)\b/
const OPTIONS = /@(?:vitest|jest)-environment-options\s+(.+?)(?:\*\/)?$/m
const MANY = 8 // test files from which on a second hot process pays

/** Run `specs`, those for which `isHot` holds in hot processes; `reading` hears of it all. */
export async function perform(stock, specs, { isHot, reading, pattern, cancelled }) {
  const work = await grouped(specs, isHot)
  await Promise.all(work.map(({ project, environment, hot, files }) => {
    const queue = [...files]
    const width = Math.min(limit(project), hot ? Math.ceil(files.length / MANY) : files.length)
    const worker = async () => {
      while (queue.length > 0 && !cancelled()) {
        const taken = queue.splice(0, hot ? batch(queue.length, width) : 1)
        const left = await job(stock, project, environment, { files: taken, hot, reading, pattern, cancelled })
        queue.unshift(...left)
      }
    }
    return Promise.all(Array.from({ length: width }, worker))
  }))
}

/** Run `files` in one process; gives those that it did not come to, because another ended it. */
async function job(stock, project, environment, { files, hot, reading, pattern, cancelled }) {
  const proc = await (hot ? stock.hot(project, environment) : stock.isolated(project, environment))
  if (cancelled()) {
    stock.release(proc, project, hot)
    return []
  }
  proc.keep = hot
  let error
  proc.over = stock.run(proc, project, environment, { files, pattern, ear: (base) => reading.ear(base) }).then((ended) => {
    error = ended
    stock.release(proc, project, hot && !ended)
  })
  await proc.over
  if (cancelled()) return []
  if (!error) {
    reading.close(files)
    return []
  }
  reading.fail(error, 'Test Run Error')
  const done = files.filter((path) => reading.knows(path))
  const culprit = reading.underWay(files) ?? files.find((path) => !done.includes(path))
  reading.close([...done, culprit].filter(Boolean))
  return files.filter((path) => path !== culprit && !done.includes(path))
}

/** `specs` by what their process must be: same project, same environment, same kind. */
async function grouped(specs, isHot) {
  const groups = new Map()
  const known = await Promise.all(specs.map(({ project, moduleId }) => environmentOf(project, moduleId)))
  specs.forEach(({ project, moduleId }, index) => {
    const environment = known[index]
    const hot = isHot(moduleId)
    const key = JSON.stringify([[...groups.values()].find((group) => group.project === project)?.number ?? groups.size, environment, hot])
    if (!groups.has(key)) groups.set(key, { number: groups.size, project, environment, hot, files: [] })
    groups.get(key).files.push(moduleId)
  })
  return [...groups.values()]
}

/** The environment a file asks for in its first comment, or else its project's. */
async function environmentOf(project, path) {
  const code = await readFile(path, 'utf8').catch(() => '')
  const name = code.match(DOCBLOCK)?.[1]
  if (!name) return defaultOf(project)
  const options = code.match(OPTIONS)?.[1]
  return { name, options: options ? { [name === 'happy-dom' ? 'happyDOM' : name]: JSON.parse(options) } : null }
}

/** How many files of `project` may run at once: one where the repository says so, for its tests may share a database. */
function limit({ config }) {
  const { poolOptions, maxWorkers, fileParallelism } = config
  if (fileParallelism === false || poolOptions?.forks?.singleFork) return 1
  return Number(poolOptions?.forks?.maxForks ?? maxWorkers) || Math.max(availableParallelism() - 1, 2)
}

/** So many files at once that messages cost little, and so few that no process waits long for another. */
function batch(left, width) {
  return width === 1 ? left : Math.max(1, Math.ceil(left / (2 * width)))
}
