// Which test files a request runs, in which order, and why.
import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { local } from './jest_errors.mjs'

/** The choice for one request: what it names, and where only the affected are wanted, what `changed` reaches. */
export class Choice {
  tests = [] // { project, path, reason, chain }
  whyAll = ''

  constructor(root, { files, projects }, request, changed) {
    this.root = root
    this.configuration = files
    this.total = new Set(projects.flatMap(({ tests }) => [...tests])).size
    const named = new Set(request.files?.map((file) => resolve(root, file)))
    const everything = !request.files && !request.affected
    const wide = request.affected && (request.trigger === 'all' || request.trigger === 'restart')
    for (const project of projects) {
      const reached = request.affected ? this.#reached(project, changed, request.trigger) : new Map()
      for (const path of project.tests) {
        const found = reached.get(path) ?? (named.has(path) && { reason: 'it was asked for', chain: [path] })
        if (found) this.tests.push({ project, path, ...found })
        else if (everything || wide) this.tests.push({ project, path, reason: 'every test runs', chain: [] })
      }
    }
    const known = new Set(this.tests.map(({ path }) => path))
    this.absent = [...named].filter((path) => !known.has(path) || !existsSync(path)).map((path) => local(root, path))
    this.#order(changed)
  }

  /** The chosen files, each once. */
  names() {
    return [...new Set(this.tests.map(({ path }) => local(this.root, path)))]
  }

  explained() {
    return this.tests.map(({ path, reason, chain }) => ({
      file: local(this.root, path),
      reason,
      chain: chain.map((each) => local(this.root, each)),
    }))
  }

  #reached({ graph, tests, everywhere, held }, changed, trigger) {
    if (trigger === 'none' || changed.length === 0) return new Map()
    const found = graph.reach(changed)
    const all = [...everywhere.map((path) => [path, 'every test loads it first']), ...[...held, ...this.configuration].map((path) => [path, 'Jest itself loads it'])]
    for (const [path, reason] of all) {
      const touched = changed.find((each) => graph.below(path).has(each))
      if (!touched) continue
      this.whyAll ||= `${local(this.root, touched)}: ${reason}`
      for (const test of tests) if (!found.has(test)) found.set(test, { reason, chain: [touched, ...(touched === path ? [] : [path])] })
    }
    const unsure = graph.unsure()
    for (const [test, why] of unsure) if (!found.has(test)) found.set(test, why)
    return found
  }

  /** Changed tests first, then those named like what changed, then the nearest. */
  #order(changed) {
    const stems = new Set(changed.map(stem))
    const rank = ({ path, chain }) => (changed.includes(path) ? 0 : stems.has(stem(path)) ? 1 : 1 + (chain.length || 100))
    this.tests = this.tests.map((test) => [rank(test), test]).sort(([one], [other]) => one - other).map(([, test]) => test)
  }
}

function stem(path) {
  return basename(path).split('.')[0]
}
