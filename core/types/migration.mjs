// The schema engine of the repository's own Prisma answers once: {"pairs": [{"from": [[path, text]], "to": [[path, text]]}]}
// on the standard input, {"answers": [{"sql"} or {"error"}]} on the standard output. It is the WebAssembly file that every `prisma` since 6.6
// brings, without its JavaScript, which newer versions leave out. It compares two texts: the database adapter that it is given
// refuses every connection, so there is nothing it could execute on.
//
// What the module asks of JavaScript is named by wasm-bindgen, with a hash that differs from version to version; so it is told
// apart by its name alone, and where names are alike by the order in which they are first called.

import { readFileSync } from "node:fs";
import process from "node:process";
import { text } from "node:stream/consumers";

const STRING = /^(?:cast_2241b6af4c4b2941|string_new)$/; // hashes of descriptors, which are the same in every version
const BYTES = /^cast_cb9088102bce6b30$/;
const UNSIGNED = /^(?:cast_4625c577ab2ec9ee|bigint_from_u64)$/;
const firsts = new Map(); // what the first of several imports that look alike is
let wasm;
let references; // the table of what JavaScript hands over
let panic = "";

const view = () => new DataView(wasm.memory.buffer);
const bytes = (start, length) => new Uint8Array(wasm.memory.buffer, start >>> 0, length >>> 0);
const read = (start, length) => new TextDecoder().decode(bytes(start, length));
const refused = () => Promise.reject(new Error("beai connects to no database"));
const fine = (value) => ({ ok: true, value }); // how an adapter of Prisma's answers

function write(text) {
  const data = new TextEncoder().encode(text);
  const start = wasm.__wbindgen_malloc(data.length, 1) >>> 0;
  bytes(start, data.length).set(data);
  return [start, data.length];
}

function keep(value) {
  const index = wasm.__externref_table_alloc();
  references.set(index, value);
  return index;
}

const kept = (value) => (value === undefined || value === null ? 0 : keep(value));

/** Write a string, or that there is none, to where the module wants it. */
function give(at, text) {
  const [start, length] = text === undefined ? [0, 0] : write(text);
  view().setInt32(at, start, true);
  view().setInt32(at + 4, length, true);
}

/** Write a number of 8 bytes, or that there is none. */
function giveWide(at, value, set) {
  view()[set](at + 8, value ?? (set === "setBigInt64" ? 0n : 0), true);
  view().setInt32(at, value === undefined ? 0 : 1, true);
}

const exported = (pattern, arity) =>
  Object.entries(wasm).find(([name, value]) => pattern.test(name) && (arity === undefined || value.length === arity))?.[1];

function closure(first, second) {
  const invoke = exported(/invoke|externref_shim/, 3);
  const made = (...words) => invoke(first, second, ...words);
  made._wbg_cb_unref = () => {};
  return made;
}

function promise(first, second) {
  const invoke = exported(/invoke|externref_shim/, 4);
  return new Promise((resolve, reject) => invoke(first, second, resolve, reject));
}

/** An empty list, object or map: the module fills it without saying which one it wanted. */
const made = () => Object.defineProperty([], "set", { value: (key, value) => (made[key] = value), enumerable: false });

/** Whether `name` is the first of those alike, in the order of their first calls. */
function first(kind, name) {
  if (!firsts.has(kind)) firsts.set(kind, name);
  return firsts.get(kind) === name;
}

const KNOWN = { // by their names without underscores, which came and went
  Error: (start, length) => new Error(read(start, length)),
  Number,
  String: (at, value) => give(at, String(value)),
  bigintgetasi64: (at, value) => giveWide(at, typeof value === "bigint" ? value : undefined, "setBigInt64"),
  numberget: (at, value) => giveWide(at, typeof value === "number" ? value : undefined, "setFloat64"),
  stringget: (at, value) => give(at, typeof value === "string" ? value : undefined),
  debugstring: (at, value) => give(at, String(value)),
  in: (key, value) => key in value,
  isbigint: (value) => typeof value === "bigint",
  isfunction: (value) => typeof value === "function",
  isobject: (value) => typeof value === "object" && value !== null,
  isstring: (value) => typeof value === "string",
  isundefined: (value) => value === undefined,
  jsvaleq: (one, other) => one === other,
  jsvallooseeq: (one, other) => one == other,
  cbunref: (value) => value._wbg_cb_unref?.(),
  cbdrop: () => 0,
  asnumber: Number,
  errornew: (start, length) => new Error(read(start, length)),
  memory: () => wasm.memory,
  newwithbyteoffsetandlength: (buffer, from, length) => new Uint8Array(buffer, from >>> 0, length >>> 0),
  call: (called, ...words) => called.call(...words),
  entries: (value) => Object.entries(value),
  exec: (pattern, start, length) => kept(pattern.exec(read(start, length))),
  getRandomValues: (from, into) => from.getRandomValues(into),
  randomFillSync: (from, into) => from.randomFillSync(into),
  getTime: (value) => value.getTime(),
  get: (value, key) => value[key],
  getwithrefkey: (value, key) => value[key],
  has: (value, key) => Reflect.has(value, key),
  isArray: Array.isArray,
  isSafeInteger: Number.isSafeInteger,
  iterator: () => Symbol.iterator,
  new0: () => new Date(),
  newfromslice: (start, length) => bytes(start, length).slice(),
  newnoargs: (start, length) => (read(start, length) === "return this" ? () => globalThis : refused),
  newwithlength: (length) => new Uint8Array(length >>> 0),
  now: (value) => (value === undefined ? Date.now() : value.now()),
  numbernew: (value) => value,
  bigintfromi64: (value) => value,
  prototypesetcall: (start, length, from) => bytes(start, length).set(from),
  push: (list, value) => list.push(value),
  queueMicrotask: (value) => (typeof value === "function" ? queueMicrotask(value) : value.queueMicrotask),
  require: () => undefined,
  resolve: (value) => Promise.resolve(value),
  schemaenginenew: (pointer) => ({ pointer: pointer >>> 0 }),
  setTimeout: (call, ms) => setTimeout(call, ms),
  set: (into, key, value) => (ArrayBuffer.isView(key) ? into.set(key, value >>> 0) : Reflect.set(into, key, value)),
  setmessage: (start, length) => void (panic = read(start, length)),
  setname: (error, start, length) => void (error.name = read(start, length)),
  subarray: (value, from, to) => value.subarray(from >>> 0, to >>> 0),
  then: (value, ...words) => value.then(...words),
  throw: (start, length) => {
    throw new Error(read(start, length));
  },
  valueOf: (value) => value.valueOf(),
  initexternreftable: () => {
    const at = references.grow(4);
    references.set(0, undefined);
    [undefined, null, true, false].forEach((value, index) => references.set(at + index, value));
  },
};

/** What the module calls by `name`. */
function imported(full) {
  const name = full.replace(/^__wbg_/, "").replace(/^_+(?:wbindgen|wbg)_/, "");
  const plain = name.replace(/_[0-9a-f]{16}$/, "");
  if (plain === "boolean_get") {
    const none = full.startsWith("__wbg_") ? 0xffffff : 2;
    return (value) => (typeof value === "boolean" ? Number(value) : none);
  }
  if (plain === "new") return create(name);
  if (plain === "next") return (value) => (first("next", name) ? value.next : value.next());
  if (plain.startsWith("instanceof_")) return (value) => value instanceof globalThis[plain.slice(11)];
  if (plain.startsWith("static_accessor_")) return () => (plain.includes("GLOBAL") ? keep(globalThis) : 0);
  if (STRING.test(name)) return (start, length) => read(start, length);
  if (BYTES.test(name)) return (start, length) => bytes(start, length);
  if (UNSIGNED.test(name)) return (value) => BigInt.asUintN(64, value);
  if (/^cast$|^closure_wrapper/.test(plain)) return (one, other) => (other === undefined ? one : closure(one, other));
  const bare = plain.replaceAll("_", "");
  if (Object.hasOwn(KNOWN, bare)) return KNOWN[bare];
  return (value) => value?.[plain]; // a getter: length, value, done, crypto, …
}

/** `new`: of nothing, of one value, of two words of memory (a promise, which is the first one made, or an error), of four. */
function create(name) {
  return (...words) => {
    if (words.length === 0) return made();
    if (words.length === 1) return new Uint8Array(words[0]);
    if (words.length === 4) return new RegExp(read(words[0], words[1]), read(words[2], words[3]));
    return first("new", name) ? promise(...words) : new Error(read(...words));
  };
}

function holdsAnything(table) {
  try {
    return table.grow(0, {}) >= 0;
  } catch {
    return false; // functions only
  }
}

function caught(call) {
  return (...words) => {
    try {
      return call(...words);
    } catch (error) {
      wasm.__wbindgen_exn_store(keep(error));
      return undefined;
    }
  };
}

function load(file) {
  const compiled = new WebAssembly.Module(readFileSync(file));
  const imports = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    const call = imported(name);
    (imports[module] ??= {})[name] = call === KNOWN.throw ? call : caught(call);
  }
  wasm = new WebAssembly.Instance(compiled, imports).exports;
  references = Object.values(wasm).find((value) => value instanceof WebAssembly.Table && holdsAnything(value));
  wasm.__wbindgen_start();
}

/**
 * A connection to nothing, which the module wants before it compares; every statement over it is refused. Of SQLite, since
 * that one is asked nothing when it is opened; the SQL is made for the database that the schema names.
 */
function unconnected() {
  const named = { provider: "sqlite", adapterName: "beai" };
  const refusing = { executeRaw: refused, executeScript: refused, queryRaw: refused, startTransaction: refused };
  const nothing = { ...named, ...refusing, getConnectionInfo: () => fine({ supportsRelationJoins: false }), dispose: async () => fine() };
  return { ...named, connect: async () => fine(nothing), connectToShadowDb: refused };
}

const schema = (files) => ({ tag: "schemaDatamodel", files: files.map(([path, content]) => ({ path, content })) });
const target = (files) => (files.length ? schema(files) : { tag: "empty" });

async function difference({ from, to }) {
  const engine = await wasm.schemaengine_new({ datamodels: to }, () => {}, unconnected());
  const filters = { externalTables: [], externalEnums: [] };
  const asked = { from: target(from), to: target(to), script: true, exitCode: null, shadowDatabaseUrl: null, filters };
  return (await wasm.schemaengine_diff(engine.pointer, asked)).stdout;
}

function said(error) {
  const text = panic || error?.message || String(error);
  return String(text).slice(0, 2000);
}

const answers = [];

function tell() {
  process.stdout.write(JSON.stringify({ answers }), () => process.exit(0));
}

/** A panic of the module ends it: what it said is the last answer. */
process.on("uncaughtException", (error) => {
  answers.push({ error: said(error) });
  tell();
});

const { pairs } = JSON.parse(await text(process.stdin)); // a pipe that does not block cannot be read at once
load(process.argv[2]);
for (const pair of pairs) {
  try {
    answers.push({ sql: await difference(pair) });
  } catch (error) {
    answers.push({ error: said(error) });
  }
}
tell();
