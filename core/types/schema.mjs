// The schema module of the repository's own Prisma answers once: {"schema": text or [[path, text]], "tell": true} on the
// standard input, {"error": null or what it says, "datamodel": what it understands, when it is to tell} on the standard
// output. It is the WebAssembly file that every `prisma` since 5 brings, without its JavaScript; both ways in which
// Rust's wasm-bindgen hands over values are understood.

import { readFileSync } from "node:fs";
import process from "node:process";
import { text } from "node:stream/consumers";

const bytes = readFileSync(process.argv[2]);
const heap = [undefined]; // values that older bindings name by number; 0 is none
let wasm;

const memory = () => new Uint8Array(wasm.memory.buffer);
const read = (start, length) => new TextDecoder().decode(memory().subarray(start >>> 0, (start >>> 0) + length));
const kept = (value) => heap.push(value) - 1;

function write(text) {
  const data = new TextEncoder().encode(text);
  const start = wasm.__wbindgen_malloc(data.length, 1) >>> 0;
  memory().set(data, start);
  return [start, data.length];
}

/** What the module may call, by the names it has in each version; all of it is about making an error. */
function imported(name, byNumber) {
  if (/error_new/i.test(name)) return (start, length) => kept(new Error(read(start, length)));
  if (/Error/.test(name)) return (start, length) => new Error(read(start, length));
  if (/set_?message/.test(name))
    return (error, start, length) => {
      (byNumber ? heap[error] : error).message = read(start, length);
    };
  if (/throw/.test(name))
    return (start, length) => {
      throw new Error(read(start, length));
    };
  if (/init_externref_table/.test(name))
    return () => {
      const at = wasm.__wbindgen_externrefs.grow(4);
      [undefined, null, true, false].forEach((value, index) => wasm.__wbindgen_externrefs.set(at + index, value));
    };
  return () => {
    throw new Error(`the validator asks for ${name}, which is not known here`);
  };
}

function load() {
  const compiled = new WebAssembly.Module(bytes);
  const byNumber = WebAssembly.Module.exports(compiled).some(({ name }) => name === "__wbindgen_add_to_stack_pointer");
  const imports = {};
  for (const { module, name } of WebAssembly.Module.imports(compiled)) (imports[module] ??= {})[name] = imported(name, byNumber);
  wasm = new WebAssembly.Instance(compiled, imports).exports;
  wasm.__wbindgen_start?.();
  return byNumber;
}

/** The error that validating ends in, or null. */
function validate(params, byNumber) {
  if (!byNumber) {
    const [index, failed] = wasm.validate(...write(params)) ?? [];
    return failed ? wasm.__wbindgen_externrefs.get(index) : null;
  }
  const result = wasm.__wbindgen_add_to_stack_pointer(-16);
  wasm.validate(result, ...write(params));
  const [index, failed] = new Int32Array(wasm.memory.buffer, result, 2);
  return failed ? heap[index] : null;
}

/** What Prisma understands of a schema: models, enums, types and indexes, without what a client makes of them. */
function datamodel(params, byNumber) {
  const whole = wasm.get_datamodel === undefined; // Prisma 5.0 tells it only with all the rest
  const tell = whole ? wasm.get_dmmf : wasm.get_datamodel;
  let answer;
  if (byNumber) {
    const result = wasm.__wbindgen_add_to_stack_pointer(-16);
    tell(result, ...write(params));
    answer = new Int32Array(wasm.memory.buffer, result, 4);
  } else answer = tell(...write(params));
  const [start, length, index, failed] = answer;
  if (failed) throw byNumber ? heap[index] : wasm.__wbindgen_externrefs.get(index);
  const told = JSON.parse(read(start, length));
  return whole ? told.datamodel : told;
}

function said(error) {
  const text = String(error?.message ?? error);
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text;
  }
}

const { schema, tell } = JSON.parse(await text(process.stdin)); // a pipe that does not block cannot be read at once
const params = JSON.stringify({ prismaSchema: schema, noColor: true });
const byNumber = load();
const error = validate(params, byNumber);
const answer = { error: error === null ? null : said(error) };
if (tell && error === null) answer.datamodel = datamodel(params, byNumber);
process.stdout.write(JSON.stringify(answer));
