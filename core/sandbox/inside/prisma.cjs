#!/usr/bin/env node
// Lies over Prisma's own entry: what reads the schema alone goes on with that entry, what may change a database does not.
'use strict'
const { readFileSync } = require('node:fs')

const HARMLESS = ['generate', 'validate', 'format', 'version', '-v', '--version', '-h', '--help']
const words = process.argv.slice(2)
if (!HARMLESS.includes(words[0])) {
  console.error(`beai does not run prisma ${words.join(' ')} in its sandbox: it may change a database. Run it yourself.`)
  process.exit(1)
}
// Under this very name, so that everything it looks for beside itself is found.
module._compile(readFileSync(`/run/beai/prisma${__filename}`, 'utf8').replace(/^#!.*/, ''), __filename)
