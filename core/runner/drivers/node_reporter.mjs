// The reporter that node:test loads: its events go where the worker sends them, and nothing is printed.
export default async function* report(source) {
  await globalThis[Symbol.for('beai.report')]?.(source)
}
