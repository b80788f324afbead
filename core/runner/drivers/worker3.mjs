// A test process of Vitest before 4: runs what its own worker module runs, one context after another, on our word.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { countAssertions } from './counted.mjs'

const [dist, seat] = process.argv.splice(2, 2) // tests see no argument of ours
const send = process.send.bind(process)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.__tinypool_state__ = { isTinypoolWorker: true, workerData: null, workerId: Number(seat) } // its VITEST_POOL_ID

const { run } = await import(pathToFileURL(join(dist, 'worker.js')).href)
let counts = false

/** Its runner can be loaded from the first run on, which makes what it looks for. */
async function count() {
  if (counts || !globalThis.__vitest_worker__) return
  counts = true
  await import(pathToFileURL(join(dist, 'runners.js')).href).then(({ VitestTestRunner }) => countAssertions(VitestTestRunner), () => {})
}

process.on('message', async (message) => {
  switch (message?.beai) {
    case 'ping':
      return send({ beai: 'pong' })
    case 'load':
      for (const url of message.urls) await import(url).catch(() => {})
      await count()
      return send({ beai: 'loaded' })
    case 'run': {
      await count()
      const error = await run(message.context).then(() => undefined, ({ name, message, stack }) => ({ name, message, stack }))
      send({ beai: 'spent', rss: process.memoryUsage.rss(), mocks: -1 })
      return send({ beai: 'ran', error })
    }
  }
})
