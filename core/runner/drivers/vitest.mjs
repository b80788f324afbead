// The hot Vitest driver of one package: JSON lines in, JSON lines out; the newest run wins.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { emit, end, guard, listen } from './lines.mjs'
import { errorEvents, local, readStacksWith, testEvent } from './entities.mjs'
import { Freshness } from './freshness.mjs'
import { affected, closest, complete, configuration, loaded, needsRestart, packages } from './graph.mjs'
import { createInstance, findVitest, Trouble } from './instance.mjs'
import { Stock } from './stock.mjs'

const LOG = 65_536 // characters of printed output in a report
const STALL = Number(process.env.BEAI_STALL_MS ?? 15_000)
delete process.env.BEAI_STALL_MS
const root = process.cwd()

let found // the repository's Vitest
let vitest // its instance; null until made, or when making it failed
let stock
let freshness
let installed // the freshness of packages
const owed = new Set() // files that changed since a confirmed run took in everything they reach
let first = new Set() // test files that start before the others
let running = null // the run under way, and what is known of it
let pending = null // the newest request that waits for it
let busy = false

const reporter = {
  onUserConsoleLog: ({ content }) => output(content),
  onTestCaseResult: (test) => tell({ event: 'test', ...testEvent(root, test) }),
  onTestModuleEnd: (module) => tellFile(module),
}

function output(chunk) {
  process.stderr.write(chunk)
  if (running) running.log = (running.log + chunk).slice(-LOG)
}

async function open(told = []) {
  stock = new Stock(output)
  freshness = new Freshness()
  freshness.sweep([], told) // before they are read: what is saved meanwhile is seen by the next run
  vitest = await createInstance(found, root, stock, reporter, output, () => first)
  const specs = await vitest.globTestSpecifications()
  freshness.sweep(watched().filter((path) => !told.includes(path)))
  installed = new Freshness()
  installed.sweep(packages(vitest, root))
  await rehearse(specs)
}

function watched() {
  return [...loaded(vitest), ...configuration(vitest)]
}

/** Warm what the first run will need. */
async function rehearse(specs) {
  const first = [...new Map(specs.map((spec) => [spec.project, spec])).values()]
  if (first.length === 0) return
  stock.rehearse()
  await vitest.runTestSpecifications(first)
  stock.finish(vitest)
  complete(specs).catch(() => {}) // what cannot be transformed is reported by the run
}

async function close() {
  stock?.close()
  const old = vitest
  vitest = null
  await old?.close()
}

async function main() {
  const begun = performance.now()
  guard()
  listen(receive)
  busy = true
  try {
    found = await findVitest(root)
    readStacksWith(found.stacks)
    await open()
  } catch (error) {
    fault(null, error)
    return setTimeout(end, 50)
  }
  emit({ event: 'ready', version: found.version, ms: performance.now() - begun })
  setInterval(() => stock.check(STALL), Math.min(1000, STALL / 3)).unref()
  busy = false
  return next()
}

function receive(request) {
  switch (request.do) {
    case 'run':
      if (pending) emit({ event: 'cancelled', id: pending.id })
      if (running) cancel()
      pending = request
      return void next()
    case 'cancel':
      if (pending?.id === request.id) {
        pending = null
        emit({ event: 'cancelled', id: request.id })
      } else if (running?.id === request.id) cancel()
      return
    case 'quit':
      setTimeout(end, 3000)
      return void close().finally(end)
    default:
      emit({ event: 'fault', id: request.id, kind: 'protocol', message: 'An unknown request.' })
  }
}

async function next() {
  if (busy || !pending) return
  busy = true
  const request = pending
  pending = null
  try {
    await serve(request)
  } catch (error) {
    fault(request.id, error)
  }
  running = null
  busy = false
  next()
}

async function serve(request) {
  const begun = performance.now()
  running = { id: request.id, done: new Set(), skipped: 0, cancelled: false, log: '' }
  const told = request.changed.map((path) => resolve(root, path))
  await refresh(told)
  const changed = [...new Set([...told, ...owed])]
  const { all, chosen, absent } = await choose(request, changed)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  first = closest(chosen, changed)
  const names = [...new Set(chosen.map(({ moduleId }) => local(root, moduleId)))]
  emit({ event: 'started', id: request.id, files: [...names, ...absent] })
  for (const file of absent) tell({ event: 'file', file, errors: [missing(file)] })
  const unhandled = await perform(request, chosen)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  if (request.mode === 'confirmed' && (request.affected || !request.files)) owed.clear()
  finish(request, chosen, { all, unhandled, begun })
}

/** Make the next run see the disk as it is now. What the last run saw already costs nothing, also when we are told again. */
async function refresh(told) {
  const { changed, moved } = vitest ? freshness.sweep(watched(), told) : { changed: told, moved: false }
  for (const path of changed) owed.add(path)
  if (!vitest || needsRestart(vitest, changed)) {
    await close()
    await open(told)
    return
  }
  const replaced = installed.sweep(packages(vitest, root))
  if (replaced.changed.length > 0) stock.drain()
  const known = new Set(loaded(vitest))
  if (moved || changed.some((path) => !known.has(path))) {
    // A file came or went: any import may now resolve to another file.
    for (const { vite } of vitest.projects) for (const { moduleGraph } of Object.values(vite.environments)) moduleGraph.invalidateAll()
    stock.cool()
  }
  for (const path of changed) vitest.invalidateFile(path)
  stock.invalidate(changed)
}

/** The specifications to run: those of `files` and, where only the affected are wanted, those that `changed` reaches. */
async function choose({ files, affected: narrow }, changed) {
  vitest.clearSpecificationsCache()
  for (const project of vitest.projects) project.testFilesList = null // Vitest 3 keeps its list of test files otherwise
  const all = await vitest.globTestSpecifications()
  const wanted = new Set(files?.map((file) => resolve(root, file)))
  const chosen = new Set(all.filter(({ moduleId }) => wanted.has(moduleId)))
  for (const { moduleId } of chosen) wanted.delete(moduleId)
  if (narrow) {
    await complete(all)
    for (const spec of affected(vitest, all, changed)) chosen.add(spec)
  }
  const everything = !files && !narrow
  return { all, chosen: everything ? all : [...chosen], absent: [...wanted].map((path) => local(root, path)) }
}

/** Run `specs`; returns the errors that no test owns. */
async function perform({ mode }, specs) {
  if (specs.length === 0) return []
  stock.begin(mode === 'provisional', specs.length)
  if (running.cancelled) stock.cancel()
  try {
    const { unhandledErrors } = await vitest.runTestSpecifications(specs)
    return unhandledErrors
  } finally {
    setImmediate(() => stock.finish(vitest)) // after the verdict: new processes cost time on the same cores
  }
}

function finish({ id }, specs, { all, unhandled, begun }) {
  for (const { testModule } of specs) if (testModule && !running.done.has(testModule.moduleId)) tellFile(testModule)
  const { added = 0, updated = 0 } = vitest.snapshot.summary
  emit({
    event: 'done',
    id,
    ms: performance.now() - begun,
    total: all.length,
    unhandled: errorEvents(root, unhandled),
    snapshots_written: added + updated,
    log: running.log,
    only: running.skipped > 0 && specs.some(({ moduleId }) => focuses(moduleId)),
  })
}

function cancel() {
  running.cancelled = true
  stock.cancel()
}

function tell(event) {
  if (!running || running.cancelled) return
  if (event.state === 'skip') running.skipped += 1
  emit({ id: running.id, ...event })
}

function tellFile(module) {
  running?.done.add(module.moduleId)
  const ended = module.state()
  const errors = errorEvents(root, module.errors())
  if (ended === 'queued' || ended === 'pending') errors.push({ name: 'Unfinished', message: 'The file was not finished.' })
  tell({ event: 'file', file: local(root, module.moduleId), errors })
}

function missing(file) {
  return { name: 'NotATest', message: `${file} does not exist, or the Vitest configuration does not take it for a test file.` }
}

function focuses(path) {
  try {
    return /(?:\.|\[\s*["'`])only\b/.test(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
}

function fault(id, error) {
  const kind = error instanceof Trouble ? error.kind : 'internal'
  emit({ event: 'fault', id, kind, message: String(error?.message ?? error).slice(0, 16_384) })
}

process.on('uncaughtException', (error) => fault(running?.id ?? null, error))
process.on('unhandledRejection', (error) => fault(running?.id ?? null, error))
await main()
