// What test processes tell of a run becomes events: each test once it has ended, each file once, with what they printed.
import { errorEvents, local, testEvent } from './entities.mjs'

const TOGETHER = 50 // ms that an ended test waits for what it printed, and for the others of its file
const LOG = 65_536 // characters kept of one test's output
const OVER = new Set(['suite-finished', 'suite-failed-early'])

/** One run as it is read. `tell` gets events; `pattern` (a regular expression over joined names) leaves other tests out. */
export class Reading {
  unhandled = []
  skipped = 0
  #root
  #tell
  #pattern
  #print
  #tasks = new Map()
  #files = new Map() // task id of a file → what is known of it
  #ended = []
  #timer = null

  constructor(root, { tell, print, pattern }) {
    this.#root = root
    this.#tell = tell
    this.#print = print
    this.#pattern = pattern
  }

  /** The answers to one process while it works for this run; calls of others go to `base`. */
  ear(base) {
    let current = null
    return {
      onQueued: (file) => void (current = this.#file(file)),
      onPathsCollected: () => {},
      onCollected: (files) => {
        for (const file of files) {
          current = this.#file(file)
          this.#index(file, current, [])
        }
      },
      onTaskUpdate: (packs, events = []) => this.#update(packs, events),
      onUserConsoleLog: (entry) => this.#log(entry, current),
      onUnhandledError: (error, kind) => this.fail(error, kind),
      onTaskArtifactRecord: (_, artifact) => artifact,
      onTestBenchmark: () => {},
      onTestModuleDependencies: () => {},
      onAsyncLeaks: () => {},
      onAfterSuiteRun: () => {},
      onFinished: () => {},
      onCancel: () => {},
      getCountOfFailedTests: () => 0,
      snapshotSaved: (snapshot) => base.snapshotSaved(snapshot),
    }
  }

  /** An error that no test owns. */
  fail(error, kind) {
    for (const one of error?.errors && error.name === 'AggregateError' ? error.errors : [error]) this.unhandled.push(one ?? { message: String(one), type: kind })
  }

  /** Whether the file at `path` has been told whole. */
  knows(path) {
    return [...this.#files.values()].some((entry) => entry.path === path && entry.done)
  }

  /** The file that had begun and not ended among `paths`. */
  underWay(paths) {
    return [...this.#files.values()].filter(({ done, path }) => !done && paths.includes(path)).at(-1)?.path
  }

  /** Tell the files at `paths`, whose process is done with them; one that was not finished says so. */
  close(paths) {
    for (const path of paths) {
      const entries = [...this.#files.values()].filter((entry) => entry.path === path && !entry.done)
      for (const entry of entries) this.#finish(entry)
      if (!this.knows(path)) this.#tell({ event: 'file', file: local(this.#root, path), errors: [unfinished()], log: '' })
    }
  }

  #file(task) {
    const known = this.#files.get(task.id)
    if (known && !known.done) {
      known.task = task
      return known
    }
    const entry = { task, path: task.filepath, tests: [], told: new Set(), logs: new Map(), done: false }
    this.#files.set(task.id, entry)
    this.#tasks.set(task.id, { task, entry })
    return entry
  }

  #index(task, entry, names) {
    this.#tasks.set(task.id, { task, entry, name: names.join(' > ') })
    if (task.type === 'suite') {
      for (const child of task.tasks ?? []) this.#index(child, entry, [...names, child.name])
    } else entry.tests.push(task)
  }

  #update(packs, events) {
    for (const [id, result, meta] of packs) {
      const known = this.#tasks.get(id)
      if (!known) continue
      known.task.result = result
      known.task.meta = meta
      if (result?.state === 'skip' && known.task.mode !== 'todo') known.task.mode = 'skip'
    }
    for (const [id, event] of events) {
      const known = this.#tasks.get(id)
      if (!known) continue
      if (event === 'test-finished') this.#ended.push(known)
      else if (OVER.has(event) && known.task.filepath && known.entry.task === known.task) this.#finish(known.entry)
    }
    if (this.#ended.length > 0) this.#timer ??= setTimeout(() => this.#flush(), TOGETHER)
  }

  #log({ content, taskId }, current) {
    this.#print(content)
    const { task, entry = current } = this.#tasks.get(taskId) ?? {}
    if (!entry) return
    const key = task && task !== entry.task ? taskId : ''
    entry.logs.set(key, ((entry.logs.get(key) ?? '') + content).slice(-LOG))
  }

  #flush() {
    clearTimeout(this.#timer)
    this.#timer = null
    for (const { task, entry } of this.#ended.splice(0)) this.#test(task, entry)
  }

  #test(task, entry) {
    if (entry.told.has(task.id)) return
    entry.told.add(task.id)
    const { name } = this.#tasks.get(task.id)
    if (this.#pattern && !this.#pattern.test(name)) return
    const event = testEvent(this.#root, entry.path, task, name, entry.logs.get(task.id))
    entry.logs.delete(task.id)
    if (event.state === 'skip') this.skipped += 1
    this.#tell({ event: 'test', ...event })
  }

  #finish(entry) {
    if (entry.done) return
    this.#flush()
    const { task } = entry
    const over = task.mode === 'skip' || task.mode === 'todo' || !['run', 'queued', undefined].includes(task.result?.state)
    for (const test of entry.tests) if (over || test.result?.state === 'pass' || test.result?.state === 'fail') this.#test(test, entry)
    entry.done = true
    const errors = [...errorEvents(this.#root, task.result?.errors), ...errorEvents(this.#root, suiteErrors(task))]
    if (!over) errors.push(unfinished())
    this.#tell({ event: 'file', file: local(this.#root, entry.path), errors, log: [...entry.logs.values()].join('') })
  }
}

/** Errors of hooks of a `describe`: the tests in it did not run, and nothing else says so. */
function suiteErrors({ tasks }) {
  return (tasks ?? []).filter(({ type }) => type === 'suite').flatMap((suite) => [...(suite.result?.errors ?? []), ...suiteErrors(suite)])
}

function unfinished() {
  return { name: 'Unfinished', message: 'The file was not finished.' }
}
