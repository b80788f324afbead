// The repository's own Vitest, made once and kept: no watcher, no writes, our processes, our reporter.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { createPool3 } from './pool3.mjs'

/** Trouble that the adapter turns into one clear sentence. */
export class Trouble extends Error {
  constructor(kind, message) {
    super(message)
    this.kind = kind
  }
}

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
  if (major < 3) throw new Trouble('version', `Vitest ${version} is older than 3.`)
  try {
    const api = await import(pathToFileURL(join(dirname(home), 'dist/node.js')).href)
    const stacks = await import(pathToFileURL(createRequire(home).resolve('@vitest/utils/source-map')).href)
    return { version, major, api, stacks: stacks.parseErrorStacktrace }
  } catch (error) {
    throw new Trouble('load', `Vitest ${version} could not be loaded by Node ${process.versions.node} (it wants ${engines?.node}): ${error.message}`)
  }
}

/**
 * A Vitest instance that runs what it is told, those of `first` (paths) before others. `output` gets what it and the tests
 * print.
 */
export async function createInstance({ api, major }, root, stock, reporter, output, first) {
  const stream = () => new Writable({ write: (chunk, _, done) => done(void output(chunk)) })
  const options = {
    root,
    watch: false,
    ...(major === 3 ? { pool: 'forks', poolOptions: { forks: { isolate: true } } } : { pool: stock.pool, isolate: true }),
    reporters: [reporter],
    coverage: { enabled: false },
    includeTaskLocation: true,
    passWithNoTests: true,
    bail: 0,
    api: false,
    ui: false,
    cache: false,
    update: false,
  }
  let vitest
  try {
    vitest = await api.createVitest('test', options, { server: { watch: null } }, { stdout: stream(), stderr: stream() })
  } catch (error) {
    throw new Trouble('config', error.message || String(error))
  }
  prefer(vitest, first)
  if (major === 3) vitest.pool = createPool3(api, vitest, stock)
  // New snapshots are never written: as on a build server, whatever the environment says.
  for (const { config } of [vitest, ...vitest.projects]) config.snapshotOptions.updateSnapshot = 'none'
  vitest.snapshot.options.updateSnapshot = 'none'
  return vitest
}

/** Let the repository's own order stand, but for the test files of `first`, which start before the others. */
function prefer({ config: { sequence } }, first) {
  sequence.sequencer = class extends sequence.sequencer {
    async sort(specs) {
      const sorted = await super.sort(specs)
      const early = ({ moduleId }) => first().has(moduleId)
      return [...sorted.filter(early), ...sorted.filter((spec) => !early(spec))]
    }
  }
}
