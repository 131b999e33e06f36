import { expect, it } from "vitest"
import type { Channel } from "./channel.ts"
import { CREDENTIAL, ONCE, SAY, startChannel, startEcho, startRelay, until } from "./test-kit.ts"

/** A small generator, so that a run can be repeated from its seed. */
const randomOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

interface Inside {
  open: unknown[]
  waiting: unknown[]
  lanes: { inFlight: number }[]
  points: { method: Map<string, { calls: { sum: number }; duration: { count: number } }> }
}
const inside = (channel: Channel): Inside => channel as never

it("every call ends once, and nothing stays inside, whatever is cut, late, cancelled or refused", async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = randomOf(seed)
  const servers = [
    await startEcho("a", { mostRunning: 20, mostQueued: 20 }),
    await startEcho("b", { mostInFlight: 50 }),
  ]
  const relays = await Promise.all(servers.map(({ port }) => startRelay(port, {})))
  const { channel } = startChannel(
    relays.map(({ address }) => address),
    { credential: CREDENTIAL, settings: { connections: 2, mostWaiting: 200, backoffMs: 5, mostBackoffMs: 20 } },
  )
  const cutter = setInterval(() => relays[random() < 0.5 ? 0 : 1]?.cut(), 60)
  const ends = new Map<string, number>()
  const end = (how: string): void => void ends.set(how, (ends.get(how) ?? 0) + 1)
  const calls: Promise<void>[] = []
  const total = 6_000
  for (let i = 0; i < total; i++) {
    const stop = new AbortController()
    const text = random() < 0.05 ? "sold out" : random() < 0.05 ? "again" : `${i}`
    const options = { timeoutMs: 20 + random() * 400, ...(random() < 0.5 ? { signal: stop.signal } : {}) }
    const call = channel.call(random() < 0.5 ? SAY : ONCE, { text, waitMs: Math.floor(random() * 30) }, options)
    calls.push(
      call.then(
        (reply) => end(reply.text.endsWith(text) ? "answered" : "WRONG ANSWER"),
        (error: { code?: string }) => end(error.code ?? `NO RPC ERROR ${error}`),
      ),
    )
    if (random() < 0.2) setTimeout(() => stop.abort(), random() * 100)
    if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await Promise.all(calls)
  clearInterval(cutter)
  const said = `seed ${seed}: ${JSON.stringify([...ends])}`
  expect(
    [...ends.values()].reduce((sum, count) => sum + count, 0),
    said,
  ).toBe(total)
  expect(
    [...ends.keys()].filter((how) => !/^[a-z_]+$/.test(how)),
    said,
  ).toEqual([])
  expect(ends.get("answered"), said).toBeGreaterThan(total / 10)
  const { open, waiting, lanes, points } = inside(channel)
  expect({ open: open.length, inFlight: lanes.map(({ inFlight }) => inFlight) }, said).toEqual({
    open: 0,
    inFlight: [0, 0, 0, 0],
  })
  await until(() => waiting.length === 0 || inside(channel).waiting.length === 0, `nothing waits, ${said}`)
  // in = out: each call was counted once at its beginning and once at its end.
  const counted = [...points.method.values()]
  expect(
    counted.reduce((sum, { calls: { sum: one } }) => sum + one, 0),
    said,
  ).toBe(total)
  expect(
    counted.reduce((sum, { duration: { count } }) => sum + count, 0),
    said,
  ).toBe(total)
  await until(() => servers.every(({ server }) => server.dispatcherOf("echo")?.load === 0), `servers are idle, ${said}`)
  channel.stop()
  for (const relay of relays) relay.close()
  for (const { server } of servers) await server.stop(200)
})
