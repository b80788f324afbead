// The hot Jest driver of one package: JSON lines in, JSON lines out; the newest run wins.
import { existsSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { Freshness } from './freshness.mjs'
import { Choice } from './jest_choice.mjs'
import { local } from './jest_errors.mjs'
import { Graph } from './jest_graph.mjs'
import { findJest, forget, globally, guessed, openProject, readConfiguration } from './jest_project.mjs'
import { Stock } from './jest_stock.mjs'
import { emit } from './lines.mjs'
import { Turns } from './turns.mjs'

const root = process.cwd()
let inherited // our environment before a global setup changes it

let jest // the repository's Jest
let opened = null // its configuration, projects and processes; null until read, or when reading failed
let freshness
let outdated = false // whether what it holds was saved while it was being read
const owed = new Set() // files that changed since a confirmed run took in everything they reach
let tree = 0 // how many states of the files have been read

/** Read the configuration and the files of every project, and make processes ready. */
async function open() {
  for (const name of Object.keys(process.env)) if (!(name in inherited)) delete process.env[name]
  Object.assign(process.env, inherited)
  const read = await readConfiguration(jest, root)
  await globally(jest, read, 'globalSetup')
  const stock = new Stock(turns.output, root, jest, read)
  opened = { ...read, stock, projects: [], known: new Map() }
  await look()
  stock.prepare(newest(opened.projects).map(tasked), [])
}

/** See which files there are. */
async function look() {
  const before = opened.projects
  const found = await Promise.all(opened.configs.map((config) => openProject(jest, config)))
  if (before.length > 0 && found.every(({ files }, at) => same(files, before[at].files))) return
  opened.projects = found
  opened.projects.forEach((project, at) => {
    project.graph = new Graph(jest, project)
    project.graph.inherit(before[at]?.graph)
  })
  jest.Resolver.clearDefaultResolverCache()
  opened.stock.resolve(opened.projects.map(({ map }) => map))
}

function same(one, other) {
  return one.size === other.size && [...one].every((path) => other.has(path))
}

async function close() {
  const old = opened
  opened = null
  old?.stock.close()
  if (old) await globally(jest, old, 'globalTeardown').catch((error) => turns.output(`${error?.message ?? error}\n`))
}

async function serve(request) {
  const begun = performance.now()
  const running = turns.begin(request, { unhandled: [], written: 0, obsolete: 0, skipped: 0, focused: false })
  const told = request.changed.map((path) => resolve(root, path))
  const { changed } = await refresh(request, told)
  const choice = new Choice(root, opened, request, [...new Set([...told, ...changed, ...owed])])
  for (const path of [...told, ...changed]) owed.add(path)
  if (running.cancelled) return emit({ event: 'cancelled', id: request.id })
  emit({ event: 'started', id: request.id, files: [...choice.names(), ...choice.absent] })
  turns.absent(choice.absent)
  const tasks = choice.tests.map((test) => tasked(test, request.name))
  await perform(tasks, request)
  if (running.cancelled) emit({ event: 'cancelled', id: request.id })
  else {
    if (request.mode === 'confirmed' && (request.affected || !request.files) && !request.name) owed.clear()
    finish(request, choice, begun)
  }
  setImmediate(() => ready(tasks)) // after the verdict: new processes cost time on the same cores
}

/** Run what may run hot, then what must not: the files of a confirmed run, and those that were seen to leak. */
async function perform(tasks, { mode, isolated }) {
  const alone = new Set(isolated?.map((path) => resolve(root, path)))
  const cold = ({ path }) => mode !== 'provisional' || alone.has(path)
  await opened.stock.run(tasks.filter((task) => !cold(task)), true, hear)
  if (!turns.running.cancelled) await opened.stock.run(tasks.filter(cold), false, hear)
}

/** A test file of a project as a process takes it. */
function tasked({ project, path }, name = '') {
  return { path, project, order: { project: project.id, path, name } }
}

function ready(tasks) {
  if (!opened || turns.running) return
  const files = tasks[0] ? (opened.known.get(tasks[0].path) ?? []) : []
  opened.stock.prepare(tasks, files)
}

/** Make the next run see the disk as it is now: what changed beside what we were `told`. */
async function refresh({ trigger, files, affected }, told) {
  const { changed, moved } = freshness.sweep(watched(), told)
  if (moved || changed.length > 0) tree += 1
  const own = held()
  if (!opened || outdated || trigger === 'restart' || changed.some((path) => own.has(path))) {
    const all = [...new Set([...changed, ...told])]
    await close()
    forget()
    jest = findJest(root)
    await open()
    await studied(all)
    return { changed: all }
  }
  if (trigger === 'all' && told.some((path) => path.includes('/node_modules/'))) opened.stock.drain()
  const strange = (path) => !existsSync(path) || !opened.projects.some((project) => project.files.has(path) || project.graph.has(path))
  const whole = !files && !affected
  const unseen = (files ?? []).some((file) => existsSync(resolve(root, file)) && !opened.projects.some(({ tests }) => tests.has(resolve(root, file))))
  if (moved || whole || unseen || changed.some(strange)) await look()
  await studied(changed)
  return { changed }
}

/** Let every graph read what changed; from now on its files are watched. */
async function studied(changed) {
  for (const { graph } of opened.projects) await graph.update(changed)
  const late = freshness.sweep(watched())
  for (const path of late.changed) owed.add(path)
  const own = held()
  outdated = late.changed.some((path) => own.has(path)) // for the next run: a setup that writes it would run for ever
  if (late.moved) await look()
  if (late.moved || late.changed.length > 0) for (const { graph } of opened.projects) await graph.update(late.changed)
}

/** The files that Jest itself has read or loaded: a change of them needs all of it anew. */
function held() {
  const files = new Set(opened?.files)
  for (const { graph, held: roots } of opened?.projects ?? []) for (const path of roots) for (const file of graph.below(path)) files.add(file)
  return files
}

function watched() {
  return opened ? [...held(), ...opened.projects.flatMap(({ graph }) => graph.files())] : []
}

/** What one test process says of one test file. */
function hear(message, { path }) {
  const { running } = turns
  const file = local(root, path)
  switch (message.event) {
    case 'test':
      turns.output(message.log)
      return tell(message)
    case 'file':
      running.unhandled.push(...message.unhandled)
      running.written += message.written
      running.obsolete += message.obsolete
      running.focused ||= message.focused
      opened?.known.set(path, message.loaded)
      for (const { graph } of opened?.projects ?? []) graph.learn(path, message.loaded.filter((each) => !each.includes(`${sep}node_modules${sep}`)))
      turns.output(message.log)
      return tell({ event: 'file', file, errors: message.errors, log: message.log })
    case 'lost':
      running.unhandled.push({ name: 'WorkerError', message: message.message, file })
      return tell({ event: 'file', file, errors: [{ name: 'Unfinished', message: 'The file was not finished.' }] })
  }
}

function finish({ id }, choice, begun) {
  const { running } = turns
  emit({
    event: 'done',
    id,
    ms: performance.now() - begun,
    total: choice.total,
    unhandled: running.unhandled,
    snapshots_written: running.written,
    snapshots_obsolete: running.obsolete,
    only: running.focused && running.skipped > 0,
    log: running.log,
    why_all: choice.whyAll,
    tree,
  })
}

/** What a change would run, without running it. */
async function explain(request) {
  const told = request.changed.map((path) => resolve(root, path))
  const asked = { ...request, files: [], affected: true }
  if (!opened) await refresh({ ...asked, trigger: 'restart' }, [])
  if (told.some((path) => existsSync(path) && !opened.projects.some(({ files }) => files.has(path))) && request.trigger === 'graph') await look()
  for (const { graph } of opened.projects) await graph.update(told)
  const choice = new Choice(root, opened, asked, told)
  emit({ event: 'why', id: request.id, total: choice.total, files: choice.explained() })
}

function tell(event) {
  if (turns.running && event.state === 'skip') turns.running.skipped += 1
  turns.tell(event)
}

/** The test files that a person probably works on: the latest written. */
function newest(projects) {
  const all = projects.flatMap((project) => [...project.tests].map((path) => ({ project, path, at: statSync(path).mtimeMs })))
  return all.sort((one, other) => other.at - one.at).slice(0, 2)
}

const turns = new Turns('Jest', {
  async open() {
    inherited = { ...process.env }
    jest = findJest(root)
    freshness = new Freshness()
    freshness.sweep(guessed(root)) // before anything is read: what is saved meanwhile is seen by the next run
    await open()
    await studied([])
    return jest.version
  },
  serve,
  explain,
  close,
  cancel: () => opened?.stock.cancel(),
  check: (silent) => opened?.stock.check(silent),
})
await turns.start()
