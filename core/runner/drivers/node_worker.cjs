// One process of node:test: loaders are loaded, it waits for its file, runs it as `node FILE` would, and tells of each test.
'use strict'
const { closeSync, createReadStream, openSync, writeSync } = require('node:fs')
const Module = require('node:module')
const { inspect } = require('node:util')
const { resolve } = require('node:path')
require('node:test') // loaded ahead; the first test starts it

const [job, events] = process.env.BEAI_WORKER.split(',').map(Number)
delete process.env.BEAI_WORKER
const out = openSync(`/dev/fd/${events}`, 'w') // unlike an inherited one, it closes in whatever the tests start
closeSync(events)
const root = process.cwd()
const pid = process.pid
const TEXT = 16_384
let reporting = false // whether tests were begun, and their report has no end yet
const BEAT = 250 // ms between signs of life

/** Write one event. */
function tell(event) {
  if (process.pid !== pid) return
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`)
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += writeSync(out, bytes, sent)
    } catch (error) {
      if (error.code !== 'EAGAIN') process.reallyExit(1)
    }
  }
}

/** Take the reporter's part: node:test calls it with its stream of events. */
globalThis[Symbol.for('beai.report')] = async (source) => {
  const names = [] // in the order of the report, where a test starts only once it can be told whole
  const begun = []
  reporting = true
  for await (const { type, data } of source) {
    if (type === 'test:dequeue') {
      begun[data.nesting] = data.name
      begun.length = data.nesting + 1
      tell({ event: 'begun', test: which(data), names: begun.map(text) })
    } else if (type === 'test:start') {
      names[data.nesting] = data.name
      names.length = data.nesting + 1
    } else if (type === 'test:pass' || type === 'test:fail') {
      names[data.nesting] = data.name
      ended(type, data, names.slice(0, data.nesting + 1))
    } else if (type === 'test:diagnostic' && /^Warning: .*asynchronous activity/s.test(data.message)) {
      tell({ event: 'loose', error: { name: 'Error', message: text(data.message) } })
    }
  }
  reporting = false
}

/** The same for the begin and the end of a test; its names above may not be. */
function which({ nesting, name, line, column }) {
  return `${nesting} ${line}:${column} ${text(name)}`
}

function ended(type, data, names) {
  const { details = {} } = data
  const error = details.error
  const suite = details.type === 'suite'
  if (suite && (type === 'test:pass' || error?.failureType === 'subtestsFailed')) return tell({ event: 'over', test: which(data) })
  const skipped = data.skip !== undefined && data.skip !== false
  const todo = data.todo !== undefined && data.todo !== false
  const state = todo ? 'todo' : skipped ? 'skip' : type === 'test:pass' ? 'pass' : 'fail'
  tell({
    event: 'test',
    test: which(data),
    names: names.map(text),
    state,
    ms: details.duration_ms ?? 0,
    line: data.line ?? 0,
    errors: state === 'fail' ? [described(error)] : [],
  })
}

/** An error as the protocol has it; node:test wraps what was thrown. */
function described(error) {
  const wrapped = error?.code === 'ERR_TEST_FAILURE'
  const own = wrapped && error.cause instanceof Object ? error.cause : error
  if (wrapped && error.failureType === 'testTimeoutFailure') return { name: 'Timeout', message: text(error.message) }
  if (!(own instanceof Object) || wrapped && !(error.cause instanceof Object)) {
    const name = { cancelledByParent: 'Cancelled', subtestsFailed: 'SubtestsFailed' }[error?.failureType] ?? 'Error'
    return { name, message: text(wrapped ? error.cause ?? error.message : error) }
  }
  const stack = frames(own.stack)
  const at = stack.find(({ file }) => !file.startsWith('node:') && !file.includes('node_modules/') && !file.startsWith('..'))
  const compares = 'expected' in own || 'actual' in own
  return {
    name: text(own.name ?? 'Error'),
    message: text(own.message),
    code: own.code === 'ERR_ASSERTION' ? '' : text(own.code),
    expected: compares ? value(own.expected) : null,
    actual: compares ? value(own.actual) : null,
    file: at?.file ?? '',
    line: at?.line ?? 0,
    stack: stack.map(({ method, file, line, column }) => `${method} ${file}:${line}:${column}`.trim()),
    cause: causes(own),
  }
}

function frames(stack) {
  const found = []
  for (const line of String(stack ?? '').split('\n')) {
    const match = /^\s+at (?:(.*?) \()?(?:file:\/\/)?([^()\s]+?):(\d+):(\d+)\)?$/.exec(line)
    if (!match || match[2].startsWith('node:internal')) continue
    const file = match[2].startsWith(`${root}/`) ? match[2].slice(root.length + 1) : match[2]
    found.push({ method: match[1] ?? '', file, line: Number(match[3]), column: Number(match[4]) })
    if (found.length === 30) break
  }
  return found
}

function causes(error) {
  const found = []
  for (let cause = error.cause; cause instanceof Object && found.length < 5; cause = cause.cause) {
    found.push(`${cause.name ?? 'Error'}${cause.code ? ` [${cause.code}]` : ''}: ${cause.message}`)
  }
  return text(found.join('\n'))
}

function value(thing) {
  return text(typeof thing === 'string' ? thing : inspect(thing, { depth: 5, maxArrayLength: 100 }))
}

function text(thing) {
  const whole = thing === undefined || thing === null ? '' : typeof thing === 'string' ? thing : String(thing?.message ?? thing)
  return whole.length > TEXT ? `${whole.slice(0, TEXT)}…` : whole
}

// Nobody else may come to say it: where no test runs, node ends at once. What a test fails by is told twice.
process.on('uncaughtExceptionMonitor', (error) => tell({ event: 'uncaught', error: described(error) }))
process.on('exit', (code) => tell({ event: 'end', code: process.exitCode ?? code, whole: !reporting }))
setInterval(() => tell({ event: 'alive' }), BEAT).unref()

const input = createReadStream(null, { fd: job, autoClose: true })
let told = ''
input.on('data', (chunk) => {
  told += chunk
  if (!told.includes('\n')) return
  input.destroy()
  process.argv = [process.argv[0], resolve(root, JSON.parse(told).file)]
  Module.runMain()
})
input.on('end', () => process.reallyExit(0))
tell({ event: 'waiting' })
