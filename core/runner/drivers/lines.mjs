// JSON lines: requests come from stdin through a thread that cannot be blocked, events go to the descriptor in BEAI_FD.
import { closeSync, openSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

const FD = own(process.env.BEAI_FD)
delete process.env.BEAI_FD // it belongs to us, not to the code under test

/** Write one event; a reader that has gone ends everything. */
export function emit(event) {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`)
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += writeSync(FD, bytes, sent)
    } catch (error) {
      if (error.code !== 'EAGAIN') end()
    }
  }
}

/** Call `handle` with each request; end of input ends the process group, also while our own event loop is blocked. */
export function listen(handle) {
  const reader = new Worker(new URL('./stdin.mjs', import.meta.url), { stdin: false, execArgv: [] })
  reader.on('message', (line) => {
    let request
    try {
      request = JSON.parse(line)
    } catch {
      return emit({ event: 'fault', kind: 'protocol', message: 'A request was not JSON.' })
    }
    handle(request)
  })
  reader.on('error', end)
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
