// One forked test process: prepared ahead of its first file, asked for signs of life, killed rather than stopped.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url))

/** A process whose messages reach its seat, or wait for one. */
export class Proc {
  seat = null
  waiting = []
  stale = new Set() // files whose code it must fetch again
  started = null // the context of its environment, serialized
  files = 0
  heard = Date.now() // any sign of life
  worked = Date.now() // anything that Vitest said
  warm = Promise.resolve()
  gone = false

  constructor(options, output) {
    this.child = fork(options.script ?? WORKER, options.argv ?? [join(options.distPath, 'workers/forks.js')], {
      env: options.env,
      execArgv: options.execArgv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.child.stdout.on('data', output)
    this.child.stderr.on('data', output)
    this.child.on('error', () => this.#end('could not be started'))
    this.child.on('exit', (code, signal) => this.#end(signal ? `ended by ${signal}` : `ended with exit code ${code}`))
    this.child.on('message', (message) => this.#receive(message))
  }

  send(message) {
    if (!this.gone) this.child.send(message, () => {}) // a failed send shows as the exit that caused it
  }

  kill() {
    this.gone = true
    this.child.kill('SIGKILL')
  }

  /** Do ahead what does not depend on the test file: each step is a message and what its answer looks like. */
  async prepare(steps, urls) {
    const load = { __tinypool_worker_message__: true, beai: 'load', urls }
    for (const [message, matches] of [...steps, [load, (answer) => answer?.beai === 'loaded']]) {
      this.send(message)
      await this.#answer(matches)
    }
  }

  /** The context to work on: its own, with every file it must load again. */
  begin(context) {
    this.heard = this.worked = Date.now()
    const invalidates = [...new Set([...(context.invalidates ?? []), ...this.stale])]
    this.stale.clear()
    this.files += 1
    return { ...context, invalidates }
  }

  attach(seat) {
    this.seat = seat
    for (const message of this.waiting.splice(0)) seat.deliver(message)
  }

  #expect = null
  #answer(matches) {
    return new Promise((resolve) => (this.gone ? resolve() : (this.#expect = { matches, resolve })))
  }

  #receive(message) {
    this.heard = Date.now()
    if (this.#expect?.matches(message)) {
      const { resolve } = this.#expect
      this.#expect = null
      return resolve()
    }
    if (message?.beai && message.beai !== 'ran') return
    this.worked = this.heard
    if (this.seat) this.seat.deliver(message)
    else this.waiting.push(message) // its runner asked for something; a seat will answer
  }

  #end(how) {
    const killed = this.gone
    this.gone = true
    this.#expect?.resolve()
    if (!killed) this.seat?.crashed(how)
  }
}
