// Test processes that wait, warmed, for work: isolated ones serve one test file and go, hot ones outlive runs.
import { EventEmitter } from 'node:events'
import { serialize } from 'node:v8'
import { Proc } from './process.mjs'

const SPARE = 2 // isolated processes kept waiting
// A hot process is replaced after so many files: Vitest keeps every mock ever made, and resets all of them before each test
// (`mockReset`), so that the 45th file of the demo took more than twice the time of the 5th.
const HOT_RUNS = 15
const IDLE = 300_000 // ms without a test beginning or ending: something waits for what never comes
// Loading these has no effect beyond defining their exports, so loading them early cannot change a test.
const PURE = /\/node_modules\/(?:zod|superjson|@trpc\/server|@prisma\/(?:client\/runtime|adapter-[\w-]+)|pg)\//

/** What Vitest takes for its worker: sits in front of a process, and of another one each time it starts. */
class Seat extends EventEmitter {
  name = 'beai'
  cacheFs = true
  proc = null

  constructor(stock, options) {
    super()
    this.stock = stock
    this.options = options
    this.hot = stock.hot
    stock.seats.add(this)
  }

  async start() {}

  deserialize(message) {
    return message
  }

  send(message) {
    if (!message?.__vitest_worker_request__) return this.proc?.send(message)
    switch (message.type) {
      case 'start':
        return void this.#begin(message)
      case 'stop': // hot processes go on, isolated ones are killed: neither needs a farewell
        return this.#reply({ type: 'stopped' })
      default:
        return void this.#work(message)
    }
  }

  async stop() {
    this.stock.release(this)
  }

  deliver(message) {
    if (message?.type === 'testfileFinished') this.finished = true
    this.emit('message', message)
  }

  /** End the work here and now; Vitest sees a finished file. */
  abandon(message) {
    this.proc?.kill()
    const error = message && { name: 'WorkerError', message, stack: '' }
    this.#reply(this.finished === undefined ? { type: 'started' } : { type: 'testfileFinished', error })
    if (this.finished === undefined) this.ended = error ?? true
  }

  crashed(how) {
    if (!this.finished) this.abandon(`The test process ${how} before the file was finished.`)
  }

  async #begin(message) {
    this.stock.learn(this.options, 'start', message)
    if (this.stock.cancelled) {
      this.ended = true
      return this.#reply({ type: 'started' })
    }
    const proc = (this.proc = this.stock.take(this.options, this.hot))
    proc.attach(this)
    await proc.warm
    const context = serialize(message.context)
    if (this.hot && proc.started?.equals(context)) return this.#reply({ type: 'started' })
    proc.started = context
    proc.send(message)
  }

  async #work(message) {
    this.finished = false
    this.stock.learn(this.options, 'run', message)
    if (this.ended) return this.#reply({ type: 'testfileFinished', error: this.ended === true ? undefined : this.ended })
    this.proc.send({ ...message, context: this.proc.begin(message.context) })
  }

  #reply(response) {
    if (response.type === 'testfileFinished') this.finished = true
    queueMicrotask(() => this.emit('message', { __vitest_worker_response__: true, ...response }))
  }
}

/** Every test process of one Vitest instance. */
export class Stock {
  hot = false
  cancelled = false
  seats = new Set()
  #output
  #ready = new Map() // project → isolated processes waiting
  #idle = new Map() // project → hot processes between runs
  #templates = new Map() // project → what a process is told before its first file
  #toCome = 0

  constructor(output) {
    this.#output = output
  }

  /** The value of Vitest's `pool` option. */
  get pool() {
    return { name: 'beai', createPoolWorker: (options) => new Seat(this, options) }
  }

  /** Begin a run of `files` test files, in hot or isolated processes. */
  begin(hot, files) {
    this.hot = hot
    this.cancelled = false
    this.#toCome = files
  }

  /** Let Vitest say what it would start, and start nothing: afterwards processes can be prepared. */
  rehearse() {
    this.begin(false, 0)
    this.cancelled = true
  }

  /** The run is over: prepare for the next. */
  finish(vitest) {
    this.seats.clear()
    for (const [project, template] of this.#templates) {
      template.urls = pureImports(vitest, project)
      this.#fill(project, SPARE)
    }
  }

  /** Kill what works now; the files end unfinished. */
  cancel() {
    this.cancelled = true
    for (const seat of this.seats) seat.abandon()
  }

  /** Kill processes that have answered nothing for `ms`; ask the others for a sign of life. */
  check(ms) {
    for (const seat of this.seats) {
      const { proc } = seat
      if (!proc || proc.gone || seat.finished !== false) continue
      const [silent, idle] = [proc.heard, proc.worked].map((at) => Date.now() - at)
      if (silent > ms) seat.abandon(`Test code blocked its process for ${Math.round(silent / 1000)} s (an endless loop?) and was stopped.`)
      else if (idle > IDLE) seat.abandon(`No test began or ended for ${Math.round(idle / 1000)} s; the test process was stopped.`)
      else proc.send({ __tinypool_worker_message__: true, beai: 'ping' })
    }
  }

  /** Tell hot processes which files changed. */
  invalidate(files) {
    for (const proc of this.#all(this.#idle)) for (const file of files) proc.stale.add(file)
  }

  /** Drop every hot process: something changed that reloading files cannot follow. */
  cool() {
    for (const proc of this.#all(this.#idle)) proc.kill()
    this.#idle.clear()
  }

  /** Drop the waiting processes too: a package that they may have loaded changed. */
  drain() {
    this.cool()
    for (const proc of this.#all(this.#ready)) proc.kill()
    this.#ready.clear()
  }

  close() {
    this.cancel()
    this.drain()
  }

  learn(options, kind, message) {
    const template = this.#templates.get(options.project) ?? { options, urls: [] }
    template[kind] = message
    this.#templates.set(options.project, template)
  }

  take(options, hot) {
    this.#toCome -= 1
    const pools = hot ? [this.#idle, this.#ready] : [this.#ready]
    for (const pool of pools) {
      const procs = pool.get(options.project) ?? []
      for (let proc; (proc = procs.shift());) {
        if (proc.gone) continue
        this.#fill(options.project, Math.min(SPARE, hot ? 0 : this.#toCome))
        return proc
      }
    }
    return new Proc(options, this.#output)
  }

  release(seat) {
    const { proc } = seat
    this.seats.delete(seat)
    if (!proc || proc.gone) return
    proc.seat = null
    if (!seat.hot || !seat.finished || proc.files >= HOT_RUNS) return proc.kill()
    push(this.#idle, seat.options.project, proc)
  }

  #fill(project, count) {
    const { options, start, run, urls, steps = stepsOf(start, run) } = this.#templates.get(project)
    const ready = (this.#ready.get(project) ?? []).filter((proc) => !proc.gone)
    this.#ready.set(project, ready)
    while (ready.length < count) {
      const proc = new Proc(options, this.#output)
      if (plain(project)) proc.warm = proc.prepare(steps, urls)
      ready.push(proc)
    }
  }

  #all(pools) {
    return [...pools.values()].flat().filter((proc) => !proc.gone)
  }
}

/** What prepares a process of Vitest 4: its start, and a run of no file. */
function stepsOf(start, run) {
  const empty = run && { ...run, context: { ...run.context, files: [], invalidates: [] } }
  return [
    [start, (message) => message?.type === 'started'],
    [empty, (message) => message?.type === 'testfileFinished'],
  ].filter(([message]) => message)
}

function push(map, key, value) {
  if (!map.has(key)) map.set(key, [])
  map.get(key).push(value)
}

/** Whether preparing a process loads none of the repository's own code. */
function plain({ config }) {
  return config.environment === 'node' && !config.runner && !config.snapshotEnvironment && !config.diff
}

function pureImports(vitest, project) {
  const { externalized = {} } = vitest.state.metadata?.[project.name] ?? {}
  return [...new Set(Object.values(externalized))].filter((url) => PURE.test(url))
}
