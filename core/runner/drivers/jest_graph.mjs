// Who imports whom in one project, as Jest extracts and resolves it; what it cannot see is told as unsure.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte)$/
// An import whose name is computed: what it reaches is known only after a run.
const COMPUTED = /\b(?:require|import)\s*\(\s*(?!["']|`[^`$]*`\s*\)|\))|\b(?:require|import)\s*\(\s*["'][^"'\n]*["']\s*\+|\bimport\.meta\.glob|\brequire\.context\b/
// What Jest's extractor passes by, since it only replaces a module.
const MOCKED = /\bjest\s*\.\s*(?:unstable_)?(?:doMock|mock|setMock|mockModule)\s*(?:<[^>(]*>)?\(\s*['"]([^'"\n]+)['"]/g
const COMMENT = /^\s*(?:\/\/|\*)/

/** The imports of every file of a project, each read once per change. */
export class Graph {
  #names = new Map() // file → what it imports, where that is newer than the project's map
  #imports = new Map() // file → the files it imports
  #computed = new Map() // file → whether it imports by a computed name
  #before = new Map() // who imported what before files came or went
  #used = null // file → the files that import it
  #loaded = new Map() // test file → the files it loaded when it last ran

  constructor(jest, project) {
    this.jest = jest
    this.project = project
    const { context } = project
    const files = {
      exists: (path) => context.hasteFS.exists(path),
      getDependencies: (path) => this.#names.get(path) ?? context.hasteFS.getDependencies(path) ?? [],
    }
    this.resolver = new jest.DependencyResolver(context.resolver, files, null)
  }

  /** Take over what an older graph knew: who imported a file that is gone, and what tests loaded. */
  inherit(older) {
    if (!older) return
    this.#before = older.#users()
    this.#loaded = older.#loaded
  }

  has(path) {
    return this.#imports.has(path)
  }

  /** Read what is not known yet, and `changed` anew. */
  async update(changed = []) {
    const { files } = this.project
    for (const path of changed) {
      this.#imports.delete(path)
      this.#computed.delete(path)
      if (files.has(path) || this.#names.has(path)) await this.#read(path)
    }
    const pending = [...files].filter((path) => !this.#imports.has(path))
    for (const path of pending) await this.#take(path, files)
    this.snapshots ??= await this.jest.snapshot.buildSnapshotResolver(this.project.config)
    this.#used = null
  }

  /** Which files a test loaded: what was imported by other means than the eye can see. */
  learn(test, loaded) {
    this.#loaded.set(test, new Set(loaded))
  }

  /** Every file that is watched for changes. */
  files() {
    return [...this.#imports.keys()]
  }

  /** The test files that a change of `changed` reaches: each with its reason and the files on the way, nearest first. */
  reach(changed) {
    const { tests } = this.project
    const found = new Map()
    const came = new Map(changed.map((path) => [this.#subject(path), null]))
    for (const path of came.keys()) if (tests.has(path)) found.set(path, { reason: 'it changed itself', chain: [path] })
    for (const path of came.keys()) {
      for (const user of [...(this.#users().get(path) ?? []), ...(this.#before.get(path) ?? [])]) {
        if (came.has(user)) continue
        came.set(user, path)
        if (tests.has(user)) found.set(user, { reason: 'imports', chain: way(came, user) })
      }
    }
    for (const test of tests) {
      if (found.has(test)) continue
      const direct = changed.find((path) => this.#loaded.get(test)?.has(path))
      if (direct) found.set(test, { reason: 'loaded it when it last ran', chain: [direct, test] })
    }
    return found
  }

  /** The test files that reach an import whose name is computed: nobody can tell what they load. */
  unsure() {
    const computed = [...this.#computed].filter(([, is]) => is).map(([path]) => path)
    const found = new Map()
    for (const [test, { chain }] of this.reach(computed)) found.set(test, { reason: 'imports by a computed name', chain })
    return found
  }

  /** Every file that `path` imports, however far. */
  below(path) {
    const seen = new Set([path])
    for (const each of seen) for (const file of this.#imports.get(each) ?? []) seen.add(file)
    return seen
  }

  async #take(path, files) {
    const imports = this.resolver.resolve(path, { skipNodeResolution: this.project.config.skipNodeResolution })
    if (CODE.test(path)) this.#look(path, imports)
    const kept = [...new Set(imports)].filter((file) => !file.includes('/node_modules/'))
    this.#imports.set(path, kept)
    for (const file of kept) {
      // A file outside of the project's roots, of a package beside it perhaps, has imports too.
      if (files.has(file) || this.#imports.has(file)) continue
      await this.#read(file)
      await this.#take(file, files)
    }
  }

  async #read(path) {
    const { config } = this.project
    const wanted = { computeDependencies: true, computeSha1: false, rootDir: config.rootDir, filePath: path }
    const helped = { dependencyExtractor: config.dependencyExtractor, hasteImplModulePath: config.haste?.hasteImplModulePath }
    try {
      this.#names.set(path, (await this.jest.extract({ ...wanted, ...helped })).dependencies ?? [])
    } catch {
      this.#names.set(path, []) // it is gone
    }
  }

  /** What Jest's extractor does not tell: mocked modules, the folder of their mocks, computed names. */
  #look(path, imports) {
    let source
    try {
      source = readFileSync(path, 'utf8')
    } catch {
      return
    }
    this.#computed.set(path, source.split('\n').some((line) => COMPUTED.test(line) && !COMMENT.test(line)))
    for (const [, name] of source.matchAll(MOCKED)) {
      try {
        const file = this.project.context.resolver.resolveModule(path, name)
        const mock = join(dirname(file), '__mocks__', file.split('/').pop())
        imports.push(file, ...(existsSync(mock) ? [mock] : []))
      } catch {
        const mock = this.project.context.resolver.getMockModule(path, name)
        if (mock) imports.push(mock)
      }
    }
  }

  #users() {
    if (this.#used) return this.#used
    this.#used = new Map()
    for (const [path, imports] of this.#imports) {
      for (const file of imports) {
        if (!this.#used.has(file)) this.#used.set(file, [])
        this.#used.get(file).push(path)
      }
    }
    return this.#used
  }

  /** A snapshot is a part of its test. */
  #subject(path) {
    if (!path.endsWith('.snap')) return path
    try {
      return this.snapshots.resolveTestPath(path)
    } catch {
      return path
    }
  }
}

function way(came, path) {
  const chain = []
  for (let at = path; at; at = came.get(at)) chain.unshift(at)
  return chain
}
