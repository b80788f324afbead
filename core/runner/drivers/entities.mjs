// Vitest's reported tests, modules and errors as plain, bounded values.
import { relative, sep } from 'node:path'

const STATES = { passed: 'pass', failed: 'fail', skipped: 'skip', pending: 'fail', queued: 'fail' }
const TEXT = 16_384
const FRAMES = 30
const ERRORS = 50

let parse = () => []

/** How to read the stack of an error whose frames Vitest has not parsed: version 3 leaves that to reporters. */
export function readStacksWith(parser) {
  parse = (error) => {
    try {
      return parser(error)
    } catch {
      return []
    }
  }
}

/** A path of the package: relative to its root, with slashes. */
export function local(root, path) {
  return relative(root, path).split(sep).join('/')
}

export function testEvent(root, test) {
  const result = test.result()
  return {
    file: local(root, test.module.moduleId),
    name: text(test.fullName),
    state: test.options.mode === 'todo' ? 'todo' : (STATES[result.state] ?? 'fail'),
    ms: test.diagnostic()?.duration ?? 0,
    line: test.location?.line ?? 0,
    errors: errorEvents(root, result.errors),
  }
}

export function errorEvents(root, errors) {
  return (errors ?? []).slice(0, ERRORS).map((error) => errorEvent(root, error))
}

function errorEvent(root, error) {
  if (error === null || typeof error !== 'object') return { name: 'Error', message: text(error) }
  const frames = (error.stacks ?? parse(error)).slice(0, FRAMES)
  const own = frames.find(({ file }) => file.startsWith(root) && !file.includes('/node_modules/')) ?? frames[0]
  return {
    name: text(error.name ?? 'Error'),
    message: text(error.message),
    code: text(error.code),
    expected: optional(error.expected),
    actual: optional(error.actual),
    diff: text(error.diff),
    file: own ? local(root, own.file) : '',
    line: own?.line ?? 0,
    stack: frames.map(({ method, file, line, column }) => text(`${method} ${local(root, file)}:${line}:${column}`.trim())),
    cause: causes(error),
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
