// Errors of Jest's tests as plain, bounded values: from the thrown objects themselves, never from coloured text.
import { realpathSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const TEXT = 16_384 // characters of one text
const FRAMES = 30 // frames of one stack
const CAUSES = 5
const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?([^()\s]+?):(\d+):(\d+)\)?$/
const EXPECTED = /^\s*Expected(?: [a-z]+)*:(?:\s*not)?[ \t]*(.*)$/m
const RECEIVED = /^\s*Received(?: [a-z]+)*:[ \t]*(.*)$/m
const DIFF = /^\s*- Expected[^\n]*\n\s*\+ Received[^]*/m

let print = String

/** How values look: Jest's own way to print them. */
export function printWith(format) {
  print = (value) => {
    try {
      return format(value, { maxDepth: 8, maxWidth: 100 })
    } catch {
      return String(value)
    }
  }
}

/** A path of the package: relative to its root, with slashes. */
export function local(root, path) {
  return relative(root, path).split(sep).join('/')
}

/** The frames of `stack` in the repository's own files: below `root` and not in a package. */
export function ownFrames(root, stack) {
  const frames = []
  for (const line of String(stack ?? '').split('\n')) {
    const match = FRAME.exec(line)
    if (!match || !isAbsolute(match[2]) || match[2].includes('/node_modules/')) continue
    const file = inside(root, match[2])
    if (file) frames.push({ name: match[1] ?? '', file, line: Number(match[3]), column: Number(match[4]) })
  }
  return frames.slice(0, FRAMES)
}

/** Where the engine says a file cannot be read: `path:line` in front of everything. */
function place(root, stack) {
  const match = /^(\/[^\n]+?):(\d+)\n/.exec(String(stack ?? ''))
  const file = match && inside(root, match[1])
  return file ? { file, line: Number(match[2]) } : undefined
}

/**
 * One thrown value; circus keeps it beside an error that tells where its test was declared. `rejection` is what an
 * asserted promise was rejected with.
 */
export function errorEvent(root, thrown, rejection) {
  const [error, declared] = Array.isArray(thrown) ? thrown : [thrown]
  if (error === null || typeof error !== 'object' || typeof error.message !== 'string') return primitive(root, error, declared)
  const frames = ownFrames(root, error.stack)
  const own = frames[0] ?? place(root, error.stack) ?? ownFrames(root, declared?.stack)[0]
  const message = clean(error.message)
  return {
    name: text(named(error, message)),
    message: text(message),
    code: text(error.code ?? ''),
    ...compared(error.matcherResult, message),
    diff: text(DIFF.exec(message)?.[0] ?? ''),
    file: own?.file ?? '',
    line: own?.line ?? 0,
    stack: frames.map(({ name, file, line, column }) => text(`${name} ${file}:${line}:${column}`.trim())),
    cause: causes(error, error.matcherResult ? rejection : undefined),
  }
}

/** Something thrown that is no error, or nothing at all: a timeout and a failed `done` are told by the declaration. */
function primitive(root, value, declared) {
  const own = ownFrames(root, declared?.stack)[0]
  const known = value === undefined && declared?.message
  const message = known ? clean(declared.message) : `thrown: ${value === undefined ? 'undefined' : print(value)}`
  return { name: 'Error', message: text(message), file: own?.file ?? '', line: own?.line ?? 0 }
}

/** Jest's assertion errors call themselves Error. */
function named(error, message) {
  const asserted = error.matcherResult !== undefined || /^expect\(/.test(message)
  const name = typeof error.name === 'string' && error.name ? error.name : (error.constructor?.name ?? 'Error')
  return asserted && name === 'Error' ? 'JestAssertionError' : name
}

/** What was compared: as the matcher tells, else as its message says, in words or as a difference. */
function compared(result, message) {
  const asserted = /^expect\(/.test(message)
  const told = (key, pattern, sign) => {
    if (result && typeof result === 'object' && result[key] !== undefined) return text(shown(result[key]))
    const found = asserted ? (pattern.exec(message)?.[1] ?? side(message, sign)) : undefined
    return found === undefined ? null : text(found)
  }
  return { expected: told('expected', EXPECTED, '-'), actual: told('actual', RECEIVED, '+') }
}

/** One side of a printed difference. */
function side(message, sign) {
  const [, diff] = /^\s*- Expected[^\n]*\n\s*\+ Received[^\n]*\n\n([^]*)/m.exec(message) ?? []
  const lines = diff?.split('\n').filter((line) => line.startsWith(sign) || line.startsWith(' '))
  return lines?.map((line) => line.slice(2)).join('\n')
}

function shown(value) {
  if (typeof value === 'string') return value
  return isError(value) ? described(value) : print(value)
}

/** `Name [code]: message` of the error that was compared, if one was, and of each cause, outermost first. */
function causes(error, rejection) {
  const found = []
  const actual = error.matcherResult?.actual
  const first = error.cause ?? (isError(rejection) ? rejection : isError(actual) ? actual.cause : undefined)
  for (let cause = first; isError(cause) && found.length < CAUSES; cause = cause.cause) found.push(described(cause))
  return text(found.join('\n'))
}

function described(error) {
  return `${error.name ?? 'Error'}${error.code ? ` [${error.code}]` : ''}: ${clean(String(error.message))}`
}

function isError(value) {
  return value !== null && typeof value === 'object' && typeof value.message === 'string' && typeof value.stack === 'string'
}

/** `path` relative to `root` where it is below it; a package may be reached over a link. */
function inside(root, path) {
  for (const base of [root, real(root)]) if (path.startsWith(base + sep)) return local(base, path)
  return ''
}

const reals = new Map()
function real(path) {
  if (!reals.has(path)) reals.set(path, realpathSync(path))
  return reals.get(path)
}

function clean(message) {
  return stripVTControlCharacters(message)
}

export function text(value) {
  const whole = typeof value === 'string' ? value : String(value)
  return whole.length > TEXT ? `${whole.slice(0, TEXT)}…` : whole
}
