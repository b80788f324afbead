// The hot Vitest driver of one package: JSON lines in, JSON lines out; the newest run wins.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { emit, end, guard, listen } from './lines.mjs'
import { errorEvents, local, readStacksWith, testEvent } from './entities.mjs'
import { Freshness } from './freshness.mjs'
import { affected, complete, configuration, loaded, needsRestart, packages } from './graph.mjs'
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

async function open() {
  stock = new Stock(output)
  freshness = new Freshness()
  vitest = await createInstance(found, root, stock, reporter, output)
  const specs = await vitest.globTestSpecifications()
  freshness.sweep(watched())
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
  emit({ event: 'ready', version: found.version, root, ms: performance.now() - begun })
  setInterval(() => stock.check(STALL), Math.min(1000, STALL / 3)).unref()
  busy = false
  return next()
}

function receive(request) {
  switch (request.do) {
    case 'run':
    case 'related':
      if (pending) emit({ event: 'cancelled', id: pending.id })
      if (request.do === 'run' && running) cancel()
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
  running = { id: request.id, done: new Set(), counts: { pass: 0, fail: 0, skip: 0, todo: 0 }, cancelled: false, log: '' }
  const changed = await refresh((request.changed ?? []).map((path) => resolve(root, path)))
  const { all, chosen, absent } = await choose(request, changed)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  const names = [...new Set(chosen.map(({ moduleId }) => local(root, moduleId)))]
  if (request.do === 'related') return emit({ event: 'related', id: request.id, files: names, total: all.length })
  emit({ event: 'started', id: request.id, files: [...names, ...absent] })
  for (const file of absent) tell({ event: 'file', file, state: 'fail', errors: [missing(file)] })
  const { unhandled, ms } = await perform(request, chosen)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  finish(request, chosen, { all, unhandled, absent, ms, begun })
}

/** Make the next run see the disk as it is now; returns what changed. */
async function refresh(told) {
  const swept = vitest ? freshness.sweep(watched()) : { changed: [], moved: false }
  const changed = [...new Set([...told, ...swept.changed])]
  if (!vitest || needsRestart(vitest, changed)) {
    await close()
    await open()
    return changed
  }
  const replaced = installed.sweep(packages(vitest, root))
  if (replaced.changed.length > 0) stock.drain()
  const known = new Set(loaded(vitest))
  if (swept.moved || told.some((path) => !known.has(path))) {
    // A file came or went: any import may now resolve to another file.
    for (const { vite } of vitest.projects) for (const { moduleGraph } of Object.values(vite.environments)) moduleGraph.invalidateAll()
    stock.cool()
  }
  for (const path of changed) vitest.invalidateFile(path)
  stock.invalidate(changed)
  return changed
}

async function choose({ do: what, files, affected: narrow }, changed) {
  vitest.clearSpecificationsCache()
  for (const project of vitest.projects) project.testFilesList = null // Vitest 3 keeps its list of test files otherwise
  const all = await vitest.globTestSpecifications()
  if (what === 'related' || narrow) {
    await complete(all)
    return { all, chosen: affected(vitest, all, changed), absent: [] }
  }
  if (!files) return { all, chosen: all, absent: [] }
  const wanted = new Set(files.map((file) => resolve(root, file)))
  const chosen = all.filter(({ moduleId }) => wanted.has(moduleId))
  for (const { moduleId } of chosen) wanted.delete(moduleId)
  return { all, chosen, absent: [...wanted].map((path) => local(root, path)) }
}

async function perform({ mode, name }, specs) {
  const begun = performance.now()
  if (specs.length === 0) return { unhandled: [], ms: 0 }
  stock.begin(mode === 'provisional', specs.length)
  if (running.cancelled) stock.cancel()
  if (name) vitest.setGlobalTestNamePattern(exactly(name))
  try {
    const { unhandledErrors } = await vitest.runTestSpecifications(specs)
    return { unhandled: unhandledErrors, ms: performance.now() - begun }
  } finally {
    if (name) vitest.resetGlobalTestNamePattern()
    setImmediate(() => stock.finish(vitest)) // after the verdict: new processes cost time on the same cores
  }
}

function finish(request, specs, { all, unhandled, absent, ms, begun }) {
  for (const { testModule } of specs) if (testModule && !running.done.has(testModule.moduleId)) tellFile(testModule)
  const { counts } = running
  const { added = 0, updated = 0 } = vitest.snapshot.summary
  const errors = errorEvents(root, unhandled)
  emit({
    event: 'done',
    id: request.id,
    mode: request.mode === 'provisional' ? 'provisional' : 'confirmed',
    ok: counts.fail === 0 && !running.broken && errors.length === 0 && absent.length === 0,
    ms: performance.now() - begun,
    run_ms: ms,
    counts,
    files: specs.length,
    total: all.length,
    unhandled: errors,
    snapshots_written: added + updated,
    log: running.log,
    only: counts.skip > 0 && specs.some(({ moduleId }) => focuses(moduleId)),
  })
}

function cancel() {
  running.cancelled = true
  stock.cancel()
}

function tell(event) {
  if (!running || running.cancelled) return
  if (event.event === 'test') running.counts[event.state] += 1
  if (event.event === 'file' && event.state === 'fail') running.broken = true
  emit({ id: running.id, ...event })
}

function tellFile(module) {
  running?.done.add(module.moduleId)
  const ended = module.state()
  const state = { passed: 'pass', skipped: 'skip' }[ended] ?? 'fail'
  const errors = errorEvents(root, module.errors())
  if (ended === 'queued' || ended === 'pending') errors.push({ name: 'Unfinished', message: 'The file was not finished.' })
  tell({ event: 'file', file: local(root, module.moduleId), state, errors })
}

function missing(file) {
  return { name: 'NotATest', message: `${file} does not exist, or the Vitest configuration does not take it for a test file.` }
}

/** A pattern for one test: Vitest matches names joined with spaces. */
function exactly(name) {
  return new RegExp(`^${name.replaceAll(' > ', ' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
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
