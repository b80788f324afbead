// Reads the repository's Jest configuration in a process of its own, so that reading it again reads what is on disk then.
import { createRequire } from 'node:module'

const [core, root, argv] = process.argv.slice(2)
const send = process.send.bind(process)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

try {
  const require = createRequire(core)
  const { globalConfig, configs } = await require('jest-config').readConfigs(JSON.parse(argv), [root])
  const files = Object.keys(require.cache).filter((path) => !path.includes('/node_modules/'))
  const plain = JSON.parse(JSON.stringify({ globalConfig, configs })) // as Jest gives it to its own workers
  send({ ...plain, files }, () => process.exit())
} catch (error) {
  send({ error: String(error?.message ?? error) }, () => process.exit())
}
