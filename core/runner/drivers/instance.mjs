// The repository's own Vitest, made once and kept: no watcher, no writes, and nothing run but what we run.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { Trouble } from './turns.mjs'

const FOREIGN = new Set(['browser', 'typescript']) // pools whose tests no Node process of ours can run

/** The Vitest that `root` resolves to: its node API and its version. */
export async function findVitest(root) {
  const require = createRequire(join(root, 'package.json'))
  let home
  try {
    home = require.resolve('vitest/package.json')
  } catch {
    throw new Trouble('missing', 'Vitest is not installed.')
  }
  const { version, engines } = require(home)
  const major = Number(version.split('.')[0])
  if (major < 1) throw new Trouble('version', `Vitest ${version} is older than 1.`)
  try {
    return { version, major, dist: join(dirname(home), 'dist'), api: await import(pathToFileURL(join(dirname(home), 'dist/node.js')).href) }
  } catch (error) {
    throw new Trouble('load', `Vitest ${version} could not be loaded by Node ${process.versions.node} (it wants ${engines?.node}): ${error.message}`)
  }
}

/** A Vitest instance that is asked about the repository; `output` gets what it prints. */
export async function createInstance({ api, major, dist }, root, output) {
  const stream = () => new Writable({ write: (chunk, _, done) => done(void output(chunk)) })
  const options = {
    root,
    watch: false,
    pool: 'forks',
    ...(major < 4 ? { poolOptions: { forks: { isolate: true } } } : { isolate: true }),
    reporters: [{}],
    coverage: { enabled: false },
    includeTaskLocation: true,
    passWithNoTests: true,
    bail: 0,
    api: false,
    ui: false,
    cache: false,
    ...(major < 5 ? {} : { fsModuleCache: false }), // it would be asked for what we have invalidated
    update: false,
  }
  let vitest
  try {
    vitest = await api.createVitest('test', options, { server: { watch: null } }, { stdout: stream(), stderr: stream() })
  } catch (error) {
    throw new Trouble('config', error.message || String(error))
  }
  vitest.distPath ??= dist // version 1 finds it as late as its first run
  // New snapshots are never written: as on a build server, whatever the environment says.
  for (const { config } of [vitest, ...vitest.projects]) config.snapshotOptions.updateSnapshot = 'none'
  vitest.snapshot.options.updateSnapshot = 'none'
  return vitest
}

/** Every test file as it is on disk now, one entry for each project that has it. */
export async function findSpecs(vitest) {
  vitest.clearSpecificationsCache?.()
  for (const project of vitest.projects) project.testFilesList = null // Vitest before 4 keeps its list otherwise
  const found = await (vitest.globTestSpecifications ?? vitest.globTestSpecs ?? vitest.globTestFiles).call(vitest)
  return found
    .map((spec) => ({ spec, project: spec.project?.workspaceProject ?? spec.project ?? spec[0], moduleId: spec.moduleId ?? spec[1], pool: spec.pool ?? spec[2]?.pool }))
    .filter(({ pool }) => !FOREIGN.has(pool))
}

/** `specs` in the order that the repository asks for, but for the test files of `early` (paths), which start first. */
export async function ordered(vitest, specs, early) {
  if (specs.length < 2) return specs
  const { sequencer } = vitest.config.sequence
  const sorted = await new sequencer(vitest).sort(specs.map(({ spec }) => spec))
  const known = new Map(specs.map((entry) => [entry.spec, entry]))
  const entries = sorted.map((spec) => known.get(spec)).filter(Boolean)
  return [...entries.filter(({ moduleId }) => early.has(moduleId)), ...entries.filter(({ moduleId }) => !early.has(moduleId))]
}

/** The configuration of `project` as a test process gets it. */
export function settingsOf(project) {
  return project.serializedConfig ?? project.getSerializableConfig()
}

/** The name of `project`, "" for the only one. */
export function nameOf(project) {
  return project.getName?.() ?? project.name ?? ''
}
