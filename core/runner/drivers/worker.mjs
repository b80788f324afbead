// A test process: Vitest's own worker, which can also load packages ahead of time and be asked whether it is alive.
import { pathToFileURL } from 'node:url'

const [entry] = process.argv.splice(2, 1) // tests see no argument of ours
const send = process.send.bind(process)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

// First Vitest's listener, then ours: messages flow as soon as anyone listens.
await import(pathToFileURL(entry).href)
process.on('message', async (message) => {
  switch (message?.beai) {
    case 'ping':
      return send({ beai: 'pong' })
    case 'load':
      for (const url of message.urls) await import(url).catch(() => {})
      return send({ beai: 'loaded' })
  }
})
