// One forked test process: told what to do, asked for signs of life, killed rather than stopped.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const WORKER = fileURLToPath(new URL('./jest_worker.mjs', import.meta.url))
let made = 0

/** A process whose events reach `on`, one test file at a time. */
export class Proc {
  on = () => {}
  gone = false
  files = 0 // that it has run
  heap = 0 // bytes in use when it last told
  heard = Date.now()
  worked = Date.now()

  constructor({ env, execArgv }, output) {
    made += 1
    this.child = fork(WORKER, [], {
      env: { ...env, JEST_WORKER_ID: String((made % 1000) + 1) },
      execArgv,
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

  /** Begin a test file; its events, and at last `file` or `ended`, reach `on`. */
  run(message, on) {
    this.parked = false
    this.on = on
    this.files += 1
    this.heard = this.worked = Date.now()
    this.send({ do: 'run', ...message })
  }

  kill() {
    this.gone = true
    this.child.kill('SIGKILL')
  }

  #receive(message) {
    this.heard = Date.now()
    if (message?.event === 'pong') return
    this.worked = this.heard
    if (message?.event === 'file') this.heap = message.heap
    this.on(message)
  }

  #end(how) {
    const killed = this.gone
    this.gone = true
    if (!killed) this.on({ event: 'ended', how })
  }
}
