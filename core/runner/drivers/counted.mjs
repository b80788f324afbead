// A test's result says how many assertions the test made, which Vitest counts and does not tell.
const EXPECT = Symbol.for('expect-global')

/** Have tests that `Runner`, Vitest's own, runs carry their count. */
export function countAssertions(Runner) {
  const ended = Runner?.prototype?.onAfterRunTask
  if (!ended) return
  Runner.prototype.onAfterRunTask = function (test, ...rest) {
    try {
      const expect = test.context?._local ? test.context.expect : globalThis[EXPECT]
      if (test.result) test.result.beaiAssertions = expect?.getState().assertionCalls
    } catch {
      // it stays untold
    }
    return ended.call(this, test, ...rest)
  }
}
