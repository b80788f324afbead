// One forked test process: prepared ahead of its first file, asked for signs of life, killed rather than stopped.
import { fork } from 'node:child_process'
import { ours } from './speech.mjs'

/** A process that answers Vitest's questions by `methods`, or by those of the run that it works for. */
export class Proc {
  stale = new Set() // files whose code, and whatever imports them, it must load again
  files = 0 // how many test files it has run
  spent = null // what it said of itself after its last run
  heard = Date.now() // any sign of life
  worked = Date.now() // anything that Vitest said
  warm = Promise.resolve()
  gone = false
  #speech
  #methods
  #ear = null
  #expect = null
  #broken // why its environment could not be set up

  constructor(speech, launch, methods, slot, output) {
    this.slot = slot
    this.#speech = speech
    this.#methods = methods
    this.child = fork(launch.script, launch.argv, {
      env: launch.env,
      execArgv: launch.execArgv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.child.stdout.on('data', output)
    this.child.stderr.on('data', output)
    this.child.on('error', () => this.#end('could not be started'))
    this.child.on('exit', (code, signal) => this.#end(signal ? `ended by ${signal}` : `ended with exit code ${code}`))
    this.child.on('message', (message) => this.#receive(message))
  }

  get busy() {
    return this.#expect?.what === 'ran'
  }

  send(message) {
    if (!this.gone) this.child.send(message, () => {}) // a failed send shows as the exit that caused it
  }

  /** End it here and now; the work under way ends with `message`, or as if it had been whole. */
  kill(message) {
    this.gone = true
    this.child.kill('SIGKILL')
    this.#settle(message && { name: 'WorkerError', message, stack: '' })
  }

  /** Do ahead what does not depend on the test file: start, a run of no file, and loading what `early` names. */
  async prepare(start, empty, early) {
    this.#broken = start ? await this.#ask(start, 'started') : undefined
    if (this.#broken) return
    if (empty) await this.#ask(empty, 'ran')
    await this.#ask(ours({ beai: 'load', ...(await early) }), 'loaded')
  }

  /** Run test files; `ear` answers for the run. Gives the error that ended it, if one did. */
  async run(message, files, ear) {
    if (this.#broken) return this.#broken
    this.heard = this.worked = Date.now()
    this.files += files
    this.#ear = ear
    try {
      return await this.#ask(message, 'ran')
    } finally {
      this.#ear = null
    }
  }

  /** Nobody wants to hear of the work under way any more. */
  mute() {
    this.#ear = MUTE
    this.send(this.#speech.reply({ t: 'q', m: 'onCancel', a: ['keyboard-input'] }))
  }

  #ask(message, what) {
    return new Promise((resolve) => {
      if (this.gone) return resolve({ name: 'WorkerError', message: 'The test process has ended.', stack: '' })
      this.#expect = { what, resolve }
      this.send(message)
    })
  }

  #settle(error) {
    const expect = this.#expect
    this.#expect = null
    expect?.resolve(error)
  }

  #receive(message) {
    this.heard = Date.now()
    const { beai, error, call, ...said } = this.#speech.read(message)
    if (beai === 'spent') this.spent = said
    if (beai === this.#expect?.what) return this.#settle(error)
    if (beai !== 'call') return
    this.worked = this.heard
    void this.#answer(call)
  }

  async #answer({ t, m, a, i, o }) {
    if (t !== 'q') return
    const reply = { t: 's', i }
    try {
      const method = this.#ear?.[m] ?? this.#methods[m]
      if (!method && !o) throw new Error(`Vitest asked for ${m}, which is not known here.`)
      reply.r = await method?.(...a)
    } catch (error) {
      reply.e = error
    }
    if (i) this.send(this.#speech.reply(reply))
  }

  #end(how) {
    const killed = this.gone
    this.gone = true
    this.#settle(killed ? undefined : { name: 'WorkerError', message: `The test process ${how} before the file was finished.`, stack: '' })
  }
}

const nothing = () => {}
const MUTE = Object.fromEntries(
  ['onQueued', 'onPathsCollected', 'onCollected', 'onTaskUpdate', 'onUserConsoleLog', 'onUnhandledError', 'snapshotSaved', 'onTaskArtifactRecord'].map((name) => [name, nothing]),
)
