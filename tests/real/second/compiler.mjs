// The package's own TypeScript, kept: for each line read it says what `tsc --noEmit` says of the package as it is now.
// What never changes between two answers, above all the declarations of packages, is parsed once.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = process.argv[2]
const ts = createRequire(join(root, 'package.json'))('typescript')
const host = ts.createCompilerHost({})
host.getCurrentDirectory = () => root
const parse = host.getSourceFile
const kept = new Map() // path → the file as it was parsed

host.getSourceFile = (path, options, ...rest) => {
  const text = ts.sys.readFile(path)
  const known = kept.get(path)
  if (known !== undefined && known.text === text) return known
  const parsed = parse(path, options, ...rest)
  kept.set(path, parsed)
  return parsed
}

function complaints() {
  const fatal = ({ messageText }) => { throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n')) }
  const system = { ...ts.sys, getCurrentDirectory: () => root, onUnRecoverableConfigFileDiagnostic: fatal }
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), { noEmit: true }, system)
  const program = ts.createProgram({ rootNames: fileNames, options, host, configFileParsingDiagnostics: errors })
  return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(ts.getPreEmitDiagnostics(program)), host)
}

for await (const _ of createInterface({ input: process.stdin })) process.stdout.write(JSON.stringify(complaints()) + '\n')
