// A TypeScript library (4 to 6) answers the few requests of the language server protocol that beai asks: the files of
// the projects, what is wrong with one file, and which files changed. It only reads, and ends with its standard input.

import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import v8 from "node:v8";

v8.setFlagsFromString(`--max-old-space-size=${process.argv[3]}`);
const ts = createRequire(import.meta.url)(path.resolve(process.argv[2]));
const registry = ts.createDocumentRegistry(true, process.cwd());
const versions = new Map(); // file name → how often it changed
let projects = [];

const version = (file) => String(versions.get(file) ?? 0);

function open(config) {
  const problems = [];
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (one) => problems.push(one) };
  const read = () => ts.getParsedCommandLineOfConfigFile(config, { noEmit: true }, host);
  const project = { config, problems, parsed: read(), generation: 0, read };
  project.service = project.parsed && ts.createLanguageService(serve(project, host), registry);
  return project;
}

function serve(project, host) {
  return {
    ...pick(ts.sys, "readFile", "fileExists", "directoryExists", "getDirectories", "readDirectory", "realpath"),
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getNewLine: () => "\n",
    getCurrentDirectory: () => path.dirname(project.config),
    getCompilationSettings: () => project.parsed.options,
    getScriptFileNames: () => project.parsed.fileNames,
    getScriptVersion: version,
    getScriptSnapshot(file) {
      const text = ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    getProjectVersion: () => String(project.generation),
    getProjectReferences: () => project.parsed.projectReferences,
    getParsedCommandLine: (file) => ts.getParsedCommandLineOfConfigFile(file, undefined, host),
    useSourceOfProjectReferenceRedirect: () => true, // as an editor sees it: sources, whether or not they are built
  };
}

const pick = (from, ...names) => Object.fromEntries(names.filter((name) => from[name]).map((name) => [name, from[name]]));

function changed(changes) {
  for (const { uri } of changes) {
    const file = fileURLToPath(uri);
    versions.set(file, (versions.get(file) ?? 0) + 1);
  }
  for (const project of projects) project.generation += 1;
  if (changes.some(({ type }) => type !== 2)) for (const project of projects) project.parsed = project.read() ?? project.parsed;
}

function files() {
  const found = new Set();
  const problems = [];
  for (const project of projects) {
    problems.push(...project.problems, ...(project.parsed?.errors ?? []));
    const program = project.service?.getProgram();
    if (!program) continue;
    problems.push(...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics());
    for (const source of program.getSourceFiles()) {
      const ours = !program.isSourceFileDefaultLibrary(source) && !program.isSourceFileFromExternalLibrary(source);
      if (ours) found.add(source.fileName);
    }
  }
  return { files: [...found], problems: problems.filter(isError).map(placed) };
}

function diagnose(uri) {
  const file = fileURLToPath(uri);
  for (const { service, parsed } of projects) {
    const program = service?.getProgram();
    const source = program?.getSourceFile(file);
    if (!source) continue;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    if (parsed.options.declaration || parsed.options.composite) found.push(...program.getDeclarationDiagnostics(source));
    return { kind: "full", items: found.filter(isError).map(placed) };
  }
  throw new Error(`no project found for ${uri}`);
}

const isError = (one) => one.category === ts.DiagnosticCategory.Error;

function placed(one) {
  const start = one.file ? one.file.getLineAndCharacterOfPosition(one.start ?? 0) : { line: 0, character: 0 };
  const message = ts.flattenDiagnosticMessageText(one.messageText, "\n");
  const uri = one.file ? pathToFileURL(one.file.fileName).href : null;
  return { uri, range: { start, end: start }, severity: 1, code: one.code, message };
}

function answer({ method, params }) {
  switch (method) {
    case "initialize":
      projects = params.initializationOptions.projects.map((file) => open(path.resolve(file)));
      return { serverInfo: { name: "typescript", version: ts.version } };
    case "workspace/didChangeWatchedFiles":
      return changed(params.changes);
    case "beai/files":
      return files();
    case "textDocument/diagnostic":
      return diagnose(params.textDocument.uri);
    default:
      return null;
  }
}

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n`);
  process.stdout.write(body);
}

let rest = Buffer.alloc(0);
process.stdin.on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length:\s*(\d+)/i.exec(rest.subarray(0, end).toString())?.[1]);
    if (rest.length < end + 4 + length) return;
    const message = JSON.parse(rest.subarray(end + 4, end + 4 + length).toString());
    rest = rest.subarray(end + 4 + length);
    try {
      const result = answer(message);
      if (message.id !== undefined) send({ id: message.id, result: result ?? null });
    } catch (error) {
      if (message.id !== undefined) send({ id: message.id, error: { code: -32603, message: String(error?.message ?? error) } });
    }
  }
});
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
