// The hot Vitest driver of one package: JSON lines in, JSON lines out; the newest run wins.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { emit } from './lines.mjs'
import { errorEvents, local } from './entities.mjs'
import { Freshness } from './freshness.mjs'
import { clientOf, closest, complete, configuration, early, holds, invalidate, isGenerated, loaded, packages, reach, resolveAnew } from './graph.mjs'
import { createInstance, findSpecs, findVitest, ordered } from './instance.mjs'
import { Reading } from './reading.mjs'
import { perform } from './round.mjs'
import { Stock } from './stock.mjs'
import { Turns } from './turns.mjs'

const root = process.cwd()
let inherited // our environment before Vite puts the values of environment files in, which would outlive the files

let found // the repository's Vitest
let vitest // its instance; null until made, or when making it failed
let stock
let specs // every test file
let completed // a promise: everything is transformed
const freshness = new Freshness()
const installed = new Freshness() // of packages
let outdated = false // whether its configuration was saved while it was being made
const owed = new Set() // files that changed since a confirmed run took in everything they reach
let judged = new Set() // files that were in a graph when a confirmed run last took in everything
let tree = 0 // how many states of the files have been read

async function open(told = []) {
  freshness.sweep([], told) // before they are read: what is saved meanwhile is found below, or by the next run
  for (const name of Object.keys(process.env)) if (!(name in inherited)) delete process.env[name]
  Object.assign(process.env, inherited)
  vitest = await createInstance(found, root, turns.output)
  specs = await findSpecs(vitest)
  completed = complete(specs)
  stock = new Stock(vitest, found, turns.output, async (project) => {
    await completed.catch(() => {})
    return early(project)
  })
  stock.fill()
  await completed
  // A save during all this may have come before a file was read or after it, and only the latter must be read again.
  const late = noted(freshness.sweep(watched()))
  outdated = holds(vitest, late.changed) // for the next run: one that writes it would be made for ever
  if (judged.size === 0) judged = new Set(loaded(vitest))
  await renew(late)
  stock.fill()
}

/** What a look at the files found: from now on every run owes it to the tests that it reaches. */
function noted({ changed, moved }) {
  for (const path of changed) owed.add(path)
  if (moved || changed.length > 0) tree += 1
  return { changed, moved }
}

function watched() {
  return [...loaded(vitest), ...configuration(vitest)]
}

async function close() {
  stock?.close()
  const old = vitest
  vitest = null
  await old?.close()
}

async function serve(request) {
  const begun = performance.now()
  const running = turns.begin(request)
  const told = request.changed.map((path) => resolve(root, path))
  await refresh(told, request)
  const changed = [...new Set([...told, ...owed])]
  const { chosen, absent, all } = await choose(request, changed)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  emit({ event: 'started', id: request.id, files: [...new Set(chosen.map(({ moduleId }) => local(root, moduleId))), ...absent] })
  turns.absent(absent)
  const reading = await run(request, chosen, changed)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  if (request.mode === 'confirmed' && (request.affected || !request.files) && !request.name) {
    owed.clear()
    judged = new Set(loaded(vitest))
  }
  finish(request, chosen, { all, reading, begun })
}

/** Make the next run see the disk as it is now. What the last run saw already costs nothing, also when we are told again. */
async function refresh(told, { trigger }) {
  const seen = noted(vitest ? freshness.sweep(watched(), told) : { changed: told, moved: false })
  const restarts = trigger === 'restart' && seen.changed.some((path) => told.includes(path))
  if (!vitest || outdated || restarts || holds(vitest, seen.changed)) {
    await close()
    return open(told)
  }
  await renew(seen)
}

/** Have what `changed` read anew, and where files came or went (`moved`) everything that may now mean another. */
async function renew({ changed, moved }) {
  const replaced = installed.sweep(packages(vitest, root)).changed
  const generated = changed.some(isGenerated)
  invalidate(vitest, [...changed, ...replaced])
  const known = new Set(loaded(vitest))
  const other = []
  if (moved || changed.some((path) => !known.has(path))) {
    specs = await findSpecs(vitest)
    other.push(...(await resolveAnew(vitest, specs)))
  }
  if (replaced.length > 0 || generated || other.some(isGenerated)) stock.drain()
  stock.invalidate([...changed, ...other])
}

/** The specifications to run: those of `files` and, where only the affected are wanted, those that `changed` reaches. */
async function choose({ files, affected, trigger, mode }, changed) {
  const wanted = new Set(files?.map((file) => resolve(root, file)))
  if (mode === 'confirmed' || !files || [...wanted].some((path) => specs.every(({ moduleId }) => moduleId !== path))) specs = await findSpecs(vitest)
  const named = specs.filter(({ moduleId }) => wanted.has(moduleId))
  for (const { moduleId } of named) wanted.delete(moduleId)
  const absent = [...wanted].map((path) => local(root, path))
  if (!affected) return { chosen: files ? named : specs, absent, all: '' }
  const { found: reached, all } = await affectedBy(changed, trigger)
  const chosen = new Set([...named, ...specs.filter(({ moduleId }) => reached.has(moduleId))])
  return { chosen: [...chosen], absent, all }
}

/** What a change reaches, by the graph as it is now. */
async function affectedBy(changed, trigger) {
  if (trigger === 'none') return { found: new Map(), all: '' }
  await complete(specs)
  if (trigger === 'graph' || trigger === undefined) return reach(vitest, specs, changed, judged)
  return { found: new Map(specs.map(({ moduleId }) => [moduleId, { reason: 'every test may read what changed', chain: [] }])), all: '' }
}

/** Run `chosen` and read what it says. */
async function run({ mode, name, isolated = [] }, chosen, changed) {
  const pattern = name ? new RegExp(name) : undefined
  const reading = new Reading(root, { tell: (event) => turns.tell(event), print: turns.output, pattern })
  const apart = new Set(isolated.map((file) => resolve(root, file)))
  const isHot = (path) => mode === 'provisional' && !apart.has(path)
  const entry = turns.running
  vitest.snapshot.clear()
  if (chosen.length > 0) {
    const before = JSON.stringify(process.env)
    await vitest.initializeGlobalSetup?.(chosen.map(({ spec }) => spec))
    if (JSON.stringify(process.env) !== before) stock.drain() // those that wait have the environment of before
    const inOrder = await ordered(vitest, chosen, closest(chosen, changed))
    // Vitest joins names with a space, and we with an arrow.
    const within = name && new RegExp(name.replaceAll(/\\? \\?>\\? /g, ' (?:> )?'))
    await perform(stock, inOrder, { isHot, reading, pattern: within, cancelled: () => entry.cancelled })
  }
  if (mode === 'confirmed') setImmediate(() => stock?.fill(chosen.length)) // after the verdict: they cost time on the same cores
  return reading
}

function finish({ id }, chosen, { all, reading, begun }) {
  const { added = 0, updated = 0, unchecked = 0 } = vitest.snapshot.summary
  emit({
    event: 'done',
    id,
    ms: performance.now() - begun,
    total: new Set(specs.map(({ moduleId }) => moduleId)).size,
    unhandled: errorEvents(root, reading.unhandled),
    snapshots_written: added + updated,
    snapshots_obsolete: unchecked,
    log: turns.running.log,
    only: reading.skipped > 0 && chosen.some(({ moduleId }) => focuses(moduleId)),
    why_all: all,
    tree,
  })
}

/** What a change would run, without running it. */
async function explain({ id, changed, trigger }) {
  const told = changed.map((path) => resolve(root, path))
  if (!vitest) await open()
  specs = await findSpecs(vitest)
  const { found: reached } = await affectedBy(told, trigger)
  const files = [...reached].map(([path, { reason, chain }]) => ({ file: local(root, path), reason, chain: chain.map((one) => local(root, one)) }))
  emit({ event: 'why', id, total: new Set(specs.map(({ moduleId }) => moduleId)).size, files })
}

function focuses(path) {
  try {
    return /(?:\.|\[\s*["'`])only\b/.test(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
}

const turns = new Turns('Vitest', {
  async open() {
    inherited = { ...process.env }
    installed.sweep([clientOf(root)]) // absent or not, it is known from now on
    found = await findVitest(root)
    await open()
    return found.version
  },
  serve,
  explain,
  close,
  cancel: () => stock?.cancel(),
  check: (silent) => stock?.check(silent),
})
await turns.start()
