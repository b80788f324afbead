// JSON lines: requests come from stdin, events go to the descriptor in BEAI_FD, and the end of input ends everything.
import { spawn } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'

const MOST = 50 // errors in one event
const ROOM = 2 * 1024 * 1024 // characters of them
const FD = own(process.env.BEAI_FD)
delete process.env.BEAI_FD // it belongs to us, not to the code under test

/** Write one event; a reader that has gone ends everything. */
export function emit(event) {
  const told = { ...event }
  for (const field of ['errors', 'unhandled']) if (told[field]?.length > 1) told[field] = bounded(told[field])
  const bytes = Buffer.from(`${JSON.stringify(told)}\n`)
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += writeSync(FD, bytes, sent)
    } catch (error) {
      if (error.code !== 'EAGAIN') end()
    }
  }
}

/** `errors` as far as one event may hold them; the last says how many were left out. */
function bounded(errors) {
  let room = ROOM
  const at = errors.findIndex((error, index) => (room -= JSON.stringify(error).length) < 0 && index > 0 || index === MOST)
  return at < 0 ? errors : [...errors.slice(0, at), { name: 'Error', message: `and ${errors.length - at} more` }]
}

/** Call `handle` with each request; end of input ends the process group. */
export function listen(handle) {
  let rest = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) handle(JSON.parse(line))
  })
  process.stdin.on('end', end)
  process.stdin.on('error', end)
}

/**
 * Start a shell that waits for the end of the descriptor in BEAI_LIFE, which comes when our parent dies, and then kills the
 * process group: also when our own event loop is blocked by the repository's configuration, or when we are gone.
 */
export function guard() {
  const life = process.env.BEAI_LIFE
  delete process.env.BEAI_LIFE
  if (life === undefined) return
  const script = `read -r _; kill -s KILL -- -${process.pid}`
  spawn('/bin/sh', ['-c', script], { stdio: [Number(life), 'ignore', 'ignore'], env: {} }).unref()
  closeSync(Number(life))
}

/** End this process and every process it started, at once. */
export function end() {
  try {
    process.kill(-process.pid, 'SIGKILL') // we lead a process group of our own when the adapter started us
  } catch {
    process.kill(process.pid, 'SIGKILL')
  }
}

/** The descriptor opened anew: unlike an inherited one, it closes in every process we start. */
function own(inherited) {
  if (inherited === undefined) return 1
  const descriptor = openSync(`/dev/fd/${inherited}`, 'w')
  closeSync(Number(inherited))
  return descriptor
}
