// Loaded before anything else into every process of Node that tests or hooks start: what may change a database through
// Prisma's command line is not started, whoever asks and however it is spelled. Children inherit this, also where they are
// given an environment of their own; what starts no process of Node and hides its words is stopped by the sandbox alone.
'use strict'
const { existsSync, readFileSync, realpathSync } = require('node:fs')
const Module = require('node:module')
const path = require('node:path')

const HARMLESS = ['generate', 'validate', 'format', 'version', '-v', '--version', '-h', '--help']
const CHANGES = ['migrate', 'db', 'mcp'] // after which any word may change a database
const MENTIONS_ONLY = ['echo', 'printf', 'grep', 'egrep', 'rg', 'git', 'cat', 'sed', 'head', 'tail', 'test', '[', ':', '#']
const NAME = /^(?:npm:)?prisma2?(?:@[\w.^~*-]+)?(?:\.(?:cmd|ps1|exe))?$/i
const ENTRY = /(?:^|[\\/])prisma[\\/]build[\\/](?:index|cli|child)(?:\.js)?$|(?:^|[\\/])prisma[\\/]build[\\/]?$/
const ENGINE = /^(?:schema|migration|introspection)-engine[-.\w]*$/
const SHELL = /^(?:ba|da|z|k|a|fi)?sh$|^busybox$|^cmd(?:\.exe)?$/i
const OPTION = `--require=${__filename}`
const SHIMS = existsSync(path.join(__dirname, 'bin', 'prisma')) ? path.join(__dirname, 'bin') : __dirname

const base = (word) => path.basename(String(word).replaceAll('\\', '/'))
const named = (word) => NAME.test(base(word)) || ENTRY.test(word) || linked(word)
const tell = (words) => `beai does not run prisma ${words.join(' ')} in its sandbox: it may change a database. Run it yourself.`

/** Whether a file is Prisma's command line under another name. */
function linked(word) {
  if (!/[\\/]/.test(word)) return false
  try {
    return ENTRY.test(realpathSync(word))
  } catch {
    return false
  }
}

/** The words of Prisma in `words` that may change a database, or undefined; what follows other programs is a mention. */
function refused(words) {
  for (const line of lines(words)) {
    const start = line.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word))
    if (start < 0 || MENTIONS_ONLY.includes(base(line[start]))) continue
    for (let at = start; at < line.length; at += 1) {
      const rest = line.slice(at + 1)
      if (ENGINE.test(base(line[at])) && !rest.some((word) => /^(?:-v|--version)$/.test(word))) return [base(line[at]), ...rest]
      if (!named(line[at])) continue
      const plain = bare(rest)
      if (rest.includes('--help') || rest.includes('-h')) continue
      if (CHANGES.includes(plain[0]) && !(plain[0] !== 'mcp' && plain.length < 2)) return rest
    }
  }
  return undefined
}

/** The words without flags and the values that Prisma's own flags take. */
function bare(words) {
  const kept = []
  for (let at = 0; at < words.length; at += 1) {
    if (!words[at].startsWith('-')) kept.push(words[at])
    else if (/^--(?:schema|config|env-file|url)$/.test(words[at])) at += 1
  }
  return kept
}

/** The commands in `words`: one of plain words, and one for each line of a shell or of code in them. */
function lines(words) {
  const found = [words.filter((word) => !/\s/.test(word))]
  for (const word of words) {
    if (!/\s/.test(word)) continue
    for (const part of word.slice(0, 100000).split(/&&|\|\||[;|&\n()`]|\bthen\b|\bdo\b/)) {
      found.push(part.split(/[\s'",[\]{}$]+/).filter(Boolean))
    }
    found.push(word.slice(0, 100000).split(/[\s'",[\]{}$()`;]+/).filter(Boolean)) // spawn("npx", ["prisma", …]) in code
  }
  return found
}

/** The options with which a child keeps this guard, whatever environment and shell line it was given. */
function guarded(options) {
  const pairs = [...(options.envPairs ?? [])]
  set(pairs, 'NODE_OPTIONS', (old) => (old.includes(OPTION) ? old : `${quoted()} ${old}`.trim()))
  set(pairs, 'PATH', (old) => [SHIMS, ...old.split(':').filter((place) => place !== SHIMS)].join(':'))
  const args = options.args?.map((word) => (SHELL.test(base(options.file)) && /\s/.test(word) ? kept(word) : word))
  return { ...options, envPairs: pairs, ...(args && { args }) }
}

const quoted = () => (/[\s"\\]/.test(OPTION) ? `"${OPTION.replace(/["\\]/g, '\\$&')}"` : OPTION)

function set(pairs, name, change) {
  const at = pairs.findIndex((pair) => pair.startsWith(`${name}=`))
  if (at >= 0) pairs[at] = `${name}=${change(pairs[at].slice(name.length + 1))}`
  else pairs.push(`${name}=${change(name === 'PATH' ? process.env.PATH ?? '' : '')}`)
}

/** A shell line in which NODE_OPTIONS keeps this guard. */
function kept(line) {
  const change = (whole, double, single, plain) => `NODE_OPTIONS="${quoted().replaceAll('"', '\\"')} ${double ?? single ?? plain ?? ''}"`
  return line.replace(/\bNODE_OPTIONS=(?:"([^"]*)"|'([^']*)'|(\S*))/g, change)
}

/** What is started in place of what is refused: a program that says so and fails. */
function instead(options, words) {
  const args = ['sh', '-c', 'printf "%s\\n" "$1" >&2; exit 1', 'sh', tell(words)]
  return { ...options, file: '/bin/sh', args }
}

function checked(options) {
  if (!options || typeof options !== 'object') return options
  const words = [options.file, ...(options.args ?? []).slice(1)].map(String)
  const found = refused(words)
  return found ? instead(guarded(options), found) : guarded(options)
}

function watchChildren() {
  const { ChildProcess } = require('node:child_process')
  const spawn = ChildProcess.prototype.spawn
  ChildProcess.prototype.spawn = function (options) {
    return spawn.call(this, checked(options))
  }
  const binding = process.binding('spawn_sync') // what execSync, execFileSync and spawnSync all go through
  const sync = binding.spawn
  binding.spawn = (options) => sync.call(binding, checked(options))
  if (typeof process.execve === 'function') {
    const execve = process.execve
    process.execve = (file, args = [], env = process.env) => {
      const wanted = checked({ file, args, envPairs: Object.entries(env).map((pair) => pair.join('=')) })
      const split = wanted.envPairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
      return execve.call(process, wanted.file, wanted.args, Object.fromEntries(split))
    }
  }
}

/** Threads inherit this unless they are given options of their own. */
function watchThreads() {
  const threads = require('node:worker_threads')
  threads.Worker = class Worker extends threads.Worker {
    constructor(file, options = {}) {
      super(file, options.execArgv ? { ...options, execArgv: [OPTION, ...options.execArgv] } : options)
    }
  }
  Module.syncBuiltinESMExports()
}

/** Prisma's own entry is read for harmless words alone, whether it is the program or another one loads it. */
function watchEntry() {
  const load = Module._extensions['.js']
  Module._extensions['.js'] = function (module, file) {
    if (ENTRY.test(file) && belongs(file)) stop(process.argv.slice(2), process.argv[1] !== undefined && same(process.argv[1], file))
    return load.call(this, module, file)
  }
  if (process.argv[1] !== undefined && named(process.argv[1])) stop(process.argv.slice(2), true)
}

function belongs(file) {
  try {
    return JSON.parse(readFileSync(path.join(path.dirname(file), '..', 'package.json'), 'utf8')).name === 'prisma'
  } catch {
    return true
  }
}

function same(one, other) {
  try {
    return realpathSync(one) === realpathSync(other)
  } catch {
    return one === other
  }
}

function stop(words, isProgram) {
  if (HARMLESS.includes(words[0])) return
  if (!isProgram) throw new Error(tell(words))
  console.error(tell(words))
  process.exit(1)
}

watchChildren()
watchThreads()
watchEntry()
