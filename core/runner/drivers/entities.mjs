// Vitest's tasks and errors as plain, bounded values.
import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const STATES = { pass: 'pass', fail: 'fail', skip: 'skip', todo: 'todo' }
const TEXT = 16_384
const FRAMES = 30
const ERRORS = 50
const FRAME = /^\s*at (?:(?:async )?(.*?) \()?(.+?):(\d+):(\d+)\)?$/

/** A path of the package: relative to its root, with slashes. */
export function local(root, path) {
  return relative(root, path).split(sep).join('/')
}

/** One ended test; `name` are its names joined, `log` what it printed. */
export function testEvent(root, file, task, name, log) {
  const { result } = task
  const state = task.mode === 'todo' ? 'todo' : (STATES[result?.state ?? task.mode] ?? 'fail')
  return {
    file: local(root, file),
    name: text(name),
    state,
    ms: result?.duration ?? 0,
    line: task.location?.line ?? 0,
    errors: errorEvents(root, state === 'fail' || state === 'pass' ? result?.errors : []),
    log: text(log),
    ...(result?.beaiAssertions === undefined ? {} : { assertions: result.beaiAssertions }),
    retries: result?.retryCount ?? 0,
  }
}

export function errorEvents(root, errors) {
  return (errors ?? []).slice(0, ERRORS).map((error) => errorEvent(root, error))
}

function errorEvent(root, error) {
  if (error === null || typeof error !== 'object') return { name: 'Error', message: text(error) }
  const frames = framesOf(root, error)
  const at = frames[0] ?? (error.loc?.file || error.id ? { file: error.loc?.file ?? error.id, line: error.loc?.line } : undefined)
  return {
    name: text(error.name ?? 'Error'),
    message: text(error.message),
    code: text(error.code),
    expected: optional(error.expected),
    actual: optional(error.actual),
    diff: text(error.diff),
    file: at ? local(root, String(at.file)) : '',
    line: at?.line ?? 0,
    stack: frames.map(({ method, file, line, column }) => text(`${method} ${local(root, file)}:${line}:${column}`.trim())),
    cause: causes(error),
  }
}

/** The frames of the repository, innermost first, those of its own package before others; none of Node's, none of packages'. */
function framesOf(root, { stack, stackStr }) {
  const found = []
  for (const line of String(stackStr ?? stack ?? '').split('\n')) {
    const [, method = '', place, row, column] = FRAME.exec(line) ?? []
    const file = place && pathOf(place)
    if (!file || file.includes('/node_modules/')) continue
    found.push({ method: method.replaceAll(/__vite_ssr_\w+__\.?/g, ''), file, line: Number(row), column: Number(column) })
    if (found.length === FRAMES) break
  }
  const own = ({ file }) => file.startsWith(`${root}${sep}`)
  return [...found.filter(own), ...found.filter((frame) => !own(frame))]
}

function pathOf(place) {
  try {
    const path = (place.startsWith('file:') ? fileURLToPath(place) : place).replace(/[?#].*$/, '')
    return isAbsolute(path) ? path : ''
  } catch {
    return ''
  }
}

/** `Name: message` of each cause, outermost first. */
function causes(error) {
  const found = []
  for (let cause = error.cause; cause && typeof cause === 'object' && found.length < 5; cause = cause.cause) {
    found.push(`${cause.name ?? 'Error'}${cause.code ? ` [${cause.code}]` : ''}: ${cause.message}`)
  }
  return text(found.join('\n'))
}

function optional(value) {
  return value === undefined ? null : text(value)
}

function text(value) {
  if (value === undefined || value === null) return ''
  const whole = typeof value === 'string' ? value : String(value)
  return whole.length > TEXT ? `${whole.slice(0, TEXT)}…` : whole
}
