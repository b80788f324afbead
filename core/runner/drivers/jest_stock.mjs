// Test processes that wait, warmed, for work: isolated ones serve one run and go, hot ones outlive runs.
import { availableParallelism } from 'node:os'
import { Proc } from './jest_process.mjs'

const SPARE = 2 // isolated processes kept waiting
const HOT_FILES = 60 // test files after which a hot process is replaced: what tests leave in a process adds up
const HOT_HEAP = 700 * 2 ** 20 // bytes; or where it has grown so large
const IDLE = 300_000 // ms without a test beginning or ending: something waits for what never comes

/** Every test process of one opened repository. */
export class Stock {
  #working = new Map() // process → its task
  #ready = []
  #hot = []
  #output
  #likely = null // what the next run probably runs first: { tasks, files }
  #most

  constructor(output, root, jest, { globalConfig, configs, execArgv }) {
    this.#output = output
    this.#most = Math.max(1, Math.min(globalConfig.maxWorkers ?? 1, availableParallelism()))
    this.settings = { env: { ...process.env }, execArgv }
    this.setup = { do: 'setup', root, core: jest.core, worker: jest.worker, globalConfig, configs, maps: [] }
  }

  /** Run each task, hot or isolated; `on` gets every event with its task, and at last one `file` for each. */
  async run(tasks, hot, on) {
    this.cancelled = false
    const queue = [...tasks]
    const count = Math.min(queue.length, this.#most)
    this.hot = hot
    await Promise.all(Array.from({ length: count }, (_, at) => this.#serve(queue, hot, at, on)))
  }

  /** The run is over: prepare for one like it. */
  prepare(tasks, files) {
    if (tasks.length > 0) this.#likely = { tasks, files }
    this.#hot.forEach((proc, at) => this.#park(proc, at))
    this.#fill()
  }

  /** Kill what works now; it ends unfinished. */
  cancel() {
    this.cancelled = true
    for (const [proc, { end }] of this.#working) {
      proc.kill()
      end(null)
    }
  }

  /** Kill processes that have answered nothing for `ms`; ask the others for a sign of life. */
  check(ms) {
    for (const [proc, { end }] of this.#working) {
      const [silent, idle] = [proc.heard, proc.worked].map((at) => Date.now() - at)
      const said = silent > ms ? `Test code blocked its process for ${Math.round(silent / 1000)} s (an endless loop?) and was stopped.` : ''
      const lost = idle > IDLE ? `No test began or ended for ${Math.round(idle / 1000)} s; the test process was stopped.` : ''
      if (!said && !lost) {
        proc.send({ do: 'ping' })
        continue
      }
      proc.kill()
      end(said || lost)
    }
  }

  /** Files came or went: imports may lead elsewhere. */
  resolve(maps) {
    this.setup.maps = maps
    for (const proc of [...this.#hot, ...this.#ready]) proc.send({ do: 'resolvers', configs: this.setup.configs, maps })
    for (const proc of [...this.#hot, ...this.#ready]) proc.parked = false
  }

  /** Drop every process that waits: what it has loaded may have changed. */
  drain() {
    for (const proc of [...this.#hot, ...this.#ready]) proc.kill()
    this.#hot = []
    this.#ready = []
  }

  close() {
    this.cancel()
    this.drain()
  }

  async #serve(queue, hot, at, on) {
    let proc
    for (let task; !this.cancelled && (task = queue.shift()); ) {
      proc ??= this.#take(hot, task)
      const how = await this.#task(proc, task, on)
      if (this.cancelled) return proc.kill()
      if (how !== undefined) on({ event: 'lost', message: how }, task)
      if (proc.gone) proc = undefined
    }
    if (!proc || proc.gone) return
    if (!hot || proc.files >= HOT_FILES || proc.heap > HOT_HEAP) return proc.kill()
    this.#hot.push(proc)
  }

  /** One test file in one process; how that ended where it did not finish. */
  #task(proc, task, on) {
    return new Promise((resolve) => {
      const end = (how) => {
        this.#working.delete(proc)
        resolve(how)
      }
      this.#working.set(proc, { end })
      proc.run(task.order, (message) => {
        if (message.event === 'ended') return end(`The test process ${message.how} before the file was finished.`)
        if (message.event === 'broken') {
          proc.kill()
          return end(`The test process could not run the file: ${message.message}`)
        }
        on(message, task)
        if (message.event === 'file') end()
      })
    })
  }

  #take(hot, task) {
    for (const pool of hot ? [this.#hot, this.#ready] : [this.#ready]) {
      const fit = pool.findIndex((proc) => proc.path === task.path)
      const [proc] = pool.splice(Math.max(0, fit), 1)
      if (proc && !proc.gone) return proc
    }
    return this.#start()
  }

  #start() {
    const proc = new Proc(this.settings, this.#output)
    proc.send(this.setup)
    return proc
  }

  /** Keep isolated processes waiting; the next one is started when the last one is prepared. */
  #fill() {
    this.#ready = this.#ready.filter((proc) => !proc.gone)
    this.#ready.forEach((proc, at) => this.#park(proc, at))
    if (this.#ready.length >= SPARE || this.#ready.some(({ preparing }) => preparing)) return
    const proc = this.#start()
    this.#ready.push(proc)
    this.#park(proc, this.#ready.length - 1)
  }

  /** Let a process prepare for what will probably be asked of it. */
  #park(proc, at) {
    const { tasks = [], files } = this.#likely ?? {}
    const task = tasks[at % (tasks.length || 1)]
    if (!task || proc.gone || (proc.path === task.path && proc.parked)) return
    const known = proc.knows === files // it has transformed them
    Object.assign(proc, { path: task.path, parked: true, knows: files, preparing: true })
    proc.on = ({ event }) => {
      if (event !== 'parked') return
      proc.preparing = false
      if (this.#working.size === 0) this.#fill()
    }
    proc.send({ do: 'park', ...task.order, files: known ? undefined : files })
  }
}
