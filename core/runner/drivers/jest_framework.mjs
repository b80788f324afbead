// What Jest takes for its test framework: the configured one, with our ears at its events, entered when there is work.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorEvent, local, ownFrames, text } from './jest_errors.mjs'

const LOG = 65_536 // characters of printed output of one test or file
const INSIDE = ['build/legacy-code-todo-rewrite/jestAdapterInit.js', 'build/jestAdapterInit.js', 'jestAdapterInit.js', 'legacy-code-todo-rewrite/jestAdapterInit.js']
const RETRIES = Symbol.for('RETRY_TIMES')

/** The work that the next call of the framework belongs to; see `Job`. */
export const current = { job: null }

/** One test file to run: waits in front of its tests, with everything of Jest loaded, until `go` is called. */
export class Job {
  constructor(root, original, path, send) {
    Object.assign(this, { root, original, path, send })
    this.parked = new Promise((resolve) => (this.reached = resolve))
    this.called = new Promise((resolve, reject) => Object.assign(this, { go: resolve, drop: reject }))
    this.called.catch(() => {})
    this.told = 0 // tests reported by events
    this.loose = [] // errors that no test owns
    this.loading = null // what the file threw before its tests ran
    this.focused = false
    this.log = ''
    this.loaded = []
  }
}

export default async function framework(globalConfig, config, environment, runtime, path, sendMessage) {
  const job = current.job
  if (job.parking) await park(job, runtime)
  const order = await job.called
  if (job.parking) await setUp(order.setupFiles, runtime)
  listen(job, environment, order.name)
  try {
    return await (await load(job.original))(globalConfig, config, environment, runtime, path, sendMessage)
  } catch (error) {
    job.loading = errorEvent(job.root, error)
    throw error
  } finally {
    job.over()
    job.loaded = [...(runtime.getSourceMaps?.()?.keys() ?? [])]
    job.rest(environment)
  }
}

/** Load what every test file needs of the framework into the environment that waits. */
async function park(job, runtime) {
  runtime.resetModules() // it may hold the test file's text as it was
  const home = dirname(job.original)
  const inside = INSIDE.map((path) => join(home, path)).find((path) => existsSync(path))
  if (inside) runtime.requireInternalModule(inside)
  await load(job.original)
  job.reached(true)
}

/** What Jest does with the setup files, whose turn comes only when the run begins: they are the repository's code. */
async function setUp(files, runtime) {
  for (const path of files) {
    if (runtime.unstable_shouldLoadAsEsm(path)) await runtime.unstable_importModule(path)
    else {
      const made = runtime.requireModule(path)
      if (typeof made === 'function') await made()
    }
  }
}

const frameworks = new Map()
async function load(path) {
  if (!frameworks.has(path)) {
    const found = /\.mjs$/.test(path) ? await import(pathToFileURL(path).href) : createRequire(path)(path)
    frameworks.set(path, found?.default ?? found)
  }
  return frameworks.get(path)
}

/** Report each test as circus ends it. */
function listen(job, environment, name) {
  const wanted = name ? new RegExp(name) : null
  const theirs = environment.handleTestEvent?.bind(environment)
  const reported = new Map() // test → how many errors it had
  const printed = new Printed(environment)
  job.rest = () => (job.log = printed.rest())
  environment.handleTestEvent = async (event, state) => {
    await theirs?.(event, state)
    switch (event.name) {
      case 'setup':
        return heed(environment, event.runtimeGlobals, job)
      case 'run_start':
        job.log = printed.rest()
        job.focused = state.hasFocusedTests === true
        if (wanted) deselect(state.rootDescribeBlock, wanted)
        return
      case 'test_start':
        job.asserted = undefined
        return printed.mark()
      case 'test_skip':
      case 'test_todo':
      case 'test_done': {
        const { test } = event
        const retries = Number.parseInt(environment.global?.[RETRIES], 10) || 0
        if (event.name === 'test_done' && test.errors.length > 0 && test.invocations <= retries) return // it runs again
        reported.set(test, test.errors.length)
        job.told += 1
        const rejection = test.errors.length > 0 ? await rejected(job.asserted) : undefined
        return job.send({ event: 'test', ...testEvent(job, test, event.name, rejection), log: printed.since() })
      }
      case 'run_finish':
        for (const error of state.unhandledErrors) job.loose.push(errorEvent(job.root, error))
        // An error may reach a test after it was reported: a promise that was rejected late.
        for (const [test, known] of reported) for (const late of test.errors.slice(known)) job.loose.push(errorEvent(job.root, late))
    }
  }
}

/** Remember the last promise that a test made an assertion of: the matchers' messages do not tell why it was rejected. */
function heed(environment, globals, job) {
  const { expect } = globals ?? {}
  if (typeof expect !== 'function') return
  const apply = (target, self, given) => {
    if (typeof given[0]?.then === 'function') job.asserted = given[0]
    return Reflect.apply(target, self, given)
  }
  globals.expect = new Proxy(expect, { apply })
  if (environment.global.expect === expect) environment.global.expect = globals.expect
}

/** What `promise` was rejected with, if it was by now. */
async function rejected(promise) {
  if (!promise) return undefined
  const seen = Promise.resolve(promise).then(() => undefined, (error) => error)
  return Promise.race([seen, new Promise((resolve) => setImmediate(resolve))])
}

function testEvent(job, test, ended, rejection) {
  const errors = test.errors.map((error) => errorEvent(job.root, error, rejection))
  const state = { test_skip: 'skip', test_todo: 'todo' }[ended] ?? (errors.length > 0 ? 'fail' : 'pass')
  const file = local(job.root, job.path)
  const frames = ownFrames(job.root, test.asyncError?.stack)
  return {
    file,
    name: text(names(test).join(' > ')),
    state,
    ms: test.duration ?? 0,
    line: (frames.find((frame) => frame.file === file) ?? frames[0])?.line ?? 0,
    errors,
    ...(ended === 'test_done' && Number.isInteger(test.numPassingAsserts) ? { assertions: test.numPassingAsserts } : {}),
    retries: Math.max(0, (test.invocations ?? 1) - 1),
  }
}

function names(test) {
  const found = []
  for (let block = test; block?.parent; block = block.parent) found.unshift(String(block.name))
  return found
}

/** Skip every test whose joined names do not match. */
function deselect(block, wanted) {
  for (const child of block.children) {
    if (child.type === 'describeBlock') deselect(child, wanted)
    else if (!wanted.test(names(child).join(' > '))) child.mode = 'skip'
  }
}

/** What the environment's console holds, by who printed it: Jest's buffer is in the order of printing. */
class Printed {
  #begun = 0
  #taken = 0
  #rest = ''

  constructor({ global }) {
    const { console } = global ?? {} // a test may put another one in its place
    this.buffer = () => console?.getBuffer?.() ?? []
  }

  mark() {
    this.#rest = (this.#rest + this.#text(this.#taken)).slice(-LOG)
    this.#begun = this.#taken
  }

  since() {
    return this.#text(this.#begun)
  }

  rest() {
    this.mark()
    return this.#rest
  }

  #text(from) {
    const buffer = this.buffer()
    this.#taken = buffer.length
    return buffer.slice(from).map(({ message }) => `${message}\n`).join('').slice(-LOG)
  }
}

/** Whether a test file asks for another environment than its project's, which one that waits cannot be. */
export function asksForAnother(path) {
  try {
    return /@jest-environment/.test(readFileSync(path, 'utf8'))
  } catch {
    return true
  }
}
