import { rm } from "node:fs/promises"
import { join } from "node:path"
import type { Audience, LogicPlan } from "@ossagent/wire"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Channel } from "../rpc/channel.ts"
import { CREDENTIAL, ECHO, failureOf, ONCE, quietAgent, SAY, type Text, until } from "../rpc/test-kit.ts"
import { defineRpcService } from "../rpc-service.ts"
import { LOGIC_SETTINGS, type LogicOptions, openLogic } from "./logic.ts"
import { EVERYBODY, MODULE, makeLogicDir, newest, startDoor, toLogic } from "./test-kit.ts"

interface Handlers {
  say: (request: Text) => Partial<Text>
  once: (request: Text) => Partial<Text>
}

let logic: Awaited<ReturnType<typeof makeLogicDir>>
let door: Awaited<ReturnType<typeof startDoor>>
const stops: (() => unknown)[] = []

beforeEach(async () => {
  logic = await makeLogicDir()
  await logic.write("1", toLogic("1"))
  door = await startDoor(planOf(null))
})
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  await door.close()
  await logic.remove()
})

const planOf = (version: string | null, ratio = 1, id = "r1", audience: Partial<Audience> = {}): LogicPlan => ({
  module: MODULE,
  current: "1",
  release: version === null ? null : { id, version, ratio, audience: { ...EVERYBODY, ...audience } },
})

/** The echo service with both methods loadable, over TCP. */
async function start(more: Partial<LogicOptions<Handlers>> = {}, env: Record<string, string> = {}) {
  const service = defineRpcService({
    name: "echo",
    config: LOGIC_SETTINGS,
    start: async (context) => {
      const handlers = await openLogic<Handlers>(context, {
        table: ECHO,
        module: MODULE,
        dir: logic.dir,
        methods: ["say", "once"],
        callerOf: (request: Text) => ({ user: request.text }),
        pollMs: 50,
        ...more,
      })
      context.rpc.serve(ECHO, handlers)
    },
  })
  const running = await service.start({
    OSSAGENT_LOG: "error",
    OSSAGENT_RPC_TOKEN: CREDENTIAL.token,
    OSSAGENT_ALERTING_URL: door.url,
    OSSAGENT_LOGIC_TOKEN: "0123456789abcdef",
    ...env,
  })
  const channel = new Channel({
    table: ECHO,
    targets: [`127.0.0.1:${running.rpcPort}`],
    credential: CREDENTIAL,
    agent: quietAgent(),
  })
  stops.push(running.stop, () => channel.stop())
  return {
    running,
    channel,
    say: (text: string) => channel.call(SAY, { text }),
    once: (text: string) => channel.call(ONCE, { text }),
  }
}

/** Calls all the time from some callers, users 0 … 99; what failed, and who answered. */
function load(channel: Channel, callers = 32) {
  const seen = { calls: 0, failures: [] as string[], by: new Map<string, Set<string>>() }
  let going = true
  const one = async (caller: number): Promise<void> => {
    for (let i = caller; going; i += callers) {
      const user = String(i % 100)
      try {
        const { text } = await channel.call(SAY, { text: user })
        const version = text.split(" ")[0] as string
        seen.calls++
        if (!seen.by.has(version)) seen.by.set(version, new Set())
        seen.by.get(version)?.add(user)
      } catch (error) {
        seen.failures.push((error as Error).message)
      }
    }
  }
  const all = Promise.all(Array.from({ length: callers }, (_, i) => one(i)))
  return {
    seen,
    forget: () => seen.by.clear(),
    end: async () => {
      going = false
      await all
      return seen
    },
  }
}

const state = (version: string) => newest(door, version)?.state

test("versions are loaded, take their share of users and are unloaded while calls run, and none fails", async () => {
  const { channel } = await start()
  await logic.write("2", toLogic("2"))
  const traffic = load(channel)
  for (const ratio of [0.01, 0.2, 0.5]) {
    door.plan = planOf("2", ratio)
    await until(() => state("2") === "ready", "loaded")
    const asked = door.reports.length
    await until(() => door.reports.length > asked + 2, "the ratio holds")
    traffic.forget()
    const from = traffic.seen.calls
    await until(() => traffic.seen.calls > from + 2_000, "calls", 20_000)
    const [old, fresh] = [traffic.seen.by.get("1") ?? new Set(), traffic.seen.by.get("2") ?? new Set()]
    expect(
      [...fresh].filter((user) => old.has(user)),
      "a user stays on one side",
    ).toEqual([])
    expect(Math.abs(fresh.size - ratio * 100)).toBeLessThan(20)
  }
  door.plan = { ...planOf(null), current: "2" }
  await until(() => newest(door, "1") === undefined, "the old one unloaded")
  traffic.forget()
  const from = traffic.seen.calls
  await until(() => traffic.seen.calls > from + 1_000, "calls", 20_000)
  const { failures, by } = await traffic.end()
  expect(failures).toEqual([])
  expect([...by.keys()]).toEqual(["2"])
})

test.each([
  ["throws", `if (Math.random() < 0.5) throw new Error("a bug")`, /threw in \d+ of \d+ calls/],
  ["leaks", `kept.push(new Array(100_000).fill(Math.random()))`, /memory/],
  ["blocks", `if (request.text === "7") for (;;);`, /event loop did not turn for 300 ms/],
  [
    "ends its thread",
    `if (request.text === "7") setImmediate(() => { throw new Error("uncaught") })`,
    /ended with an error: uncaught/,
  ],
])("a version that %s is put out, and no caller of a method that may run twice notices", async (_, bug, why) => {
  const limits = { blockMs: 300, heapBytes: 64 * 1024 * 1024, faultCalls: 20 }
  const { channel } = await start({ limits })
  await logic.write("2", toLogic("2", bug))
  const traffic = load(channel, 8)
  door.plan = planOf("2", 0.999)
  await until(() => state("2") === "put_out", "put out", 20_000)
  expect(newest(door, "2")?.why).toMatch(why)
  traffic.forget()
  const from = traffic.seen.calls
  await until(() => traffic.seen.calls > from + 500, "calls", 20_000)
  const { failures, by } = await traffic.end()
  expect(failures).toEqual([])
  expect([...by.keys()]).toEqual(["1"])
  expect(newest(door, "2")?.state, "it stays out in this release").toBe("put_out")
})

test("a call that may not run twice is told that it may have run; what had not begun is answered by the old version", async () => {
  const { once } = await start({ limits: { blockMs: 300 } })
  await logic.write("2", toLogic("2", `if (request.text === "block") for (;;);`))
  door.plan = planOf("2")
  await until(() => state("2") === "ready", "loaded")
  const asked = door.reports.length
  await until(() => door.reports.length > asked + 2, "the plan holds")
  const blocked = failureOf(once("block"))
  const behind = once("behind")
  expect(await blocked).toMatchObject({ code: "interrupted", retry: false })
  expect((await behind).text).toBe("1 behind")
})

test("an error of the service's table reaches the caller, and is no fault of the version", async () => {
  await logic.write("1", toLogic("1", `if (request.text === "none") throw context.error("sold_out", "none is left")`))
  const { say } = await start({ limits: { faultCalls: 1, faultRatio: 0 } })
  expect(await failureOf(say("none"))).toMatchObject({ code: "sold_out", message: "none is left" })
  expect((await say("some")).text).toBe("1 some")
})

test("a version that cannot be loaded is reported with its reason, and traffic stays on the old one", async () => {
  const { say } = await start()
  await logic.write("2", "this is no program")
  await logic.write("3", `export default () => ({ handlers: { say: () => ({}) } })`)
  door.plan = planOf("2")
  await until(() => state("2") === "failed", "reported")
  expect(newest(door, "2")?.why).toMatch(/^cannot be loaded: /)
  door.plan = planOf("3", 1, "r2")
  await until(() => state("3") === "failed", "reported")
  expect(newest(door, "3")?.why).toBe("cannot be loaded: it has no handler once")
  door.plan = planOf("no-such", 1, "r3")
  await until(() => state("no-such") === "failed", "reported")
  door.plan = planOf("../../etc", 1, "r4")
  await until(() => state("../../etc") === "failed", "reported")
  expect((await say("x")).text).toBe("1 x")
})

test("the current version that blocks is begun anew, and calls wait for it", async () => {
  await logic.write("1", toLogic("1", `if (request.text === "block") for (;;);`))
  const { say, once } = await start({ limits: { blockMs: 300 } })
  await failureOf(once("block"))
  expect((await say("after")).text).toBe("1 after")
})

test("the plan in force is kept on disk: a restart comes up with it while the alerting service is away", async () => {
  await logic.write("2", toLogic("2"))
  const env = { OSSAGENT_LOGIC_DATA: logic.dir }
  door.plan = planOf("2", 1, "r1", { users: ["tester"] })
  const first = await start({}, env)
  await until(() => state("2") === "ready", "loaded")
  await first.running.stop()
  door.isAway = true
  const second = await start({}, env)
  const answers = async () => (await second.say("tester")).text
  let text = await answers()
  while (text === "1 tester") text = await answers()
  expect(text).toBe("2 tester")
})

test("a process that was away comes up with what runs elsewhere, though what it ran last is gone", async () => {
  await logic.write("2", toLogic("2"))
  const env = { OSSAGENT_LOGIC_DATA: logic.dir }
  const first = await start({}, env)
  await first.running.stop()
  await logic.drop("1")
  door.plan = { ...planOf(null), current: "2" }
  const { say } = await start({}, env)
  expect((await say("x")).text).toBe("2 x")
})

test("the version that ran last has been taken away: a restart comes up with the newest that is there", async () => {
  await logic.write("2", toLogic("2"))
  const env = { OSSAGENT_LOGIC_DATA: logic.dir }
  door.plan = { ...planOf(null), current: "2" }
  const first = await start({}, env)
  await until(() => state("2") === "ready" && state("1") === undefined, "the second runs alone")
  await first.running.stop()
  door.isAway = true
  await rm(join(logic.dir, MODULE, "2"), { recursive: true })
  const second = await start({}, env)
  expect((await second.say("ann")).text).toBe("1 ann")
})

test("audiences: listed users always, others by client version", async () => {
  await logic.write("2", toLogic("2"))
  const { channel } = await start()
  door.plan = planOf("2", 1, "r1", { versions: ["8.0.2"], users: ["tester"] })
  await until(() => state("2") === "ready", "loaded")
  const asked = door.reports.length
  await until(() => door.reports.length > asked + 2, "the plan holds")
  const say = async (text: string, version: string) => (await channel.call(SAY, { text }, { version })).text
  expect(await say("ann", "8.0.2")).toBe("2 ann")
  expect(await say("ann", "8.0.1")).toBe("1 ann")
  expect(await say("tester", "8.0.1")).toBe("2 tester")
})

test("grants run in the service on behalf of the call, and their errors come back", async () => {
  await logic.write(
    "1",
    toLogic(
      "1",
      `return { text: await call.use.store.get(request.text).catch((error) => error.code + ": " + error.message) }`,
    ),
  )
  const seen: unknown[] = []
  const store = {
    get: async (key: string, call: { version: string } | null) => {
      seen.push(call?.version)
      if (key === "bad") throw Object.assign(new Error("not there"), { code: "unavailable" })
      return `value of ${key}`
    },
  }
  const { channel } = await start({ grants: { store } })
  expect((await channel.call(SAY, { text: "a" }, { version: "8.0.2" })).text).toBe("value of a")
  expect((await channel.call(SAY, { text: "bad" })).text).toBe("unavailable: not there")
  expect(seen).toEqual(["8.0.2", ""])
})
