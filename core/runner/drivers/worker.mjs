// A test process of Vitest 4 and later: its own worker, which can also load modules ahead, drop stale ones and tell its state.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { countAssertions } from './counted.mjs'
import { Tidy, watchedSets } from './tidy.mjs'

const [entry] = process.argv.splice(2, 1) // tests see no argument of ours
const send = process.send
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const tidy = new Tidy()
process.send = function (message, ...rest) {
  if (message?.t === 'q') tidy.hear(message.m, message.a)
  if (message?.type === 'testfileFinished') send.call(process, { beai: 'spent', ...tidy.after() })
  return send.call(process, message, ...rest)
}
tidy.sets = await watchedSets(async () => {
  countAssertions((await import(pathToFileURL(join(entry, '../../index.js')).href)).TestRunner)
  await import(pathToFileURL(entry).href) // from here on messages flow, so that ours must listen in the same turn
})
process.send = send // Vitest has bound ours as it loaded

process.prependListener('message', async (message) => {
  if (message?.type === 'run' && message.beai) return tidy.forget(message.beai.stale)
  switch (message?.beai) {
    case 'ping':
      return send.call(process, { beai: 'pong' })
    case 'load':
      for (const url of message.urls) await import(url).catch(() => {})
      for (const id of message.ids) await globalThis.__vitest_mocker__?.moduleRunner?.import(id).catch(() => {})
      return send.call(process, { beai: 'loaded' })
  }
})
