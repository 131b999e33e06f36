import fc from "fast-check"
import { expect, test } from "vitest"
import { createAgent } from "./agent.ts"
import { parseEnvironment } from "./config.ts"

const given = { service: "shop", collector: "http://127.0.0.1:1", key: "k", spool: false, builtIn: false } as const
const hostile = {
  get labels(): never {
    throw new Error("a getter that throws")
  },
  toString(): never {
    throw new Error("no text")
  },
}

test("nothing that a host emits makes it throw", () => {
  const oss = createAgent({ ...given, onTrouble: () => {} })
  const junk = fc.oneof(
    fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
    fc.constant(hostile),
  )
  fc.assert(
    fc.property(junk, junk, junk, (a, b, c) => {
      const [name, dims, value] = [a, b, c] as [never, never, never]
      oss.counter(name, dims).with(value).with(dims).inc(value)
      oss.gauge(name, dims, value).with(dims).set(value)
      oss.timer(name, dims).with(dims).record(value)
      oss.size(name, dims).with(value).record(value)
      oss.timer(name).start()()
      oss.event(name, dims, value, value)
      oss.exception(a, dims)
    }),
    { numRuns: 500, examples: [[hostile, hostile, hostile]] },
  )
})

test.each([
  [{ ...given, service: "" }, "service"],
  [{ ...given, key: "" }, "key"],
  [{ ...given, collector: "ftp://x" }, "collector"],
  [{ ...given, collector: "nowhere" }, "collector"],
  [{ ...given, flushMs: 5 }, "flushMs"],
  [{ ...given, flushMs: Number.NaN }, "flushMs"],
])("options that cannot work are refused at once: %j", (options, name) => {
  expect(() => createAgent(options)).toThrow(new RegExp(name))
})

test("the environment gives options, or names all that is missing", () => {
  const env = { OSSAGENT_SERVICE: "shop", OSSAGENT_COLLECTOR: "http://c", OSSAGENT_KEY: "k", OSSAGENT_SPOOL_DIR: "off" }
  expect(parseEnvironment(env)).toMatchObject({ service: "shop", collector: "http://c", key: "k", spool: false })
  expect(() => parseEnvironment({ OSSAGENT_KEY: "k" })).toThrow("OSSAGENT_SERVICE, OSSAGENT_COLLECTOR not set")
})
