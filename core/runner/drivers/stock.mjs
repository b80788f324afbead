// Test processes that wait, warmed, for work: isolated ones serve one test file and go, hot ones outlive runs.
import { totalmem } from 'node:os'
import { Proc } from './process.mjs'
import { configured, ours, speechOf } from './speech.mjs'

const SPARE = 2 // isolated processes that wait at least for each project
// And at most: a process that waits holds about 128 MiB, and all of them may hold a 24th of the memory.
const MOST = Math.max(SPARE, Math.min(12, Math.floor(totalmem() / 24 / 2 ** 27)))
const HOT = 2 // hot processes kept for each project
const FILES = 300 // test files after which a hot process is replaced in any case
const FILES_UNTOLD = 15 // and where nobody tells how many mocks it holds: Vitest resets all it ever made before each test
const MOCKS = 4_000
const RSS = 640 * 2 ** 20 // bytes
const GRACE = 60 // ms a hot process gets to end a run that nobody waits for any more
const IDLE = 300_000 // ms without a test beginning or ending: something waits for what never comes

/** Every test process of one Vitest instance. `early` gives what a process may load ahead of its first file. */
export class Stock {
  #vitest
  #speech
  #output
  #early
  #methods = new Map() // project → answers to its processes
  #ready = new Map() // project → isolated processes waiting
  #hot = new Map() // project → hot processes between runs
  #working = new Set()
  #slots = new Set()
  #create

  constructor(vitest, { api, major }, output, early) {
    this.#vitest = vitest
    this.#speech = speechOf(major)
    this.#output = output
    this.#early = early
    // A process would keep for good what it is told is warm.
    this.#create = (project) => ({ ...api.createMethodsRPC(project, { cacheFs: true }), fetchWarmModules: () => null })
  }

  /** Answers to the questions of a process of `project`. */
  methods(project) {
    if (!this.#methods.has(project)) this.#methods.set(project, this.#create(project))
    return this.#methods.get(project)
  }

  /** A process of `project` for one test file; `environment` is where its tests run. */
  async isolated(project, environment) {
    const proc = this.#waiting(project, environment) ?? this.#new(project, environment)
    this.#working.add(proc)
    await proc.warm
    return proc
  }

  /** A process of `project` that has run tests before, if there is one. */
  async hot(project, environment) {
    const key = keyOf(environment)
    const idle = (this.#hot.get(project) ?? []).filter((proc) => !proc.gone)
    const proc = idle.find((one) => one.environment === key) ?? this.#waiting(project, environment) ?? this.#new(project, environment)
    this.#hot.set(project, idle.filter((one) => one !== proc))
    this.#working.add(proc)
    await proc.warm
    return proc
  }

  /** Have `proc` run `files`; gives the error that ended it, if one did. */
  async run(proc, project, environment, { files, pattern, ear }) {
    const stale = [...proc.stale]
    proc.stale.clear()
    const config = configured(this.#speech, project, pattern)
    const providedContext = project.getProvidedContext()
    const message = this.#speech.run({ files, stale, config, environment, providedContext, workerId: proc.slot, project, vitest: this.#vitest })
    return proc.run(message, files.length, ear(this.methods(project)))
  }

  /** The work of `proc` is over: a hot one waits for more, unless it has grown. */
  release(proc, project, keep) {
    if (!this.#working.delete(proc) || proc.gone) return
    const kept = this.#hot.get(project) ?? []
    if (!keep || worn(proc) || kept.length >= HOT) return proc.kill()
    this.#hot.set(project, [...kept, proc])
  }

  /** Prepare for the next run, which is likely to take in as many `files` as the last one. */
  fill(files = 0) {
    const count = Math.max(SPARE, Math.min(MOST, files))
    for (const project of this.#vitest.projects) {
      const ready = (this.#ready.get(project) ?? []).filter((proc) => !proc.gone)
      this.#ready.set(project, ready)
      while (ready.length < count) ready.push(this.#new(project, defaultOf(project)))
    }
  }

  /** End the work under way. Hot processes get a moment to come back from it, for they are worth keeping. */
  cancel() {
    for (const proc of this.#working) {
      if (!proc.keep) {
        proc.kill()
        continue
      }
      proc.mute()
      const given = setTimeout(() => proc.kill(), GRACE)
      void proc.over.finally(() => clearTimeout(given))
    }
  }

  /** Kill processes that have answered nothing for `ms`; ask the others for a sign of life. */
  check(ms) {
    for (const proc of this.#working) {
      if (proc.gone || !proc.busy) continue
      const [silent, idle] = [proc.heard, proc.worked].map((at) => Date.now() - at)
      if (silent > ms) proc.kill(`Test code blocked its process for ${Math.round(silent / 1000)} s (an endless loop?) and was stopped.`)
      else if (idle > IDLE) proc.kill(`No test began or ended for ${Math.round(idle / 1000)} s; the test process was stopped.`)
      else proc.send(ours({ beai: 'ping' }))
    }
  }

  /** Tell hot processes which files changed. */
  invalidate(files) {
    for (const proc of all(this.#hot)) for (const file of files) proc.stale.add(file)
  }

  /** Drop the hot and the waiting processes: something changed that they may have loaded for good. */
  drain() {
    for (const proc of [...all(this.#hot), ...all(this.#ready)]) proc.kill()
    this.#hot.clear()
    this.#ready.clear()
  }

  close() {
    for (const proc of this.#working) proc.kill()
    this.drain()
  }

  #waiting(project, environment) {
    const ready = this.#ready.get(project) ?? []
    const key = keyOf(environment)
    const found = ready.findIndex((proc) => !proc.gone && proc.environment === key)
    return found < 0 ? undefined : ready.splice(found, 1)[0]
  }

  #new(project, environment) {
    const slot = this.#slot()
    const proc = new Proc(this.#speech, this.#speech.launch(this.#vitest, project, slot), this.methods(project), slot, this.#output)
    proc.child.on('exit', () => this.#slots.delete(slot))
    proc.environment = keyOf(environment)
    const config = configured(this.#speech, project)
    const context = { config, environment, providedContext: project.getProvidedContext(), workerId: slot, project, vitest: this.#vitest, slot }
    const plain = isPlain(project, environment)
    const empty = plain && this.#speech.run({ ...context, files: [], stale: [] })
    proc.warm = proc.prepare(this.#speech.start(context), empty, plain ? this.#early(project) : { urls: [], ids: [] })
    return proc
  }

  /** The lowest number that no living process has: tests choose their database by it. */
  #slot() {
    let slot = 1
    while (this.#slots.has(slot)) slot += 1
    this.#slots.add(slot)
    return slot
  }
}

/** The environment of the tests of `project` that ask for no other. */
export function defaultOf({ config }) {
  return { name: config.environment || 'node', options: null }
}

/** Whether preparing a process loads none of the repository's own code. */
function isPlain({ config }, { name }) {
  return name === 'node' && !config.runner && !config.snapshotEnvironment && !config.diff && !config.snapshotSerializers?.length
}

function worn({ files, spent }) {
  return files >= FILES || (spent?.rss ?? 0) > RSS || (spent?.mocks >= 0 ? spent.mocks > MOCKS : files >= FILES_UNTOLD)
}

function keyOf({ name, options }) {
  return `${name} ${JSON.stringify(options)}`
}

function all(pools) {
  return [...pools.values()].flat().filter((proc) => !proc.gone)
}
