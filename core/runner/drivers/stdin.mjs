// Blocking reads of stdin in a thread: lines go to the main thread; end of input kills the whole process group.
import { readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

const chunk = Buffer.alloc(65536)
let rest = Buffer.alloc(0)
for (;;) {
  let size = 0
  try {
    size = readSync(0, chunk)
  } catch (error) {
    if (error.code === 'EAGAIN') continue
  }
  if (size === 0) break
  rest = Buffer.concat([rest, chunk.subarray(0, size)])
  for (let at; (at = rest.indexOf(10)) >= 0; rest = rest.subarray(at + 1)) {
    parentPort.postMessage(rest.subarray(0, at).toString('utf8'))
  }
}
try {
  process.kill(-process.pid, 'SIGKILL')
} catch {
  process.kill(process.pid, 'SIGKILL')
}
