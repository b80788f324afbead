// A test process: the repository's own Jest runs one test file after another in it, and the next one can wait, prepared.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fileURLToPath } from 'node:url'
import { errorEvent, local, printWith, text } from './jest_errors.mjs'
import { asksForAnother, current, Job } from './jest_framework.mjs'

const PRACTICE = 3 // files that a transformer sees before the first run
const FRAMEWORK = fileURLToPath(new URL('./jest_framework.mjs', import.meta.url))
const send = process.send.bind(process)
process.send = () => true // Jest's own reports to a parent, and whatever test code would say to ours, go nowhere
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const projects = new Map() // id → configuration
let jest // the repository's pieces
let globalConfig
let root
let parked = null // the job that waits
let loose = () => {} // takes an error that nobody caught
let busy = Promise.resolve()

catchAll()
process.on('message', (message) => {
  if (message.do === 'ping') return send({ event: 'pong' })
  busy = busy.then(() => handle(message)).catch((error) => send({ event: 'broken', message: String(error?.stack ?? error) }))
})

/** Catch what nobody catches: again after circus, which puts back the listeners of the test's `process`, not of ours. */
function catchAll() {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.removeAllListeners(event)
    process.on(event, (error) => loose(error))
  }
}

function handle(message) {
  switch (message.do) {
    case 'setup':
      return setUp(message)
    case 'resolvers':
      return resolvers(message)
    case 'park':
      return park(message)
    case 'run':
      return run(message)
  }
}

function setUp(message) {
  ;({ root, globalConfig } = message)
  const require = createRequire(message.core)
  const worker = createRequire(import.meta.url)(message.worker)
  jest = { worker, Resolver: require('jest-resolve').default, transform: require('@jest/transform') }
  printWith(createRequire(require.resolve('jest-snapshot'))('pretty-format').format)
  resolvers(message)
  send({ event: 'ready' })
}

/** Where imports lead: anew where files came or went. */
async function resolvers({ configs, maps }) {
  await discard()
  jest.Resolver.clearDefaultResolverCache()
  for (const config of configs) projects.set(config.id, config)
  jest.worker.setup({ serializableResolvers: configs.map((config, at) => ({ config, serializableModuleMap: maps[at] })) })
}

/** Prepare for `path` what does not depend on its text, and look at `files` as they would be transformed. */
async function park({ project, path, files }) {
  await discard()
  const config = projects.get(project)
  if (files) await transformed(config, files)
  if (plain(config) && !asksForAnother(path)) {
    const job = new Job(root, config.testRunner, path, send)
    job.parking = true
    job.project = project
    job.ended = begin(job, { ...config, setupFiles: [] }, config)
    parked = job
    if (!(await Promise.race([job.parked, job.ended.then(() => false)]))) parked = null
  }
  collect()
  send({ event: 'parked' })
}

/** Whether preparing loads none of the repository's own code, so that nothing of it can be out of date. */
function plain(config) {
  return !config.automock && !config.runtime && /\/node_modules\/jest-environment-node\//.test(config.testEnvironment)
}

async function discard() {
  const job = parked
  parked = null
  job?.drop(new Error('not wanted'))
  await job?.ended
}

/** Transforming a file ahead leaves its code in Jest's memory, until the file changes. */
async function transformed(config, files) {
  const transformer = await jest.transform.createScriptTransformer(config, new Map())
  const options = {
    collectCoverage: false, collectCoverageFrom: [], coverageProvider: globalConfig.coverageProvider, changedFiles: undefined,
    sourcesRelatedToTestsInChangedFiles: undefined, isInternalModule: false, supportsDynamicImport: true,
    supportsExportNamespaceFrom: false, supportsStaticESM: false, supportsTopLevelAwait: false,
  } // prettier-ignore
  await practised(config, files)
  for (const file of files) {
    if (/\.(?:json|node|wasm)$/.test(file) || jest.Resolver.unstable_shouldLoadAsEsm(file, config.extensionsToTreatAsEsm)) continue
    try {
      transformer.transform(file, options)
    } catch {} // what cannot be transformed is reported by the run
  }
}

/** Let each transformer work once, on files that it will probably see again: the first time takes longest. */
async function practised(config, files) {
  const told = { config, configString: JSON.stringify(config), cacheFS: new Map(), instrument: false }
  const can = { supportsDynamicImport: true, supportsExportNamespaceFrom: false, supportsStaticESM: false, supportsTopLevelAwait: false }
  for (const [pattern, path, transformerConfig] of config.transform) {
    const fit = files.filter((file) => new RegExp(pattern).test(file)).slice(0, PRACTICE)
    try {
      const found = createRequire(path)(path)
      const made = found?.default ?? found
      const transformer = made.createTransformer ? await made.createTransformer(transformerConfig) : made
      for (const file of fit) transformer.process?.(readFileSync(file, 'utf8'), file, { ...told, ...can, transformerConfig })
    } catch {} // what cannot be transformed is reported by the run
  }
}

async function run({ project, path, name }) {
  const config = projects.get(project)
  const fits = parked?.path === path && parked.project === project && !asksForAnother(path)
  if (!fits) await discard()
  const job = fits ? parked : new Job(root, config.testRunner, path, send)
  job.over = catchAll
  parked = null
  loose = (error) => job.loose.push(errorEvent(root, error))
  job.go({ name, setupFiles: config.setupFiles })
  const ended = await (fits ? job.ended : begin(job, config, config))
  await new Promise(setImmediate) // a promise that was rejected unseen is known now
  loose = () => {}
  send({ event: 'file', ...fileEvent(job, ended) })
}

/** Call Jest; the framework enters itself, and the cache of transformed files stays the one of the given configuration. */
async function begin(job, { ...config }, original) {
  current.job = job
  config.testRunner = FRAMEWORK
  Object.defineProperty(config, 'toJSON', { value: () => original, enumerable: false })
  const context = { changedFiles: undefined, sourcesRelatedToTestsInChangedFiles: undefined }
  try {
    return { result: await jest.worker.worker({ config, context, globalConfig, path: job.path }) }
  } catch (error) {
    return { error }
  }
}

function fileEvent(job, { result, error }) {
  const file = local(root, job.path)
  const errors = []
  if (error) errors.push(job.loading ?? { ...errorEvent(root, error), name: 'Error' })
  else if (job.told === 0) told(job, file, result)
  if (result && result.testResults.length === 0 && errors.length === 0 && job.loose.length === 0) {
    errors.push({ name: 'Error', message: 'Your test suite must contain at least one test.' })
  }
  const { added = 0, updated = 0, unchecked = 0, fileDeleted = false } = result?.snapshot ?? {}
  return {
    file, errors, log: job.log, unhandled: job.loose, focused: job.focused, loaded: job.loaded,
    written: added + updated + Number(fileDeleted), obsolete: unchecked, heap: process.memoryUsage().heapUsed,
  } // prettier-ignore
}

/** A framework without circus' events tells its tests at the end. */
function told(job, file, { testResults }) {
  const states = { passed: 'pass', failed: 'fail', todo: 'todo' }
  for (const { ancestorTitles, title, status, duration, location, failureMessages, numPassingAsserts } of testResults) {
    const errors = failureMessages.map((stack) => errorEvent(root, { name: 'Error', message: stack.split('\n    at ')[0], stack }))
    const name = text([...ancestorTitles, title].join(' > '))
    const [state, line] = [states[status] ?? 'skip', location?.line ?? 0]
    send({ event: 'test', file, name, state, ms: duration ?? 0, line, errors, log: '', assertions: numPassingAsserts })
  }
}

let gc
function collect() {
  if (!gc) {
    setFlagsFromString('--expose-gc')
    gc = runInNewContext('gc')
    setFlagsFromString('--no-expose-gc')
  }
  gc()
}
