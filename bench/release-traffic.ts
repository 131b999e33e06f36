/** What callers notice while versions of logic are loaded, shifted, put out and unloaded: service and callers are processes of their own. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { MODULE, RPC_TOKEN, type Seen, startGreeter, writeGreeter } from "@ossagent/test/logic"
import type { LogicAnswer, LogicPlan, LogicReport } from "@ossagent/wire"
import { atLeast, atMost, type Figure, report, stated } from "./result.ts"

const CALLERS = fileURLToPath(new URL("./release/callers.js", import.meta.url))
const RATE = Number(process.argv[2] ?? 10_500)
const PHASE_MS = 5_000

const dir = await mkdtemp(join(tmpdir(), "ossagent-release-"))
let plan: LogicPlan = { module: MODULE, current: "1", release: null }
let seenReport: LogicReport | null = null
const door = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    seenReport = JSON.parse(Buffer.concat(chunks).toString()) as LogicReport
    response.end(JSON.stringify({ plans: [plan] } satisfies LogicAnswer))
  })
})
await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve))

await writeGreeter(dir, "1")
const greeter = await startGreeter({
  OSSAGENT_LOGIC_DIR: dir,
  OSSAGENT_ALERTING_URL: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
  OSSAGENT_LOGIC_TOKEN: "0123456789abcdef",
  OSSAGENT_LOG: "warn",
})
const callers = fork(CALLERS, [greeter.target, RPC_TOKEN, String(RATE)], {
  stdio: ["ignore", "inherit", "inherit", "ipc"],
})
const figures: Figure[] = []
try {
  await sleep(PHASE_MS) // connections and compilers warm up
  await phase("nothing is released", async () => sleep(PHASE_MS))
  await writeGreeter(dir, "2")
  await phase("loaded, 1, 5, 20, 100 %, unloaded", async () => {
    for (const ratio of [0.01, 0.05, 0.2, 1]) await release("2", ratio)
    plan = { module: MODULE, current: "2", release: null }
    await until(() => stateOf("1") === undefined)
    await sleep(2_000)
  })
  await bad("throws in half of its calls", { throws: 0.5 }, "3")
  await bad("leaks", { leaks: 1_000 }, "4")
  await bad("blocks", { blocks: 2_000 }, "5")
} finally {
  callers.kill()
  await greeter.stop()
  door.close()
  door.closeAllConnections()
  await rm(dir, { recursive: true, force: true })
}

async function release(version: string, ratio: number): Promise<void> {
  plan = { ...plan, release: { id: `r${version}`, version, ratio, audience: { versions: [], regions: [], users: [] } } }
  await until(() => ["ready", "put_out"].includes(stateOf(version) ?? ""))
  await sleep(3_000)
}

async function bad(name: string, behaviour: Parameters<typeof writeGreeter>[2], version: string): Promise<void> {
  await writeGreeter(dir, version, behaviour)
  await phase(`a version at 20 % that ${name}, put out`, async () => {
    await release(version, 0.2)
    await until(() => stateOf(version) === "put_out")
    plan = { ...plan, release: null }
    await sleep(2_500)
  })
}

function stateOf(version: string): string | undefined {
  return seenReport?.modules[0]?.versions.find((one) => one.version === version)?.state
}

/** Counts what callers saw meanwhile. */
async function phase(name: string, act: () => Promise<void>): Promise<void> {
  const before = await ask(callers)
  const from = performance.now()
  await act()
  const after = await ask(callers)
  const answered = after.answered - before.answered
  const failed = sum(after.failed) - sum(before.failed)
  const rate = (answered / (performance.now() - from)) * 1_000
  figures.push(
    atLeast(`${name}: calls answered a second`, rate, "/s", 10_000),
    atMost(`${name}: calls that failed, of ${answered}`, failed, "", 0),
    stated(`${name}: slowest call`, after.slowestMs, "ms"),
  )
  process.stdout.write(`${name}: ${Math.round(rate)}/s, ${failed} failed ${JSON.stringify(after.failed)}\n`)
}

function sum(failed: Seen["failed"]): number {
  return Object.values(failed).reduce((all, one) => all + one, 0)
}

/** What they saw so far; the slowest call is of the time since they were asked last. */
async function ask(child: ChildProcess): Promise<Seen> {
  child.send("seen")
  const [seen] = (await once(child, "message")) as [Seen]
  return seen
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`in vain: ${JSON.stringify(seenReport)}`)
    await sleep(20)
  }
}

report({
  name: "release-traffic",
  about: `One service process whose two methods are loadable logic (each version a thread), one process of callers, which open ${RATE} calls a second of 20,000 users, whatever comes back. The method may run twice. A leak is 8 kB a call, of at most 96 MiB.`,
  runs: 1,
  versions: {},
  figures,
})
