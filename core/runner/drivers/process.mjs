// One forked test process: prepared ahead of its first file, asked for signs of life, killed rather than stopped.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url))

/** A process whose messages reach its seat, or wait for one. */
export class Proc {
  seat = null
  waiting = []
  stale = new Set() // files whose code it must fetch again
  started = null
  files = 0
  heard = Date.now() // any sign of life
  worked = Date.now() // anything that Vitest said
  warm = Promise.resolve()
  gone = false

  constructor(options, output) {
    this.child = fork(WORKER, [join(options.distPath, 'workers/forks.js')], {
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

  /** Do ahead what does not depend on the test file: the environment, the module runner, the assertion library. */
  async prepare(template, urls) {
    this.send(template.start)
    await this.#answer((message) => message?.type === 'started')
    this.started = serialize(template.start.context)
    this.send({ ...template.run, context: { ...template.run.context, files: [], invalidates: [] } })
    await this.#answer((message) => message?.type === 'testfileFinished')
    if (urls.length === 0) return
    this.send({ beai: 'load', urls })
    await this.#answer((message) => message?.beai === 'loaded')
  }

  attach(seat) {
    this.seat = seat
    for (const message of this.waiting.splice(0)) seat.deliver(message)
  }

  #expect = null
  #answer(matches) {
    return new Promise((resolve) => (this.#expect = { matches, resolve }))
  }

  #receive(message) {
    this.heard = Date.now()
    if (this.#expect?.matches(message)) {
      const { resolve } = this.#expect
      this.#expect = null
      return resolve()
    }
    if (message?.beai) return
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
