// One request at a time: a newer run ends the one under way, a question waits until no run does, and what breaks is told.
import { emit, end, guard, listen } from './lines.mjs'

const LOG = 65_536 // characters of printed output in a report
const STALL = Number(process.env.BEAI_STALL_MS ?? 15_000)
for (const name of Object.keys(process.env)) if (/^BEAI_(?!FD|LIFE)/.test(name)) delete process.env[name]

/** Trouble that the adapter turns into one clear sentence. */
export class Trouble extends Error {
  constructor(kind, message) {
    super(message)
    this.kind = kind
  }
}

/**
 * The requests of one driver. `work` does them: `open` gives the runner's version, `serve` a run, `explain` a question;
 * `check` is told for how long test code may be silent, `cancel` stops the run under way, `close` takes everything down.
 */
export class Turns {
  running = null // the run under way, and what is known of it
  #title
  #work
  #run = null // the newest run that waits
  #questions = []
  #busy = true

  constructor(title, work) {
    this.#title = title
    this.#work = work
    process.on('uncaughtException', (error) => this.#fault(this.running?.id ?? null, error))
    process.on('unhandledRejection', (error) => this.#fault(this.running?.id ?? null, error))
  }

  /** Take the runner up, then serve until the input ends. */
  async start() {
    const begun = performance.now()
    guard()
    listen((request) => this.#receive(request))
    try {
      const version = await this.#work.open()
      emit({ event: 'ready', version, ms: performance.now() - begun })
    } catch (error) {
      this.#fault(null, error)
      return setTimeout(end, 50)
    }
    setInterval(() => this.#work.check(STALL), Math.min(1000, STALL / 3)).unref()
    this.#busy = false
    return this.#next()
  }

  /** A run begins; `known` is what the driver counts in it. */
  begin({ id }, known = {}) {
    this.running = { id, log: '', cancelled: false, ...known }
    return this.running
  }

  /** Tell of the run under way, unless nobody waits for it any more. */
  tell(event) {
    if (this.running && !this.running.cancelled) emit({ ...event, id: this.running.id })
  }

  /** Tell of test files that were asked for and are none. */
  absent(files) {
    const message = (file) => `${file} does not exist, or the ${this.#title} configuration does not take it for a test file.`
    for (const file of files) this.tell({ event: 'file', file, errors: [{ name: 'NotATest', message: message(file) }] })
  }

  /** What the runner and the tests print. */
  output = (chunk) => {
    process.stderr.write(chunk)
    if (this.running) this.running.log = (this.running.log + chunk).slice(-LOG)
  }

  #receive(request) {
    switch (request.do) {
      case 'run':
        if (this.#run) emit({ event: 'cancelled', id: this.#run.id })
        this.#cancel()
        this.#run = request
        return void this.#next()
      case 'why':
        this.#questions.push(request)
        return void this.#next()
      case 'cancel':
        if (this.#run?.id === request.id) {
          this.#run = null
          emit({ event: 'cancelled', id: request.id })
        } else if (this.running?.id === request.id) this.#cancel()
        return
      case 'quit':
        setTimeout(end, 3000)
        return void this.#work.close().finally(end)
      default:
        emit({ event: 'fault', id: request.id, kind: 'protocol', message: 'An unknown request.' })
    }
  }

  async #next() {
    if (this.#busy || !(this.#run || this.#questions.length > 0)) return
    this.#busy = true
    const run = this.#run
    this.#run = null
    const request = run ?? this.#questions.shift()
    try {
      await (run ? this.#work.serve(request) : this.#work.explain(request))
    } catch (error) {
      this.#fault(request.id, error)
    }
    this.running = null
    this.#busy = false
    this.#next()
  }

  #cancel() {
    if (!this.running) return
    this.running.cancelled = true
    this.#work.cancel()
  }

  #fault(id, error) {
    const kind = error instanceof Trouble ? error.kind : 'internal'
    emit({ event: 'fault', id, kind, message: String(error?.message ?? error).slice(0, 16_384) })
  }
}
