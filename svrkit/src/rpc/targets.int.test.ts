import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"
import type { Channel } from "./channel.ts"
import { ONCE, SAY, startChannel, until } from "./test-kit.ts"

const PROCESS = fileURLToPath(new URL("../../dist/rpc/target.test-process.js", import.meta.url))
const children: ChildProcess[] = []
const channels: Channel[] = []
afterEach(() => {
  for (const channel of channels.splice(0)) channel.stop()
  for (const child of children.splice(0)) {
    child.kill("SIGCONT")
    child.kill("SIGKILL")
  }
})

async function target(name: string): Promise<{ child: ChildProcess; address: string }> {
  const child = fork(PROCESS, [name], { execArgv: [] })
  children.push(child)
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  return { child, address: `127.0.0.1:${port}` }
}

/** Calls both targets from many callers; counts what failed, by code, and the slowest call. */
function load(channel: Channel, method: typeof SAY, timeoutMs: number) {
  const seen = { answers: new Map<string, number>(), failures: new Map<string, number>(), slowestMs: 0 }
  let going = true
  const caller = async (): Promise<void> => {
    while (going) {
      const from = performance.now()
      await channel.call(method, { text: "", waitMs: 1 }, { timeoutMs }).then(
        ({ text }) => seen.answers.set(text, (seen.answers.get(text) ?? 0) + 1),
        ({ code }: { code: string }) => seen.failures.set(code, (seen.failures.get(code) ?? 0) + 1),
      )
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - from)
    }
  }
  const callers = Promise.all(Array.from({ length: 8 }, caller))
  return {
    seen,
    stop: async () => {
      going = false
      await callers
    },
  }
}

const open = (addresses: string[]): Channel => {
  const { channel } = startChannel(addresses, { settings: { pingMs: 200 } })
  channels.push(channel)
  return channel
}

describe("a target of its own process", () => {
  it("killed under load: calls that may be repeated do not fail", async () => {
    const [a, b] = [await target("a"), await target("b")]
    const { seen, stop } = load(open([a.address, b.address]), SAY, 3_000)
    await until(() => seen.answers.size === 2, "both answer")
    a.child.kill("SIGKILL")
    const before = seen.answers.get("b ") ?? 0
    await until(() => (seen.answers.get("b ") ?? 0) > before + 200, "the other goes on")
    await stop()
    expect([...seen.failures]).toEqual([])
  })

  it("killed under load: calls that may not be repeated say that they may have run", async () => {
    const [a, b] = [await target("a"), await target("b")]
    const { seen, stop } = load(open([a.address, b.address]), ONCE, 3_000)
    await until(() => seen.answers.size === 2, "both answer")
    a.child.kill("SIGKILL")
    const before = seen.answers.get("b ") ?? 0
    await until(() => (seen.answers.get("b ") ?? 0) > before + 200, "the other goes on")
    await stop()
    expect([...seen.failures.keys()].filter((code) => code !== "connection_lost")).toEqual([])
    expect(seen.failures.get("connection_lost") ?? 0).toBeLessThanOrEqual(8)
  })

  it("standing still is left within the deadline of its calls, and used again when it goes on", async () => {
    const [a, b] = [await target("a"), await target("b")]
    const { seen, stop } = load(open([a.address, b.address]), SAY, 2_000)
    await until(() => seen.answers.size === 2, "both answer")
    a.child.kill("SIGSTOP")
    const before = seen.answers.get("b ") ?? 0
    await until(() => (seen.answers.get("b ") ?? 0) > before + 500, "the other goes on")
    expect([...seen.failures]).toEqual([])
    expect(seen.slowestMs).toBeLessThan(2_000)
    a.child.kill("SIGCONT")
    const then = seen.answers.get("a ") ?? 0
    await until(() => (seen.answers.get("a ") ?? 0) > then + 100, "it is used again", 10_000)
    await stop()
    expect([...seen.failures]).toEqual([])
  })

  it("told to end by SIGTERM finishes what it has, and nothing fails", async () => {
    const [a, b] = [await target("a"), await target("b")]
    const { seen, stop } = load(open([a.address, b.address]), ONCE, 3_000)
    await until(() => seen.answers.size === 2, "both answer")
    a.child.kill("SIGTERM")
    const [code] = await once(a.child, "exit")
    expect(code).toBe(0)
    const before = seen.answers.get("b ") ?? 0
    await until(() => (seen.answers.get("b ") ?? 0) > before + 100, "the other goes on")
    await stop()
    expect([...seen.failures]).toEqual([])
  })
})
