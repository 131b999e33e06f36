import { afterEach, expect, it } from "vitest"
import { ALL, toKey } from "../admit/admission.ts"
import { Dagor } from "../admit/dagor.ts"
import type { Channel } from "./channel.ts"
import type { RpcError } from "./errors.ts"
import { failureOf, SAY, startChannel, startEcho, until } from "./test-kit.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const SLOTS = 8
const WORK_MS = 10
/** What the server can do in a second: its slots, each taken for the time of a call. */
const CAPACITY = (SLOTS * 1_000) / (WORK_MS + 1)
const WINDOW_MS = 200

async function startServer() {
  const admission = (now: number) => new Dagor(now, { windowMs: WINDOW_MS })
  const started = await startEcho("a", { mostRunning: SLOTS }, 0, undefined, admission)
  closing.push(() => started.server.stop(100))
  const dispatcher = () => started.server.dispatcherOf("echo")
  return { ...started, dispatcher, level: () => dispatcher()?.level ?? ALL }
}

function connect(targets: Parameters<typeof startChannel>[0]): Channel {
  const { channel } = startChannel(targets, { random: createRandom(7) })
  closing.push(() => channel.stop())
  return channel
}

function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Tally {
  made: number
  ok: number
  overloaded: number
  /** Overloaded, and never sent. */
  held: number
}

/** Calls at a steady rate, whether answered or not, each tried up to `tries` times by its caller. */
function startLoad(channel: Channel, perSec: number, how: { priority: number; tries?: number }) {
  const tally: Tally = { made: 0, ok: 0, overloaded: 0, held: 0 }
  const once = async (left: number): Promise<void> => {
    tally.made++
    try {
      await channel.call(SAY, { text: "x", waitMs: WORK_MS }, { priority: how.priority, timeoutMs: 500 })
      tally.ok++
    } catch (error) {
      const { code, message } = error as RpcError
      if (code === "overloaded") tally.overloaded++
      if (message.endsWith("was not sent")) tally.held++
      if (left > 1) await once(left - 1)
    }
  }
  let from = performance.now()
  let due = 0
  const timer = setInterval(() => {
    const now = performance.now()
    due += ((now - from) * perSec) / 1_000
    from = now
    for (; due >= 1; due--) void once(how.tries ?? 1)
  }, 5)
  const stop = (): void => clearInterval(timer)
  closing.push(stop)
  return { tally, stop }
}

it("under load the level falls, and comes back when the load has gone", async () => {
  const { address, level } = await startServer()
  const channel = connect([address])
  const load = startLoad(channel, CAPACITY * 3, { priority: 20 })
  await until(() => level() < ALL, "the level falls")
  await until(() => load.tally.overloaded > 100, "calls are refused")
  load.stop()
  await until(() => level() === ALL, "the level comes back")
  // Callers that are told nothing by answers are told by the next pong.
  let answered = false
  await until(() => {
    void channel.call(SAY, { text: "hi" }, { priority: 255, user: 127 }).then(
      () => (answered = true),
      () => undefined,
    )
    return answered
  }, "the least important is served")
})

it("what is important is served while what is not is refused", async () => {
  const { address, level } = await startServer()
  const channel = connect([address])
  const high = startLoad(channel, CAPACITY * 0.5, { priority: 10 })
  const low = startLoad(channel, CAPACITY * 2.5, { priority: 60 })
  await until(() => level() < toKey(60, 127), "the level falls")
  await until(() => low.tally.overloaded > 200, "calls are refused")
  const before = { ...high.tally }
  await until(() => high.tally.made > before.made + CAPACITY, "two seconds have gone by")
  const ok = high.tally.ok - before.ok
  const refused = high.tally.overloaded - before.overloaded
  expect(ok).toBeGreaterThan(CAPACITY / 4)
  expect(ok / (ok + refused)).toBeGreaterThan(0.9)
  expect(low.tally.ok / low.tally.made).toBeLessThan(0.6)
})

it.each(["tcp", "memory"])("callers hold back first what would be refused (%s)", async (way) => {
  const { address, dispatcher, seen } = await startServer()
  const channel = connect(way === "tcp" ? [address] : dispatcher)
  const { tally } = startLoad(channel, CAPACITY * 3, { priority: 20 })
  await until(() => tally.held > 50, "callers know the level")
  const before = { ...tally }
  await until(() => tally.held > before.held + 300, "calls are held back")
  expect((tally.held - before.held) / (tally.overloaded - before.overloaded)).toBeGreaterThan(0.5)
  expect(seen.length).toBeLessThan(tally.made - tally.held + 1)
})

it("a target that was started anew is asked again, whatever it let in before", async () => {
  const { address, server } = await startServer()
  const channel = connect([address])
  const load = startLoad(channel, CAPACITY * 3, { priority: 20 })
  await until(() => load.tally.held > 50, "calls are held back")
  load.stop()
  await server.stop(100)
  const again = await startEcho("b", {}, Number(address.split(":")[1]))
  closing.push(() => again.server.stop(100))
  expect(await channel.call(SAY, { text: "hi" }, { priority: 255, user: 127, timeoutMs: 3_000 })).toMatchObject({
    text: "b hi",
  })
})

it("callers that try again and again do not keep it down: it recovers when their load falls", async () => {
  const { address, level } = await startServer()
  const channel = connect([address])
  const storm = startLoad(channel, CAPACITY * 2, { priority: 20, tries: 5 })
  await until(() => storm.tally.overloaded > 500, "the storm is refused")
  storm.stop()
  const from = performance.now()
  const usual = startLoad(channel, CAPACITY * 0.5, { priority: 20, tries: 5 })
  await until(() => level() === ALL, "all is let in", 10_000)
  const before = { ...usual.tally }
  await until(() => usual.tally.made > before.made + 100, "some more calls were made")
  await until(() => usual.tally.ok >= before.ok + 100, "all of them are answered")
  expect(performance.now() - from).toBeLessThan(10_000)
})

it("a call that one target shed is tried at another and never again at the same", async () => {
  const never = () => Object.assign(new Dagor(0), { arrive: () => false })
  const refusing = await startEcho("refusing", {}, 0, undefined, never)
  const taking = await startEcho("taking")
  closing.push(() => refusing.server.stop(100))
  closing.push(() => taking.server.stop(100))
  const alone = connect([refusing.address])
  expect(await failureOf(alone.call(SAY, { text: "x" }))).toMatchObject({ code: "overloaded" })
  const both = connect([refusing.address, taking.address])
  await until(() => both.ready, "a target is there")
  await both.call(SAY, { text: "first" })
  for (let i = 0; i < 10; i++) expect((await both.call(SAY, { text: "x" })).text).toBe("taking x")
})
