// The repository's own Jest, as it would find itself: its pieces, its configuration, and for each project its files.
import { fork } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Trouble } from './turns.mjs'

const CONFIG = fileURLToPath(new URL('./jest_config.mjs', import.meta.url))
const OLDEST = 29

/** The Jest that `root` resolves to: its version, where its core is, and how to load its pieces. */
export function findJest(root) {
  let core
  try {
    const require = createRequire(join(root, 'package.json'))
    let from = require
    for (const name of ['jest', 'jest-cli']) {
      try {
        from = createRequire(require.resolve(`${name}/package.json`))
        break
      } catch {}
    }
    core = from.resolve('@jest/core')
  } catch {
    throw new Trouble('missing', 'Jest is not installed.')
  }
  const require = createRequire(core)
  const version = JSON.parse(readFileSync(join(dirname(core), '../package.json'), 'utf8')).version
  if (Number(version.split('.')[0]) < OLDEST) throw new Trouble('version', `Jest ${version} is older than ${OLDEST}.`)
  try {
    const haste = dirname(require.resolve('jest-haste-map'))
    return {
      version,
      core,
      worker: join(dirname(require.resolve('jest-runner')), 'testWorker.js'),
      runner: require.resolve('jest-runner'),
      SearchSource: require('@jest/core').SearchSource,
      Runtime: require('jest-runtime').default,
      Resolver: require('jest-resolve').default,
      DependencyResolver: require('jest-resolve-dependencies').DependencyResolver,
      snapshot: require('jest-snapshot'),
      transform: require('@jest/transform'),
      extract: require(join(haste, 'worker.js')).worker,
    }
  } catch (error) {
    throw new Trouble('load', `Jest ${version} could not be loaded by Node ${process.versions.node}: ${error.message}`)
  }
}

/** What the `test` script says beside `jest`: its configuration, and whether modules are to stay modules. */
export function scripted(root) {
  let scripts = {}
  try {
    scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts ?? {}
  } catch {}
  const test = String(scripts.test ?? '')
  const [, config] = /\bjest\b[^&|;]*?\s(?:--config|-c)(?:=|\s+)(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(test)?.filter(Boolean) ?? []
  const modules = Object.values(scripts).some((script) => /experimental-vm-modules/.test(script) && /\bjest\b/.test(script))
  return { config, modules }
}

/** The configuration of every project, read anew; `files` are those it was read from. */
export async function readConfiguration(jest, root) {
  const { config, modules } = scripted(root)
  const argv = { $0: 'jest', _: [], ci: true, coverage: false, watch: false, watchAll: false, watchman: false, ...(config && { config }) }
  let read = await ask(jest, root, argv)
  const homeless = read.configs.find(({ cacheDirectory }) => !writable(cacheDirectory))
  if (homeless) read = await ask(jest, root, { ...argv, cacheDirectory: mkdtempSync(join(tmpdir(), 'jest-')) })
  const other = read.configs.find(({ runner }) => runner !== jest.runner && !/\/node_modules\/jest-runner\//.test(runner))
  if (other) throw new Trouble('version', `The runner ${other.runner} takes the place of Jest's own, which is all that can be driven.`)
  // One file is run with its output kept apart from its verdict, whatever it is to look like on a terminal.
  const globalConfig = { ...read.globalConfig, verbose: false, collectCoverage: false, bail: 0 }
  const esm = modules || read.configs.some(({ extensionsToTreatAsEsm }) => extensionsToTreatAsEsm.length > 0)
  const files = [...new Set([...read.files, ...guessed(root)])]
  return { globalConfig, configs: read.configs, files, execArgv: esm ? ['--experimental-vm-modules', '--no-warnings'] : [] }
}

/** Where a configuration may be, now or one day. */
export function guessed(root) {
  return ['package.json', ...['js', 'ts', 'mjs', 'cjs', 'json'].map((ext) => `jest.config.${ext}`)].map((name) => join(root, name))
}

function ask(jest, root, argv) {
  const child = fork(CONFIG, [jest.core, root, JSON.stringify(argv)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })
  return new Promise((resolve, reject) => {
    const failed = (how) => reject(new Trouble('config', how))
    child.on('message', (read) => (read.error === undefined ? resolve(read) : failed(read.error)))
    child.on('error', (error) => failed(error.message))
    child.on('disconnect', () => failed('The process that read it ended early.')) // after every message it sent
  })
}

function writable(folder) {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** One project with the files that it has now. */
export async function openProject(jest, config) {
  const quiet = { log() {}, warn() {}, error() {}, info() {} }
  const context = await jest.Runtime.createContext(config, { console: quiet, maxWorkers: 1, watch: false, watchman: false })
  const source = new jest.SearchSource(context)
  const files = new Set(context.hasteFS.getAllFiles())
  const tests = [...files].filter((path) => source.isTestFilePath(path) && existsSync(path))
  return {
    id: config.id,
    config,
    context,
    files,
    tests: new Set(tests),
    map: context.moduleMap.toJSON(),
    // What every test loads, and what Jest itself holds: a change of the latter needs a fresh runner.
    everywhere: own([...config.setupFiles, ...config.setupFilesAfterEnv, ...config.snapshotSerializers]),
    held: own([
      config.globalSetup, config.globalTeardown, config.resolver, config.testEnvironment, config.testRunner, config.runtime,
      config.dependencyExtractor, config.snapshotResolver, config.haste?.hasteImplModulePath, ...config.transform.map(([, path]) => path),
    ]), // prettier-ignore
  }
}

function own(paths) {
  return paths.filter((path) => typeof path === 'string' && !path.includes('/node_modules/') && existsSync(path))
}

/** Have modules of the repository that were loaded here, a global setup or a transformer, loaded anew. */
export function forget() {
  const { cache } = createRequire(import.meta.url)
  for (const path of Object.keys(cache)) if (!path.includes('/node_modules/')) delete cache[path]
}

/** Run the global setup, or what takes it down, of every project that has one; each script runs once. */
export async function globally(jest, { globalConfig, configs }, key) {
  const seen = new Set()
  for (const [path, config] of [[globalConfig[key], configs[0]], ...configs.map((config) => [config[key], config])]) {
    if (!path || seen.has(path)) continue
    seen.add(path)
    const transformer = await jest.transform.createScriptTransformer(config)
    await transformer.requireAndTranspileModule(path, async (made) => {
      const call = made?.default ?? made
      if (typeof call !== 'function') throw new Trouble('config', `${key} of ${path} must export a function.`)
      await call(globalConfig, config)
    })
  }
}
