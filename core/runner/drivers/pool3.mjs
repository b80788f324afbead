// A pool for Vitest 3 over the same stock of processes; its RPC is birpc's messages, version 2, in V8's serialisation.
import { availableParallelism } from 'node:os'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'

const WORKER = fileURLToPath(new URL('./worker3.mjs', import.meta.url))
const OURS = { __tinypool_worker_message__: true } // Vitest's RPC overlooks messages marked like this
const DOCBLOCK = /@(?:vitest|jest)-environment\s+([\w-]+)\b/
let seats = 0

/** A value for `vitest.pool`. */
export function createPool3({ createMethodsRPC }, vitest, stock) {
  async function runTests(specs, invalidates = []) {
    const queue = await new vitest.config.sequence.sequencer(vitest).sort(specs)
    const errors = []
    const worker = async () => {
      for (let spec; (spec = queue.shift());) await runSpec(spec, invalidates).catch((error) => errors.push(error))
    }
    await Promise.all(Array.from({ length: Math.min(limit(vitest.config), specs.length) }, worker))
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'Several test files failed to run.')
  }

  async function runSpec({ project, moduleId, testLines }, invalidates) {
    const context = {
      pool: 'forks',
      worker: join(vitest.distPath, 'workers/forks.js'),
      config: project.serializedConfig,
      files: [{ filepath: moduleId, testLocations: testLines }],
      invalidates,
      environment: await environmentOf(project, moduleId),
      workerId: ++seats,
      projectName: project.name,
      providedContext: project.getProvidedContext(),
    }
    vitest.state.clearFiles(project, [moduleId])
    await new Seat3(stock, optionsOf(vitest, project), createMethodsRPC(project, { cacheFs: true })).run(context)
  }

  return { name: 'beai', runTests, collectTests: runTests, close: async () => stock.close() }
}

/** One test file on one process. */
class Seat3 {
  finished
  proc = null
  #end = Promise.withResolvers?.() ?? deferred()

  constructor(stock, options, methods) {
    Object.assign(this, { stock, options, methods, hot: stock.hot })
    stock.seats.add(this)
  }

  async run(context) {
    this.stock.learn(this.options, 'steps', steps(context))
    try {
      if (this.stock.cancelled) return
      const proc = (this.proc = this.stock.take(this.options, this.hot))
      proc.attach(this)
      await proc.warm
      this.finished ??= false
      const message = proc.begin(context)
      if (!this.finished) proc.send({ ...OURS, beai: 'run', context: message })
      await this.#end.promise
    } finally {
      this.stock.release(this)
    }
  }

  deliver(message) {
    if (message?.beai === 'ran') {
      this.finished = true
      return message.error ? this.#end.reject(Object.assign(new Error(), message.error)) : this.#end.resolve()
    }
    this.#answer(deserialize(Buffer.from(message)))
  }

  abandon(message) {
    this.proc?.kill()
    this.finished = true
    if (message) this.#end.reject(Object.assign(new Error(message), { name: 'WorkerError', stack: '' }))
    else this.#end.resolve()
  }

  crashed(how) {
    if (!this.finished) this.abandon(`The test process ${how} before the file was finished.`)
  }

  async #answer({ t, m, a, i }) {
    if (t !== 'q') return
    const reply = { t: 's', i }
    try {
      reply.r = await this.methods[m](...a)
    } catch (error) {
      reply.e = error
    }
    if (i) this.proc?.send(serialize(reply))
  }
}

/** What prepares a process: a run of no file. */
function steps(context) {
  const run = { ...OURS, beai: 'run', context: { ...context, files: [], invalidates: [] } }
  return [[run, (message) => message?.beai === 'ran']]
}

function optionsOf(vitest, project) {
  const { env = {}, poolOptions } = project.config
  return {
    project,
    script: WORKER,
    argv: [vitest.distPath, String(++seats)],
    env: { ...process.env, TEST: 'true', VITEST: 'true', NODE_ENV: process.env.NODE_ENV || 'test', VITEST_MODE: 'RUN', ...env },
    execArgv: [
      ...(poolOptions?.forks?.execArgv ?? []),
      '--experimental-import-meta-resolve',
      '--require',
      join(vitest.distPath, '..', 'suppress-warnings.cjs'),
    ],
  }
}

/** The environment a file asks for in its first comment, or else its project's. */
async function environmentOf({ config }, path) {
  const code = await readFile(path, 'utf8').catch(() => '')
  const name = code.match(DOCBLOCK)?.[1] ?? config.environment ?? 'node'
  const options = code.match(/@(?:vitest|jest)-environment-options\s+(.+)/)?.[1]
  const given = options ? { [name === 'happy-dom' ? 'happyDOM' : name]: JSON.parse(options) } : null
  return { name, transformMode: undefined, options: given }
}

function limit({ poolOptions, maxWorkers, fileParallelism }) {
  if (fileParallelism === false || poolOptions?.forks?.singleFork) return 1
  return Number(poolOptions?.forks?.maxForks ?? maxWorkers) || Math.max(availableParallelism() - 1, 1)
}

function deferred() {
  const parts = {}
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return parts
}
