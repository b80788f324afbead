// How a test process is started and spoken to: Vitest 4 and later in plain messages, earlier ones in V8's serialisation.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { settingsOf, nameOf } from './instance.mjs'

const OURS = { __tinypool_worker_message__: true } // Vitest's RPC overlooks messages marked like this
const here = (name) => fileURLToPath(new URL(name, import.meta.url))

/** The speech of a major version of Vitest. */
export function speechOf(major) {
  return major < 4 ? classic(major) : MODERN
}

/** A message of ours to a process. */
export function ours(what) {
  return { ...OURS, ...what }
}

const MODERN = {
  hot: true, // a process may keep its evaluated modules
  launch: (vitest, project) => ({
    script: here('./worker.mjs'),
    argv: [join(vitest.distPath, 'workers/forks.js')],
    env: environmentOf(vitest, project),
    execArgv: [...flags(vitest, project), ...(project.config.execArgv ?? [])],
  }),
  /** What `message` is: an answer to us, or a call of Vitest's that wants one. */
  read(message) {
    if (message?.beai) return message
    if (!message?.__vitest_worker_response__) return { beai: 'call', call: message }
    return { beai: message.type === 'testfileFinished' ? 'ran' : message.type, error: message.error }
  },
  reply: (answer) => answer,
  start: ({ config, environment, slot }) => ({
    __vitest_worker_request__: true,
    type: 'start',
    poolId: slot,
    workerId: slot,
    options: { reportMemory: false },
    context: { environment, config, pool: 'forks' },
    traces: { enabled: false },
  }),
  run: ({ files, stale, project, vitest, slot, ...context }) => ({
    __vitest_worker_request__: true,
    type: 'run',
    context: { ...context, files: files.map((filepath) => ({ filepath })), invalidates: [] },
    beai: { stale },
  }),
}

function classic(major) {
  return {
    hot: false,
    launch: (vitest, project, slot) => ({
      script: here('./worker3.mjs'),
      argv: [vitest.distPath, String(slot)],
      env: environmentOf(vitest, project),
      execArgv: [...(project.config.poolOptions?.forks?.execArgv ?? []), ...flags(vitest, project)],
    }),
    read: (message) => (message?.beai ? message : { beai: 'call', call: deserialize(Buffer.from(message)) }),
    reply: serialize,
    start: () => null,
    run: ({ files, stale, project, vitest, slot, ...context }) => ours({
      beai: 'run',
      context: {
        ...context,
        pool: 'forks',
        worker: join(vitest.distPath, 'workers/forks.js'),
        files: major < 3 ? files : files.map((filepath) => ({ filepath, testLocations: undefined })),
        invalidates: stale,
        projectName: nameOf(project),
      },
    }),
  }
}

/** The configuration that a process of `project` gets for a run of the tests that `pattern` names. */
export function configured(speech, project, pattern) {
  const config = settingsOf(project)
  // A process that keeps its modules drops exactly the stale ones by itself; one that waited for a single file has none.
  return { ...config, ...(speech.hot ? { isolate: false } : {}), ...(pattern ? { testNamePattern: pattern } : {}) }
}

function environmentOf(vitest, { config }) {
  const own = { TEST: 'true', VITEST: 'true', NODE_ENV: process.env.NODE_ENV || 'test', VITEST_MODE: 'RUN' }
  return { ...process.env, ...own, ...vitest.config.env, ...config.env }
}

function flags(vitest, project) {
  const { ssr, resolve, isProduction } = (project.vite ?? project.server).config
  const skipped = isProduction ? 'development' : 'production'
  const conditions = (ssr?.resolve?.conditions ?? resolve.conditions ?? [])
    .filter((condition) => condition !== skipped)
    .map((condition) => (condition === 'development|production' ? (isProduction ? 'production' : 'development') : condition))
  return [
    '--experimental-import-meta-resolve',
    '--require',
    join(vitest.distPath, '..', 'suppress-warnings.cjs'),
    ...[...new Set(conditions)].flatMap((condition) => ['--conditions', condition]),
  ]
}
