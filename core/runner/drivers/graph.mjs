// What Vitest's module graphs say: which files are loaded, and which tests a change can reach.
import { basename, dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Changes that import graphs do not show and that touch every test. */
const EVERYTHING = /(?:\.prisma|\/\.env[^/]*|\/package\.json|\/package-lock\.json|\/pnpm-lock\.yaml|\/yarn\.lock|\/bun\.lockb?|\/tsconfig[^/]*\.json)$/
/** Of those and others, the ones that only a new instance picks up. */
const RESTART = /(?:\/\.env[^/]*|\/package\.json|\/package-lock\.json|\/pnpm-lock\.yaml|\/yarn\.lock|\/bun\.lockb?|\/tsconfig[^/]*\.json|\/vite(?:st)?(?:\.[\w-]+)?\.(?:config|workspace)\.[cm]?[jt]s)$/

/** Files of the repository that some graph holds. */
export function loaded(vitest) {
  const files = new Set()
  for (const { moduleGraph } of environments(vitest)) {
    for (const file of moduleGraph.fileToModulesMap.keys()) {
      if (isAbsolute(file) && !file.includes('/node_modules/')) files.add(file)
    }
  }
  return [...files]
}

/** Files read once, when the instance was made. */
export function configuration(vitest) {
  return [...new Set(vitest.projects.flatMap(({ vite, config }) => [
    vite.config.configFile,
    ...(vite.config.configFileDependencies ?? []),
    ...[config.globalSetup ?? []].flat(),
  ]).filter(Boolean))]
}

/** Entry files of installed packages that tests loaded, and a Prisma client generated among the packages. */
export function packages(vitest, root) {
  const loaded = Object.values(vitest.state.metadata ?? {}).flatMap(({ externalized }) => Object.values(externalized ?? {}))
  const files = loaded.map((url) => (url.startsWith('file:') ? fileURLToPath(url) : url)).filter(isAbsolute)
  return [...new Set([...files, join(root, 'node_modules/.prisma/client/index.js')])]
}

/** Whether a change to one of `paths` needs a new instance. */
export function needsRestart(vitest, paths) {
  const own = new Set(configuration(vitest))
  return paths.some((path) => own.has(path) || RESTART.test(path))
}

/** Transform what is not yet: every test, every setup file, and all they import. */
export async function complete(specs) {
  const seen = new Set()
  const walk = async (environment, id) => {
    if (seen.has(id) || id.includes('/node_modules/')) return
    seen.add(id)
    const known = environment.moduleGraph.getModuleById(id)
    if (!known?.transformResult) await environment.transformRequest(id).catch(() => {}) // the run will report it
    const node = environment.moduleGraph.getModuleById(id)
    if (node) await Promise.all([...node.importedModules].map(({ id }) => id && isAbsolute(id) && walk(environment, id)))
  }
  await Promise.all(specs.map(async ({ project, moduleId }) => {
    const environment = environmentOf(project)
    await Promise.all([moduleId, ...project.config.setupFiles].map((id) => walk(environment, id)))
  }))
}

/** The specifications that a change to `paths` can reach; all of them when that is not sure. */
export function affected(vitest, specs, paths) {
  const tests = new Set(specs.map(({ moduleId }) => moduleId))
  const setups = new Set(vitest.projects.flatMap(({ config }) => config.setupFiles))
  const hit = new Set()
  for (const path of paths) {
    if (EVERYTHING.test(path)) return specs
    const reached = tests.has(path) ? new Set([path]) : importers(vitest, path)
    if (reached === null || [...reached].some((file) => setups.has(file))) return specs
    for (const file of reached) if (tests.has(file)) hit.add(file)
    for (const test of tests) if (namesake(path, test) && dirname(test).startsWith(dirname(path))) hit.add(test)
  }
  return specs.filter(({ moduleId }) => hit.has(moduleId))
}

/** Of `specs`, the paths of the tests that changed, or that are named after a file that did. */
export function closest(specs, paths) {
  const own = specs.map(({ moduleId }) => moduleId).filter((test) => paths.some((path) => path === test || namesake(path, test)))
  return new Set(own)
}

/** `path` and every file that imports it, directly or not; null when no graph holds it. */
function importers(vitest, path) {
  const seen = new Set()
  const queue = environments(vitest).flatMap(({ moduleGraph }) => [...(moduleGraph.getModulesByFile(path) ?? [])])
  if (queue.length === 0) return null
  const files = new Set([path])
  for (let node; (node = queue.pop());) {
    if (seen.has(node)) continue
    seen.add(node)
    if (node.file) files.add(node.file)
    queue.push(...node.importers)
  }
  return files
}

function namesake(path, test) {
  const stem = basename(path).replace(/\.[^.]+$/, '')
  const [head, middle] = basename(test).split(/\.(?=(?:test|spec|tests|specs)\.)/)
  return middle !== undefined && head === stem
}

function environments(vitest) {
  return vitest.projects.flatMap(({ vite }) => Object.values(vite.environments))
}

function environmentOf({ config, vite }) {
  const server = config.environment === 'node' || config.environment === 'edge-runtime'
  return vite.environments[server ? 'ssr' : 'client']
}
